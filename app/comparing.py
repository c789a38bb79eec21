"""Two recalls side by side: which statements they share, and how their probabilities differ."""

from typing import NamedTuple

import streamlit as st

from tensorbrain.trace import Trace


class Pair(NamedTuple):
    """A statement with its probability on both sides, None where it was not recalled."""

    subject: str
    predicate: str
    object: str
    left: float | None
    right: float | None


def paired(left: Trace, right: Trace) -> list[Pair]:
    """All statements of two recalls, those of the left first, each once."""
    sides = [{said[:3]: said.probability for said in reversed(trace.statements)} for trace in (left, right)]
    order = dict.fromkeys(said[:3] for trace in (left, right) for said in trace.statements)
    return [Pair(*words, *(side.get(words) for side in sides)) for words in order]


def in_words(pairs: list[Pair]) -> str:
    """How far two recalls agree, in a sentence or two.

    >>> in_words([Pair("Sparky", "likes", "Bone", 0.5, 0.25), Pair("Sparky", "is a", "dog", 0.2, None)]).split(". ")[0]
    'Of 2 statements 1 is recalled on both sides'
    """
    both = [pair for pair in pairs if pair.left is not None and pair.right is not None]
    text = f"Of {len(pairs)} statements {len(both)} {'is' if len(both) == 1 else 'are'} recalled on both sides."
    moved = max(both, key=lambda pair: abs((pair.left or 0) - (pair.right or 0)), default=None)
    if moved is None or moved.left is None or moved.right is None or abs(moved.left - moved.right) < 0.005:
        return f"{text} None of them changes its probability." if both else text
    said = f"*{moved.subject} {moved.predicate} {moved.object}*"
    return f"{text} Most changes {said}: {moved.left:.2f} on the left, {moved.right:.2f} on the right."


def show_pairs(left: Trace, right: Trace) -> None:
    """The statements of both sides in one table, with a sentence on them."""
    pairs = paired(left, right)
    st.subheader("Side by side", anchor=False)
    st.markdown(in_words(pairs))
    st.dataframe(
        [pair._asdict() for pair in pairs],
        hide_index=True,
        column_config={
            "subject": "Subject",
            "predicate": "Predicate",
            "object": "Object",
            "left": st.column_config.ProgressColumn("Left", format="%.3f", min_value=0.0),
            "right": st.column_config.ProgressColumn("Right", format="%.3f", min_value=0.0),
        },
        placeholder="not recalled",
        alt=f"{len(pairs)} statements with their probabilities on both sides.",
    )
