"""The sensory buffer: holds what the senses deliver, one vector per modality, and encodes it for the blackboard."""

from collections.abc import Mapping

import equinox as eqx
import jax
import jax.numpy as jnp

from tensorbrain.errors import SettingsError
from tensorbrain.typing import Array, Float, PRNGKeyArray


class SensoryBuffer(eqx.Module):
    """Encoders g_m, one per modality, from features nu_m to blackboard units.

    ``g_m(nu_m) = G_m nu_m``; a brain that only remembers has no modality and its buffer stays silent (mu = 0).
    Shapes: ``G[m]`` (dim, features of m). Source: TB20 (sensory buffer), QTB25 (several modalities add).

    >>> buffer = SensoryBuffer.create({"sight": 6}, dim=4, key=jax.random.key(0))
    >>> buffer.encode({"sight": jnp.ones(6)}).shape
    (4,)
    """

    G: dict[str, Float[Array, "dim feature"]]
    dim: int = eqx.field(static=True)

    @classmethod
    def create(cls, features: Mapping[str, int], *, dim: int, key: PRNGKeyArray) -> "SensoryBuffer":
        """Random encoders for the named modalities with the given numbers of features.

        >>> SensoryBuffer.create({}, dim=4, key=jax.random.key(0)).G
        {}
        """
        keys = jax.random.split(key, max(1, len(features)))
        G = {
            name: jax.random.normal(k, (dim, size)) / size**0.5
            for k, (name, size) in zip(keys, sorted(features.items()), strict=False)
        }
        return cls(G, dim)

    def encode(self, nu: Mapping[str, Float[Array, " _"]]) -> Float[Array, " dim"]:
        """The summed drive sum_m g_m(nu_m); modalities that deliver nothing contribute nothing.

        >>> SensoryBuffer.create({}, dim=2, key=jax.random.key(0)).encode({})
        Array([0., 0.], dtype=float32)
        """
        unknown = sorted(set(nu) - set(self.G))
        if unknown:
            raise SettingsError(
                f"the sensory buffer has no modality '{unknown[0]}': it has {', '.join(sorted(self.G)) or 'none'}."
            )
        drive = jnp.zeros(self.dim)
        for name, features in nu.items():
            drive = drive + self.G[name] @ features
        return drive
