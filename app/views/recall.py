"""Recall: give the brain a cue, and watch what it remembers, one operation after the other."""

import streamlit as st

from components.film import chance, reading
from components.player import player
from session import CUE_SLOTS, FIRST_CUE, OWN_FILE, PLACES, brain_file, brain_of, film_of, names
from tensorbrain.brain import Brain
from tensorbrain.errors import TensorBrainError
from tensorbrain.trace import Trace

LENGTHS = (4, 8, 16, 32)  # few, because every length is compiled once
HELP = {
    "instant": "The moment that is to be remembered; left open, the brain looks for the moments the cue reminds it of.",
    "subject": "Who or what the statements are about. Leave it open, and the brain decides.",
    "predicate": "What is said of the subject. Leave it open, and the brain decides.",
    "object": "Who or what it is said with. Leave it open, and the brain decides.",
}


def main() -> None:
    """The page, from top to bottom."""
    begin()
    try:
        with st.sidebar:
            brain = choose_brain()
            mode = choose_mode(brain)
            cue = choose_cue(brain, mode)
            length = st.select_slider("Statements", LENGTHS, value=8, key="statements", bind="query-params")
        trace, film = film_of(brain, cue, mode=mode, statements=length)
    except (TensorBrainError, OSError) as error:
        st.error(f"{error}", icon=":material/error:")
        return
    if not len(trace):
        st.info("Nothing comes to mind: leave more of the cue open.", icon=":material/lightbulb:")
        return
    st.title("See a memory happen", anchor=False)
    player(film)
    for note in trace.notes:
        st.caption(note)
    show_statements(trace)


def begin() -> None:
    """A first visit, whose address says nothing yet, opens with the first cue of the first world."""
    if "world" not in st.session_state and not st.query_params:
        st.session_state.update(world=PLACES[0], mode="semantic", **FIRST_CUE[PLACES[0]])


def first_cue() -> None:
    """Another world or mode has other words: begin again with its own first cue."""
    cue = FIRST_CUE.get(st.session_state.world, {}) if st.session_state.mode == "semantic" else {}
    for slot in CUE_SLOTS:
        if slot in cue or slot in st.session_state:
            st.session_state[slot] = cue.get(slot)
    if st.session_state.get("instant", "") is None:
        del st.session_state["instant"]


def choose_brain() -> Brain:
    """The brain of the chosen world, or of the file whose path is typed."""
    world = st.selectbox("World", PLACES, key="world", on_change=first_cue, bind="query-params", required=True)
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
        default=None if "mode" in st.session_state else "semantic",
        required=True,
        on_change=first_cue,
        bind="query-params",
        disabled=not episodes,
        width="stretch",
        help="Semantic memory knows what is true in general; episodic memory relives one moment.",
    )
    if not episodes:
        st.caption("This world has no dated episodes, so there is nothing to relive.")
    return mode if episodes and mode else "semantic"


def choose_cue(brain: Brain, mode: str) -> dict[str, str | None]:
    """One box a slot; what is left open is for the brain to say."""
    slots = CUE_SLOTS if mode == "episodic" else CUE_SLOTS[1:]
    cue: dict[str, str | None] = {}
    for slot in slots:
        known = names(brain.vocabulary, slot)
        if slot == "instant" and slot not in st.session_state and slot not in st.query_params:
            st.session_state[slot] = next(iter(known))
        chosen = st.selectbox(
            "Moment" if slot == "instant" else slot.capitalize(),
            list(known),
            index=None,
            key=slot,
            placeholder="open: the brain decides",
            bind="query-params",
            help=HELP[slot],
        )
        cue[slot] = known[chosen] if chosen else None
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
            "probability": st.column_config.ProgressColumn("Probability", format="%.3f", min_value=0, max_value=1),
        },
        alt=f"{len(rows)} statements with their probabilities given the cue.",
    )
    chosen = picked["selection"]["rows"]
    show_why(trace, chosen[0] if chosen and chosen[0] < len(trace) else 0)


def show_why(trace: Trace, n: int) -> None:
    """Why the brain said statement ``n``: a sentence and the best candidates for each window."""
    said = trace.statements[n]
    with st.expander(f"Why “{said.subject} {said.predicate} {said.object}”?", icon=":material/help:"):
        st.caption(
            f"Of all statements that agree with the cue this one has probability {chance(said.probability)}. "
            "Select another row of the table to see another statement."
        )
        windows = [w for w, slot in enumerate(trace.slots) if trace.top(n, w) and (w or slot not in trace.cue)]
        for column, window in zip(st.columns(len(windows)), windows, strict=True):
            slot = trace.slots[window]
            with column:
                st.markdown("".join(f"**{text}**" if kind else text for text, kind in reading(trace, n, window)))
                st.dataframe(
                    [{slot.capitalize(): label, "Probability": p} for label, p in trace.top(n, window)[:5]],
                    hide_index=True,
                    column_config={"Probability": st.column_config.NumberColumn(format="%.3f")},
                    alt=f"The five best candidates for the {slot}.",
                )


main()
