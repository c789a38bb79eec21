"""New scenes: casts, places and statements composed in the way of the episodes, with combinations never seen."""

import dataclasses
import random
from collections import Counter
from itertools import pairwise

from tensorbrain.datasets.casting import Told, alive, known_thing, nameless_thing, natural_pose, script, staged
from tensorbrain.datasets.habits import Pattern, drawn, habits_of
from tensorbrain.datasets.layout import holds_in
from tensorbrain.datasets.scripts import ACTIONS, HIDDEN, PEOPLE, SPATIAL, Script, Thing, Town, town_of
from tensorbrain.datasets.stage import Relation
from tensorbrain.errors import SettingsError
from tensorbrain.graph.knowledge_graph import KnowledgeGraph

_CARRYING = ("on", "above", "rides", "drives", "holds", "eats")
_ONE_AT_A_TIME = ("walks", "chases", "rides", "drives")
_KIN = 0.3  # share of new individuals who have to do with someone present, as the families of the episodes have


def new_scripts(
    graph: KnowledgeGraph, count: int, *, seed: int, nameless: float = 0.15, novel: str = "train"
) -> list[Script]:
    """New scenes of two to six things with four to ten statements, in the proportions of the episodes.

    A share ``nameless`` of the things are passers-by of the family ``novel`` ("train" or "test"): no individual of
    the graph, and none of one family has a look of the other. Raises SettingsError for another family or share.

    >>> from tensorbrain.datasets.worlds import load_graph
    >>> scripts = new_scripts(load_graph("neighbourhood"), 3, seed=0)
    >>> [4 <= len(script.statements) <= 10 for script in scripts]
    [True, True, True]
    """
    if novel not in ("train", "test"):
        raise SettingsError(f"there is no family {novel!r} of passers-by: choose train or test")
    if not 0 <= nameless <= 1:
        raise SettingsError(f"the share {nameless} of nameless things must lie between 0 and 1")
    town = town_of(graph)
    scripts: list[Script] = []
    number = 0
    while len(scripts) < count:
        made = _NewScene(town, random.Random(f"{seed} {novel} new {number}"), nameless, novel).script()
        number += 1
        if made is not None:
            scripts.append(made)
    return scripts


