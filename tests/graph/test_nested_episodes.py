"""Episodes within episodes: how they are said, where they come in time, and what is learned of them."""

from pathlib import Path

import numpy as np
import pytest

from tensorbrain.graph import KnowledgeGraph, read_graph
from tensorbrain.learning.batches import SEMANTIC, training_rows
from tensorbrain.learning.train import train
from tensorbrain.modes import ask, recall
from tensorbrain.settings import Settings
from tensorbrain.trace import Record

PREFIXES = """
@prefix : <https://example.org/> . @prefix prov: <http://www.w3.org/ns/prov#> .
@prefix dct: <http://purl.org/dc/terms/> . @prefix s: <https://schema.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
DAY = """
:shop { :Anna :buys :ball . :Anna :is :town } :walk { :Sparky :chases :ball . :Anna :is :park }
:meal { :Sparky :eats :bone . :Anna :is :home }
:shop dct:date "2026-05-03T09:00" . :walk dct:date "2026-05-03T11:00" . :meal dct:date "2026-05-03T18:00" .
"""
NESTED = (
    DAY
    + """:outing dct:hasPart :shop, :walk ; a :Event ; rdfs:label "the outing" .
:outing dct:isPartOf :day . :meal s:superEvent :day . :day rdfs:label "the whole day" ."""
)


@pytest.fixture
def read(tmp_path: Path):
    def from_text(text: str) -> KnowledgeGraph:
        (tmp_path / "a.trig").write_text(PREFIXES + text)
        graph = read_graph(tmp_path / "a.trig")
        assert sum(graph.report.accounts.values()) == graph.report.statements
        return graph

    return from_text


def labels(graph: KnowledgeGraph) -> list[str]:
    return [instant.label for instant in graph.vocabulary.instants]


def named_parts(graph: KnowledgeGraph) -> set[tuple[str, str]]:
    names = labels(graph)
    return {(names[part], names[whole]) for part, whole in graph.parts.tolist()}


def test_parts_are_read_over_any_number_of_levels(read):
    graph = read(NESTED)
    assert labels(graph) == ["the whole day", "the outing", "shop", "walk", "meal"]
    assert graph.vocabulary.times[:3] == (None, None, "2026-05-03T09:00")
    outing, day = "the outing", "the whole day"
    assert named_parts(graph) == {("shop", outing), ("walk", outing), ("shop", day), ("walk", day), ("meal", day)}
    assert len(graph.facts) == 0 and {"Event", "outing", "day"}.isdisjoint(c.label for c in graph.vocabulary.concepts)
    assert (graph.report.declarations, graph.report.episodes_with_parts) == (5, 2)
    assert graph.report.episode_order == {"dcterms:date": 3, "its first part": 2}


def test_a_whole_holds_what_its_parts_hold(read):
    graph = read(NESTED)
    plain = read(DAY)
    assert len(graph.episodes) == len(plain.episodes) == 6  # every statement once, at its own moment
    words, (day, outing) = graph.vocabulary, (0, 1)
    for whole, parts in ((day, (2, 3, 4)), (outing, (2, 3))):
        expected = np.concatenate([graph.episodes.slice(instant=t).coordinates[:, :3] for t in parts])
        held = graph.wholes.slice(instant=whole).coordinates[:, :3]
        assert sorted(held.tolist()) == sorted(expected.tolist()) and len(held)
    rows, weights = training_rows(graph, np.zeros((0, 3), np.int32))
    before, _ = training_rows(plain, np.zeros((0, 3), np.int32))
    assert (rows[:, 3] == SEMANTIC).sum() == (before[:, 3] == SEMANTIC).sum()  # time summed out counts each moment once
    assert len(rows) == len(before) + len(graph.wholes) == len(before) + 6 + 4 and (weights == 1).all()
    hidden = graph.episodes.coordinates[:1, :3]
    assert not (training_rows(graph, hidden)[0][:, :3] == hidden).all(axis=1).any()
    assert graph.content_hash() != plain.content_hash() and words.find("the outing", "instant") == outing


def test_what_several_parts_hold_weighs_more(read):
    graph = read(":a { :x :p :y } :b { :x :p :y . :x :p :z } :c dct:hasPart :a, :b .")
    rows, weights = training_rows(graph, np.zeros((0, 3), np.int32))
    c = graph.vocabulary.find("c", "instant")
    assert sorted(weights[rows[:, 3] == c].tolist()) == [1.0, 2.0]


@pytest.mark.parametrize("said", [":walk dct:isPartOf :day", ":day s:subEvent :walk", ":walk s:isPartOf :day"])
def test_the_ways_to_say_it(read, said):
    assert named_parts(read(f"{DAY} {said} .")) == {("walk", "day")}


def test_wholes_in_time(read):
    """A stamp of its own, a time in its name, statements of its own, circles, and what is no episode at all."""
    dated = read(DAY + ':day dct:hasPart :walk, :meal ; dct:date "2026-05-03T10:00" .')
    assert labels(dated) == ["shop", "day", "walk", "meal"] and dated.vocabulary.times[1] == "2026-05-03T10:00"
    named = read(DAY + "<urn:day:2026-05-03> dct:hasPart :walk, :meal .")
    assert named.vocabulary.times[1] == "2026-05-03" and named.vocabulary.find("2026-05-03", "instant") == 1
    lived = read(DAY + ":shop dct:hasPart :walk .")
    assert labels(lived) == ["shop", "walk", "meal"] and named_parts(lived) == {("walk", "shop")}
    circle = read(DAY + ":x dct:isPartOf :y . :y dct:isPartOf :x . :walk dct:isPartOf :x . :shop dct:isPartOf :shop .")
    assert named_parts(circle) == {("walk", "x"), ("walk", "y")}
    things = read(DAY + ":wheel dct:isPartOf :bicycle . :walk dct:isPartOf 'a text' .")
    assert len(things.parts) == 0 and len(things.facts) == 1


def test_a_brain_recalls_at_both_levels(read):
    graph = read(NESTED)
    brain = train(
        graph, settings=Settings(dim=24, context=24), epochs=80, patience=80, learning_rate=0.03, progress=False
    )

    def said(instant: str, count: int) -> set[tuple[str, ...]]:
        trace = recall(brain, instant=instant, statements=6, record=Record(states=False))
        return {statement[:3] for statement in trace.statements[:count]}

    parts = {name: said(name, 2) for name in ("shop", "walk", "meal")}
    assert parts["walk"] == {("Sparky", "chases", "ball"), ("Anna", "is", "park")}
    assert said("the outing", 4) == parts["shop"] | parts["walk"]
    assert said("the whole day", 6) == parts["shop"] | parts["walk"] | parts["meal"]
    when = ask(brain, subject="Sparky", predicate="chases", object="ball")
    assert when[0].labels == ("walk",)  # a moment is remembered, not all that it is part of
    assert {answer.labels[0] for answer in when if answer.probability > 0} <= {"shop", "walk", "meal"}
