"""The episodes of the neighbourhood as scripts."""

import dataclasses
import random
from collections.abc import Iterable

from tensorbrain.datasets.casting import alive, known_thing, natural_pose, script, staged
from tensorbrain.datasets.scripts import LOOKS, Script, Town, town_of
from tensorbrain.graph.knowledge_graph import KnowledgeGraph


def episode_scripts(graph: KnowledgeGraph, instants: Iterable[int] | None = None, *, seed: int) -> list[Script]:
    """One script an episode: everything visible that its statements name, so placed that they are true.

    ``instants`` are ids of episodes, all by default. What an episode says of a place that is not the picture's (such
    as a home) is left out of the script's statements.

    >>> from tensorbrain.datasets.worlds import load_graph
    >>> graph = load_graph("neighbourhood")
    >>> first = episode_scripts(graph, [0], seed=0)[0]
    >>> first.instant, graph.vocabulary.label("object", first.place)
    (0, 'Hill Farm')
    """
    town = town_of(graph)
    chosen = range(len(graph.vocabulary.instants)) if instants is None else [int(i) for i in instants]
    return [_episode(town, instant, random.Random(f"{seed} episode {instant}")) for instant in chosen]


def _episode(town: Town, instant: int, dice: random.Random) -> Script:
    told = town.episodes.get(instant, [])
    place = next((o for _, p, o in told if p == "isAt"), dice.choice(town.places))
    cast = list(dict.fromkeys(i for s, _, o in told for i in (s, o) if town.within(town.kind[i], {"VisibleThing"})))
    number = {concept: i for i, concept in enumerate(cast)}
    looks = {concept: _colour_then(town, concept, instant) for concept in cast}
    for s, p, o in told:
        if p in LOOKS:
            looks[s][p] = o
    relations = [(number[s], p, number[o]) for s, p, o in told if s in number and o in number]
    things = [known_thing(town, concept, looks[concept]) for concept in cast]
    for i, thing in enumerate(things):
        if thing.activity < 0 and alive(town, thing.kind):
            things[i] = dataclasses.replace(thing, activity=natural_pose(town, i, relations))
    here = {place, *(o for _, p, o in told if p in LOOKS)}
    statements = [(number[s], p, number.get(o, o), o in number) for s, p, o in told if o in number or o in here]
    return script(town, staged(town, things, relations, dice), place, statements, instant)


def _colour_then(town: Town, concept: int, instant: int) -> dict[str, int]:
    """The colour of what has had several: that of the last episode that told it, or of the first that will.

    So the one bicycle that is repainted is red before that day and green after it.
    """
    told = town.told_colours.get(concept, [])
    if all(colour == town.fact(concept, "hasColour") for _, colour in told):
        return {}
    before = [colour for when, colour in told if when <= instant]
    return {"hasColour": before[-1] if before else told[0][1]}
