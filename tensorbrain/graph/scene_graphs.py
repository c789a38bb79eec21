"""Scene graphs as a knowledge graph: pictures are instants, their objects individuals, what relates them episodes."""

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pyoxigraph as ox
from jaxtyping import Float32

from tensorbrain.errors import GraphError
from tensorbrain.graph.interpretation import Settings
from tensorbrain.graph.knowledge_graph import KnowledgeGraph, graph_of
from tensorbrain.graph.names import PLAIN, RDF
from tensorbrain.graph.quads import Term, quads_of
from tensorbrain.graph.scene_files import Scene, read_scenes, scene_names

_TYPE = ox.NamedNode(RDF + "type")


@dataclasses.dataclass(frozen=True, eq=False)
class SceneGraphs:
    """Annotated pictures: the ``graph`` of what they show, and where in the pictures it is.

    ``boxes`` (concept, 4) are x0, y0, x1, y1 in pixels, not a number for concepts that are no objects of a picture;
    ``sizes`` (instant, 2) the pictures' widths and heights; ``skipped`` counts what the file holds and could not be
    used, by reason. ``scenes`` are the same pictures before they became a graph.
    """

    graph: KnowledgeGraph
    scenes: tuple[Scene, ...]
    boxes: Float32[np.ndarray, "concept 4"]
    sizes: Float32[np.ndarray, "instant 2"]
    skipped: Mapping[str, int]


def read_scene_graphs(
    path: str | Path, *, images: slice = slice(None), groups: Mapping[str, str] | None = None
) -> SceneGraphs:
    """Read a scene-graph file: VRD's annotation JSON, Visual Genome's relationships, or a plain list; each also .gz.

    Every object becomes an individual such as "dog 2 in a.jpg", a member of its class; every picture with a relation
    an instant; its relations the instant's episode. ``images`` chooses among the file's entries by position, as in
    ``slice(4000)`` for the first 4,000. What cannot be used is left out and counted in ``skipped``. Raises GraphError
    for other files and where no relation can be used, SettingsError for unknown ``groups`` as `read_graph` does.

    >>> import json, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "one.json")
    ...     told = {"objs": [{"cls": "dog", "bbox": [5, 0, 9, 9]}, {"cls": "mat", "bbox": [0, 5, 20, 9]}],
    ...             "rels": [{"sub": 0, "obj": 1, "pred": ["lies on"]}]}
    ...     _ = file.write_text(json.dumps([["a.jpg", told], [None, None]]))
    ...     pictures = read_scene_graphs(file)
    >>> words = pictures.graph.vocabulary
    >>> words.label("subject", 0), words.label("instant", 0), pictures.boxes[0].tolist(), pictures.skipped
    ('dog 1 in a.jpg', 'a.jpg', [5.0, 0.0, 9.0, 9.0], {'images that are null': 1})
    """
    path = Path(path)
    found = read_scenes(path, images)
    if found is None:
        raise GraphError(
            f"{path.name} holds no scene graphs: give the annotations of VRD, the relationships of Visual Genome, "
            'or a list of [image, {"objs": [...], "rels": [...]}]'
        )
    scenes, skipped = found
    return scene_graphs(scenes, source=str(path), skipped=skipped, groups=groups)


def scene_graphs(
    scenes: Sequence[Scene],
    *,
    source: str = "scenes",
    skipped: Mapping[str, int] | None = None,
    groups: Mapping[str, str] | None = None,
) -> SceneGraphs:
    """The knowledge graph of ``scenes``, with boxes and sizes in its numbering; GraphError where nothing is related.

    >>> boxes = np.array([[5, 0, 9, 9], [0, 5, 20, 9]], np.float32)
    >>> pictures = scene_graphs([Scene("a.jpg", (20.0, 10.0), ("dog", "mat"), boxes, ((0, "lies on", 1),))])
    >>> pictures.graph.episodes.coordinates.tolist(), pictures.sizes.tolist()
    ([[0, 1, 1, 0]], [[20.0, 10.0]])
    """
    skipped = dict(skipped or {})
    name = Path(source).name
    if not any(scene.relations for scene in scenes):
        why = f" ({', '.join(f'{n} {what}' for what, n in skipped.items())})" if skipped else ""
        raise GraphError(f"{name} relates no two objects in a way that can be used{why}: mend the annotations")
    names = scene_names(scenes)
    individuals = [_individuals(scene, name) for scene, name in zip(scenes, names, strict=True)]
    quads = quads_of(_statements(scenes, names, individuals))
    graph = graph_of(quads, Settings(groups=dict(groups or {})), source, (name,), ())
    graph = dataclasses.replace(graph, report=dataclasses.replace(graph.report, scenes=len(scenes), left_out=skipped))
    words = graph.vocabulary
    concept = {c.iri: i for i, c in enumerate(words.concepts)}
    instant = {c.iri: i for i, c in enumerate(words.instants)}
    boxes = np.full((len(words.concepts), 4), np.nan, np.float32)
    sizes = np.full((len(words.instants), 2), np.nan, np.float32)
    for scene, name, nodes in zip(scenes, names, individuals, strict=True):
        boxes[[concept[node.value] for node in nodes]] = scene.boxes
        if scene.relations:
            sizes[instant[_node(name).value]] = scene.size
    return SceneGraphs(graph, tuple(scenes), boxes, sizes, skipped)


def _individuals(scene: Scene, picture: str) -> list[ox.NamedNode]:
    """A node for each object, called after its class, its number among the objects of that class, and the picture."""
    numbers: Counter[str] = Counter()
    nodes = []
    for of_class in scene.classes:
        numbers[of_class] += 1
        nodes.append(_node(f"{of_class} {numbers[of_class]} in {picture}"))
    return nodes


def _statements(
    scenes: Sequence[Scene], names: Sequence[str], individuals: Sequence[Sequence[ox.NamedNode]]
) -> Iterator[tuple[Term, Term, Term, Term | None]]:
    for scene, name, nodes in zip(scenes, names, individuals, strict=True):
        for node, of_class in zip(nodes, scene.classes, strict=True):
            yield node, _TYPE, _node(of_class), None
        for s, predicate, o in scene.relations:
            yield nodes[s], _node(predicate), nodes[o], _node(name)


def _node(name: str) -> ox.NamedNode:
    return ox.NamedNode(PLAIN + quote(name, safe="", errors="replace"))
