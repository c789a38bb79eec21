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
    languages: Counter[str] = Counter()
    wanted = language.lower()
    strength = {terms.id_of(iri): rank for rank, iri in enumerate(LABELS)} if len(rows) else {}
    for subject, predicate, literal in rows[:, :3].tolist():
        term = terms.terms[literal]
        tag = (getattr(term, "language", None) or "").lower()
        languages[tag] += 1
        if tag == wanted:
            fit = 0
        elif tag.startswith(wanted + "-"):
            fit = 1
        else:
            fit = 3 if tag else 2
        text = short_label(terms.texts[literal])
        candidate = (fit, strength[predicate], tag, text)
        if text and (subject not in best or candidate < best[subject]):
            best[subject] = candidate
    return {subject: candidate[3] for subject, candidate in best.items()}, dict(sorted(languages.items()))
