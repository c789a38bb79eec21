"""Which group each concept belongs to: entity, class or attribute."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Int8, Int32

from tensorbrain.errors import SettingsError
from tensorbrain.graph.declarations import declared_classes
from tensorbrain.graph.names import RDFS, local_name
from tensorbrain.graph.terms import IRI, LITERAL, O, P, S, Terms, distinct
from tensorbrain.graph.vocabulary import CONCEPT_GROUPS

ENTITY, CLASS, ATTRIBUTE = range(3)


def grouped(
    rows: Int32[np.ndarray, "statement 4"],
    kept: Int32[np.ndarray, "kept 4"],
    terms: Terms,
    overrides: Mapping[str, str],
) -> Int8[np.ndarray, "term"]:
    """The group of every term (a position in CONCEPT_GROUPS), from all ``rows`` and those that are ``kept``.

    A class is declared one, has members, or stands on either side of rdfs:subClassOf. An attribute is a
    literal, or has a type that is, or descends from, a class of the local name ``Attribute``. Raises
    SettingsError for an IRI in ``overrides`` that was not read, and for an unknown group.

    >>> from tensorbrain.graph.quads import quads_of
    >>> nothing = quads_of([])
    >>> grouped(nothing.rows, nothing.rows, Terms(nothing), {})
    array([], dtype=int8)
    """
    groups = np.zeros(len(terms), np.int8)
    types = kept[kept[:, P] == terms.type]
    parents = kept[kept[:, P] == terms.id_of(RDFS + "subClassOf")]
    attribute_classes = _descendants(_named_attribute(types, parents, terms), parents)
    is_attribute_class = terms.mask(list(attribute_classes))
    groups[types[is_attribute_class[types[:, O]], S]] = ATTRIBUTE
    groups[terms.kinds == LITERAL] = ATTRIBUTE
    for classes in (declared_classes(rows, terms), types[:, O], parents[:, S], parents[:, O]):
        groups[classes] = CLASS
    for iri, group in overrides.items():
        index = terms.id_of(iri)
        if index < 0:
            raise SettingsError(f"groups names {iri}, which is not in this graph: check the IRI")
        if group not in CONCEPT_GROUPS:
            raise SettingsError(f"groups puts {iri} into {group!r}: choose one of {', '.join(CONCEPT_GROUPS)}")
        groups[index] = CONCEPT_GROUPS.index(group)
    return groups


def _named_attribute(types: np.ndarray, parents: np.ndarray, terms: Terms) -> set[int]:
    classes = distinct(types[:, O], parents[:, S], parents[:, O])
    return {c for c in classes.tolist() if terms.kinds[c] == IRI and local_name(terms.texts[c]) == "Attribute"}


def _descendants(roots: set[int], parents: np.ndarray) -> set[int]:
    """The roots and every class below them; a circle in the tree does no harm."""
    children: dict[int, list[int]] = {}
    for child, parent in parents[:, [S, O]].tolist() if roots else ():
        children.setdefault(parent, []).append(child)
    found, frontier = set(roots), list(roots)
    while frontier:
        fresh = [child for child in children.get(frontier.pop(), ()) if child not in found]
        found.update(fresh)
        frontier += fresh
    return found
