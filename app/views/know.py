"""Know: semantic memory, what is so in general. Give the brain a cue and watch what comes to mind."""

from typing import Any

import streamlit as st
from beliefs import show_beliefs
from components.player import ACTS, player
from controls import (
    act,
    choose_changes,
    choose_how,
    choose_length,
    choose_mind,
    choose_name,
    choose_start,
    show_error,
)
from glossary import plain, show_words
from questions import Question, answer
from scripts import recall_script
from session import Mind
from sharing import show_sharing
from told import show_statements
from wording import sentence

from tensorbrain.errors import TensorBrainError

PLAYER = "known"


def main() -> None:
    """The page, from top to bottom."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("See what a brain knows", anchor=False, width="content")
        beside = st.empty()  # the word on what runs stands beside the title, so that nothing below it moves
    try:
        with beside, st.spinner("The brain wakes up ..."), st.sidebar:
            mind = choose_mind()
        with st.sidebar:
            question = choose_question(mind)
        with beside, st.spinner("The brain recalls ..."):
            found = answer(mind, question)
    except (TensorBrainError, OSError) as error:
        show_error(error)
        return
    if not len(found.trace):
        st.info("Nothing comes to mind: leave more of the cue open.")
        return
    player(
        found.film,
        key=PLAYER,
        acts=ACTS,
        on_act=lambda: act(PLAYER, mind.brain.vocabulary),
        stay=True,
        glossary=plain(),
    )
    with st.container(horizontal=True):
        show_sharing(found.trace, recall_script(mind, question), "know")
        show_words()
    for note in found.trace.notes:
        st.caption(sentence(note))
    show_statements(found.trace, "What came to mind")
    show_beliefs(mind, found.brain, question)


def choose_question(mind: Mind) -> Question:
    """The cue and all that shapes the recall."""
    cue: dict[str, Any] = {
        slot: choose_name(mind, slot, slot.capitalize()) for slot in ("subject", "predicate", "object")
    }
    length = choose_length()
    a_bar = choose_start(mind)
    selection, seed = choose_how()
    return Question(**cue, statements=length, a_bar=a_bar, selection=selection, seed=seed, **choose_changes(mind))


main()
