"""SPARQL asked of a brain: a triple pattern is a question; semantic memory answers, or a moment inside of GRAPH."""

from collections.abc import Generator, Iterator
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import rdflib
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.namespace import RDFS, XSD
from rdflib.plugins.sparql.operators import register_custom_function
from rdflib.plugins.sparql.sparql import SPARQLError
from rdflib.store import Store
from rdflib.term import BNode, Literal, Node, URIRef

from tensorbrain.brain import Brain
from tensorbrain.errors import SettingsError
from tensorbrain.graph.rdf_out import PROBABILITY, iri_of
from tensorbrain.modes.ask import answer_distribution
from tensorbrain.modes.cue import SLOTS, Cue, read_cue

if TYPE_CHECKING:
    from tensorbrain.graph import KnowledgeGraph

TOLD = "https://tensorbrain.org/ns#told"
RECENT = 256  # questions whose answers are kept
Pattern = tuple[Node | None, Node | None, Node | None]


def sparql_dataset(
    brain: Brain, graph: "KnowledgeGraph | None" = None, *, least: float = 0.1, top: int = 10, each_moment: bool = True
) -> rdflib.Dataset:
    """What ``brain`` believes, as an rdflib Dataset that SPARQL can ask and nothing can be written to.

    A triple pattern is a question as in `ask`: what is bound is told, and what fills the rest comes back, by falling
    P(rest | told): at most ``top`` fillings, none less than ``least`` times as probable as the best. Several patterns
    are asked one after the other, each told what was found before. Outside of ``GRAPH`` semantic memory answers;
    ``GRAPH <episode>`` asks episodic memory of that moment, and ``GRAPH ?when`` of every moment in turn, unless
    ``each_moment`` is False: then it finds none. ``rdfs:label`` comes from the vocabulary. A query has two functions:

    * ``tb:probability(?s, ?p, ?o)`` is P(o | s, p), and with a fourth argument, the episode, P(o | s, p, t);
    * ``tb:told(?s, ?p, ?o)`` is whether ``graph`` says so, in general or of some moment; of one with a fourth.

    Raises SettingsError for bounds that are none. Probabilities as in TB23; that SPARQL asks is ours.

    >>> from tensorbrain.checkpoint import load_brain
    >>> believed = sparql_dataset(load_brain("neighbourhood"))
    >>> rows = believed.query('''
    ...     PREFIX : <https://tensorbrain.org/kg/neighbourhood/>  PREFIX tb: <https://tensorbrain.org/ns#>
    ...     SELECT ?name (tb:probability(:Sparky, :ownedBy, ?o) AS ?p)
    ...     { :Sparky :ownedBy ?o . ?o rdfs:label ?name }''')
    >>> [(str(row.name), round(float(row.p), 2)) for row in rows]
    [('Jack', 0.52), ('Mary', 0.47)]
    """
    if not 0 <= least <= 1:
        raise SettingsError(f"the least share {least} of the best is none: give a number from 0 to 1.")
    if top < 1:
        raise SettingsError(f"the top {top} answers are none: ask for at least 1.")
    return rdflib.Dataset(store=_Beliefs(brain, graph, least, top, each_moment), default_union=False)


