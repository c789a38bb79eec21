"""The dynamic state of a brain: what must persist from one operation to the next, and nothing else."""

import equinox as eqx

from tensorbrain.typing import Array, Float


class BrainState(eqx.Module):
    """The blackboard q and the working memory's context h: the carry of every scan.

    Shapes: q (dim,), h (context,). Source: TB23 and QTB25, the pair (q, h).

    >>> import jax.numpy as jnp
    >>> BrainState(q=jnp.zeros(2), h=jnp.zeros(3)).h.shape
    (3,)
    """

    q: Float[Array, " dim"]
    h: Float[Array, " context"]
