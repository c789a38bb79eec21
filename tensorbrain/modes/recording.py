"""What a recorded window keeps of its probabilities: the best candidates, and how undecided it was."""

import jax
import jax.numpy as jnp

from tensorbrain.typing import Array, Float, Int


def best(log_pi: Float[Array, " k"], top: int) -> tuple[Int[Array, " top"], Float[Array, " top"]]:
    """The ``top`` most probable candidates, ids and probabilities; -1 and 0 where there are fewer.

    >>> best(jnp.log(jnp.array([0.25, 0.75])), 3)[0]
    Array([ 1,  0, -1], dtype=int32)
    """
    count = min(top, log_pi.shape[0])
    value, row = jax.lax.top_k(log_pi, count)
    ids = jnp.where(value > -1e20, row, -1).astype(jnp.int32)
    return (
        jnp.full(top, -1, jnp.int32).at[:count].set(ids),
        jnp.zeros(top, value.dtype).at[:count].set(jnp.exp(value)),
    )


def entropy(log_pi: Float[Array, " k"]) -> Float[Array, ""]:
    """The entropy in nats, -sum p log p.

    >>> round(float(entropy(jnp.log(jnp.array([0.5, 0.5])))), 4)
    0.6931
    """
    p = jnp.exp(log_pi)
    return -(p * jnp.where(p > 0, log_pi, 0.0)).sum()
