"""Bring your own: a graph is uploaded or written, and what was read of it is told, before a brain is taught it."""

import streamlit as st
from address import settle, words
from controls import show_error
from lessons import teach
from rivals import contests
from session import OWN_FILE, taught
from streamlit.delta_generator import DeltaGenerator
from teaching import Teaching
from uploading import LITERALS, MEGABYTES, MOST_STATEMENTS, TYPES, Brought, cleaned, read
from wording import plain

from tensorbrain.datasets.worlds import WORLDS
from tensorbrain.errors import TensorBrainError
from tensorbrain.graph.describe import describe
from tensorbrain.graph.knowledge_graph import KnowledgeGraph

MOST_GRAPHS = 5
FAMILY = """\
PREFIX : <https://example.org/family/>
PREFIX prov: <http://www.w3.org/ns/prov#>

:Ada a :Person ; :motherOf :Ben, :Cleo ; :livesIn :Oslo .
:Ben a :Person ; :likes :Chess ; :livesIn :Oslo .
:Cleo a :Person ; :likes :Football ; :livesIn :Rome .
:Rex a :Dog ; :ownedBy :Cleo ; :likes :Football .

:Sunday prov:generatedAtTime "2026-05-03T15:00:00" .
:Sunday { :Ben :playsWith :Rex . :Ada :visits :Cleo . }
"""
FATES = {"Statements": st.column_config.NumberColumn(width="small")}


def brought() -> dict[str, KnowledgeGraph]:
    """The graphs that this visit has brought, by name: nobody else sees them."""
    return st.session_state.setdefault("brought", {})


def read_with() -> dict[str, str]:
    """What was done with the literals of each graph of this visit: a script that repeats it has to know."""
    return st.session_state.setdefault("read_with", {})


def keep(graph: KnowledgeGraph) -> str:
    """Keep a graph for this visit; the name that it goes by, which is nobody else's and no taught graph's."""
    name, number = graph.source, 1
    while name in (*WORLDS, OWN_FILE) or (name in taught() and not same(taught()[name].graph, graph)):
        number += 1
        name = f"{graph.source} {number}"
    if name not in brought() and len(brought()) >= MOST_GRAPHS:
        raise TensorBrainError(f"a visit keeps {MOST_GRAPHS} graphs, and these are here: let one of them go first")
    brought()[name] = graph
    return name


def same(one: KnowledgeGraph, other: KnowledgeGraph) -> bool:
    """Whether two graphs say the same."""
    return one.content_hash() == other.content_hash()


def bring(world: str, beside: DeltaGenerator) -> None:
    """The part of the page from top to bottom: what is brought, what was read of it, and the teaching.

    What runs for longer is said ``beside``.
    """
    left, right = st.columns([2, 3], gap="large")
    with left:
        files = st.file_uploader(
            "Your files",
            type=TYPES,
            accept_multiple_files=True,
            max_upload_size=MEGABYTES,
            key="files",
            help="Read on this machine, for this visit alone, and not kept. Nothing is fetched from the network.",
        )
        settle("literals", words(LITERALS), LITERALS[0])
        literals = st.segmented_control(
            "Texts and numbers",
            LITERALS,
            key="literals",
            default="drop",
            required=True,
            bind="query-params",
            help="Drop literals; keep the few that repeat as attributes; or put numbers into ranges, too.",
        )
        st.caption(
            "Turtle, N-Triples, N-Quads, TriG, JSON-LD, RDF/XML, or a table with tabs: subject, predicate, object and, "
            f"if you like, time. At most {MEGABYTES} MB and {MOST_STATEMENTS:,} statements. The default graph holds "
            "facts, named graphs are episodes."
        )
    with right:
        text = st.text_area(
            "Or write a few statements of your own (Turtle, TriG)", FAMILY, height=250, max_chars=50_000, key="written"
        )
        if st.button("Read these statements", icon=":material/menu_book:"):
            take([Brought("my graph.trig", text.encode())], literals or "drop", beside)
    content = (tuple(file.file_id for file in files), literals)
    if content != st.session_state.get("read_files", ((), literals)):
        st.session_state.read_files = content
        st.session_state.pop("refused", None)
        if files:
            take([Brought(file.name, file.getvalue()) for file in files], literals or "drop", beside)
    if refused := st.session_state.get("refused"):
        show_error(refused)
    if world in brought():
        show_report(world, brought()[world])
        teach(world, brought()[world])
    else:
        st.info("Nothing of your own is chosen yet. Bring a file, or read the statements that stand there already.")


def take(files: list[Brought], literals: str, beside: DeltaGenerator) -> None:
    """Read what is brought and make it the chosen world; where it cannot be read, keep the reason to be shown."""
    try:
        with beside, st.spinner(f"{cleaned(files[0].name)} is read ..."):
            name = keep(read(files, literals))
    except TensorBrainError as error:
        st.session_state.refused = error
        return
    st.session_state.pop("refused", None)
    st.session_state.arrived = name
    read_with()[name] = literals
    st.rerun()


def show_report(world: str, graph: KnowledgeGraph) -> None:
    """What became of every statement that was read, and examples of what was kept."""
    report = graph.report
    st.subheader(f"What was read of {plain(world)}", anchor=False)
    kept = report.facts + report.episode_statements
    skipped = {what: n for what, n in report.accounts.items() if n and what.startswith("skipped")}
    why = ", ".join(f"{what.removeprefix('skipped: ')} ({n:,})" for what, n in skipped.items())
    said = f"{report.statements:,} statements were read and {kept:,} of them are kept to be remembered. "
    st.markdown(said + (f"Skipped: {why}." if skipped else "Nothing was skipped."))
    left, right = st.columns(2, gap="large")
    with left:
        rows = [{"What became of them": what, "Statements": n} for what, n in report.accounts.items() if n]
        st.dataframe(rows, hide_index=True, column_config=FATES, alt="What became of every statement that was read.")
    with right:
        st.dataframe(examples(graph), hide_index=True, alt="Examples of the statements that were kept.")
    more = st.expander("Everything that the reader says", on_change="rerun", key="reader")
    if more.open:
        more.code(describe(graph), language=None)


def examples(graph: KnowledgeGraph, most: int = 3) -> list[dict[str, str]]:
    """A few facts and a few statements of episodes, spread over the graph, in words."""
    vocabulary, rows = graph.vocabulary, []
    for tensor in (graph.facts, graph.episodes):
        step = max(1, len(tensor) // most)
        for s, p, o, *t in tensor.coordinates[::step][:most].tolist():
            row = {"Subject": vocabulary.label("subject", s), "Predicate": vocabulary.label("predicate", p)}
            moment = {"Moment": vocabulary.label("instant", t[0]) if t else ""} if vocabulary.instants else {}
            rows.append({**row, "Object": vocabulary.label("object", o), **moment})
    return rows


def let_go(world: str) -> None:
    """A graph leaves the visit with its brain and the figures of its models; what is being taught of it ends."""
    job: Teaching | None = st.session_state.get("teaching")
    if job is not None and job.name == world:
        job.stop()
        del st.session_state.teaching
    if contest := contests().pop(world, None):
        contest.stop()
    read_with().pop(world, None)
    brought().pop(world, None)
    taught().pop(world, None)
    st.session_state.world = WORLDS[0]
