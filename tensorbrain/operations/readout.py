"""Read-out: from scores to probabilities over a candidate group."""

import jax
import jax.numpy as jnp

from tensorbrain.layers import ConceptIndex
from tensorbrain.layers.concept_index import NEVER
from tensorbrain.typing import Array, Bool, Float


def log_probabilities(
    index: ConceptIndex,
    gamma: Float[Array, " dim"],
    block: str,
    *,
    temperature: Float[Array, ""] | float = 1.0,
    candidates: Bool[Array, " concept"] | None = None,
) -> Float[Array, " concept"]:
    """log pi = log softmax(n / temperature) over the rows of a block in use, or over the given candidates.

    Restricting the candidates is the papers' post-selection; rows outside have log-probability about -1e30, so their
    probability is exactly 0. Shapes: gamma (dim,), candidates (rows of the block,). Source: TB23, QTB25.

    >>> index = ConceptIndex.create((2, 1, 0), dim=4, key=jax.random.key(0))
    >>> jnp.exp(log_probabilities(index, jnp.full(4, 0.5), "concept", candidates=jnp.array([True, False])))
    Array([1., 0.], dtype=float32)
    """
    n = index.scores(gamma, block) / temperature
    if candidates is not None:
        n = jnp.where(candidates, n, NEVER)
    return jax.nn.log_softmax(n)
