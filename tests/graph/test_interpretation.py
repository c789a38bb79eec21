"""What is kept, how it is named and grouped, and that every statement is accounted for."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tensorbrain.errors import AmbiguousConceptError, SettingsError
from tensorbrain.graph import KnowledgeGraph, describe, describe_json, read_graph

PREFIXES = """
@prefix : <https://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix schema: <https://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


@pytest.fixture
def read(tmp_path: Path):
    def from_text(text: str, name: str = "a.trig", **options: object) -> KnowledgeGraph:
        (tmp_path / name).write_text(PREFIXES + text, encoding="utf-8")
        graph = read_graph(tmp_path / name, **options)  # pyright: ignore
        assert sum(graph.report.accounts.values()) == graph.report.statements
        return graph

    return from_text


def labels(graph: KnowledgeGraph, group: str) -> list[str]:
    return [c.label for c in graph.vocabulary.concepts if c.group == group]


def words(graph: KnowledgeGraph) -> set[tuple[str, str, str]]:
    v = graph.vocabulary
    return {
        (v.concepts[s].label, v.predicates[p].label, v.concepts[o].label)
        for s, p, o in graph.facts.coordinates.tolist()
    }


# Labels ---------------------------------------------------------------------------------------------------------

LABELLED = """:a :p :b . :a rdfs:label "Hund"@de, "dog"@en-GB, "chien"@fr, "plain" ; skos:prefLabel "hound"@en .
:b schema:name "name" ; skos:prefLabel "pref" . :p rdfs:label "is near"@en ."""


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "hound"), ("en-GB", "dog"), ("de", "Hund"), ("it", "plain"), ("FR", "chien")]
)
def test_the_asked_language_comes_first(read, language: str, expected: str):
    graph = read(LABELLED, labels_language=language)
    assert words(graph) == {(expected, "is near", "pref")}
    assert graph.report.labels == 8 and graph.report.languages["de"] == 1


def test_names_without_labels(read):
    graph = read(":New%20York <https://example.org/p#is-in/of> <urn:isbn:123> , <https://example.org/> .")
    assert labels(graph, "entity") == ["example.org", "New York", "123"]
    assert graph.vocabulary.predicates[0].label == "is-in/of"
    assert graph.report.named_by_iri == 4


def test_two_concepts_with_one_label(read):
    graph = read(':a1 :p :a2 . :a1 rdfs:label "Alex" . :a2 rdfs:label "Alex" .')
    with pytest.raises(AmbiguousConceptError, match=r"a1.*a2"):
        graph.vocabulary.find("Alex", "subject")


# Groups ---------------------------------------------------------------------------------------------------------

TOWN = """
:Attribute a owl:Class . :Colour rdfs:subClassOf :Attribute . :Shade rdfs:subClassOf :Colour, :Shade .
:Dog rdfs:subClassOf :Mammal . :Empty a owl:Class .
:Sparky a :Dog, owl:NamedIndividual, owl:Thing ; :hasColour :Red ; :likes :Ball .
:Red a :Shade . :hasColour a owl:ObjectProperty ; rdfs:domain :Mammal ; rdfs:range :Colour, :Elsewhere .
:hasColour owl:inverseOf :of .
"""


def test_groups_class_tree_and_schema(read):
    graph = read(TOWN)
    v = graph.vocabulary
    assert labels(graph, "entity") == ["Ball", "Sparky"] and labels(graph, "attribute") == ["Red"]
    assert labels(graph, "class") == ["Attribute", "Colour", "Dog", "Mammal", "Shade"]
    named = {tuple(v.concepts[i].label for i in pair) for pair in graph.taxonomy.tolist()}
    assert named == {("Colour", "Attribute"), ("Shade", "Colour"), ("Dog", "Mammal")}
    members = {tuple(v.concepts[i].label for i in pair) for pair in graph.membership.tolist()}
    assert members == {("Sparky", "Dog"), ("Red", "Shade")}
    colour = v.find("hasColour", "predicate")
    assert {v.concepts[i].label for i in graph.domains[colour]} == {"Mammal"}
    assert {v.concepts[i].label for i in graph.ranges[colour]} == {"Colour"}
    assert ("Sparky", "type", "Dog") in words(graph) and ("Dog", "subClassOf", "Mammal") in words(graph)
    assert graph.report.declarations == 9


