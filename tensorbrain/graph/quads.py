"""What was read, before it is understood: distinct RDF terms and statements as rows of their ids."""

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np
import pyoxigraph as ox
from jaxtyping import Int32

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

DEFAULT_GRAPH = -1


@dataclasses.dataclass(frozen=True, eq=False)
class Quads:
    """Statements in document order: rows (subject, predicate, object, graph) of positions in ``terms``.

    Each term stands once in ``terms``; graph -1 is the default graph.

    >>> dog, barks = ox.NamedNode("urn:x:dog"), ox.NamedNode("urn:x:barksAt")
    >>> quads_of([(dog, barks, dog, None)]).rows
    array([[ 0,  1,  0, -1]], dtype=int32)
    """

    terms: tuple[Term, ...]
    rows: Int32[np.ndarray, "statement 4"]

    def __len__(self) -> int:
        return len(self.rows)

    def to_oxigraph(self) -> Iterable[ox.Quad]:
        """The statements as pyoxigraph quads, one at a time.

        >>> dog = ox.NamedNode("urn:x:dog")
        >>> next(iter(quads_of([(dog, dog, dog, None)]).to_oxigraph())).graph_name
        <DefaultGraph>
        """
        terms, default = self.terms, ox.DefaultGraph()
        for s, p, o, g in self.rows.tolist():
            yield ox.Quad(terms[s], terms[p], terms[o], default if g < 0 else terms[g])  # pyright: ignore


def quads_of(statements: Iterable[tuple[Term, Term, Term, Term | None]]) -> Quads:
    """Number the terms of ``statements`` (subject, predicate, object, graph or None) in order of appearance.

    >>> len(quads_of([]))
    0
    """
    ids: dict[Term, int] = {}
    number = ids.setdefault
    rows = [
        (
            number(s, len(ids)),
            number(p, len(ids)),
            number(o, len(ids)),
            -1 if g is None else number(g, len(ids)),
        )
        for s, p, o, g in statements
    ]
    return Quads(tuple(ids), np.asarray(rows, np.int32).reshape(-1, 4))


def joined(parts: Sequence[Quads]) -> Quads:
    """One table from several files: equal terms become one, blank nodes stay apart and are numbered b1, b2,
    ...

    >>> here, there = (quads_of([(ox.BlankNode("x"), ox.NamedNode("urn:p"), ox.NamedNode("urn:o"), None)])
    ...                for _ in range(2))
    >>> joined([here, there]).rows[:, 0], joined([here, there]).terms[0]
    (array([0, 3], dtype=int32), <BlankNode value=b1>)
    """
    ids: dict[Term, int] = {}
    rows: list[np.ndarray] = []
    blanks = 0
    for part in parts:
        renamed: list[Term] = list(part.terms)
        for i, term in enumerate(renamed):
            if type(term) is ox.BlankNode:
                blanks += 1
                renamed[i] = ox.BlankNode(f"b{blanks}")
        if len(parts) == 1:
            return Quads(tuple(renamed), part.rows)
        new_ids = np.asarray([*(ids.setdefault(term, len(ids)) for term in renamed), -1], np.int32)
        rows.append(new_ids[part.rows])
    table = np.concatenate(rows) if rows else np.zeros((0, 4), np.int32)
    return Quads(tuple(ids), table)
