"""Readers of graphs: files of every format, scenes, splits, and the answers of an endpoint."""

import gzip
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from unittest.mock import patch

from bad_inputs import brains, graphs

from .readers import Read, Reader, at

LITERALS = '<urn:a> <urn:p> "x"@en, 3, 4.5, "2026-05-03" . [] <urn:p> [] .'
CONTEXT = b'{"@context": {"p": "urn:p", "@vocab": "urn:"}, "@graph": [{"@id": "urn:a", "p": {"@id": "b"}}]}'
TABLES = (
    b"a\tp\tb\nb\tp\tc\n",
    b"a\tp\tb\t2026-05-03\nb\tp\tc\t2026-05-04\n",
    "Zoë\tlikes\thttps://e.org/x\n".encode(),
)
FORMATS = ("ttl", "nt", "nq", "trig", "rdf", "jsonld", "tsv")
PACKED = ("ttl", "nt", "tsv")


def graph(path: Path) -> object:
    """Read a graph, and say all that is said of it."""
    from tensorbrain.datasets.worlds import load_graph
    from tensorbrain.graph import describe

    return describe(load_graph(path, literals="bin"))


def seeds(ending: str) -> tuple[bytes, ...]:
    """A few graphs in a format."""
    import pyoxigraph as ox

    if ending == "tsv":
        return TABLES
    format = ox.RdfFormat.from_extension(ending)
    assert format
    written = (graphs.TOLD, graphs.hostile(), brains.TOWN, LITERALS)
    quads = [list(ox.parse(text, format=ox.RdfFormat.TRIG)) for text in written]
    told = quads if format.supports_datasets else [[quad.triple for quad in each] for each in quads]
    own = {"rdf": (graphs.xml("&a;", '<!ENTITY a "b">'),), "jsonld": (CONTEXT,)}
    return (*(ox.serialize(each, format=format) or b"" for each in told), *own.get(ending, ()))


def scenes() -> tuple[bytes, ...]:
    """Scene graphs in three formats, and the scenes of a film."""
    dog, mat = {"cls": "dog", "bbox": [5, 0, 9, 9]}, {"cls": "mat", "bbox": [0, 5, 20, 12]}
    plain = [["a.jpg", {"objs": [dog, mat], "rels": [{"sub": 0, "obj": 1, "pred": ["on"]}], "width": 64}], [None, None]]
    ends = ({"category": "dog", "bbox": [0, 9, 5, 9]}, {"category": "mat", "bbox": [5, 12, 0, 20]})
    vrd = {"a.jpg": [{"predicate": "on", "subject": ends[0], "object": ends[1]}], "none.jpg": []}
    first = {"object_id": 1, "name": "Dog", "x": 5, "y": 0, "w": 4, "h": 9}
    second = {"object_id": 2, "names": ["mat"], "x": 0, "y": 5, "w": 20, "h": 7}
    genome = [{"image_id": 7, "relationships": [{"predicate": "on", "subject": first, "object": second}]}]
    scene = {"sceneStart": "0:01:45", "location": "Town", "subLocation": "Inn", "characters": [{"name": "Ada"}]}
    film = {"episodes": [{"seasonNum": 1, "episodeNum": 2, "scenes": [scene, {**scene, "sceneStart": "0:02:45"}]}]}
    return tuple(json.dumps(each).encode() for each in (plain, vrd, genome, film))


def split(home: Path) -> Read:
    """Three parts in one text, with a line of dashes between."""

    def read(data: bytes) -> object:
        from tensorbrain.graph.splits import read_splits

        home.mkdir(parents=True, exist_ok=True)
        parts = [*data.split(b"---\n", 2), b"", b""]
        for name, part in zip(("train", "valid", "test"), parts, strict=False):
            (home / f"{name}.tsv").write_bytes(part)
        return read_splits(home)

    return read


SPLITS = (
    b"a\tp\tb\nb\tp\tc\nc\tp\ta\n---\na\tq\tb\n---\nb\tp\ta\n",
    b"a\tp\tb\t2026-01-01\nb\tp\ta\t2026-01-02\n---\na\tp\tc\t2026-01-03\n---\nb\tp\tc\t2026-01-01\n",
)


def endpoint(data: bytes) -> object:
    """The graph of an endpoint that gives these bytes as its second answer, and a count before."""
    from tensorbrain.graph import read_graph, sparql

    count = {"head": {"vars": ["count"]}, "results": {"bindings": [{"count": {"type": "literal", "value": "1"}}]}}
    answers = iter([json.dumps(count).encode(), data, data])
    media = "application/sparql-results+json"
    with patch.object(sparql, "posted", lambda *_, **__: (next(answers, data), media)):
        return read_graph("sparql:http://127.0.0.1:1/query")


def answers() -> tuple[bytes, ...]:
    """A table with one statement, and the answer to another kind of question."""
    row = {name: {"type": "uri", "value": f"urn:{name}"} for name in "spo"}
    row["key"] = {"type": "literal", "value": "0" * 40}
    table = {"head": {"vars": ["s", "p", "o", "g", "key"]}, "results": {"bindings": [row]}}
    return json.dumps(table).encode(), b'{"head": {}, "boolean": true}'


def plain(now: Path, ending: str) -> Reader:
    return Reader(at(now / f"a.{ending}", graph), seeds(ending))


def packed(now: Path, ending: str) -> Reader:
    return Reader(at(now / f"a.{ending}.gz", graph), tuple(gzip.compress(seed, mtime=0) for seed in seeds(ending)))


def readers(good: Path) -> Iterator[tuple[str, Callable[[], Reader]]]:
    """All of these by name."""
    now = good / "now"
    yield from ((ending, partial(plain, now, ending)) for ending in FORMATS)
    yield from ((f"{ending}.gz", partial(packed, now, ending)) for ending in PACKED)
    yield "scenes", lambda: Reader(at(now / "a.json", graph), scenes())
    yield "split", lambda: Reader(split(now / "split"), SPLITS)
    yield "endpoint", lambda: Reader(endpoint, answers())
