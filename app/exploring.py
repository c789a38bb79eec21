"""The graph of a world, looked at: counts, the neighbourhood of a concept, and slices of its adjacency tensor."""

from collections import Counter

import heatmaps
import neighbours
import numpy as np
import pandas  # noqa: F401  (plotly asks whether it is there, and must not find the half that another visit has imported)
import streamlit as st
from address import Nearest, settle, words
from session import FIRST_CUE, names

from tensorbrain.graph.adjacency import AdjacencyTensor
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.graph.names import RDF, RDFS
from tensorbrain.graph.vocabulary import Vocabulary

PARTS = {"facts": "what is so", "episodes": "what happened, with time summed out", "both": "facts and episodes"}
SLICES = ("predicate", "subject", "moment", "groups")
# Plotly and Vega write in a grey of their own, which is too faint: let them take the page's own colour, in either
# theme, and keep labels clear of the lines behind them.
STYLE = """<style>
.stPlotlyChart :is(.cartesianlayer, .infolayer, .hoverlayer) text { fill: currentColor !important; }
.stVegaLiteChart :is(.role-axis, .role-legend) text { fill: currentColor !important; }
.stPlotlyChart .textpoint text {
  paint-order: stroke; stroke-width: 3px; stroke: light-dark(#fbfaf7, #14171d) !important;
}
[data-testid="stMetricValue"] { font-size: 1.3rem; padding: 0; }
.st-key-written textarea { font-family: "Source Code Pro", monospace; font-size: 0.85rem; }
</style>"""
TREE = (RDF + "type", RDFS + "subClassOf")
MOST_CHOICES = 2000  # a longer list is slow to open and nobody reads it
PLOT = {"modeBarButtons": [["toImage"]], "displaylogo": False, "toImageButtonOptions": {"format": "svg"}}


def show_counts(graph: KnowledgeGraph) -> None:
    """What the graph holds, in numbers and one sentence on its time."""
    vocabulary = graph.vocabulary
    groups = Counter(concept.group for concept in vocabulary.concepts)
    counts = {plural.capitalize(): groups[group] for group, plural in neighbours.PLURAL.items()}
    counts |= {"Predicates": len(vocabulary.predicates), "Facts": len(graph.facts)}
    counts |= {"Episodes": len(vocabulary.instants), "Statements in them": len(graph.episodes)}
    with st.container(horizontal=True, gap="small"):
        for what, n in counts.items():
            if n:
                st.metric(what, f"{n:,}", width="content")
    times = sorted(time for time in vocabulary.times if time)
    if times:
        st.caption(f"The episodes lie between {_day(times[0])} and {_day(times[-1])}.")


def show_neighbourhood(graph: KnowledgeGraph, world: str) -> None:
    """The concepts around one of them: picture, words, and the statements as a table."""
    known = choices(graph, "concept")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        labels = list(known)
        first = first_centre(graph, world, known)
        settle("centre", words(labels), first)
        settle("hops", Nearest((1, 2)), "1")
        settle("most", Nearest(neighbours.MOST), "40")
        centre = st.selectbox(
            "In the middle", labels, index=labels.index(first), key="centre", bind="query-params", width=260
        )
        tensor = choose_part(graph)
        hops = st.segmented_control(
            "Statements away", (1, 2), default=1, required=True, key="hops", bind="query-params"
        )
        most = st.select_slider("Concepts, at most", neighbours.MOST, 40, key="most", bind="query-params", width=200)
    if len(known) < len(graph.vocabulary.concepts):
        st.caption(f"The list holds the {MOST_CHOICES:,} concepts with most statements; click a mark to reach others.")
    number = graph.vocabulary.find(known[centre or first], "concept")
    view = neighbours.neighbours(tensor, graph.vocabulary, number, hops or 1, most)
    told = neighbours.told(view, number, most)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        key = f"ego-{number}-{hops}-{most}-{len(tensor)}"
        st.plotly_chart(
            neighbours.picture(view),
            key=key,
            on_select=lambda: move(key, graph),
            selection_mode="points",
            config=PLOT,
            alt=f"{len(view)} concepts around {view.nodes[number]['label']}; the table beside it says the same.",
        )
    with right:
        st.markdown(told)
        st.caption("An arrow goes from subject to object. Point at its head to read it; click a mark to go there.")
        rows = neighbours.statements(view)
        st.dataframe(
            rows,
            hide_index=True,
            height=min(430, 38 + 35 * max(1, len(rows))),
            column_config={"Times": st.column_config.NumberColumn(help="Once as a fact, and once for each moment.")},
            alt=f"The {len(rows)} statements of the picture.",
        )


