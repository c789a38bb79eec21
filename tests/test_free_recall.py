"""Lists and what was recalled of them, as psifr's table: counted by hand, and by psifr."""

import pytest

import tensorbrain as tb
from tensorbrain.errors import SettingsError
from tensorbrain.free_recall import StudiedList, free_recall_rows, said

LISTS = [
    StudiedList("a", 1, ["Rex", "Tom", "Ada", "Bella"], ["Bella", "Rex", "Tom"]),
    StudiedList("a", 2, ["Tom", "Bella", "Rex", "Ada"], ["Ada", "Ada", "Moby"]),
    StudiedList("b", 1, ["Ada", "Rex", "Bella", "Tom"], []),
]


def test_rows_by_hand():
    rows = free_recall_rows(LISTS)
    assert [list(row) for row in rows] == [["subject", "list", "position", "trial_type", "item"]] * 18
    assert [tuple(row.values()) for row in rows[:7]] == [
        *[("a", 1, n, "study", item) for n, item in ((1, "Rex"), (2, "Tom"), (3, "Ada"), (4, "Bella"))],
        *[("a", 1, n, "recall", item) for n, item in ((1, "Bella"), (2, "Rex"), (3, "Tom"))],
    ]
    assert [row["item"] for row in rows if row["trial_type"] == "recall"] == [
        "Bella",
        "Rex",
        "Tom",
        "Ada",
        "Ada",
        "Moby",
    ]
    assert {row["trial_type"] for row in rows if row["subject"] == "b"} == {"study"}


def test_psifr_counts_what_is_counted_by_hand():
    pytest.importorskip("psifr", reason="psifr is not installed: pip install psifr")
    import pandas as pd
    from psifr import fr

    table = fr.merge_free_recall(pd.DataFrame(free_recall_rows(LISTS)))
    spc = fr.spc(table).set_index("subject")["recall"]
    assert spc.loc["a"].tolist() == [0.5, 0.5, 0.0, 1.0]  # of two lists, by position
    assert spc.loc["b"].tolist() == [0.0] * 4
    assert (table["intrusion"].sum(), (table["repeat"] > 0).sum()) == (1, 1)  # Moby; Ada said twice
    crp = fr.lag_crp(table).set_index(["subject", "lag"]).loc["a"]
    # Of list 1: from 4 to 1 (lag -3; -1, -2 possible too), then from 1 to 2 (lag +1; +2 possible too).
    assert {lag: (row.actual, row.possible) for lag, row in crp.iterrows() if lag} == {
        -3: (1, 1), -2: (0, 1), -1: (0, 1), 1: (1, 1), 2: (0, 1), 3: (0, 0),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (StudiedList("a", 1, ["Rex"], []), "list 1 of subject a is given twice"),
        (StudiedList("a", 3, [], ["Rex"]), "list 3 of subject a has no items"),
        (StudiedList("a", 3, ["Rex", "Tom", "Rex"], []), "has 'Rex' at 2 positions"),
        (StudiedList("a", 3, ["Rex", ""], []), "an empty item at position 2 of study"),
        (StudiedList("a", 3, ["Rex"], ["Rex", ""]), "an empty item at position 2 of recall"),
        (StudiedList("a", 3, "Rex", []), "has the text 'Rex' for its items"),
    ],
)
def test_bad_lists_are_refused(bad, words):
    with pytest.raises(SettingsError, match=words):
        free_recall_rows([*LISTS, bad])


def test_what_a_trace_said():
    trace = tb.recall(tb.load_brain("neighbourhood"), instant="2026-05-03T08:10", statements=3)
    subjects, whole = said(trace, "subject"), said(trace)
    assert subjects == [statement.subject for statement in trace.statements]
    assert whole[0] == " ".join(trace.statements[0][:3]) and len(whole) == 3
    rows = free_recall_rows([StudiedList("brain", 1, whole, whole[::-1])])
    assert [row["item"] for row in rows] == [*whole, *whole[::-1]]
    with pytest.raises(SettingsError, match="there is no slot 'instant' of a statement"):
        said(trace, "instant")
