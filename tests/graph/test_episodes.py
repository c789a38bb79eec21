"""Time stamps in every form, and the order they give."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorbrain.graph import KnowledgeGraph, read_graph
from tensorbrain.graph.times import seconds, tidy

PREFIXES = """
@prefix : <https://example.org/> . @prefix prov: <http://www.w3.org/ns/prov#> .
@prefix dct: <http://purl.org/dc/terms/> . @prefix time: <http://www.w3.org/2006/time#> .
@prefix s: <https://schema.org/> . @prefix http: <http://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
BODY = ":g1 { :a :p :b } :g2 { :b :p :c } "


@pytest.fixture
def read(tmp_path: Path):
    def from_text(text: str) -> KnowledgeGraph:
        (tmp_path / "a.trig").write_text(PREFIXES + text)
        graph = read_graph(tmp_path / "a.trig")
        assert sum(graph.report.accounts.values()) == graph.report.statements
        return graph

    return from_text


STAMPS = [  # of the later episode, of the earlier one, and what the report calls one of them
    (
        'prov:generatedAtTime "2026-05-03T08:10:00"',
        'prov:generatedAtTime "2026-05-03T08:09:00"',
        "prov:generatedAtTime",
    ),
    ('dct:date "2026-05-03"', 'dct:date "2026-05-02"', "dcterms:date"),
    ('dct:created "2026"^^xsd:gYear', 'dct:issued "-0044-03-15"^^xsd:date', "dcterms:created"),
    ('s:startDate "2026-05"', 'http:startDate "2026-04"', "schema:startDate"),
    ('s:dateCreated "2026-05-01T00:30+02:00"', 's:dateCreated "2026-04-30T22:15Z"', "schema:dateCreated"),
    ('time:inXSDDateTime "2026-05-03T08:10:00.5Z"', 'time:inXSDDate "2026-05-03"', "time:inXSDDateTime"),
    (
        'time:hasBeginning [ time:inXSDDateTime "2026-05-03T08:10:00" ]',
        'time:hasTime [ a time:Interval ; time:hasBeginning [ time:inXSDDateTimeStamp "2026-05-02T00:00:00Z" ] ]',
        "time:inXSDDateTimeStamp",
    ),
    (':happened "2026-05-03"^^xsd:date', ':happened "2025-05-03"^^xsd:date', "happened"),
]


@pytest.mark.parametrize(("late", "early", "evidence"), STAMPS)
def test_stamps_order_episodes(read, late: str, early: str, evidence: str):
    graph = read(f"{BODY} :g1 {late} . :g2 {early} .")
    assert [c.label for c in graph.vocabulary.instants] == ["g2", "g1"]
    assert evidence in graph.report.episode_order and sum(graph.report.episode_order.values()) == 2
    assert len(graph.facts) == 0 and graph.report.time_stamps == graph.report.statements - 2
    assert len(graph.vocabulary.concepts) == 3


def test_a_stamp_inside_its_own_graph_counts(read):
    graph = read(
        ':g1 { :a :p :b . :g1 dct:date "2026-05-03" ; rdfs:label "a walk" }:g2 { :b :p :c . :g2 dct:date "2026-05-02" }'
    )
    assert [c.label for c in graph.vocabulary.instants] == ["g2", "a walk"]
    assert graph.vocabulary.times == ("2026-05-02", "2026-05-03") and len(graph.episodes) == 2


def test_when_it_happened_comes_before_when_it_was_written_down(read):
    both = ':g1 prov:generatedAtTime "2026-01-01" ; s:startDate "2025-01-01" . :g2 dct:date "2025-06-01" .'
    assert [c.label for c in read(BODY + both).vocabulary.instants] == ["g1", "g2"]


def test_names_that_are_times(read):
    graph = read("<urn:e:2026-05-03T08-10> { :a :p :b } <urn:e:2026-05-03T08-05-30> { :a :p :b }")
    assert graph.vocabulary.times == ("2026-05-03T08:05:30", "2026-05-03T08:10")
    assert graph.report.episode_order == {"graph name": 2}
    assert graph.vocabulary.find("2026-05-03T08:1", "instant") == 1


def test_without_any_time_the_document_decides(read):
    graph = read(":zoo { :a :p :b } :ark { :b :p :c }")
    assert [c.label for c in graph.vocabulary.instants] == ["zoo", "ark"]
    assert graph.vocabulary.times == (None, None) and graph.report.episode_order == {"document order": 2}


def test_mixed_evidence_is_reported_and_the_undated_come_last(read):
    graph = read(BODY + ':g3 { :a :p :c } :g4 { :a :p :c } :g4 dct:date "2026-01-01" . :g3 dct:date "soon" .')
    assert [c.label for c in graph.vocabulary.instants] == ["g4", "g1", "g2", "g3"]
    assert graph.report.episode_order == {"document order": 3, "dcterms:date": 1}


def test_the_same_statement_in_two_episodes_counts_twice(read):
    graph = read(":g1 { :a :p :b } :g2 { :a :p :b . :a :p :b }")
    assert len(graph.episodes) == 2 and graph.report.duplicates == 1
    assert graph.episodes.marginal("instant").values.tolist() == [2.0]


def test_an_episode_without_anything_to_keep_is_left_out(read):
    graph = read(":g1 { :a :p :b } :g2 { :a :p 1 }")
    assert len(graph.vocabulary.instants) == 1 and graph.report.episodes_without_statements == 1


def test_what_else_is_said_of_an_episode_stays_a_fact(read):
    graph = read(BODY + ":g1 a :Walk ; :ledBy :a .")
    assert len(graph.facts) == 1 and graph.report.declarations == 1


@given(st.datetimes())
def test_seconds_agree_with_the_calendar_of_python(when):
    import datetime

    expected = (when - datetime.datetime(1970, 1, 1)).total_seconds()
    found = seconds(when.isoformat())
    if when.year >= 1000:
        assert found == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("text", ["", "soon", "12", "2026-13-01", "2026-05-03T25:00", "03.05.2026", "x" * 10_000])
def test_what_is_no_time(text: str):
    assert seconds(text) is None


def test_tidy_stamps():
    assert tidy(" 2026-05-03T08-10-59Z") == "2026-05-03T08:10:59Z" and tidy("2026-05") == "2026-05"
