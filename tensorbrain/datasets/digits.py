"""Digits: real handwriting in small scenes, where one sees who stands left of whom, but not who is greater."""

import dataclasses
import random
import tempfile
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from tensorbrain.errors import SettingsError
from tensorbrain.graph.knowledge_graph import KnowledgeGraph, read_graph
from tensorbrain.pictures.scenes import Scenes, label_groups

DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
NAMESPACE = "https://tensorbrain.org/kg/digits/"
MOST = 8
"""The most statements of one scene."""
_SIDE = 128
TRIES = 500  # of corners for a digit, before the picture is begun again
_PREDICATES = ("left of", "above", "greater than", "less than", "divides", "multiple of")


def digit_graph() -> KnowledgeGraph:
    """The ten digits, even and odd ones, and what is so between every two of them, as facts.

    ``greater than``, ``less than``, ``divides`` and ``multiple of`` are facts; ``left of`` and ``above`` are told by
    pictures, and by the graph's one episode, a page with three digits on it.

    >>> graph = digit_graph()
    >>> graph.vocabulary.find("greater than", "predicate") in graph.facts.coordinates[:, 1]
    True
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "digits.trig")
        path.write_text(_trig(), encoding="utf-8")
        return dataclasses.replace(read_graph(path), source="digits")


def digit_scenes(graph: KnowledgeGraph, count: int, *, seed: int, split: str = "train") -> Scenes:
    """Pictures of 128 x 128 with two to four different handwritten digits, and what is true of them.

    The handwriting is the 1,797 images that come with scikit-learn; a fixed fifth of them is the ``split`` "test".
    What is left of or above what is seen, the rest follows from which digits they are; a scene tells at most eight
    statements. Region 0, the whole picture, has no concept. Raises SettingsError for another split, and without
    scikit-learn.

    >>> scenes = digit_scenes(digit_graph(), 3, seed=0)
    >>> scenes.pixels.shape, scenes.boxes.shape
    ((3, 128, 128, 3), (3, 5, 4))
    """
    if split not in ("train", "test"):
        raise SettingsError(f"there is no split {split!r} of the digits: choose train or test")
    images = _handwriting(split)
    words = graph.vocabulary
    ids = [words.find(name, "concept") for name in DIGITS]
    predicates = {name: words.find(name, "predicate") for name in _PREDICATES}
    groups = label_groups(graph)
    classes = dict(graph.membership.tolist())
    labels = {i: [classes[i] if classes[i] in group.members else -1 for group in groups] for i in ids}
    scenes = Scenes(
        pixels=np.zeros((count, _SIDE, _SIDE, 3), np.uint8),
        boxes=np.zeros((count, 5, 4), np.float32),
        thing=np.full((count, 5), -1, np.int32),
        labels=np.full((count, 5, len(groups)), -1, np.int32),
        statements=np.full((count, MOST, 5), -1, np.int32),
        instant=np.full(count, -1, np.int32),
    )
    for i in range(count):
        dice = random.Random(f"{seed} {split} digits {i}")
        digits, boxes, scenes.pixels[i] = _picture(images, dice)
        scenes.boxes[i, 0] = (0, 0, 1, 1)
        told = true_of(digits, boxes)
        dice.shuffle(told)
        for region, (digit, box) in enumerate(zip(digits, boxes, strict=True), start=1):
            scenes.boxes[i, region], scenes.thing[i, region] = np.array(box) / _SIDE, ids[digit]
            scenes.labels[i, region] = labels[ids[digit]]
        for row, (s, p, o) in enumerate(told[:MOST]):
            scenes.statements[i, row] = (s + 1, o + 1, ids[digits[s]], predicates[p], ids[digits[o]])
    return scenes


class Pixels(NamedTuple):
    """A box in pixels, in which a digit is written."""

    left: int
    top: int
    right: int
    bottom: int


def true_of(digits: list[int], boxes: list[Pixels]) -> list[tuple[int, str, int]]:
    """All statements of a scene, as (number of the subject, predicate, number of the object).

    >>> true_of([2, 6], [Pixels(0, 0, 30, 30), Pixels(60, 5, 90, 35)])[:2]
    [(0, 'left of', 1), (0, 'less than', 1)]
    """
    told = []
    for a, b in combinations(range(len(digits)), 2):
        dx = boxes[b].left + boxes[b].right - boxes[a].left - boxes[a].right
        dy = boxes[b].top + boxes[b].bottom - boxes[a].top - boxes[a].bottom
        first, second = (a, b) if (dx if abs(dx) >= abs(dy) else dy) > 0 else (b, a)
        told.append((first, "left of" if abs(dx) >= abs(dy) else "above", second))
        for s, o in ((a, b), (b, a)):
            told += [(s, p, o) for p in _between(digits[s], digits[o])]
    return told


def _between(a: int, b: int) -> list[str]:
    """What is so of two different digits whatever the picture; of Zero it is not said what divides it."""
    found = ["greater than" if a > b else "less than"]
    if a and b and b % a == 0:
        found.append("divides")
    if a and b and a % b == 0:
        found.append("multiple of")
    return found


def _trig() -> str:
    def name(label: str) -> str:
        head, *tail = label.split()
        return head + "".join(word.capitalize() for word in tail)

    lines = [
        f"@prefix : <{NAMESPACE}> .",
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .",
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .",
        ':Digit a owl:Class ; rdfs:label "digit"@en .',
    ]
    for parity in ("Even", "Odd"):
        lines.append(f':{parity}Digit a owl:Class ; rdfs:subClassOf :Digit ; rdfs:label "{parity.lower()} digit"@en .')
    for label in _PREDICATES:
        lines.append(
            f':{name(label)} a owl:ObjectProperty ; rdfs:domain :Digit ; rdfs:range :Digit ; rdfs:label "{label}"@en .'
        )
    for a, label in enumerate(DIGITS):
        lines.append(f':{label} a :{("Even", "Odd")[a % 2]}Digit ; rdfs:label "{label}"@en .')
        for b, other in enumerate(DIGITS):
            lines += [f":{label} :{name(p)} :{other} ." for p in _between(a, b) if a != b]
    lines += [
        ':FirstPage rdfs:label "the first page"@en .',
        ":FirstPage { :Three :leftOf :Seven . :Seven :above :Two . }",
    ]
    return "\n".join(lines)


@cache
def _handwriting(split: str) -> list[list[Image.Image]]:
    """The images of a split, ten lists of masks of 8 x 8 pixels."""
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise SettingsError(
            "handwritten digits come with scikit-learn, which is not installed: pip install 'tensorbrain[digits]'"
        ) from None
    levels, digits = (np.asarray(part) for part in load_digits(return_X_y=True))
    order = np.random.default_rng(0).permutation(len(digits))
    edge = len(order) // 5
    found: list[list[Image.Image]] = [[] for _ in DIGITS]
    for i in order[:edge] if split == "test" else order[edge:]:
        mask = np.clip(levels[i].reshape(8, 8) * 16, 0, 255).astype(np.uint8)
        found[int(digits[i])].append(Image.fromarray(mask))
    return found


def _picture(images: list[list[Image.Image]], dice: random.Random) -> tuple[list[int], list[Pixels], np.ndarray]:
    digits = dice.sample(range(10), dice.choice((2, 3, 4)))
    paper, ink = dice.uniform(165, 255), dice.uniform(0, 90)
    if dice.random() < 0.3:
        paper, ink = ink, paper  # chalk on a board
    canvas = Image.new("RGB", (_SIDE, _SIDE), _shade(paper, dice))
    boxes: list[Pixels] = []
    for digit in digits:
        side = dice.randint(28, 42)
        mask = dice.choice(images[digit]).resize((side, side), Image.Resampling.BICUBIC)
        mask = _cut(mask)
        corner = _free_spot(mask.size, boxes, dice)
        if corner is None:
            return _picture(images, dice)  # those before it lie so that none is left: begin again
        left, top = corner
        canvas.paste(_shade(ink, dice), (left, top), mask)
        boxes.append(Pixels(left, top, left + mask.width, top + mask.height))
    return digits, boxes, np.asarray(canvas)


def _cut(mask: Image.Image) -> Image.Image:
    """A mask without the empty rows and columns around the digit."""
    written = np.asarray(mask) > 60
    rows, columns = np.flatnonzero(written.any(1)), np.flatnonzero(written.any(0))
    return mask.crop((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))


def _shade(level: float, dice: random.Random) -> tuple[int, int, int]:
    red, green, blue = (min(255, max(0, round(level + dice.uniform(-20, 20)))) for _ in range(3))
    return red, green, blue


def _free_spot(size: tuple[int, int], taken: list[Pixels], dice: random.Random) -> tuple[int, int] | None:
    """A corner where something of that size touches nothing; None where none is found."""
    for _ in range(TRIES):
        left, top = dice.randint(2, _SIDE - 2 - size[0]), dice.randint(2, _SIDE - 2 - size[1])
        right, bottom = left + size[0], top + size[1]
        if all(left > t.right + 3 or right < t.left - 3 or top > t.bottom + 3 or bottom < t.top - 3 for t in taken):
            return left, top
    return None
