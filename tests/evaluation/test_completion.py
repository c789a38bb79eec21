"""Filtered ranks against sorting by hand, on every slot and with ties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorbrain.errors import SettingsError
from tensorbrain.evaluation import completion
from tensorbrain.evaluation.completion import ROWS, calibration_error, completion_figures, ranks
from tensorbrain.evaluation.guesses import CountTable, LastSeen
from tensorbrain.evaluation.ranking import realistic_rank

SHAPE = (4, 3, 4, 3)
rows_of = st.lists(st.tuples(*(st.integers(0, n - 1) for n in SHAPE)), min_size=1, max_size=25, unique=True)


@given(rows_of, rows_of, st.sampled_from("spot"), st.integers(0, 1000))
def test_ranks_are_those_of_sorting(asked, told, slot, seed):
    column = "spot".index(slot)
    asked, known = np.array(asked, np.int32), np.array([*asked, *told], np.int32)
    table = np.random.default_rng(seed).integers(0, 3, (*SHAPE,)).astype(np.float32)  # few values: many are level

    def score(rows, slot):
        index = [rows[:, c] for c in range(4)]
        return np.stack([table[tuple(np.full(len(rows), k) if c == column else index[c] for c in range(4))]
                         for k in range(SHAPE[column])], axis=1)  # fmt: skip

    found = ranks(score, asked, known, slot)
    for i, row in enumerate(asked.tolist()):
        given_columns = [c for c in range(4) if c != column]
        others = [k[column] for k in known.tolist() if all(k[c] == row[c] for c in given_columns)]
        others = [k for k in others if k != row[column]]
        assert found.realistic[i] == realistic_rank(score(asked[i : i + 1], slot)[0], row[column], others)
    assert (found.confidence > 0).all() and (found.confidence <= 1 + 1e-6).all()


def test_more_rows_than_are_asked_at_a_time():
    rows = np.array([[s, 0, s % 7, -1] for s in range(ROWS + 5)], np.int32)
    found = ranks(lambda rows, slot: np.eye(7, dtype=np.float32)[rows[:, 0] % 7], rows, rows, "o")
    assert len(found.above) == ROWS + 5 and (found.realistic == 1).all()


def test_the_time_filter_leaves_other_times_in():
    rows = np.array([[0, 0, 1, 0], [0, 0, 2, 1]], np.int32)
    found = ranks(lambda rows, slot: np.array([[0.0, 1.0, 2.0]] * len(rows)), rows, rows, "o")
    assert found.realistic.tolist() == [2, 1]  # that 2 was true at another time does not excuse 1


def test_figures_of_both_ends_and_their_bounds():
    rows = np.array([[0, 0, 1, -1], [2, 0, 1, -1]], np.int32)
    figures = completion_figures(lambda rows, slot: np.zeros((len(rows), 3), np.float32), rows, rows, "spo")
    assert figures["mrr_bounds"][0] < figures["mrr"] < figures["mrr_bounds"][1] == 1.0 and figures["ties"] == 1.0
    assert set(figures["by_slot"]) == {"subject", "predicate", "object"}


def test_calibration_of_honest_and_boastful_models():
    rng = np.random.default_rng(0)
    said = rng.random(20_000)
    honest = (rng.random(20_000) < said).astype(float)
    assert calibration_error(said, honest) < 0.02
    assert calibration_error(np.full(100, 0.99), np.zeros(100)) == pytest.approx(0.99)


def test_guesses_from_counts_and_from_what_was_last_seen():
    told = np.array([[0, 0, 1, 0], [2, 0, 1, 1], [3, 1, 2, 2]], np.int32)
    table = CountTable(told, (4, 3, 3))
    assert table.scores(np.array([[3, 0, -1, 1]], np.int32), "o").argmax() == 1
    assert table.scores(np.array([[3, -1, 2, 2]], np.int32), "p").argmax() == 1
    seen = LastSeen(told, (4, 3, 3))
    assert seen.scores(np.array([[3, 1, -1, 0]], np.int32), "o").argmax() == 2
    assert seen.scores(np.array([[2, 0, 1, -1]], np.int32), "t").argmax() == 1


def test_scores_that_are_no_numbers_have_no_rank():
    rows = np.array([[0, 0, 1, -1]], np.int32)
    with pytest.raises(SettingsError, match="some scores are no numbers"):
        ranks(lambda rows, slot: np.array([[0.0, np.nan, 2.0]] * len(rows)), rows, rows, "o")


def test_many_candidates_are_asked_for_fewer_rows_at_a_time(monkeypatch):
    random = np.random.default_rng(0)
    rows = np.stack([random.integers(0, 9, 40), np.zeros(40), random.integers(0, 9, 40), np.full(40, -1)], 1)
    rows = np.unique(rows.astype(np.int32), axis=0)
    table, asked = random.normal(size=(9, 9)), []

    def score(part, slot):
        asked.append(len(part))
        return table[part[:, 0]]

    whole = ranks(score, rows, rows, "o")
    monkeypatch.setattr(completion, "SCORES", 9 * 4)
    parts = ranks(score, rows, rows, "o")
    assert set(asked[1:]) == {4}
    for a, b in zip(whole, parts, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)
