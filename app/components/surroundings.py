"""The knowledge graph around what a film speaks of: few nodes, their places, and the statements among them."""

from typing import Any

import networkx
import numpy as np
from components.items import Items

from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.graph.views import layout
from tensorbrain.trace import Trace

MOST = 36  # nodes: more cannot be read
STEPS = 6  # of the layout: the films of a whole class must not wait for it
RUNNERS_UP = 4  # of each window of a concept, so many candidates stand beside those that were taken


def surroundings(trace: Trace, items: Items, graph: KnowledgeGraph | None) -> dict[str, Any]:
    """Nodes [item, x, y] and edges [node, node, predicate item, statement of the film or -1].

    The concepts of the film's statements come first, then the best of their rivals; among them what the film says,
    and what the graph holds: its facts, and of an episodic recall also what it tells of the moment. Places are shares
    of a square.
    """
    nodes = _concepts(trace)
    spoken = {k for s, _, o in trace.ids.tolist() for k in (s, o)}
    said = {(s, p, o): n for n, (s, p, o) in reversed(list(enumerate(trace.ids.tolist())))}
    stated = [*said, *(() if graph is None else _held(trace, graph, nodes))]
    edges = {(s, p, o): said.get((s, p, o), -1) for s, p, o in stated if s in nodes and o in nodes and s != o}
    linked = {k for s, _, o in edges for k in (s, o)}
    nodes = [k for k in nodes if k in linked or k in spoken]  # a rival without a statement here would only float about
    view = networkx.Graph()
    view.add_nodes_from(nodes)
    view.add_edges_from((s, o) for s, _, o in edges)
    places = _spread(layout(view, steps=STEPS)) if nodes else {}
    spot = {k: n for n, k in enumerate(nodes)}
    return {
        "nodes": [[items.number("concept", k), *places[k]] for k in nodes],
        "edges": [[spot[s], spot[o], items.number("predicate", p), n] for (s, p, o), n in edges.items()],
        "known": graph is not None,
    }


def _spread(places: dict[int, tuple[float, float]]) -> dict[int, tuple[float, float]]:
    """The places as shares, half way to even ranks on both axes, so that one outlier does not crowd the others."""
    xy = np.array(list(places.values()))
    ranks = xy.argsort(axis=0).argsort(axis=0) / max(1, len(xy) - 1)
    reach = xy.max(axis=0) - xy.min(axis=0)
    shares = (xy - xy.min(axis=0)) / np.where(reach > 0, reach, 1)
    return {k: (round(float(x), 3), round(float(y), 3)) for k, (x, y) in zip(places, (shares + ranks) / 2, strict=True)}


def _concepts(trace: Trace) -> list[int]:
    taken = [k for s, _, o in trace.ids.tolist() for k in (s, o)]
    windows = [w for w, slot in enumerate(trace.slots) if slot in ("subject", "object")]
    rivals = trace.top_ids[:, windows, :RUNNERS_UP].transpose(2, 0, 1).reshape(-1)  # the best of all windows first
    return list(dict.fromkeys([*taken, *(int(k) for k in rivals if k >= 0)]))[:MOST]


def _held(trace: Trace, graph: KnowledgeGraph, nodes: list[int]) -> list[tuple[int, int, int]]:
    """What the graph holds among the nodes, in the numbers of the trace: its own numbers may be others."""
    words = trace.vocabulary
    number = {concept.iri: k for k, concept in enumerate(graph.vocabulary.concepts)}
    theirs = {number[words.concepts[k].iri]: k for k in nodes if words.concepts[k].iri in number}
    mine = np.array(sorted(theirs), np.int32)
    predicates = {concept.iri: p for p, concept in enumerate(words.predicates)}
    rows = graph.facts.coordinates
    found = rows[np.isin(rows[:, 0], mine) & np.isin(rows[:, 2], mine)]
    moments = {words.instants[int(t)].iri for t in trace.instant if t >= 0}
    if moments:
        instants = [t for t, moment in enumerate(graph.vocabulary.instants) if moment.iri in moments]
        told = graph.episodes.coordinates
        told = told[np.isin(told[:, 3], instants) & np.isin(told[:, 0], mine) & np.isin(told[:, 2], mine)]
        found = np.concatenate([found, told[:, :3]])
    names = graph.vocabulary.predicates
    return [
        (theirs[s], predicates[names[p].iri], theirs[o]) for s, p, o in found.tolist() if names[p].iri in predicates
    ]
