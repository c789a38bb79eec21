"""Planning: the tree against every sequence by itself, acting turn by turn, and a small world with a trap in it."""

import itertools
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.datasets.grid_world import grid_world, happens, steps_to_goal, wander
from tensorbrain.learning.fit import fit, newborn, one_of
from tensorbrain.learning.predictive import Foresight
from tensorbrain.modes.planning import plan, pursue
from tensorbrain.settings import Settings

WORLD = grid_world(
    """
    .....
    S.#.G
    ..#..
    """
)
VALUE = len(WORLD.after)
SETTINGS = Settings(dim=24, context=24, evolution="feedforward")


def test_the_best_of_all_sequences_is_found(make_model, brute_force):
    """Each sequence unrolled on its own, in NumPy; three actions, three deep, and in doubles: what is early fades."""
    with jax.enable_x64(True):
        model = make_model(Settings(dim=8, context=6, evolution="feedforward"), seed=5)
        found = plan(model, jnp.asarray(1), value=4, depth=3, discount=1.1)
    truth = brute_force(model)
    q, h = truth.evolve(truth.a_bar, np.zeros(6))
    begun = truth.alpha * q + truth.beta * truth.A[0][1], h
    worths = {}
    for actions in itertools.product(range(3), repeat=3):
        (q, h), seen = begun, []
        for action in actions:
            q, h = truth.evolve(q, h)
            q, h = truth.evolve(truth.alpha * q + truth.beta * truth.A[1][action], h)
            seen.append(1 / (1 + np.exp(-truth.A[0][4] @ (truth.gamma(q) - 0.5))))
        worths[actions] = max(1.1**i * v for i, v in enumerate(seen))
    np.testing.assert_allclose(found.worths, list(worths.values()), rtol=1e-9)
    best = max(worths, key=worths.__getitem__)
    assert tuple(found.actions.tolist()) == best == (2, 0, 1)
    assert float(found.worth) == pytest.approx(worths[best], rel=1e-9)


def test_who_trusts_a_plan_does_not_look(make_model):
    """The world moves one to the right by itself: who looks every time corrects for it, who looks seldom drifts."""

    def choose(cell, key):
        return jnp.full(2, -jnp.sign(cell))  # back towards 0, twice

    def respond(cell, action, key):
        return cell + action + 1

    start, key = jnp.asarray(4), jax.random.key(0)
    looking = pursue(choose, respond, start, key, turns=6)
    trusting = pursue(choose, respond, start, key, turns=3, every=2)
    assert looking.tolist() == [4, 4, 4, 4, 4, 4] and trusting.tolist() == [4, 4, 4, 4, 4, 4]
    from_below = [pursue(choose, respond, -start, key, turns=6 // n, every=n).tolist() for n in (1, 2)]
    assert from_below == [[-2, 0, 1, 1, 1, 1], [-2, 0, 1, 2, 2, 2]]


@pytest.fixture(scope="module")
def taught():
    """A brain that has wandered about in the world, and the same brain before."""
    lessons = jax.tree.map(lambda leaf: leaf[None], WORLD)
    new = newborn((VALUE + 1, 4, 0), SETTINGS, (0,))
    brains, losses = fit(new, lessons, Foresight(wander, VALUE, batch=32, hops=4), (0,), steps=2000, rate=2e-2)
    assert losses[0, -20:].mean() < losses[0, 0] - 2.5
    return one_of(brains, 0), one_of(new, 0)


def reached(choose) -> float:
    """The share of the cells from which the goal is reached within 14 turns."""
    starts = np.flatnonzero(steps_to_goal(WORLD) > 0).astype(np.int32)
    keys = jax.random.split(jax.random.key(3), len(starts))
    run = jax.vmap(lambda start, key: pursue(choose, partial(happens, WORLD), start, key, turns=14))
    return float((np.asarray(run(jnp.asarray(starts), keys)) == int(WORLD.goal)).any(axis=1).mean())


def test_planning_goes_round_the_wall_and_greed_does_not(taught):
    def planner(brain, depth):
        return lambda cell, key: plan(brain, cell, value=VALUE, depth=depth).actions

    brain, before = taught
    far, greedy, untaught = reached(planner(brain, 4)), reached(planner(brain, 1)), reached(planner(before, 4))
    random = reached(lambda cell, key: jax.random.randint(key, (1,), 0, 4, jnp.int32))
    assert far > 0.9 and far > greedy + 0.2 and far > random + 0.2 and far > untaught + 0.3
