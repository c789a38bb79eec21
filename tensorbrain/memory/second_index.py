"""A second index: while an episode is replayed, a new index learns from the activation, as the papers consolidate."""

import jax
import jax.numpy as jnp

from tensorbrain.brain import TensorBrain
from tensorbrain.layers import BrainState
from tensorbrain.operations import write_back
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray


def second_index(
    brain: TensorBrain,
    t: Int[Array, ""],
    *,
    replays: int,
    key: PRNGKeyArray,
    eta: float | Float[Array, ""] = 0.1,
    noise: float | Float[Array, ""] = 0.0,
) -> Float[Array, " dim"]:
    """a_new after ``replays`` of instant t: q <- a_t on a blank blackboard, then a_new <- a_new + eta (q - a_new).

    a_new begins at 0, so that after n replays a_new = (1 - (1 - eta)^n) q where q is always the same. With ``noise``
    each reactivation is disturbed by N(0, noise^2) in every unit; the new index is then off by about
    noise sqrt(eta / (2 - eta)) a unit, less than any single reactivation. ``memory.write.with_row`` gives it a row;
    afterwards the first index can be forgotten. Source: TB20, TB23 (consolidation from one index to another).

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> t, first = jnp.asarray(2), brain.index.A[10]
    >>> a_new = second_index(brain, t, replays=7, key=jax.random.key(1))
    >>> bool(jnp.allclose(a_new, (1 - 0.9**7) * first, atol=1e-5))
    True
    """
    blank = BrainState(brain.board.blank(), jnp.zeros(brain.memory.B.shape[0]))
    q = write_back(brain.index, blank, t, "instant").q

    def replay(a_new: Float[Array, " dim"], key: PRNGKeyArray):
        disturbed = q + noise * jax.random.normal(key, q.shape, q.dtype)
        return a_new + eta * (disturbed - a_new), None

    return jax.lax.scan(replay, jnp.zeros_like(q), jax.random.split(key, replays))[0]
