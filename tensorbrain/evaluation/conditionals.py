"""Batched conditionals: P(one hidden slot | the others) for many questions at once."""

from functools import partial

import jax
import jax.numpy as jnp

from tensorbrain.brain import BLOCK_OF, TensorBrain
from tensorbrain.modes.decoder import close_window, open_window, statement_log_probability
from tensorbrain.modes.search import ROWS
from tensorbrain.typing import Array, Float, Int


@partial(jax.jit, static_argnames=("order", "told", "batch"))
def statement_log_probabilities(
    brain: TensorBrain,
    q: Float[Array, "query dim"],
    statements: Int[Array, "query 3"],
    *,
    order: str,
    told: frozenset[str] = frozenset(),
    batch: int = 512,
) -> Float[Array, " query"]:
    """log P(s, p, o | q) of one statement per start; slots that are ``told`` may hold lesioned indices."""

    def one(query: tuple[Float[Array, " dim"], Int[Array, "3"]]) -> Float[Array, ""]:
        return statement_log_probability(brain, query[0], query[1], order, told=told).sum()

    return jax.lax.map(one, (q, statements), batch_size=batch)


@partial(jax.jit, static_argnames=("order", "hidden", "batch"))
def slot_log_probabilities(
    brain: TensorBrain,
    q: Float[Array, "query dim"],
    statements: Int[Array, "query 3"],
    *,
    order: str,
    hidden: str,
    batch: int = 64,
) -> Float[Array, "query concept"]:
    """log P(hidden = k, told slots | q) for every k; the told slots are read from ``statements``.

    A hidden slot that comes last costs one run per question; an earlier one costs a run per candidate k.
    """
    last = order[2] == hidden
    rows = brain.index.size(BLOCK_OF[hidden])
    if not last:
        batch = max(1, min(batch, ROWS // rows))

    def read_last(q: Float[Array, " dim"], statement: Int[Array, "3"]) -> Float[Array, " concept"]:
        state, total = brain.start(q, order), jnp.zeros((), q.dtype)
        for slot in order[:2]:
            k = statement["spo".index(slot)]
            state, log_pi = open_window(brain, state, slot)
            total = total + log_pi[k]
            state = close_window(brain, state, k, slot)
        return total + open_window(brain, state, order[2])[1]

    def try_each(q: Float[Array, " dim"], statement: Int[Array, "3"]) -> Float[Array, " concept"]:
        place = "spo".index(hidden)
        tried = jnp.broadcast_to(statement, (rows, 3)).at[:, place].set(jnp.arange(rows, dtype=statement.dtype))
        return jax.vmap(lambda row: statement_log_probability(brain, q, row, order).sum())(tried)

    return jax.lax.map(lambda x: (read_last if last else try_each)(*x), (q, statements), batch_size=batch)