def test_groups_can_be_overridden(read):
    base = "https://example.org/"
    graph = read(TOWN, groups={base + "Ball": "attribute", base + "Dog": "entity"})
    assert labels(graph, "attribute") == ["Ball", "Red"] and "Dog" in labels(graph, "entity")
    assert len(graph.membership) == 1
    with pytest.raises(SettingsError, match="not in this graph"):
        read(TOWN, groups={base + "Nobody": "entity"})


def test_a_predicate_that_is_also_a_subject_has_two_rows(read):
    graph = read(":a :knows :b . :knows :inventedBy :a .")
    assert graph.vocabulary.find("knows", "predicate") >= 0 and graph.vocabulary.find("knows", "subject") >= 0


# Blank nodes ----------------------------------------------------------------------------------------------------

EXPRESSIONS = """
:Dog rdfs:subClassOf :Mammal, [ a owl:Restriction ; owl:onProperty :eats ; owl:someValuesFrom
    [ owl:unionOf ( :Meat [ owl:complementOf :Plant ] ) ] ] .
[] a owl:AllDisjointClasses ; owl:members ( :Dog :Cat ) .
:Ann :livesAt [ a :Address ; :street :HighStreet ], [ a :Address ; :street :LowStreet ] ; :likes ( :Tea ) .
"""


def test_expressions_are_skipped_and_other_blank_nodes_named_by_type(read):
    graph = read(EXPRESSIONS)
    assert graph.report.expressions == 16
    assert {"[Address 1]", "[Address 2]", "[blank 1]"} <= set(labels(graph, "entity"))
    assert graph.report.blank_nodes_kept == 3 and graph.report.blank_nodes_skipped == 8
    assert ("Dog", "subClassOf", "Mammal") in words(graph)


def test_blank_nodes_can_be_skipped(read):
    graph = read(EXPRESSIONS, blank_nodes="skip")
    assert words(graph) == {("Dog", "subClassOf", "Mammal")}
    assert graph.report.blank_node_statements == 9 and graph.report.blank_nodes_kept == 0


def test_a_long_list_takes_no_long_time(read):
    graph = read(f":a :p :b . [] owl:unionOf ( {' '.join(f':x{i}' for i in range(20_000))} ) .")
    assert len(graph.facts) == 1 and graph.report.expressions == 40_001


# Literals -------------------------------------------------------------------------------------------------------

PEOPLE = ":p0 :knows :p1 . " + " ".join(
    f':p{i} :age {i} ; :mood "{("good", "bad")[i % 2]}" ; :ssn "{i}" ; :note "{"x" * 101}" ; :t {i % 3 - 1}.5 .'
    for i in range(40)
)


def test_literals_are_dropped_and_counted(read):
    graph = read(PEOPLE)
    assert len(graph.facts) == 1 and graph.report.literals_dropped == 200


def test_few_and_repeated_literals_become_attributes(read):
    graph = read(PEOPLE, literals="keep")
    assert labels(graph, "attribute") == ["-1.5", "0.5", "1.5", "bad", "good"]
    assert graph.report.literals_kept == 80 and graph.report.literals_dropped == 120
    assert ("p1", "mood", "bad") in words(graph)
    assert "more than" not in graph.report.literal_predicates["ssn"]
    assert "seldom" in graph.report.literal_predicates["ssn"] or "hardly" in graph.report.literal_predicates["ssn"]


def test_numbers_fall_into_bins(read):
    graph = read(PEOPLE, literals="bin")
    bins = [label for label in labels(graph, "attribute") if label.startswith("age")]
    assert bins == ["age 0-7", "age 8-15", "age 16-23", "age 24-31", "age 32-39"]
    assert ("p9", "age", "age 8-15") in words(graph) and ("p0", "t", "t -1.5") in words(graph)
    assert graph.report.literals_binned == 80 and graph.report.literals_kept == 40


def test_numbers_that_meet_in_a_bin_count_as_said_twice(read):
    text = " ".join(f":p :age {i} ." for i in range(20)) + " :p :q :r ."
    graph = read(text, literals="bin")
    assert len(graph.facts) == 6 and graph.report.duplicates == 15


def test_negative_ranges_stay_readable(read):
    graph = read(" ".join(f":p{i} :t {i - 10} ." for i in range(20)), literals="bin")
    assert labels(graph, "attribute")[0] == "t -10 to -7"


