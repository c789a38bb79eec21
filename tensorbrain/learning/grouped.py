"""Batches of link prediction: each query once, with all its answers, so that all candidates are scored once."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from tensorbrain.learning.candidates import candidate_group
from tensorbrain.learning.prefixes import Group
from tensorbrain.typing import Array, Float, Float32, Int, Int32

SLACK = 1.25  # more answers than the mean that a batch has room for


class GroupedBatch(NamedTuple):
    """Queries (s, p, o, t) whose object is asked for, and their answers, flat: ``rows[i]`` answers query ``at[i]``.

    Answers beyond the last have weight 0; so do those of queries that stand there to fill the batch. With a ``group``
    only its concepts are weighed, and subjects and objects are named by their places in it.
    """

    queries: Int[Array | np.ndarray, "*chunk query 4"]
    rows: Int[Array | np.ndarray, "*chunk row 4"]
    at: Int[Array | np.ndarray, "*chunk row"]
    weight: Float[Array | np.ndarray, "*chunk row"]
    group: Group | None = None


def both_ways(rows: Int32[np.ndarray, "row 4"], predicates: int) -> Int32[np.ndarray, "two_row 4"]:
    """The rows, then the same the other way round: (o, p + P, s, t) for P predicates (Lacroix et al., 2018).

    >>> both_ways(np.array([[0, 1, 2, -1]], np.int32), 5)
    array([[ 0,  1,  2, -1],
           [ 2,  6,  0, -1]], dtype=int32)
    """
    s, p, o, t = rows.T
    return np.concatenate([rows, np.stack([o, p + predicates, s, t], axis=1).astype(np.int32)])


class Grouped(NamedTuple):
    """Rows in the order of their queries, found once for all epochs; `grouped` makes it.

    ``group`` numbers the query of each row; a batch has room for ``queries`` queries and ``answers`` answers.
    """

    rows: Int32[np.ndarray, "row 4"]
    group: Int[np.ndarray, " row"]
    queries: int
    answers: int

    @property
    def steps(self) -> float:
        """How many batches an epoch has, or a few more where answers do not find room.

        >>> grouped(np.array([[0, 0, 1, -1], [0, 0, 2, -1], [1, 0, 2, -1]], np.int32), 1).steps
        2.0
        """
        return (int(self.group[-1]) + 1) / self.queries


def grouped(rows: Int32[np.ndarray, "row 4"], batch: int) -> Grouped:
    """The rows by their queries (s, p, t), for batches of at most ``batch`` queries.

    >>> told = grouped(np.array([[0, 0, 1, -1], [1, 0, 2, -1], [0, 0, 2, -1]], np.int32), 8)
    >>> told.group.tolist(), told.queries, told.answers
    ([0, 0, 1], 2, 4)
    """
    ordered = rows[np.lexsort((rows[:, 3], rows[:, 1], rows[:, 0]))]
    new = np.ones(len(rows), bool)
    new[1:] = (ordered[1:, [0, 1, 3]] != ordered[:-1, [0, 1, 3]]).any(axis=1)
    group = np.cumsum(new) - 1
    queries = int(group[-1]) + 1
    batch = max(1, min(batch, queries))
    return Grouped(ordered, group, batch, int(np.ceil(len(rows) / queries * batch * SLACK)))


def grouped_batches(told: Grouped, *, random: np.random.Generator) -> Iterator[GroupedBatch]:
    """One epoch: the queries in random order, so many at a time, with all the objects that answer them.

    All batches have one shape; where the room for answers is not enough, a query's answers are cut in two.

    >>> told = grouped(np.array([[0, 0, 1, -1], [0, 0, 2, -1], [1, 0, 2, -1]], np.int32), 8)
    >>> batches = list(grouped_batches(told, random=np.random.default_rng(0)))
    >>> [float(b.weight.sum()) for b in batches], batches[0].queries.shape
    ([3.0], (2, 4))
    """
    rank = random.permutation(told.group[-1] + 1)[told.group]  # the place of each row's query in this epoch
    by = np.argsort(rank, kind="stable")
    ordered, place = told.rows[by], rank[by]
    start = 0
    while start < len(ordered):
        end = int(np.searchsorted(place, place[start] + told.queries))
        stop = min(end, start + told.answers, len(ordered))
        part, at = ordered[start:stop], place[start:stop] - place[start]
        padded = np.zeros((told.answers, 4), np.int32)
        padded[: len(part)] = part
        where = np.zeros(told.answers, np.int32)
        where[: len(part)] = at
        weight: Float32[np.ndarray, " row"] = (np.arange(told.answers) < len(part)).astype(np.float32)
        queries = np.tile(part[:1], (told.queries, 1))
        queries[at] = part
        yield GroupedBatch(queries, padded, where, weight)
        start = stop


def among(batch: GroupedBatch, concepts: int, candidates: int, *, random: np.random.Generator) -> GroupedBatch:
    """The batch among its own concepts and at least so many ``candidates`` drawn at random: see `candidate_group`.

    All batches of one shape have groups of one size, twice as many as there is room for answers and the candidates.

    >>> rows = np.array([[7, 0, 3, -1]], np.int32)
    >>> batch = next(grouped_batches(grouped(rows, 1), random=np.random.default_rng(0)))
    >>> few = among(batch, 9, 2, random=np.random.default_rng(0))
    >>> len(few.group.ids), few.group.ids[few.queries[0, 0]].tolist(), few.group.ids[few.rows[0, 2]].tolist()
    (6, 7, 3)
    """
    told = np.concatenate([batch.queries, batch.rows])
    group = candidate_group(told, concepts, 2 * len(batch.rows) + candidates, random=random)
    if group is None:
        return batch
    told[:, [0, 2]] = group.at
    queries, rows = np.split(told, [len(batch.queries)])
    return batch._replace(queries=queries, rows=rows, group=group._replace(at=group.at[len(queries) :]))
