"""Take it home: the link to a view, its trace or its table as files, and the script that reproduces it."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import pyoxigraph as ox
import streamlit as st

from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.graph.rdf_out import PROBABILITY
from tensorbrain.trace import Trace

FILES = {
    "CSV": ("csv", "text/csv"),
    "Parquet": ("parquet", "application/vnd.apache.parquet"),
    "RDF": ("trig", "application/trig"),
    "Graph": ("nq", "application/n-quads"),
    "Python": ("py", "text/x-python"),
}
MOST_LETTERS = 60  # of a file's name


@st.fragment
def show_sharing(trace: Trace, script: str, name: str, *, apart: str = "", key: str = "sharing") -> None:
    """All that can be taken home of what is shown, behind one button.

    ``name`` says in a word or two what is shown: with the cue it is the name of the files. ``apart`` is a sentence
    about what the link cannot carry, such as a picture that was uploaded; ``key`` tells several of a page apart.
    """
    name = " ".join([name, *trace.cue.values()])
    # Filled when it is opened: on most visits nobody does.
    popover = st.popover("Take it home", icon=":material/ios_share:", key=key, on_change="rerun")
    if not popover.open:
        return
    with popover:
        _show_link(apart)
        st.markdown("**The trace**: every statement, every window, and every candidate in it.")
        with st.container(horizontal=True):
            _download(key, "CSV", name, lambda: as_csv(trace), "A table, as text: one row a candidate.")
            _download(key, "Parquet", name, lambda: as_parquet(trace), "The same table, for pandas, R and Arrow.")
            _download(key, "RDF", name, lambda: as_trig(trace), "The statements, probabilities and names, in TriG.")
        _show_script(key, name, script)


@st.fragment
def show_table_sharing(
    rows: Sequence[Mapping[str, Any]], script: str, name: str, *, graph: KnowledgeGraph | None, key: str = "sharing"
) -> None:
    """All that can be taken home of a table: the link, the table, the ``graph`` that the script reads, the script."""
    popover = st.popover("Take it home", icon=":material/ios_share:", key=key, on_change="rerun")
    if not popover.open:
        return
    with popover:
        _show_link("Who opens it has every choice, and runs it anew.")
        st.markdown("**The table**, and what it was made of.")
        with st.container(horizontal=True):
            _download(key, "CSV", name, lambda: rows_as_csv(rows), "One row a model.")
            if graph is not None:
                _download(key, "Graph", name, lambda: as_nquads(graph), "All statements that were read, in N-Quads.")
        _show_script(key, name, script)


def _show_link(apart: str) -> None:
    st.markdown("**The link** opens this very view, with every choice in it.")
    st.code(link(), language=None, wrap_lines=True)
    if apart:
        st.caption(apart)


def _show_script(key: str, name: str, script: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**The script** that reproduces it, as it is.", width="stretch")
        _download(key, "Python", name, script.encode, "Run it wherever tensorbrain is installed.")
    st.code(script, language="python", height=240)


# What is downloaded is made when it is asked for.
def _download(key: str, label: str, name: str, make: Callable[[], bytes], what: str) -> None:
    suffix, mime = FILES[label]
    st.download_button(
        label,
        make,
        file_name(name, suffix),
        mime,
        key=f"{key}-{suffix}",
        help=what,
        icon=":material/download:",
        on_click="ignore",
    )


def link() -> str:
    """The address of this view as the visitor's browser has it, with all its choices."""
    said = {key: st.query_params.get_all(key) for key in st.query_params}
    return whole_link(st.context.url or "", said)


def whole_link(page: str, said: Mapping[str, Sequence[str]]) -> str:
    """A page's address with what a query says.

    >>> whole_link("http://localhost:8501", {"subject": ["Sparky"], "mute": ["Jack", "Mill House"]})
    'http://localhost:8501/?subject=Sparky&mute=Jack&mute=Mill+House'
    """
    parts = urlsplit(page)
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", urlencode(said, doseq=True), ""))


def file_name(name: str, suffix: str) -> str:
    """A name for a file that every system takes, and that hides no Python module when it is a script.

    >>> file_name("Know: Zoë owned by ../Jack", "py"), file_name("犬", "csv")
    ('tensorbrain-know-zoe-owned-by-jack.py', 'tensorbrain-view.csv')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:MOST_LETTERS].strip("-")
    return f"tensorbrain-{words or 'view'}.{suffix}"


def as_csv(trace: Trace) -> bytes:
    """The trace as a table of text in UTF-8, one row a statement, window and candidate."""
    return rows_as_csv(trace.to_rows())


def rows_as_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as a table of text in UTF-8; a column that a row lacks stays empty.

    A name that a spreadsheet would take for a formula, and run, begins with an apostrophe.

    >>> rows_as_csv([{"Model": "CP", "MRR": -0.5}, {"Model": "=1+1"}])
    b"Model,MRR\\r\\nCP,-0.5\\r\\n'=1+1,\\r\\n"
    """
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(dict.fromkeys(column for row in rows for column in row)))
    writer.writeheader()
    writer.writerows({column: _as_text(value) for column, value in row.items()} for row in rows)
    return text.getvalue().encode()


def _as_text(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(tuple("=+-@\t\r")) else value


def as_nquads(graph: KnowledgeGraph) -> bytes:
    """All that was read of a graph, labels and literals too, in N-Quads."""
    return ox.serialize(graph.quads.to_oxigraph(), format=ox.RdfFormat.N_QUADS) or b""


def as_parquet(trace: Trace) -> bytes:
    """The same table as Parquet."""
    import pandas as pd  # comes with Streamlit, and is wanted by few

    file = io.BytesIO()
    pd.DataFrame(trace.to_rows()).to_parquet(file, index=False)
    return file.getvalue()


def as_trig(trace: Trace) -> bytes:
    """The statements in TriG, each in a graph of its own, of which the default graph tells the probability.

    Names are labels (``rdfs:label``) of what the statements speak of.
    """
    from rdflib import RDFS, Literal, URIRef

    dataset = trace.to_rdf("named graphs")
    dataset.bind("tb", PROBABILITY.rpartition("#")[0] + "#")
    words = trace.vocabulary
    concepts = [words.concepts[k] for k in dict.fromkeys(trace.ids[:, ::2].ravel().tolist())]
    predicates = [words.predicates[k] for k in dict.fromkeys(trace.ids[:, 1].tolist())]
    for known in (*concepts, *predicates):
        if not known.iri.startswith("_:"):
            dataset.add((URIRef(known.iri), RDFS.label, Literal(known.label)))
    return dataset.serialize(format="trig", encoding="utf-8")
