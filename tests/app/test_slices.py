"""Slices of the tensor and neighbourhoods: what they hold, what is left out, and the words beside them."""

import doctest

import pytest

pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")

import exploring
import heatmaps
import neighbours
import numpy as np

from tensorbrain.graph.adjacency import AdjacencyTensor
from tensorbrain.graph.knowledge_graph import KnowledgeGraph, example_graph
from tensorbrain.graph.vocabulary import Concept, Vocabulary


@pytest.fixture(scope="module")
def world() -> KnowledgeGraph:
    import tensorbrain as tb

    return tb.load_graph("neighbourhood")


def lettered(n: int) -> Vocabulary:
    return Vocabulary(
        tuple(Concept(f"urn:c{k}", f"c{k}", "entity") for k in range(n)), (Concept("urn:p", "{row} p", "predicate"),)
    )


@pytest.mark.parametrize("module", [heatmaps, neighbours])
def test_docs_are_true(module):
    assert doctest.testmod(module).failed == 0


def test_a_slice_by_predicate_holds_what_the_graph_states(world):
    p = world.vocabulary.find("owned by", "predicate")
    shown = heatmaps.by_predicate(world.facts, world.vocabulary, p)
    part = world.facts.slice(predicate=p)
    assert shown.entries == len(part) == np.isfinite(shown.values).sum() and shown.cells == 161 * 161
    for s, _, o in part.coordinates.tolist():
        row, column = world.vocabulary.label("subject", s), world.vocabulary.label("object", o)
        assert shown.values[shown.rows.index(row), shown.columns.index(column)] == 1
    assert shown.used == (len(set(part.coordinates[:, 0].tolist())), len(set(part.coordinates[:, 2].tolist())))
    assert f"Only the {len(shown.rows)} x {len(shown.columns)} that take part are drawn" in heatmaps.told(shown)


def test_a_slice_by_subject_counts_moments(world):
    both = world.semantic()
    s = world.vocabulary.find("Sparky", "subject")
    shown = heatmaps.by_subject(both, world.vocabulary, s)
    assert np.nansum(shown.values) == both.slice(subject=s).values.sum()
    full = [(np.isfinite(row).sum(), np.nansum(row)) for row in shown.values]
    assert full == sorted(full, reverse=True)
    assert heatmaps.entries(shown)[0] == {"Predicate": "owned by", "Object": "Jack", "Times": 26}


def test_a_moment_says_its_predicates_between_subject_and_object(world):
    shown = heatmaps.by_moment(world.episodes, world.vocabulary, 0)
    told = {(row["Subject"], row["Object"]): row["Predicates"] for row in heatmaps.entries(shown)}
    for s, p, o, _ in world.episodes.slice(instant=0).coordinates.tolist():
        pair = world.vocabulary.label("subject", s), world.vocabulary.label("object", o)
        assert world.vocabulary.label("predicate", p) in told[pair]
    assert shown.cells == 161 * 32 * 161 and shown.entries == len(world.episodes.slice(instant=0))
    heat = heatmaps.picture(shown).data[0]
    assert "Grace holds Egg Basket" in [sentence for row in heat["hovertext"] for sentence in row]


def test_statements_are_counted_by_the_groups_they_relate():
    graph = example_graph()  # Sparky is a Dog, a class, and likes a Ball
    shown = heatmaps.by_group(graph.facts, graph.vocabulary)
    assert (shown.entries, shown.cells) == (2, 3 * 9)
    assert {(row["Predicate"], row["From group to group"]): row["Times"] for row in heatmaps.entries(shown)} == {
        ("type", "entity to class"): 1,
        ("likes", "entity to entity"): 1,
    }


def test_of_a_large_slice_the_fullest_rows_and_columns_are_drawn():
    n = heatmaps.LARGEST + 40
    pairs = [[k, 0, 0] for k in range(n)] + [[n - 1, 0, o] for o in range(1, n)]
    tensor = AdjacencyTensor.from_statements(np.array(pairs), (n, 1, n))
    shown = heatmaps.by_predicate(tensor, lettered(n), 0)
    assert shown.values.shape == (heatmaps.LARGEST, heatmaps.LARGEST) and shown.rows[0] == f"c{n - 1}"
    assert "240 subjects and 240 objects take part: the 200 x 200 with most entries are drawn." in heatmaps.told(shown)
    assert shown.entries == len(tensor)


