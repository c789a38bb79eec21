"""Start-end projection: episodes as the events that begin and end facts, and what is so at an instant as their sum.

With X[.., t] what holds at instant t, S[.., t] what begins there and E[.., t] what holds there for the last time,

    S[.., t] = max(X[.., t] - X[.., t - 1], 0)         E[.., t] = max(X[.., t] - X[.., t + 1], 0)
    X[.., t] = sum_{t' <= t} S[.., t'] - sum_{t' < t} E[.., t']

What holds at the last instant has no end yet, so that sum_t (S - E) is what is so now. All tensors are sparse. Source:
TM17; EKG (start-end events).
"""

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from tensorbrain.errors import SettingsError
from tensorbrain.graph.adjacency import AdjacencyTensor


class StartEnd(NamedTuple):
    """Two tensors (s, p, o, t) of one shape: what begins at each instant, and what holds there for the last time.

    >>> one = of_intervals(np.array([[0, 0, 1, 2, 5]]), (2, 1, 2, 9))
    >>> one.starts.coordinates.tolist(), one.ends.coordinates.tolist()
    ([[0, 0, 1, 2]], [[0, 0, 1, 5]])
    """

    starts: AdjacencyTensor
    ends: AdjacencyTensor


def start_end(episodes: AdjacencyTensor) -> StartEnd:
    """The events behind ``episodes``, a tensor X (s, p, o, t) of what holds at each instant, in their order.

    A statement that stands in consecutive instants begins in the first of them and ends in the last; told more often
    in one than in the next, it ends as many times as it is told less. Raises SettingsError for a tensor without time.

    >>> lived = AdjacencyTensor.from_statements(np.array([[0, 0, 1, 0], [0, 0, 1, 1], [0, 0, 1, 3]]), (2, 1, 2, 4))
    >>> starts, ends = start_end(lived)
    >>> starts.coordinates[:, 3].tolist(), ends.coordinates[:, 3].tolist()
    ([0, 3], [1])
    """
    _check_time(episodes)
    rows, values, last = episodes.coordinates, episodes.values, episodes.shape[3] - 1
    # Sorted as they are, what precedes a statement in time is the row before it.
    goes_on = np.append((np.diff(rows, axis=0) == [0, 0, 0, 1]).all(axis=1), False)[: len(rows)]
    went_on = np.roll(goes_on, 1)
    begun = values - np.where(went_on, np.roll(values, 1), 0)
    ended = np.where(rows[:, 3] == last, 0, values - np.where(goes_on, np.roll(values, -1), 0))
    begun, ended = np.maximum(begun, 0), np.maximum(ended, 0)
    return StartEnd(_summed(rows, episodes.shape, begun), _summed(rows, episodes.shape, ended))


def of_intervals(rows: Int[np.ndarray, "fact 5"], shape: tuple[int, int, int, int]) -> StartEnd:
    """The events of facts ``rows`` (s, p, o, first instant, last instant), the last being -1 for what has not ended.

    Raises SettingsError for what ends before it begins, and outside ``shape``.

    >>> starts, ends = of_intervals(np.array([[0, 0, 1, 2, -1], [1, 0, 0, 0, 0]]), (2, 1, 2, 4))
    >>> len(starts), len(ends)
    (2, 1)
    """
    ends = rows[:, 4] != -1
    if (wrong := ends & (rows[:, 4] < rows[:, 3])).any():
        first = rows[wrong][0].tolist()
        raise SettingsError(
            f"the fact {first[:3]} ends at instant {first[4]}, before it begins at {first[3]}: give its first instant "
            "and then its last, or -1"
        )
    ended = rows[ends][:, [0, 1, 2, 4]]
    return StartEnd(*(AdjacencyTensor.from_statements(each, shape) for each in (rows[:, :4], ended)))


def state_at(events: StartEnd, instant: int) -> AdjacencyTensor:
    """What holds at an instant t, a tensor (s, p, o): sum_{t' <= t} S[.., t'] - sum_{t' < t} E[.., t'].

    Raises SettingsError for an instant that is not there, and where something ends that has not begun.

    >>> events = of_intervals(np.array([[0, 0, 1, 2, 5]]), (2, 1, 2, 9))
    >>> [len(state_at(events, t)) for t in (1, 2, 5, 6)]
    [0, 1, 1, 0]
    """
    changes, instants = _changes(events), events.starts.shape[3]
    if not 0 <= instant < instants:
        raise SettingsError(f"there is no instant {instant}: choose one of 0 to {instants - 1}")
    past = changes.coordinates[:, 3] <= instant
    return _summed(changes.coordinates[past, :3], changes.shape[:3], changes.values[past])


