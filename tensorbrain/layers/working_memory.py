"""The working memory (dynamic context layer): carries context h from one concept window to the next."""

from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp

from tensorbrain.errors import SettingsError
from tensorbrain.typing import Array, Float, PRNGKeyArray

Evolution = Literal["recurrent", "feedforward", "relu"]


class WorkingMemory(eqx.Module):
    """The context h and the maps V (blackboard to context), B (context to context), W (context to blackboard).

    ``recurrent`` (TB23):    h <- B sig( sig(h) + V gamma ),   q <- W sig(h)
    ``feedforward`` (QTB25): h <- sig( v_0 + V gamma ),        q <- W h
    ``relu`` (the authors' code): h <- relu( B (relu(V q) + h) ),   q <- W h + w_0

    gamma = sig(q). In ``feedforward`` the context travels through q alone. Shapes: V (context, dim),
    B (context, context), W (dim, context), v0 (context,), w0 (dim,).

    >>> memory = WorkingMemory.create(dim=4, context=3, key=jax.random.key(0))
    >>> q, h = memory.evolve(jnp.zeros(4), jax.nn.sigmoid(jnp.zeros(4)), jnp.zeros(3))
    >>> q.shape, h.shape
    ((4,), (3,))
    """

    V: Float[Array, "context dim"]
    B: Float[Array, "context context"]
    W: Float[Array, "dim context"]
    v0: Float[Array, " context"]
    w0: Float[Array, " dim"]
    evolution: Evolution = eqx.field(static=True, default="feedforward")

    @classmethod
    def create(
        cls, *, dim: int, context: int, key: PRNGKeyArray, evolution: Evolution = "feedforward"
    ) -> "WorkingMemory":
        """Random maps with Glorot-scaled normal entries; biases that centre the sigmoids.

        >>> WorkingMemory.create(dim=4, context=3, key=jax.random.key(0)).W.shape
        (4, 3)
        """
        if evolution not in ("recurrent", "feedforward", "relu"):
            raise SettingsError(f"evolution '{evolution}' is unknown: use recurrent, feedforward or relu.")
        kv, kb, kw = jax.random.split(key, 3)
        # A sigmoid's slope is at most 1/4: a gain of 4 per sigmoid keeps differences from dying out.
        gain = {"recurrent": (4.0, 4.0, 4.0), "feedforward": (4.0, 1.0, 4.0), "relu": (1.4, 1.4, 1.4)}[evolution]
        V = gain[0] * jax.random.normal(kv, (context, dim)) / dim**0.5
        B = gain[1] * jax.random.normal(kb, (context, context)) / context**0.5
        W = gain[2] * jax.random.normal(kw, (dim, context)) / context**0.5
        return cls(V, B, W, -0.5 * V.sum(axis=1), jnp.zeros(dim), evolution)

    def evolve(
        self, q: Float[Array, " dim"], gamma: Float[Array, " dim"], h: Float[Array, " context"]
    ) -> tuple[Float[Array, " dim"], Float[Array, " context"]]:
        """One step between two windows: the new (q, h); the old q survives only through h.

        >>> memory = WorkingMemory.create(dim=2, context=2, key=jax.random.key(0), evolution="relu")
        >>> memory.evolve(jnp.zeros(2), jnp.zeros(2), jnp.zeros(2))[0]
        Array([0., 0.], dtype=float32)
        """
        if self.evolution == "recurrent":
            h = self.B @ jax.nn.sigmoid(jax.nn.sigmoid(h) + self.V @ gamma)
            return self.W @ jax.nn.sigmoid(h), h
        if self.evolution == "relu":
            h = jax.nn.relu(self.B @ (jax.nn.relu(self.V @ q) + h))
            return self.W @ h + self.w0, h
        h = jax.nn.sigmoid(self.v0 + self.V @ gamma)
        return self.W @ h, h
