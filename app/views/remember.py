"""Remember: episodic memory on a timeline. A moment is found by its time, a cue or its likeness, and relived."""

from dataclasses import replace
from typing import Any

import streamlit as st
from address import Within, settle, words
from components.player import ACTS, player
from components.timeline import Heights, timeline
from controls import LENGTHS, act, choose_changes, choose_length, choose_mind, choose_name, show_error
from glossary import plain, show_words
from living import Lived, forget, lived
from moments import Comparison, by_cue, by_likeness, by_time, compare, in_words, shown_names, told_of
from questions import Question, answer
from scripts import recall_script
from session import Mind
from sharing import show_sharing
from told import show_statements

from tensorbrain.errors import TensorBrainError

WAYS = {
    "time": "Choose a moment here, or click it on the timeline.",
    "cue": "Say who, what or with whom: the moment that this reminds of most is relived.",
    "likeness": "Choose a moment: the timeline shows which others are like it.",
}
CUE = {"subject": "Who or what", "predicate": "Does what", "object": "With whom or what"}
BEST = "(what the cue reminds of most)"
MOST_RECENCY = 10.0
PLAYER, TIMELINE = "reliving", "timeline"
COLUMNS = {
    "subject": "Subject",
    "predicate": "Predicate",
    "object": "Object",
    "back": st.column_config.TextColumn("Comes back", help="“not told” or “not seen”: recalled all the same."),
    "probability": st.column_config.NumberColumn("Probability in recall", format="%.3f"),
}


