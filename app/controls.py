"""Controls that all pages share: the brain, the cue, how it is recalled, what is done to the brain, and errors."""

import random
from functools import lru_cache
from typing import Any

import streamlit as st
from address import Nearest, Within, settle, words
from components.items import SLOT_OF
from session import FIRST_CUE, OWN_FILE, Mind, carry, keep, mind_of, names, places
from wording import sentence

from tensorbrain.brain import Brain
from tensorbrain.graph.vocabulary import Vocabulary
from tensorbrain.modes.semantic import A_BARS

ANY = "(any)"
LENGTHS = (4, 8, 16, 32)  # few, because every length is compiled once
MOST_SEED = 9999
HELP = {
    "instant": f"The moment to be relived. With {ANY} the brain looks for the moment that the cue reminds it of.",
    "subject": f"Who or what the statements are about. With {ANY} the brain decides.",
    "predicate": f"What is said of the subject. With {ANY} the brain decides.",
    "object": f"Who or what it is said with. With {ANY} the brain decides.",
}
DIALS = {
    "temperature": (0.1, 5.0, "Above 1 the index is less sure of what it reads, under 1 surer: n / T."),
    "alpha": (0.0, 2.0, "How much of the blackboard stays when a concept writes back."),
    "beta": (0.0, 2.0, "How strongly a concept writes back: at 0 there is no feedback."),
}
MU = (
    0.0,
    2.0,
    "How far the senses are open: at 0 the brain sees nothing, above 1 it sees more than it was taught with.",
)
CUTS = {
    "lesion": "Out of the index: such a concept is never read again.",
    "mute": "Such a concept is read as before, but writes nothing back.",
}
# How statements are picked, in the words that a visitor reads and that stand in the address.
SELECTIONS = {
    "best first": "top",
    "by chance": "sample",
    "greedily": "argmax",
    "with attention": "attend",
}


def choose_mind() -> Mind:
    """The brain of the chosen world, or of the file whose path is typed."""
    settle("world", words(places()), places()[0])
    carry("world", places())
    world = st.selectbox("World", places(), key="world", bind="query-params")
    keep("world", world)
    own = ""
    if world == OWN_FILE:
        carry("own")
        own = st.text_input("Path of a brain file", key="own", placeholder="my.brain.safetensors").strip()
        if not own:
            st.caption("Train one with `tensorbrain train GRAPH -o FILE`, then type its path here.")
            st.stop()
        keep("own", own)
    return mind_of(world or places()[0], own)


def choose_name(mind: Mind, slot: str, label: str, *, open_too: bool = True, first: str | None = None) -> str | None:
    """One box for a slot: the name that is chosen, or None where it is left for the brain to say.

    At first it holds ``first``, or what the world is asked at first.
    """
    known: dict[str, str | None] = {**({ANY: None} if open_too else {}), **names(mind.brain.vocabulary, slot)}
    options = list(known)
    first = first or FIRST_CUE.get(mind.world, {}).get(slot, options[0])
    first = first if first in known else options[0]
    settle(slot, words(options), first)
    chosen = st.selectbox(label, options, index=options.index(first), key=slot, bind="query-params", help=HELP[slot])
    return known[chosen or options[0]]


def choose_length() -> int:
    """How many statements are recalled."""
    settle("statements", Nearest(LENGTHS), "8")
    return st.select_slider("Statements", LENGTHS, value=8, key="statements", bind="query-params")


def choose_start(mind: Mind, prefix: str = "") -> str:
    """Which ā semantic memory starts from; a brain without moments has one."""
    if not mind.brain.vocabulary.instants:
        return "learned"
    settle(f"{prefix}a_bar", words(A_BARS), "learned")
    chosen = st.segmented_control(
        "Start ā",
        A_BARS,
        key=f"{prefix}a_bar",
        default="learned",
        required=True,
        bind="query-params",
        width="stretch",
        help="Semantic memory starts from a state that stands for all of time: learned as such, the mean of all "
        "moments, or each moment in turn, mixed.",
    )
    return chosen or "learned"


