"""The blackboard (representation layer): the memoryless state q that every other layer reads and writes."""

from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp

from tensorbrain.typing import Array, Float

Activation = Literal["sigmoid", "leaky_relu"]
LEAK = 0.02  # slope below zero in the authors' code (BTN 2023)


class Blackboard(eqx.Module):
    """The representation layer: pre-activation q of ``dim`` units, post-activation gamma.

    ``gamma = sig(q)`` in the papers (TB20, the four layers; TB23, QTB25: the cognitive brain state);
    ``gamma = LeakyReLU(q)`` in the authors' released code.

    >>> board = Blackboard(dim=3)
    >>> board.gamma(jnp.zeros(3))
    Array([0.5, 0.5, 0.5], dtype=float32)
    """

    dim: int = eqx.field(static=True)
    activation: Activation = eqx.field(static=True, default="sigmoid")

    def gamma(self, q: Float[Array, " dim"]) -> Float[Array, " dim"]:
        """The cognitive brain state gamma = sig(q), in [0, 1] (or LeakyReLU(q)).

        >>> Blackboard(dim=2, activation="leaky_relu").gamma(jnp.array([-1.0, 1.0]))
        Array([-0.02,  1.  ], dtype=float32)
        """
        if self.activation == "leaky_relu":
            return jax.nn.leaky_relu(q, LEAK)
        return jax.nn.sigmoid(q)

    def blank(self) -> Float[Array, " dim"]:
        """The wiped blackboard, q = 0.

        >>> Blackboard(dim=2).blank()
        Array([0., 0.], dtype=float32)
        """
        return jnp.zeros(self.dim)