def main() -> None:
    """The page, from top to bottom."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Relive a moment", anchor=False, width="content")
        beside = st.empty()  # the word on what runs stands beside the title, so that nothing below it moves
    try:
        with beside, st.spinner("The brain wakes up ..."), st.sidebar:
            shipped = choose_mind()
        if not shipped.brain.vocabulary.instants:
            show_timeless()
            return
        experience = lived(shipped.brain)
        mind = Mind(shipped.world, experience.brain, None) if experience else shipped
        with beside, st.spinner("The brain looks for the moment ..."), st.sidebar:
            asked, heights = choose_moment(mind)
        shown, learned = shown_names(mind), len(shipped.brain.vocabulary.instants)
        if experience:
            show_experience(experience, shown[:learned])
        row = mind.brain.vocabulary.find(str(asked.instant), "instant")
        st.session_state.latest = shown[row]
        times = list(mind.brain.vocabulary.times)
        timeline(shown, times, learned, row, heights, on_choose=lambda: relive(shown), key=TIMELINE)
        with beside, st.spinner("The brain recalls ..."):
            found = answer(mind, asked)
            whole = told_and_recalled(mind, asked, experience)
    except (TensorBrainError, OSError) as error:
        show_error(error)
        return
    if not len(found.trace):
        st.info("Nothing of this moment comes to mind.")
        return
    player(found.film, key=PLAYER, acts=ACTS, on_act=lambda: act_on(mind), stay=True, glossary=plain())
    with st.container(horizontal=True):
        show_sharing(found.trace, recall_script(shipped, asked, experience.history if experience else ()), "remember")
        show_words()
    for note in found.trace.notes:
        st.caption(note)
    if whole:
        show_comparison(whole)
    show_statements(found.trace, "What was recalled")


def choose_moment(mind: Mind) -> tuple[Question, Heights]:
    """How the moment is found, which it is, and how high all of them stand."""
    settle("by", words(WAYS), "time")
    by = st.segmented_control(
        "Find a moment by",
        WAYS,
        key="by",
        default="time",
        required=True,
        bind="query-params",
        width="stretch",
        on_change=keep_moment,
    )
    st.caption(WAYS[by or "time"])
    if by == "cue":
        cue = {slot: choose_name(mind, slot, label) for slot, label in CUE.items()}
        recency = choose_recency()
        among = st.container()
        length, changes = choose_length(), choose_changes(mind)
        heights = by_cue(mind, Question(mode="episodic", **cue, **changes), recency=recency)
        with among:
            instant = choose_among(mind, heights, told=(mind.world, *cue.values(), recency))
        return Question(mode="episodic", instant=instant, statements=length, **changes), heights
    instant = choose_name(mind, "instant", "Moment", open_too=False)
    asked = Question(mode="episodic", instant=instant, statements=choose_length(), **choose_changes(mind))
    return asked, (by_likeness if by == "likeness" else by_time)(mind, asked)


def keep_moment() -> None:
    """Another way of finding a moment begins with the one that was found."""
    if st.session_state.by != "cue" and "latest" in st.session_state:
        st.session_state.instant = st.session_state.latest


def choose_recency() -> float:
    """Whether recent or remote moments come to mind more easily."""
    settle("recency", Within(-MOST_RECENCY, MOST_RECENCY), "0")
    recency = st.slider(
        "Remote or recent",
        -MOST_RECENCY,
        MOST_RECENCY,
        0.0,
        0.5,
        key="recency",
        bind="query-params",
        help="λ in nₜ + λ · recency(t), where recency runs from 0 at the first moment to 1 at the last.",
    )
    more = "Recent moments come to mind more easily." if recency > 0 else "Remote moments come to mind more easily."
    st.caption(more if recency else "Recent and remote moments come to mind alike.")
    return recency


def choose_among(mind: Mind, heights: Heights, *, told: tuple[Any, ...]) -> str:
    """The moment that the cue reminds of most, unless another was chosen since the cue was told."""
    if st.session_state.setdefault("cue_told", told) != told:
        st.session_state.cue_told = told
        st.session_state.relived = BEST
    shown = shown_names(mind)
    settle("relived", words((BEST, *shown)), BEST)
    chosen = st.selectbox(
        "Relive", (BEST, *shown), key="relived", bind="query-params", help="Or click a moment of the timeline."
    )
    row = int(heights.probability.argmax()) if chosen in (None, BEST) else shown.index(chosen)
    return mind.brain.vocabulary.instants[row].iri


def relive(shown: list[str]) -> None:
    """A moment of the timeline was chosen: the controls say the same."""
    row = st.session_state[TIMELINE].chosen
    if isinstance(row, int) and 0 <= row < len(shown):
        st.session_state["relived" if st.session_state.by == "cue" else "instant"] = shown[row]


def act_on(mind: Mind) -> None:
    """Something was done to a concept on the stage: what is told becomes the cue."""
    done = st.session_state[PLAYER].act
    act(PLAYER, mind.brain.vocabulary)
    if done and done["what"] in ("cue", "clamp"):
        if done["slot"] == "instant":
            st.session_state.relived = st.session_state.instant
        else:
            st.session_state.by = "cue"


def told_and_recalled(mind: Mind, asked: Question, experience: Lived | None) -> Comparison | None:
    """What was told of the moment beside what comes back, where it is known what was told."""
    row = mind.brain.vocabulary.find(str(asked.instant), "instant")
    told, learned = told_of(mind, row), "told"
    if experience and mind.brain.vocabulary.instants[row].label == experience.label:
        told, learned = experience.remembered, "seen"
    if not told:
        return None
    enough = next((n for n in LENGTHS if n >= len(told)), len(told))
    trace = answer(mind, replace(asked, statements=max(enough, asked.statements))).trace
    return compare(trace, told, learned)


def show_timeless() -> None:
    """A brain that remembers no moments."""
    st.info("This brain remembers no moments, as its graph tells of none: there is nothing to relive.")
    st.page_link("views/know.py", label="See what a brain knows", icon=":material/arrow_forward:")


def show_experience(experience: Lived, shipped: list[str]) -> None:
    """That this visit's own brain is asked, and how to forget what it lived through."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"In this visit the brain lived through *{experience.title}*: **{experience.label}**, at the right end.",
            width="content",
        )
        st.button(
            "Forget it",
            type="tertiary",
            icon=":material/undo:",
            on_click=forget_it,
            args=(shipped,),
            help="Back to the brain as it was shipped.",
        )


def forget_it(shipped: list[str]) -> None:
    """Let the new moment go; where it was chosen, another one is."""
    forget()
    for key, instead in (("instant", shipped[0]), ("relived", BEST)):
        if st.session_state.get(key, instead) not in (BEST, *shipped):
            st.session_state[key] = instead


def show_comparison(found: Comparison) -> None:
    """The statements that were told of the moment, each with whether it comes back."""
    st.subheader("What happened, and what comes back", anchor=False)
    st.markdown(in_words(found))
    st.dataframe(
        found.rows,
        hide_index=True,
        column_config=COLUMNS,
        placeholder="–",
        height="content",
        alt=f"{len(found.rows)} statements, with whether each was told and comes back.",
    )


main()
