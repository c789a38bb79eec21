"""Small networkx views of large graphs: a neighbourhood, a path, places on paper."""

from typing import TYPE_CHECKING

import numpy as np

from tensorbrain.errors import SettingsError
from tensorbrain.graph.adjacency import AdjacencyTensor
from tensorbrain.graph.vocabulary import Vocabulary

if TYPE_CHECKING:
    import networkx


def ego_graph(
    tensor: AdjacencyTensor, vocabulary: Vocabulary, around: int, hops: int = 1, limit: int = 200
) -> "networkx.MultiDiGraph[int]":
    """What lies within ``hops`` statements of concept ``around``, in either direction, at most ``limit``
    concepts.

    Nodes are concept ids with ``label``, ``group``, ``iri`` and ``hop``; edges have the predicate id as
    key, with ``label`` and ``weight`` (summed over time). Nearer concepts come first, within a hop those
    with more weight. Raises SettingsError for an ``around`` outside the vocabulary.

    >>> from tensorbrain.graph.knowledge_graph import example_graph
    >>> example = example_graph()
    >>> sorted(ego_graph(example.facts, example.vocabulary, around=2).nodes)
    [0, 2]
    """
    import networkx

    if not 0 <= around < len(vocabulary.concepts):
        raise SettingsError(f"there is no concept number {around}: the vocabulary holds {len(vocabulary.concepts)}")
    flat = tensor.marginal("instant") if "instant" in tensor.axes else tensor
    s, p, o = flat.coordinates.T
    near = {around: 0}
    for hop in range(1, hops + 1):
        inside = np.zeros(flat.shape[0], bool)
        inside[list(near)] = True
        weight = np.bincount(o[inside[s]], flat.values[inside[s]], flat.shape[0])
        weight = weight + np.bincount(s[inside[o]], flat.values[inside[o]], flat.shape[0])
        weight[inside] = 0
        ranked = np.argsort(-weight, kind="stable")[: max(limit - len(near), 0)]
        near.update((int(i), hop) for i in ranked if weight[i] > 0)
    view = networkx.MultiDiGraph()
    for index, hop in near.items():
        concept = vocabulary.concepts[index]
        view.add_node(index, label=concept.label, group=concept.group, iri=concept.iri, hop=hop)
    chosen = np.zeros(flat.shape[0], bool)
    chosen[list(near)] = True
    for row in np.flatnonzero(chosen[s] & chosen[o]).tolist():
        predicate = int(p[row])
        words = vocabulary.predicates[predicate].label
        view.add_edge(int(s[row]), int(o[row]), key=predicate, label=words, weight=float(flat.values[row]))
    return view


def connection(tensor: AdjacencyTensor, start: int, end: int) -> list[int]:
    """The concepts on a shortest way from ``start`` to ``end``, whatever the direction; empty where none
    leads there.

    >>> from tensorbrain.graph.knowledge_graph import example_graph
    >>> connection(example_graph().facts, 1, 2)
    [1, 0, 2]
    """
    from scipy.sparse.csgraph import shortest_path

    _, previous = shortest_path(
        tensor.to_scipy(), directed=False, unweighted=True, indices=[start], return_predecessors=True
    )
    way = [end]
    while way[-1] != start:
        before = int(previous[0, way[-1]])
        if before < 0:
            return []
        way.append(before)
    return way[::-1]


def layout(view: "networkx.Graph[int]", seed: int = 0, *, steps: int = 20) -> dict[int, tuple[float, float]]:
    """A place (x, y) in [-1, 1] for every node, the same for the same ``seed``; more ``steps`` spread them better.

    The graph's smoothest eigenvectors lay it out roughly, then springs part what they put in one place. From there six
    steps cross fewer edges than fifty from places by chance.

    >>> from tensorbrain.graph.knowledge_graph import example_graph
    >>> example = example_graph()
    >>> len(layout(ego_graph(example.facts, example.vocabulary, around=0)))
    3
    """
    import networkx

    graph, dice = networkx.Graph(view), np.random.default_rng(seed)
    start = {node: place + dice.normal(0, 0.01, 2) for node, place in networkx.spectral_layout(graph).items()}
    places = networkx.spring_layout(graph, pos=start, seed=seed, iterations=steps)
    return {node: (float(x), float(y)) for node, (x, y) in places.items()}
