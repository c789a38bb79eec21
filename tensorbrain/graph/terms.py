"""Questions that interpretation asks of the terms that were read, answered for all of them at once."""

from collections.abc import Iterable
from functools import cached_property

import numpy as np
import pyoxigraph as ox
from jaxtyping import Bool, Int32

from tensorbrain.graph.names import RDF
from tensorbrain.graph.quads import Quads

IRI, BLANK, LITERAL, QUOTED = range(4)
_KIND = {ox.NamedNode: IRI, ox.BlankNode: BLANK, ox.Literal: LITERAL, ox.Triple: QUOTED}

S, P, O, G = range(4)  # columns of the rows  # noqa: E741


class Terms:
    """The term table of `Quads`, with kinds, IRIs and masks by id.

    >>> from tensorbrain.graph.quads import quads_of
    >>> dog, name = ox.NamedNode("urn:x:dog"), ox.Literal("Rex")
    >>> Terms(quads_of([(dog, dog, name, None)])).kinds
    array([0, 2], dtype=int8)
    """

    def __init__(self, quads: Quads):
        self.terms = quads.terms
        self.kinds = np.fromiter(map(_KIND.__getitem__, map(type, self.terms)), np.int8, len(self.terms))

    def __len__(self) -> int:
        return len(self.terms)

    @cached_property
    def texts(self) -> list[str]:
        """The IRI, ``_:`` and the blank node's name, or the literal's value, by term id."""
        return [
            "" if kind == QUOTED else f"_:{term.value}" if kind == BLANK else term.value  # pyright: ignore
            for kind, term in zip(self.kinds.tolist(), self.terms, strict=True)
        ]

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {text: i for i, (text, kind) in enumerate(zip(self.texts, self.kinds, strict=True)) if kind == IRI}

    def id_of(self, iri: str) -> int:
        """The id of an IRI, or -2 (which no row holds) where it was not read."""
        return self._ids.get(iri, -2)

    def ids_of(self, iris: Iterable[str]) -> Int32[np.ndarray, "found"]:
        """The ids of those IRIs that were read, in the given order."""
        return np.asarray([self._ids[iri] for iri in iris if iri in self._ids], np.int32)

    def mask(self, ids: np.ndarray | Iterable[int]) -> Bool[np.ndarray, "term_or_default"]:
        """True at the given ids; one entry longer than the terms, so that graph -1 finds False at the end."""
        chosen = np.zeros(len(self) + 1, bool)
        chosen[np.asarray(list(ids) if not isinstance(ids, np.ndarray) else ids, np.int64)] = True
        return chosen

    def of_kind(self, kind: int) -> Bool[np.ndarray, "term_or_default"]:
        """True at the terms of one kind; one entry longer than the terms, as in `mask`."""
        return np.append(self.kinds == kind, False)

    def in_namespaces(self, *namespaces: str) -> Bool[np.ndarray, "term_or_default"]:
        """True at the IRIs that begin with one of ``namespaces``; one entry longer than the terms."""
        return np.asarray([*(text.startswith(namespaces) for text in self.texts), False]) & self.of_kind(IRI)

    @cached_property
    def type(self) -> int:
        """The id of rdf:type."""
        return self.id_of(RDF + "type")


def distinct(*ids: np.ndarray) -> Int32[np.ndarray, "found"]:
    """The distinct values of arrays of ids, sorted, in time linear in them and in the largest.

    >>> distinct(np.array([3, 1]), np.array([3]))
    array([1, 3], dtype=int32)
    """
    chosen = np.zeros(max((int(column.max()) + 1 for column in ids if len(column)), default=0), bool)
    for column in ids:
        chosen[column] = True
    return np.flatnonzero(chosen).astype(np.int32)