def move(key: str, graph: KnowledgeGraph) -> None:
    """The clicked concept comes into the middle."""
    points = st.session_state[key]["selection"]["points"]
    clicked = [point["customdata"] for point in points if point.get("customdata")]
    if clicked:
        number = clicked[0][0] if isinstance(clicked[0], list) else clicked[0]
        concept = graph.vocabulary.concepts[int(number)]
        st.session_state.reached = concept.iri
        st.session_state.centre = next(label for label, iri in choices(graph, "concept").items() if iri == concept.iri)


def choices(graph: KnowledgeGraph, slot: str) -> dict[str, str]:
    """What may be chosen for a slot, from label to IRI; of very many only those with most statements."""
    everything, vocabulary = graph.vocabulary.slot(slot), graph.vocabulary
    if len(everything) <= MOST_CHOICES:
        return names(vocabulary, slot)
    reached = st.session_state.get("reached")
    most = np.sort(np.argsort(-uses(graph, slot), kind="stable")[:MOST_CHOICES]).tolist()
    most += [k for k, row in enumerate(everything) if row.iri == reached and k not in most]
    kept = tuple(everything[k] for k in most)
    if slot == "instant":
        return names(Vocabulary(instants=kept, times=tuple(vocabulary.times[k] for k in most)), slot)
    return names(Vocabulary(predicates=kept) if slot == "predicate" else Vocabulary(concepts=kept), slot)


def uses(graph: KnowledgeGraph, slot: str) -> np.ndarray:
    """In how many statements each row of a slot takes part; a concept as subject or object."""
    tensors = [tensor for tensor in (graph.facts, graph.episodes) if slot != "instant" or "instant" in tensor.axes]
    axes = ("subject", "object") if slot == "concept" else (slot,)
    return np.sum([tensor.counts(axis) for tensor in tensors for axis in axes], axis=0)


def first_centre(graph: KnowledgeGraph, world: str, known: dict[str, str]) -> str:
    """Whom a world is about at first; of a graph of one's own the individual with most statements."""
    subject = FIRST_CUE.get(world, {}).get("subject")
    if subject in known:
        return subject
    counts = uses(graph, "concept")
    individuals = graph.vocabulary.group_ids("entity")
    best = individuals[counts[individuals].argmax()] if len(individuals) else counts.argmax()
    iri = graph.vocabulary.concepts[int(best)].iri
    return next(label for label, known_iri in known.items() if known_iri == iri)


def choose_part(graph: KnowledgeGraph) -> AdjacencyTensor:
    """Facts, episodes or both, as subjects x predicates x objects with time summed out."""
    parts = {"facts": graph.facts, "episodes": graph.episodes}
    held = [part for part, tensor in parts.items() if len(tensor)]
    part = held[0]
    if len(held) == 2:
        settle("part", words(PARTS), "both")
        part = st.segmented_control("Statements", PARTS, key="part", default="both", required=True, bind="query-params")
    if part == "facts":
        return graph.facts
    return graph.episodes.marginal("instant") if part == "episodes" else graph.semantic()


