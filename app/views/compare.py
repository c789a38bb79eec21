"""Compare: the same cue twice, with two settings, two seeds or two brains, on one scrubber."""

from dataclasses import replace
from typing import Any

import streamlit as st
from address import settle, words
from comparing import show_pairs
from components.player import player
from controls import (
    ANY,
    DIALS,
    choose_changes,
    choose_how,
    choose_length,
    choose_mind,
    choose_name,
    choose_start,
    own_gate,
    show_error,
)
from glossary import plain
from questions import Answer, Question, answer
from session import OWN_FILE, Mind, mind_of, places

from tensorbrain.errors import TensorBrainError

SAME = "the same world"
# Comparisons that open at once, by what they set; everything else is as the brain has it.
PAIRS: dict[str, dict[str, Any]] = {
    "with and without feedback": {"right_beta": 0.0},
    "cool and hot": {"left_temperature": 0.5, "right_temperature": 2.0},
    "learned ā and mean ā": {"right_a_bar": "mean"},
    "two seeds": {"left_selection": "by chance", "right_selection": "by chance", "right_seed": 1},
}
SIDES = ("left", "right")
FIRST = {"instant": ANY}
SLOTS = ("subject", "predicate", "object")


def main() -> None:
    """The page, from top to bottom."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Compare two recalls", anchor=False, width="content")
        beside = st.empty()  # the word on what runs stands beside the title, so that nothing below it moves
    pairs = st.container(horizontal=True)
    try:
        with beside, st.spinner("The brains wake up ..."), st.sidebar:
            mind = choose_mind()
            if not any(key.startswith(("left_", "right_")) for key in (*st.query_params, *st.session_state)):
                open_pair(next(iter(PAIRS)), mind)
            question = choose_question(mind)
        for name in PAIRS:
            pairs.button(name, on_click=open_pair, args=(name, mind), key=f"pair-{name}")
        with beside, st.spinner("The brains recall ..."):
            sides = [choose_side(mind, question, side) for side in SIDES]
    except (TensorBrainError, OSError) as error:
        show_error(error)
        return
    if not all(len(side.trace) for side in sides):
        st.info("Nothing comes to mind on one side: leave more of the cue open.")
        return
    for column, side, found in zip(st.columns(2, gap="medium"), SIDES, sides, strict=True):
        with column:
            player(
                found.film,
                key=f"compared-{side}",
                group="compare",
                follows=side == "right",
                still=True,
                stay=True,
                glossary=plain(),
            )
    show_pairs(*(found.trace for found in sides))


def choose_question(mind: Mind) -> Question:
    """What both sides are asked: a moment, or none for semantic memory, and the cue."""
    slots = ("instant", "subject", "predicate", "object") if mind.brain.vocabulary.instants else SLOTS
    labels = {"instant": "Moment"}
    cue: dict[str, Any] = {
        slot: choose_name(mind, slot, labels.get(slot, slot.capitalize()), first=FIRST.get(slot)) for slot in slots
    }
    mode = "episodic" if cue.get("instant") else "semantic"
    return Question(mode=mode, **cue, statements=choose_length())


def choose_side(mind: Mind, question: Question, side: str) -> Answer:
    """What is different on one side, and what it recalls."""
    prefix = f"{side}_"
    with st.sidebar:
        st.subheader(side.capitalize(), anchor=False)
        if side == "right":
            others = (SAME, *(place for place in places() if place not in (OWN_FILE, mind.world)))
            settle("right_world", words(others), SAME)
            world = st.selectbox("World of the right side", others, key="right_world", bind="query-params")
            mind = mind if world in (None, SAME) else mind_of(world)
        a_bar = choose_start(mind, prefix) if question.mode == "semantic" else "learned"
        selection, seed = choose_how(prefix)
        changes = choose_changes(mind, prefix)
    return answer(mind, replace(question, a_bar=a_bar, selection=selection, seed=seed, **changes))


def open_pair(name: str, mind: Mind) -> None:
    """Set what a comparison sets, and give everything else back to the brain."""
    usual = {
        "world": SAME,
        "a_bar": "learned",
        "selection": "best first",
        "seed": 0,
        "lesion": [],
        "mute": [],
        **{name: own_gate(mind.brain, name) for name in DIALS},
    }
    # Set, not removed: what is set stands in the address too.
    st.session_state.update({f"{side}_{key}": value for side in SIDES for key, value in usual.items()})
    st.session_state.update(PAIRS[name])


main()
