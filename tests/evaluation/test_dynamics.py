"""The dynamics of evolve against maps whose exponents and fixed points are known."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.evaluation.dynamics import FAR, as_step, dynamics, lyapunov, orbits, with_gain
from tensorbrain.evaluation.fixed_points import fixed_points
from tensorbrain.graph import Concept, Vocabulary
from tensorbrain.layers import Blackboard, WorkingMemory
from tensorbrain.settings import Settings

LINEAR = jax.jit(lambda M, z, v: lyapunov(lambda z: M @ z, z, v, steps=300, burn=200))
LOGISTIC = jax.jit(lambda r, z: lyapunov(lambda z: r * z * (1 - z), z, jnp.ones(1), steps=20_000, burn=100))


@given(st.lists(st.floats(0.1, 2.0), min_size=4, max_size=4), st.integers(0, 1000))
@settings(max_examples=15)
def test_a_linear_map_has_the_logarithm_of_its_largest_eigenvalue(sizes, seed):
    sizes = np.sort(sizes)
    sizes[3] = max(sizes[3], 1.2 * sizes[2])  # a gap, so that the largest wins within the burn
    S = np.random.default_rng(seed).normal(size=(4, 4)) + 3 * np.eye(4)
    M = S @ np.diag(sizes * [1, -1, 1, -1]) @ np.linalg.inv(S)
    exponent, bounded, _ = LINEAR(jnp.asarray(M, jnp.float32), jnp.ones(4), jnp.array([1.0, 2.0, 3.0, 4.0]))
    assert exponent == pytest.approx(np.log(sizes[3]), abs=2e-3)
    assert bool(bounded) == (sizes[3] < 1) or 0.95 < sizes[3] < 1.05  # near 1 it depends on where it starts


@pytest.mark.parametrize(
    ("r", "expected"),
    [(2.0, -np.inf), (3.2, np.log(abs(0.16))), (4.0, np.log(2))],  # superstable, a cycle of two, chaos
)
def test_the_logistic_map(r, expected):
    # In the cycle of two the derivative of g(g(z)) is 4 + 2r - r^2; the exponent is half its logarithm.
    expected = expected / 2 if r == 3.2 else expected
    exponent, bounded, _ = LOGISTIC(jnp.full(1, r), jnp.full(1, 0.3141))
    assert bool(bounded)
    assert float(exponent) < -8 if r == 2.0 else float(exponent) == pytest.approx(expected, abs=0.02)


def relu_memory(B: list[float]) -> WorkingMemory:
    """h <- relu(B h), q <- 0: nothing comes from the blackboard."""
    n = len(B)
    none = jnp.zeros((n, 2))
    return WorkingMemory(none, jnp.diag(jnp.asarray(B)), none.T, jnp.zeros(n), jnp.zeros(2), "relu")


@pytest.mark.parametrize("gain", [0.5, 1.0, 3.0])
def test_a_working_memory_of_known_growth(gain):
    """The exponent is log(gain b) of the largest b, also where the state goes beyond what is followed."""
    step = as_step(Blackboard(2), with_gain(relu_memory([0.9, 0.3, 0.1]), gain))
    exponent, bounded, orbit = lyapunov(step, jnp.ones(5), jnp.ones(5), steps=50, burn=20)
    assert float(exponent) == pytest.approx(np.log(gain * 0.9), abs=1e-4)
    assert bool(bounded) == (gain * 0.9 < 1)
    assert float(jnp.linalg.norm(orbit, axis=1).max()) <= FAR * 1.001


def test_fixed_points_and_their_basins():
    """tanh(2 z): 0 repels, and +-0.9575 attract what lies on their side."""
    step = jax.tree_util.Partial(jnp.tanh)
    double = partial(lambda step, z: step(2 * z), step)
    starts = jnp.array([[-2.0], [-0.1], [0.0], [0.3], [5.0]])
    ends = starts
    for _ in range(60):
        ends = double(ends)
    found = fixed_points(double, ends)
    np.testing.assert_allclose(found.points[:, 0], [-0.95750, 0.0, 0.95750], atol=1e-4)
    assert found.basin.tolist() == [0, 0, 1, 2, 2] and (found.residual < 1e-5).all()
    slope = 2 * (1 - 0.95750**2)
    np.testing.assert_allclose(found.radius, [slope, 2.0, slope], atol=1e-3)


def test_a_cycle_is_no_fixed_point():
    found = fixed_points(lambda z: -z + 0.1, jnp.array([[3.0], [-2.9], [0.05]]))
    assert found.basin.tolist() == [-1, -1, 0] and found.points.shape == (1, 1)


@pytest.fixture(scope="module")
def brain() -> Brain:
    choices = Settings(dim=10, context=8, evolution="feedforward")
    words = tuple(Concept(f"urn:{k}", f"c{k}", "entity") for k in range(6))
    model = TensorBrain.create((6, 2, 0), choices, key=jax.random.key(2))
    predicates = tuple(Concept(f"urn:p{k}", f"p{k}", "predicate") for k in range(2))
    return Brain(model, Vocabulary(words, predicates), choices)


def test_all_orbits_at_once_are_those_one_by_one(brain):
    model = brain.model
    gains, q = jnp.array([0.5, 3.0]), model.index.A[:2]
    tangents = jax.random.normal(jax.random.key(1), (2, 18))
    run = orbits(model, gains, q, tangents, steps=40, burn=10)
    for g, n in ((0, 1), (1, 0)):
        step = as_step(model.board, with_gain(model.memory, gains[g]))
        z = jnp.concatenate([q[n], jnp.zeros(8)])
        exponent, _, orbit = lyapunov(step, z, tangents[n], steps=40, burn=10)
        np.testing.assert_allclose(run.exponent[g, n], exponent, rtol=1e-4)
        np.testing.assert_allclose(run.end[g, n], orbit[-1], rtol=1e-4, atol=1e-5)
        late = np.asarray(orbit)[20:, :10]
        gamma = 1 / (1 + np.exp(-late))
        assert run.saturation[g, n] == pytest.approx(((gamma < 0.05) | (gamma > 0.95)).mean(), abs=1e-6)
        written = np.linalg.norm(np.asarray(model.index.A[:6]), axis=1).mean()
        assert run.feedback[g, n] == pytest.approx(written / np.linalg.norm(late, axis=1).mean(), rel=1e-4)


def test_a_weak_working_memory_forgets_and_a_strong_one_saturates(brain):
    weak, strong = dynamics(brain, gains=(0.3, 6.0), starts=6, steps=200)
    assert weak["largest"] < 0 and (weak["fixed_points"], weak["stable"], weak["settled"]) == (1, 1, 1.0)
    assert strong["exponent"] > weak["exponent"] and strong["saturation"] > weak["saturation"] + 0.2
    assert strong["feedback"] < weak["feedback"] and strong["bounded"] == 1.0
    assert dynamics(brain, gains=(0.3,), starts=6, steps=200) == [weak]
    with pytest.raises(SettingsError, match="at least one"):
        dynamics(brain, gains=())
