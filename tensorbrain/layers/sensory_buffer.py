"""The sensory buffer: holds what the senses deliver, one vector per modality, and encodes it for the blackboard."""

from collections.abc import Mapping

import equinox as eqx
import jax
import jax.numpy as jnp

from tensorbrain.errors import SettingsError
from tensorbrain.layers.eye import Eye
from tensorbrain.typing import Array, Float, PRNGKeyArray

PATCH = 24  # pixels a side of what the decoder g+ draws


class Encoder(eqx.Module):
    """One modality's g_m: ``G nu + g0``, or with a hidden layer ``G relu(H nu + h0) + g0``.

    Shapes: nu (feature,) -> (dim,).

    >>> Encoder.create(3, dim=4, key=jax.random.key(0))(jnp.ones(3)).shape
    (4,)
    """

    G: Float[Array, "dim input"]
    g0: Float[Array, " dim"]
    H: Float[Array, "input feature"] | None = None
    h0: Float[Array, " input"] | None = None

    @classmethod
    def create(cls, feature: int, *, dim: int, key: PRNGKeyArray, hidden: int = 0) -> "Encoder":
        """Random weights; ``hidden`` 0 makes it linear.

        >>> Encoder.create(3, dim=4, key=jax.random.key(0), hidden=5).G.shape
        (4, 5)
        """
        kg, kh = jax.random.split(key)
        size = hidden or feature
        G = jax.random.normal(kg, (dim, size)) / size**0.5
        if not hidden:
            return cls(G, jnp.zeros(dim))
        return cls(G, jnp.zeros(dim), jax.random.normal(kh, (hidden, feature)) / feature**0.5, jnp.zeros(hidden))

    def __call__(self, nu: Float[Array, " feature"]) -> Float[Array, " dim"]:
        if self.H is not None and self.h0 is not None:
            nu = jax.nn.relu(self.H @ nu + self.h0)
        return self.G @ nu + self.g0


class Imagination(eqx.Module):
    """The decoder g+ (embodiment): from a brain state back to the patch of a picture that would cause it.

    ``nu = sig(P relu(Q (gamma - 1/2) + q0) + p0)``. Shapes: gamma (dim,) -> (PATCH, PATCH, 3) with values in 0..1.
    Source: TB24 (embodiment).

    >>> Imagination.create(4, key=jax.random.key(0))(jnp.zeros(4)).shape
    (24, 24, 3)
    """

    Q: Float[Array, "hidden dim"]
    q0: Float[Array, " hidden"]
    P: Float[Array, "pixel hidden"]
    p0: Float[Array, " pixel"]

    @classmethod
    def create(cls, dim: int, *, key: PRNGKeyArray, hidden: int = 96) -> "Imagination":
        """Random weights with He-scaled normal entries.

        >>> Imagination.create(4, key=jax.random.key(0), hidden=8).Q.shape
        (8, 4)
        """
        kq, kp = jax.random.split(key)
        Q = 4 * jax.random.normal(kq, (hidden, dim)) * (2 / dim) ** 0.5  # a sigmoid's slope is at most 1/4
        P = jax.random.normal(kp, (PATCH * PATCH * 3, hidden)) / hidden**0.5
        return cls(Q, jnp.zeros(hidden), P, jnp.zeros(PATCH * PATCH * 3))

    def __call__(self, gamma: Float[Array, " dim"]) -> Float[Array, "side side 3"]:
        hidden = jax.nn.relu(self.Q @ (gamma - 0.5) + self.q0)
        return jax.nn.sigmoid(self.P @ hidden + self.p0).reshape(PATCH, PATCH, 3)


class SensoryBuffer(eqx.Module):
    """Encoders g_m, one per modality, from features nu_m to blackboard units, with gates mu_m.

    ``eye`` turns pixels into features and ``imagination`` turns brain states back into pixels, in a brain that
    sees. A brain that only remembers has no modality and its buffer stays silent. Source: TB20 (sensory
    buffer), QTB25 (several modalities add), TB24 (embodiment).

    >>> buffer = SensoryBuffer.create({"sight": 6}, dim=4, key=jax.random.key(0))
    >>> buffer.encode({"sight": jnp.ones(6)}).shape
    (4,)
    """

    encoders: dict[str, Encoder]
    mu: dict[str, Float[Array, ""]]
    eye: Eye | None
    imagination: Imagination | None
    dim: int = eqx.field(static=True)

    @classmethod
    def create(
        cls,
        features: Mapping[str, int],
        *,
        dim: int,
        key: PRNGKeyArray,
        hidden: Mapping[str, int] | None = None,
        eye: int = 0,
    ) -> "SensoryBuffer":
        """Random encoders for the named modalities with the given numbers of features, all gates open.

        ``hidden`` gives modalities a hidden layer; an ``eye`` with so many features comes with an imagination.

        >>> SensoryBuffer.create({}, dim=4, key=jax.random.key(0)).encoders
        {}
        """
        ke, ki, *keys = jax.random.split(key, 2 + len(features))
        names = sorted(features)
        return cls(
            encoders={
                name: Encoder.create(features[name], dim=dim, key=k, hidden=(hidden or {}).get(name, 0))
                for name, k in zip(names, keys, strict=True)
            },
            mu={name: jnp.ones(()) for name in names},
            eye=Eye.create(eye, key=ke) if eye else None,
            imagination=Imagination.create(dim, key=ki) if eye else None,
            dim=dim,
        )

    def encode(self, nu: Mapping[str, Float[Array, " _"]]) -> Float[Array, " dim"]:
        """The summed drive sum_m mu_m g_m(nu_m); modalities that deliver nothing contribute nothing.

        SettingsError for a modality that the buffer has not.

        >>> SensoryBuffer.create({}, dim=2, key=jax.random.key(0)).encode({})
        Array([0., 0.], dtype=float32)
        """
        unknown = sorted(set(nu) - set(self.encoders))
        if unknown:
            raise SettingsError(
                f"the sensory buffer has no modality '{unknown[0]}': it has "
                f"{', '.join(sorted(self.encoders)) or 'none'}."
            )
        drive = jnp.zeros(self.dim)
        for name, features in nu.items():
            drive = drive + self.mu[name] * self.encoders[name](features)
        return drive
