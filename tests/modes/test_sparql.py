"""What SPARQL is told by a brain, against `ask` and the graph."""

from itertools import pairwise

import pytest
import rdflib

from tensorbrain.checkpoint import load_brain
from tensorbrain.datasets.worlds import load_graph
from tensorbrain.errors import SettingsError
from tensorbrain.modes import ask
from tensorbrain.modes.sparql import node_of, sparql_dataset

PREFIXES = """
    PREFIX : <https://tensorbrain.org/kg/neighbourhood/>
    PREFIX tb: <https://tensorbrain.org/ns#>
"""
EPISODE = "https://tensorbrain.org/kg/neighbourhood/episode/2026-05-03T08-10"


@pytest.fixture(scope="module")
def brain():
    return load_brain("neighbourhood")


@pytest.fixture(scope="module")
def believed(brain):
    return sparql_dataset(brain, load_graph("neighbourhood"))


@pytest.fixture(scope="module")
def asked(believed):
    return lambda query: [tuple(row) for row in believed.query(PREFIXES + query)]


@pytest.mark.parametrize(
    "told",
    [
        {"subject": "Sparky", "predicate": "owned by"},
        {"predicate": "owned by", "object": "Jack"},
        {"subject": "Sparky"},
        {"subject": "Sparky", "object": "Jack"},
        {},
        {"subject": "Sparky", "instant": "2026-05-03T08:10"},
    ],
    ids=lambda told: " ".join(told) or "nothing",
)
def test_a_pattern_is_a_question(brain, asked, told):
    words = brain.vocabulary
    node = {slot: f"<{words.slot(slot)[words.find(name, slot)].iri}>" for slot, name in told.items()}
    pattern = " ".join(node.get(slot, f"?{slot}") for slot in ("subject", "predicate", "object"))
    where = f"GRAPH {node['instant']} {{ {pattern} }}" if "instant" in told else pattern
    hidden = [slot for slot in ("subject", "predicate", "object") if slot not in told]
    found = asked(f"SELECT {' '.join('?' + slot for slot in hidden)} {{ {where} }}")
    answers = ask(brain, **told, top=10)
    kept = [a for a in answers if a.probability >= 0.1 * answers[0].probability]
    expected = [tuple(node_of(words.slot(slot)[k].iri) for slot, k in zip(hidden, a.ids, strict=True)) for a in kept]
    assert found == expected and found


def test_probabilities_are_those_of_ask_and_no_others(brain, asked):
    rows = asked("""SELECT ?name ?p { ?o rdfs:label ?name  BIND(tb:probability(:Sparky, :ownedBy, ?o) AS ?p)
                    FILTER(BOUND(?p)) }""")
    assert len(rows) == len(brain.vocabulary.concepts)  # predicates and episodes fill no object
    probability = {str(name): float(p) for name, p in rows}
    assert sum(float(p) for _, p in rows) == pytest.approx(1, abs=1e-4)
    for answer in ask(brain, subject="Sparky", predicate="owned by", top=5):
        assert probability[answer.labels[0]] == pytest.approx(answer.probability, rel=1e-6)


def test_a_moment_is_asked_as_a_named_graph(brain, asked):
    (row,) = asked(f"SELECT (tb:probability(:Mary, :feeds, :Sparky, <{EPISODE}>) AS ?p) {{}}")
    answers = ask(brain, subject="Mary", predicate="feeds", instant="2026-05-03T08:10", top=400)
    (expected,) = [a.probability for a in answers if a.labels == ("Sparky",)]
    assert float(row[0]) == pytest.approx(expected, rel=1e-6)
    moments = asked("SELECT DISTINCT ?when { GRAPH ?when { :Sparky :ownedBy ?o } }")
    assert [str(when) for (when,) in moments] == [instant.iri for instant in brain.vocabulary.instants]
    named = sparql_dataset(brain, each_moment=False)
    assert not named.query(PREFIXES + "ASK { GRAPH ?when { :Sparky :ownedBy ?o } }").askAnswer
    assert named.query(f"{PREFIXES} ASK {{ GRAPH <{EPISODE}> {{ :Mary :feeds :Sparky }} }}").askAnswer


