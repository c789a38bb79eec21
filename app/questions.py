"""A question to memory: everything that shapes a recall, as one value, and its answer, computed once."""

from dataclasses import dataclass, fields
from typing import Any, NamedTuple, Protocol

import streamlit as st
from components.film import chart_of, packet
from session import FIRST_CUE, Mind, graph_of, shipped, shipped_graph

from tensorbrain import intervene, recall
from tensorbrain.brain import Brain
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.trace import Record, Trace

MOST_CANDIDATES = 300  # kept of each window: in a small world all of them
MOST_KEPT = 32  # answers of a visit's own brains that are kept for it


@dataclass(frozen=True)
class Question:
    """All that shapes a recall from a brain: the cue by names, how it is recalled, and what is done to the brain.

    ``alpha``, ``beta`` and ``temperature`` are None where the brain keeps its own.
    """

    mode: str = "semantic"
    instant: str | None = None
    subject: str | None = None
    predicate: str | None = None
    object: str | None = None
    statements: int = 8
    a_bar: str = "learned"
    recency: float = 0.0
    selection: str = "top"
    seed: int = 0
    lesion: tuple[str, ...] = ()
    mute: tuple[str, ...] = ()
    alpha: float | None = None
    beta: float | None = None
    temperature: float | None = None

    def asked(self) -> dict[str, Any]:
        """The arguments of ``tensorbrain.recall``."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in CHANGES}

    def changes(self) -> dict[str, Any]:
        """The arguments of ``tensorbrain.intervene``."""
        return {name: getattr(self, name) for name in CHANGES}

    def put_to(self, brain: Brain, record: Record) -> Trace:
        """What a brain recalls."""
        return recall(brain, **self.asked(), record=record)


class Asked(Protocol):
    """What can be put to a brain: a question to memory, or a path of reasoning."""

    def changes(self) -> dict[str, Any]: ...

    def put_to(self, brain: Brain, record: Record) -> Trace: ...


CHANGES = ("lesion", "mute", "alpha", "beta", "temperature")


class Answer(NamedTuple):
    """The brain as it was asked, with whatever was done to it; what it recalled; and the film of that."""

    brain: Brain
    trace: Trace
    film: bytes


def answer(mind: Mind, question: Asked) -> Answer:
    """What a brain recalls: computed once for all visits, or for this visit alone if the brain is its own."""
    if mind.shared is not None:
        return _shared(mind.brain, graph_of(mind.world), mind.shared, mind.world, question)
    kept: dict[Any, Answer] = st.session_state.setdefault("answers", {})
    key = (id(mind.brain), question)
    found = kept.pop(key, None)  # a brain that is kept in an answer keeps its id
    if found is None or found.brain.vocabulary is not mind.brain.vocabulary:
        found = _answer(mind.brain, graph_of(mind.world), question)
    kept[key] = found
    while len(kept) > MOST_KEPT:
        del kept[next(iter(kept))]
    return found


def prepare(world: str) -> None:
    """Load a world that ships, answer the question that its page opens with, and the one without any cue.

    The second is searched with a wider beam, compiled apart; no visitor waits for either.
    """
    mind = shipped(world)
    words = mind.brain.vocabulary
    subject = words.concepts[words.find(FIRST_CUE[world]["subject"], "subject")].iri
    for question in (Question(subject=subject), Question()):
        _shared(mind.brain, shipped_graph(world), mind.shared, world, question)


# As a resource, not as data: a trace is never changed, and to copy its words for every visit would cost more than it.
@st.cache_resource(max_entries=256, show_spinner=False)
def _shared(
    _brain: Brain, _graph: KnowledgeGraph | None, file: tuple[str, int] | None, world: str, question: Asked
) -> Answer:
    return _answer(_brain, _graph, question)


def _answer(brain: Brain, graph: KnowledgeGraph | None, question: Asked) -> Answer:
    changed = intervene(brain, **question.changes())
    trace = question.put_to(changed, Record(top=MOST_CANDIDATES))
    return Answer(changed, trace, packet(trace, changed, graph, chart=chart_of(brain)) if len(trace) else b"")
