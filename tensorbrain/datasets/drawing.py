"""Drawing: from scripts to pictures, with the boxes of what is drawn and everything that is true of it."""

import random
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from tensorbrain.datasets.dials import Dials, half, hide, lit, scatter
from tensorbrain.datasets.poses import posed
from tensorbrain.datasets.scripts import PEOPLE, Script, Thing, Town, town_of
from tensorbrain.datasets.sheet import background
from tensorbrain.datasets.signs import Box, mat, sign
from tensorbrain.errors import SettingsError
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.pictures.scenes import LabelGroup, Scenes, label_groups

CLEAN = Dials()


def draw(
    scripts: Sequence[Script], graph: KnowledgeGraph, *, seed: int, dials: Dials = CLEAN, size: int = 128
) -> Scenes:
    """The pictures of the scripts, ``size`` pixels a side, with regions, labels and statements.

    Another ``seed`` is a second view of the same scenes: everything stands a little elsewhere, and clutter, light
    and noise fall differently; what is true stays. Raises SettingsError for a size under 32.

    >>> from tensorbrain.datasets.new_scripts import new_scripts
    >>> from tensorbrain.datasets.worlds import load_graph
    >>> graph = load_graph("neighbourhood")
    >>> draw(new_scripts(graph, 2, seed=0), graph, seed=1).pixels.shape
    (2, 128, 128, 3)
    """
    if size < 32:
        raise SettingsError(f"pictures of {size} pixels are too small to show a scene: choose 32 or more")
    town, groups = town_of(graph), label_groups(graph)
    count = len(scripts)
    regions = 1 + max((len(script.things) for script in scripts), default=0)
    told = max((len(script.statements) for script in scripts), default=0)
    scenes = Scenes(
        pixels=np.zeros((count, size, size, 3), np.uint8),
        boxes=np.zeros((count, regions, 4), np.float32),
        thing=np.full((count, regions), -1, np.int32),
        labels=np.full((count, regions, len(groups)), -1, np.int32),
        statements=np.full((count, told, 5), -1, np.int32),
        instant=np.array([script.instant for script in scripts], np.int32),
    )
    for i, script in enumerate(scripts):
        scenes.pixels[i], boxes = picture(script, town, f"{seed} view {i}", dials, size)
        here = 1 + len(script.things)
        scenes.boxes[i, :here] = [(0, 0, 1, 1), *boxes]
        scenes.thing[i, :here] = [script.place, *(thing.concept for thing in script.things)]
        scenes.labels[i, :here] = [_labels(town, groups, script.place, None)] + [
            _labels(town, groups, thing.concept, thing) for thing in script.things
        ]
        if script.statements:
            scenes.statements[i, : len(script.statements)] = script.statements
    return scenes


def picture(script: Script, town: Town, seed: str, dials: Dials, size: int) -> tuple[np.ndarray, list[Box]]:
    """One picture and the boxes of its things as shares of its sides."""
    dice = random.Random(seed)
    side = 2 * size  # drawn twice as large and halved, so that edges are smooth
    unit = side / 128
    canvas = _ground(town.names[script.place], side, dice)
    pen = ImageDraw.Draw(canvas)
    if dials.clutter:
        scatter(pen, dials.clutter, side, random.Random(f"{seed} clutter"))  # so that nothing else moves with the dial
    figures = _figures(script, town, side, dice)
    boxes = [box for _, box in figures]
    relations = [
        (s - 1, town.predicate_names[p], o - 1) for s, o, _, p, _ in script.statements if s > 0 and o > 0 and s != o
    ]
    for s, p, o in relations:
        if p == "near":
            mat(pen, boxes[s], boxes[o], unit)
    for i in sorted(range(len(figures)), key=lambda i: script.things[i].depth):
        image, box = figures[i]
        _shadow(pen, script.things[i], box, unit)
        canvas.paste(image, (round(box[0]), round(box[1])), image)
    for s, p, o in relations:
        sign(pen, p, boxes[s], boxes[o], unit, dice)
    if dials.occlusion:
        hide(pen, boxes, dials.occlusion, dice)
    pixels = half(canvas)
    if dials.lighting or dials.noise:
        pixels = lit(pixels, dials, np.random.default_rng(dice.getrandbits(64)))
    edges = [tuple(min(1.0, max(0.0, edge / side)) for edge in box) for box in boxes]
    return pixels, edges  # pyright: ignore


def _ground(place: str, side: int, dice: random.Random) -> Image.Image:
    image = background(place, side)
    left = int(dice.random() * (image.width - side + 1))  # one draw whatever the size: the rest of the scene stays
    return image.crop((left, 0, left + side, side))


def _figures(script: Script, town: Town, side: int, dice: random.Random) -> list[tuple[Image.Image, Box]]:
    """Each thing in its pose and the box in which it lies, in pixels."""
    shift_x, shift_y = (dice.random() - 0.5) * 0.02, (dice.random() - 0.5) * 0.015
    figures = []
    for thing in script.things:
        person = thing.kind in PEOPLE
        pose = town.names[thing.activity] if thing.activity >= 0 else ""
        length = max(6, round(thing.length * side / 2) * 2)  # even, so that fewer are kept
        image = posed(thing.tile, town.names[thing.colour], length, person, pose, thing.flip)
        x = (thing.x + shift_x + (dice.random() - 0.5) * 0.012) * side
        y = (thing.y + shift_y + (dice.random() - 0.5) * 0.008) * side
        left = min(max(0.0, x - image.width / 2), max(0, side - image.width))
        top = min(max(0.0, y - image.height), max(0, side - image.height))
        left, top = float(round(left)), float(round(top))
        figures.append((image, (left, top, left + image.width, top + image.height)))
    return figures


def _shadow(pen: ImageDraw.ImageDraw, thing: Thing, box: Box, unit: float) -> None:
    if thing.y > 0.72:
        half_width = 0.42 * (box[2] - box[0])
        middle = (box[0] + box[2]) / 2
        pen.ellipse(
            (middle - half_width, box[3] - 2.5 * unit, middle + half_width, box[3] + 1.5 * unit), fill=(120, 128, 116)
        )


def _labels(town: Town, groups: tuple[LabelGroup, ...], concept: int, thing: Thing | None) -> list[int]:
    """One concept a label group, -1 where none is known."""
    kind = town.concept[thing.kind] if thing else town.concept[town.kind[concept]]
    above = {town.concept[name] for name in town.ancestors(town.names[kind])}
    found = []
    for group in groups:
        if group.name in ("basic", "parent", "top"):
            # Two classes of one group may lie above a thing; the nearer one, with more above itself, is told.
            fitting = sorted(above & set(group.members), key=lambda c: len(town.ancestors(town.names[c])))
            found.append(fitting[-1] if fitting else -1)
        elif thing is None:
            found.append(-1)
        else:
            values = {thing.colour, thing.size, thing.activity}
            values |= {town.fact(concept, "hasAge"), town.fact(concept, "dangerLevel")}
            found.append(next((v for v in sorted(values) if v in group.members), -1))
    return found
