"""Statements of RDFS and OWL that say how to read the others: used for the vocabulary, not remembered."""

import numpy as np
from jaxtyping import Bool, Int32

from tensorbrain.graph.names import OWL, RDF, RDFS
from tensorbrain.graph.terms import BLANK, IRI, G, O, P, S, Terms

CLASS_TYPES = (OWL + "Class", RDFS + "Class", OWL + "DeprecatedClass")

DECLARING = tuple(RDFS + name for name in ("domain", "range", "subPropertyOf", "isDefinedBy")) + tuple(
    OWL + name
    for name in (
        "imports",
        "versionIRI",
        "versionInfo",
        "priorVersion",
        "backwardCompatibleWith",
        "incompatibleWith",
        "inverseOf",
        "equivalentProperty",
        "propertyDisjointWith",
        "propertyChainAxiom",
        "hasKey",
        "deprecated",
    )
)


def declaration_rows(
    rows: Int32[np.ndarray, "statement 4"], terms: Terms, graph_names: Bool[np.ndarray, "term_or_default"]
) -> Bool[np.ndarray, "statement"]:
    """True at the types of RDF, RDFS and OWL, at DECLARING predicates, and at all that is said of an
    ontology.

    In the default graph, the type of a named graph counts too.

    >>> import pyoxigraph as ox
    >>> from tensorbrain.graph.quads import quads_of
    >>> dog, a, owl_class = map(ox.NamedNode, ("urn:x:Dog", RDF + "type", OWL + "Class"))
    >>> dog = quads_of([(dog, a, owl_class, None)])
    >>> declaration_rows(dog.rows, Terms(dog), Terms(dog).mask([]))
    array([ True])
    """
    typed = rows[:, P] == terms.type
    built_in = terms.in_namespaces(RDF, RDFS, OWL)[rows[:, O]]
    ontologies = terms.mask(rows[typed & (rows[:, O] == terms.id_of(OWL + "Ontology")), S])
    about_episode = graph_names[rows[:, S]] & (rows[:, G] < 0)
    declaring = terms.mask(terms.ids_of(DECLARING))[rows[:, P]]
    return declaring | (typed & (built_in | about_episode)) | ontologies[rows[:, S]]


def expression_nodes(rows: Int32[np.ndarray, "statement 4"], terms: Terms) -> Bool[np.ndarray, "term_or_default"]:
    """True at the blank nodes that only write an ontology's expressions: restrictions, unions, their lists.

    Those have a type of OWL or RDFS, are the subject of a predicate of OWL, or are reached from either, or
    by a predicate of OWL, through further blank nodes.

    >>> import pyoxigraph as ox
    >>> from tensorbrain.graph.quads import quads_of
    >>> some = quads_of([(ox.BlankNode("x"), ox.NamedNode(OWL + "onProperty"), ox.NamedNode("urn:p"), None)])
    >>> expression_nodes(some.rows, Terms(some))
    array([ True, False, False, False])
    """
    blank = terms.of_kind(BLANK)
    if not blank.any():
        return blank
    by_owl = terms.in_namespaces(OWL)[rows[:, P]]
    typed = (rows[:, P] == terms.type) & terms.in_namespaces(OWL, RDFS)[rows[:, O]]
    seeds = np.union1d(rows[by_owl | typed, S], rows[by_owl, O])
    seeds = seeds[blank[seeds]]
    inner = rows[blank[rows[:, S]] & blank[rows[:, O]]]
    return terms.mask(_reached(seeds, inner[:, S], inner[:, O], len(terms)))


def _reached(seeds: np.ndarray, sources: np.ndarray, targets: np.ndarray, size: int) -> np.ndarray:
    """Everything that can be reached from ``seeds`` along the arrows, in time linear in the arrows."""
    if not len(seeds):
        return seeds
    import scipy.sparse
    from scipy.sparse.csgraph import breadth_first_order

    start = np.full(len(seeds), size)  # one more node, with an arrow to every seed
    ends = (np.concatenate([start, sources]), np.concatenate([seeds, targets]))
    arrows = scipy.sparse.csr_array((np.ones(len(ends[0]), np.int8), ends), shape=(size + 1, size + 1))
    order = breadth_first_order(arrows, size, return_predecessors=False)
    return order[order < size]


def declared_classes(rows: Int32[np.ndarray, "statement 4"], terms: Terms) -> Int32[np.ndarray, "class"]:
    """The ids of the IRIs that are declared to be classes.

    >>> import pyoxigraph as ox
    >>> from tensorbrain.graph.quads import quads_of
    >>> dog, a, owl_class = map(ox.NamedNode, ("urn:x:Dog", RDF + "type", OWL + "Class"))
    >>> dog = quads_of([(dog, a, owl_class, None)])
    >>> declared_classes(dog.rows, Terms(dog))
    array([0], dtype=int32)
    """
    of_class = (rows[:, P] == terms.type) & terms.mask(terms.ids_of(CLASS_TYPES))[rows[:, O]]
    found = np.unique(rows[of_class, S])
    return found[terms.of_kind(IRI)[found]]
