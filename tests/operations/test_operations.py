"""Sense, attend, measure, evolve: what each does to the state, and the limits of gates and temperature."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorbrain.errors import SettingsError
from tensorbrain.layers import Blackboard, BrainState, ConceptIndex, SensoryBuffer, WorkingMemory
from tensorbrain.operations import attend, evolve, log_probabilities, measure, sense, write_back

INDEX = ConceptIndex.create((5, 2, 1), dim=6, key=jax.random.key(0), reserve=(1, 0, 0))
STATE = BrainState(jnp.linspace(-1.0, 1.0, 6), jnp.full(3, 0.25))
PI = np.array([0.1, 0.2, 0.05, 0.4, 0.25, 0.0], np.float32)
LOG_PI = jnp.log(jnp.maximum(jnp.asarray(PI), 1e-38))


def write_all(order, alpha, beta) -> np.ndarray:
    state = STATE
    for k in order:
        state = write_back(INDEX, state, jnp.asarray(k), "concept", alpha=alpha, beta=beta)
    return np.asarray(state.q)


def test_adding_does_not_mind_the_order_within_a_window():
    first = write_all((0, 1, 2), 1.0, 1.0)
    np.testing.assert_allclose(first, np.asarray(STATE.q + INDEX.A[:3].sum(axis=0)), atol=1e-6)
    for order in itertools.permutations((0, 1, 2)):
        np.testing.assert_allclose(write_all(order, 1.0, 1.0), first, atol=1e-6)


def test_overwriting_keeps_the_last_alone():
    for order in itertools.permutations((0, 1, 2)):
        np.testing.assert_array_equal(write_all(order, 0.0, 1.0), np.asarray(INDEX.A[order[-1]]))


def test_no_feedback_leaves_the_blackboard():
    np.testing.assert_array_equal(write_all((0, 1, 2), 1.0, 0.0), np.asarray(STATE.q))


@given(k=st.integers(0, 4), alpha=st.floats(-2, 2, width=32), beta=st.floats(-2, 2, width=32))
def test_write_back_follows_its_formula_and_leaves_the_context(k, alpha, beta):
    after = write_back(INDEX, STATE, jnp.asarray(k), "concept", alpha=alpha, beta=beta)
    expected = alpha * np.asarray(STATE.q) + beta * np.asarray(INDEX.A[k])
    np.testing.assert_allclose(after.q, expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(after.h, STATE.h)


def test_attend_writes_the_expectation_of_measure():
    expected = sum(p * write_all((k,), 0.5, 2.0) for k, p in enumerate(PI))
    after = attend(INDEX, STATE, LOG_PI, "concept", alpha=0.5, beta=2.0)
    np.testing.assert_allclose(after.q, expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(after.h, STATE.h)


def test_measure_argmax_and_teacher():
    state, k = measure(INDEX, STATE, LOG_PI, "concept", selection="argmax")
    assert int(k) == 3
    np.testing.assert_allclose(state.q, STATE.q + INDEX.A[3], atol=1e-6)
    state, k = measure(INDEX, STATE, LOG_PI, "concept", selection="teacher", teacher=jnp.asarray(2), alpha=0.0)
    assert int(k) == 2
    np.testing.assert_array_equal(state.q, INDEX.A[2])


def test_where_no_gate_is_told_all_that_was_and_all_that_comes_is_added():
    k = jnp.asarray(2)
    added = STATE.q + INDEX.A[2]
    np.testing.assert_array_equal(write_back(INDEX, STATE, k, "concept").q, added)
    np.testing.assert_array_equal(measure(INDEX, STATE, LOG_PI, "concept", selection="teacher", teacher=k)[0].q, added)
    np.testing.assert_allclose(
        attend(INDEX, STATE, LOG_PI, "concept").q, STATE.q + PI @ np.asarray(INDEX.A[:6]), rtol=1e-5, atol=1e-6
    )


def test_measure_draws_from_the_distribution():
    draws = 4000
    keys = jax.random.split(jax.random.key(7), draws)
    state, k = jax.jit(jax.vmap(lambda key: measure(INDEX, STATE, LOG_PI, "concept", key=key)))(keys)
    counts = np.bincount(np.asarray(k), minlength=6)
    assert counts[5] == 0
    chi_square = ((counts[:5] - draws * PI[:5]) ** 2 / (draws * PI[:5])).sum()
    assert chi_square < 18.5  # 4 degrees of freedom: 1 in 1,000; the key is fixed
    np.testing.assert_allclose(state.q, STATE.q[None] + INDEX.A[np.asarray(k)], atol=1e-6)


def test_what_measure_needs():
    with pytest.raises(SettingsError, match="key"):
        measure(INDEX, STATE, LOG_PI, "concept", selection="sample")
    with pytest.raises(SettingsError, match="teacher"):
        measure(INDEX, STATE, LOG_PI, "concept", selection="teacher")


def test_an_unknown_selection(unchecked):
    with pytest.raises(SettingsError, match="sample, argmax, teacher"):
        measure(INDEX, STATE, LOG_PI, "concept", selection="guess")  # pyright: ignore


def test_probabilities_are_a_softmax_over_the_rows_in_use():
    gamma = jax.nn.sigmoid(STATE.q)
    n = np.asarray(INDEX.A[:5], float) @ (np.asarray(gamma, float) - 0.5)
    for temperature in (0.3, 1.0, 5.0):
        pi = np.exp(np.asarray(log_probabilities(INDEX, gamma, "concept", temperature=temperature)))
        e = np.exp(n / temperature)
        np.testing.assert_allclose(pi[:5], e / e.sum(), rtol=1e-5)
        assert pi[5] == 0


def test_the_limits_of_temperature():
    gamma = jax.nn.sigmoid(STATE.q)
    cold = np.exp(np.asarray(log_probabilities(INDEX, gamma, "concept", temperature=1e-4)))
    best = int(np.argmax(np.asarray(INDEX.scores(gamma, "concept"))))
    np.testing.assert_allclose(cold, np.eye(6)[best], atol=1e-6)
    hot = np.exp(np.asarray(log_probabilities(INDEX, gamma, "concept", temperature=1e6)))
    np.testing.assert_allclose(hot, [0.2] * 5 + [0.0], atol=1e-5)


def test_post_selection_conditions_on_the_candidates():
    gamma = jax.nn.sigmoid(STATE.q)
    everyone = np.exp(np.asarray(log_probabilities(INDEX, gamma, "concept")))
    candidates = np.array([False, True, True, False, True, False])
    chosen = np.exp(np.asarray(log_probabilities(INDEX, gamma, "concept", candidates=jnp.asarray(candidates))))
    expected = np.where(candidates, everyone, 0)
    np.testing.assert_allclose(chosen, expected / expected.sum(), rtol=1e-5)
    assert (chosen[~candidates] == 0).all()
    with_reserve = log_probabilities(INDEX, gamma, "concept", candidates=jnp.asarray([True] * 6))
    np.testing.assert_allclose(np.exp(np.asarray(with_reserve)), everyone, rtol=1e-6)


def test_sense_adds_what_the_senses_deliver():
    buffer = SensoryBuffer.create({"sight": 2, "sound": 3}, dim=6, key=jax.random.key(3))
    nu = {"sight": jnp.ones(2), "sound": jnp.arange(3.0)}
    drive = np.asarray(buffer.encode(nu))
    for mu in (0.0, 1.0, 0.5):
        after = sense(buffer, STATE, nu, mu=mu)
        np.testing.assert_allclose(after.q, np.asarray(STATE.q) + mu * drive, atol=1e-6)
        np.testing.assert_array_equal(after.h, STATE.h)
    with pytest.raises(SettingsError, match="touch"):
        sense(buffer, STATE, {"touch": jnp.ones(2)})


@pytest.mark.parametrize("activation", ["sigmoid", "leaky_relu"])
def test_evolve_hands_gamma_of_the_blackboard_to_the_memory(activation):
    board = Blackboard(6, activation)
    for evolution in ("recurrent", "feedforward", "relu"):
        memory = WorkingMemory.create(dim=6, context=3, key=jax.random.key(4), evolution=evolution)
        after = evolve(board, memory, STATE)
        q, h = memory.evolve(STATE.q, board.gamma(STATE.q), STATE.h)
        np.testing.assert_array_equal(after.q, q)
        np.testing.assert_array_equal(after.h, h)
