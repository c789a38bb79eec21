"""How fast a graph is read beside pyoxigraph's own parse, and how much memory the tensor takes.

    python benchmarks/reading.py [--statements 200000] [--repeats 5]

Writes N-Triples of its own into a temporary folder. Both readers take turns, so that other work on the
machine falls on both; the ratio is that of the fastest turns."""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyoxigraph

from tensorbrain.graph import AdjacencyTensor, read_graph
from tensorbrain.graph.rdf import read_quads


def write_triples(path: Path, statements: int, entities: int, predicates: int) -> None:
    """Random statements between ``entities``, the same for the same counts."""
    draw = np.random.default_rng(0)
    rows = zip(
        draw.integers(entities, size=statements).tolist(),
        draw.integers(predicates, size=statements).tolist(),
        draw.integers(entities, size=statements).tolist(),
        strict=True,
    )
    base = "https://example.org/"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"<{base}entity/{s}> <{base}predicate/{p}> <{base}entity/{o}> .\n" for s, p, o in rows)


def fastest(readers: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """The shortest time of each reader in seconds, the readers taking turns."""
    best = dict.fromkeys(readers, float("inf"))
    for _ in range(repeats):
        for name, read in readers.items():
            start = time.perf_counter()
            result = read()
            best[name] = min(best[name], time.perf_counter() - start)
            del result
    return best


def main() -> None:
    """Measure and print one line a figure."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--statements", type=int, default=200_000)
    arguments.add_argument("--entities", type=int, default=15_000)
    arguments.add_argument("--predicates", type=int, default=200)
    arguments.add_argument("--repeats", type=int, default=5)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "graph.nt")
        write_triples(path, given.statements, given.entities, given.predicates)
        times = fastest(
            {
                "list(pyoxigraph.parse(...))": lambda: list(pyoxigraph.parse(path=str(path))),
                "statements as ids (read_quads)": lambda: read_quads(path),
                "whole graph (read_graph)": lambda: read_graph(path),
            },
            given.repeats,
        )
    own = times["list(pyoxigraph.parse(...))"]
    print(f"{given.statements:,} N-Triples, {given.entities:,} entities, fastest of {given.repeats} turns")
    for name, seconds in times.items():
        print(f"  {name:<32} {seconds:7.3f} s   {seconds / own:5.2f} x pyoxigraph's own parse")

    draw = np.random.default_rng(0)
    shape = (50_000, 500, 50_000, 2_000)
    rows = np.stack([draw.integers(size, size=1_000_000, dtype=np.int32) for size in shape], axis=1)
    tensor = AdjacencyTensor.from_statements(rows, shape)
    print(f"tensor of {len(tensor):,} statements with instants: {tensor.nbytes / 1e6:.1f} MB (bound: 100 MB)")


if __name__ == "__main__":
    main()
