"""Habits: how often what happens in the episodes of the neighbourhood, by the classes of those it happens to."""

import random
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeVar

from tensorbrain.datasets.scripts import ACTIONS, SPATIAL, Town

Key = TypeVar("Key")
Pattern = tuple[str, str, str]
"""(class of the subject, name of the predicate, class of the object)"""


class Habits:
    """Counts over the episodes: what is done to whom, who stands how beside whom, poses, places, sizes of casts."""

    def __init__(self, town: Town):
        self.deeds: Counter[Pattern] = Counter()
        self.beside: dict[tuple[str, str], Counter[str]] = {}
        self.beside_anyone: Counter[str] = Counter()
        self.poses: dict[str, Counter[int]] = {}
        self.places: Counter[int] = Counter()
        self.casts: Counter[int] = Counter()
        for told in town.episodes.values():
            cast = {i for s, _, o in told for i in (s, o) if town.within(town.kind[i], {"VisibleThing"})}
            self.casts[min(6, max(2, len(cast)))] += 1
            for s, p, o in told:
                kind_s, kind_o = town.kind[s], town.kind[o]
                if p in ACTIONS or p in ("on", "above"):
                    self.deeds[kind_s, p, kind_o] += 1
                elif p in SPATIAL:
                    self.beside.setdefault((kind_s, kind_o), Counter())[p] += 1
                    self.beside_anyone[p] += 1
                elif p == "does":
                    self.poses.setdefault(kind_s, Counter())[o] += 1
                elif p == "isAt":
                    self.places[o] += 1


@lru_cache(maxsize=4)
def habits_of(town: Town) -> Habits:
    """The habits of a town, counted once."""
    return Habits(town)


def drawn(counts: Mapping[Key, int], dice: random.Random) -> Key:
    """One of the keys, as often as it was counted.

    >>> drawn({"near": 3}, random.Random(0))
    'near'
    """
    return dice.choices(list(counts), list(counts.values()))[0]
