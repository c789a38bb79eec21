"""A thought: everything that shapes a path of reasoning, as one value, and the same path thought in other ways."""

from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

from questions import CHANGES, answer
from session import Mind, graph_of

from tensorbrain import reason
from tensorbrain.brain import Brain
from tensorbrain.modes.reasoning import WAYS
from tensorbrain.trace import Record, Trace

# Of each way what it is called, and what becomes of an object before the next hop.
CALLED = {
    "chain": ("as a chain", "every object is measured and written back, and the thought goes on from there"),
    "symbolic": ("by symbols", "only the word goes on, and the blackboard is wiped"),
    "embedded": ("without words", "the blackboard evolves, and nothing is measured or written back"),
}


@dataclass(frozen=True)
class Thought:
    """All that shapes a path: where it begins, along which predicates, how, and what is done to the brain."""

    subject: str
    predicates: tuple[str, ...]
    how: str = "chain"
    selection: str = "top"
    seed: int = 0
    lesion: tuple[str, ...] = ()
    mute: tuple[str, ...] = ()
    alpha: float | None = None
    beta: float | None = None
    temperature: float | None = None

    def asked(self) -> dict[str, Any]:
        """The arguments of ``tensorbrain.reason``."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in CHANGES}

    def changes(self) -> dict[str, Any]:
        """The arguments of ``tensorbrain.intervene``."""
        return {name: getattr(self, name) for name in CHANGES}

    def put_to(self, brain: Brain, record: Record) -> Trace:
        """What a brain makes of it."""
        return reason(brain, **self.asked(), record=record)


class Hop(NamedTuple):
    """One hop of a path: what was reached, how probable that is given the path so far, and what the graph says."""

    words: str
    probability: float
    true: bool | None


def hops(mind: Mind, trace: Trace) -> list[Hop]:
    """The hops of a path; ``true`` is None where nobody knows the graph."""
    graph = graph_of(mind.world)
    facts: set[tuple[str, ...]] | None = None
    if graph is not None:
        words = graph.vocabulary
        facts = {
            (words.concepts[s].iri, words.predicates[p].iri, words.concepts[o].iri)
            for s, p, o in graph.semantic().coordinates[:, :3].tolist()
        }
    mine = trace.vocabulary
    found = []
    for (s, p, o), probability in zip(trace.ids.tolist(), trace.probability.tolist(), strict=True):
        stated = (mine.concepts[s].iri, mine.predicates[p].iri, mine.concepts[o].iri)
        found.append(Hop(mine.concepts[o].label, probability, None if facts is None else stated in facts))
    return found


def in_all_ways(mind: Mind, thought: Thought) -> dict[str, list[Hop]]:
    """The same path in each of the three ways, and as a chain without feedback (beta = 0)."""
    ways = {CALLED[how][0]: replace(thought, how=how) for how in WAYS}
    ways["as a chain, no feedback"] = replace(thought, how="chain", beta=0.0)
    return {name: hops(mind, answer(mind, way).trace) for name, way in ways.items()}
