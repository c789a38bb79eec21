"""Statements in a table, and why the brain said the selected one: shared by the pages of memory and of perception."""

from typing import Any

import streamlit as st
from components.film import chance, reading

from tensorbrain.trace import Trace

COLUMNS = {
    "subject": "Subject",
    "predicate": "Predicate",
    "object": "Object",
    "regions": st.column_config.TextColumn("Regions", help="Where the subject and the object were seen."),
    "probability": st.column_config.NumberColumn("Probability", format="%.3f"),
}


@st.fragment
def show_statements(trace: Trace, title: str) -> None:
    """The statements as a table; the selected one, at first the first, with the candidates of each window."""
    st.subheader(title, anchor=False)
    rows: list[dict[str, Any]] = [statement._asdict() for statement in trace.statements]
    if trace.sight is not None:
        for row, pair in zip(rows, trace.regions.tolist(), strict=True):
            row["regions"] = places(pair)
    picked = st.dataframe(
        rows,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row-required",
        key=f"table-{trace.mode}",
        column_config=COLUMNS,
        column_order=("subject", "predicate", "object", "probability", "regions"),
        alt=f"{len(rows)} statements with their probabilities given the {'cue' if trace.sight is None else 'picture'}.",
    )
    chosen = picked["selection"]["rows"]
    show_why(trace, chosen[0] if chosen and chosen[0] < len(trace) else 0)


def places(regions: list[int]) -> str:
    """The regions of a statement in words.

    >>> places([1, 2]), places([1, 0]), places([3, 3])
    ('1 and 2', '1 in the picture', '3')
    """
    i, j = regions
    return str(i) if i == j else f"{i} and {j}" if j else f"{i} in the picture"


def show_why(trace: Trace, n: int) -> None:
    """Why the brain said statement ``n``: a sentence and the best candidates for each window."""
    said = trace.statements[n]
    with st.expander(f"Why “{said.subject} {said.predicate} {said.object}”?"):
        if trace.sight is None:
            first = 1
            about = f"Of all statements that agree with the cue this one has probability {chance(said.probability)}."
        else:
            first = 0 if trace.vocabulary.instants else 1
            about = (
                f"Its probability {chance(said.probability)} is that of its three words multiplied; of the predicate's "
                "to say nothing of these regions has a share too."
            )
        st.caption(f"{about} Select another row of the table to see another statement.")
        windows = range(first, len(trace.slots))
        for window, column in zip(windows, st.columns(len(windows)), strict=True):
            slot = "moment" if trace.slots[window] == "instant" else trace.slots[window]
            with column:
                st.markdown("".join(f"**{text}**" if kind else text for text, kind in reading(trace, n, window)))
                st.dataframe(
                    [{slot.capitalize(): label, "Probability": p} for label, p in trace.top(n, window)[:5]],
                    hide_index=True,
                    column_config={"Probability": st.column_config.NumberColumn(format="%.3f")},
                    column_order=("Probability", "Moment") if slot == "moment" else None,  # moments have long names
                    alt=f"The five best candidates for the {slot}.",
                )
