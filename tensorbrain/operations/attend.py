"""Attend: every candidate writes back in proportion to its probability; no outcome is revealed."""

import equinox as eqx
import jax.numpy as jnp

from tensorbrain.layers import BrainState, ConceptIndex
from tensorbrain.typing import Array, Float


def attend(
    index: ConceptIndex,
    state: BrainState,
    log_pi: Float[Array, " concept"],
    block: str,
    *,
    alpha: Float[Array, ""] | float = 1.0,
    beta: Float[Array, ""] | float = 1.0,
) -> BrainState:
    """Write the expected embedding: q <- alpha q + beta sum_k pi_k a_k.

    Shapes: log_pi (rows of the block,). Source: TB23 (attention over indices), QTB25 (measurement without
    revealed outcome).

    >>> import jax
    >>> index = ConceptIndex.create((2, 1, 0), dim=4, key=jax.random.key(0))
    >>> state = BrainState(jnp.zeros(4), jnp.zeros(1))
    >>> q = attend(index, state, jnp.log(jnp.array([0.5, 0.5])), "concept").q
    >>> bool(jnp.allclose(q, index.A[:2].mean(axis=0)))
    True
    """
    return eqx.tree_at(lambda s: s.q, state, alpha * state.q + beta * index.mixture(jnp.exp(log_pi), block))
