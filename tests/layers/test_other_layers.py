"""Sensory buffer, blackboard and working memory against their equations in NumPy."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.errors import SettingsError
from tensorbrain.layers import Blackboard, SensoryBuffer, WorkingMemory


def sig(x):
    return 1 / (1 + np.exp(-x))


@pytest.fixture(scope="module")
def q() -> np.ndarray:
    return np.random.default_rng(0).normal(size=5).astype(np.float32)


def test_gamma(q):
    np.testing.assert_allclose(Blackboard(5).gamma(jnp.asarray(q)), sig(q), rtol=1e-6)
    leaky = Blackboard(5, "leaky_relu").gamma(jnp.asarray(q))
    np.testing.assert_allclose(leaky, np.where(q > 0, q, 0.02 * q), rtol=1e-6)
    assert (q < 0).any() and (q > 0).any()
    np.testing.assert_array_equal(Blackboard(5).blank(), np.zeros(5))


@pytest.mark.parametrize("evolution", ["recurrent", "feedforward", "relu"])
def test_two_steps_of_evolution(evolution, q):
    memory = WorkingMemory.create(dim=5, context=3, key=jax.random.key(1), evolution=evolution)
    random = np.random.default_rng(2)
    v0, w0 = random.normal(size=3).astype(np.float32), random.normal(size=5).astype(np.float32)
    memory = WorkingMemory(memory.V, memory.B, memory.W, jnp.asarray(v0), jnp.asarray(w0), evolution)
    V, B, W = np.asarray(memory.V), np.asarray(memory.B), np.asarray(memory.W)
    now, h = q, np.zeros(3, np.float32)
    got_q, got_h = jnp.asarray(q), jnp.zeros(3)
    for _ in range(2):  # the second step reads the context of the first
        if evolution == "recurrent":
            h = B @ sig(sig(h) + V @ sig(now))
            now = W @ sig(h)
        elif evolution == "feedforward":
            h = sig(v0 + V @ sig(now))
            now = W @ h
        else:
            h = np.maximum(B @ (np.maximum(V @ now, 0) + h), 0)
            now = W @ h + w0
        got_q, got_h = memory.evolve(got_q, jax.nn.sigmoid(got_q), got_h)
        np.testing.assert_allclose(got_q, now, rtol=2e-5, atol=2e-5)
        np.testing.assert_allclose(got_h, h, rtol=2e-5, atol=2e-5)


def test_only_the_feedforward_memory_forgets_its_context(q):
    for evolution in ("recurrent", "feedforward", "relu"):
        memory = WorkingMemory.create(dim=5, context=3, key=jax.random.key(1), evolution=evolution)
        gamma = jax.nn.sigmoid(jnp.asarray(q))
        blank, full = (memory.evolve(jnp.asarray(q), gamma, jnp.full(3, x))[0] for x in (0.0, 2.0))
        assert np.allclose(blank, full) == (evolution == "feedforward")


def test_unknown_evolution(unchecked):
    with pytest.raises(SettingsError, match="recurrent"):
        WorkingMemory.create(dim=4, context=3, key=jax.random.key(0), evolution="lstm")  # pyright: ignore


def test_the_senses_add():
    buffer = SensoryBuffer.create({"sight": 4, "sound": 2}, dim=5, key=jax.random.key(0))
    seen, heard = jnp.arange(4.0), jnp.array([1.0, -1.0])
    G = {name: np.asarray(encoder.G) for name, encoder in buffer.encoders.items()}
    expected = G["sight"] @ np.asarray(seen) + G["sound"] @ np.asarray(heard)
    np.testing.assert_allclose(buffer.encode({"sight": seen, "sound": heard}), expected, rtol=1e-5, atol=1e-6)
    both = buffer.encode({"sight": seen}) + buffer.encode({"sound": heard})
    np.testing.assert_allclose(both, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(buffer.encode({}), np.zeros(5))


def test_an_unknown_sense():
    buffer = SensoryBuffer.create({"sight": 4}, dim=5, key=jax.random.key(0))
    with pytest.raises(SettingsError, match=r"smell.*sight"):
        buffer.encode({"smell": jnp.ones(4)})