def test_what_was_told_stands_beside(asked):
    rows = asked("""SELECT ?o ?told { VALUES ?o { :Jack :Mary :Berta }
                    BIND(tb:told(:Sparky, :ownedBy, ?o) AS ?told) }""")
    assert [bool(told) for _, told in rows] == [True, True, False]
    moment = asked(f"""SELECT ?s ?p ?o {{ GRAPH <{EPISODE}> {{ ?s ?p ?o }}
                       FILTER(tb:told(?s, ?p, ?o, <{EPISODE}>) && tb:told(?s, ?p, ?o)) }}""")
    said = {tuple(row) for row in load_graph("neighbourhood").rdf.graph(EPISODE)}
    assert moment and set(moment) <= said
    (other,) = asked(f"SELECT (tb:told(:Dog, rdfs:subClassOf, :Mammal, <{EPISODE}>) AS ?told) {{}}")
    assert not bool(other[0])


def test_patterns_are_joined_and_ordered(asked):
    rows = asked(
        """SELECT ?pet ?p { ?pet a :Dog ; :ownedBy ?who . BIND(tb:probability(?pet, a, ?who) AS ?none)
                    BIND(tb:probability(?pet, :ownedBy, ?who) AS ?p) } ORDER BY DESC(?p)""".replace(
            ", a,", ", rdf:type,"
        )
    )
    assert len(rows) > 1 and all(first[1] >= second[1] for first, second in pairwise(rows))


def test_names_that_the_brain_has_not(asked, believed):
    assert asked("SELECT ?o { :Nobody :ownedBy ?o }") == asked("SELECT ?o { :Sparky :loathes ?o }") == []
    assert asked("SELECT ?o { GRAPH <urn:never> { :Sparky :ownedBy ?o } }") == []
    assert asked("SELECT ?x { ?x rdfs:label 'Sparky' }") == [
        (rdflib.URIRef(PREFIXES.split("<")[1].split(">")[0] + "Sparky"),)
    ]
    assert believed.query(PREFIXES + "ASK { :Sparky :ownedBy :Jack }").askAnswer is True
    assert believed.query(PREFIXES + "ASK { :Sparky :ownedBy :Rex }").askAnswer is False
    assert believed.query(PREFIXES + "ASK { :Sparky :ownedBy :Nobody }").askAnswer is False


@pytest.mark.parametrize(
    "change",
    ["INSERT DATA { :a :b :c }", "DELETE WHERE { ?s :ownedBy ?o }", "CLEAR ALL", "CREATE GRAPH :g", "LOAD <urn:x>"],
)
def test_nothing_is_written(believed, change):
    with pytest.raises(SettingsError, match="no store to write to"):
        believed.update(PREFIXES + change)


def test_nothing_is_written_by_rdflib_either(believed):
    for write in (
        lambda: believed.add((rdflib.RDF.type,) * 3),
        lambda: believed.remove((None, None, None)),
        lambda: believed.remove_graph(rdflib.URIRef(EPISODE)),
        lambda: believed.parse(data="<urn:a> <urn:b> <urn:c> .", format="turtle"),
    ):
        with pytest.raises(SettingsError, match="no store to write to"):
            write()


def test_what_cannot_be_asked(brain, believed):
    with pytest.raises(SettingsError, match="from 0 to 1"):
        sparql_dataset(brain, least=2.0)
    with pytest.raises(SettingsError, match="at least 1"):
        sparql_dataset(brain, top=0)
    for function, message in (("tb:told(:a, :b, :c)", "none was given"), ("tb:probability(:a, :b)", "takes subject")):
        with pytest.raises(SettingsError, match=message):
            list(sparql_dataset(brain).query(f"{PREFIXES} SELECT ({function} AS ?x) {{}}"))
    with pytest.raises(SettingsError, match="asked of a brain"):
        list(rdflib.Dataset().query(f"{PREFIXES} SELECT (tb:told(:a, :b, :c) AS ?x) {{}}"))


def test_more_or_fewer_answers_come_back(brain):
    counts = {}
    for least, top in ((0.0, 3), (0.0, 20), (1.0, 20)):
        rows = sparql_dataset(brain, least=least, top=top).query(PREFIXES + "SELECT ?o { :Sparky :ownedBy ?o }")
        counts[least, top] = len(list(rows))
    assert list(counts.values()) == [3, 20, 1]
