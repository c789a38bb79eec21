"""Every reader, with valid inputs to begin with."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "app")]

Read = Callable[[bytes], object]


class Reader(NamedTuple):
    """What is fuzzed: how some bytes are read, and valid ones."""

    read: Read
    seeds: tuple[bytes, ...]


def at(path: Path, read: Callable[[Path], object]) -> Read:
    """Read bytes from a file of this name."""

    def from_file(data: bytes) -> object:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return read(path)

    return from_file


def readers(good: Path) -> Iterator[tuple[str, Callable[[], Reader]]]:
    """All of them by name, each made when it is asked for, in a folder of good inputs that it may change."""
    from . import brain_readers, graph_readers, other_readers

    for module in (graph_readers, brain_readers, other_readers):
        yield from module.readers(good)
