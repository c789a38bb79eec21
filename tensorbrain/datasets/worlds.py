"""The worlds that ship with the library, by name, wherever it is installed."""

import dataclasses
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from tensorbrain.errors import GraphError
from tensorbrain.graph.knowledge_graph import KnowledgeGraph, read_graph
from tensorbrain.graph.scene_files import is_json, read_scenes
from tensorbrain.graph.scene_graphs import scene_graphs
from tensorbrain.graph.sparql import is_endpoint
from tensorbrain.graph.timed_scenes import read_timed_scenes, timed_scenes_graph

_GRAPH_FILES = {"neighbourhood": "neighbourhood.trig", "countries": "countries.ttl"}

WORLDS = tuple(_GRAPH_FILES)
"""The names of the shipped worlds; they work wherever a path to a graph does."""


def world_path(name: str) -> Path:
    """The folder of the shipped world ``name``: in the installed package, or beside it in a clone.

    Raises GraphError for another name, and where the folder is missing.

    >>> world_path("countries").name
    'countries'
    """
    if name not in WORLDS:
        raise GraphError(f"there is no world {name!r}: choose one of {', '.join(WORLDS)}, or give the path of a graph")
    package = Path(__file__).resolve().parents[1]
    for home in (package, package.parent):
        folder = home / "kg_data" / name
        if folder.is_dir():
            return folder
    raise GraphError(f"the world {name} is missing from this installation: install tensorbrain again")


def world_graph(name: str) -> Path:
    """The graph file of the shipped world ``name``; raises GraphError as `world_path` does.

    >>> world_graph("neighbourhood").name
    'neighbourhood.trig'
    """
    return world_path(name) / _GRAPH_FILES.get(name, "")


def shapes_file(name: str = "episodes") -> Path:
    """The SHACL shapes that any graph with ``episodes`` should conform to, or those of the shipped world ``name``.

    Turtle that any SHACL engine reads, under an ending that is no graph's to this library: see
    `docs/how-to/your-own-graph.md`. Raises GraphError as `world_path` does.

    >>> shapes_file().name, shapes_file("countries").name
    ('episodes.shacl', 'shapes.shacl')
    """
    if name == "episodes":
        return Path(__file__).resolve().parents[1] / "graph" / "episodes.shacl"
    return world_path(name) / "shapes.shacl"


def load_graph(
    source: str | Path,
    *,
    labels_language: str = "en",
    literals: str = "drop",
    blank_nodes: str = "keep",
    groups: Mapping[str, str] | None = None,
) -> KnowledgeGraph:
    """Read a shipped world by name, or any graph by path; the arguments are those of `graph.read_graph`.

    A .json file of scene graphs is read as `graph.scene_graphs.read_scene_graphs` does, one of the timed scenes of a
    film as `graph.timed_scenes` does, other .json as JSON-LD. ``sparql:`` and an address is a SPARQL endpoint.
    A ``str`` that names a world is that world; give a `Path` for a file or folder of the same name. Raises
    GraphError, in one sentence, for what cannot be read, and SettingsError for other values of the arguments.

    >>> load_graph("countries").vocabulary.find("Kenya", "subject") >= 0
    True
    """
    read = partial(
        read_graph, labels_language=labels_language, literals=literals, blank_nodes=blank_nodes, groups=groups
    )
    if isinstance(source, str) and source in WORLDS:
        return dataclasses.replace(read(world_graph(source)), source=source)
    if is_endpoint(source):
        return read(source)
    if source == "":  # a path of nothing is the current folder, which nobody named
        raise GraphError("an empty name is no graph: give the name of a world, or the path of a graph")
    path = source
    if isinstance(path, str) and not Path(path).suffix and len(path) < 200 and not Path(path).exists():
        names = ", ".join(WORLDS)
        raise GraphError(f"there is no world and no file {path!r}: choose one of {names}, or give the path of a graph")
    if is_json(path) and not Path(path).is_dir():
        if (found := read_scenes(path)) is not None:
            return scene_graphs(found[0], source=str(path), skipped=found[1], groups=groups).graph
        if (timed := read_timed_scenes(path)) is not None:
            return timed_scenes_graph(timed[0], source=str(path), skipped=timed[1], groups=groups)
    return read(path)
