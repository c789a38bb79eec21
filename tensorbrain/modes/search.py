"""Search: the most probable statements of all possible ones, with a certificate that none was missed."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp

from tensorbrain.brain import TensorBrain
from tensorbrain.layers.concept_index import NEVER
from tensorbrain.modes.decoder import close_window, open_window
from tensorbrain.typing import Array, Float, Int

ROWS = 8192  # states (of dim and of context) that a search over many starts may hold at once


class Found(NamedTuple):
    """The best statements found from one start.

    ``statements`` (n, 3) best first and ``log_p`` (n,) their log P(s, p, o | start); ``log_given`` the
    log-probability of what was given (of all kept statements together); ``log_bound`` no statement outside the
    beam is more probable than this, so the list is exact where ``log_p >= log_bound``; ``log_missed`` bounds
    the total mass outside the beam.
    """

    statements: Int[Array, "n 3"]
    log_p: Float[Array, " n"]
    log_given: Float[Array, ""]
    log_bound: Float[Array, ""]
    log_missed: Float[Array, ""]


def _only(log_p: Float[Array, "*batch k"], given: Int[Array, ""]) -> Float[Array, "*batch k"]:
    """Keep only the given row (all rows when given is -1), without renormalising: the joint probability stays."""
    rows = jnp.arange(log_p.shape[-1], dtype=given.dtype)
    return jnp.where((given < 0) | (rows == given), log_p, NEVER)


def _best(log_p: Float[Array, " k"], count: int) -> tuple[Float[Array, " n"], Int[Array, " n"], Array, Array]:
    """The ``count`` best, the next best after them, and the mass of all the others (both NEVER when there are none)."""
    count = min(count, log_p.shape[0])
    value, row = jax.lax.top_k(log_p, min(count + 1, log_p.shape[0]))
    if log_p.shape[0] <= count:
        return value, row, jnp.asarray(NEVER), jnp.asarray(NEVER)
    outside = jax.nn.logsumexp(log_p.at[row[:count]].set(NEVER))
    return value[:count], row[:count], value[count], outside


def search(
    brain: TensorBrain,
    q: Float[Array, " dim"],
    given: Int[Array, "3"],
    *,
    order: str,
    n: int,
    beam: int,
) -> Found:
    """The n statements with the largest P(s, p, o | q) among those that agree with ``given`` (-1 leaves a slot free).

    A beam of width ``beam`` follows the decode order. Because a statement is never more probable than its first
    windows, the best candidate left out of the beam bounds everything left out: the search proves its own
    result. With the beam as wide as the candidates it is plain enumeration.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> found = search(brain, brain.a_bar, jnp.array([-1, -1, -1]), order="spo", n=75, beam=100)
    >>> round(float(jnp.exp(found.log_p).sum()), 4)
    1.0
    """
    first, second, third = ("spo".index(slot) for slot in order)
    state, log_1 = open_window(brain, brain.start(q, order), order[0], told=given[first])
    score_1, k_1, bound_1, missed_1 = _best(_only(log_1, given[first]), beam)

    def expand(k: Int[Array, ""]):
        return open_window(brain, close_window(brain, state, k, order[0]), order[1], told=given[second])

    states, log_2 = jax.vmap(expand)(k_1)
    width = log_2.shape[1]
    log_12 = _only(score_1[:, None] + log_2, given[second])
    score_2, flat_2, bound_2, missed_2 = _best(log_12.reshape(-1), beam)
    parent, k_2 = flat_2 // width, flat_2 % width

    def finish(parent: Int[Array, ""], k: Int[Array, ""]):
        before = jax.tree_util.tree_map(lambda leaf: leaf[parent], states)
        return open_window(brain, close_window(brain, before, k, order[1]), order[2], told=given[third])[1]

    log_3 = jax.vmap(finish)(parent, k_2)
    log_123 = _only(score_2[:, None] + log_3, given[third]).reshape(-1)
    score_3, flat_3 = jax.lax.top_k(log_123, min(n, log_123.shape[0]))
    pair, k_3 = flat_3 // log_3.shape[1], flat_3 % log_3.shape[1]
    columns = {order[0]: k_1[parent[pair]], order[1]: k_2[pair], order[2]: k_3}
    return Found(
        statements=jnp.stack([columns[slot] for slot in "spo"], axis=1).astype(jnp.int32),
        log_p=score_3,
        log_given=jax.nn.logsumexp(log_123),
        log_bound=jnp.maximum(bound_1, bound_2),
        log_missed=jnp.logaddexp(missed_1, missed_2),
    )


search_one = partial(jax.jit, static_argnames=("order", "n", "beam"))(search)


@partial(jax.jit, static_argnames=("order", "n", "beam", "batch"))
def search_many(
    brain: TensorBrain,
    q: Float[Array, "start dim"],
    given: Int[Array, "start 3"],
    *,
    order: str,
    n: int,
    beam: int,
    batch: int = 32,
) -> Found:
    """``search`` from many starts, ``batch`` at a time to bound memory; every field gains a leading axis.

    The wider the beam the fewer starts at a time: at most ``ROWS`` states live at once.
    """

    def one(start: tuple[Float[Array, " dim"], Int[Array, "3"]]) -> Found:
        return search(brain, start[0], start[1], order=order, n=n, beam=beam)

    return jax.lax.map(one, (q, given), batch_size=max(1, min(batch, ROWS // beam)))
