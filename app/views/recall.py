"""Recall: give the brain a cue, and watch what it remembers, one operation after the other."""

import streamlit as st
from components.film import chance, reading
from components.player import player
from session import CUE_SLOTS, FIRST_CUE, OWN_FILE, PLACES, brain_file, brain_of, film_of, names

from tensorbrain.brain import Brain
from tensorbrain.errors import TensorBrainError
from tensorbrain.trace import Trace

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
        sentence = str(error)
        st.error(sentence[:1].upper() + sentence[1:])
        return
    if not len(trace):
        st.info("Nothing comes to mind: leave more of the cue open.")
        return
    player(film)
    for note in trace.notes:
        st.caption(note)
    show_statements(trace)


def choose_brain() -> Brain:
    """The brain of the chosen world, or of the file whose path is typed."""
    world = st.selectbox("World", PLACES, key="world", bind="query-params")
    own = ""
    if world == OWN_FILE:
        own = st.text_input("Path of a brain file", key="own", placeholder="my.brain.safetensors").strip()
        if not own:
            st.caption("Train one with `tensorbrain train GRAPH -o FILE`, then type its path here.")
            st.stop()
    return brain_of(brain_file(world, own))


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


@st.fragment
def show_statements(trace: Trace) -> None:
    """The statements as a table; the selected one, at first the first, with the candidates of each window."""
    st.subheader("What was recalled", anchor=False)
    rows = [statement._asdict() for statement in trace.statements]
    picked = st.dataframe(
        rows,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row-required",
        key=f"table-{trace.mode}",
        column_config={
            "subject": "Subject",
            "predicate": "Predicate",
            "object": "Object",
            "probability": st.column_config.NumberColumn("Probability", format="%.3f"),
        },
        alt=f"{len(rows)} statements with their probabilities given the cue.",
    )
    chosen = picked["selection"]["rows"]
    show_why(trace, chosen[0] if chosen and chosen[0] < len(trace) else 0)


def show_why(trace: Trace, n: int) -> None:
    """Why the brain said statement ``n``: a sentence and the best candidates for each window."""
    said = trace.statements[n]
    with st.expander(f"Why “{said.subject} {said.predicate} {said.object}”?"):
        st.caption(
            f"Of all statements that agree with the cue this one has probability {chance(said.probability)}. "
            "Select another row of the table to see another statement."
        )
        words = trace.slots[1:]
        for window, (column, slot) in enumerate(zip(st.columns(len(words)), words, strict=True), start=1):
            with column:
                st.markdown("".join(f"**{text}**" if kind else text for text, kind in reading(trace, n, window)))
                st.dataframe(
                    [{slot.capitalize(): label, "Probability": p} for label, p in trace.top(n, window)[:5]],
                    hide_index=True,
                    column_config={"Probability": st.column_config.NumberColumn(format="%.3f")},
                    alt=f"The five best candidates for the {slot}.",
                )


main()
