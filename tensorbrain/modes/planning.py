"""Planning: action sequences are lived through in evolve alone, scored by a value index, and the best one is begun."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp

from tensorbrain.brain import TensorBrain
from tensorbrain.layers import BrainState
from tensorbrain.modes.paths import begin, go_on
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray

Choose = Callable[[Int[Array, ""], PRNGKeyArray], Int[Array, " action"]]
Respond = Callable[[Int[Array, ""], Int[Array, ""], PRNGKeyArray], Int[Array, ""]]


class Plan(NamedTuple):
    """The ``actions`` of the best sequence, its ``worth``, and the ``worths`` of all, in the order of counting."""

    actions: Int[Array, " depth"]
    worth: Float[Array, ""]
    worths: Float[Array, " sequence"]


def worth_of(brain: TensorBrain, state: BrainState, value: Int[Array, ""] | int) -> Float[Array, ""]:
    """How good a state is: v = sig(n_k) of the value index k, read on its own, from 0 to 1.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 4, 0), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> round(float(worth_of(brain, BrainState(jnp.zeros(8), jnp.zeros(8)), 4)), 3)
    0.5
    """
    return jax.nn.sigmoid(brain.index.scores(brain.board.gamma(state.q), "concept")[value])


@partial(jax.jit, static_argnames="depth")
def plan(
    brain: TensorBrain,
    here: Int[Array, ""],
    *,
    value: Int[Array, ""] | int,
    depth: int,
    discount: Float[Array, ""] | float = 0.98,
) -> Plan:
    """The best of all sequences of ``depth`` actions from ``here``: argmax max_i discount^i v(state after action i).

    Actions are the predicates of the index. From the told subject, each action is written to the blackboard, evolve
    says what comes of it, and nothing is sensed, measured or written of that: the next action meets the imagined
    state. All sequences unroll as one tree, an action a level, in (number of actions)^depth states. i counts from 0;
    ``value`` is the row of the value index. Depth 1 is to be greedy. Evolve must have been taught to predict
    (`learning.predictive`). Source: TB24 and QTB25 (planning, in words); the score is ours.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 4, 0), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> found = plan(brain, jnp.asarray(0), value=4, depth=3)
    >>> found.actions.shape, found.worths.shape
    ((3,), (64,))
    """
    actions = brain.index.size("predicate")
    states = jax.tree.map(lambda leaf: leaf[None], begin(brain, brain.a_bar, here))
    best = jnp.zeros(1, brain.a_bar.dtype)
    every = jnp.arange(actions, dtype=jnp.int32)

    def act(state: BrainState, action: Int[Array, ""]) -> tuple[BrainState, Float[Array, ""]]:
        state, _ = go_on(brain, state, action)
        return state, worth_of(brain, state, value)

    for level in range(depth):
        states, v = jax.vmap(lambda state: jax.vmap(lambda action: act(state, action))(every))(states)
        states = jax.tree.map(lambda leaf: leaf.reshape(-1, leaf.shape[-1]), states)
        best = jnp.maximum(jnp.repeat(best, actions), discount**level * v.reshape(-1))
    number = jnp.argmax(best)
    digits = number // actions ** jnp.arange(depth - 1, -1, -1) % actions
    return Plan(digits.astype(jnp.int32), best[number], best)


def pursue(
    choose: Choose,
    respond: Respond,
    start: Int[Array, ""],
    key: PRNGKeyArray,
    *,
    turns: int,
    every: int = 1,
) -> Int[Array, " step"]:
    """Act, see what comes of it, and choose anew: the cells that are passed, ``turns`` times ``every`` of them.

    ``choose(cell, key)`` gives at least ``every`` actions, of which so many are taken before it is asked again: 1 is
    act now and replan after feedback, more is to trust the plan. ``respond(cell, action, key)`` is the world.

    >>> cells = pursue(lambda cell, key: jnp.ones(1, jnp.int32), lambda cell, action, key: cell + action,
    ...                jnp.asarray(0, jnp.int32), jax.random.key(0), turns=3)
    >>> cells.tolist()
    [1, 2, 3]
    """

    def turn(cell: Int[Array, ""], key: PRNGKeyArray) -> tuple[Int[Array, ""], Int[Array, " every"]]:
        k_choose, *k_respond = jax.random.split(key, every + 1)
        chosen = choose(cell, k_choose)
        passed: list[Int[Array, ""]] = []
        for action, k in zip(chosen[:every], k_respond, strict=True):
            cell = respond(cell, action, k)
            passed.append(cell)
        return cell, jnp.stack(passed)

    return jax.lax.scan(turn, start, jax.random.split(key, turns))[1].reshape(-1)
