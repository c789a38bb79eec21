"""How the eye is taught: what is asked of it, what it is shown, and that it learns."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.layers.eye import glimpse
from tensorbrain.learning.eye import (
    JITTER,
    KIND,
    LOOKS,
    Lesson,
    Namer,
    jittered,
    lesson,
    naming_loss,
    naming_table,
    relit,
    teach_eye,
)
from tensorbrain.pictures.scenes import LabelGroup, Scenes

GROUPS = (LabelGroup("basic", (2, 3)), LabelGroup("colour", (7, 5, 6)))


def make(count: int = 12, side: int = 32) -> Scenes:
    """A dark thing (0, of class 2) on the left or right of a pale one (1, of class 3): predicate 0 or 1."""
    pixels = np.full((count, side, side, 3), 128, np.uint8)
    boxes = np.zeros((count, 4, 4), np.float32)
    thing = np.tile(np.array([4, 0, 1, -1], np.int32), (count, 1))
    labels = np.tile(np.array([[-1, -1], [2, 5], [3, 6], [-1, -1]], np.int32), (count, 1, 1))
    told = np.full((count, 3, 5), -1, np.int32)
    boxes[:, 0] = (0, 0, 1, 1)
    for n in range(count):
        left, right = (1, 2) if n % 2 else (2, 1)
        boxes[n, left], boxes[n, right] = (0.1, 0.2, 0.4, 0.8), (0.6, 0.2, 0.9, 0.8)
        for region, colour in ((1, (60, 10, 10)), (2, (230, 230, 250))):
            a, b, c, d = (boxes[n, region] * side).round().astype(int)
            pixels[n, b:d, a:c] = colour
        told[n, :2] = [[1, 2, 0, n % 2, 1], [1, 1, 0, 2, 5]]
    return Scenes(pixels, boxes, thing, labels, told, np.full(count, -1, np.int32))


def test_names_are_positions_in_their_groups():
    table = naming_table(make(2), GROUPS)
    assert table.shape == (2, 4, 3) and table.dtype == np.int32
    assert table[0].tolist() == [[4, -1, -1], [0, 0, 1], [1, 1, 2], [-1, -1, -1]]


def test_boxes_move_a_little_and_stay_within():
    random = np.random.default_rng(0)
    boxes = np.tile(np.array([[0, 0, 1, 1], [0.2, 0.4, 0.6, 0.5], [0, 0, 0, 0]], np.float32), (200, 1, 1))
    moved = jittered(boxes, random)
    assert moved.dtype == np.float32 and moved.min() >= 0 and moved.max() <= 1
    size = np.array([0.4, 0.1] * 2)
    away = np.abs(moved - boxes)[:, 1]
    assert (away.max(axis=0) <= JITTER * size + 1e-6).all() and (away.max(axis=0) > 0.9 * JITTER * size).all()
    assert (moved[:, 2] == 0).all()
    assert (moved[:, :, 2:] >= moved[:, :, :2]).all()


def test_the_light_changes_and_the_picture_stays():
    scenes = make()
    shown = lesson(scenes, scenes.pixels, naming_table(scenes, GROUPS), np.random.default_rng(0))
    lit = np.asarray(jax.vmap(relit)(shown.pixels, shown.light))
    assert lit.dtype == np.float32 and lit.min() >= 0 and lit.max() <= 1
    assert 0.01 < np.abs(lit - scenes.pixels / 255).mean() < 0.15
    same = lit.reshape(12, -1, 3)[scenes.pixels.reshape(12, -1, 3)[..., 0] == 128]  # the background is of one colour
    assert len(np.unique(same, axis=0)) == 12
    by_hand = np.clip(np.array([128, 60, 10]) / 255 * np.array([1.1, 0.9, 1.0]) - 0.05, 0, 1)
    pixel = jnp.full((1, 1, 3), jnp.array([128, 60, 10], jnp.uint8))
    np.testing.assert_allclose(relit(pixel, jnp.array([1.1, 0.9, 1.0, -0.05]))[0, 0], by_hand, atol=1e-6)


def test_a_lesson_asks_for_the_predicates_of_pairs():
    scenes = make()
    told = scenes.statements.copy()
    told[0, 2] = [2, 1, 1, 1, 0]
    scenes = Scenes(**{**vars(scenes), "statements": told})
    table = naming_table(scenes, GROUPS)
    shown = lesson(scenes, scenes.pixels, table, np.random.default_rng(0))
    assert shown.predicates.shape == (12, LOOKS)
    asked = [sorted(row[row >= 0].tolist()) for row in np.asarray(shown.predicates)]
    assert asked == [[0, 1], *([n % 2] for n in range(1, 12))]  # not that a thing has a colour
    boxes = np.asarray(shown.boxes)
    hull = np.concatenate([boxes[:, 1:3, :2].min(axis=1), boxes[:, 1:3, 2:].max(axis=1)], axis=1)
    np.testing.assert_array_equal(boxes[:, 3], hull)
    np.testing.assert_array_equal(shown.labels[:, :3], table[:, :3])
    assert (np.asarray(shown.labels)[:, 3:] == -1).all() and (np.asarray(shown.predicates)[:, :3] == -1).all()


def test_a_scene_with_more_than_there_are_looks_is_cut():
    scenes = make(2)
    many = LOOKS + 3
    thing, labels = np.zeros((2, many), np.int32), np.full((2, many, 2), -1, np.int32)
    boxes = np.tile(np.array([0, 0, 0.5, 0.5], np.float32), (2, many, 1))
    scenes = Scenes(**{**vars(scenes), "thing": thing, "labels": labels, "boxes": boxes})
    shown = lesson(scenes, scenes.pixels, naming_table(scenes, GROUPS), np.random.default_rng(0))
    assert (np.asarray(shown.labels)[..., 0] == 0).all() and (np.asarray(shown.predicates) == -1).all()


def test_a_share_of_the_regions_is_seen_in_a_mirror():
    scenes = make(60)
    table = naming_table(scenes, GROUPS)
    straight, some, all_of = (
        np.asarray(lesson(scenes, scenes.pixels, table, np.random.default_rng(0), mirrored=share).boxes)
        for share in (0.0, 0.3, 1.0)
    )
    turned = some[:, :3, 0] > some[:, :3, 2]
    assert 0.15 < turned.mean() < 0.45
    np.testing.assert_array_equal(np.where(turned[..., None], some[:, :3, [2, 1, 0, 3]], some[:, :3]), straight[:, :3])
    assert (all_of[:, :3, 0] > all_of[:, :3, 2]).all() and (all_of[:, 3:, 0] <= all_of[:, 3:, 2]).all()
    picture = jnp.asarray(np.random.default_rng(1).random((20, 30, 3), np.float32))
    box = jnp.array([0.1, 0.2, 0.8, 0.9])
    mirrored = glimpse(picture, box[jnp.array([2, 1, 0, 3])])
    np.testing.assert_allclose(mirrored, glimpse(picture, box)[:, ::-1], atol=1e-5)


def test_the_loss_is_the_mean_over_what_is_known():
    namer = Namer.create((5, 2), 3, 4, key=jax.random.key(0))
    random = np.random.default_rng(0)
    heads = [random.normal(size=(4, n)).astype(np.float32) for n in (5, 2, 3)]
    namer = Namer(namer.eye, tuple(map(jnp.asarray, heads[:2])), jnp.asarray(heads[2]))
    pixels = random.integers(0, 256, (2, 24, 24, 3)).astype(np.uint8)
    light = np.array([[1.1, 0.9, 1.0, 0.0], [0.9, 1.0, 1.1, 0.05]], np.float32)
    boxes = np.tile(np.array([[0, 0, 1, 1], [0.2, 0.2, 0.7, 0.9], [0.1, 0.3, 0.8, 1]], np.float32), (2, 1, 1))
    labels = np.array([[[4, -1], [0, 1], [-1, -1]], [[2, -1], [-1, 0], [-1, -1]]], np.int32)
    predicates = np.array([[-1, -1, 2], [-1, -1, -1]], np.int32)
    look = jax.jit(lambda pixels, light, box: namer.eye(glimpse(relit(pixels, light), box)))
    losses: list[list[float]] = [[], [], []]
    for n in range(2):
        for i in range(2):
            nu = np.asarray(look(pixels[n], light[n], boxes[n, i]), float)
            for column in range(2):
                if labels[n, i, column] >= 0:
                    scores = nu @ heads[column]
                    losses[column].append(np.log(np.exp(scores).sum()) - scores[labels[n, i, column]])
    scores = np.asarray(look(pixels[0], light[0], boxes[0, 2]), float) @ heads[2]
    losses[2].append(np.log(np.exp(scores).sum()) - scores[2])
    expected = np.mean(losses[0]) / 2 + 3 * np.mean(losses[1]) + np.mean(losses[2])
    shown = Lesson(*map(jnp.asarray, (pixels, light, boxes, labels, predicates)))
    assert float(naming_loss(namer, shown, jnp.array([0.5, 3.0]))) == pytest.approx(expected, rel=1e-3)


def test_it_learns_and_the_seed_decides():
    scenes = make()
    _, history = teach_eye(scenes, GROUPS, feature=8, predicates=3, steps=200, batch=2, progress=False)
    first, last = history
    guessing = (np.log(5) + KIND * np.log(2) + np.log(3)) / 2 + np.log(3)
    assert (first["step"], last["step"]) == (100, 200) and last["loss"] < 0.5 * guessing < first["loss"]
    few = [
        teach_eye(scenes, GROUPS, feature=8, predicates=3, steps=2, batch=2, seed=s, progress=False)[0]
        for s in (1, 1, 2)
    ]
    for one, same in zip(jax.tree.leaves(few[0]), jax.tree.leaves(few[1]), strict=True):
        np.testing.assert_array_equal(one, same)
    assert not np.array_equal(few[0].out, few[2].out)
    untouched = make()
    np.testing.assert_array_equal(scenes.pixels, untouched.pixels)
    np.testing.assert_array_equal(scenes.labels, untouched.labels)
