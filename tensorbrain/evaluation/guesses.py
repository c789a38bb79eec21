"""What can be guessed without any model: from counts of pairs, and from when a statement was last seen."""

from itertools import combinations

import numpy as np
import scipy.sparse

from tensorbrain.typing import Float32, Int32

SMOOTHING = 0.1  # added to every count, so that what never happened is not impossible


class CountTable:
    """Naive Bayes from pair counts: log P(x | others) = const + log N(x) + sum_c log N(x, c) / N(x).

    It knows how often which predicate has which object, which subject which object, and so on, and nothing of three
    together. Beside it every learned figure has to stand.

    >>> rows = np.array([[0, 0, 1, -1], [2, 0, 1, -1], [0, 1, 2, -1]], np.int32)
    >>> CountTable(rows, (3, 2, 0)).scores(np.array([[0, 0, -1, -1]], np.int32), "o").argmax(axis=1)
    array([1])
    """

    def __init__(self, rows: Int32[np.ndarray, "row 4"], counts: tuple[int, int, int]):
        concepts, predicates, instants = counts
        self.sizes = (concepts, predicates, concepts, instants)
        self.columns = range(4 if instants else 3)
        self.pairs = {}
        for a, b in combinations(self.columns, 2):
            ones = np.ones(len(rows), np.float32)
            table = scipy.sparse.coo_array((ones, (rows[:, a], rows[:, b])), shape=(self.sizes[a], self.sizes[b]))
            self.pairs[a, b], self.pairs[b, a] = table.tocsr(), table.T.tocsr()
        self.told = [np.bincount(rows[:, c], minlength=self.sizes[c]).astype(np.float32) for c in self.columns]

    def scores(self, rows: Int32[np.ndarray, "row 4"], slot: str) -> Float32[np.ndarray, "row candidate"]:
        """The scores of all candidates of a slot, given the other columns.

        >>> table = CountTable(np.array([[0, 0, 1, 0]], np.int32), (2, 1, 1))
        >>> table.scores(np.array([[0, 0, 1, -1]], np.int32), "t").shape
        (1, 1)
        """
        x = "spot".index(slot)
        others = [c for c in self.columns if c != x]
        never = np.log(self.told[x] + SMOOTHING)  # of a candidate that was never met with any of the others
        for c in others:
            never += np.log(SMOOTHING) - np.log(self.told[x] + SMOOTHING * self.sizes[c])
        score = np.tile(never, (len(rows), 1))
        for c in others:
            met = self.pairs[c, x][rows[:, c]].tocoo()
            score[met.coords] += np.log(met.data / SMOOTHING + 1)
        return score


class LastSeen:
    """A candidate that stood in the statement at the nearest other time; where none did, as the count table says.

    For an instant, the one nearest to when the same statement was seen. Only for statements with a time.

    >>> rows = np.array([[0, 0, 1, 0], [0, 0, 2, 5]], np.int32)
    >>> LastSeen(rows, (3, 1, 6)).scores(np.array([[0, 0, -1, 4]], np.int32), "o").argmax(axis=1)
    array([2])
    """

    def __init__(self, rows: Int32[np.ndarray, "row 4"], counts: tuple[int, int, int]):
        self.table, self.instants = CountTable(rows, counts), counts[2]
        self.seen: dict[tuple[int, tuple[int, ...]], list[tuple[int, int]]] = {}
        for row in rows.tolist():
            for x in range(3):
                self.seen.setdefault((x, (*row[:x], *row[x + 1 : 3])), []).append((row[x], row[3]))
            self.seen.setdefault((3, tuple(row[:3])), []).append((row[3], row[3]))

    def scores(self, rows: Int32[np.ndarray, "row 4"], slot: str) -> Float32[np.ndarray, "row candidate"]:
        """The scores of all candidates of a slot, given the other columns.

        >>> seen = LastSeen(np.array([[0, 0, 1, 3]], np.int32), (2, 1, 5))
        >>> int(seen.scores(np.array([[0, 0, 1, -1]], np.int32), "t").argmax())
        3
        """
        x = "spot".index(slot)
        score = self.table.scores(rows, slot)
        score -= score.max(axis=1, keepdims=True)  # all that was seen stands above 0, nearer times higher
        days = np.arange(self.instants)
        for i, row in enumerate(rows.tolist()):
            given = tuple(row[:3]) if x == 3 else (*row[:x], *row[x + 1 : 3])
            for candidate, t in self.seen.get((x, given), ()):
                if x == 3:
                    score[i] = np.maximum(score[i], 1.0 / (1.0 + np.abs(days - t)))
                else:
                    score[i, candidate] = max(score[i, candidate], 1.0 / (1.0 + abs(row[3] - t)))
        return score
