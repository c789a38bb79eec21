"""Scenes of handwritten digits: what is seen is true in the picture, what is not seen is arithmetic."""

import builtins
from itertools import combinations

import numpy as np
import pytest

from tensorbrain.datasets import digits
from tensorbrain.datasets.digits import DIGITS, digit_graph, digit_scenes
from tensorbrain.errors import SettingsError

VALUE = {name: value for value, name in enumerate(DIGITS)}
TRUE = {
    "greater than": lambda a, b: a > b,
    "less than": lambda a, b: a < b,
    "divides": lambda a, b: a and b % a == 0,
    "multiple of": lambda a, b: b and a % b == 0,
}


@pytest.fixture(scope="module")
def graph():
    return digit_graph()


def facts(graph):
    words = graph.vocabulary
    for s, p, o in graph.facts.coordinates.tolist():
        yield words.label("subject", s), words.label("predicate", p), words.label("object", o)


def test_the_facts_are_arithmetic_and_complete(graph):
    found = {(s, p, o) for s, p, o in facts(graph) if p in TRUE}
    expected = {
        (a, p, b)
        for p, true in TRUE.items()
        for a in DIGITS
        for b in DIGITS
        if a != b and true(VALUE[a], VALUE[b]) and (p in ("greater than", "less than") or VALUE[a] * VALUE[b])
    }
    assert found == expected and len(found) == 45 + 45 + 14 + 14


def test_statements_agree_with_the_boxes_and_with_the_facts(graph):
    words, known = graph.vocabulary, set(facts(graph))
    scenes = digit_scenes(graph, 300, seed=0)
    assert {int((thing >= 0).sum()) for thing in scenes.thing} == {2, 3, 4}
    seen = set()
    for boxes, things, statements in zip(scenes.boxes, scenes.thing, scenes.statements, strict=True):
        for s, o, subject, predicate, target in statements[statements[:, 0] >= 0].tolist():
            assert things[s] == subject and things[o] == target
            p = words.label("predicate", predicate)
            seen.add(p)
            if p == "left of":
                assert boxes[s, [0, 2]].mean() < boxes[o, [0, 2]].mean()
            elif p == "above":
                assert boxes[s, [1, 3]].mean() < boxes[o, [1, 3]].mean()
            else:
                assert (words.label("subject", subject), p, words.label("object", target)) in known
    assert seen == {*TRUE, "left of", "above"}


def test_digits_are_in_their_boxes(graph):
    scenes = digit_scenes(graph, 40, seed=1)
    for pixels, boxes in zip(scenes.pixels.astype(int), scenes.boxes, strict=True):
        inked = np.abs(pixels - pixels[0, 0]).sum(-1) > 90
        covered = np.zeros_like(inked)
        for left, top, right, bottom in (boxes[1:] * 128).round().astype(int):
            covered[top:bottom, left:right] = True
            assert right == 0 or inked[top:bottom, left:right].any()
        assert not (inked & ~covered).any()


def test_the_same_seed_gives_the_same_scenes_and_the_splits_share_no_handwriting(graph):
    one, two = digit_scenes(graph, 5, seed=3), digit_scenes(graph, 5, seed=3)
    assert (one.pixels == two.pixels).all() and (one.statements == two.statements).all()
    assert (one.pixels != digit_scenes(graph, 5, seed=4).pixels).any()
    train, test = (
        {image.tobytes() for images in digits._handwriting(split) for image in images} for split in ("train", "test")
    )
    assert len(train) + len(test) == 1797 and len(test) == 359 and not train & test


def test_what_cannot_be_asked_for(graph, monkeypatch):
    with pytest.raises(SettingsError, match="choose train or test"):
        digit_scenes(graph, 1, seed=0, split="validation")
    digits._handwriting.cache_clear()
    real = builtins.__import__

    def without(name, *rest, **more):
        if name.startswith("sklearn"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SettingsError, match=r"tensorbrain\[digits\]"):
        digit_scenes(graph, 1, seed=0)


def test_a_picture_in_which_no_room_is_left_is_begun_again():
    scenes = digit_scenes(digit_graph(), 90, seed=2, split="test")  # in the last one three digits block the fourth
    boxes = scenes.boxes[89, 1:][scenes.thing[89, 1:] >= 0]
    assert len(boxes) >= 2 and boxes.min() >= 0 and boxes.max() <= 1
    for a, b in combinations(boxes, 2):
        assert (a[2:] < b[:2]).any() or (b[2:] < a[:2]).any()
