"""A knowledge graph in a SPARQL endpoint: its statements, page by page, each page the answer to one query."""

import re
from collections.abc import Iterator

import numpy as np
import pyoxigraph as ox

from tensorbrain.errors import GraphError
from tensorbrain.graph.adjacency import row_numbers
from tensorbrain.graph.posting import address_of, posted
from tensorbrain.graph.quads import Quads, Term, quads_of

PREFIX = "sparql:"
"""Before the address of an endpoint, wherever a graph is named."""

PAGE = 10_000
"""Statements in one answer."""

PATIENCE = 60.0
"""Seconds for one answer."""

MOST = 5_000_000
"""An endpoint may hold so many statements and no more."""

_ACCEPT = "application/sparql-results+json"
_EVERYTHING = "{ ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } }"
_NAMED_THINGS = "FILTER(!isBlank(?s) && !isBlank(?o))"
# The hash of a text that no two statements share: IRIs hold no blanks and no quotes, and what has no text is a nameless
# thing. Every server orders forty hexadecimal digits alike, and no name or literal gets into a query.
_KEY = (
    'SHA1(CONCAT(COALESCE(STR(?g), ""), " ", COALESCE(STR(?s), ""), " ", STR(?p), " ", IF(isLiteral(?o), '
    'CONCAT("\\"", STR(?o), "\\"", LANG(?o), "^", STR(DATATYPE(?o))), COALESCE(STR(?o), ""))))'
)
_SHA1 = re.compile("[0-9a-f]{40}")
_Statement = tuple[Term, Term, Term, Term | None]


def is_endpoint(source: object) -> bool:
    """Whether a graph's name asks for an endpoint; a `Path` never does.

    >>> is_endpoint("sparql:http://localhost:7878/query"), is_endpoint("town.ttl")
    (True, False)
    """
    return isinstance(source, str) and source.startswith(PREFIX)


def read_endpoint(source: str, *, blank_nodes: str = "keep") -> Quads:
    """Everything that the endpoint ``sparql:ADDRESS`` holds: the default graph first, and the named graphs.

    The statements come in the order of a key that no two share; each page holds the ``PAGE`` next ones after the last
    key. They are counted before, and must be as many, each once. Named graphs come in the order of their names. Where
    all their statements stand in the default graph too, it is taken for their union, as many servers make it, and
    they are no facts. Blank nodes are told apart within one answer alone: with "keep", a graph that has some and is
    longer than a page is refused.

    Raises GraphError where no endpoint answers or its answer is not whole.

    >>> read_endpoint("sparql:ftp://localhost/query")
    Traceback (most recent call last):
    tensorbrain.errors.GraphError: 'ftp://localhost/query' is no web address: write it as http://host:port/path ...
    """
    from tqdm.auto import tqdm

    address = address_of(source.removeprefix(PREFIX))
    held = _EVERYTHING if blank_nodes == "keep" else f"{_EVERYTHING} {_NAMED_THINGS}"
    count = _count(address, held)
    if count > MOST:
        raise GraphError(
            f"{address} holds {count:,} statements, and at most {MOST:,} are read from an endpoint: export the part "
            "that you need to a file"
        )
    statements: list[_Statement] = []
    with tqdm(total=count, unit=" statements", disable=None, leave=False) as bar:
        for page in _pages(address, held):
            statements += page
            bar.update(len(page))
            if len(page) < count and any(_is_blank(*statement) for statement in page):
                raise GraphError(
                    f"{address} holds nameless things (blank nodes), which cannot be told apart from page to page: "
                    'read it with blank_nodes="skip" (--blank-nodes skip), or export it to a file'
                )
            if len(statements) >= count:
                break
    quads = quads_of(sorted(statements, key=lambda statement: "" if statement[3] is None else str(statement[3])))
    if not len(quads) == len(np.unique(row_numbers(quads.rows))) == count:
        raise GraphError(
            f"{address} counts {count:,} statements and gave {len(quads):,}, not each of them once: it changed "
            "meanwhile, or its order is not stable; try again, or export it to a file"
        )
    return _without_union(quads)


def _pages(address: str, held: str) -> Iterator[list[_Statement]]:
    """One page after the other, until one is empty or holds nothing new."""
    after = ""
    while True:
        later = f'FILTER(?key > "{after}")' if after else ""
        rows = _asked(
            address,
            f"SELECT DISTINCT ?s ?p ?o ?g ?key {{ {held} BIND({_KEY} AS ?key) {later} }} ORDER BY ?key LIMIT {PAGE}",
        )
        page = [_statement(address, row) for row in rows]
        keys = [row["key"].value for row in rows]
        if not rows or keys[-1] == after:
            return
        if not all(map(_SHA1.fullmatch, keys)):
            raise GraphError(_foreign(address, "keys that are no hashes"))
        after = keys[-1]
        yield page


def _count(address: str, held: str) -> int:
    rows = _asked(address, f"SELECT (COUNT(*) AS ?count) {{ SELECT DISTINCT ?s ?p ?o ?g {{ {held} }} }}")
    try:
        (row,) = rows
        return int(row["count"].value)
    except (AttributeError, ValueError) as error:
        raise GraphError(_foreign(address, "no count")) from error


def _asked(address: str, query: str) -> list[ox.QuerySolution]:
    """The rows with which an endpoint answers a query."""
    data, kind = posted(address, {"query": query}, accept=_ACCEPT, seconds=PATIENCE)
    format = ox.QueryResultsFormat.from_media_type(kind)
    if format != ox.QueryResultsFormat.JSON:
        raise GraphError(_foreign(address, kind))
    try:
        results = ox.parse_query_results(data, format)
        if not isinstance(results, ox.QuerySolutions):
            raise GraphError(_foreign(address, "no table"))
        return list(results)
    except (SyntaxError, ValueError) as error:
        begun = data.lstrip().startswith(b"{") and not data.rstrip().endswith(b"}")
        words = " ".join(str(error.args[0]).split())
        reason = "its answer is cut off" if begun else f"its answer is damaged: {words}"[:160]
        raise GraphError(f"{address} cannot be read ({reason}): try again, or export it to a file") from error


def _foreign(address: str, what: str) -> str:
    return (
        f"{address} is no SPARQL endpoint, or none that answers in JSON (it answers with {what[:60]}): give the "
        "address at which queries are asked, often one that ends in /query or /sparql"
    )


def _statement(address: str, row: ox.QuerySolution) -> _Statement:
    s, p, o, g, key = (row[name] for name in ("s", "p", "o", "g", "key"))
    named = ox.NamedNode | ox.BlankNode
    whole = isinstance(s, named | ox.Triple) and isinstance(p, ox.NamedNode) and o is not None
    if not (whole and isinstance(g, named | None) and isinstance(key, ox.Literal)):
        raise GraphError(_foreign(address, "what are no statements"))
    return s, p, o, g  # pyright: ignore[reportReturnType]


def _is_blank(s: Term, p: Term, o: Term, g: Term | None) -> bool:
    return ox.BlankNode in (type(s), type(o), type(g))


def _without_union(quads: Quads) -> Quads:
    """Without those facts that a default graph has only because it is the union of all named graphs."""
    named = quads.rows[:, 3] >= 0
    numbers = row_numbers(quads.rows[:, :3])
    told = np.isin(numbers, numbers[named]) & ~named
    if not named.any() or len(np.unique(numbers[named])) > told.sum():
        return quads
    return Quads(quads.terms, quads.rows[~told])
