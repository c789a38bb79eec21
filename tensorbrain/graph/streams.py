"""Streams of events: the episodes of a graph in time order, each as a place and those who are there."""

import dataclasses
from collections import Counter
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Int32

from tensorbrain.errors import GraphError
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.graph.names import local_name
from tensorbrain.graph.vocabulary import Vocabulary

PLACE = ("is in", "is at", "isin", "isat", "located in", "locatedin", "takes place in")
"""What the predicate that says where somebody is may be called."""


@dataclasses.dataclass(frozen=True, eq=False)
class Stream:
    """Events in time order: of each its ``instant``, its ``place`` (-1: not told) and its ``cast``, padded with -1.

    All are ids of the ``vocabulary``. ``cast`` names everybody once, so that an event is a set.
    """

    vocabulary: Vocabulary
    instant: Int32[np.ndarray, " event"]
    place: Int32[np.ndarray, " event"]
    cast: Int32[np.ndarray, "event most"]

    def __len__(self) -> int:
        return len(self.instant)

    @cached_property
    def people(self) -> Bool[np.ndarray, " concept"]:
        """Whether a concept is ever in the cast of an event."""
        return self._among(self.cast)

    @cached_property
    def places(self) -> Bool[np.ndarray, " concept"]:
        """Whether a concept is ever the place of an event."""
        return self._among(self.place)

    @cached_property
    def first(self) -> Int32[np.ndarray, " concept"]:
        """The event in which a concept is met first, as place or in the cast; where it never is, how many there are."""
        first = np.full(len(self.vocabulary.concepts), len(self), np.int32)
        for event in range(len(self) - 1, -1, -1):
            first[self.members(event)] = event
        return first

    def members(self, event: int) -> Int32[np.ndarray, " member"]:
        """The place and the cast of an event."""
        row = np.concatenate([self.place[event : event + 1], self.cast[event]])
        return row[row >= 0]

    def _among(self, ids: np.ndarray) -> Bool[np.ndarray, " concept"]:
        found = np.zeros(len(self.vocabulary.concepts), bool)
        found[ids[ids >= 0]] = True
        return found


def stream(graph: KnowledgeGraph, *, place: str | None = None) -> Stream:
    """The episodes of a graph as a stream of events; ``place`` names the predicate that says where somebody is.

    Left out, it is one of the names in ``PLACE``. An episode is an event in the place that is told in it, and in its
    cast are all who are ever somewhere and are named in it, as subject or object. Where an episode tells several
    places it is several events at once, and who is not said to be in one of them is where most are. GraphError where
    there are no episodes, where they are pictures, which have no order in time, and where nothing tells a place.

    >>> from tensorbrain.graph.timed_scenes import TimedScene, timed_scenes_graph
    >>> scenes = [TimedScene(1, 1, 0, "Inn", "", ("Ada", "Bob")), TimedScene(1, 1, 9, "Mill", "", ("Bob",))]
    >>> events = stream(timed_scenes_graph(scenes))
    >>> [[events.vocabulary.label("concept", k) for k in events.members(event).tolist()] for event in range(2)]
    [['Inn', 'Ada', 'Bob'], ['Mill', 'Bob']]
    """
    words, rows = graph.vocabulary, graph.episodes.coordinates
    if not len(rows):
        raise GraphError(f"{graph.source} has no episodes: give a graph with named graphs, one a moment")
    if graph.report.scenes:
        raise GraphError(f"{graph.source} has pictures for episodes, which have no order in time: give timed scenes")
    is_in = _place_predicate(graph, place)
    told_place = rows[:, 1] == is_in
    somewhere = np.zeros(len(words.concepts), bool)
    somewhere[rows[told_place, 0]] = True
    events: list[tuple[int, int, list[int]]] = []
    ordered = rows[np.argsort(rows[:, 3], kind="stable")]
    for told in np.split(ordered, np.flatnonzero(np.diff(ordered[:, 3])) + 1):
        events += _events(told.tolist(), is_in, somewhere)
    most = max((len(cast) for _, _, cast in events), default=0)
    cast = np.full((len(events), most), -1, np.int32)
    for row, (_, _, members) in zip(cast, events, strict=True):
        row[: len(members)] = members
    instants, places = (np.asarray([event[part] for event in events], np.int32) for part in (0, 1))
    return Stream(words, instants, places, cast)


def _events(
    told: list[list[int]], is_in: int, somewhere: Bool[np.ndarray, " concept"]
) -> list[tuple[int, int, list[int]]]:
    """The events of one episode's statements: (instant, place, cast) for every place that is told, or -1."""
    own = {s: o for s, p, o, _ in reversed(told) if p == is_in}
    places = Counter(own[s] for s in sorted(own))
    main = places.most_common(1)[0][0] if places else -1
    named = dict.fromkeys(k for s, _, o, _ in told for k in (s, o) if somewhere[k] and k not in places)
    casts: dict[int, list[int]] = {}
    for k in named:
        casts.setdefault(own.get(k, main), []).append(k)
    return [(told[0][3], place, cast) for place, cast in casts.items()]


def _place_predicate(graph: KnowledgeGraph, place: str | None) -> int:
    words = graph.vocabulary
    if place is not None:
        return words.find(place, "predicate")
    used = set(graph.episodes.coordinates[:, 1].tolist())
    names = {k: {words.label("predicate", k).casefold(), local_name(words.predicates[k].iri).casefold()} for k in used}
    for name in PLACE:
        for k in sorted(used):
            if name in names[k]:
                return k
    raise GraphError(
        f"no predicate in the episodes of {graph.source} says where somebody is: call it 'is in' or 'is at', or name "
        "it with place="
    )


def example_stream() -> Stream:
    """Ada and Bob are in the inn, then Bob is in the mill: for examples.

    >>> len(example_stream())
    2
    """
    from tensorbrain.graph.timed_scenes import TimedScene, timed_scenes_graph

    scenes = (TimedScene(1, 1, 0, "Inn", "", ("Ada", "Bob")), TimedScene(1, 1, 9, "Mill", "", ("Bob",)))
    return stream(timed_scenes_graph(scenes))
