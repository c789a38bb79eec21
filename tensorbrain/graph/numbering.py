"""From terms to ids: the vocabulary in its canonical order, and statements as coordinates in it."""

import dataclasses

import numpy as np
from jaxtyping import Int32

from tensorbrain.graph.adjacency import AdjacencyTensor
from tensorbrain.graph.groups import ATTRIBUTE
from tensorbrain.graph.interpretation import Interpretation
from tensorbrain.graph.literals import literal_iri
from tensorbrain.graph.names import RDFS, local_name, short_label
from tensorbrain.graph.terms import LITERAL, G, O, P, S, distinct
from tensorbrain.graph.vocabulary import CONCEPT_GROUPS, Concept, Vocabulary


@dataclasses.dataclass(frozen=True, eq=False)
class Numbering:
    """Vocabulary and tensors, with the pairs of the class tree and the predicates' domains and ranges by
    id.
    """

    vocabulary: Vocabulary
    facts: AdjacencyTensor
    episodes: AdjacencyTensor
    parts: Int32[np.ndarray, "part 2"]
    taxonomy: Int32[np.ndarray, "pair 2"]
    membership: Int32[np.ndarray, "member 2"]
    domains: dict[int, frozenset[int]]
    ranges: dict[int, frozenset[int]]
    labelled: int
    named_by_iri: int


def numbered(found: Interpretation) -> Numbering:
    """Number the kept terms by group and IRI, so that ids do not depend on the order of the file.

    >>> from tensorbrain.graph.interpretation import Settings, interpret
    >>> from tensorbrain.graph.quads import quads_of
    >>> len(numbered(interpret(quads_of([]), Settings())).vocabulary)
    0
    """
    size = len(found.terms) + len(found.literals.bins)
    kept, order = found.kept, found.order

    used = distinct(kept[:, S], kept[:, O]).tolist()
    groups = [*found.groups.tolist(), *[ATTRIBUTE] * len(found.literals.bins)]
    words = {i: _words(found, i) for i in used}
    iris = {i: iri for i, (iri, _) in words.items()}
    by_iri = sorted(used, key=iris.__getitem__)  # plain strings as keys sort several times faster than tuples
    ids = sorted(by_iri, key=groups.__getitem__)
    concepts = tuple(Concept(*words[i], CONCEPT_GROUPS[groups[i]]) for i in ids)
    predicates = sorted((*_words(found, i), i) for i in distinct(kept[:, P]).tolist())
    vocabulary = Vocabulary(
        concepts,
        tuple(Concept(iri, label, "predicate") for iri, label, _ in predicates),
        tuple(Concept(*_words(found, i), "instant") for i in order.graphs),
        order.stamps,
    )
    concept_of = _inverse(ids, size)
    predicate_of = _inverse([row[-1] for row in predicates], size)
    instant_of = _inverse(list(order.graphs), size)

    lived = kept[:, G] >= 0
    spo = np.stack([concept_of[kept[:, S]], predicate_of[kept[:, P]], concept_of[kept[:, O]]], axis=1)
    shape = (len(concepts), len(predicates), len(concepts))
    spot = np.column_stack([spo[lived], instant_of[kept[lived, G]]])

    is_class = np.asarray([c.group == "class" for c in vocabulary.concepts], bool)
    members = _pairs(spo, int(predicate_of[found.terms.type]) if found.terms.type >= 0 else -1)
    child_of = found.terms.id_of(RDFS + "subClassOf")
    parents = _pairs(spo, int(predicate_of[child_of]) if child_of >= 0 else -1)
    parents = parents[is_class[parents].all(axis=1) & (parents[:, 0] != parents[:, 1])]
    rows = [*ids, *(i for _, _, i in predicates)]
    labelled = sum(i in found.labels for i in rows)
    return Numbering(
        vocabulary,
        AdjacencyTensor.from_statements(spo[~lived], shape),
        AdjacencyTensor.from_statements(spot, (*shape, len(order.graphs))),
        _parts(found, instant_of),
        parents,
        members[is_class[members[:, 1]]],
        _classes_of(found, RDFS + "domain", concept_of, predicate_of, is_class),
        _classes_of(found, RDFS + "range", concept_of, predicate_of, is_class),
        labelled,
        len(rows) - labelled,
    )


def _words(found: Interpretation, index: int) -> tuple[str, str]:
    """IRI and label of a term or bin."""
    if index >= len(found.terms):
        return found.literals.bins[index - len(found.terms)]
    text = found.terms.texts[index]
    if found.terms.kinds[index] == LITERAL:
        return literal_iri(found.terms.terms[index]), short_label(text) or '""'  # pyright: ignore
    return text, found.labels.get(index) or short_label(local_name(text)) or text


def _parts(found: Interpretation, instant_of: np.ndarray) -> np.ndarray:
    """The rows (part, whole) of instants, sorted."""
    pairs = sorted((part, whole) for whole, parts in found.parts.items() for part in parts)
    return np.unique(instant_of[np.asarray(pairs, np.int64).reshape(-1, 2)], axis=0).astype(np.int32)


def _inverse(ids: list[int], size: int) -> np.ndarray:
    positions = np.full(size, -1, np.int32)
    positions[np.asarray(ids, np.int64)] = np.arange(len(ids), dtype=np.int32)
    return positions


def _pairs(spo: np.ndarray, predicate: int) -> np.ndarray:
    """The distinct (subject, object) of one predicate's statements, sorted."""
    return np.unique(spo[spo[:, 1] == predicate][:, [0, 2]], axis=0).astype(np.int32).reshape(-1, 2)


def _classes_of(
    found: Interpretation, iri: str, concept_of: np.ndarray, predicate_of: np.ndarray, is_class: np.ndarray
) -> dict[int, frozenset[int]]:
    """By predicate id, the known classes that ``iri`` (rdfs:domain or rdfs:range) states for it."""
    stated = found.all_rows[found.all_rows[:, P] == found.terms.id_of(iri)]
    pairs = np.stack([predicate_of[stated[:, S]], concept_of[stated[:, O]]], axis=1)
    classes: dict[int, set[int]] = {}
    for predicate, concept in pairs[(pairs >= 0).all(axis=1)].tolist():
        if is_class[concept]:
            classes.setdefault(predicate, set()).add(concept)
    return {predicate: frozenset(found_classes) for predicate, found_classes in sorted(classes.items())}
