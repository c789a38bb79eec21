"""Remember: episodic memory on a timeline. A moment is found by its time, a cue or its likeness, and relived."""

from dataclasses import replace
from typing import Any

import streamlit as st
from address import Within, settle, words
from components.player import ACTS, player
from components.timeline import Heights, timeline
from controls import LENGTHS, act, choose_changes, choose_length, choose_mind, choose_name, show_error
from glossary import plain, show_words
from keeping import show_keeping, take_over
from living import Experience, Lived, as_shipped, lived
from looking import has_eyes
from moments import Comparison, by_cue, by_likeness, by_time, compare, in_words, shown_names, told_of
from questions import Question, answer
from scripts import Consolidated, Forgotten, recall_script
from session import Mind
from sharing import show_sharing
from told import show_statements
from wording import plain as literal
from wording import sentence

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
        take_over(shipped.brain)
        own = lived(shipped.brain)
        mind = Mind(shipped.world, own.brain, None) if own else shipped
        shown = shown_names(mind)
        mend_choice(shown)
        with beside, st.spinner("The brain looks for the moment ..."), st.sidebar:
            asked, heights = choose_moment(mind)
        if own:
            show_deeds(own, shown)
        learned = len({*mind.brain.vocabulary.instants} & {*shipped.brain.vocabulary.instants})
        row = mind.brain.vocabulary.find(str(asked.instant), "instant")
        st.session_state.latest = shown[row]
        times = list(mind.brain.vocabulary.times)
        timeline(shown, times, learned, row, heights, on_choose=lambda: relive(shown), key=TIMELINE)
        with beside, st.spinner("The brain recalls ..."):
            found = answer(mind, asked)
            whole = told_and_recalled(mind, asked, own.latest if own else None)
    except (TensorBrainError, OSError) as error:
        show_error(error)
        return
    if not len(found.trace):
        st.info("Nothing of this moment comes to mind.")
        return
    player(found.film, key=PLAYER, acts=ACTS, on_act=lambda: act_on(mind), stay=True, glossary=plain())
    with st.container(horizontal=True):
        show_sharing(found.trace, recall_script(shipped, asked, own.history if own else ()), "remember")
        show_words()
    for note in found.trace.notes:
        st.caption(sentence(note))
    if whole:
        show_comparison(whole)
    show_statements(found.trace, "What was recalled")
    show_keeping(shipped, mind, mind.brain.vocabulary.instants[row].iri, shown[row])
    if has_eyes(shipped.brain):
        st.page_link("views/perceive.py", label="Store a new moment: show a picture", icon=":material/bookmark_add:")


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


def told_and_recalled(mind: Mind, asked: Question, experience: Experience | None) -> Comparison | None:
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


def show_deeds(own: Lived, shown: list[str]) -> None:
    """That this visit's own brain is asked, what was done to its memory, and how to undo that."""
    with st.container(horizontal=True, vertical_alignment="center"):
        told = []
        if own.latest and own.latest.label in shown:
            told.append(
                f"lived through *{literal(own.latest.title)}*: **{literal(own.latest.label)}**, at the right end"
            )
        consolidated = sum(isinstance(deed, Consolidated) for deed in own.history)
        if consolidated:
            told.append(f"consolidated {'a moment' if consolidated == 1 else f'{consolidated} moments'}")
        if forgettings := [deed for deed in own.history if isinstance(deed, Forgotten)]:
            told.append(f"forgot all but {forgettings[-1].keep} moments")
        st.markdown(f"In this visit the brain {', and '.join(told)}.", width="content")
        st.button(
            "Undo",
            type="tertiary",
            icon=":material/undo:",
            on_click=as_shipped,
            help="Back to the brain as it was shipped.",
        )


def mend_choice(shown: list[str]) -> None:
    """Where a moment was chosen that is remembered no more, another one is."""
    latest = st.session_state.get("latest")
    if latest is None or latest in shown:
        return
    for key, instead in (("instant", shown[0]), ("relived", BEST)):
        if st.session_state.get(key) == latest:
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
