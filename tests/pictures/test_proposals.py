"""Regions proposed without boxes: things on a plain page are found, a plain page has none, and it takes no time."""

import time

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tensorbrain.pictures.proposals import propose_boxes

THINGS = {  # two that stand free, and two that touch at a corner, in pixels of 128
    (8, 60, 36, 112): (200, 30, 30),
    (44, 70, 70, 96): (20, 90, 20),
    (76, 40, 100, 70): (230, 160, 20),
    (99, 66, 124, 104): (40, 60, 220),
}


def page(width: int = 128, height: int = 128) -> np.ndarray:
    """Sky above and ground below."""
    picture = np.empty((height, width, 3), np.uint8)
    picture[: height // 2], picture[height // 2 :] = (205, 230, 250), (190, 225, 160)
    return picture


def scene(scale: float = 1.0) -> np.ndarray:
    picture = Image.fromarray(page(round(128 * scale), round(128 * scale)))
    draw = ImageDraw.Draw(picture)
    for (left, top, right, bottom), ink in THINGS.items():
        draw.ellipse([side * scale for side in (left, top, right - 1, bottom - 1)], fill=ink)
    return np.asarray(picture)


def overlaps(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union, each with each."""
    low, high = np.maximum(boxes[:, None, :2], others[:, :2]), np.minimum(boxes[:, None, 2:], others[:, 2:])
    common = np.clip(high - low, 0, None).prod(-1)
    areas = [(each[:, 2:] - each[:, :2]).prod(-1) for each in (boxes, others)]
    return common / (areas[0][:, None] + areas[1] - common)


@pytest.mark.parametrize("scale", [1, 0.75, 2.5, 8])
def test_things_on_a_page_are_found_one_by_one(scale: float):
    boxes = propose_boxes(scene(scale))
    assert (boxes.dtype, boxes.shape) == (np.float32, (len(THINGS), 4))
    assert (overlaps(np.array(list(THINGS)) / 128, boxes).max(1) > 0.8).all()


def test_the_largest_come_first_and_no_more_than_asked_for():
    boxes = propose_boxes(scene())
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    assert (np.diff(areas) <= 0).all()
    assert (propose_boxes(scene(), most=2) == boxes[:2]).all()
    assert propose_boxes(scene(), most=0).shape == (0, 4)


@pytest.mark.parametrize("picture", [page(), page(300, 90), np.zeros((64, 64, 3), np.uint8), page()[:8, :8]])
def test_where_nothing_stands_out_nothing_is_proposed(picture: np.ndarray):
    assert propose_boxes(picture).shape == (0, 4)


def test_a_pale_page_has_things_too():
    picture = page()
    picture[70:100, 40:80] = (245, 235, 130)
    assert overlaps(np.array([[40, 70, 80, 100]]) / 128, propose_boxes(picture)).max() > 0.8


def test_any_picture_gives_boxes_within_it():
    dice = np.random.default_rng(0)
    for shape in ((128, 128), (8, 8), (8, 1024), (1024, 8), (333, 77)):
        for picture in (
            dice.integers(0, 256, (*shape, 3), np.uint8),
            (dice.random((*shape, 3)) ** 9 * 255).astype(np.uint8),
        ):
            boxes = propose_boxes(picture)
            assert (boxes >= 0).all() and (boxes <= 1).all() and len(boxes) <= 8
            assert (boxes[:, :2] < boxes[:, 2:]).all()


def test_scenes_of_the_neighbourhood():
    from tensorbrain.datasets.scenes import draw, new_scripts
    from tensorbrain.datasets.worlds import load_graph

    graph = load_graph("neighbourhood")
    scenes = draw(new_scripts(graph, 60, seed=3), graph, seed=3)
    found = true = false = 0
    for picture, boxes, things in zip(scenes.pixels, scenes.boxes, scenes.thing, strict=True):
        proposed = propose_boxes(picture)
        fit = overlaps(boxes[1:][things[1:] >= 0], proposed) >= 0.5
        found, true, false = found + fit.any(1).sum(), true + len(fit), false + (~fit.any(0)).sum()
    assert found / true > 0.4  # half of them overlap others
    assert false / len(scenes) < 2.5


def test_a_picture_takes_some_milliseconds():
    picture, times = scene(), []
    for _ in range(20):
        start = time.perf_counter()
        propose_boxes(picture)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.03  # 10 ms where nothing else runs
