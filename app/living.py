"""What a visit lets its brain live through: a brain with new memories, which is this visit's alone."""

from typing import NamedTuple

import streamlit as st
from components.film import packet
from looking import Look, patch, visible
from questions import MOST_CANDIDATES
from scripts import Remembered, Shown

from tensorbrain import recall
from tensorbrain.brain import Brain
from tensorbrain.memory.experience import live
from tensorbrain.memory.write import RULES
from tensorbrain.trace import Record, Trace

LENGTHS = (4, 8, 16)  # of a recall: few, because every length is compiled once

__all__ = ["RULES", "Lived", "forget", "lived", "remember"]


class Lived(NamedTuple):
    """The latest experience: the brain that it came from and the brain after it, and what the latter recalls of it.

    ``remembered`` are the ids (subject, predicate, object) of the statements that were written down, ``history`` all
    that this brain has lived through in this visit.
    """

    origin: Brain
    brain: Brain
    label: str
    title: str
    remembered: list[tuple[int, int, int]]
    trace: Trace
    film: bytes
    rule: str
    history: tuple[Remembered, ...]


def lived(origin: Brain) -> Lived | None:
    """The latest experience of this visit with a brain, if there is one."""
    found = st.session_state.get("lived")
    return found if found and found.origin is origin else None


def forget() -> None:
    """Let this visit's experiences go: the brain as it was shipped has never changed."""
    st.session_state.pop("lived", None)


def remember(origin: Brain, look: Look, shown: Shown, rule: str) -> Lived:
    """Write what was perceived into memory in one shot, and recall it at once; ``shown`` says how it was drawn."""
    before = lived(origin)
    history = (*(before.history if before else ()), Remembered(shown, rule))
    brain, left = live(look.brain, look.scene.pixels, look.trace.boxes[1:], rule=rule)
    remembered = [(int(s), int(p), int(o)) for s, p, o in left.statements]
    length = next((n for n in LENGTHS if n >= len(remembered)), LENGTHS[-1])
    trace = recall(brain, instant=left.instant, statements=length, record=Record(top=MOST_CANDIDATES))
    things = dict.fromkeys(int(k) for s, _, o in trace.ids for k in (s, o) if visible(brain, int(k)))
    film = packet(trace, brain, imagined={k: patch(brain, k) for k in things})
    st.session_state.lived = Lived(
        origin, brain, left.instant, look.scene.title, remembered, trace, film, rule, history
    )
    return st.session_state.lived
