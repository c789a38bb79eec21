"""Start-end projection: by enumeration on small worlds, there and back, and on the shipped episodes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tensorbrain.datasets.worlds import load_graph
from tensorbrain.errors import SettingsError
from tensorbrain.graph.adjacency import AdjacencyTensor
from tensorbrain.graph.projecting import StartEnd, integral, of_intervals, start_end, state_at, states

worlds = hnp.arrays(
    np.int64, hnp.array_shapes(min_dims=4, max_dims=4, min_side=1, max_side=4), elements=st.integers(0, 2)
)


def sparse(dense: np.ndarray) -> AdjacencyTensor:
    rows = np.argwhere(dense)
    return AdjacencyTensor.from_statements(rows, dense.shape, dense[tuple(rows.T)])


def dense(tensor: AdjacencyTensor) -> np.ndarray:
    full = np.zeros(tensor.shape)
    full[tuple(tensor.coordinates.T)] = tensor.values
    return full


@given(worlds)
def test_events_are_the_differences_in_time(x: np.ndarray):
    starts, ends = map(dense, start_end(sparse(x)))
    for t in range(x.shape[3]):
        before = x[..., t - 1] if t else 0
        after = x[..., t + 1] if t + 1 < x.shape[3] else x[..., t]
        np.testing.assert_array_equal(starts[..., t], np.maximum(x[..., t] - before, 0))
        np.testing.assert_array_equal(ends[..., t], np.maximum(x[..., t] - after, 0))


@given(worlds)
def test_there_and_back(x: np.ndarray):
    events = start_end(sparse(x))
    np.testing.assert_array_equal(dense(states(events)), x)
    np.testing.assert_array_equal(dense(integral(events)), x.sum(axis=3))
    for t in range(x.shape[3]):
        np.testing.assert_array_equal(dense(state_at(events, t)), x[..., t])
    now = dense(events.starts).sum(axis=3) - dense(events.ends).sum(axis=3)
    np.testing.assert_array_equal(now, x[..., -1])
    for tensor in (*events, states(events), integral(events)):
        assert (tensor.values > 0).all()  # nothing is stored that is not there


@st.composite
def intervals(draw: st.DrawFn) -> np.ndarray:
    rows = draw(hnp.arrays(np.int64, (draw(st.integers(0, 6)), 3), elements=st.integers(0, 1)))
    first = draw(hnp.arrays(np.int64, len(rows), elements=st.integers(0, 4)))
    last = [draw(st.just(-1) | st.integers(int(begin), 4)) for begin in first]
    return np.column_stack([rows, first, last]).astype(np.int64)


@given(intervals())
def test_intervals_hold_from_first_to_last(rows: np.ndarray):
    shape = (2, 2, 2, 5)
    told = np.zeros(shape)
    for s, p, o, first, last in rows:
        told[s, p, o, first : last + 1 if last >= 0 else None] += 1
    events = of_intervals(rows, shape)
    np.testing.assert_array_equal(dense(states(events)), told)
    np.testing.assert_array_equal(dense(integral(events)), told.sum(axis=3))
    # What is told in the fewest events: an end where another fact of the same words begins is none.
    fewest = start_end(sparse(told))
    assert fewest.starts.values.sum() <= events.starts.values.sum()
    np.testing.assert_array_equal(dense(states(fewest)), told)


def test_the_integral_of_the_shipped_episodes_is_semantic_memory():
    graph = load_graph("neighbourhood")
    events = start_end(graph.episodes)
    again, counts, known = states(events), integral(events), graph.semantic(facts_weight=0.0)
    for ours, theirs in ((again, graph.episodes), (counts, known)):
        np.testing.assert_array_equal(ours.coordinates, theirs.coordinates)
        np.testing.assert_array_equal(ours.values, theirs.values)


def test_it_stays_small_where_time_is_long():
    """A tensor of 10^20 cells, and facts that hold for a million instants: only events are stored."""
    events = of_intervals(np.array([[7, 3, 9, 5, 10**6], [7, 3, 8, 0, -1]]), (10**6, 100, 10**6, 2 * 10**6))
    assert len(state_at(events, 10**6)) == 2 and len(state_at(events, 10**6 + 1)) == 1
    assert integral(events).values.tolist() == [2 * 10**6, 10**6 - 4]


def test_what_cannot_be():
    shape = (2, 1, 2, 4)
    one = of_intervals(np.array([[0, 0, 1, 1, 2]]), shape)
    with pytest.raises(SettingsError, match=r"\[0, 0, 1\] ends at instant 1, before it begins at 2"):
        of_intervals(np.array([[0, 0, 1, 2, 1]]), shape)
    with pytest.raises(SettingsError, match=r"\[0, 0, 1\] ends at instant 2 more often than it began"):
        states(StartEnd(AdjacencyTensor.from_statements(np.zeros((0, 4)), shape), one.ends))
    with pytest.raises(SettingsError, match="no instant 4: choose one of 0 to 3"):
        state_at(one, 4)
    with pytest.raises(SettingsError, match="axis instant"):
        start_end(integral(one))
    with pytest.raises(SettingsError, match="do not fit"):
        integral(StartEnd(one.starts, of_intervals(np.array([[0, 0, 1, 1, 2]]), (2, 1, 2, 5)).ends))
    with pytest.raises(SettingsError, match="outside the tensor's shape"):
        of_intervals(np.array([[0, 0, 1, 2, 9]]), shape)
