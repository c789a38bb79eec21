"""Future episodic memory: the world of the claim, its control, and what its measure says."""

import numpy as np
import pytest

from tensorbrain.claims import future
from tensorbrain.claims.claim import Config
from tensorbrain.claims.verdict import REPRODUCED, UNTESTABLE, verdict


@pytest.fixture(scope="module")
def trials():
    return future.design(Config(quick=True))


def test_groups_go_their_rounds_and_each_is_missing_by_turns(trials):
    events = future._world(np.random.default_rng(5), trials | {"surprise": 0.0})
    group = events.cast[:, 0] // future.TOGETHER
    assert (events.cast // future.TOGETHER == group[:, None]).all()
    for one in range(future.GROUPS):
        place, cast = events.place[group == one], events.cast[group == one]
        np.testing.assert_array_equal(place[future.ROUND :], place[: -future.ROUND])
        assert len(set(place[: future.ROUND].tolist())) == future.ROUND
        assert all(set(a) != set(b) for a, b in zip(cast[1:].tolist(), cast[:-1].tolist(), strict=True))


def test_the_control_learns_the_same_events_and_is_asked_the_same(trials):
    events = future._world(np.random.default_rng(5), trials)
    other = future._shuffled(events, np.random.default_rng(6), trials)
    upto = trials["learned"]
    rows = [np.column_stack([each.place, each.cast])[:upto] for each in (events, other)]
    assert (rows[0] != rows[1]).any()
    np.testing.assert_array_equal(*(each[np.lexsort(each.T)] for each in rows))
    np.testing.assert_array_equal(events.place[upto:], other.place[upto:])
    assert len(future._some(events, upto).who) == len(future._some(other, upto).who)


@pytest.mark.parametrize(("lost", "expected"), [(0.2, REPRODUCED), (0.9, UNTESTABLE)])
def test_the_claim_is_judged_by_what_the_table_says(lost: float, expected: str):
    right = {"brain": 0.9, "order lost": lost, "last seen": 0.1, "most frequent": 0.2}
    table = [
        {"seed": seed, "who": who, "place": value, "future": value + 0.001 * seed}
        for seed in (0, 1)
        for who, value in right.items()
    ]
    assert verdict(future.measure(table)) == expected
