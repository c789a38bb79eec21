"""Evolve: between two windows the blackboard passes through the working memory."""

from tensorbrain.layers import Blackboard, BrainState, WorkingMemory


def evolve(board: Blackboard, memory: WorkingMemory, state: BrainState) -> BrainState:
    """Replace q by what the working memory makes of it: (q, h) <- g(q, h).

    The three forms of g stand at ``WorkingMemory``. Source: TB23 (recurrent), QTB25 (feed-forward), the
    authors' code (ReLU).

    >>> import jax, jax.numpy as jnp
    >>> memory = WorkingMemory.create(dim=4, context=3, key=jax.random.key(0))
    >>> evolve(Blackboard(4), memory, BrainState(jnp.zeros(4), jnp.zeros(3))).q.shape
    (4,)
    """
    q, h = memory.evolve(state.q, board.gamma(state.q), state.h)
    return BrainState(q, h)
