"""What a visit lets its brain live through: a brain whose memory has changed, which is this visit's alone."""

from typing import NamedTuple

import streamlit as st
from components.film import packet
from looking import Look, patch, visible
from questions import MOST_CANDIDATES
from scripts import Deed, Remembered, Shown

from tensorbrain import recall
from tensorbrain.brain import Brain
from tensorbrain.memory.experience import live
from tensorbrain.memory.write import RULES
from tensorbrain.trace import Record, Trace

LENGTHS = (4, 8, 16)  # of a recall: few, because every length is compiled once

__all__ = ["RULES", "Experience", "Lived", "as_shipped", "goes_on", "lived", "remember"]


class Experience(NamedTuple):
    """A picture that was remembered in one shot, and what the brain recalls of it.

    ``remembered`` are the ids (subject, predicate, object) of the statements that were written down.
    """

    label: str
    title: str
    remembered: list[tuple[int, int, int]]
    trace: Trace
    film: bytes
    rule: str


class Lived(NamedTuple):
    """A visit's own brain: the one that it came from, what was done to its memory since, and the latest experience."""

    origin: Brain
    brain: Brain
    history: tuple[Deed, ...]
    latest: Experience | None = None


def lived(origin: Brain) -> Lived | None:
    """What this visit has made of a brain, if anything."""
    found = st.session_state.get("lived")
    return found if found and found.origin is origin else None


def as_shipped() -> None:
    """Let all go that this visit did to a memory: the brain as it was shipped has never changed."""
    for key in ("lived", "consolidation"):
        st.session_state.pop(key, None)


def goes_on(origin: Brain, brain: Brain, deed: Deed, latest: Experience | None = None) -> Lived:
    """From now on this visit asks ``brain``, which ``deed`` made of the one before."""
    before = lived(origin)
    history = (*(before.history if before else ()), deed)
    st.session_state.lived = Lived(origin, brain, history, latest or (before.latest if before else None))
    return st.session_state.lived


def remember(origin: Brain, look: Look, shown: Shown, rule: str) -> Lived:
    """Write what was perceived into memory in one shot, and recall it at once; ``shown`` says how it was drawn."""
    brain, left = live(look.brain, look.scene.pixels, look.trace.boxes[1:], rule=rule)
    remembered = [(int(s), int(p), int(o)) for s, p, o in left.statements]
    length = next((n for n in LENGTHS if n >= len(remembered)), LENGTHS[-1])
    trace = recall(brain, instant=left.instant, statements=length, record=Record(top=MOST_CANDIDATES))
    things = dict.fromkeys(int(k) for s, _, o in trace.ids for k in (s, o) if visible(brain, int(k)))
    film = packet(trace, brain, imagined={k: patch(brain, k) for k in things})
    latest = Experience(left.instant, look.scene.title, remembered, trace, film, rule)
    return goes_on(origin, brain, Remembered(shown, rule), latest)
