"""One visit's perceptions: the latest look at a picture, kept so that a click elsewhere on the page repeats nothing."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from components.film import chart_of, packet
from pictures import STAGE, Scene, stage
from questions import MOST_CANDIDATES

from tensorbrain import imagine, intervene, perceive
from tensorbrain.brain import Brain
from tensorbrain.trace import Record, Trace


class Look(NamedTuple):
    """A picture as a brain perceived it, and the film of it."""

    brain: Brain
    scene: Scene
    trace: Trace
    film: bytes


def has_eyes(brain: Brain) -> bool:
    """Whether a brain was trained on pictures."""
    return brain.settings.senses == "pictures"


def look(brain: Brain, scene: Scene, changes: Mapping[str, Any], *, propose: bool, statements: int) -> Look:
    """Perceive a picture, or hand back the visit's latest look if nothing has changed since.

    What is done to the brain holds for the look alone. Kept for this visit: what somebody uploads or lets a brain live
    through is nobody else's.
    """
    asked = (propose, statements, changes)
    latest, how = st.session_state.get("look", (None, None))
    if latest and latest.brain is brain and latest.scene is scene and how == asked:
        return latest
    record = Record(top=MOST_CANDIDATES)
    changed = intervene(brain, **changes)
    trace = perceive(changed, scene.pixels, None if propose else scene.boxes, statements=statements, record=record)
    graph = stage() if brain.source == STAGE else None
    film = packet(trace, changed, graph, chart=chart_of(brain), picture=scene.picture()) if len(trace) else b""
    fresh = Look(brain, scene, trace, film)
    st.session_state.look = (fresh, asked)
    return fresh


def patch(brain: Brain, concept: int) -> np.ndarray:
    """What a brain imagines of a concept, as pixels to be shown."""
    # One concept a call, so that whatever a page shows was compiled once.
    imagined = imagine(brain, brain.vocabulary.concepts[concept].iri)[0]
    return np.clip(np.rint(imagined * 255), 0, 255).astype(np.uint8)


def visible(brain: Brain, concept: int) -> bool:
    """Whether a concept is a thing or a kind of thing, of which something can be imagined."""
    return brain.vocabulary.concepts[concept].group in ("entity", "class")
