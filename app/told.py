"""Statements in a table, shared by the pages of memory and of perception; why one was said is told on the stage."""

from typing import Any

import pyarrow as pa  # spares the way through pandas, which took longer than all else on a page
import streamlit as st

from tensorbrain.trace import Trace

COLUMNS = {
    "subject": "Subject",
    "predicate": "Predicate",
    "object": "Object",
    "regions": st.column_config.TextColumn("Regions", help="Where the subject and the object were seen."),
    "probability": st.column_config.NumberColumn("Probability", format="%.3f"),
}
OF_MEMORY = "Probabilities are those of the whole statement, given the cue; all statements that agree with it sum to 1."
OF_SIGHT = "A probability is that of the three words multiplied; of the predicate's, saying nothing has a share too."


def show_statements(trace: Trace, title: str) -> None:
    """The statements as a table, and what their probabilities mean."""
    st.subheader(title, anchor=False)
    rows: list[dict[str, Any]] = [statement._asdict() for statement in trace.statements]
    if trace.sight is not None:
        for row, pair in zip(rows, trace.regions.tolist(), strict=True):
            row["regions"] = in_places(pair)
    st.dataframe(
        pa.Table.from_pylist(rows),
        hide_index=True,
        column_config=COLUMNS,
        column_order=("subject", "predicate", "object", "probability", "regions"),
        alt=f"{len(rows)} statements with their probabilities given the {'cue' if trace.sight is None else 'picture'}.",
    )
    st.caption(OF_MEMORY if trace.sight is None else OF_SIGHT)


def in_places(regions: list[int]) -> str:
    """The regions of a statement in words.

    >>> in_places([1, 2]), in_places([1, 0]), in_places([3, 3])
    ('1 and 2', '1 in the picture', '3')
    """
    i, j = regions
    return str(i) if i == j else f"{i} and {j}" if j else f"{i} in the picture"
