"""Claims about acting, capacity, forgetting, people's memory and imagined looks: smallest runs, hand-made cases."""

import functools
import importlib
import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import TensorBrain
from tensorbrain.checkpoint import load_brain
from tensorbrain.claims import embodiment, human_memory, planning, reclaiming, sparsity
from tensorbrain.claims.claim import Config
from tensorbrain.claims.scoreboard import Scored, score
from tensorbrain.claims.tables import by_seed
from tensorbrain.claims.verdict import NOT_REPRODUCED, PARTLY, REPRODUCED, verdict
from tensorbrain.datasets.grid_world import GridWorld, grid_world
from tensorbrain.datasets.new_scripts import new_scripts
from tensorbrain.datasets.worlds import load_graph
from tensorbrain.layers import ConceptIndex
from tensorbrain.memory.forget import forget
from tensorbrain.settings import Settings


@functools.cache
def shipped():
    return load_brain("neighbourhood")


@functools.cache
def quick(name: str) -> Scored:
    claim = importlib.import_module(f"tensorbrain.claims.{name}").CLAIM
    return score(claim, shipped(), seeds=(0, 1), config=Config(quick=True))


def several(*pictures: str) -> GridWorld:
    return jax.tree.map(lambda *each: jnp.stack(each), *[grid_world(picture) for picture in pictures])


def test_who_knows_the_world_begins_the_best_of_all_sequences():
    goals = several("..#G\nS.#.\n....", "G.#.\nS.#.\n....")
    found = planning.knowing(jax.tree.map(lambda leaf: leaf[None], goals), 4)[0]
    for g in range(2):
        after, worth = np.asarray(goals.after[g]), np.asarray(goals.worth[g], float)
        for cell in range(12):
            worths = {}
            for actions in itertools.product(range(4), repeat=4):
                here, seen = cell, []
                for i, action in enumerate(actions):
                    here = after[here, action]
                    seen.append(planning.DISCOUNT**i * worth[here])
                worths[actions] = max(seen)
            first = max(value for actions, value in worths.items() if actions[0] == found[g, cell])
            assert first == pytest.approx(max(worths.values()), abs=1e-6)


def test_a_goal_is_reached_in_time_or_not():
    goals = several("S..G", "G..S")
    steps, east, within = planning.shortest(goals), np.ones((2, 4), int), np.array([[3, 2, 1, 0]] * 2)
    assert steps.tolist() == [[3, 2, 1, 0], [0, 1, 2, 3]] == planning.straight(goals, 4).tolist()
    random = np.random.default_rng(0)
    assert planning.reached(goals, east, within, random).tolist() == [[True] * 4, [True, False, False, False]]
    assert planning.reached(goals, east, within - 1, random).tolist() == [[False] * 3 + [True], [True] + [False] * 3]
    assert planning.reached(goals, None, np.full((2, 4), 200), random).all()


def test_walks_are_told_as_they_were_or_with_other_actions():
    trials = planning.design(Config()) | {"walks": 300}
    goals, told, wrong = planning._life(np.random.default_rng(3), trials)
    after, walks = np.asarray(goals.after), told.walks
    before = np.concatenate([np.asarray(walks.subject)[:, None], np.asarray(walks.objects)[:, :-1]], axis=1)
    g = (before == int(goals.goal[0])).astype(int)  # a world stops at its own goal only
    np.testing.assert_array_equal(walks.objects, after[g, before, walks.predicates])
    np.testing.assert_array_equal(walks.objects, wrong.walks.objects)
    assert 0.15 < float((walks.predicates == wrong.walks.predicates).mean()) < 0.35
    assert bool(goals.open[0][walks.objects].all()) and len({int(goal) for goal in goals.goal}) == trials["goals"]


def test_a_turn_changes_nothing_where_the_blackboard_is_linear():
    keys, counts = jax.random.split(jax.random.key(0), 6), (64, 4, 0)  # the shapes of the quick run
    small, large = (
        jax.vmap(lambda key, scale=scale: ConceptIndex.create(counts, dim=48, key=key, scale=scale))(keys)
        for scale in (1e-2, 4.0)
    )
    held, turned = sparsity.holds(small, keys)
    np.testing.assert_allclose(held, turned, rtol=0.02)
    held, turned = sparsity.holds(large, keys)
    assert (abs(held - turned) > 0.05).all()
    assert float(sparsity.density(jax.random.normal(keys[0], (4000, 50)))) == pytest.approx(2 / np.pi, abs=0.02)


@pytest.mark.parametrize(("by_sparsity", "by_penalty", "expected"),
                         [(3.0, 3.0, REPRODUCED), (0.0, 3.0, PARTLY), (0.0, 0.0, NOT_REPRODUCED)])  # fmt: skip
