"""Scripts: what a picture of the neighbourhood will show, in words and places, before it is drawn."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from tensorbrain.errors import GraphError
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.graph.names import local_name

SPATIAL = ("leftOf", "inFrontOf", "near", "on", "above")
ACTIONS = (
    "walks", "feeds", "helps", "talksTo", "playsWith", "chases", "looksAt", "eats", "holds", "rides", "drives",
)  # fmt: skip
LOOKS = ("hasColour", "wears", "hasSize", "does")
HIDDEN = ("ownedBy", "friendOf", "livesIn", "parentOf", "siblingOf", "likes", "worksAt")
PEOPLE = ("Woman", "Man", "Girl", "Boy")


@dataclass(frozen=True)
class Thing:
    """One thing in a picture: its concept, kind, tile of the sheet, look, pose, and where its foot stands.

    ``concept`` is an individual, or the basic class of a nameless thing. ``x``, ``y`` (the middle of the foot),
    ``length`` (of the figure when it stands), ``width`` and ``height`` are shares of the picture; what has a larger
    ``depth`` is drawn later.
    """

    concept: int
    kind: str
    tile: int
    colour: int
    size: int
    activity: int
    x: float = 0.5
    y: float = 0.9
    length: float = 0.1
    width: float = 0.1
    height: float = 0.1
    depth: float = 0.0
    flip: bool = False


@dataclass(frozen=True)
class Script:
    """One picture: its place, its things, its statements as rows of `Scenes`, and its episode or -1.

    Region 0 is the place, region i + 1 the i-th thing.
    """

    place: int
    things: tuple[Thing, ...]
    statements: tuple[tuple[int, int, int, int, int], ...]
    instant: int


class Town:
    """The words of the neighbourhood, found by the ends of their IRIs."""

    def __init__(self, graph: KnowledgeGraph):
        words = graph.vocabulary
        self.names = [local_name(concept.iri) for concept in words.concepts]
        self.concept = {name: i for i, name in enumerate(self.names)}
        self.predicate_names = [local_name(concept.iri) for concept in words.predicates]
        self.predicate = {name: i for i, name in enumerate(self.predicate_names)}
        missing = [name for name in (*SPATIAL, *ACTIONS, *LOOKS, "isAt") if name not in self.predicate]
        if missing:
            raise GraphError(f"{graph.source} has no predicate {missing[0]}: scenes are drawn of the neighbourhood")
        self.kind = {member: self.names[its] for member, its in graph.membership.tolist()}
        self.above: dict[str, list[str]] = {}
        for child, parent in graph.taxonomy.tolist():
            self.above.setdefault(self.names[child], []).append(self.names[parent])
        self.facts: dict[tuple[int, str], list[int]] = {}
        for s, p, o in graph.facts.coordinates.tolist():
            self.facts.setdefault((s, self.predicate_names[p]), []).append(o)
        self.episodes: dict[int, list[tuple[int, str, int]]] = {}
        for s, p, o, t in graph.episodes.coordinates.tolist():
            self.episodes.setdefault(t, []).append((s, self.predicate_names[p], o))
        self.domains = {self.predicate_names[p]: {self.names[c] for c in cs} for p, cs in graph.domains.items()}
        self.ranges = {self.predicate_names[p]: {self.names[c] for c in cs} for p, cs in graph.ranges.items()}

    @cached_property
    def places(self) -> list[int]:
        """The ids of all places."""
        return [i for i, kind in self.kind.items() if self.within(kind, {"Place"})]

    @cached_property
    def members(self) -> dict[str, list[int]]:
        """The visible individuals of each basic class."""
        found: dict[str, list[int]] = {}
        for i, kind in sorted(self.kind.items()):
            if self.within(kind, {"VisibleThing"}):
                found.setdefault(kind, []).append(i)
        return found

    @cached_property
    def kin(self) -> dict[int, set[int]]:
        """Of every individual, those with whom a fact connects it, such as its owner."""
        found: dict[int, set[int]] = {i: set() for i in self.kind}
        for (s, p), objects in self.facts.items():
            for o in objects:
                if p in HIDDEN and s in found and o in found:
                    found[s].add(o)
                    found[o].add(s)
        return found

    def values(self, attribute: str) -> list[int]:
        """The values of an attribute class, such as Colour."""
        return [i for i, kind in self.kind.items() if kind == attribute]

    @cached_property
    def told_colours(self) -> dict[int, list[tuple[int, int]]]:
        """Of each thing, the episodes that tell its colour, in order, and the colour."""
        found: dict[int, list[tuple[int, int]]] = {}
        for instant in sorted(self.episodes):
            for s, p, o in self.episodes[instant]:
                if p == "hasColour":
                    found.setdefault(s, []).append((instant, o))
        return found

    def ancestors(self, kind: str) -> set[str]:
        """A class and everything above it."""
        found, rest = {kind}, [kind]
        while rest:
            more = [parent for parent in self.above.get(rest.pop(), []) if parent not in found]
            found.update(more)
            rest += more
        return found

    def within(self, kind: str, classes: set[str]) -> bool:
        """Whether a class is one of ``classes`` or below one of them."""
        return bool(self.ancestors(kind) & classes)

    def fact(self, subject: int, predicate: str) -> int:
        """The object of the fact (subject, predicate), or -1."""
        return self.facts.get((subject, predicate), [-1])[0]


@lru_cache(maxsize=4)
def town_of(graph: KnowledgeGraph) -> Town:
    """The words of a graph; raises GraphError for one that lacks those of the neighbourhood."""
    return Town(graph)
