"""Scenes as arrays: taken apart, put together, and the label groups of a graph."""

from pathlib import Path

import numpy as np

from tensorbrain.datasets.worlds import load_graph
from tensorbrain.pictures.scenes import LabelGroup, Scenes, joined, label_groups

FIELDS = ("pixels", "boxes", "thing", "labels", "statements", "instant")


def scenes(count: int, regions: int, told: int, seed: int) -> Scenes:
    random = np.random.default_rng(seed)

    def ids(*shape):
        return random.integers(0, 9, shape).astype(np.int32)

    pixels = random.integers(0, 255, (count, 8, 8, 3)).astype(np.uint8)
    boxes = random.random((count, regions, 4)).astype(np.float32)
    return Scenes(pixels, boxes, ids(count, regions), ids(count, regions, 2), ids(count, told, 5), ids(count))


def test_some_of_them():
    stack = scenes(5, 3, 4, seed=0)
    few = stack[np.array([3, 0])]
    assert len(stack) == 5 and len(few) == 2 and len(stack[1:4]) == 3
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(few, name), getattr(stack, name)[[3, 0]])


def test_joined_stacks_are_padded_with_nothing():
    small, large = scenes(2, 3, 6, seed=0), scenes(3, 5, 4, seed=1)
    both = joined([small, large])
    assert len(both) == 5
    assert both.boxes.shape == (5, 5, 4) and both.statements.shape == (5, 6, 5)
    for name in FIELDS:
        one, other, whole = (getattr(part, name) for part in (small, large, both))
        assert whole.dtype == one.dtype
        room = tuple(slice(0, n) for n in one.shape[1:])
        np.testing.assert_array_equal(whole[(slice(0, 2), *room)], one)
        room = tuple(slice(0, n) for n in other.shape[1:])
        np.testing.assert_array_equal(whole[(slice(2, 5), *room)], other)
    assert (both.thing[:2, 3:] == -1).all() and (both.labels[:2, 3:] == -1).all() and (both.boxes[:2, 3:] == 0).all()
    assert (both.statements[2:, 4:] == -1).all()


TOWN = """@prefix : <urn:> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:Dog rdfs:subClassOf :Pet . :Cat rdfs:subClassOf :Pet . :Hill rdfs:subClassOf :Land . :Pet rdfs:subClassOf :Being .
:Land rdfs:subClassOf :Being . :rex a :Dog . :tom a :Cat . :top a :Hill . :rex :hasColour :red . :tom :hasColour :blue .
:red a :Colour . :blue a :Colour . :big a :Size . :rex :hasSize :big . :rex :chases :tom . :tom :sees :top .
"""


def test_label_groups_of_a_town(tmp_path: Path):
    (tmp_path / "town.trig").write_text(TOWN)
    graph = load_graph(tmp_path / "town.trig")
    words = graph.vocabulary
    groups = {group.name: {words.concepts[k].label for k in group.members} for group in label_groups(graph)}
    assert groups["basic"] >= {"Dog", "Cat", "Hill"} and groups["parent"] >= {"Pet", "Land"}
    assert "top" not in groups  # there is one alone, and nothing to choose
    assert all(list(group.members) == sorted(group.members) for group in label_groups(graph))


def test_label_groups_of_the_neighbourhood():
    graph = load_graph("neighbourhood")
    words, groups = graph.vocabulary, label_groups(graph)
    assert [group.name for group in groups[:3]] == ["basic", "parent", "top"]
    assert all(isinstance(group, LabelGroup) and len(group.members) > 1 for group in groups)
    for group in groups:
        kinds = {words.concepts[k].group for k in group.members}
        assert kinds == ({"class"} if group.name in ("basic", "parent", "top") else {"attribute"})
    entity_classes = {c for m, c in graph.membership.tolist() if words.concepts[m].group == "entity"}
    assert set(groups[0].members) == entity_classes
    flat = [k for group in groups[3:] for k in group.members]
    assert len(flat) == len(set(flat))  # an attribute has one group
