"""Decoded statements become RDF and come back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import URIRef

from tensorbrain.errors import SettingsError
from tensorbrain.graph import from_rdf, to_rdf
from tensorbrain.graph.rdf_out import PROBABILITY

nodes = st.sampled_from(["https://example.org/a", "urn:x:b", "urn:tensorbrain:New%20York", "_:b3"])
rows = st.lists(
    st.tuples(nodes, st.sampled_from(["urn:p", "urn:q"]), nodes, st.floats(0, 1)), max_size=6, unique_by=lambda r: r[:3]
)


@pytest.mark.parametrize("form", ["reification", "named graphs"])
@settings(max_examples=25, deadline=None)
@given(rows=rows)
def test_both_forms_come_back(form: str, rows: list[tuple[str, str, str, float]]):
    assert sorted(from_rdf(to_rdf(rows, form=form))) == sorted(rows)


def test_sparql_finds_the_probable():
    decoded = [("urn:a", "urn:p", "urn:b", 0.9), ("urn:a", "urn:p", "urn:c", 0.1)]
    query = f"SELECT ?o {{ GRAPH ?g {{ ?s ?p ?o }} ?g <{PROBABILITY}> ?x FILTER(?x > 0.5) }}"
    assert [row for row in to_rdf(decoded, form="named graphs").query(query)] == [(URIRef("urn:b"),)]


def test_a_reified_statement_is_not_asserted():
    dataset = to_rdf([("urn:a", "urn:p", "urn:b", 0.9)])
    assert not list(dataset.query("SELECT ?s { ?s <urn:p> ?o }")) and len(dataset) == 5


@pytest.mark.parametrize("wrong", [("not an iri", "urn:p", "urn:b"), ("urn:a", "_:p", "urn:b")])
def test_what_is_no_iri_is_refused(wrong: tuple[str, str, str]):
    with pytest.raises(SettingsError):
        to_rdf([(*wrong, 0.5)])


def test_another_form_is_refused():
    with pytest.raises(SettingsError, match="named graphs"):
        to_rdf([], form="table")
