"""What is taken home: the link, the tables and the RDF say what the trace says, and cost nothing until asked for."""

import csv
import doctest
import io
import re

import pytest

pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")

import pandas as pd
import sharing
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

import tensorbrain as tb
from tensorbrain.graph.rdf_out import from_rdf
from tensorbrain.trace import Record


@pytest.fixture(scope="module")
def trace(town):
    return tb.recall(town, subject="Sparky", record=Record(top=5))


def test_docs_are_true():
    assert doctest.testmod(sharing).failed == 0


def test_the_table_has_a_row_for_every_candidate_with_its_name(trace):
    rows = list(csv.DictReader(io.StringIO(sharing.as_csv(trace).decode())))
    assert len(rows) == len(trace.to_rows()) > 3 * 5 * 8
    first = [row for row in rows if row["statement"] == "1" and row["chosen"] == "True" and row["slot"] != "instant"]
    assert {row["slot"]: row["candidate"] for row in first} == {
        name: word for name, word in trace.statements[0]._asdict().items() if name != "probability"
    }
    assert all(row["iri"].startswith("http") for row in rows)


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1+1", "@SUM(A1)", "\tx", "\rx"])
def test_no_name_is_a_formula_of_a_spreadsheet(name):
    (row,) = csv.DictReader(io.StringIO(sharing.rows_as_csv([{"candidate": name, "score": -1.5}]).decode(), newline=""))
    assert row == {"candidate": f"'{name}", "score": "-1.5"}


def test_parquet_holds_the_same_table(trace):
    table = pd.read_parquet(io.BytesIO(sharing.as_parquet(trace)))
    assert table.to_dict("records") == trace.to_rows()


def test_rdf_holds_statements_probabilities_and_names(trace):
    from rdflib import RDFS, Dataset, URIRef

    dataset = Dataset()
    dataset.parse(data=sharing.as_trig(trace), format="trig")
    words = trace.vocabulary
    iris = [(words.concepts[s].iri, words.predicates[p].iri, words.concepts[o].iri) for s, p, o in trace.ids.tolist()]
    found = from_rdf(dataset)
    assert {row[:3] for row in found} == set(iris)
    assert [row[3] for row in found] == pytest.approx([float(p) for p in trace.probability])
    for triple, statement in zip(iris, trace.statements, strict=True):
        assert [str(dataset.value(URIRef(iri), RDFS.label)) for iri in triple] == list(statement[:3])


@given(st.text(max_size=300), st.sampled_from(["csv", "py"]))
def test_file_names_are_safe_everywhere(name, suffix):
    made = sharing.file_name(name, suffix)
    assert re.fullmatch(rf"tensorbrain-[a-z0-9]([a-z0-9-]*[a-z0-9])?\.{suffix}", made) and len(made) < 90


def page(trace, apart):
    from sharing import show_sharing

    show_sharing(trace, "import tensorbrain as tb\n", "know", apart=apart)


def test_all_stands_behind_one_button_and_is_made_when_it_is_asked_for(trace):
    at = AppTest.from_function(page, kwargs={"trace": trace, "apart": "The picture that you uploaded is not in it."})
    at.query_params.update({"subject": "Zoë & Jack", "lesion": ["Mary", "Mill House"]})
    at.run()
    assert not at.code  # nothing is made before somebody asks
    at.session_state["sharing"] = True  # opened
    at.run()
    assert not at.exception
    link, script = (block.value for block in at.code)
    assert link.endswith("/?subject=Zo%C3%AB+%26+Jack&lesion=Mary&lesion=Mill+House")
    assert script == "import tensorbrain as tb"
    assert [caption.value for caption in at.caption] == ["The picture that you uploaded is not in it."]
    buttons = [element.proto for element in at.get("download_button")]
    assert [button.label for button in buttons] == ["CSV", "Parquet", "RDF", "Python"]
    assert all(button.deferred_file_id and not button.url for button in buttons)