def test_words_of_a_graph_are_only_words():
    rows = (Concept("urn:a", "<b>{column}</b>", "entity"), Concept("urn:b", "b", "entity"))
    words = Vocabulary(rows, (Concept("urn:p", "{row} %{z}", "predicate"),))
    tensor = AdjacencyTensor.from_statements(np.array([[0, 0, 1]]), (2, 1, 2))
    heat = heatmaps.picture(heatmaps.by_predicate(tensor, words, 0)).data[0]
    assert heat["hovertext"][0][0].startswith("&lt;b&gt;{column}&lt;/b&gt; <b>")
    view = neighbours.neighbours(tensor, words, 0, 1, 20)
    assert "\\<b\\>" in neighbours.told(view, 0, 20)


def test_an_empty_slice_says_so():
    tensor = AdjacencyTensor.from_statements(np.zeros((0, 3)), (3, 1, 3))
    shown = heatmaps.by_predicate(tensor, lettered(3), 0)
    assert heatmaps.told(shown).startswith("Nothing of this slice is stated") and heatmaps.entries(shown) == []
    assert heatmaps.by_group(tensor, lettered(3)).entries == 0


def test_a_neighbourhood_lies_in_rings_around_its_centre(world):
    s = world.vocabulary.find("Sparky", "subject")
    view = neighbours.neighbours(world.semantic(), world.vocabulary, s, 2, 60)
    reach = {node: float(np.hypot(*data["at"])) for node, data in view.nodes(data=True)}
    hop = {node: data["hop"] for node, data in view.nodes(data=True)}
    assert len(view) == 60 and reach[s] == 0
    assert max(reach[n] for n in view if hop[n] == 1) < min(reach[n] for n in view if hop[n] == 2)
    assert len({data["at"] for _, data in view.nodes(data=True)}) == 60
    figure = neighbours.picture(view)
    assert {trace["hoverinfo"] for trace in figure.data if trace["mode"] == "lines+markers"} == {"skip"}
    drawn = [node for trace in figure.data for (node,) in (trace["customdata"] if trace["customdata"] else ())]
    assert sorted(drawn) == sorted(view.nodes)
    symbols = {trace["name"]: trace["marker"]["symbol"] for trace in figure.data if trace["customdata"]}
    assert symbols == {"entities": "circle", "classes": "square", "attributes": "diamond"}
    assert "No more than 60 are drawn" in neighbours.told(view, s, 60)


def test_labels_do_not_lie_on_each_other(world):
    s = world.vocabulary.find("Sparky", "subject")
    view = neighbours.neighbours(world.semantic(), world.vocabulary, s, 1, 40)
    sides = dict(neighbours._labelled(view))
    assert s in sides and 25 <= len(sides) <= len(view)


def test_a_concept_alone_is_drawn_alone():
    graph = example_graph()
    view = neighbours.neighbours(graph.episodes, graph.vocabulary, 2, 1, 20)
    assert list(view) == [2] and "No statement of this kind" in neighbours.told(view, 2, 20)
    assert neighbours.picture(view).data and neighbours.statements(view) == []


def test_of_very_many_concepts_those_with_most_statements_may_be_chosen(monkeypatch):
    import streamlit as st

    monkeypatch.setattr(exploring, "MOST_CHOICES", 2)
    monkeypatch.setattr(st, "session_state", {"reached": "https://example.org/Dog"})
    graph = example_graph()
    assert list(exploring.choices(graph, "concept")) == ["Ball", "Dog", "Sparky"]
    monkeypatch.setattr(st, "session_state", {})
    assert list(exploring.choices(graph, "concept")) == ["Ball", "Sparky"]
    assert len(exploring.choices(graph, "instant")) == 2
