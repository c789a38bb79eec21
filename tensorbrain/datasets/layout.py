"""Layout: where the things of a picture stand, so that its statements are true in it."""

import dataclasses
import random
from itertools import pairwise, permutations

from tensorbrain.datasets.poses import proportions
from tensorbrain.datasets.scripts import PEOPLE, SPATIAL, Thing
from tensorbrain.datasets.stage import Attachments, Cluster, Relation

# How long a thing of medium size is drawn, as a share of the picture.
_LENGTHS = {
    **{"Dog": 0.31, "Cat": 0.29, "Rabbit": 0.28, "Horse": 0.36, "Hen": 0.28, "Duck": 0.27, "Tree": 0.44},
    **{"Bicycle": 0.33, "Car": 0.34, "Bus": 0.38, "Ball": 0.18, "Kite": 0.28, "SoftToy": 0.23},
    **{"Table": 0.34, "Bench": 0.35, "Umbrella": 0.28, "Basket": 0.22, "Book": 0.19},
    **{"Fruit": 0.18, "Vegetable": 0.19, "BakedGood": 0.19, "PetFood": 0.18},
}
_PERSON = {"Small": 0.30, "Medium": 0.36, "Large": 0.46}
_SIZES = {"Small": 0.74, "Medium": 1.0, "Large": 1.28}
_TRIES, _ORDERS = 24, 60
_ROOM = 0.96  # of the width, for all things together


def measured(thing: Thing, size: str, pose: str) -> Thing:
    """The thing with the length of the standing figure, and width and height in its pose."""
    person = thing.kind in PEOPLE
    length = _PERSON[size] if person else _LENGTHS[thing.kind] * _SIZES[size]
    width, height = proportions(thing.tile, person, pose)
    return dataclasses.replace(thing, length=length, width=width * length, height=height * length)


def laid_out(things: list[Thing], relations: list[Relation], dice: random.Random) -> list[Thing]:
    """The measured things with x, y, depth and facing, so that as many relations as possible hold."""
    best, most = things, -1
    for _ in range(_TRIES):
        placed = _placed(things, relations, dice)
        true = sum(holds_in(placed, relation) for relation in relations)
        if true > most:
            best, most = placed, true
        if true == len(relations):
            break
    return [dataclasses.replace(t, flip=_faces_right(i, best, relations, dice)) for i, t in enumerate(best)]


def holds_in(things: list[Thing] | tuple[Thing, ...], relation: Relation) -> bool:
    """Whether a spatial relation is true where the things stand; others always are.

    >>> book = Thing(0, "Book", 0, -1, -1, -1, x=0.2)
    >>> holds_in([book, dataclasses.replace(book, x=0.7)], (0, "leftOf", 1))
    True
    """
    s, p, o = things[relation[0]], relation[1], things[relation[2]]
    overlap = min(s.x + s.width / 2, o.x + o.width / 2) - max(s.x - s.width / 2, o.x - o.width / 2)
    if p == "leftOf":
        return s.x < o.x - 0.03
    if p == "inFrontOf":
        return s.depth > o.depth and overlap > 0
    if p == "near":
        return overlap > -0.11
    if p == "on":
        return overlap > 0 and o.y - o.height - 0.02 <= s.y < o.y
    if p == "above":
        return overlap > 0 and s.y < o.y - 0.6 * o.height
    return True


def _placed(things: list[Thing], relations: list[Relation], dice: random.Random) -> list[Thing]:
    tree = Attachments(relations, things)
    clusters = [Cluster(root, things, tree, dice) for root in tree.roots]
    order = _order(clusters, relations, dice)
    _turn_outwards(order, relations)
    placed = list(things)
    for cluster, (x, y, scale) in zip(order, _columns(order, relations, dice), strict=True):
        for i, (dx, dy, depth) in cluster.offsets.items():
            t = things[i]
            placed[i] = dataclasses.replace(
                t,
                x=x + dx * scale,
                y=y + dy * scale,
                depth=y + depth,
                length=t.length * scale,
                width=t.width * scale,
                height=t.height * scale,
            )
    return placed


def _order(clusters: list[Cluster], relations: list[Relation], dice: random.Random) -> list[Cluster]:
    """The clusters from left to right: left of first of all, then what acts on each other side by side."""
    home = {i: number for number, cluster in enumerate(clusters) for i in cluster.offsets}
    links = [(home[s], p, home[o]) for s, p, o in relations if home[s] != home[o]]
    numbers = list(range(len(clusters)))
    if len(clusters) < 5:
        orders = list(permutations(numbers))
        dice.shuffle(orders)
    else:
        before = [(s, o) for s, p, o in links if p == "leftOf"]
        orders = [_row(numbers, before, dice) for _ in range(_ORDERS)]
    best = min(orders, key=lambda order: _strain(order, links))
    return [clusters[number] for number in best]