def test_quoted_triples_are_counted(read):
    graph = read(":a :p :b . :a :says <<( :a :p :c )>> .")
    assert graph.report.quoted_triples == 1 and len(graph.facts) == 1


# The whole ------------------------------------------------------------------------------------------------------

nodes = st.sampled_from([f"<urn:n{i}>" for i in range(4)])
links = st.sampled_from(["<urn:p>", "<urn:q>", "a", "rdfs:subClassOf", "rdfs:label", "rdfs:domain"])
things = nodes | st.sampled_from(['"x"', '"x"@en', "1", "2.5", "owl:Class", "[]", "( <urn:n1> )"])
graph_text = st.lists(
    st.builds(
        lambda g, s, p, o: f"{g} {{ {s} {p} {o} }}", st.sampled_from(["", "<urn:g1>", "<urn:g2>"]), nodes, links, things
    ),
    min_size=1,
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(graph_text, st.sampled_from(["drop", "keep", "bin"]), st.sampled_from(["keep", "skip"]))
def test_every_statement_is_accounted_for(tmp_path: Path, text: list[str], literals: str, blank_nodes: str):
    lines = [*text, "<urn:n0> <urn:p> <urn:n1> ."]
    (tmp_path / "a.trig").write_text(PREFIXES + "\n".join(lines))
    graph = read_graph(tmp_path / "a.trig", literals=literals, blank_nodes=blank_nodes)
    assert sum(graph.report.accounts.values()) == graph.report.statements
    assert max(map(len, describe(graph).splitlines())) <= 100
    n = len(graph.vocabulary.concepts)
    assert graph.facts.shape == (n, len(graph.vocabulary.predicates), n)
    assert len({c.iri for c in graph.vocabulary.concepts}) == n


ground = st.lists(
    st.builds(lambda s, p, o: f"{s} {p} {o} .", nodes, links, nodes | st.sampled_from(['"x"@en', '"y"'])), max_size=10
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(ground, st.randoms(use_true_random=False))
def test_the_content_hash_does_not_depend_on_the_order(tmp_path: Path, text: list[str], draw: random.Random):
    lines = [*text, "<urn:n0> <urn:p> <urn:n1> ."]
    hashes = set()
    for _ in range(2):
        (tmp_path / "a.ttl").write_text(PREFIXES + "\n".join(lines))
        hashes.add(read_graph(tmp_path / "a.ttl", literals="keep").content_hash())
        draw.shuffle(lines)
    assert len(hashes) == 1


def test_semantic_memory_weighs_facts_and_episodes(read):
    graph = read(":a :p :b . :g1 { :a :p :b } :g2 { :a :p :b . :b :p :a }")
    a, b = (graph.vocabulary.find(name, "subject") for name in "ab")
    both = graph.semantic(facts_weight=3.0, episodes_weight=0.5)
    assert both.slice(subject=a).values.tolist() == [4.0] and both.slice(subject=b).values.tolist() == [0.5]
    assert graph.semantic(episodes_weight=0.0).values.tolist() == [1.0]
    assert len(graph.semantic(0.0, 0.0)) == 0
    with pytest.raises(SettingsError):
        graph.semantic(facts_weight=-1.0)


def test_sparql_sees_everything_that_was_read(read):
    graph = read(':a :p :b . :a rdfs:label "Ann" . :g { :a :q :b }')
    found = graph.rdf.query(
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>"
        "SELECT ?name ?g { ?who rdfs:label ?name . GRAPH ?g { ?who ?how ?whom } }"
    )
    assert [(str(row[0]), str(row[1])) for row in found] == [("Ann", "https://example.org/g")]
    assert graph.rdf is graph.rdf and len(list(graph.rdf.quads())) == 3


def test_the_description_names_what_was_skipped(read):
    graph = read(TOWN + ":Sparky :weight 12 . :e :x :y . :e2 { :Sparky :chases :Ball }")
    table, data = describe(graph), describe_json(graph)
    for part in ("attributes", "skipped: literals", "used as declarations", "document order (1)", 'literals="drop"'):
        assert part in table
    assert data["groups"]["instant"] == 1 and data["accounts"]["skipped: literals"] == 1
    assert data["report"]["statements"] == graph.report.statements
