"""Tables of names: a statement a line, three columns or four, between tabs."""

import re
from collections import defaultdict
from itertools import count
from urllib.parse import quote

import numpy as np
import pyoxigraph as ox

from tensorbrain.errors import GraphError
from tensorbrain.graph.files import Bytes, GraphFile
from tensorbrain.graph.names import PLAIN, iri_of_name
from tensorbrain.graph.quads import Quads, Term

_BLOCK = 8 << 20
_ILLEGAL = re.compile(r"[\x00-\x08\x0b-\x1f]")


def read_table(file: GraphFile, stream: Bytes) -> Quads:
    """Subject, predicate, object and, in a fourth column, the time or name of the episode; one a line.

    Names that are no IRIs become IRIs by percent-encoding. All lines of a file have the same number of
    columns; empty lines are passed over. Raises GraphError, naming the line, for any other number, for an
    empty cell, and for text that is not UTF-8.

    >>> import io
    >>> from pathlib import Path
    >>> file = GraphFile(Path("a.tsv"), "TSV", False)
    >>> read_table(file, Bytes(file, io.BytesIO(b"Ada\\tknows\\tBob\\n"))).terms[1]
    <NamedNode value=urn:tensorbrain:knows>
    """
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    blocks: list[np.ndarray] = []
    width, line_number, rest = 0, 1, b""
    while block := stream.read(_BLOCK):
        cut = block.rfind(b"\n") + 1
        text, rest = (rest + block[:cut], block[cut:]) if cut else (b"", rest + block)
        width = _add(file, text, numbers, blocks, width, line_number)
        line_number += text.count(b"\n")
    width = _add(file, rest, numbers, blocks, width, line_number)
    table = np.concatenate(blocks) if blocks else np.zeros((0, width or 3), np.int32)
    ids: dict[Term, int] = {}
    term_ids = [ids.setdefault(_node(name), len(ids)) for name in numbers]
    rows = np.full((len(table), 4), -1, np.int32)
    rows[:, : table.shape[1]] = np.asarray(term_ids, np.int32)[table] if len(table) else table
    return Quads(tuple(ids), rows)


def _node(name: str) -> ox.NamedNode:
    """The node of a name; one that only looks like an IRI, such as http://[a, is a name as others are."""
    try:
        return ox.NamedNode(iri_of_name(name))
    except ValueError:
        return ox.NamedNode(PLAIN + quote(name, safe=""))


def _add(
    file: GraphFile,
    block: bytes,
    numbers: defaultdict[str, int],
    blocks: list[np.ndarray],
    width: int,
    line_number: int,
) -> int:
    """Number the names of a block of whole lines into ``blocks``; the number of columns of this file so
    far.
    """
    try:
        text = block.decode()
    except UnicodeDecodeError as error:
        line = line_number + block.count(b"\n", 0, error.start)
        raise GraphError(f"{file.name}, line {line}, is not UTF-8 text: save the table as UTF-8") from error
    if not text.strip():
        return width
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    lines = text.removesuffix("\n").split("\n")
    width = width or next(line.count("\t") + 1 for line in lines if line.strip())
    cells = text.removesuffix("\n").replace("\n", "\t").split("\t")
    plain = width in (3, 4) and len(cells) == width * len(lines) and "" not in cells
    if not plain or _ILLEGAL.search(text) or any(line.count("\t") != width - 1 for line in lines):
        lines = _checked(file, lines, width, line_number)
        cells = [cell for line in lines for cell in line.split("\t")]
    table = np.fromiter(map(numbers.__getitem__, cells), np.int32, len(cells)).reshape(-1, width)
    blocks.append(table)
    return width


def _checked(file: GraphFile, lines: list[str], width: int, line_number: int) -> list[str]:
    """The lines that are not empty; raises GraphError at the first that is not a statement."""
    for number, line in enumerate(lines, line_number):
        columns = line.split("\t")
        where = f"{file.name}, line {number},"
        if not line.strip():
            continue
        if _ILLEGAL.search(line):
            raise GraphError(f"{where} holds control characters: give a text table of names between tabs")
        if len(columns) not in (3, 4):
            raise GraphError(
                f"{where} has {len(columns)} columns between tabs: "
                "give subject, predicate, object and, if you like, time"
            )
        if len(columns) != width:
            raise GraphError(f"{where} has {len(columns)} columns where the file began with {width}: use one number")
        if not all(column.strip() for column in columns):
            raise GraphError(f"{where} has an empty column: give every statement all its names")
    return [line for line in lines if line.strip()]
