"""What is learned, with what weight, in which batches, and what is kept from learning."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorbrain.errors import SettingsError, UnknownConceptError
from tensorbrain.graph.knowledge_graph import example_graph
from tensorbrain.learning import Holdout, hold_out
from tensorbrain.learning.batches import epoch_batches, epoch_order, generalise, training_rows
from tensorbrain.learning.prefixes import shared_windows, stacked

NONE = np.zeros((0, 3), np.int32)


def rows_of(count: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    return np.stack([random.integers(low, high, count) for low, high in ((0, 5), (0, 3), (0, 5), (-1, 4))], 1).astype(
        np.int32
    )


def as_set(rows: np.ndarray) -> set[tuple[int, ...]]:
    return {tuple(row) for row in rows.tolist()}


class TestTrainingRows:
    def test_an_episode_is_told_from_its_instant_and_without_time(self):
        graph = example_graph()  # two facts, and one statement on each of two days
        rows, weights = training_rows(graph, NONE, facts_weight=2.0, episodes_weight=0.5)
        (s, p, o, _), (_, _, _, later) = graph.episodes.coordinates.tolist()
        told = sorted(zip(map(tuple, rows.tolist()), weights.tolist(), strict=True))
        facts = [((*row, -1), 2.0) for row in graph.facts.coordinates.tolist()]
        assert told == sorted([((s, p, o, 0), 1.0), ((s, p, o, later), 1.0), *facts, *[((s, p, o, -1), 0.5)] * 2])
        assert rows.dtype == np.int32 and weights.dtype == np.float32

    def test_a_weight_of_nothing_leaves_rows_out(self):
        graph = example_graph()
        rows, _ = training_rows(graph, NONE, facts_weight=0.0, episodes_weight=0.0)
        assert as_set(rows) == as_set(graph.episodes.coordinates)

    def test_what_is_held_out_is_in_neither_kind(self, town):
        lived = town.episodes.coordinates[5, :3]
        fact = town.facts.coordinates[0]
        held = np.stack([lived, fact])
        rows, _ = training_rows(town, held)
        assert not as_set(rows[:, :3]) & as_set(held)
        everything, _ = training_rows(town, NONE)
        assert as_set(everything[:, :3]) - as_set(rows[:, :3]) == as_set(held)


class TestHoldOut:
    def test_the_share_of_a_predicate(self, town):
        facts = town.facts.coordinates
        p = town.vocabulary.find("nextTo", "predicate")
        held = hold_out(town, Holdout("nextTo", share=0.25), seed=1)
        assert len(held) == round(0.25 * (facts[:, 1] == p).sum()) == 3
        assert (held[:, 1] == p).all() and as_set(held) <= as_set(facts) and len(as_set(held)) == 3

    def test_of_all_predicates(self, town):
        held = hold_out(town, Holdout(share=0.5), seed=1)
        assert len(held) == round(0.5 * len(town.facts)) and len(set(held[:, 1].tolist())) > 1

    @pytest.mark.parametrize("seed", range(5))
    def test_in_one_direction_the_other_stays_known(self, town, seed):
        held = hold_out(town, Holdout("nextTo", share=0.5, one_direction=True), seed=seed)
        facts = as_set(town.facts.coordinates)
        assert len(held) == 6  # half of all twelve facts: each of the six pairs in one direction
        for s, p, o in held.tolist():
            assert (s, p, o) in facts and (o, p, s) in facts - as_set(held)

    def test_both_directions_are_drawn(self, town):
        signs = [hold_out(town, Holdout("nextTo", 0.5, True), seed=seed) for seed in range(5)]
        assert {bool(s < o) for held in signs for s, _, o in held.tolist()} == {True, False}

    def test_the_seed_decides(self, town):
        draws = [hold_out(town, Holdout("nextTo", 0.25), seed=seed) for seed in (1, 1, 2)]
        np.testing.assert_array_equal(draws[0], draws[1])
        assert as_set(draws[0]) != as_set(draws[2])

    def test_impossible(self, town):
        for share in (0.0, 1.0, -1.0, 1.5):
            with pytest.raises(SettingsError):
                Holdout(share=share)
        with pytest.raises(UnknownConceptError):
            hold_out(town, Holdout("flies over"), seed=0)
        with pytest.raises(SettingsError):  # rounds to nothing
            hold_out(town, Holdout("ownedBy", share=0.1), seed=0)
        with pytest.raises(SettingsError):  # nobody is owned by what he owns
            hold_out(town, Holdout("ownedBy", share=0.5, one_direction=True), seed=0)


@given(count=st.integers(1, 70), seed=st.integers(0, 999), piece=st.integers(1, 8))
def test_an_epoch_visits_every_row_once(count, seed, piece):
    rows = rows_of(count, seed)
    order = epoch_order(rows, random=np.random.default_rng(seed), piece=piece)
    assert sorted(order.tolist()) == list(range(count))


@given(
    count=st.integers(1, 40),
    batch=st.integers(1, 12),
    seed=st.integers(0, 999),
    dropout=st.sampled_from([0.0, 0.5, 1.0]),
)
def test_batches_hold_every_row_once_with_its_weight_and_its_windows(count, batch, seed, dropout):
    rows = rows_of(count, seed)
    weights = np.random.default_rng(seed).random(count).astype(np.float32) + 0.1
    orders = ("spo", "ops")
    random = np.random.default_rng(seed)
    seen = []
    for part in epoch_batches(rows, weights, orders, batch=batch, voice_dropout=dropout, random=random):
        assert part.rows.shape == (batch, 4) and part.weight.shape == (batch,)
        real = part.weight > 0
        seen += [(*row, w) for row, w in zip(part.rows[real].tolist(), part.weight[real].tolist(), strict=True)]
        for windows, order in zip(part.windows, orders, strict=True):
            check_windows(windows, part.rows, order)
            if dropout in (0.0, 1.0):
                assert (windows.silent == bool(dropout)).all()
    assert sorted(seen) == sorted((*row, w) for row, w in zip(rows.tolist(), weights.tolist(), strict=True))


def check_windows(windows, rows: np.ndarray, order: str) -> None:
    """Every row passes through windows that open from its instant and follow its own outcomes."""
    first, second, third = windows.at.T
    np.testing.assert_array_equal(windows.start[first], rows[:, 3])
    np.testing.assert_array_equal(windows.parent_2[second], first)
    np.testing.assert_array_equal(windows.k_1[second], rows[:, "spo".index(order[0])])
    np.testing.assert_array_equal(windows.parent_3[third], second)
    np.testing.assert_array_equal(windows.k_2[third], rows[:, "spo".index(order[1])])


@given(count=st.integers(1, 30), seed=st.integers(0, 999), order=st.sampled_from(["spo", "pos", "osp"]))
def test_windows_are_shared(count, seed, order):
    rows = rows_of(count, seed)
    windows = shared_windows(rows, np.zeros(count, bool), order)
    check_windows(windows, rows, order)
    columns = [3, *("spo".index(slot) for slot in order[:2])]
    sizes = [len(as_set(rows[:, columns[: n + 1]])) for n in range(3)]
    assert [len(windows.start), len(windows.k_1), len(windows.k_2)] == sizes


def test_stacked_batches_keep_their_shape():
    rows = rows_of(40, seed=1)
    batches = list(epoch_batches(rows, np.ones(40, np.float32), ("spo",), batch=8, random=np.random.default_rng(0)))
    sizes: dict = {}
    first, second = stacked(batches[:2], sizes), stacked(batches[2:4], sizes)
    assert first.rows.shape == (2, 8, 4)
    assert [x.shape for x in first.windows[0]] == [x.shape for x in second.windows[0]]
    for step, batch in enumerate(batches[:2]):
        windows = type(first.windows[0])(*(x[step] for x in first.windows[0]))
        check_windows(windows, batch.rows, "spo")


class TestGeneralise:
    CLASS_OF = np.array([3, 3, -1, -1, 2], np.int32)

    def told(self, rows, share=1.0, seed=0):
        return generalise(np.asarray(rows, np.int32), self.CLASS_OF, share=share, random=np.random.default_rng(seed))

    def test_episodes_and_what_has_no_class_stay(self):
        rows = [[0, 0, 1, 2], [2, 0, 3, -1]]
        np.testing.assert_array_equal(self.told(rows), rows)

    def test_a_member_is_not_told_to_be_its_class(self):
        np.testing.assert_array_equal(self.told([[0, 0, 3, -1], [2, 1, 4, -1]]), [[0, 0, 3, -1], [2, 1, 4, -1]])

    def test_the_subject_or_the_object_never_both(self):
        np.testing.assert_array_equal(self.told([[0, 1, 4, -1], [2, 1, 0, -1]]), [[3, 1, 4, -1], [2, 1, 3, -1]])

    def test_the_share(self):
        rows = np.tile(np.array([[0, 1, 2, -1]], np.int32), (4000, 1))
        assert 0.07 < (self.told(rows, share=0.1)[:, 0] == 3).mean() < 0.13
        np.testing.assert_array_equal(self.told(rows, share=0.0), rows)
        assert (rows[:, 0] == 0).all()  # the rows themselves are left as they are
