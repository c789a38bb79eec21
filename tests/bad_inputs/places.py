"""Paths that lead to nothing that can be read, and places where nothing can be written."""

import os
from pathlib import Path

from .case import File

ESCAPES = "a\n\x1b]0;owned\x07\u202eb"


def paths(ending: str) -> tuple[File, ...]:
    """Bad paths that end like a graph, a brain or a picture does."""
    said = {
        "a missing path": f"none{ending}",
        "a missing folder": f"none/none{ending}",
        "a path with ..": f"../none{ending}",
        "a folder in place of a file": f"folder{ending}",
        "a named pipe, to which nobody writes": f"pipe{ending}",
        "a device that never ends": f"zero{ending}",
        "a link that leads to itself": f"loop{ending}",
        "a name of 5,000 characters": "x" * 5000 + ending,
        "a name that is not UTF-8": f"\udcff{ending}",
        "a NUL in a path": f"a\0b{ending}",
        "escapes of a terminal in a path": ESCAPES + ending,
        "an empty path": "",
        "an address, of which nothing is fetched": f"https://example.org/a{ending}",
    }
    endless = [File("a device that never ends", f"zero{other}") for other in (".nt", ".tsv") if ending == ".ttl"]
    return (*(File(kind, name) for kind, name in said.items()), *endless)


def make_places(folder: Path, ending: str) -> None:
    """Those of the paths that are there."""
    (folder / f"folder{ending}").mkdir()
    os.mkfifo(folder / f"pipe{ending}")
    for zero in (ending, *((".nt", ".tsv") if ending == ".ttl" else ())):
        (folder / f"zero{zero}").symlink_to("/dev/zero")
    (folder / f"loop{ending}").symlink_to(folder / f"loop{ending}")


OUTPUTS = (
    File("output into a missing folder", "none/new", b"", "folder"),
    File("output onto a folder", "ring", b"", "folder"),
    File("output onto a named pipe", "pipe"),
    File("output onto a device", "/dev/null"),
    File("output onto a link that leads to itself", "loop", b"", "loop"),
    File("output under a name of 5,000 characters", "x" * 5000),
    File("output under a name with a NUL", "a\0b"),
    File("output into a file as if it were a folder", "town.trig/new"),
)
