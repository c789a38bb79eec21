"""The stage: what hangs on what, and how far apart that is, before all find their places in a row."""

import random

from tensorbrain.datasets.scripts import PEOPLE, Thing

Relation = tuple[int, str, int]
"""(number of the subject, name of the predicate, number of the object) among the things of one picture."""

PORTABLE = (
    *("Dog", "Cat", "Rabbit", "Hen", "Duck", "Ball", "Kite", "SoftToy", "Umbrella", "Basket", "Book"),
    *("Fruit", "Vegetable", "BakedGood", "PetFood"),
)
# Where the foot of what is on a thing stands, as a share of the height of that thing.
_TOPS = {"Table": 0.88, "Bench": 0.36, "Horse": 0.58, "Tree": 0.5, "Bus": 0.5, "Car": 0.5, "Bicycle": 0.42}
_FIRST = {"drives": 0, "rides": 1, "on": 2, "above": 3, "holds": 4, "eats": 5, "inFrontOf": 6}
_UPON = ("drives", "rides", "on")


class Attachments:
    """Which thing is carried by, stands on, hovers over or stands before which: at most one host each."""

    def __init__(self, relations: list[Relation], things: list[Thing]):
        self.host: dict[int, tuple[int, str]] = {}
        for s, p, o in sorted((r for r in relations if r[1] in _FIRST), key=lambda r: _FIRST[r[1]]):
            if p in _UPON:
                self._attach(s, o, p)
            elif p == "above" and not self._attach(s, o, p):
                self._attach(o, s, "below")
            elif p in ("holds", "eats") and things[o].kind in PORTABLE:
                self._attach(o, s, p)
            elif p == "inFrontOf":
                self._attach(self._carrier(s), self._carrier(o), p)
        self.roots = [i for i in range(len(things)) if i not in self.host]

    def guests(self, host: int) -> list[tuple[int, str]]:
        """What hangs on a thing and how; drivers come first."""
        found = [(guest, how) for guest, (at, how) in self.host.items() if at == host]
        return sorted(found, key=lambda guest: _FIRST.get(guest[1], 0))

    def _attach(self, guest: int, host: int, how: str) -> bool:
        root = host
        while root in self.host:
            root = self.host[root][0]
        if guest in self.host or root == guest:
            return False
        self.host[guest] = (host, how)
        return True

    def _carrier(self, i: int) -> int:
        """What carries a thing, itself if nothing does; what only stands before another is not carried."""
        while i in self.host and self.host[i][1] != "inFrontOf":
            i = self.host[i][0]
        return i


class Cluster:
    """A thing that stands on the ground with all that hangs on it.

    ``offsets`` are the x, y and depth of each foot from the foot of the root; ``left`` to ``bottom`` the extent.
    """

    def __init__(self, root: int, things: list[Thing], tree: Attachments, dice: random.Random):
        self.root, self._things, self._tree, self._dice = root, things, tree, dice
        self.offsets: dict[int, tuple[float, float, float]] = {root: (0.0, 0.0, 0.0)}
        self._hang_on(root)
        self._measure()

    @property
    def width(self) -> float:
        """From the left edge to the right one."""
        return self.right - self.left

    @property
    def overhang(self) -> tuple[float, float]:
        """How far it reaches beyond its root to the left and to the right."""
        half = self._things[self.root].width / 2
        return -self.left - half, self.right - half

    def mirror(self) -> None:
        """Exchange left and right."""
        self.offsets = {i: (-x, y, depth) for i, (x, y, depth) in self.offsets.items()}
        self._measure()

    def _measure(self) -> None:
        things = self._things
        self.left = min(x - things[i].width / 2 for i, (x, _, _) in self.offsets.items())
        self.right = max(x + things[i].width / 2 for i, (x, _, _) in self.offsets.items())
        self.top = min(y - things[i].height for i, (_, y, _) in self.offsets.items())
        self.bottom = max(y for _, y, _ in self.offsets.values())

    def _hang_on(self, host: int) -> None:
        guests = self._tree.guests(host)
        upon = [guest for guest, how in guests if how in _UPON]
        side = self._dice.choice((-1, 1))
        counts: dict[str, int] = {}
        x0, y0, depth0 = self.offsets[host]
        for guest, how in guests:
            number = counts[how] = counts.get(how, -1) + 1
            swing = side if number % 2 == 0 else -side
            if how in _UPON:
                slot = (upon.index(guest) + 1) / (len(upon) + 1) - 0.5
                x, y, depth = self._upon(host, slot)
            elif how == "below":  # under what is up on something else: on the ground before that
                x, y, depth = swing * 0.2 * self._things[host].width, 0.05 - y0, 0.03
            else:
                x, y, depth = self._beside(host, guest, how, number, swing)
            self.offsets[guest] = (x0 + x, y0 + y, depth0 + depth)
            self._hang_on(guest)

    def _upon(self, host: int, slot: float) -> tuple[float, float, float]:
        big = self._things[host]
        inside = big.kind in ("Bus", "Car", "Bicycle")
        return slot * big.width * 1.1, -big.height * _TOPS.get(big.kind, 0.92), -0.01 if inside else 0.01

    def _beside(self, host: int, guest: int, how: str, number: int, swing: int) -> tuple[float, float, float]:
        big, small, chance = self._things[host], self._things[guest], self._dice.random()
        person, upright = big.kind in PEOPLE, big.height > 0.8 * big.width
        if how == "above" and small.kind == "Umbrella":
            return 0.5 * number * swing * small.width, -big.height * 0.9, -0.01
        if how == "above":
            return swing * (0.3 * big.width + 0.5 * number * small.width), -big.height - 0.03 - 0.03 * chance, 0.01
        if how == "holds":
            hand = -big.height * 0.36 + 0.4 * small.height - 0.07 * (number // 2) if upright else -big.height * 0.2
            return swing * (0.5 * big.width + 0.28 * small.width), hand, 0.005
        if how == "eats":
            mouth = -big.height * 0.5 + 0.4 * small.height if person and upright else 0.0
            return swing * (0.42 if person else 0.55) * (big.width + 0.6 * small.width), mouth, 0.006
        return swing * (0.34 + 0.12 * chance) * max(big.width, small.width), 0.075 + 0.02 * chance, 0.075
