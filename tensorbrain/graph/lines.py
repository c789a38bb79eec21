"""N-Triples and N-Quads, a line a statement, read at the speed of splitting text.

pyoxigraph spends most of its time making three Python objects a line. Here lines are cut into pieces of text,
equal pieces are numbered once, and pyoxigraph parses every distinct piece: it still decides what is valid.
"""

import re
from collections import defaultdict
from itertools import chain, count

import numpy as np
import pyoxigraph as ox

from tensorbrain.graph.files import Bytes
from tensorbrain.graph.quads import Quads, Term
from tensorbrain.graph.terms import distinct

_BLOCK = 1 << 20  # small enough that the pieces of a block stay in the processor's cache
_PIECES = re.compile(rb"^(<[^>\s]*>|_:\S+) (<[^>\s]*>) (.*) \.$", re.MULTILINE)


def read_lines(stream: Bytes, format: ox.RdfFormat) -> Quads:
    """The statements of an N-Triples or N-Quads ``stream``; raises SyntaxError, without the place, when it
    is bad.

    >>> import io
    >>> from pathlib import Path
    >>> from tensorbrain.graph.files import GraphFile
    >>> file = GraphFile(Path("a.nt"), "N-Triples", False)
    >>> text = b'<urn:a> <urn:p> <urn:b> .\\n<urn:b> <urn:p> "one \\\\"word\\\\"" .\\n'
    >>> read_lines(Bytes(file, io.BytesIO(text)), ox.RdfFormat.N_TRIPLES).rows
    array([[ 0,  1,  2, -1],
           [ 2,  1,  3, -1]], dtype=int32)
    """
    numbers: defaultdict[bytes, int] = defaultdict(count().__next__)
    blocks = [np.zeros((0, 3), np.int32)]
    waiting: list[bytes] = []
    while block := stream.read(_BLOCK):
        cut = block.rfind(b"\n") + 1
        if cut:
            blocks.append(_numbered(b"".join((*waiting, block[:cut])), numbers, format))
            waiting = []
        waiting.append(block[cut:])
    if rest := b"".join(waiting):
        blocks.append(_numbered(rest + b"\n", numbers, format))
    return _quads(np.concatenate(blocks), list(numbers), format)


def _numbered(text: bytes, numbers: defaultdict[bytes, int], format: ox.RdfFormat) -> np.ndarray:
    """Rows (subject, predicate, the rest of the statement) of piece numbers, one row a statement of
    ``text``.
    """
    lines = text.count(b"\n")
    number = numbers.__getitem__
    if b'"' not in text and text.count(b" .\n") == lines:
        words = text.split()
        if len(words) == 4 * lines and words[3::4].count(b".") == lines:
            columns = [np.fromiter(map(number, words[i::4]), np.int32, lines) for i in range(3)]
            return np.stack(columns, axis=1)
    rows = _PIECES.findall(text)
    if len(rows) != lines:
        rows = _one_by_one(text, format)
    return np.fromiter(map(number, chain.from_iterable(rows)), np.int32, 3 * len(rows)).reshape(-1, 3)


def _one_by_one(text: bytes, format: ox.RdfFormat) -> list[tuple[bytes, ...]]:
    """For a text with comments, empty lines or odd spacing: those lines go through the parser."""
    rows: list[tuple[bytes, ...]] = []
    for line in text[:-1].split(b"\n"):
        if plain := _PIECES.match(line):
            rows.append(plain.groups())
            continue
        for quad in ox.parse(line, format=format):
            graph = getattr(quad, "graph_name", None)
            named = "" if graph is None or isinstance(graph, ox.DefaultGraph) else f" {graph}"
            pieces = (str(quad.subject), str(quad.predicate), f"{quad.object}{named}")
            rows.append(tuple(piece.encode() for piece in pieces))
    return rows


def _quads(pieces: np.ndarray, texts: list[bytes], format: ox.RdfFormat) -> Quads:
    """Parse every distinct piece once, as the end of a statement of its own, and put the numbers together."""
    ids: dict[Term, int] = {}
    number = ids.setdefault
    objects: list[int] = []
    graphs: list[int] = []
    for quad in ox.parse(b"".join([b"<a:> <a:> " + text + b" .\n" for text in texts]), format=format):
        objects.append(number(quad.object, len(ids)))
        graph: Term | ox.DefaultGraph | None = getattr(quad, "graph_name", None)
        graphs.append(-1 if graph is None or isinstance(graph, ox.DefaultGraph) else number(graph, len(ids)))
    terms = tuple(ids)
    of_object, of_graph = np.asarray(objects, np.int32), np.asarray(graphs, np.int32)
    if len(objects) != len(texts):
        raise SyntaxError("a line holds more than one statement")
    subjects, predicates, tails = (pieces[:, i] for i in range(3))
    rows = np.stack([of_object[subjects], of_object[predicates], of_object[tails], of_graph[tails]], axis=1)
    if not all(type(terms[i]) is ox.NamedNode for i in distinct(rows[:, 1]).tolist()):
        raise SyntaxError("a predicate is not an IRI")
    return Quads(terms, rows)
