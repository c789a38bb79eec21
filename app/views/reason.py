"""Reason: from one concept along predicates to others, a hop at a time, and what feedback does in it."""

import pyarrow as pa
import streamlit as st
from address import Within, settle, words
from components.player import player
from controls import choose_changes, choose_mind, choose_name, show_error
from glossary import plain, show_words
from questions import answer
from scripts import reason_script
from session import Mind, chaining, names
from sharing import show_sharing
from thinking import CALLED, Hop, Thought, hops, in_all_ways
from wording import plain as literal
from wording import sentence

from tensorbrain.errors import TensorBrainError

PLAYER = "reasoning"
MOST_HOPS = 5
# Where a world's page begins, so that it never opens empty.
FIRST = {
    "neighbourhood": ("Sparky", ("is a", "is a kind of", "is a kind of")),
    "countries": ("Kenya", ("borders", "capital")),
}
WAYS = {name: how for how, (name, _) in CALLED.items()}


def main() -> None:
    """The page, from top to bottom."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Follow a thought", anchor=False, width="content")
        beside = st.empty()  # the word on what runs stands beside the title, so that nothing below it moves
    try:
        with beside, st.spinner("The brain wakes up ..."), st.sidebar:
            mind = choose_mind()
            world, mind = mind.world, chaining(mind)
        with st.sidebar:
            thought = choose_thought(mind, world)
        with beside, st.spinner("The brain thinks ..."):
            found = answer(mind, thought)
    except (TensorBrainError, OSError) as error:
        show_error(error)
        return
    path = hops(mind, found.trace)
    st.markdown(in_words(found.trace.cue["subject"], path, thought.how))
    player(found.film, key=PLAYER, stay=True, glossary=plain())
    with st.container(horizontal=True):
        show_sharing(found.trace, reason_script(mind, thought), "reason")
        show_words()
    for note in found.trace.notes:
        st.caption(sentence(note))
    show_ways(mind, thought)


def choose_thought(mind: Mind, world: str) -> Thought:
    """Where the path begins, along which predicates, in which way, and what is done to the brain."""
    predicates = names(mind.brain.vocabulary, "predicate")
    options = list(predicates)
    begins, along = FIRST.get(world, ("", ()))
    along = tuple(name if name in predicates else options[0] for name in along) or (options[0],) * 2
    subject = choose_name(mind, "subject", "From", open_too=False, first=begins or None)
    settle("hops", Within(1, MOST_HOPS, whole=True), str(len(along)))
    count = st.slider("Hops", 1, MOST_HOPS, len(along), key="hops", bind="query-params")
    chosen = []
    for hop in range(count):
        first = along[min(hop, len(along) - 1)]
        key = f"hop{hop + 1}"
        settle(key, words(options), first)
        label = f"Hop {hop + 1}, along"
        name = st.selectbox(label, options, index=options.index(first), key=key, bind="query-params")
        chosen.append(predicates[name or first])
    settle("way", words(WAYS), next(iter(WAYS)))
    way = st.segmented_control(
        "Way", list(WAYS), key="way", default=next(iter(WAYS)), required=True, bind="query-params", width="stretch",
        help="  \n".join(f"{name[:1].upper() + name[1:]}: {what}." for name, what in CALLED.values()),
    )  # fmt: skip
    how = WAYS[way or next(iter(WAYS))]
    return Thought(str(subject), tuple(chosen), how, **choose_changes(mind))


def in_words(subject: str, path: list[Hop], how: str) -> str:
    """The path as one line, each hop with its probability.

    >>> in_words("Sparky", [Hop("dog", 0.98, True), Hop("mammal", 0.99, False)], "chain")
    '**Sparky** → **dog** (0.98) → **mammal** (0.99, not in the graph); together 0.97.'
    """
    told = [f"**{literal(subject)}**"]
    together = 1.0
    for hop in path:
        together *= hop.probability
        untrue = ", not in the graph" if hop.true is False else ""
        told.append(f"**{literal(hop.words)}** ({hop.probability:.2f}{untrue})")
    whole = "" if how == "embedded" or len(path) < 2 else f"; together {together:.2f}"
    return f"{' → '.join(told)}{whole}."


def show_ways(mind: Mind, thought: Thought) -> None:
    """The same path in every way, side by side; it is thought after the stage is there."""
    st.subheader("The same path, in every way", anchor=False)
    with st.spinner("The other ways are thought too ..."):
        ways = in_all_ways(mind, thought)
    rows = [
        {"Way": name, **{f"Hop {n}": cell(hop) for n, hop in enumerate(path, 1)}, "All hops true": right(path)}
        for name, path in ways.items()
    ]
    st.dataframe(
        pa.Table.from_pylist(rows),
        hide_index=True,
        alt="The objects that each way of reasoning reaches, hop by hop, with their probabilities.",
    )
    st.caption(
        "✓ stands where the graph says so. "
        + " ".join(f"{name[:1].upper() + name[1:]}: {what}." for name, what in CALLED.values())
        + " Without feedback β is 0: the brain names an object and forgets it at once."
    )


def cell(hop: Hop) -> str:
    """A hop in the table: what was reached, how probable, and whether the graph says so.

    >>> cell(Hop("dog", 0.98, True)), cell(Hop("dog", 0.98, None))
    ('✓ dog 0.98', 'dog 0.98')
    """
    sign = {True: "✓ ", False: "✗ ", None: ""}[hop.true]
    return f"{sign}{hop.words} {hop.probability:.2f}"


def right(path: list[Hop]) -> str:
    """How many hops the graph says, in words."""
    known = [hop.true for hop in path if hop.true is not None]
    return f"{sum(known)} of {len(known)}" if known else "nobody knows the graph"


main()
