"""The objective of writing against the episodes one by one."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorbrain.brain import TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.learning.writing import Episodes, contexts, exchanged, resting, writing_terms, written
from tensorbrain.memory.write import learned_write, trace_left, with_row
from tensorbrain.modes.decoder import statement_log_probability
from tensorbrain.modes.looking import Sight, moment
from tensorbrain.settings import Settings

WHOLE = jnp.array([0.0, 0.0, 1.0, 1.0])


@pytest.fixture(scope="module")
def brain() -> TensorBrain:
    settings = Settings(dim=8, context=6, senses="pictures", feature=5, orders=("sop",), reserve=(0, 0, 1))
    brain = TensorBrain.create((6, 3, 3), settings, key=jax.random.key(1))
    return eqx.tree_at(lambda b: (b.temperature, b.kappa), brain, (jnp.asarray(0.7), jnp.asarray(1.4)))


@pytest.fixture(scope="module")
def episodes() -> Episodes:
    random = np.random.default_rng(0)
    statements = np.full((3, 4, 3), -1, np.int32)
    for n, count in enumerate((4, 1, 2)):
        statements[n, :count] = random.integers(0, (6, 3, 6), (count, 3))
    looks = random.random((2, 3, 5)).astype(np.float32)
    return Episodes(*map(jnp.asarray, (statements, statements[..., 0] >= 0, *looks)))


def told(episodes: Episodes) -> list[list[jnp.ndarray]]:
    return [[row for row, is_told in zip(rows, which, strict=True) if is_told]
            for rows, which in zip(episodes.statements, np.asarray(episodes.told), strict=True)]  # fmt: skip


def test_rest_is_what_an_average_statement_leaves(brain, episodes):
    trace = jax.jit(trace_left)
    left = np.stack([trace(brain, row) for rows in told(episodes) for row in rows])
    assert len(left) == 7
    rest = np.asarray(resting(brain, episodes))
    np.testing.assert_allclose(rest, left.mean(axis=0), atol=1e-4)
    rested = eqx.tree_at(lambda b: b.rest, brain, jnp.asarray(rest))
    rows = jnp.stack([row for rows in told(episodes) for row in rows])
    a_new = learned_write(eqx.tree_at(lambda b: b.kappa, rested, jnp.zeros(())), rows, jnp.ones(7, bool), jnp.zeros(8))
    np.testing.assert_allclose(a_new, np.zeros(8), atol=1e-3)  # over all of them nothing is left
    nothing = episodes._replace(told=jnp.zeros((3, 4), bool))
    np.testing.assert_array_equal(resting(brain, nothing), np.zeros(8))


def test_contexts_are_those_of_the_statements_one_by_one(brain, episodes):
    rows = jnp.stack([row for rows in told(episodes) for row in rows])
    one_by_one = np.stack([trace_left(brain, row) for row in rows])
    np.testing.assert_allclose(contexts(brain, rows) @ brain.imprint.T, one_by_one, atol=1e-5)


def test_an_episode_is_written_by_the_learned_rule(brain, episodes):
    q = jax.random.normal(jax.random.key(3), (3, 8))
    rested = eqx.tree_at(lambda b: b.rest, brain, resting(brain, episodes))
    clear = [learned_write(rested, *one) for one in zip(episodes.statements, episodes.told, q, strict=True)]
    np.testing.assert_allclose(written(brain, episodes, q), clear, atol=1e-4)
    with pytest.raises(SettingsError, match="was not taught"):
        written(eqx.tree_at(lambda b: b.imprint, brain, None), episodes, q)


def test_the_terms_by_hand(brain, episodes):
    brain = eqx.tree_at(lambda b: b.rest, brain, resting(brain, episodes))
    before = jax.jit(lambda nu: moment(brain, Sight(nu, WHOLE), attention=False)[0].q)
    log_p = jax.jit(lambda a, row: statement_log_probability(brain, a, row, "sop").sum())
    written = [
        learned_write(brain, jnp.stack(rows), jnp.ones(len(rows), bool), before(nu))
        for rows, nu in zip(told(episodes), episodes.first, strict=True)
    ]
    recall = [-float(log_p(a, row)) for a, rows in zip(written, told(episodes), strict=True) for row in rows]
    bigger = brain
    for a in written:
        bigger, _ = with_row(bigger, a, "instant")  # then window T of the bigger brain finds them, among all old ones
    find = [-float(moment(bigger, Sight(nu, WHOLE))[2][3 + n]) for n, nu in enumerate(episodes.second)]
    terms = jax.jit(writing_terms)(brain, episodes)
    np.testing.assert_allclose(terms, [np.mean(recall), np.mean(find)], rtol=1e-4)


def test_padding_and_the_order_of_statements_change_nothing(brain, episodes):
    terms = jax.jit(writing_terms)
    wide = episodes._replace(
        statements=jnp.pad(episodes.statements, ((0, 0), (2, 1), (0, 0)), constant_values=-1),
        told=jnp.pad(episodes.told, ((0, 0), (2, 1))),
    )
    turned = episodes._replace(statements=episodes.statements[:, ::-1], told=episodes.told[:, ::-1])
    for other in (wide, turned):
        np.testing.assert_allclose(terms(brain, other), terms(brain, episodes), rtol=1e-4)


def test_what_is_written_is_trained_through(brain, episodes):
    params, static = eqx.partition(brain, eqx.is_inexact_array)

    def loss(params, which):
        return writing_terms(eqx.combine(params, static), episodes)[which]

    for which in (0, 1):
        gradient = jax.jit(jax.grad(loss), static_argnums=1)(params, which)
        for part in (gradient.kappa, gradient.memory.V, gradient.index.A, gradient.sensory.encoders["scene"].G):
            assert np.isfinite(part).all() and np.abs(np.asarray(part)).max() > 0


@given(st.lists(st.integers(-1, 3), min_size=2, max_size=12), st.integers(0, 99), st.sampled_from([0.0, 0.5, 1.0]))
def test_others_of_the_same_class_play_the_parts(classes, seed, share):
    random = np.random.default_rng(seed)
    class_of = np.asarray(classes, np.int32)
    told = random.integers(0, len(classes), (4, 5, 3)).astype(np.int32)
    told[random.random((4, 5)) < 0.3] = -1
    new = exchanged(told, class_of, share=share, random=random)
    np.testing.assert_array_equal(new[..., 1], told[..., 1])
    np.testing.assert_array_equal(new < 0, told < 0)
    if share == 0.0:
        np.testing.assert_array_equal(new, told)
    for before, after in zip(told[..., (0, 2)], new[..., (0, 2)], strict=True):
        parts = {(a, b) for a, b in zip(before.ravel().tolist(), after.ravel().tolist(), strict=True) if a >= 0}
        assert all(class_of[a] == class_of[b] and (a == b or class_of[a] >= 0) for a, b in parts)
        assert len(parts) == len({a for a, _ in parts}) == len({b for _, b in parts})  # one player, one part


def test_the_parts_change_from_time_to_time():
    random = np.random.default_rng(0)
    told, class_of = np.array([[[0, 0, 5]]], np.int32), np.array([8, 8, 8, 8, 8, 9, 9, 9, -1, -1], np.int32)
    played = {tuple(exchanged(told, class_of, share=1.0, random=random)[0, 0].tolist()) for _ in range(200)}
    assert played == {(s, 0, o) for s in range(5) for o in (5, 6, 7)}
