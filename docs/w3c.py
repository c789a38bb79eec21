"""Write the page of the W3C's tests of RDF 1.1: ``python docs/w3c.py FOLDER`` reads them all, and tells what came back.

FOLDER holds the Turtle and N-Triples tests as the W3C publishes them, in one folder a suite; they do not ship."""

import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from tensorbrain.errors import GraphError
from tensorbrain.graph import read_graph

PAGE = Path(__file__).resolve().parent / "w3c.md"
HEAD = """# The W3C's tests of RDF 1.1

The W3C publishes files that every reader of Turtle and N-Triples has to accept, and files that it has to refuse.
`python docs/w3c.py FOLDER` reads all of them, as `tensorbrain info` would, with every network connection forbidden, and
writes this page. A good file may hold nothing that a brain could remember, such as literals alone: then that is said.
None ended in anything but a graph or one sentence, and the slowest took {slowest:.2f} s.

| suite | files | good, read | good, nothing to remember in it | bad, refused | **good, refused** | **bad, read** |
|---|---:|---:|---:|---:|---:|---:|
{rows}

What a bad file is told, one in twenty:

| suite | file | sentence |
|---|---|---|
{sentences}
"""
# In the suite's folder, but in no list of its tests; they spell a letter as two halves, which RDF 1.1 forbids.
BAD_TOO = {"test-38.nt", "test-38.ttl"}


def main() -> None:
    """Read, then write."""
    if len(sys.argv) != 2 or not (folder := Path(sys.argv[1])).is_dir():
        raise SystemExit("usage: python docs/w3c.py FOLDER, which holds a folder for each suite")
    socket.socket.connect = forbidden  # type: ignore[method-assign]
    tried = {
        suite.name: [outcome(path) for path in files(suite)] for suite in sorted(folder.iterdir()) if suite.is_dir()
    }
    tried = {suite: outcomes for suite, outcomes in tried.items() if outcomes}
    rows, sentences = (list(part) for part in (table(tried), examples(tried)))
    slowest = max(seconds for outcomes in tried.values() for *_, seconds in outcomes)
    PAGE.write_text(
        HEAD.format(slowest=slowest, rows="\n".join(rows), sentences="\n".join(sentences)), encoding="utf-8"
    )
    print("\n".join(rows))


def forbidden(*address: object) -> NoReturn:
    """In the place of a connection."""
    raise AssertionError(f"the network was asked: {address}")


def files(suite: Path) -> list[Path]:
    """What is to be read in a suite: the tests, and the results that some are compared with."""
    return sorted(path for path in suite.iterdir() if path.suffix in (".nt", ".ttl") and path.stem != "manifest")


def outcome(path: Path) -> tuple[str, bool, str, float]:
    """The file, whether it is bad, what was said of it (nothing where it was read), and the seconds."""
    bad, start = "-bad-" in path.name or path.name in BAD_TOO, time.perf_counter()
    try:
        read_graph(path)
        said = ""
    except GraphError as refusal:
        said = str(refusal)
    return path.name, bad, said, time.perf_counter() - start


def table(tried: dict[str, list[tuple[str, bool, str, float]]]) -> Iterator[str]:
    """A row a suite."""
    for suite, outcomes in tried.items():
        empty = [said for _, bad, said, _ in outcomes if not bad and "holds no statements" in said]
        good = [said for _, bad, said, _ in outcomes if not bad and "holds no statements" not in said]
        bad = [said for _, bad, said, _ in outcomes if bad]
        counts = (len(outcomes), good.count(""), len(empty), len(bad) - bad.count(""), len(good) - good.count(""))
        yield f"| {suite} | {' | '.join(str(n) for n in counts)} | {bad.count('')} |"


def examples(tried: dict[str, list[tuple[str, bool, str, float]]]) -> Iterator[str]:
    """Every twentieth sentence about a bad file."""
    for suite, outcomes in tried.items():
        for name, _, said, _ in [each for each in outcomes if each[1] and each[2]][::20]:
            text = "".join(letter if letter.isprintable() else " " for letter in said).replace("|", "\\|")
            yield f"| {suite} | {name} | ``{text[:160]}`` |"


if __name__ == "__main__":
    main()