def states(events: StartEnd) -> AdjacencyTensor:
    """The episodes again, X (s, p, o, t) of every instant: `start_end` the other way round.

    It grows with how long things hold; `state_at` and `integral` do not. Errors as in `state_at`.

    >>> events = of_intervals(np.array([[0, 0, 1, 2, 5], [0, 0, 1, 8, -1]]), (2, 1, 2, 9))
    >>> states(events).coordinates[:, 3].tolist()
    [2, 3, 4, 5, 8]
    """
    changes, shape = _changes(events), events.starts.shape
    rows, amounts = changes.coordinates, _running(changes)
    until = np.full(len(rows), shape[3], np.int32)  # the next change of the same statement, or the end of time
    until[:-1][_follows(rows)] = rows[1:, 3][_follows(rows)]
    lasts = np.where(amounts > 0, until - rows[:, 3], 0)
    told = np.repeat(rows, lasts, axis=0)
    told[:, 3] += (np.arange(len(told)) - np.repeat(np.cumsum(lasts) - lasts, lasts)).astype(np.int32)
    return AdjacencyTensor.from_statements(told, shape, np.repeat(amounts, lasts))


def integral(events: StartEnd) -> AdjacencyTensor:
    """The semantic counts sum_t X[.., t], a tensor (s, p, o), from the events alone.

    sum_t' (T - t') S[.., t'] - (T - 1 - t') E[.., t'] for T instants: what begins holds from then on, less what is
    cut off. Errors as in `state_at`.

    >>> integral(of_intervals(np.array([[0, 0, 1, 2, 5]]), (2, 1, 2, 9))).values
    array([4.], dtype=float32)
    """
    changes = _changes(events)
    left = events.starts.shape[3] - changes.coordinates[:, 3]
    return _summed(changes.coordinates[:, :3], changes.shape[:3], changes.values * left)


def _changes(events: StartEnd) -> AdjacencyTensor:
    """By how much X differs from the instant before, S[.., t] - E[.., t - 1], up to one instant after the last."""
    starts, ends = events
    _check_time(starts)
    if starts.shape != ends.shape:
        raise SettingsError(f"starts of shape {starts.shape} do not fit ends of shape {ends.shape}: give both the same")
    rows = np.concatenate([starts.coordinates, ends.coordinates + np.asarray([0, 0, 0, 1], np.int32)])
    shape = (*starts.shape[:3], starts.shape[3] + 1)
    changes = _summed(rows, shape, np.concatenate([starts.values, -ends.values]))
    if (short := _running(changes) < 0).any():
        s, p, o, t = changes.coordinates[short][0].tolist()
        raise SettingsError(
            f"the fact {[s, p, o]} ends at instant {t - 1} more often than it began until then: give its starts too"
        )
    return changes


def _running(changes: AdjacencyTensor) -> np.ndarray:
    """The sum of each statement's changes up to each of them."""
    totals = np.cumsum(changes.values, dtype=np.float64)
    first = np.flatnonzero(~np.append(False, _follows(changes.coordinates))[: len(changes)])
    before = (totals - changes.values)[first]
    return (totals - np.repeat(before, np.diff(np.append(first, len(changes))))).astype(np.float32)


def _follows(rows: np.ndarray) -> np.ndarray:
    """Of each row but the first, whether it is of the same statement (s, p, o) as the one before it."""
    return (np.diff(rows[:, :3], axis=0) == 0).all(axis=1)


def _check_time(tensor: AdjacencyTensor) -> None:
    if len(tensor.shape) != 4:
        raise SettingsError("start-end projection needs a tensor with the axis instant: give a graph's episodes")


def _summed(rows: np.ndarray, shape: Sequence[int], amounts: np.ndarray) -> AdjacencyTensor:
    """The tensor of these rows, without those whose amounts sum to nothing."""
    summed = AdjacencyTensor.from_statements(rows, shape, amounts)
    left = summed.values != 0
    return dataclasses.replace(summed, coordinates=summed.coordinates[left], values=summed.values[left])
