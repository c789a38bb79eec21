"""Items: the concepts, predicates and moments of a film, each numbered once, so that its words travel once."""

import numpy as np

from tensorbrain.brain import Brain
from tensorbrain.graph.vocabulary import Vocabulary

BLOCK_OF = {"instant": "instant", "subject": "concept", "predicate": "predicate", "object": "concept"}
SLOT_OF = {"concept": "subject", "predicate": "predicate", "instant": "instant"}


class Items:
    """Numbers for what a film speaks of, given out in the order in which they are first asked for.

    >>> from tensorbrain.graph.vocabulary import Concept
    >>> items = Items(Vocabulary((Concept("urn:a", "a", "entity"), Concept("urn:b", "b", "class"))))
    >>> items.number("concept", 1), items.number("concept", 0), items.number("concept", 1)
    (0, 1, 0)
    >>> items.listed()
    [['b', 'class', 'concept', 1], ['a', 'entity', 'concept', 0]]
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._numbers: dict[tuple[str, int], int] = {}

    def number(self, block: str, k: int) -> int:
        """The number of row ``k`` of a block."""
        return self._numbers.setdefault((block, k), len(self._numbers))

    def numbers(self, block: str, ids: np.ndarray) -> np.ndarray:
        """The numbers of many ids of one block; what is negative stays -1."""
        known, place = np.unique(ids, return_inverse=True)
        table = np.array([self.number(block, k) if k >= 0 else -1 for k in known.tolist()], np.int32)
        return table[place].reshape(ids.shape)

    def listed(self) -> list[list]:
        """Of every item, in the order of the numbers: label, group, block, and id in the block."""
        rows = {block: self.vocabulary.slot(slot) for block, slot in SLOT_OF.items()}
        return [[rows[block][k].label, rows[block][k].group, block, k] for block, k in self._numbers]

    def places(self, brain: Brain) -> np.ndarray:
        """The row of A of every item."""
        starts = {block: brain.model.index.block(block).start for block in SLOT_OF}
        return np.array([starts[block] + k for block, k in self._numbers], np.int64)

    def rows(self, brain: Brain, table: np.ndarray) -> np.ndarray:
        """The rows of a table over A that belong to the items."""
        return table[self.places(brain)]
