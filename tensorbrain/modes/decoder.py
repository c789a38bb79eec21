"""The serial decoder: one statement, one window after the other, from a start state (theory of TB23, Algorithm 1)."""

import jax.numpy as jnp

from tensorbrain.brain import BLOCK_OF, TensorBrain
from tensorbrain.layers import BrainState
from tensorbrain.operations import evolve, log_probabilities, write_back
from tensorbrain.typing import Array, Float, Int


def open_window(brain: TensorBrain, state: BrainState, slot: str) -> tuple[BrainState, Float[Array, " concept"]]:
    """Evolve into the next window and read it: (state, log P(k | everything before)) for the slot s, p or o.

    >>> import jax
    >>> from tensorbrain.brain import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> open_window(brain, brain.start(brain.a_bar, "spo"), "s")[1].shape
    (5,)
    """
    state = evolve(brain.board, brain.memory, state)
    log_pi = log_probabilities(
        brain.index, brain.board.gamma(state.q), BLOCK_OF[slot], temperature=brain.temperature
    )
    return state, log_pi


def close_window(brain: TensorBrain, state: BrainState, k: Int[Array, ""], slot: str) -> BrainState:
    """Write the outcome of a window back: q <- alpha q + beta a_k.

    >>> import jax
    >>> from tensorbrain.brain import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> state = brain.start(brain.a_bar, "spo")
    >>> bool(jnp.allclose(close_window(brain, state, jnp.asarray(2), "s").q, state.q + brain.index.A[2]))
    True
    """
    return write_back(brain.index, state, k, BLOCK_OF[slot], alpha=brain.alpha, beta=brain.beta)


def statement_log_probability(
    brain: TensorBrain, q: Float[Array, " dim"], statement: Int[Array, "3"], order: str
) -> Float[Array, "3"]:
    """The three log-probabilities of a given statement (s, p, o), window by window in ``order``; their sum is log P(s, p, o | q).

    In the order s-o-p: log P(s|q), log P(o|s,q), log P(p|s,o,q) (TB23). Teacher-forced.

    >>> import jax
    >>> from tensorbrain.brain import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> statement_log_probability(brain, brain.a_bar, jnp.array([0, 1, 2]), "spo").shape
    (3,)
    """
    state = brain.start(q, order)
    terms = []
    for position, slot in enumerate(order):
        k = statement["spo".index(slot)]
        state, log_pi = open_window(brain, state, slot)
        terms.append(log_pi[k])
        if position < 2:  # no write-back in the last window: nothing reads it
            state = close_window(brain, state, k, slot)
    return jnp.stack(terms)
