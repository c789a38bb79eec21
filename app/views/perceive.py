"""Perceive: show the brain a picture, watch it look region by region, and let it remember what it saw."""

import streamlit as st
from choosing import MOST_VIEWS, NOTHING_YET, choose_boxes, choose_picture
from components.film import chance
from components.player import player
from controls import choose_changes, choose_length, choose_mind, show_error
from gallery import show_regions, show_thoughts
from glossary import plain, show_words
from living import RULES, Experience, Lived, as_shipped, lived, remember
from looking import Look, has_eyes, look, visible
from moments import compare
from scripts import perceive_script
from sharing import show_sharing
from told import show_statements
from wording import plain as literal
from wording import sentence

from tensorbrain.brain import Brain
from tensorbrain.errors import TensorBrainError

NOT_IN_THE_LINK = "The picture that you uploaded is not in the link."
FILMS = ("perception", "recall")


def main() -> None:
    """The page, from top to bottom."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("See a picture become a memory", anchor=False, width="content")
        beside = st.empty()  # the word on what runs stands beside the title, so that nothing below it moves
        switch = st.empty()
    try:
        with beside, st.spinner("The brain wakes up ..."), st.sidebar:
            mind = choose_mind()
            shipped = mind.brain
        if not has_eyes(shipped):
            st.info("This brain has no eyes, as it was trained without pictures: choose one that was trained on some.")
            return
        above = st.container()  # where a scene is composed
        with beside, st.spinner("The picture is drawn ..."), st.sidebar:
            scene, drawn = choose_picture(above)
            propose = choose_boxes(scene) if scene else False
            drawn = drawn._replace(propose=propose)
            statements = choose_length()
            changes = choose_changes(mind, senses=True)
        if scene is None:
            st.info(NOTHING_YET[st.session_state.picture])
            return
        experience = lived(shipped)
        asked = experience.brain if experience else shipped
        with beside, st.spinner("The brain looks ..."):
            seen = look(asked, scene, changes, propose=propose, statements=statements)
        watched, buttons = st.container(), st.container(horizontal=True, vertical_alignment="center")
        with buttons:
            rule = choose_what_next(experience)
        if rule:
            with beside, st.spinner("The brain remembers and recalls ..."):
                experience = remember(shipped, seen, drawn, rule)
            st.session_state.film = "recall"
            st.rerun()
    except (TensorBrainError, OSError) as error:
        show_error(error)
        return
    if not len(seen.trace):
        st.info("The brain sees nothing that it could say: choose another picture or other regions.")
        return
    latest = experience.latest if experience else None
    with switch:
        shown = choose_film() if latest else "perception"
    with watched:
        film = latest.film if latest and shown == "recall" else seen.film
        player(film, key="perceived", glossary=plain())
        st.markdown(reminded(seen, latest))
    with st.container(horizontal=True):
        lived_through = experience.history if experience else ()
        script = perceive_script(mind, drawn, {"statements": statements}, changes, lived_through)
        show_sharing(seen.trace, script, "perceive", apart=NOT_IN_THE_LINK if drawn.source == "upload" else "")
        show_words()
    if experience and latest:
        show_experience(experience.brain, latest)
    show_statements(seen.trace, "What was perceived")
    for note in seen.trace.notes:
        st.caption(sentence(note[:1].upper() + note[1:] + "."))
    st.subheader("Region by region", anchor=False)
    show_regions(seen)


def choose_what_next(experience: Lived | None) -> str | None:
    """Remember, look again, forget; the rule by which to remember now, or None."""
    pressed = st.button("Remember this picture", type="primary", icon=":material/bookmark_add:")
    rule = st.segmented_control(
        "Rule",
        RULES,
        key="rule",
        default="learned",
        required=True,
        bind="query-params",
        label_visibility="collapsed",
        help="How the new moment's embedding is written: by the rule the brain was taught, or as a copy of the "
        "blackboard.",
    )
    if st.session_state.get("picture") != "upload":
        st.button(
            "Look again", icon=":material/visibility:", on_click=look_again, help="Another view of the same scene."
        )
    if experience:
        st.button("Forget", icon=":material/undo:", on_click=as_shipped, help="Back to the brain as it was shipped.")
    return (rule or "learned") if pressed else None


def look_again() -> None:
    """The same scene once more, everything a little elsewhere."""
    st.session_state.view = (st.session_state.get("view", 0) + 1) % (MOST_VIEWS + 1)
    st.session_state.film = "perception"


def choose_film() -> str:
    """After an experience: whether the film of the perception is shown or that of its recall."""
    st.session_state.setdefault("film", "perception")
    return st.segmented_control("Film", FILMS, key="film", required=True, label_visibility="collapsed") or FILMS[0]


def reminded(seen: Look, experience: Experience | None) -> str:
    """Of which moment the scene reminds, and whether it is the one that it shows or that was lived here."""
    trace = seen.trace
    found = dict(trace.top(0, 0))
    if not found:
        return "This brain knows no moments of which the scene could remind it."
    label, probability = next(iter(found.items()))
    said = f"The scene reminds of **{literal(label)}** ({chance(probability)})"
    if experience and experience.label == label:
        return f"{said}: the moment that this brain lived here, with *{literal(experience.title)}*."
    if experience:
        own = f"with {chance(found[experience.label])}" if experience.label in found else "not among the first twelve"
        return f"{said}; of **{literal(experience.label)}**, lived here, {own}."
    if seen.scene.instant >= 0 and label == seen.scene.title:
        return f"{said}: the moment that is shown."
    return f"{said}; shown is *{literal(seen.scene.title)}*."


def show_experience(brain: Brain, experience: Experience) -> None:
    """What was written down of the new moment, what of it comes back, and what the brain sees before its inner eye."""
    rows, count, back, *_ = compare(experience.trace, experience.remembered, "seen")
    st.subheader(f"What comes back of {literal(experience.label)}", anchor=False)
    written = "One statement was" if count == 1 else f"{count} statements were"
    st.markdown(
        f"{written} written down of *{literal(experience.title)}* in one shot, by the rule **{experience.rule}**. "
        f"Asked for as many, the new moment brings back **{back} of {count}** ({back / max(count, 1):.0%})."
    )
    st.dataframe(
        rows,
        hide_index=True,
        column_config={
            "subject": "Subject",
            "predicate": "Predicate",
            "object": "Object",
            "back": st.column_config.TextColumn("Came back", help="“not seen”: recalled, but never written down."),
            "probability": st.column_config.NumberColumn("Probability in recall", format="%.3f"),
        },
        placeholder="–",
        alt=f"{len(rows)} statements, with whether each came back.",
    )
    things = dict.fromkeys(k for s, _, o in experience.remembered for k in (s, o) if visible(brain, k))
    if things:
        st.markdown("What the brain *sees* while it recalls, g⁺ of each thing in the moment:")
        show_thoughts(brain, list(things))


main()