def choose_how(prefix: str = "") -> tuple[str, int]:
    """How statements are picked, and the seed of chance, which is seen and kept."""
    settle(f"{prefix}selection", words(SELECTIONS), "best first")
    chosen = st.selectbox(
        "Recalled",
        SELECTIONS,
        key=f"{prefix}selection",
        bind="query-params",
        help="Best first: the most probable statements. By chance: drawn window by window. Greedily: the best index of "
        "every window. With attention: all candidates write back as far as they are probable.",
    )
    selection = SELECTIONS[chosen or "best first"]
    if selection != "sample":
        return selection, 0
    key = f"{prefix}seed"
    settle(key, Within(0, MOST_SEED, whole=True), "0")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = st.number_input(
            "Seed", 0, MOST_SEED, 0, key=key, bind="query-params", help="The same seed, the same statements."
        )
        help = "Another seed, by chance"
        st.button("", icon=":material/casino:", key=f"{key}-dice", help=help, on_click=throw_seed, args=(key,))
    return selection, int(seed)


def throw_seed(key: str) -> None:
    """Another seed."""
    st.session_state[key] = random.randrange(MOST_SEED + 1)


def choose_changes(mind: Mind, prefix: str = "", *, senses: bool = False) -> dict[str, Any]:
    """What is done to the brain: gates, temperature, lesions and muted concepts, as arguments of ``intervene``.

    With ``senses`` also the gates of the sensory buffer, all at once.
    """
    vocabulary = mind.brain.vocabulary
    known = {**names(vocabulary, "subject"), **names(vocabulary, "predicate")}
    for key in ("lesion", "mute"):
        settle(f"{prefix}{key}", words(known)._replace(many=True), "none")
    with st.expander("Change the brain", icon=":material/tune:", key=f"{prefix}changes"):
        gates = {name: _dial(own_gate(mind.brain, name), name, *DIALS[name], prefix) for name in DIALS}
        if senses:
            gates["mu"] = _dial(1.0, "mu", *MU, prefix)
        cut = {
            name: st.multiselect(
                name.capitalize(),
                list(known),
                key=f"{prefix}{name}",
                bind="query-params",
                help=help,
                placeholder="None",
            )
            for name, help in CUTS.items()
        }
    return {**gates, **{name: tuple(known[word] for word in chosen) for name, chosen in cut.items()}}


@lru_cache(maxsize=16)
def own_gate(brain: Brain, name: str) -> float:
    """The brain's own value of a gate or of the temperature, asked once: it lies where JAX keeps its numbers."""
    return round(float(getattr(brain.model, name)), 2)


def _dial(own: float, name: str, low: float, high: float, help: str, prefix: str) -> float | None:
    key = f"{prefix}{name}"
    settle(key, Within(low, high), f"{own:g}")
    value = st.slider(name.capitalize(), low, high, own, 0.1, key=key, bind="query-params", help=help)
    return None if value == own else float(value)


def act(key: str, vocabulary: Vocabulary) -> None:
    """Carry out what was done to a concept on the stage, by setting the controls that say the same."""
    done = st.session_state[key].act
    if not done:
        return
    block, slot = str(done.get("block")), str(done.get("slot"))
    rows = vocabulary.slot(SLOT_OF.get(block, "subject"))
    k = done.get("id")
    if not isinstance(k, int) or not 0 <= k < len(rows) or block not in SLOT_OF:
        return
    found = {iri: word for word, iri in names(vocabulary, SLOT_OF[block]).items()}
    word = found[rows[k].iri]
    if done["what"] == "cue":
        st.session_state.update({"subject": word, "predicate": ANY, "object": ANY})
    elif done["what"] == "clamp" and slot in HELP:
        st.session_state[slot] = word
    elif done["what"] in ("lesion", "mute"):
        before = st.session_state.get(done["what"], [])
        st.session_state[done["what"]] = [*before, *([word] if word not in before else [])]


def show_error(error: Exception) -> None:
    """The one sentence of an error that the visitor can mend."""
    words = str(error)
    st.error(sentence(words[:1].upper() + words[1:]))
