"""The baseline every model stands beside: a table of counts with back-off."""

import numpy as np

from tensorbrain.typing import Float32, Int32


class CountTable:
    """P(o | s, p) by counting statements; for a pair never seen it backs off to the predicate, then to all objects.

    ``count_objects(s, p)`` (concepts,) are weighted counts N(s, p, o).

    >>> table = CountTable(np.array([[0, 0, 1], [0, 0, 2], [1, 0, 2]], np.int32), np.array([2, 1, 1], np.float32), 3)
    >>> table.best_object(0, 0), table.best_object(2, 0)
    (1, 1)
    """

    def __init__(
        self, statements: Int32[np.ndarray, "statement 3"], weights: Float32[np.ndarray, " statement"], concepts: int
    ) -> None:
        self.concepts = concepts
        self._by_pair: dict[tuple[int, int], list[tuple[int, float]]] = {}
        self._by_predicate: dict[int, np.ndarray] = {}
        for (s, p, o), weight in zip(statements.tolist(), weights.tolist(), strict=True):
            self._by_pair.setdefault((s, p), []).append((o, weight))
            self._by_predicate.setdefault(p, np.zeros(concepts))[o] += weight
        self._all = sum(self._by_predicate.values(), np.zeros(concepts))

    def count_objects(self, s: int, p: int) -> np.ndarray:
        """The counts of all objects for (s, p), or of the back-off where the pair was never seen."""
        seen = self._by_pair.get((s, p))
        if seen is None:
            return self._by_predicate.get(p, self._all)
        counts = np.zeros(self.concepts)
        for o, weight in seen:
            counts[o] += weight
        return counts

    def best_object(self, s: int, p: int) -> int:
        """The most frequent object for (s, p)."""
        return int(np.argmax(self.count_objects(s, p)))