class _NewScene:
    """A scene while it is made up: who is in it, and what they have to do with each other."""

    def __init__(self, town: Town, dice: random.Random, nameless: float, novel: str):
        self.town, self.dice, self.nameless, self.novel = town, dice, nameless, novel
        self.habits = habits_of(town)
        self.place, self.size = drawn(self.habits.places, dice), drawn(self.habits.casts, dice)
        self.things: list[Thing] = []
        self.relations: list[Relation] = []

    def script(self) -> Script | None:
        """The finished script; None if too little came together."""
        wanted = self.dice.choice((1, 2, 2, 3, 3, 4))
        for _ in range(30):
            if len(self.things) >= self.size and len(self.relations) >= wanted:
                break
            self._happen(drawn(self.habits.deeds, self.dice))
        if len(self.things) < 2:
            return None
        self._stand_side_by_side()
        for i, thing in enumerate(self.things):
            if alive(self.town, thing.kind):
                self.things[i] = dataclasses.replace(thing, activity=self._pose(i))
        self.things = staged(self.town, self.things, self.relations, self.dice)
        told = [(s, p, o, True) for s, p, o in self.relations if holds_in(self.things, (s, p, o))][:8]
        most = min(10, max(len(told) + 1, self.dice.randint(4, 10)))
        told = list(dict.fromkeys([*told, *self._remarks()]))[:most]
        return script(self.town, self.things, self.place, told, -1) if len(told) >= 4 else None

    def _happen(self, pattern: Pattern) -> None:
        """Let something happen between things present or new ones, if it goes with what happens already."""
        kind_s, p, kind_o = pattern
        before = len(self.things)
        s = self._someone(kind_s, but=-1)
        o = self._someone(kind_o, but=s) if s >= 0 else -1
        if s >= 0 and o >= 0 and self._goes_with_the_rest(s, p, o):
            self.relations.append((s, p, o))
        else:
            del self.things[before:]

    def _someone(self, kind: str, but: int) -> int:
        """The number of a thing of a class: one present, or a new one while there is room, else -1."""
        present = [i for i, thing in enumerate(self.things) if thing.kind == kind and i != but]
        full = len(self.things) >= self.size
        if present and (full or self.dice.random() < 0.6):
            return self.dice.choice(present)
        if full:
            return -1
        here = {thing.concept for thing in self.things}
        free = [i for i in self.town.members[kind] if i not in here]
        if not free or self.dice.random() < self.nameless:
            self.things.append(nameless_thing(self.town, kind, self.novel, self.dice))
        else:
            kin = [i for i in free if not here.isdisjoint(self.town.kin[i])]
            chosen = kin if kin and self.dice.random() < _KIN else free
            self.things.append(known_thing(self.town, self.dice.choice(chosen), {}))
        return len(self.things) - 1

    def _goes_with_the_rest(self, s: int, p: str, o: int) -> bool:
        """One action and one spatial relation a pair; nothing is in two places; nobody chases two."""
        group = SPATIAL if p in SPATIAL else ACTIONS
        if any({s, o} == {a, b} and q in group for a, q, b in self.relations):
            return False
        if p in _ONE_AT_A_TIME and any(a == s and q == p for a, q, _ in self.relations):
            return False
        if p not in _CARRYING:
            return True
        pairs = [(*_carried_by(relation), relation[1]) for relation in self.relations if relation[1] in _CARRYING]
        carried, carrier = _carried_by((s, p, o))
        busy = p in ("above", "holds", "eats") and any(by == carrier and q == p for _, by, q in pairs)
        held = {thing for thing, _, _ in pairs}
        return not busy and carrier not in held and carried not in held | {by for _, by, _ in pairs}

    def _stand_side_by_side(self) -> None:
        """Left of, near or in front of, between neighbours in a row of those whom nobody carries: so no circles."""
        carried = {_carried_by(relation)[0] for relation in self.relations if relation[1] in _CARRYING}
        row = [i for i in range(len(self.things)) if i not in carried]
        self.dice.shuffle(row)
        for a, b in pairwise(row):
            if self.dice.random() < 0.55:
                pair = (self.things[a].kind, self.things[b].kind)
                p = drawn(self.habits.beside.get(pair, self.habits.beside_anyone), self.dice)
                self.relations.append((a, p, b))

    def _pose(self, i: int) -> int:
        """What follows from what someone does, or any pose of its class; whoever is busy does not sleep or swim."""
        natural = natural_pose(self.town, i, self.relations)
        if self.town.names[natural] in ("Sitting", "Running") or self.dice.random() < 0.3:
            return natural
        counts = Counter(self.habits.poses.get(self.things[i].kind, {}))
        if any((p in _CARRYING and i in (s, o)) or (p in ACTIONS and i == s) for s, p, o in self.relations):
            for pose in ("Sleeping", "Swimming"):
                del counts[self.town.concept[pose]]
        return drawn(counts, self.dice) if counts else natural

    def _remarks(self) -> list[Told]:
        """Where they are, what they look like and do, and what else is so between those present, in a mixed order."""
        dice, count = self.dice, len(self.things)
        rest: list[Told] = [(dice.randrange(count), "isAt", self.place, False)]
        number = {thing.concept: i for i, thing in enumerate(self.things) if thing.concept in self.town.kind}
        for i, thing in enumerate(self.things):
            if thing.activity >= 0 and dice.random() < 0.9:
                rest.append((i, "does", thing.activity, False))
            if dice.random() < 0.6:
                dress = "wears" if thing.kind in PEOPLE else "hasColour"
                rest.append(
                    (i, dress, thing.colour, False) if dice.random() < 0.66 else (i, "hasSize", thing.size, False)
                )
            for p in HIDDEN:
                objects = self.town.facts.get((thing.concept, p), ())
                rest += [(i, p, number[o], True) for o in objects if o in number]
                rest += [(i, p, o, False) for o in objects if o == self.place]
        dice.shuffle(rest)
        return [(dice.randrange(count), "isAt", self.place, False), *rest]


def _carried_by(relation: Relation) -> tuple[int, int]:
    """Who is carried by whom in a relation such as on or holds."""
    s, p, o = relation
    return (o, s) if p in ("holds", "eats") else (s, o)
