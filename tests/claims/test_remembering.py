"""The claims of memory: each runs at its smallest, and its measure is held against enumeration and hand-made cases."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import TensorBrain
from tensorbrain.checkpoint import load_brain
from tensorbrain.claims import current_state, entity_indices, gates, rank, sluggish, workspace
from tensorbrain.claims.claim import Config
from tensorbrain.claims.remembering import every_statement, last_window, recalled_at_n, rows, world
from tensorbrain.claims.verdict import NOT_REPRODUCED, REPRODUCED, verdict
from tensorbrain.layers import ConceptIndex
from tensorbrain.learning.objectives import statement_loss
from tensorbrain.modes.decoder import statement_log_probability
from tensorbrain.settings import Settings


@pytest.fixture(scope="module")
def shipped():
    return load_brain("neighbourhood")


@pytest.fixture(scope="module")
def small():
    return TensorBrain.create((4, 3, 2), Settings(dim=8, context=8, orders=("spo", "sop")), key=jax.random.key(0))


def test_what_a_seed_gives_depends_on_no_other_seed(shipped):
    trials = gates.design(Config(quick=True))
    both, alone = gates.run(shipped, trials, (0, 1)), gates.run(shipped, trials, (1,))
    assert [row for row in both if row["seed"] == 1] == [pytest.approx(row) for row in alone]
    one, other = (world(seeds, (8, 3, 4), each=3, pool=30, members=2).statements for seeds in ((0, 1), (1,)))
    np.testing.assert_array_equal(one[1:], other)


@pytest.mark.parametrize("order", ["spo", "sop"])
def test_all_statements_at_once_are_each_one_decoded_alone(small, order: str):
    every = np.asarray(every_statement(small, small.a_bar, order))
    statements = jnp.asarray(np.argwhere(np.ones(every.shape)).astype(np.int32))
    alone = jax.vmap(lambda row: statement_log_probability(small, small.a_bar, row, order).sum())(statements)
    np.testing.assert_allclose(every.reshape(-1), alone, atol=1e-5)
    told = jnp.asarray([2, 1, 3])
    conditional = every[2, 1] if order == "spo" else every[2, :, 3]
    window = last_window(small, small.a_bar, told, order)
    np.testing.assert_allclose(window, jax.nn.log_softmax(jnp.asarray(conditional)), atol=1e-5)


def test_recall_at_n_is_that_of_sorted_lists():
    random = np.random.default_rng(0)
    log_p = random.normal(size=(5, 4, 3, 4)).astype(np.float32)
    told = np.full((5, 6, 3), -1, np.int32)
    expected = []
    for t, n in enumerate((1, 2, 4, 6, 6)):
        flat = random.choice(48, size=n, replace=False)
        told[t, :n] = np.column_stack(np.unravel_index(flat, (4, 3, 4)))
        expected.append(len(set(np.argsort(-log_p[t].reshape(-1))[:n]) & set(flat)) / n)
    np.testing.assert_allclose(recalled_at_n(jnp.asarray(log_p), jnp.asarray(told)), expected)


def test_a_world_with_rules_has_whole_rules():
    told = world((3,), (8, 2, 200), each=4, pool=32, habit=0.0, members=4)
    statements = told.statements[0].reshape(-1, 3)
    assert (statements[:, 0] != statements[:, 2]).all()
    assert all(len(np.unique(each, axis=0)) == 4 for each in told.statements[0])
    pool = np.unique(statements, axis=0)
    sizes = np.unique(pool // [4, 1, 4], axis=0, return_counts=True)[1]
    assert len(pool) == 32 and sorted(sizes)[-2:] != [1, 1] and (np.sort(sizes)[1:] >= 12).all()
    assert (rows(told)[0, :800, 3] == np.repeat(np.arange(200), 4)).all()


def test_a_brain_with_units_at_zero_is_a_smaller_brain_and_stays_one():
    create = TensorBrain.create
    one = rank.narrowed(create((6, 2, 4), Settings(dim=12, context=12), key=jax.random.key(0)), 5)
    told = jnp.asarray(rows(world((0,), (6, 2, 4), each=2, pool=20))[0])
    slope = jax.jit(jax.grad(lambda A, b: statement_loss(eqx.tree_at(lambda b: b.index.A, b, A), told, jnp.ones(16))))
    gradient = np.asarray(slope(one.index.A, one))
    assert not gradient[:, 5:].any() and gradient[:, :5].any(axis=0).all()
    memory = one.memory
    cut = dataclasses.replace(
        memory, V=memory.V[:5, :5], B=memory.B[:5, :5], W=memory.W[:5, :5], v0=memory.v0[:5], w0=memory.w0[:5]
    )
    small = create((6, 2, 4), Settings(dim=5, context=5), key=jax.random.key(9))
    small = eqx.tree_at(lambda b: (b.index.A, b.a_bar, b.memory), small, (one.index.A[:, :5], one.a_bar[:5], cut))
    np.testing.assert_allclose(
        every_statement(one, one.a_bar, "spo"), every_statement(small, small.a_bar, "spo"), atol=1e-5
    )


def test_the_rank_needed_lies_between_two_ranks_on_a_log_scale():
    recall = {2: 0.5, 8: 0.7, 32: 1.0}
    table = [{"seed": 0, "model": "brain", "memory": "semantic", "rank": r, "recall": x} for r, x in recall.items()]
    np.testing.assert_allclose(rank.needed(table, "brain", "semantic"), 8 * 4 ** (2 / 3))
    short = [row for row in table if row["rank"] < 32]
    assert rank.needed(short, "brain", "semantic") == (8.0,)
    assert rank.needed([row for row in table if row["rank"] == 32], "brain", "semantic") == (32.0,)


def test_a_sum_of_embeddings_is_read_as_well_as_theory_says():
    index = ConceptIndex.create((4000, 0, 0), dim=768, key=jax.random.key(0), scale=768**-0.5)
    printed = {16: 1.00, 32: 0.95, 64: 0.78, 128: 0.59}
    keys = jax.random.split(jax.random.key(1), 8)
    share = jax.jit(jax.vmap(lambda m: jax.vmap(lambda key: workspace.share_found(index, m, key))(keys).mean()))
    np.testing.assert_allclose(share(jnp.asarray(list(printed))), list(printed.values()), atol=0.03)


def test_a_linear_memory_is_unwound_whole_and_noise_not_at_all():
    random = np.random.default_rng(0)
    A, lists = random.normal(size=(20, 16)), random.integers(20, size=(900, 3)).astype(np.int32)
    maps = random.normal(size=(3, 16, 60))
    gamma = np.einsum("lid,idn->ln", A[lists], maps).astype(np.float32)
    assert workspace.unwound(gamma, A, lists) > 2.95
    assert workspace.unwound(random.normal(size=gamma.shape).astype(np.float32), A, lists) < 0.4


def test_no_guess_from_classes_beats_the_most_frequent():
    told = np.array([[0, 1, 8, 0], [1, 1, 9, 0], [2, 0, 10, 0], [0, 2, 1, 1]], np.int32)
    generic = entity_indices.with_classes(told, 12, 4)
    assert generic.tolist() == [[12, 1, 14, 0], [12, 1, 14, 0], [12, 0, 14, 0], [12, 2, 12, 1]]
    best = entity_indices.most_frequent(generic)
    assert best.tolist() == [1, 1, 1, 2]
    assert entity_indices.is_told(told, best).mean() == 0.75
    assert max(entity_indices.is_told(told, np.full(4, p)).mean() for p in range(3)) <= 0.75


def test_facts_that_are_so_have_begun_and_not_ended():
    trials = current_state.design(Config())
    events, now = current_state._world(np.random.default_rng(0), trials)
    net: dict[tuple[int, ...], int] = {}
    for s, p, o, _ in events[np.argsort(events[:, 3], kind="stable")].tolist():
        fact, ends = (s, p % trials["predicates"], o), p >= trials["predicates"]
        net[fact] = net.get(fact, 0) + (-1 if ends else 1)
        assert net[fact] in (0, 1)
    assert {tuple(row) for row in now.tolist()} == {fact for fact, n in net.items() if n}


def test_the_lag_is_the_time_in_doubt():
    believed = {1: 0.0, 2: 0.0, 3: 0.5, 4: 1.0}
    table = [{"seed": 0, "estimator": "x", "since": t, "new": new} for t, new in believed.items()]
    assert sluggish.lag(table, "x") == (2.5,)


@pytest.mark.parametrize(("overwriting", "adding", "expected"), [(2.0, 0.0, REPRODUCED), (0.01, 0.0, NOT_REPRODUCED)])
def test_gates_are_judged_by_what_the_table_says(overwriting: float, adding: float, expected: str):
    table = [
        {"seed": seed, "alpha": alpha, "beta": beta, "state": state + 1e-9 * seed, "answers": 0.0}
        for seed in (0, 1)
        for alpha, beta, state in ((0.0, 1.0, overwriting), (1.0, 1.0, adding), (1.0, 0.0, 0.0))
    ]
    assert verdict(gates.measure(table)) == (expected if expected == REPRODUCED else "partly")
