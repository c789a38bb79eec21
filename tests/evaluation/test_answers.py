"""Single answers: the likeliest candidates by hand, and which of two models is ahead on the same questions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorbrain.evaluation.answers import ahead, best_guesses, reciprocal
from tensorbrain.evaluation.completion import ranks

ROW = st.tuples(st.integers(0, 3), st.integers(0, 1), st.integers(0, 3), st.just(-1))


def scorer(seed):
    """Scores that follow from the other columns alone, as those of a model do."""
    table = np.random.default_rng(seed).normal(size=(4, 2, 4))

    def score(rows, slot):
        s, p, o, _ = rows.T
        return table[:, p, o].T if slot == "s" else table[s, p]

    return score


@given(st.lists(ROW, min_size=1, max_size=12, unique=True), st.sampled_from("so"), st.integers(0, 5))
def test_the_best_guess_is_right_where_the_rank_is_one(rows, slot, seed):
    rows = np.array(rows, np.int32)
    found = best_guesses(scorer(seed), rows, rows, slot, top=4)
    rank = ranks(scorer(seed), rows, rows, slot).realistic
    for guesses, place, row in zip(found, rank.tolist(), rows.tolist(), strict=True):
        assert sum(guess.probability for guess in guesses) == pytest.approx(1)
        assert [guess.right for guess in guesses].index(True) + 1 == place
        column, told = "spot".index(slot), rows.tolist()
        true = {
            other[column] for other in told if other[:column] + other[column + 1 :] == row[:column] + row[column + 1 :]
        }
        assert {guess.candidate for guess in guesses} & true == {row[column]}
    assert reciprocal([ranks(scorer(seed), rows, rows, slot)]).mean() == pytest.approx((1 / rank).mean())


def test_who_is_ahead():
    one, other = np.array([1.0, 1.0, 0.5]), np.array([0.5, 1.0, 0.5])
    mean, about = ahead(one, other)
    assert mean == pytest.approx(1 / 6) and about == pytest.approx(2 * np.std([0.5, 0, 0], ddof=1) / np.sqrt(3))
    assert ahead(one, one) == (0.0, 0.0) and ahead(one[:1], other[:1]) == (0.5, float("inf"))
