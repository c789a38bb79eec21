"""What a visit needs of the library: brains and graphs that all visits share, and those that are this visit's own."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import streamlit as st
from streamlit.elements import spinner

from tensorbrain.brain import Brain
from tensorbrain.checkpoint import load_brain
from tensorbrain.compilation import set_up
from tensorbrain.datasets.worlds import WORLDS, load_graph, world_path
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.graph.names import local_name
from tensorbrain.graph.vocabulary import Vocabulary

set_up()
spinner.DELAY_SECS = 0.5  # what takes less than half a second is not worth a word

OWN_FILE = "a file of my own"
CUE_SLOTS = ("instant", "subject", "predicate", "object")

FIRST_CUE: dict[str, dict[str, str]] = {
    "neighbourhood": {"subject": "Sparky", "instant": "Monday 20 April 2026, 07:05: a new week begins"},
    "countries": {"subject": "Kenya"},
}
"""What a world is asked at first, so that its page never opens empty; an address says only what differs from it."""


class Taught(NamedTuple):
    """A graph that a visitor brought, and the brain that was taught it here."""

    brain: Brain
    graph: KnowledgeGraph


class Mind(NamedTuple):
    """A brain as it is chosen: its world, and its file if it came from one that all visits may share.

    ``shared`` is the path of the file and when it was changed; None for what belongs to this visit alone.
    """

    world: str
    brain: Brain
    shared: tuple[str, int] | None


def taught() -> dict[str, Taught]:
    """This visit's own graphs, by name: nobody else sees them."""
    return st.session_state.setdefault("taught", {})


def places() -> tuple[str, ...]:
    """What may be chosen as the world: those that ship, this visit's own, and a file."""
    return (*WORLDS, *taught(), OWN_FILE)


def carry(key: str, options: Sequence[str] | None = None) -> None:
    """Let a page open with the choice that another page was left with, where its address does not say otherwise.

    Streamlit forgets what was chosen in a widget as soon as the page changes.
    """
    last, page = st.session_state.get(f"last {key}", (None, None))
    if page in (None, _page()) or key in st.query_params:
        return
    if last is not None and (options is None or last in options):
        st.session_state[key] = st.query_params[key] = last


def keep(key: str, chosen: str | None) -> None:
    """Remember a choice for the pages to come."""
    st.session_state[f"last {key}"] = (chosen, _page())


def _page() -> str:
    return str(st.context.url).partition("?")[0]


def mind_of(world: str, own: str = "") -> Mind:
    """The brain of a world, or of the file whose path was typed; errors as in ``load_brain``."""
    if world in taught():
        return Mind(world, taught()[world].brain, None)
    return Mind(OWN_FILE, *in_file(Path(own).expanduser())) if world == OWN_FILE else shipped(world)


def shipped(world: str) -> Mind:
    """The brain that ships with a world."""
    return Mind(world, *in_file(world_path(world) / "brain.safetensors"))


def chaining(mind: Mind) -> Mind:
    """The brain of the same world that was taught to go on from a statement, where one ships beside it."""
    path = world_path(mind.world) / "chains.brain.safetensors" if mind.world in WORLDS else None
    return Mind(f"{mind.world}:chains", *in_file(path)) if path is not None and path.is_file() else mind


def in_file(path: Path) -> tuple[Brain, tuple[str, int]]:
    """The brain in a file, and by what others that share it know it: its path, and when it was changed."""
    shared = (str(path), path.stat().st_mtime_ns if path.is_file() else 0)
    return _brain(*shared), shared


# Read once for all visits, and again when the file has changed.
@st.cache_resource(max_entries=4, show_spinner=False)
def _brain(path: str, changed: int) -> Brain:
    return load_brain(path)


def graph_of(world: str) -> KnowledgeGraph | None:
    """The graph of a world; of a brain file nobody knows it."""
    if world in taught():
        return taught()[world].graph
    home = world.partition(":")[0]  # a world may have several brains
    return shipped_graph(home) if home in WORLDS else None


@st.cache_resource(show_spinner=False)
def shipped_graph(world: str) -> KnowledgeGraph:
    """The graph of a world that ships, read once for all visits."""
    return load_graph(world)


@lru_cache(maxsize=32)
def names(vocabulary: Vocabulary, slot: str) -> dict[str, str]:
    """What may be chosen for a slot: from the words that are shown to the name by which ``Vocabulary.find`` knows it.

    Concepts and predicates in alphabetical order, moments in order of time and with their time if the label has none.

    >>> from tensorbrain.graph.vocabulary import Concept
    >>> twins = tuple(Concept(f"urn:x:{place}#Mercury", "Mercury", "entity") for place in ("sky", "table"))
    >>> names(Vocabulary(concepts=twins), "subject")
    {'Mercury (urn:x:sky#Mercury)': 'urn:x:sky#Mercury', 'Mercury (urn:x:table#Mercury)': 'urn:x:table#Mercury'}
    """
    rows = vocabulary.slot(slot)
    labels = [row.label for row in rows]
    if slot == "instant":
        stamps = [(time or "")[:16].replace("T", " ") for time in vocabulary.times]
        pairs = zip(stamps, labels, strict=True)
        labels = [label if stamp[:4] in label else f"{stamp}: {label}" for stamp, label in pairs]
    seen: dict[str, int] = {}
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
    named = {
        label if seen[label] == 1 else f"{label} ({_tail(row.iri)})": row.iri
        for label, row in zip(labels, rows, strict=True)
    }
    return named if slot == "instant" else dict(sorted(named.items(), key=lambda item: item[0].casefold()))


def _tail(iri: str) -> str:
    return iri if len(iri) < 40 else f"...{local_name(iri)}"
