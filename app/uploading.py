"""A graph that a visitor brings: read from a folder that is gone afterwards, within bounds, and without the network."""

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import tensorbrain
from tensorbrain.datasets.worlds import load_graph
from tensorbrain.errors import GraphError
from tensorbrain.graph.files import FORMATS
from tensorbrain.graph.knowledge_graph import KnowledgeGraph

MEGABYTES = 20
MOST_STATEMENTS = 300_000
SECONDS = 30
TYPES = [*(suffix[1:] for suffix in FORMATS), "gz"]
LITERALS = ("drop", "keep", "bin")

ALMOST_NOTHING = 64 << 10  # what is so small is read at once: no such file takes longer than a moment
MEMORY = 2 << 30
_two_at_once = threading.BoundedSemaphore(2)

# Some files take minutes or gigabytes although they are small. A process of its own can be ended; a thread cannot.
_APART = f"""
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
except (ImportError, ValueError, OSError):  # not every system has such a limit
    pass
from tensorbrain.cli import main
sys.exit(main())
"""


class Brought(NamedTuple):
    """A file as it was brought: the name that it came with, and its bytes."""

    name: str
    content: bytes


def cleaned(name: str) -> str:
    """A name that may be shown anywhere: letters, digits, spaces and . _ - of its last part, not too long.

    >>> cleaned("../../etc/my family*.ttl"), cleaned("Größen.ttl.gz"), cleaned("///")
    ('my family-.ttl', 'Größen.ttl.gz', 'graph')
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    plain = "".join(c if c.isalnum() or c in " ._-" else "-" for c in last).strip(" .-")
    return (plain if len(plain) <= 48 else plain[:32] + "..." + plain[-13:]) or "graph"


def world_name(names: Sequence[str]) -> str:
    """What a graph of these files is called: the first file's name without its endings, and how many more there are.

    >>> world_name(["family.ttl.gz"]), world_name(["a.nt", "b.nt", "c.nt"])
    ('family', 'a and 2 more')
    """
    first = cleaned(names[0])
    stem = Path(first.removesuffix(".gz")).stem or first
    return stem if len(names) == 1 else f"{stem} and {len(names) - 1} more"


def read(files: Sequence[Brought], literals: str = "drop") -> KnowledgeGraph:
    """The graph of one or several files, under the names that they were brought with.

    Raises GraphError, in one sentence, for what is too large, takes too long, or cannot be read.
    """
    if not files:
        raise GraphError("nothing was brought: choose a file")
    title = world_name([file.name for file in files])
    size = sum(len(file.content) for file in files)
    if size > MEGABYTES << 20:
        raise GraphError(
            f"{title} holds {size / (1 << 20):.0f} MB and the most that is read here is {MEGABYTES} MB: bring a part "
            "of it, or use `tensorbrain train` on a machine of your own"
        )
    places = [f"{title_of_place(number)}{ending(file.name)}" for number, file in enumerate(files, 1)]
    shown = {place: cleaned(file.name) for place, file in zip(places, files, strict=True)}
    with tempfile.TemporaryDirectory(prefix="tensorbrain-") as home:
        folder = Path(home, "brought-files")
        folder.mkdir()
        for place, file in zip(places, files, strict=True):
            (folder / place).write_bytes(file.content)
        source = folder / places[0] if len(places) == 1 else folder
        try:
            if size > ALMOST_NOTHING or any(place.endswith(".gz") for place in places):
                _try_apart(source, literals)
            graph = load_graph(source, literals=literals)
        except GraphError as error:
            raise GraphError(_renamed(str(error), folder, shown, title)) from None
    _refuse_many(graph.report.statements, title)
    names = tuple(shown.get(name, name) for name in graph.report.files)
    passed_over = tuple(shown.get(name, name) for name in graph.report.files_passed_over)
    report = dataclasses.replace(graph.report, files=names, files_passed_over=passed_over)
    return dataclasses.replace(graph, source=title, report=report)


def title_of_place(number: int) -> str:
    """The name under which a file lies on the disk for a moment; that of the visitor never becomes a path."""
    return f"brought-file-{number:04}"


def ending(name: str) -> str:
    """The ending of a graph file's name, as this program writes it; GraphError where it says no format.

    >>> ending("My Family.TTL.gz"), ending("x.jsonld")
    ('.ttl.gz', '.jsonld')
    """
    lower = name.lower()
    packed = ".gz" if lower.endswith(".gz") else ""
    for suffix in FORMATS:
        if lower.removesuffix(".gz").endswith(suffix):
            return suffix + packed
    known = " ".join(FORMATS)
    raise GraphError(f"{cleaned(name)} has no known ending: name it after its format, one of {known} (.gz too)")


def _try_apart(source: Path, literals: str) -> None:
    """Read in a process with bounded time and memory; GraphError, in its words, where that does not succeed."""
    command = [sys.executable, "-P", "-c", _APART, "info", str(source), "--json", "--literals", literals]
    library = str(Path(tensorbrain.__file__).resolve().parents[1])
    path = os.pathsep.join(filter(None, [library, os.environ.get("PYTHONPATH", "")]))
    small = {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    too_much = f"is more than can be read here within {SECONDS} seconds and {MEMORY >> 30} GB of memory"
    try:
        with _two_at_once:
            done = subprocess.run(
                command, capture_output=True, text=True, encoding="utf-8", timeout=SECONDS, env=os.environ | small
            )
    except subprocess.TimeoutExpired:
        raise GraphError(f"{source.name} {too_much}: bring a part of it") from None
    sentence = done.stderr.strip().rpartition("\n")[2].removeprefix("tensorbrain: ")
    if done.returncode == 2 and "does not fit into memory" not in sentence:
        raise GraphError(sentence)
    if done.returncode:
        raise GraphError(f"{source.name} {too_much}: bring a part of it")
    _refuse_many(json.loads(done.stdout)["report"]["statements"], source.name)


def _refuse_many(statements: int, name: str) -> None:
    if statements > MOST_STATEMENTS:
        raise GraphError(
            f"{name} holds {statements:,} statements and the most that are read here are {MOST_STATEMENTS:,}: "
            "bring a part of it, or use `tensorbrain train` on a machine of your own"
        )


def _renamed(sentence: str, folder: Path, shown: dict[str, str], title: str) -> str:
    """A sentence of the reader with the visitor's names for the files in place of where they lay."""
    for place, name in sorted(shown.items(), reverse=True):
        sentence = sentence.replace(f"{folder}{os.sep}{place}", name).replace(place, name)
    return sentence.replace(str(folder), title).replace(folder.name, title)