def _row(numbers: list[int], before: list[tuple[int, int]], dice: random.Random) -> tuple[int, ...]:
    """A random order in which the first of each pair comes before the second, as long as that can be."""
    rest, row = dice.sample(numbers, len(numbers)), []
    while rest:
        waiting = {o for s, o in before if s in rest}
        row.append(next((number for number in rest if number not in waiting), rest[0]))
        rest.remove(row[-1])
    return tuple(row)


def _strain(order: tuple[int, ...], links: list[tuple[int, str, int]]) -> float:
    """How badly an order from left to right fits."""
    at = {number: place for place, number in enumerate(order)}
    strain = 0.0
    for s, p, o in links:
        gap = at[o] - at[s]
        strain += 10 * (gap < 0) if p == "leftOf" else (abs(gap) - 1) * (5 if p == "near" else 1)
    return strain


def _close(a: Cluster, b: Cluster, relations: list[Relation]) -> bool:
    return any(p == "near" and {s, o} <= {*a.offsets, *b.offsets} for s, p, o in relations)


def _turn_outwards(order: list[Cluster], relations: list[Relation]) -> None:
    """Mirror clusters so that what someone holds does not come between them and their neighbour."""
    for left, right in pairwise(order):
        if _close(left, right, relations):
            if left.overhang[1] > 0.02:
                left.mirror()
            if right.overhang[0] > 0.02:
                right.mirror()


def _columns(order: list[Cluster], relations: list[Relation], dice: random.Random) -> list[tuple[float, float, float]]:
    """Foot and scale of each cluster's root, in the order from left to right."""
    gaps, scale = _spacing(order, relations, dice)
    tallest = max(cluster.bottom - cluster.top for cluster in order)
    scale = min(scale, 0.93 / tallest)
    total = (sum(cluster.width for cluster in order) + sum(gaps)) * scale
    left, back = 0.02 + max(0.0, _ROOM - total) * dice.random(), dice.random() < 0.5
    columns: list[tuple[float, float, float]] = []
    for i, cluster in enumerate(order):
        back = not back
        if i and _close(order[i - 1], cluster, relations):
            foot = columns[-1][1] + 0.01 * dice.random()
        elif min([0.0, *gaps[max(0, i - 1) : i + 1]]) < 0:  # overlapped: one further back, the next before it
            foot = (0.80 if back else 0.90) + 0.04 * dice.random()
        else:
            foot = 0.80 + 0.12 * dice.random()
        foot = max(min(foot, 0.975 - cluster.bottom * scale), 0.02 - cluster.top * scale)
        columns.append((left - cluster.left * scale, foot, scale))
        left += (cluster.width + (gaps[i] if i < len(gaps) else 0.0)) * scale
    return columns


def _spacing(order: list[Cluster], relations: list[Relation], dice: random.Random) -> tuple[list[float], float]:
    """The gaps between the clusters and the scale of all: who has no room stands behind, and then becomes smaller."""
    pairs = list(pairwise(order))
    gaps = [0.005 if _close(a, b, relations) else 0.05 for a, b in pairs]
    total = sum(cluster.width for cluster in order) + sum(gaps)
    if total <= _ROOM:
        free = [i for i, gap in enumerate(gaps) if gap > 0.01]
        extra = (_ROOM - total) * (0.3 + 0.5 * dice.random()) / (len(free) + 1)
        return [gap + extra * (i in free) for i, gap in enumerate(gaps)], 1.0
    spare = [
        0.24 * min(a.width, b.width) if gap > 0.01 else 0.05 * a.width for gap, (a, b) in zip(gaps, pairs, strict=True)
    ]
    share = min(1.0, (total - _ROOM) / max(sum(spare), 1e-6))
    gaps = [gap - share * least for gap, least in zip(gaps, spare, strict=True)]
    return gaps, min(1.0, _ROOM / (sum(cluster.width for cluster in order) + sum(gaps)))


def _faces_right(i: int, things: list[Thing], relations: list[Relation], dice: random.Random) -> bool:
    """Whether a thing, which faces left by itself, looks to the right: to what it deals with."""
    for s, p, o in relations:
        if s == i and p not in SPATIAL and things[o].x != things[i].x:
            return things[o].x > things[i].x
    return things[i].kind not in ("Bus", "Car", "Bicycle") and dice.random() < 0.5
