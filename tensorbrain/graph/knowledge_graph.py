"""A knowledge graph, read and interpreted: vocabulary, facts, episodes, class tree, and the RDF behind
them.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Int32

from tensorbrain.errors import GraphError, SettingsError
from tensorbrain.graph.adjacency import AdjacencyTensor
from tensorbrain.graph.interpretation import Settings, interpret
from tensorbrain.graph.numbering import numbered
from tensorbrain.graph.quads import Quads
from tensorbrain.graph.rdf import read_quads
from tensorbrain.graph.report import ReadReport
from tensorbrain.graph.sparql import is_endpoint, read_endpoint
from tensorbrain.graph.vocabulary import Vocabulary

if TYPE_CHECKING:
    import rdflib


@dataclasses.dataclass(frozen=True, eq=False)
class KnowledgeGraph:
    """What a brain learns from: a vocabulary and sparse tensors of statements, with the RDF at hand.

    ``facts`` are the default graph (subject, predicate, object), ``episodes`` the named graphs (with the
    instant). ``taxonomy`` has rows (class, parent), ``membership`` rows (concept, its class); ``domains``
    and ``ranges`` give the classes of a predicate's subjects and objects. ``parts`` has rows (instant, instant) of an
    episode and one that it is part of, over any number of levels. Made by `read_graph`."""

    vocabulary: Vocabulary
    facts: AdjacencyTensor
    episodes: AdjacencyTensor
    taxonomy: Int32[np.ndarray, "pair 2"]
    membership: Int32[np.ndarray, "member 2"]
    domains: Mapping[int, frozenset[int]]
    ranges: Mapping[int, frozenset[int]]
    report: ReadReport
    source: str
    quads: Quads
    parts: Int32[np.ndarray, "part 2"] = dataclasses.field(default_factory=lambda: np.zeros((0, 2), np.int32))

    @property
    def tensor(self) -> AdjacencyTensor:
        """The episodes: a sparse tensor of concepts x predicates x concepts x instants."""
        return self.episodes

    @cached_property
    def wholes(self) -> AdjacencyTensor:
        """What episodes hold of their parts: for every instant t that has some, sum over its parts t' of X[.., t'].

        A tensor of the shape of ``episodes``, which itself holds every statement once, at the instant it was said of.

        >>> example_graph().wholes.nnz
        0
        """
        rows = self.episodes.coordinates
        by_time = np.argsort(rows[:, 3], kind="stable")
        first, last = (np.searchsorted(rows[by_time, 3], self.parts[:, 0], side) for side in ("left", "right"))
        counts = last - first
        before = np.repeat(np.cumsum(counts) - counts, counts)
        of_part = rows[by_time[np.repeat(first, counts) + np.arange(counts.sum()) - before], :3]
        held = np.column_stack([of_part, np.repeat(self.parts[:, 1], counts)])
        return AdjacencyTensor.from_statements(held, self.episodes.shape)

    def semantic(self, facts_weight: float = 1.0, episodes_weight: float = 1.0) -> AdjacencyTensor:
        """Semantic memory: facts_weight * X[s, p, o] + episodes_weight * sum_t X[s, p, o, t].

        A part of weight 0 is left out; raises SettingsError for a negative weight.

        >>> example_graph().semantic(facts_weight=0.0).values
        array([2.], dtype=float32)
        """
        if not (facts_weight >= 0 and episodes_weight >= 0):
            raise SettingsError(f"the weights {facts_weight} and {episodes_weight} must be 0 or more")
        weighted = [(self.facts, facts_weight), (self.episodes.marginal("instant"), episodes_weight)]
        parts = [(tensor.coordinates, tensor.values * np.float32(weight)) for tensor, weight in weighted if weight]
        coordinates = np.concatenate([np.zeros((0, 3), np.int32), *(rows for rows, _ in parts)])
        values = np.concatenate([np.zeros(0, np.float32), *(values for _, values in parts)])
        return AdjacencyTensor.from_statements(coordinates, self.facts.shape, values)

    @cached_property
    def rdf(self) -> "rdflib.Dataset":
        """Everything that was read, labels and literals too, as an rdflib Dataset: SPARQL works on it.

        A query sees the default graph; ``GRAPH ?episode { ... }`` sees the episodes.

        >>> rows = example_graph().rdf.query("SELECT ?when { GRAPH ?when { ?who ?chases ?what } }")
        >>> len(rows)
        2
        """
        from tensorbrain.graph.rdf_out import dataset_of

        return dataset_of(self.quads.to_oxigraph())

    def content_hash(self) -> str:
        """SHA-256 in hex over vocabulary, coordinates and values: equal content, equal hash, on every
        machine.

        >>> len(example_graph().content_hash())
        64
        """
        digest = hashlib.sha256(json.dumps(self.vocabulary.to_json(), ensure_ascii=False).encode())
        for tensor in (self.facts, self.episodes):
            digest.update(repr(tensor.shape).encode())
            digest.update(tensor.coordinates.astype("<i4").tobytes())
            digest.update(tensor.values.astype("<f4").tobytes())
        digest.update(self.parts.astype("<i4").tobytes())  # of no bytes where no episode is part of another
        return digest.hexdigest()


def read_graph(
    source: str | Path,
    *,
    labels_language: str = "en",
    literals: str = "drop",
    blank_nodes: str = "keep",
    groups: Mapping[str, str] | None = None,
) -> KnowledgeGraph:
    """Read the file or folder ``source``: Turtle, N-Triples, N-Quads, TriG, JSON-LD, RDF/XML, TSV, each
    also .gz; or, as ``sparql:http://host/path``, what a SPARQL endpoint holds.

    ``labels_language`` is preferred for labels. ``literals``: "drop" them; "keep" those of predicates with
    few, repeated values as attributes; "bin" numbers into at most five ranges and keep the rest so.
    ``blank_nodes``: "keep" or "skip"; those that only write ontology expressions are always skipped.
    ``groups`` overrides the group (entity, class, attribute) of single IRIs. Nothing is fetched from the
    network but from the endpoint that ``source`` names.

    Raises GraphError, in one sentence, for whatever cannot be read or holds nothing to remember, and
    SettingsError for other values of the arguments.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "town.ttl")
    ...     _ = path.write_text("<urn:Sparky> a <urn:Dog> .")
    ...     graph = read_graph(path)
    >>> graph.vocabulary.concepts[1].group
    'class'
    """
    settings = Settings(labels_language, literals, blank_nodes, dict(groups or {}))
    for given, known in ((literals, ("drop", "keep", "bin")), (blank_nodes, ("keep", "skip"))):
        if given not in known:
            raise SettingsError(f"there is no setting {given!r}: choose one of {', '.join(known)}")
    if is_endpoint(source):
        return graph_of(read_endpoint(str(source), blank_nodes=blank_nodes), settings, str(source), (), ())
    quads, files, passed_over = read_quads(source)
    names = tuple(file.name for file in files)
    return graph_of(quads, settings, str(source), names, tuple(passed_over))


def graph_of(
    quads: Quads, settings: Settings, source: str, files: tuple[str, ...], passed_over: tuple[str, ...]
) -> KnowledgeGraph:
    """What ``quads`` say, interpreted and numbered; GraphError where nothing in them can be remembered.

    >>> from tensorbrain.graph.quads import quads_of
    >>> graph_of(quads_of([]), Settings(), "nothing.ttl", (), ())
    Traceback (most recent call last):
    tensorbrain.errors.GraphError: nothing.ttl holds no statements at all: ...
    """
    found = interpret(quads, settings)
    if not len(found.kept):
        raise GraphError(
            _nothing(source if is_endpoint(source) else Path(source).name or source, found.report, settings)
        )
    numbers = numbered(found)
    report = dataclasses.replace(
        found.report,
        files=files,
        files_passed_over=passed_over,
        facts=len(numbers.facts),
        episode_statements=len(numbers.episodes),
        # Numbers that fall into one bin make one statement of several.
        duplicates=found.report.duplicates + len(found.kept) - len(numbers.facts) - len(numbers.episodes),
        labelled=numbers.labelled,
        named_by_iri=numbers.named_by_iri,
    )
    return KnowledgeGraph(
        numbers.vocabulary,
        numbers.facts,
        numbers.episodes,
        numbers.taxonomy,
        numbers.membership,
        numbers.domains,
        numbers.ranges,
        report,
        source,
        quads,
        numbers.parts,
    )


def _nothing(name: str, report: ReadReport, settings: Settings) -> str:
    """Why there is nothing to remember, and what to do."""
    held = [f"{n} {what}" for what, n in report.accounts.items() if n]
    if not report.statements:
        return f"{name} holds no statements at all: give a graph with statements between concepts"
    if not report.literals_dropped:
        mend = 'use blank_nodes="keep"' if report.blank_node_statements else "give a graph that relates concepts"
    elif settings.literals == "drop":
        mend = 'literals="keep" or "bin" makes attributes of values that repeat'
    else:
        mend = "its literals are too many, too long or too seldom repeated to be concepts"
    return f"{name} holds no statements between concepts ({', '.join(held)}): {mend}"


def example_graph() -> KnowledgeGraph:
    """A dog, his class, and a ball that he chases twice: for examples.

    >>> [concept.label for concept in example_graph().vocabulary.concepts]
    ['Sparky', 'Ball', 'Dog']
    """
    import pyoxigraph as ox

    from tensorbrain.graph.quads import quads_of

    base = "https://example.org/"
    text = (
        f"<{base}Sparky> a <{base}Dog> ; <{base}likes> <{base}Toy/Ball> ."
        f"<{base}2026-05-03> {{ <{base}Sparky> <{base}chases> <{base}Toy/Ball> }}"
        f"<{base}2026-05-04> {{ <{base}Sparky> <{base}chases> <{base}Toy/Ball> }}"
    )
    statements = ((q.subject, q.predicate, q.object, q.graph_name) for q in ox.parse(text, ox.RdfFormat.TRIG))  # pyright: ignore
    named = ((s, p, o, None if isinstance(g, ox.DefaultGraph) else g) for s, p, o, g in statements)
    return graph_of(quads_of(named), Settings(), "example", (), ())  # pyright: ignore
