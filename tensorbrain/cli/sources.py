"""What stands behind the names that the commands are given: shipped worlds and files."""

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tensorbrain.cli.arguments import Reading
from tensorbrain.cli.output import warn
from tensorbrain.errors import BrainFileError

if TYPE_CHECKING:
    from tensorbrain.brain import Brain
    from tensorbrain.graph import KnowledgeGraph
    from tensorbrain.memory import Life

BRAIN_SUFFIX = ".brain.safetensors"


def open_graph(name: str, reading: Reading) -> "KnowledgeGraph":
    """Read the world or path ``name``; its ``source`` is the name as it was given."""
    from tensorbrain.datasets.worlds import load_graph

    return dataclasses.replace(load_graph(name, **vars(reading)), source=name)


def open_brain(name: str) -> "Brain":
    """Load the brain of a shipped world, of a file, or of a life; BrainFileError where there is none."""
    from tensorbrain.checkpoint import load_brain
    from tensorbrain.compilation import set_up
    from tensorbrain.datasets.worlds import WORLDS
    from tensorbrain.journal import is_life

    set_up()
    if name in WORLDS or not is_life(name):
        return load_brain(name)
    from tensorbrain.memory import open_life

    life = open_life(name, write=False)
    for note in life.notes:
        warn(note)
    return life.brain


def go_on_with(folder: str, name: str) -> "Life":
    """Open the life in a folder to go on with it; BrainFileError where it did not begin with the brain ``name``."""
    from tensorbrain.array_file import resolved
    from tensorbrain.memory import open_life

    same = resolved(name) == resolved(folder)
    life = open_life(folder)
    for note in life.notes:
        warn(note)
    if not same:
        given, origin = open_brain(name), ("graph_hash", "source", "seed", "settings")
        if any(getattr(given, which) != getattr(life.brain, which) for which in origin):
            life.close()
            raise BrainFileError(
                f"the life {folder} began with another brain than {name}: name another folder, or give {folder} as "
                "the brain too"
            )
    return life


def recipe(name: str, graph: "KnowledgeGraph | None" = None) -> dict[str, Any]:
    """The arguments that the brain of a shipped world is trained with; scene graphs are decoded as the papers do.

    >>> recipe("town.ttl")
    {}
    """
    if graph is not None and graph.report.scenes:
        return {"settings": {"orders": ["sop"]}}
    from tensorbrain.datasets.worlds import WORLDS, world_path

    file = world_path(name) / "recipe.json" if name in WORLDS else None
    return json.loads(file.read_text(encoding="utf-8")) if file and file.is_file() else {}


def apart(output: str, *read: str | None) -> Path:
    """Where a file is written that is none of what is read: files, or the graph files of a folder; BrainFileError.

    >>> apart("town.brain", "town.ttl", None).name
    'town.brain'
    """
    from tensorbrain.array_file import writable
    from tensorbrain.graph.files import graph_files

    target = writable(output)
    for path in map(Path, filter(None, read)) if target.exists() else ():
        files = [file.path for file in graph_files(path)[0]] if path.is_dir() else [path]
        if any(file.exists() and file.samefile(target) for file in files):
            raise BrainFileError(f"{output} is what is read, and would be written over: name another file")
    return target


def brain_name(graph: str) -> str:
    """The file that a graph's brain is saved to unless another is named.

    >>> brain_name("data/town.ttl.gz"), brain_name("countries")
    ('town.brain.safetensors', 'countries.brain.safetensors')
    """
    path = Path(graph)
    name = path.name or path.resolve().name or "graph"
    if path.is_dir():
        return name + BRAIN_SUFFIX
    return (Path(name.removesuffix(".gz")).stem or name) + BRAIN_SUFFIX
