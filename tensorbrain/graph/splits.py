"""Folders of link prediction: statements to learn, to choose settings by, and to be asked, kept apart."""

import dataclasses
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
from jaxtyping import Int32

from tensorbrain.errors import GraphError
from tensorbrain.graph.adjacency import AdjacencyTensor, row_numbers
from tensorbrain.graph.files import GraphFile, graph_files
from tensorbrain.graph.interpretation import Settings
from tensorbrain.graph.knowledge_graph import KnowledgeGraph, graph_of
from tensorbrain.graph.names import RDF, RDFS
from tensorbrain.graph.quads import joined, quads_of
from tensorbrain.graph.rdf import read_file
from tensorbrain.graph.vocabulary import Concept

PARTS = ("train", "valid", "test")
PREFIX = "kge:"
TIMELESS = -1  # in the instant column: a statement without time


@dataclasses.dataclass(frozen=True, eq=False)
class Splits:
    """Three sets of statements about one vocabulary; rows are (s, p, o, t), with t = -1 for triples.

    ``graph`` has the words of all parts and the statements of ``train`` alone; ``unseen`` are the concepts that
    training never meets; ``notes`` say in a sentence each what a reader of the figures should know.

    >>> splits = example_splits()
    >>> len(splits.train), len(splits.test), splits.temporal
    (4, 1, False)
    """

    graph: KnowledgeGraph
    train: Int32[np.ndarray, "learned 4"]
    valid: Int32[np.ndarray, "chosen_by 4"]
    test: Int32[np.ndarray, "asked 4"]
    unseen: Int32[np.ndarray, " unseen"]
    notes: tuple[str, ...]

    @property
    def temporal(self) -> bool:
        """Whether the statements have a time.

        >>> example_splits().temporal
        False
        """
        return len(self.graph.vocabulary.instants) > 0

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many concepts, predicates and instants there are.

        >>> example_splits().counts
        (4, 1, 0)
        """
        words = self.graph.vocabulary
        return len(words.concepts), len(words.predicates), len(words.instants)

    @property
    def known(self) -> Int32[np.ndarray, "row 4"]:
        """The rows of all parts: what the filter of link prediction takes as true.

        >>> len(example_splits().known)
        6
        """
        return np.concatenate([self.train, self.valid, self.test])


def read_splits(folder: str | Path) -> Splits:
    """Read ``folder`` with the files train, valid and test, of any graph format, each also .gz.

    Triples or quadruples, but of one kind. Raises GraphError for a missing part, for statements that stand in two
    parts, for a mixture of triples and quadruples, and for times of mixed formats. An entity that only valid or test
    speak of is kept, and a note counts it.

    >>> read_splits("no/such/folder")
    Traceback (most recent call last):
    tensorbrain.errors.GraphError: no/such/folder is not a folder: give one with the files train, valid and test
    """
    named = str(folder).removeprefix(PREFIX)
    path = Path(named)
    if not named or not path.is_dir():
        raise GraphError(f"{named or 'an empty name'} is not a folder: give one with the files train, valid and test")
    files = [_files(path)[part] for part in PARTS]
    quads = [read_file(file) for file in files]
    parts = [graph_of(part, Settings(), file.name, (file.name,), ()) for part, file in zip(quads, files, strict=True)]
    whole = graph_of(joined(quads), Settings(), str(folder), tuple(file.name for file in files), ())
    return splits_of(whole, parts, source=str(folder))


def splits_of(whole: KnowledgeGraph, parts: Sequence[KnowledgeGraph], *, source: str) -> Splits:
    """The splits whose words are those of ``whole`` and whose statements are those of ``parts``; GraphError as above.

    >>> splits_of(example_splits().graph, [example_splits().graph] * 3, source="kge:town")
    Traceback (most recent call last):
    tensorbrain.errors.GraphError: kge:town leaks: 4 statements of train stand in valid too, ...
    """
    rows = [_rows(part, whole) for part in parts]
    kinds = {name: set(map(bool, row[:, 3] != TIMELESS)) for name, row in zip(PARTS, rows, strict=True)}
    if len(set().union(*kinds.values())) > 1:
        timed = [name for name, kind in kinds.items() if True in kind]
        raise GraphError(
            f"{source} mixes statements with a time ({', '.join(timed)}) with others that have none: give all a time "
            "or none"
        )
    _check_leaks(rows, source)
    _check_times(whole, source)
    return splits_of_rows(whole, rows, source=source)


def splits_of_rows(whole: KnowledgeGraph, rows: Sequence[Int32[np.ndarray, "_ 4"]], *, source: str) -> Splits:
    """The splits whose words are those of ``whole`` and whose ``rows`` (s, p, o, t) are train, valid and test.

    Of the class tree and of its members the graph keeps what train says.

    >>> given = example_splits()
    >>> again = splits_of_rows(given.graph, [given.train, given.valid, given.test], source="town")
    >>> len(again.graph.facts), again.graph.source
    (4, 'town')
    """
    train, valid, test = rows
    concepts, predicates, instants = (len(whole.vocabulary.slot(slot)) for slot in ("concept", "predicate", "instant"))
    timed = train[:, 3] != TIMELESS
    learned = dataclasses.replace(
        whole,
        facts=AdjacencyTensor.from_statements(train[~timed, :3], (concepts, predicates, concepts)),
        episodes=AdjacencyTensor.from_statements(train[timed], (concepts, predicates, concepts, instants)),
        taxonomy=_still_told(whole.taxonomy, train, whole, RDFS + "subClassOf"),
        membership=_still_told(whole.membership, train, whole, RDF + "type"),
        source=source,
    )
    met = np.zeros(concepts, bool)
    met[train[:, [0, 2]]] = True
    unseen = np.flatnonzero(~met).astype(np.int32)
    return Splits(learned, train, valid, test, unseen, tuple(_notes(list(rows), unseen, learned)))


def _still_told(pairs: np.ndarray, train: np.ndarray, graph: KnowledgeGraph, iri: str) -> np.ndarray:
    """Those of the pairs of concepts that train relates by the predicate with this IRI."""
    named = np.array([predicate.iri == iri for predicate in graph.vocabulary.predicates], bool)
    numbers = row_numbers(np.concatenate([pairs, train[named[train[:, 1]]][:, [0, 2]]]))
    return pairs[np.isin(numbers[: len(pairs)], numbers[len(pairs) :])]


def _files(folder: Path) -> dict[str, GraphFile]:
    named: dict[str, GraphFile] = {}
    for file in graph_files(folder)[0]:
        name = file.name.split(".")[0].lower()
        name = {"dev": "valid", "validation": "valid"}.get(name, name)
        if name not in PARTS:
            raise GraphError(f"{folder} holds {file.name} beside train, valid and test: put it elsewhere")
        if name in named:
            raise GraphError(f"{folder} holds {name} twice, as {named[name].name} and {file.name}: keep one of them")
        named[name] = file
    for part in PARTS:
        if part not in named:
            raise GraphError(f"{folder} has no file {part}: give one with the files train, valid and test")
    return named


def _rows(part: KnowledgeGraph, whole: KnowledgeGraph) -> Int32[np.ndarray, "row 4"]:
    """The statements of a part in the numbers of the whole."""

    def numbers(theirs: tuple[Concept, ...], ours: tuple[Concept, ...]) -> np.ndarray:
        place = {concept.iri: k for k, concept in enumerate(ours)}
        return np.array([place[concept.iri] for concept in theirs], np.int32)

    columns = [(getattr(part.vocabulary, name), getattr(whole.vocabulary, name)) for name in
               ("concepts", "predicates", "concepts", "instants")]  # fmt: skip
    facts = np.concatenate([part.facts.coordinates, np.full((len(part.facts), 1), TIMELESS, np.int32)], axis=1)
    rows = np.concatenate([facts, part.episodes.coordinates])
    timed = rows[:, 3] != TIMELESS
    found = np.full_like(rows, TIMELESS)
    for column, (theirs, ours) in enumerate(columns):
        which = timed if column == 3 else slice(None)
        found[which, column] = numbers(theirs, ours)[rows[which, column]]
    return found


def _check_leaks(rows: list[np.ndarray], source: str) -> None:
    numbers = np.split(row_numbers(np.concatenate(rows)), np.cumsum([len(row) for row in rows])[:-1])
    for a, b in combinations(range(len(PARTS)), 2):
        if both := len(np.intersect1d(numbers[a], numbers[b])):
            raise GraphError(
                f"{source} leaks: {both} statements of {PARTS[a]} stand in {PARTS[b]} too, and what is learned cannot "
                "be asked: take them out of one"
            )


def _check_times(graph: KnowledgeGraph, source: str) -> None:
    times = graph.vocabulary.times
    without = [concept.label for concept, time in zip(graph.vocabulary.instants, times, strict=True) if time is None]
    if without and len(without) < len(times):
        raise GraphError(
            f"{source} has times in mixed formats: {without[0]!r} is no time stamp, and others are: write all as "
            "2026-05-03 or all as names"
        )


def _notes(rows: list[np.ndarray], unseen: np.ndarray, graph: KnowledgeGraph) -> list[str]:
    notes = []
    if len(unseen):
        for part, row in zip(PARTS[1:], rows[1:], strict=True):
            if hit := int(np.isin(row[:, [0, 2]], unseen).any(axis=1).sum()):
                notes.append(
                    f"{hit} of {len(row)} statements of {part} speak of an entity that training never meets; "
                    "they are asked all the same, and nothing can be known of them."
                )
    told = np.bincount(rows[0][:, 1], minlength=len(graph.vocabulary.predicates))
    for number, which in ((0, "no statement"), (1, "one statement")):
        if rare := np.flatnonzero(told == number).tolist():
            label = graph.vocabulary.label("predicate", rare[0])
            others = f" and {len(rare) - 1} others have" if len(rare) > 1 else " has"
            notes.append(f"The predicate {label}{others} {which} to learn from.")
    return notes


def example_splits() -> Splits:
    """Who borders on whom, in six statements, of which one is asked: for examples.

    >>> example_splits().graph.vocabulary.label("predicate", 0)
    'borders'
    """
    import pyoxigraph as ox

    def named(name: str) -> ox.NamedNode:
        return ox.NamedNode("https://example.org/" + name)

    def graph(*pairs: str) -> KnowledgeGraph:
        rows = [(named(a), named("borders"), named(b), None) for a, b in pairs]
        return graph_of(quads_of(rows), Settings(), "example", (), ())

    train, valid, test = ("AB", "BA", "BC", "CD"), ("CB",), ("DC",)
    return splits_of(graph(*train, *valid, *test), [graph(*part) for part in (train, valid, test)], source="example")
