"""Sensory buffer, blackboard and working memory against their equations in NumPy."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import TensorBrain
from tensorbrain.checkpoint import load_brain
from tensorbrain.errors import SettingsError
from tensorbrain.layers import Blackboard, SensoryBuffer, WorkingMemory
from tensorbrain.layers.sensory_buffer import PATCH, Imagination
from tensorbrain.settings import Settings


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


def test_an_encoder_with_a_hidden_layer_and_gates():
    buffer = SensoryBuffer.create({"sight": 4, "sound": 2}, dim=5, key=jax.random.key(0), hidden={"sight": 3})
    random = np.random.default_rng(0)
    leaves, tree = jax.tree_util.tree_flatten(buffer)  # offsets and gates are not random of themselves
    leaves = [jnp.asarray(random.normal(size=leaf.shape).astype(np.float32)) for leaf in leaves]
    buffer = jax.tree_util.tree_unflatten(tree, leaves)
    seen, heard = random.normal(size=4).astype(np.float32), random.normal(size=2).astype(np.float32)
    g, b = ({name: np.asarray(value, float) for name, value in vars(e).items() if value is not None} for e in (
        buffer.encoders["sight"], buffer.encoders["sound"]))  # fmt: skip
    assert g["H"].shape == (3, 4) and sorted(b) == ["G", "g0"]
    sight = g["G"] @ np.maximum(g["H"] @ seen + g["h0"], 0) + g["g0"]
    expected = float(buffer.mu["sight"]) * sight + float(buffer.mu["sound"]) * (b["G"] @ heard + b["g0"])
    both = {"sight": jnp.asarray(seen), "sound": jnp.asarray(heard)}
    np.testing.assert_allclose(buffer.encode(both), expected, rtol=1e-4, atol=1e-5)
    shut = eqx.tree_at(lambda s: s.mu["sound"], buffer, jnp.zeros(()))
    np.testing.assert_allclose(shut.encode(both), buffer.encode({"sight": both["sight"]}), atol=1e-6)
    np.testing.assert_array_equal(shut.encode({"sound": both["sound"]}), np.zeros(5))


def test_imagination():
    g = Imagination.create(5, key=jax.random.key(1), hidden=4)
    random = np.random.default_rng(0)
    gamma, q0, p0 = random.random(5), random.normal(size=4), random.normal(size=PATCH * PATCH * 3)
    g = eqx.tree_at(lambda g: (g.q0, g.p0), g, tuple(jnp.asarray(a.astype(np.float32)) for a in (q0, p0)))
    hidden = np.maximum(np.asarray(g.Q, float) @ (gamma - 0.5) + q0, 0)
    expected = sig(np.asarray(g.P, float) @ hidden + p0).reshape(PATCH, PATCH, 3)
    np.testing.assert_allclose(g(jnp.asarray(gamma.astype(np.float32))), expected, rtol=1e-4, atol=1e-5)


def test_a_brain_without_senses_has_the_parameters_that_old_files_hold():
    assert jax.tree_util.tree_leaves(SensoryBuffer.create({}, dim=5, key=jax.random.key(0))) == []
    brain = TensorBrain.create((5, 3, 4), Settings(dim=4, context=3), key=jax.random.key(0))
    names = {jax.tree_util.keystr(way, simple=True) for way, _ in jax.tree_util.tree_flatten_with_path(brain)[0]}
    old = ("index.A", "index.a0", "index.in_use", "memory.B", "memory.V", "memory.W", "memory.v0", "memory.w0")
    scalars = ("alpha", "beta", "temperature", "a_bar", "voice", "p_t")
    assert names == {name.replace(".", "") for name in (*old, *scalars)}
    assert load_brain("countries").settings.senses == "none"  # written before there were senses


@pytest.mark.parametrize(
    ("senses", "modalities"),
    [
        ("pictures", {"where": 6, "scene": 9, "region": 9, "union": 9}),
        ("boxes", {"where": 6, "between": 20, "kind": 4}),
    ],
)
def test_the_modalities_of_a_brain_that_sees(senses, modalities):
    settings = Settings(dim=5, context=4, senses=senses, feature=9, classes=4)
    brain = TensorBrain.create((5, 3, 4), settings, key=jax.random.key(0))
    sizes = {name: (e.G if e.H is None else e.H).shape[1] for name, e in brain.sensory.encoders.items()}
    assert sizes == modalities and brain.sensory.mu.keys() == modalities.keys()
    assert (brain.sensory.eye is None) == (brain.sensory.imagination is None) == (senses == "boxes")
    assert brain.silence.shape == (6,) and brain.rest.shape == (5,)
