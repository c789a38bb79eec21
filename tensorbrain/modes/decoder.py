"""The serial decoder: one statement, one window after the other, from a start state (TB23, Algorithm 1)."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from tensorbrain.brain import BLOCK_OF, TensorBrain
from tensorbrain.layers import BrainState
from tensorbrain.operations import attend, evolve, log_probabilities, measure, write_back
from tensorbrain.typing import Array, Bool, Float, Int, PRNGKeyArray


def open_window(
    brain: TensorBrain,
    state: BrainState,
    slot: str,
    *,
    candidates: Bool[Array, " concept"] | None = None,
    told: Int[Array, ""] | None = None,
) -> tuple[BrainState, Float[Array, " concept"]]:
    """Evolve into the next window and read it: (state, log P(k | everything before)) for the slot s, p or o.

    An index that is ``told`` in this window (-1: none is) is a candidate here even where it is lesioned.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> open_window(brain, brain.start(brain.a_bar, "spo"), "s")[1].shape
    (5,)
    """
    state = evolve(brain.board, brain.memory, state)
    index = brain.index if told is None else brain.index.hearing(told, BLOCK_OF[slot])
    log_pi = log_probabilities(
        index,
        brain.board.gamma(state.q),
        BLOCK_OF[slot],
        temperature=brain.temperature,
        candidates=candidates,
    )
    return state, log_pi


def close_window(brain: TensorBrain, state: BrainState, k: Int[Array, ""], slot: str) -> BrainState:
    """Write the outcome of a window back: q <- alpha q + beta a_k.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> state = brain.start(brain.a_bar, "spo")
    >>> bool(jnp.allclose(close_window(brain, state, jnp.asarray(2), "s").q, state.q + brain.index.A[2]))
    True
    """
    return write_back(brain.index, state, k, BLOCK_OF[slot], alpha=brain.alpha, beta=brain.beta)


def statement_log_probability(
    brain: TensorBrain,
    q: Float[Array, " dim"],
    statement: Int[Array, "3"],
    order: str,
    *,
    told: frozenset[str] = frozenset(),
) -> Float[Array, "3"]:
    """The three log-probabilities of a given statement (s, p, o), window by window in ``order``.

    Their sum is log P(s, p, o | q). In the order s-o-p: log P(s|q), log P(o|s,q), log P(p|s,o,q) (TB23).
    Teacher-forced; the slots that are ``told`` may hold lesioned indices.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> statement_log_probability(brain, brain.a_bar, jnp.array([0, 1, 2]), "spo").shape
    (3,)
    """
    state = brain.start(q, order)
    terms = []
    for position, slot in enumerate(order):
        k = statement["spo".index(slot)]
        state, log_pi = open_window(brain, state, slot, told=k if slot in told else None)
        terms.append(log_pi[k])
        if position < 2:  # no write-back in the last window: nothing reads it
            state = close_window(brain, state, k, slot)
    return jnp.stack(terms)


class Window(NamedTuple):
    """What one window of a recorded run leaves behind; shapes as in ``Trace``."""

    q_before: Float[Array, " dim"]
    q_after: Float[Array, " dim"]
    h: Float[Array, " context"]
    log_pi: Float[Array, " concept"]
    chosen: Int[Array, ""]


def decode_statement(
    brain: TensorBrain,
    q: Float[Array, " dim"],
    given: Int[Array, "3"],
    order: str,
    *,
    selection: str,
    key: PRNGKeyArray,
) -> tuple[Int[Array, "3"], list[Window]]:
    """Decode one statement and keep every window: a slot with ``given`` >= 0 is told, the others are selected.

    ``selection`` is sample, argmax or attend (write the expected embedding, name the most probable index).

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> free = jnp.array([-1, -1, -1])
    >>> key = jax.random.key(1)
    >>> statement, windows = decode_statement(brain, brain.a_bar, free, "spo", selection="argmax", key=key)
    >>> statement.shape, len(windows)
    ((3,), 3)
    """
    state = brain.start(q, order)
    statement = jnp.full(3, -1)
    windows = []
    for position, slot in enumerate(order):
        place, block = "spo".index(slot), BLOCK_OF[slot]
        state, log_pi = open_window(brain, state, slot)
        told = given[place]
        gates = {"alpha": brain.alpha, "beta": brain.beta}
        if selection == "attend":
            free, k = attend(brain.index, state, log_pi, block, **gates), jnp.argmax(log_pi)
        else:
            free, k = measure(
                brain.index,
                state,
                log_pi,
                block,
                selection="sample" if selection == "sample" else "argmax",
                key=jax.random.fold_in(key, position),
                **gates,
            )
        forced = close_window(brain, state, jnp.maximum(told, 0), slot)
        k = jnp.where(told >= 0, told, k)
        after = BrainState(jnp.where(told >= 0, forced.q, free.q), state.h)
        last = position == 2
        windows.append(Window(state.q, state.q if last else after.q, state.h, log_pi, k))
        statement = statement.at[place].set(k)
        state = state if last else after
    return statement, windows
