"""Statements with probabilities, back to RDF: as reifications or as named graphs."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pyoxigraph as ox

from tensorbrain.errors import SettingsError
from tensorbrain.graph.names import PLAIN, RDF, XSD

if TYPE_CHECKING:
    import rdflib

PROBABILITY = "https://tensorbrain.org/ns#probability"
"""The property that gives the probability of a statement or of a graph's statements."""

Decoded = tuple[str, str, str, float]


def dataset_of(quads: Iterable[ox.Quad]) -> "rdflib.Dataset":
    """An rdflib Dataset on an Oxigraph store that holds ``quads``; SPARQL runs on it.

    >>> len(dataset_of([ox.Quad(ox.NamedNode("urn:a"), ox.NamedNode("urn:p"), ox.NamedNode("urn:b"))]))
    1
    """
    import rdflib
    from oxrdflib import OxigraphStore

    store = ox.Store()
    store.bulk_extend(quads)
    return rdflib.Dataset(store=OxigraphStore(store=store), default_union=False)


def to_rdf(
    statements: Sequence[Decoded], form: str = "reification", base: str = PLAIN + "decoded:"
) -> "rdflib.Dataset":
    """Decoded ``statements`` (subject IRI, predicate IRI, object IRI, probability) as an rdflib Dataset.

    ``form`` "reification": each statement becomes an rdf:Statement, ``base`` and its number, with its
    probability; the statement itself is not asserted. "named graphs": each statement stands in a graph of
    its own, of whose name the default graph states the probability. IRIs beginning with ``_:`` become blank
    nodes. Raises SettingsError for another form and for what is no IRI.

    >>> decoded = to_rdf([("urn:x:Sparky", "urn:x:likes", "urn:x:Ball", 0.9)])
    >>> from_rdf(decoded)
    [('urn:x:Sparky', 'urn:x:likes', 'urn:x:Ball', 0.9)]
    """
    if form not in ("reification", "named graphs"):
        raise SettingsError(f"there is no form {form!r}: choose reification or named graphs")
    quads: list[ox.Quad] = []
    for number, (subject, predicate, object_, probability) in enumerate(statements, 1):
        name = _node(f"{base}{number}")
        s, p, o = _node(subject), _node(predicate), _node(object_)
        if not isinstance(p, ox.NamedNode):
            raise SettingsError(f"{predicate} cannot be a predicate: give an IRI")
        value = ox.Literal(repr(float(probability)), datatype=ox.NamedNode(XSD + "double"))
        quads.append(ox.Quad(name, ox.NamedNode(PROBABILITY), value))
        if form == "named graphs":
            quads.append(ox.Quad(s, p, o, name))
        else:
            parts = {"type": ox.NamedNode(RDF + "Statement"), "subject": s, "predicate": p, "object": o}
            quads += [ox.Quad(name, ox.NamedNode(RDF + part), node) for part, node in parts.items()]
    return dataset_of(quads)


def from_rdf(dataset: "rdflib.Dataset") -> list[Decoded]:
    """The statements that `to_rdf` wrote, in either form, sorted by falling probability.

    >>> from_rdf(to_rdf([("urn:a", "urn:p", "urn:b", 0.25)], form="named graphs"))
    [('urn:a', 'urn:p', 'urn:b', 0.25)]
    """
    from rdflib import RDF as R
    from rdflib import Literal, URIRef

    found: list[Decoded] = []
    for name, _, value, _ in dataset.quads((None, URIRef(PROBABILITY), None, None)):
        if not isinstance(value, Literal):
            continue
        parts = tuple(dataset.value(name, part) for part in (R.subject, R.predicate, R.object))
        for s, p, o in [parts] if all(parts) else dataset.graph(URIRef(str(name))):
            found.append((iri_of(s), iri_of(p), iri_of(o), float(value)))
    return sorted(found, key=lambda row: (-row[3], row[:3]))


def iri_of(node: object) -> str:
    """What the vocabulary calls a node of rdflib: its IRI, or ``_:`` and the name of a blank node.

    >>> import rdflib
    >>> iri_of(rdflib.BNode("b1"))
    '_:b1'
    """
    from rdflib import BNode

    return f"_:{node}" if isinstance(node, BNode) else str(node)


def _node(iri: str) -> ox.NamedNode | ox.BlankNode:
    try:
        return ox.BlankNode(iri[2:]) if iri.startswith("_:") else ox.NamedNode(iri)
    except ValueError as error:
        raise SettingsError(f"{iri[:80]!r} is not an IRI: take it from the vocabulary") from error
