"""Composing: a scene of one's own, of individuals that stand where somebody puts them."""

import dataclasses
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from PIL import Image

from tensorbrain.datasets.casting import alive, known_thing
from tensorbrain.datasets.layout import measured
from tensorbrain.datasets.poses import posed
from tensorbrain.datasets.scripts import PEOPLE, Script, Thing, Town, town_of
from tensorbrain.datasets.sheet import index
from tensorbrain.errors import SettingsError, UnknownConceptError
from tensorbrain.graph.knowledge_graph import KnowledgeGraph

SHORTEST, LONGEST = 0.1, 0.6
"""How long a figure may be, as a share of the picture."""


class Placement(NamedTuple):
    """Who stands where: the end of the individual's IRI, the middle of its foot and the length of the figure when it
    stands, as shares of the picture, and whether it looks to the right.
    """

    name: str
    x: float
    y: float
    length: float
    flip: bool = False


@lru_cache(maxsize=4)
def figures(graph: KnowledgeGraph) -> dict[str, Thing]:
    """Every individual that can be drawn, by the end of its IRI: in its colours of now, standing, in its natural size.

    >>> from tensorbrain.datasets.worlds import load_graph
    >>> figures(load_graph("neighbourhood"))["Sparky"].length
    0.31
    """
    town = town_of(graph)
    return {name: _standing(town, name) for name in sorted(index()["individuals"])}


def composed(graph: KnowledgeGraph, place: str, placements: Sequence[Placement]) -> Script:
    """The script of individuals who stand where they were put, the last one foremost; it tells no statements.

    A figure that would reach out of the picture is moved into it. Raises UnknownConceptError for a place or an
    individual that cannot be drawn, SettingsError for one that is there twice, a position outside the picture, or a
    length outside ``SHORTEST`` to ``LONGEST``.

    >>> from tensorbrain.datasets.worlds import load_graph
    >>> graph = load_graph("neighbourhood")
    >>> script = composed(graph, "TownPark", [Placement("Sparky", 0.3, 0.9, 0.3), Placement("Mary", 0.7, 0.9, 0.4)])
    >>> [graph.vocabulary.label("subject", thing.concept) for thing in script.things]
    ['Sparky', 'Mary']
    """
    if place not in index()["places"]:
        raise UnknownConceptError(f"there is no place {place!r}: choose one of {', '.join(sorted(index()['places']))}")
    for number, one in enumerate(placements):
        if one.name in {other.name for other in placements[:number]}:
            raise SettingsError(f"{one.name} is in the scene twice: put everybody in once")
        if not (0 <= one.x <= 1 and 0 <= one.y <= 1):
            raise SettingsError(f"{one.name} stands at {one.x}, {one.y}: choose shares of the picture, from 0 to 1")
        if not SHORTEST <= one.length <= LONGEST:
            raise SettingsError(f"{one.name} is {one.length} long: choose a length from {SHORTEST} to {LONGEST}")
    things = tuple(_placed(_figure(graph, one.name), one, float(depth)) for depth, one in enumerate(placements))
    return Script(town_of(graph).concept[place], things, (), -1)


def sprite(graph: KnowledgeGraph, name: str, pixels: int) -> Image.Image:
    """An individual as scenes show it, ``pixels`` long; raises UnknownConceptError for one that cannot be drawn."""
    thing, town = _figure(graph, name), town_of(graph)
    pose = town.names[thing.activity] if thing.activity >= 0 else ""
    return posed(thing.tile, town.names[thing.colour], pixels, thing.kind in PEOPLE, pose, False)


def _figure(graph: KnowledgeGraph, name: str) -> Thing:
    known = figures(graph)
    if name not in known:
        raise UnknownConceptError(f"{name!r} cannot be drawn: choose an individual such as {next(iter(known))}")
    return known[name]


def _standing(town: Town, name: str) -> Thing:
    thing = known_thing(town, town.concept[name], {})
    if alive(town, thing.kind):
        thing = dataclasses.replace(thing, activity=town.concept["Standing"])
    return measured(thing, town.names[thing.size], "Standing" if thing.activity >= 0 else "")


def _placed(thing: Thing, where: Placement, depth: float) -> Thing:
    scale = where.length / thing.length
    width, height = thing.width * scale, thing.height * scale
    return dataclasses.replace(
        thing,
        x=min(max(where.x, width / 2), 1 - width / 2),
        y=max(where.y, height),
        length=where.length,
        width=width,
        height=height,
        depth=depth,
        flip=where.flip,
    )
