"""Which of a resource's labels a person reads."""

from collections import Counter

import numpy as np
from jaxtyping import Bool, Int32

from tensorbrain.graph.names import RDFS, SCHEMA, SKOS, short_label
from tensorbrain.graph.terms import LITERAL, O, P, Terms

LABELS = {
    RDFS + "label": "rdfs:label",
    SKOS + "prefLabel": "skos:prefLabel",
    **{name + "name": "schema:name" for name in SCHEMA},
}
"""The predicates that give labels, the strongest first."""


def label_rows(rows: Int32[np.ndarray, "statement 4"], terms: Terms) -> Bool[np.ndarray, "statement"]:
    """True at the statements that give a label: one of LABELS with a literal.

    >>> import pyoxigraph as ox
    >>> from tensorbrain.graph.quads import quads_of
    >>> rex = quads_of([(ox.NamedNode("urn:x:r"), ox.NamedNode(RDFS + "label"), ox.Literal("Rex"), None)])
    >>> label_rows(rex.rows, Terms(rex))
    array([ True])
    """
    return terms.mask(terms.ids_of(LABELS))[rows[:, P]] & terms.of_kind(LITERAL)[rows[:, O]]


def chosen_labels(
    rows: Int32[np.ndarray, "label 4"], terms: Terms, language: str
) -> tuple[dict[int, str], dict[str, int]]:
    """The label of each term that has one, and how many labels there are by language (``""`` for none).

    ``rows`` are those of `label_rows`. The asked ``language`` comes first, then its dialects, then labels
    without a language, then any; within the same, rdfs:label before skos:prefLabel before schema:name.

    >>> chosen_labels(np.zeros((0, 4), np.int32), Terms.__new__(Terms), "en")
    ({}, {})
    """
    best: dict[int, tuple[int, int, str, str]] = {}
    tags: Counter[str] = Counter()
    strength = {terms.id_of(iri): rank for rank, iri in enumerate(LABELS)} if len(rows) else {}
    fits: dict[str, int] = {}
    for subject, predicate, literal in rows[:, :3].tolist():
        text = terms.texts[literal]
        tag: str = terms.terms[literal].language or ""  # pyright: ignore
        tags[tag] += 1
        if tag not in fits:
            fits[tag] = _fit(tag.lower(), language.lower())
        candidate = (fits[tag], strength[predicate], tag, text)
        if (subject not in best or candidate < best[subject]) and text and not text.isspace():
            best[subject] = candidate
    languages: Counter[str] = Counter()
    for tag, count in tags.items():
        languages[tag.lower()] += count
    return {subject: short_label(candidate[3]) for subject, candidate in best.items()}, dict(sorted(languages.items()))


def _fit(tag: str, wanted: str) -> int:
    """How well a language tag suits the wanted one; 0 is best."""
    if tag == wanted:
        return 0
    if tag.startswith(wanted + "-"):
        return 1
    return 3 if tag else 2
