"""Predicates from boxes and told classes: what can be learned of pairs, and what a mirror must not confuse."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.graph.scene_files import Scene
from tensorbrain.learning.boxes import (
    Pairs,
    box_brain,
    learn_pairs,
    mirrored,
    mirrored_predicates,
    pairs_of,
    predicate_log_probabilities,
    read_pair,
)
from tensorbrain.settings import Settings

SMALL = Settings(dim=32, context=32)
CLASSES = ["bird", "cat", "mat"]
PREDICATES = ["left of", "right of", "sits on"]


def world(count: int, seed: int) -> list[Scene]:
    """Two things each: what is on a mat sits there, anything else is left or right of the other."""
    random = np.random.default_rng(seed)
    scenes = []
    for n in range(count):
        s, o = random.integers(3), random.integers(3)
        x = random.permutation([0.0, 60.0]) + random.uniform(0, 20, 2)
        boxes = np.stack([x, np.full(2, 20.0), x + 20, np.full(2, 60.0)], axis=1).astype(np.float32)
        predicate = "sits on" if o == 2 and s < 2 else "left of" if x[0] < x[1] else "right of"
        scenes.append(Scene(f"{n}.jpg", (100.0, 80.0), (CLASSES[s], CLASSES[o]), boxes, ((0, predicate, 1),)))
    return scenes


def read(brain, pairs: Pairs) -> np.ndarray:
    return np.asarray(predicate_log_probabilities(brain, jnp.asarray(pairs.classes), jnp.asarray(pairs.boxes)))


def test_classes_and_places_are_learned_together():
    lessons, test = (pairs_of(world(count, count), CLASSES, PREDICATES) for count in (300, 100))
    brain = box_brain(3, 3, SMALL)
    mirror = mirrored_predicates(PREDICATES)
    taught, history = learn_pairs(brain, lessons, mirror, epochs=40, batch=50, progress=False)
    assert test.true[np.arange(100), read(taught, test).argmax(axis=1)].mean() == 1.0
    assert history[-1]["loss"] < history[0]["loss"] and len(history) == 40
    # A mirror turns left into right, and nothing else.
    turned = read(taught, test._replace(boxes=mirrored(test.boxes))).argmax(axis=1)
    np.testing.assert_array_equal(turned, mirror[read(taught, test).argmax(axis=1)])
    assert brain.index.A.shape == (
        6,
        32,
    )  # the brain that was given is still there, and what is not taught is as it was
    np.testing.assert_array_equal(taught.silence, brain.silence)
    assert taught.beta == brain.beta == 1.0


def test_a_seed_repeats_itself():
    lessons = pairs_of(world(20, 0), CLASSES, PREDICATES)
    mirror = mirrored_predicates(PREDICATES)
    runs = [
        learn_pairs(box_brain(3, 3, SMALL, seed=4), lessons, mirror, epochs=1, seed=4, progress=False)[0] for _ in "ab"
    ]
    np.testing.assert_array_equal(runs[0].index.A, runs[1].index.A)


def test_reading_is_a_distribution_and_misses_nothing_without_a_key():
    brain = box_brain(3, 3, SMALL)
    classes, boxes = jnp.array([0, 2]), jnp.array([[0.0, 0.0, 0.5, 0.5], [0.5, 0.5, 1.0, 1.0]])
    log_class, log_p = read_pair(brain, classes, boxes)
    assert jnp.exp(log_p).sum() == pytest.approx(1.0, abs=1e-5) and (log_class <= 0).all()
    np.testing.assert_allclose(log_p, read_pair(brain, classes, boxes)[1])
    assert not np.allclose(log_p, read_pair(brain, classes, boxes, key=jax.random.key(0))[1])
    # Subject and object are not the same: the order of the windows tells which is which.
    assert not np.allclose(log_p, read_pair(brain, classes[::-1], boxes[::-1])[1])


def test_a_statement_without_a_twin_is_never_mirrored():
    """Only "left of" is known: the mirrored picture would show something that has no name."""
    assert mirrored_predicates(["left of", "on"]).tolist() == [-1, 1]
    lessons = pairs_of([s for s in world(60, 1) if s.relations[0][1] != "right of"], CLASSES, PREDICATES)
    lessons = lessons._replace(true=lessons.true[:, [0, 2]])
    taught, _ = learn_pairs(box_brain(3, 2, SMALL), lessons, np.array([-1, 1], np.int32), epochs=20, progress=False)
    assert np.isfinite(read(taught, lessons)).all()


def test_pairs_are_distinct_and_in_shares_of_the_picture():
    boxes = np.array([[0, 0, 10, 20], [10, 10, 20, 20], [0, 0, 20, 20]], np.float32)
    relations = ((0, "sits on", 1), (2, "left of", 0), (0, "sits on", 1), (0, "left of", 1))
    scene = Scene("a.jpg", (20.0, 40.0), ("cat", "mat", "bird"), boxes, relations)
    pairs = pairs_of([scene, scene], CLASSES, PREDICATES)
    assert pairs.classes.tolist() == [[1, 2], [0, 1]] * 2
    assert pairs.true.astype(int).tolist() == [[1, 0, 1], [1, 0, 0]] * 2
    np.testing.assert_allclose(pairs.boxes[0], [[0, 0, 0.5, 0.5], [0.5, 0.25, 1, 0.5]])
    assert pairs_of([], CLASSES, PREDICATES).boxes.shape == (0, 2, 4)
    with pytest.raises(KeyError, match="mat"):
        pairs_of([scene], ["cat", "bird"], PREDICATES)