def test_what_the_penalty_gives_is_told_from_what_sparsity_gives(by_sparsity, by_penalty, expected):
    table = []
    for seed, of, penalty in itertools.product((0, 1), (sparsity.EMBEDDINGS, sparsity.STATES), (0.0, 1.0)):
        items = 10 + by_penalty * penalty + 1e-6 * seed
        row = {"seed": seed, "of": of, "penalty": penalty, "judged": 1.0, "right": 1.0}
        row["density"] = 0.4 if by_penalty else 0.6
        lost = by_sparsity * penalty
        table += [row | {"form": sparsity.AS_TAUGHT, "items": items}]
        table += [row | {"form": sparsity.TURNED, "items": items - lost}]
    if expected == NOT_REPRODUCED:
        table = [row | {"right": 0.5} for row in table]
    assert verdict(sparsity.measure(table)) == expected


def test_every_policy_keeps_what_it_should():
    kept = {
        policy: [by_seed(quick("reclaiming").table, "kept", policy=policy, asked=asked)
                 for asked in (reclaiming.CONSOLIDATED, reclaiming.LATEST)]
        for policy in reclaiming.POLICIES
    }  # fmt: skip
    one, none = (1.0, 1.0), (0.0, 0.0)
    assert kept["unconsolidated"] == [one, one] and kept["no reclaiming"] == [one, none]
    assert kept["oldest"] == [none, one] and kept["random"][1] == one


def test_what_has_no_index_is_asked_of_semantic_memory():
    script = new_scripts(load_graph("neighbourhood"), 1, seed=1, nameless=0.0)[0]
    told = len(script.statements)
    lived = np.full((2, 12, 3), -1, np.int32)
    lived[:, :told] = np.asarray(script.statements)[:, 2:]
    empty = forget(shipped(), keep=0, policy="oldest")
    right, kept = reclaiming._asked(reclaiming.written(empty, lived, [1]), lived)
    assert kept.tolist() == [False, True] and np.isnan(right[:, told:]).all()
    assert right[1, :told].mean() > right[0, :told].mean() + 0.2
    neither, _ = reclaiming._asked(empty, lived)
    np.testing.assert_array_equal(neither, right[[0, 0]])


def test_the_world_of_facts_is_as_told():
    facts, first, again, others = human_memory._world(np.random.default_rng(0))
    assert len(np.unique(facts, axis=0)) == len(facts) and (facts[:, 3] == -1).all()
    fan = np.bincount(facts[facts[:, 1] == human_memory.AT, 0])
    assert np.bincount(fan).tolist() == [0, 9, 9, 9, 9]
    is_a = facts[facts[:, 1] == human_memory.IS_A]
    assert (is_a[:, 2] - human_memory.CLASS).tolist() == [thing // 6 for thing in range(36)]
    A, B, C, D = (set(rows[:, k].tolist()) for rows, k in ((first, 0), (first, 2), (again, 2), (others, 0)))
    assert len(A | B | C | D) == 4 * human_memory.PAIRS and (first[:, 0] == again[:, 0]).all()
    assert (again[:, 2] == others[:, 2]).all()


def test_margins_are_those_of_the_statements_one_by_one():
    settings = Settings(dim=8, context=6, evolution="feedforward")
    brain = TensorBrain.create((human_memory.PLACE + human_memory.PLACES, 4, 0), settings, key=jax.random.key(2))
    facts, *_ = human_memory._world(np.random.default_rng(1))
    margins = np.asarray(jax.jit(human_memory._margins)(brain, jnp.asarray(facts)))
    for thing in (0, 7, 20):
        q, h = brain.memory.evolve(brain.a_bar, brain.board.gamma(brain.a_bar), jnp.zeros(6))
        q = q + brain.index.A[thing]
        q, h = brain.memory.evolve(q, brain.board.gamma(q), h)
        q = q + brain.index.embeddings("predicate")[human_memory.AT]
        q, h = brain.memory.evolve(q, brain.board.gamma(q), h)
        n = np.asarray(brain.index.scores(brain.board.gamma(q), "concept"))[human_memory.PLACE :]
        where = [o - human_memory.PLACE for s, p, o, _ in facts.tolist() if (s, p) == (thing, human_memory.AT)]
        expected = n[where].mean() - np.delete(n, where).max()
        assert margins[thing] == pytest.approx(expected, abs=1e-4)


def test_places_of_a_list_are_told_apart_where_they_can_be():
    random = np.random.default_rng(0)
    A, lists = random.normal(size=(12, 8)), random.integers(12, size=(600, 3)).astype(np.int32)
    gamma = A[lists[:, 0]] @ random.normal(size=(8, 30)) + 1e-3 * random.normal(size=(600, 30))
    first, second, third = human_memory.at_place(gamma, A, lists)
    assert first > 0.99 and second < 0.25 and third < 0.25


def test_the_most_correlated_image_is_found():
    random = np.random.default_rng(0)
    images, true = random.random((5, 4, 4, 3)), random.integers(5, size=40)
    looks = 0.1 * images[true] + 0.5 * random.random((40, 4, 4, 3)) + 0.1
    flat = [each.reshape(len(each), -1) for each in (looks, images)]
    slow = [np.argmax([np.corrcoef(look, image)[0, 1] for image in flat[1]]) for look in flat[0]]
    share = embodiment.found(looks, images, true)
    assert share == pytest.approx(np.mean(slow == true)) and 0.3 < share < 1
    assert embodiment.found(looks, np.zeros_like(images), true) == pytest.approx(1 / 5)