class _Beliefs(Store):
    """The store behind the dataset: it holds no triples, it asks for those that match."""

    context_aware = True
    graph_aware = True

    def __init__(self, brain: Brain, graph: "KnowledgeGraph | None", least: float, top: int, each_moment: bool) -> None:
        super().__init__()
        self.moments = brain.vocabulary.instants if each_moment else ()
        self.brain, self.graph, self.least, self.top = brain, graph, least, top
        # A query asks the same again for every solution of what stands before; an endpoint is asked for years.
        self.answers = lru_cache(RECENT)(self._answers)

    def triples(self, triple_pattern: Any, context: Any = None) -> Iterator[tuple[tuple[Node, Node, Node], Any]]:
        """What matches, best first, each in the graph in which it was asked."""
        name = None if context is None else context.identifier
        if triple_pattern[1] == RDFS.label:
            found = self._labels(triple_pattern)
        else:
            found = self._found(triple_pattern, None if name == DATASET_DEFAULT_GRAPH_ID else name)
        for triple in found:
            yield triple, iter((context,))

    def contexts(self, triple: Any = None) -> Generator[rdflib.Graph, None, None]:
        """One graph for each moment that is gone through."""
        for instant in self.moments:
            yield rdflib.Graph(store=self, identifier=node_of(instant.iri))

    def __len__(self, context: Any = None) -> int:
        """How many triples are certain: the labels. Of all others the brain believes each a little."""
        return len(self.brain.vocabulary)

    def add_graph(self, graph: rdflib.Graph) -> None:
        """A dataset asks for its default graph: there is nothing to do."""

    def add(self, triple: Any = None, context: Any = None, quoted: bool = False) -> None:
        """Refused: a brain learns otherwise."""
        raise SettingsError("a brain is no store to write to: teach it with train, write with experience, or forget.")

    def remove(self, triple: Any = None, context: Any = None) -> None:
        """Refused: a brain forgets otherwise."""
        self.add()

    def remove_graph(self, graph: rdflib.Graph) -> None:
        """Refused."""
        self.add()

    def update(self, *query: Any, **how: Any) -> None:
        """Refused, whatever the SPARQL update asks for."""
        self.add()

    def probability(self, s: Node, p: Node, o: Node, when: Node | None) -> float | None:
        """P(o | s, p) or P(o | s, p, t); None for what the brain has no name for."""
        told = self._ids((s, p, None), when)
        row = self._rows[2].get(iri_of(o))
        if told is None or row is None:
            return None
        return next((value for ids, value in self.answers(*told, False) if ids == (row,)), 0.0)

    def told(self, s: Node, p: Node, o: Node, when: Node | None) -> bool:
        """Whether the graph that was learned says so."""
        statement = tuple(iri_of(node) for node in (s, p, o))
        return (statement, None if when is None else iri_of(when)) in self._statements

    def _found(self, pattern: Pattern, when: Node | None) -> Iterator[tuple[Node, Node, Node]]:
        whole = None not in pattern
        told = self._ids((*pattern[:2], None) if whole else pattern, when)
        if told is None:
            return
        rows = (self.brain.vocabulary.concepts, self.brain.vocabulary.predicates, self.brain.vocabulary.concepts)
        hidden = [2] if whole else [column for column in range(3) if pattern[column] is None]
        answers = self.answers(*told, not whole)
        for ids, probability in answers:
            if probability < self.least * answers[0][1]:
                return
            filled = list(pattern)
            for column, k in zip(hidden, ids, strict=True):
                filled[column] = node_of(rows[column][k].iri)
            s, p, o = filled
            if s and p and o and (not whole or o == pattern[2]):
                yield s, p, o

    def _labels(self, pattern: Pattern) -> Iterator[tuple[Node, Node, Node]]:
        named = self._labelled if pattern[0] is None else [iri_of(pattern[0])]
        for iri in named:
            label = Literal(self._labelled.get(iri, ""))
            if label and pattern[2] in (None, label):
                yield node_of(iri), RDFS.label, label

    def _ids(self, pattern: Pattern, when: Node | None) -> tuple[tuple[int, int, int], int] | None:
        """The rows of what is told, -1 for what is not; None where the brain has no such name."""
        rows = [-1 if node is None else self._rows[column].get(iri_of(node)) for column, node in enumerate(pattern)]
        instant = -1 if when is None else self._rows[3].get(iri_of(when))
        if instant is None or any(row is None for row in rows):
            return None
        return (rows[0], rows[1], rows[2]), instant  # pyright: ignore[reportReturnType]

    def _answers(self, given: tuple[int, int, int], instant: int, few: bool) -> list[tuple[tuple[int, ...], float]]:
        """What fills the gaps, best first: the ``top`` where ``few``, else all."""
        words = self.brain.vocabulary
        names = {slot: words.slot(slot)[k].iri for slot, k in zip(SLOTS, given, strict=True) if k >= 0}
        if instant >= 0:
            names["instant"] = words.instants[instant].iri
        cue: Cue = read_cue(self.brain, **names)
        hidden = [column for column in range(3) if given[column] < 0]
        ids, probability, _ = answer_distribution(self.brain, cue, hidden, top=self.top if few else len(words))
        found = [(tuple(int(k) for k in row), float(p)) for row, p in zip(ids, probability, strict=True)]
        return sorted(found, key=lambda each: -each[1])[: self.top if few else None]

    @cached_property
    def _rows(self) -> tuple[dict[str, int], ...]:
        """From IRI to row, for subject, predicate, object and instant."""
        words = self.brain.vocabulary
        concepts, predicates, instants = (
            {concept.iri: k for k, concept in enumerate(rows)}
            for rows in (words.concepts, words.predicates, words.instants)
        )
        return concepts, predicates, concepts, instants

    @cached_property
    def _labelled(self) -> dict[str, str]:
        words = self.brain.vocabulary
        return {each.iri: each.label for each in (*words.instants, *words.predicates, *words.concepts)}

    @cached_property
    def _statements(self) -> set[tuple[tuple[str, str, str], str | None]]:
        """What the graph says: each statement with None, and those of an episode with that too."""
        if self.graph is None:
            raise SettingsError("tb:told is asked of a graph, and none was given: use sparql_dataset(brain, graph).")
        words, said = self.graph.vocabulary, set()
        for tensor in (self.graph.facts, self.graph.episodes):
            for s, p, o, *when in tensor.coordinates.tolist():
                statement = (words.concepts[s].iri, words.predicates[p].iri, words.concepts[o].iri)
                said |= {(statement, None), *((statement, words.instants[t].iri) for t in when)}
        return said


def node_of(iri: str) -> URIRef | BNode:
    """The node that the vocabulary's ``iri`` names.

    >>> node_of("_:b1")
    rdflib.term.BNode('b1')
    """
    return BNode(iri[2:]) if iri.startswith("_:") else URIRef(iri)


def _asked(expression: Any, solution: Any) -> tuple[_Beliefs, tuple[Any, Any, Any, Any]]:
    """The store that a function of a query is asked of, and its arguments: s, p, o, and an episode or None."""
    store, arguments = solution.ctx.dataset.store, tuple(expression.expr)
    if not isinstance(store, _Beliefs):
        raise SettingsError(f"{expression.iri} is asked of a brain: use sparql_dataset.")
    if len(arguments) not in (3, 4):
        raise SettingsError(f"{expression.iri} takes subject, predicate, object and, if you like, an episode.")
    s, p, o, when = (*arguments, None)[:4]
    return store, (s, p, o, when)


def _probability(expression: Any, solution: Any) -> Literal:
    store, nodes = _asked(expression, solution)
    value = store.probability(*nodes)
    if value is None:
        raise SPARQLError("the brain has no name for one of the nodes")  # leaves the variable unbound
    return Literal(value, datatype=XSD.double)


def _told(expression: Any, solution: Any) -> Literal:
    store, nodes = _asked(expression, solution)
    return Literal(store.told(*nodes))


register_custom_function(URIRef(PROBABILITY), _probability, override=True, raw=True)
register_custom_function(URIRef(TOLD), _told, override=True, raw=True)
