"""From a scene to the statements of its episode.

A scene says what must be true (its core), who stands in a row, and who does what. `compose` adds the place,
spatial statements read off one left-to-right order (so they never contradict each other), visible attributes,
and a little of what is true at that moment.
"""

import datetime
import random
from dataclasses import dataclass, field
from itertools import pairwise

from state import State, is_person

Statement = tuple[str, str, str]
MOVERS = ("Fatima", "Omar", "Leila", "Sami", "Hopper")
_TOUCHING = {"holds", "rides", "drives", "on", "above", "near", "inFrontOf", "leftOf"}


class Dice:
    """Seeded choices that rest on `random.random` alone, whose numbers Python keeps between versions."""

    def __init__(self, seed: str):
        self._random = random.Random(seed).random

    def chance(self, probability: float) -> bool:
        """Return True with the given probability."""
        return self._random() < probability

    def pick(self, options):
        """Return one of the options."""
        options = list(options)
        return options[int(self._random() * len(options))]

    def shuffled(self, options) -> list:
        """Return the options in a random order."""
        rest = list(options)
        return [rest.pop(int(self._random() * len(rest))) for _ in range(len(rest))]

    def some(self, options, count: int) -> list:
        """Return `count` different options."""
        return self.shuffled(options)[:count]

    def minute(self, low: int, high: int) -> int:
        """Return a whole number from low to high."""
        return low + int(self._random() * (high - low + 1))


@dataclass
class Scene:
    """One moment: title, place, core statements, a row of free-standing things, and poses."""

    title: str
    place: str
    core: list[Statement]
    row: list[str] = field(default_factory=list)
    poses: dict[str, str] = field(default_factory=dict)


@dataclass
class Moment:
    """What a scene may look at: the date, the state, the weather, who is ill, and the dice."""

    date: datetime.date
    stamp: str
    state: State
    rain: bool
    ill: frozenset[str]
    dice: Dice

    def well(self, people) -> list[str]:
        """Return the people who are not ill."""
        return [name for name in people if name not in self.ill]


def compose(scene: Scene, moment: Moment) -> list[Statement]:
    """Return the 3 to 10 statements of a scene, the core first."""
    dice, state = moment.dice, moment.state
    chosen = list(dict.fromkeys(scene.core))
    lead = chosen[0][0]
    chosen.append((lead, "isAt", scene.place))
    wanted = min(10, max(len(chosen) + 2, dice.minute(4, 10)))

    spatial = _spatial(scene, dice)
    poses = dice.shuffled((name, "does", pose) for name, pose in scene.poses.items())
    cast = dict.fromkeys([*(name for s, _, o in scene.core for name in (s, o)), *scene.row])
    looks = dice.shuffled(_looks(cast, state, dice))
    now = dice.shuffled(_now(cast, moment))

    first = []
    for pool, probability in ((spatial, 0.92), (now, 1.0), (poses, 0.8), (looks, 0.6)):
        if pool and dice.chance(probability):
            first.append(pool.pop(0))
    others = [name for name in scene.row if name != lead]
    if others:
        spatial.append((dice.pick(others), "isAt", scene.place))
    for statement in [*first, *dice.shuffled([*spatial, *poses, *looks, *now])]:
        if len(chosen) < wanted and statement not in chosen:
            chosen.append(statement)
    return chosen


def _spatial(scene: Scene, dice: Dice) -> list[Statement]:
    """Relate neighbours in one random left-to-right order of the row."""
    linked = {frozenset((s, o)) for s, p, o in scene.core if p in _TOUCHING}
    row = dice.shuffled(dict.fromkeys(scene.row))
    result = []
    for left, right in pairwise(row):
        if frozenset((left, right)) not in linked:
            result.append((left, dice.pick(["leftOf"] * 5 + ["near"] * 2 + ["inFrontOf"] * 2), right))
    return dice.shuffled(result)


def _looks(cast, state: State, dice: Dice) -> list[Statement]:
    """Name what a picture would show of everyone: a coat, a colour or a size."""
    result = []
    for name in cast:
        if is_person(name):
            predicate = dice.pick(["wears", "wears", "hasSize"])
        else:
            predicate = dice.pick(["hasColour", "hasColour", "hasSize"])
        value = state.get(name, predicate)
        if value:
            result.append((name, predicate, value))
    return result


def _now(cast, moment: Moment) -> list[Statement]:
    """Name hidden facts of the moment, the ones that will change (or have changed) more often than others."""
    dice, state, result = moment.dice, moment.state, []
    for name in cast:
        if name == "Comet" and dice.chance(0.9):
            result.append((name, "hasColour", state.get(name, "hasColour")))
        elif name == "Sparky" and dice.chance(0.85 if moment.stamp < "2026-05-09" else 0.45):
            result.append((name, dice.pick(["ownedBy", "ownedBy", "livesIn"]), None))
        elif name in MOVERS and dice.chance(0.55 if moment.stamp < "2026-05-16" else 0.25):
            result.append((name, "livesIn", None))
        elif dice.chance(0.07):
            result.append((name, dice.pick(["ownedBy", "livesIn", "friendOf", "likes"]), None))
    known = ((s, p, o or state.get(s, p)) for s, p, o in result)
    return [(s, p, o) for s, p, o in known if o]
