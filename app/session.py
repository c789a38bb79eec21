"""What a visit needs of the library: brains that all visits share, and recalls that are computed once."""

from pathlib import Path
from typing import Any

import streamlit as st
from components.film import packet
from streamlit.elements import spinner

from tensorbrain import recall
from tensorbrain.brain import Brain
from tensorbrain.checkpoint import load_brain
from tensorbrain.compilation import keep_compiled
from tensorbrain.datasets.worlds import WORLDS, world_path
from tensorbrain.graph.names import local_name
from tensorbrain.graph.vocabulary import Vocabulary
from tensorbrain.trace import Trace

keep_compiled()
spinner.DELAY_SECS = 0.5  # what takes less than half a second is not worth a word

OWN_FILE = "a file of my own"
PLACES = (*WORLDS, OWN_FILE)
CUE_SLOTS = ("instant", "subject", "predicate", "object")

FIRST_CUE: dict[str, dict[str, str]] = {
    "neighbourhood": {"subject": "Sparky", "instant": "Monday 20 April 2026, 07:05: a new week begins"},
    "countries": {"subject": "Kenya"},
}
"""What a world is asked at first, so that its page never opens empty; an address says only what differs from it."""


def brain_file(world: str, own: str) -> Path:
    """The brain file of a shipped world, or the one whose path was typed."""
    return Path(own).expanduser() if world == OWN_FILE else world_path(world) / "brain.safetensors"


def brain_of(path: Path) -> Brain:
    """The brain in a file, read once for all visits and again when the file has changed."""
    changed = path.stat().st_mtime_ns if path.is_file() else 0
    return _brain(str(path), changed)


@st.cache_resource(max_entries=4, show_spinner=False)
def _brain(path: str, changed: int) -> Brain:
    return load_brain(path)


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


def film_of(brain: Brain, cue: dict[str, str | None], *, mode: str, statements: int) -> tuple[Trace, bytes]:
    """A recall and its film, computed once for each brain, cue, mode and number of statements."""
    return _film(brain, (brain.graph_hash, brain.seed, id(brain)), cue, mode, statements)


# As a resource, not as data: a trace is never changed, and to copy its words for every visit would cost more than it.
@st.cache_resource(max_entries=256, show_spinner=False)
def _film(
    _brain: Brain, identity: tuple[Any, ...], cue: dict[str, str | None], mode: str, statements: int
) -> tuple[Trace, bytes]:
    trace = recall(
        _brain,
        subject=cue.get("subject"),
        predicate=cue.get("predicate"),
        object=cue.get("object"),
        instant=cue.get("instant"),
        mode=mode,
        statements=statements,
    )
    return trace, packet(trace)
