"""What a brain is given to learn from: features as the eye sees them, and the pairs of which nothing was said."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import TensorBrain
from tensorbrain.learning import observing
from tensorbrain.learning.observing import SILENT, observe, with_silence
from tensorbrain.modes.looking import see, see_union
from tensorbrain.pictures.scenes import Scenes
from tensorbrain.settings import Settings

NO = [-1] * 5


def make(count: int = 3) -> Scenes:
    """Two or three regions beside the whole; labels of a basic, parent and top class, then of two attribute groups."""
    random = np.random.default_rng(0)
    boxes = np.array([[0, 0, 1, 1], [0.1, 0.2, 0.5, 0.6], [0.4, 0.5, 0.9, 1], [0, 0, 0, 0]], np.float32)
    thing = np.array([[9, 0, 1, -1], [9, 2, 0, -1], [9, 1, -1, -1]], np.int32)
    labels = np.tile(np.array([3, 4, 5, 6, 7], np.int32), (3, 4, 1))
    labels[thing < 0] = -1
    labels[:, 0, 3:] = -1  # a place has no colour
    told = np.array([
        [[1, 2, 0, 0, 1], [1, 1, 0, 2, 6], NO], [[1, 2, 2, 0, 0], [2, 0, 0, 1, 9], [2, 1, 0, 1, 2]], [NO, NO, NO],
    ], np.int32)  # fmt: skip
    pixels = random.integers(0, 255, (3, 32, 32, 3)).astype(np.uint8)
    return Scenes(pixels, np.tile(boxes, (3, 1, 1)), thing, labels, told, np.array([0, -1, 2], np.int32))[:count]


def test_silence_is_what_was_not_said():
    scenes = make()
    rows, weight = with_silence(scenes, np.random.default_rng(1))
    assert rows.shape == (3, 3 + SILENT, 5) and rows.dtype == np.int32 and weight.dtype == np.float32
    np.testing.assert_array_equal(rows[:, :3], scenes.statements)
    assert weight[:, :3].tolist() == [[1, 1, 0], [1, 1, 1], [0, 0, 0]]
    possible = [
        {(1, 0, 9), (2, 0, 9), (2, 1, 0), (1, 1, 7), (2, 2, 6), (2, 2, 7)},  # told: 1 of 2, and that 1 is 6
        {(1, 0, 9), (1, 1, 6), (1, 1, 7), (2, 2, 6), (2, 2, 7)},
        {(1, 0, 9), (1, 1, 6), (1, 1, 7)},
    ]
    for n, unsaid in enumerate(possible):
        drawn = rows[n, 3:][rows[n, 3:, 0] >= 0]
        assert {(i, j, o) for i, j, _, _, o in drawn.tolist()} == unsaid and len(drawn) == len(unsaid)
        assert (drawn[:, 3] == -2).all()
        assert (drawn[:, 2] == scenes.thing[n, drawn[:, 0]]).all()
        assert weight[n, 3:].tolist() == [1] * len(unsaid) + [0] * (SILENT - len(unsaid))


def test_few_silent_pairs_stand_for_all(monkeypatch):
    monkeypatch.setattr(observing, "SILENT", 2)
    rows, weight = with_silence(make(), np.random.default_rng(1))
    assert rows.shape == (3, 5, 5)
    np.testing.assert_allclose(weight[:, 3:], [[3, 3], [2.5, 2.5], [1.5, 1.5]])
    drawn = {tuple(with_silence(make(), np.random.default_rng(seed))[0][0, 3].tolist()) for seed in range(40)}
    assert len(drawn) == 6


@pytest.fixture(scope="module")
def brain() -> TensorBrain:
    settings = Settings(dim=4, context=4, senses="pictures", feature=6)
    return TensorBrain.create((10, 3, 3), settings, key=jax.random.key(0))


def test_features_are_those_of_the_eye(brain, monkeypatch):
    monkeypatch.setattr(observing, "AT_ONCE", 2)  # three scenes: the last batch is filled up
    scenes, again = make(), make()[np.array([2, 0, 1])]
    seen = observe(brain, scenes, again, seed=4)
    assert seen.features.dtype == seen.unions.dtype == seen.again.dtype == np.float16
    assert seen.boxes[:, 0].tolist() == [[0, 0, 1, 1]] * 3  # the whole is not jittered, the others are
    assert (seen.boxes[:, 1:3] != scenes.boxes[:, 1:3]).any() and np.abs(seen.boxes - scenes.boxes).max() < 0.06
    for name in ("thing", "labels", "instant"):
        np.testing.assert_array_equal(getattr(seen, name), getattr(scenes, name))
    look, look_union = jax.jit(see), jax.jit(see_union)
    whole = jnp.array([[0.0, 0.0, 1.0, 1.0]])
    for n in range(3):
        picture, other = (jnp.asarray(s.pixels[n] / np.float32(255)) for s in (scenes, again))
        boxes = jnp.asarray(seen.boxes[n])
        np.testing.assert_allclose(seen.features[n], look(brain, picture, boxes), atol=3e-3)
        np.testing.assert_allclose(seen.again[n], look(brain, other, whole)[0], atol=3e-3)
        told = seen.statements[n, :, 0] >= 0
        pairs = jnp.asarray(np.maximum(seen.statements[n, :, :2], 0))
        np.testing.assert_allclose(seen.unions[n][told], look_union(brain, picture, boxes, pairs)[told], atol=3e-3)


def test_the_seed_decides_and_one_view_serves_for_both(brain):
    scenes = make(2)
    one, same, other = (observe(brain, scenes, seed=seed) for seed in (4, 4, 5))
    for a, b in zip(one, same, strict=True):
        np.testing.assert_array_equal(a, b)
    assert (one.boxes != other.boxes).any()
    np.testing.assert_allclose(one.again, one.features[:, 0], atol=2e-3)


def test_a_pick_is_in_single_precision(brain):
    few = observe(brain, make(), seed=4).pick(np.array([2, 0, 2]))
    assert few.features.dtype == few.again.dtype == few.weight.dtype == jnp.float32
    assert few.thing.dtype == jnp.int32 and few.thing[:, 1].tolist() == [1, 0, 1]
