"""What perception must beat: a table of counts that is told the true classes, and chance."""

import numpy as np

from tensorbrain.evaluation.perception import masks
from tensorbrain.graph.vocabulary import Vocabulary
from tensorbrain.pictures.scenes import LEVELS, LabelGroup, Scenes


class ClassTable:
    """Counts over taught scenes, by the true basic classes: individuals, labels, and predicates with back-off.

    P(p | class of s, class of o) backs off to the class of s, then of o, then to all predicates.
    """

    def __init__(self, scenes: Scenes, groups: tuple[LabelGroup, ...], vocabulary: Vocabulary) -> None:
        self.predicates = len(vocabulary.predicates)
        self.things: dict[int, dict[int, int]] = {}
        self.labels: dict[tuple[int, int], dict[int, int]] = {}
        self.by: dict[tuple[int, int], np.ndarray] = {}
        entity = [concept.group == "entity" for concept in vocabulary.concepts]
        kinds = kinds_of(scenes, groups)
        flat = (kinds.reshape(-1), scenes.thing.reshape(-1), scenes.labels.reshape(-1, len(groups)))
        for kind, thing, labels in zip(*(array.tolist() for array in flat), strict=True):
            if kind < 0:
                continue
            if entity[thing]:
                counts = self.things.setdefault(kind, {})
                counts[thing] = counts.get(thing, 0) + 1
            for g, label in enumerate(labels):
                if label >= 0:
                    counts = self.labels.setdefault((kind, g), {})
                    counts[label] = counts.get(label, 0) + 1
        pairs = masks(scenes, vocabulary).pairs
        for n, j in zip(*np.nonzero(pairs), strict=True):
            i, k, _, p, _ = scenes.statements[n, j]
            for key in self._keys(int(kinds[n, i]), int(kinds[n, k])):
                self.by.setdefault(key, np.zeros(self.predicates))[p] += 1

    @staticmethod
    def _keys(s: int, o: int) -> list[tuple[int, int]]:
        return [(s, o), (s, -1), (-1, o), (-1, -1)]

    def counts(self, s: int, o: int) -> np.ndarray:
        """Predicate counts for classes (s, o), or of the first back-off that was seen."""
        return next((self.by[key] for key in self._keys(s, o) if key in self.by), np.zeros(self.predicates))

    def thing(self, kind: int | np.integer) -> int:
        """The most frequent individual of a class, or the class itself."""
        counts = self.things.get(int(kind), {})
        return max(counts, key=counts.__getitem__) if counts else int(kind)

    def label(self, kind: int | np.integer, group: int) -> int:
        """The most frequent label of a group in a class, or -1."""
        counts = self.labels.get((int(kind), group), {})
        return max(counts, key=counts.__getitem__) if counts else -1


def kinds_of(scenes: Scenes, groups: tuple[LabelGroup, ...]) -> np.ndarray:
    """The true basic class of every region, -1 where there is none; shape (scene, region)."""
    names = [group.name for group in groups]
    return scenes.labels[..., names.index("basic")]


def count_figures(
    table: ClassTable, scenes: Scenes, vocabulary: Vocabulary, groups: tuple[LabelGroup, ...]
) -> dict[str, float]:
    """The figures of perception for the table, which is told the true class of every region and nothing else."""
    kinds, truth = kinds_of(scenes, groups), masks(scenes, vocabulary)
    flat = [table.thing(kind) if kind >= 0 else -1 for kind in kinds.reshape(-1)]
    things = np.asarray(flat).reshape(kinds.shape)
    attributes = []
    for g, group in enumerate(groups):
        if vocabulary.concepts[group.members[0]].group != "attribute":
            continue
        told = (scenes.labels[..., g] >= 0) & truth.known
        guessed = [table.label(kind, g) for kind in kinds[told]]
        attributes.append(float(np.mean(np.asarray(guessed) == scenes.labels[..., g][told])))
    at_1, at_10, whole = [], [], []
    for n, j in zip(*np.nonzero(truth.pairs), strict=True):
        i, k, s, p, o = scenes.statements[n, j]
        counts = table.counts(int(kinds[n, i]), int(kinds[n, k]))
        same = (scenes.statements[n, :, :2] == (i, k)).all(axis=1) & (scenes.statements[n, :, 4] == o)
        also = np.zeros(len(counts), bool)
        also[scenes.statements[n, same, 3]] = True
        also[p] = False
        better, ties = ((counts > counts[p]) & ~also).sum(), ((counts == counts[p]) & ~also).sum() - 1
        rank = 1 + better + ties / 2
        at_1.append(rank < 2)
        at_10.append(rank < 11)
        whole.append(rank < 2 and things[n, i] == s and things[n, k] == o)
    return {
        "individual_known": float((things == scenes.thing)[truth.known].mean()),
        "class_novel": 1.0,  # it is told the class
        "attributes": float(np.mean(attributes)) if attributes else float("nan"),
        "predicate_at_1": float(np.mean(at_1)),
        "predicate_at_10": float(np.mean(at_10)),
        "statement_at_1": float(np.mean(whole)),
    }


def chance_figures(vocabulary: Vocabulary, groups: tuple[LabelGroup, ...]) -> dict[str, float]:
    """The figures of guessing, every candidate as likely as another."""
    entities = sum(concept.group == "entity" for concept in vocabulary.concepts)
    sizes = {group.name: len(group.members) for group in groups}
    attributes = [size for name, size in sizes.items() if name not in LEVELS]
    predicates, things = len(vocabulary.predicates), entities + sizes["basic"]
    return {
        "individual_known": 1 / things,
        "class_novel": 1 / sizes["basic"],
        "attributes": float(np.mean([1 / size for size in attributes])) if attributes else float("nan"),
        "predicate_at_1": 1 / predicates,
        "predicate_at_10": min(1.0, 10 / predicates),
        "statement_at_1": 1 / things**2 / predicates,
    }