def show_tensor(graph: KnowledgeGraph) -> None:
    """The adjacency tensor: how large and how empty it is, and one slice of it as a heat map."""
    st.markdown(size_told(graph))
    offered = [kind for kind in SLICES if kind != "moment" or len(graph.episodes)]
    settle("slice", words(offered), "predicate")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            "Slice by", offered, key="slice", default="predicate", required=True, bind="query-params"
        )
        tensor = graph.episodes if kind == "moment" else choose_part(graph)
        shown, explained = cut(graph, tensor, kind or "predicate")
    st.markdown(f"{explained} {heatmaps.told(shown)}")
    if not shown.entries:
        return
    alt = f"A heat map of {len(shown.rows)} {shown.axes[0]}s x {len(shown.columns)} {shown.axes[1]}s."
    st.plotly_chart(heatmaps.picture(shown), key="heat", config=PLOT, alt=f"{alt} The table below says the same.")
    table = st.expander("The same as a table", on_change="rerun", key="table")
    if table.open:
        rows = heatmaps.entries(shown)
        table.dataframe(rows, hide_index=True, alt=f"{len(rows):,} cells of the heat map, those of most entries first.")


def cut(graph: KnowledgeGraph, tensor: AdjacencyTensor, kind: str) -> tuple[heatmaps.Slice, str]:
    """The chosen slice, and what its cells mean."""
    vocabulary = graph.vocabulary
    if kind == "groups":
        said = "How many statements each predicate makes, by the groups that it relates."
        return heatmaps.by_group(tensor, vocabulary), said
    slot = {"predicate": "predicate", "subject": "concept", "moment": "instant"}[kind]
    known = choices(graph, slot)
    labels, key = list(known), f"of_{kind}"
    first = fullest(graph, tensor, kind, known)
    settle(key, words(labels), first)
    chosen = st.selectbox(kind.capitalize(), labels, index=labels.index(first), key=key, bind="query-params", width=320)
    number = vocabulary.find(known[chosen or first], slot)
    if kind == "predicate":
        return heatmaps.by_predicate(tensor, vocabulary, number), "Subjects in rows, objects in columns."
    if kind == "subject":
        return heatmaps.by_subject(tensor, vocabulary, number), "Predicates in rows, objects in columns."
    said = "Subjects in rows, objects in columns; point at a cell to read its predicates."
    return heatmaps.by_moment(tensor, vocabulary, number), said


def fullest(graph: KnowledgeGraph, tensor: AdjacencyTensor, kind: str, known: dict[str, str]) -> str:
    """The label of what has most statements, if it is not the class tree's: a slice worth looking at first."""
    axis = "instant" if kind == "moment" else kind
    rows = graph.vocabulary.slot(axis)
    iris = {iri: label for label, iri in known.items()}
    order = np.argsort(-tensor.counts(axis), kind="stable").tolist()
    ranked = [rows[k].iri for k in order if rows[k].iri in iris]
    return iris[next((iri for iri in ranked if iri not in TREE), ranked[0])]


def size_told(graph: KnowledgeGraph) -> str:
    """The size of the tensor, how much of it is stated, and what that takes."""
    c, p, t = (len(x) for x in (graph.vocabulary.concepts, graph.vocabulary.predicates, graph.vocabulary.instants))
    facts = f"Facts fill {c:,} x {p:,} x {c:,} cells (subject, predicate, object), of which {len(graph.facts):,}"
    said = [f"{facts} ({heatmaps.share(len(graph.facts), c * p * c)}) hold something."] if len(graph.facts) else []
    if t:
        n = len(graph.episodes)
        said.append(
            f"Episodes add the moment: {c:,} x {p:,} x {c:,} x {t:,} cells, of which {n:,} "
            f"({heatmaps.share(n, c * p * c * t)}) hold something."
        )
    stored = graph.facts.nbytes + graph.episodes.nbytes
    said.append(f"Only these are stored, in {max(1, stored >> 10):,} kB.")
    return " ".join(said)


def _day(time: str) -> str:
    return time[:16].replace("T", " ")
