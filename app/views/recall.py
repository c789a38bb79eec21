"""Recall: give the brain a cue, and watch what it remembers, one operation after the other."""

import streamlit as st
from components.player import player
from controls import choose_brain, show_error
from session import CUE_SLOTS, FIRST_CUE, film_of, names
from told import show_statements

from tensorbrain.brain import Brain
from tensorbrain.errors import TensorBrainError

LENGTHS = (4, 8, 16, 32)  # few, because every length is compiled once
ANY = "(any)"
HELP = {
    "instant": f"The moment to be relived. With {ANY} the brain looks for the moment that the cue reminds it of.",
    "subject": f"Who or what the statements are about. With {ANY} the brain decides.",
    "predicate": f"What is said of the subject. With {ANY} the brain decides.",
    "object": f"Who or what it is said with. With {ANY} the brain decides.",
}


def main() -> None:
    """The page, from top to bottom."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("See a memory happen", anchor=False, width="content")
        beside = st.empty()  # the word on what runs stands beside the title, so that nothing below it moves
    try:
        with beside, st.spinner("The brain wakes up ..."), st.sidebar:
            brain = choose_brain()
        with st.sidebar:
            mode = choose_mode(brain)
            cue = choose_cue(brain, mode)
            length = st.select_slider("Statements", LENGTHS, value=8, key="statements", bind="query-params")
        with beside, st.spinner("The brain recalls ..."):
            trace, film = film_of(brain, cue, mode=mode, statements=length)
    except (TensorBrainError, OSError) as error:
        show_error(error)
        return
    if not len(trace):
        st.info("Nothing comes to mind: leave more of the cue open.")
        return
    player(film)
    for note in trace.notes:
        st.caption(note)
    show_statements(trace, "What was recalled")


def choose_mode(brain: Brain) -> str:
    """Semantic or episodic memory; a brain without moments has only the first."""
    episodes = bool(brain.vocabulary.instants)
    mode = st.segmented_control(
        "Memory",
        ("semantic", "episodic"),
        key="mode",
        default="semantic",
        required=True,
        bind="query-params",
        disabled=not episodes,
        width="stretch",
        help="Semantic memory knows what is true in general; episodic memory relives one moment.",
    )
    if not episodes:
        st.caption("This world has no dated episodes, so there is nothing to relive.")
    return mode if episodes and mode else "semantic"


def choose_cue(brain: Brain, mode: str) -> dict[str, str | None]:
    """One box a slot; what is left at ``ANY`` is for the brain to say."""
    slots = CUE_SLOTS if mode == "episodic" else CUE_SLOTS[1:]
    cue: dict[str, str | None] = {}
    for slot in slots:
        known = {ANY: None, **names(brain.vocabulary, slot)}
        words = list(known)
        first = FIRST_CUE.get(st.session_state.world, {}).get(slot, ANY)
        chosen = st.selectbox(
            "Moment" if slot == "instant" else slot.capitalize(),
            words,
            index=words.index(first) if first in known else 0,
            key=slot,
            bind="query-params",
            help=HELP[slot],
        )
        cue[slot] = known[chosen or ANY]
    return cue


main()
