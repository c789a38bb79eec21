"""Count table, ranks and questions, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorbrain.evaluation.counts import CountTable
from tensorbrain.evaluation.questions import questions, share_true
from tensorbrain.evaluation.ranking import hits_at, mean_reciprocal_rank, realistic_rank

STATEMENTS = np.array([[0, 0, 1], [0, 0, 2], [1, 0, 2], [3, 0, 2], [0, 1, 3]], np.int32)


class TestCountTable:
    TABLE = CountTable(STATEMENTS, np.array([3, 1, 1, 1.5, 9], np.float32), 4)

    def test_a_known_pair(self):
        assert self.TABLE.count_objects(0, 0).tolist() == [0, 3, 1, 0] and self.TABLE.best_object(0, 0) == 1

    def test_back_off_to_the_predicate(self):
        assert self.TABLE.count_objects(2, 0).tolist() == [0, 3, 3.5, 0] and self.TABLE.best_object(2, 0) == 2

    def test_back_off_to_everything(self):
        assert self.TABLE.count_objects(0, 7).tolist() == [0, 3, 3.5, 9] and self.TABLE.best_object(0, 7) == 3

    def test_statements_told_twice_add(self):
        twice = CountTable(STATEMENTS[[0, 0]], np.array([1, 2], np.float32), 4)
        assert twice.count_objects(0, 0).tolist() == [0, 3, 0, 0]


@pytest.mark.parametrize(
    ("target", "others", "rank"),
    [
        (0, [], 1.0),
        (3, [], 5.0),
        (1, [], 2.5),  # one better, one equal
        (1, [0], 1.5),
        (1, [0, 2], 1.0),
        (3, [0, 1, 2, 4], 1.0),
        (1, [1], 2.5),  # the target itself is never taken out
    ],
)
def test_realistic_rank(target, others, rank):
    assert realistic_rank(np.array([0.9, 0.5, 0.5, 0.1, 0.2]), target, others) == rank


def test_what_is_made_of_ranks():
    ranks = np.array([1.0, 2.0, 4.0, 10.0, 10.5])
    assert mean_reciprocal_rank(ranks) == pytest.approx((1 + 0.5 + 0.25 + 0.1 + 1 / 10.5) / 5)
    assert (hits_at(ranks, 1), hits_at(ranks, 3), hits_at(ranks, 10)) == (0.2, 0.4, 0.8)


class TestQuestions:
    def test_every_distinct_question_once_with_all_its_answers(self):
        asked = questions(STATEMENTS, 2)
        assert asked.told.tolist() == [[0, 0, 0], [0, 1, 0], [1, 0, 0], [3, 0, 0]] and len(asked) == 4
        assert asked.true == ({1, 2}, {3}, {2}, {2}) and asked.hidden == 2

    def test_the_instant_may_be_hidden(self):
        asked = questions(np.array([[0, 0, 1, 5], [0, 0, 1, 7], [0, 0, 2, 5]], np.int32), 3)
        assert asked.told.tolist() == [[0, 0, 1, 0], [0, 0, 2, 0]] and asked.true == ({5, 7}, {5})

    def test_a_limit_draws_some_by_seed(self):
        draws = [questions(STATEMENTS, 2, limit=2, seed=seed) for seed in (0, 0, *range(1, 9))]
        assert all(len(asked) == 2 for asked in draws)
        np.testing.assert_array_equal(draws[0].told, draws[1].told)
        assert len({str(asked.told.tolist()) for asked in draws}) > 1
        everything = {tuple(q): t for q, t in zip(*_of(questions(STATEMENTS, 2)), strict=True)}
        for asked in draws:
            assert all(everything[tuple(q)] == t for q, t in zip(*_of(asked), strict=True))

    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 3)), min_size=1), st.integers(0, 2))
    def test_every_statement_answers_its_own_question(self, rows, hidden):
        statements = np.array(rows, np.int32)
        asked = questions(statements, hidden)
        found = {tuple(q): t for q, t in zip(*_of(asked), strict=True)}
        for row in rows:
            assert row[hidden] in found[tuple(0 if c == hidden else k for c, k in enumerate(row))]
        assert sum(len(t) for t in asked.true) == len(set(rows))

    def test_share_true(self):
        asked = questions(STATEMENTS, 2)
        assert share_true(np.array([2, 3, 2, 0], np.int32), asked) == 0.75


def _of(asked):
    return asked.told.tolist(), asked.true
