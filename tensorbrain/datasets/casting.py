"""Casting: from a concept to the thing that a picture shows, with the look and the pose that are true of it."""

import random

from tensorbrain.datasets.layout import laid_out, measured
from tensorbrain.datasets.scripts import PEOPLE, Script, Thing, Town
from tensorbrain.datasets.sheet import index
from tensorbrain.datasets.stage import Relation

Told = tuple[int, str, int, bool]
"""(number of the subject, name of the predicate, object, whether the object is a thing's number or a concept)"""


def known_thing(town: Town, concept: int, looks: dict[str, int]) -> Thing:
    """An individual with its own tile; ``looks`` (predicate to value) wins over what is true now."""
    kind = town.kind[concept]
    dress = "wears" if kind in PEOPLE else "hasColour"
    colour, size = (looks.get(p, town.fact(concept, p)) for p in (dress, "hasSize"))
    tile = index()["individuals"][town.names[concept]]
    return Thing(concept, kind, tile, colour, size, looks.get("does", -1))


def nameless_thing(town: Town, kind: str, family: str, dice: random.Random) -> Thing:
    """A passer-by of a family of novel looks, of any colour and size: its concept is its class."""
    tile = dice.choice(index()["novel"][family][kind])
    return Thing(
        town.concept[kind], kind, tile, dice.choice(town.values("Colour")), dice.choice(town.values("Size")), -1
    )


def alive(town: Town, kind: str) -> bool:
    """Whether things of a class take a pose."""
    return kind != "Tree" and town.within(kind, {"LivingBeing"})


def natural_pose(town: Town, i: int, relations: list[Relation]) -> int:
    """The pose of someone of whom none is told, as follows from what it does."""
    deeds = {p for s, p, _ in relations if s == i}
    if deeds & {"rides", "drives"}:
        pose = "Sitting"
    elif "chases" in deeds:
        pose = "Running"
    else:
        pose = "Walking" if any(p == "walks" and i in (s, o) for s, p, o in relations) else "Standing"
    return town.concept[pose]


def staged(town: Town, things: list[Thing], relations: list[Relation], dice: random.Random) -> list[Thing]:
    """The things measured in their poses and laid out."""
    poses = [town.names[thing.activity] if thing.activity >= 0 else "" for thing in things]
    ready = [measured(thing, town.names[thing.size], pose) for thing, pose in zip(things, poses, strict=True)]
    return laid_out(ready, relations, dice)


def script(town: Town, things: list[Thing], place: int, told: list[Told], instant: int) -> Script:
    """The finished script; what is told becomes rows of `Scenes`."""
    rows = []
    for s, p, o, is_thing in told:
        region = o + 1 if is_thing else 0 if o == place else s + 1
        rows.append((s + 1, region, things[s].concept, town.predicate[p], things[o].concept if is_thing else o))
    return Script(place, tuple(things), tuple(rows), instant)
