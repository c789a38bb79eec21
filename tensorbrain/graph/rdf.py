"""RDF files of every format, by pyoxigraph: from bytes to `Quads`, or to one clear sentence."""

import itertools
import json
import re
from collections.abc import Callable, Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import pyoxigraph as ox

from tensorbrain.errors import GraphError
from tensorbrain.graph.files import Bytes, GraphFile, graph_files, opened
from tensorbrain.graph.lines import read_lines
from tensorbrain.graph.names import BASE
from tensorbrain.graph.quads import Quads, Term, joined
from tensorbrain.graph.tables import read_table
from tensorbrain.graph.xml import as_utf8, bounded

_PARSERS = {
    "Turtle": ox.RdfFormat.TURTLE,
    "N-Triples": ox.RdfFormat.N_TRIPLES,
    "N-Quads": ox.RdfFormat.N_QUADS,
    "TriG": ox.RdfFormat.TRIG,
    "RDF/XML": ox.RdfFormat.RDF_XML,
    "JSON-LD": ox.RdfFormat.JSON_LD,
}
_LINES = ("N-Triples", "N-Quads")
_PARTS: dict[bool, Callable[[Any], tuple[Any, ...]]] = {
    False: attrgetter("subject", "predicate", "object"),
    True: attrgetter("subject", "predicate", "object", "graph_name"),
}


def read_quads(source: str | Path) -> tuple[Quads, list[GraphFile], list[str]]:
    """Everything that the file or folder ``source`` states, its files, and the names passed over.

    Raises GraphError where there is nothing to read or a file cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "town.ttl")
    ...     _ = path.write_text("<urn:Sparky> a <urn:Dog> .")
    ...     quads, files, passed_over = read_quads(path)
    >>> len(quads), files[0].format
    (1, 'Turtle')
    """
    files, passed_over = graph_files(source)
    return joined([read_file(file) for file in files]), files, passed_over


def read_file(file: GraphFile) -> Quads:
    """The statements of one file; raises GraphError, with the line where it is known.

    >>> read_file(GraphFile(Path("missing.tsv"), "TSV", False))
    Traceback (most recent call last):
    tensorbrain.errors.GraphError: missing.tsv cannot be opened (No such file or directory): ...
    """
    if file.format in _LINES:
        try:
            with opened(file) as stream:
                return read_lines(stream, _PARSERS[file.format])
        except SyntaxError:
            pass  # the plain parser below says what is wrong, and where
    with opened(file) as stream:
        if file.format == "TSV":
            return read_table(file, stream)
        try:
            if file.format == "RDF/XML":
                return _of_xml(file, stream.read())
            return _parsed(stream, _PARSERS[file.format])
        except SyntaxError as error:
            raise GraphError(_explained(file, error)) from error
        except (ValueError, RecursionError) as error:
            raise GraphError(f"{file.name} is not {file.format}: {_reason(error)}; check the file") from error


def _parsed(data: Bytes | bytes, format: ox.RdfFormat) -> Quads:
    ids: dict[Term, int] = {}
    number, default = ids.setdefault, ox.DefaultGraph()
    numbers: list[int] = []
    add = numbers.append
    with_graphs = format.supports_datasets
    parts = _PARTS[with_graphs]
    last_graph: Any = default
    graph_number = -1
    for parsed in map(parts, ox.parse(data, format=format, base_iri=BASE)):  # pyright: ignore[reportArgumentType]
        add(number(parsed[0], len(ids)))
        add(number(parsed[1], len(ids)))
        add(number(parsed[2], len(ids)))
        if with_graphs and parsed[3] != last_graph:
            last_graph = parsed[3]
            graph_number = -1 if last_graph == default else number(last_graph, len(ids))
        add(graph_number)
    return Quads(tuple(ids), np.asarray(numbers, np.int32).reshape(-1, 4))


def _of_xml(file: GraphFile, data: bytes) -> Quads:
    start = data[:4096].lstrip()
    if file.path.name.removesuffix(".gz").endswith(".owl") and not start.startswith(b"<"):
        # Ontologies are often Turtle under the name .owl; XML begins with an angle bracket.
        return _parsed(data, ox.RdfFormat.TURTLE)
    return _parsed(bounded(file.name, as_utf8(file.name, data)), ox.RdfFormat.RDF_XML)


def _explained(file: GraphFile, error: SyntaxError) -> str:
    if "remote contexts" in str(error):
        address = _remote_context(file)
        return (
            f"{file.name} takes its @context from {address}, and nothing is fetched from the network: "
            "write the context into the file"
        )
    line = f", line {error.lineno}," if error.lineno else ""
    return f"{file.name}{line} is not valid {file.format}: {_reason(error)}; mend the file or its extension"


def _reason(error: Exception) -> str:
    """The parser's words on one line, without the place that the sentence gives already."""
    words = re.sub(r"^Parser error (at|between) .*?: | \(line \d+\)$", "", str(error))
    words = re.sub(r"[^\x20-\x7e\xa0-\U0010ffff]+", " ", words).strip()
    return f"{words[:160]}…" if len(words) > 160 else words or type(error).__name__


def _remote_context(file: GraphFile) -> str:
    """The first address that the @context entries of a JSON-LD file point to."""
    try:
        with opened(file) as stream:
            found = _contexts(json.loads(stream.read()))
        return next(itertools.islice(found, 1), "another address")
    except (ValueError, RecursionError):
        return "another address"


def _contexts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        context = node.get("@context")
        for entry in context if isinstance(context, list) else [context]:
            address = entry.get("@import") if isinstance(entry, dict) else entry
            if isinstance(address, str):
                yield address
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _contexts(child)
