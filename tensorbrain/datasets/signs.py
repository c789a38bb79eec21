"""Signs: what a picture book draws between two things so that one sees what happens between them."""

import math
import random
from collections.abc import Callable

from PIL import ImageDraw

Box = tuple[float, float, float, float]
Pen = ImageDraw.ImageDraw
Ink = tuple[int, int, int]


def sign(draw: Pen, predicate: str, subject: Box, object: Box, unit: float, dice: random.Random) -> None:
    """Draw the sign of a predicate, if it has one, between two boxes in pixels; ``unit`` is 1/128 of the picture."""
    if predicate in _SIGNS:
        _SIGNS[predicate](draw, subject, object, unit, dice)


def mat(draw: Pen, a: Box, b: Box, unit: float) -> None:
    """The mat on the ground on which two things stand that are near each other."""
    left, right = min(a[0], b[0]) - 2 * unit, max(a[2], b[2]) + 2 * unit
    foot = max(a[3], b[3])
    box = (left, foot - 7 * unit, right, foot + 4 * unit)
    draw.ellipse(box, fill=(250, 214, 226), outline=(226, 150, 180), width=max(1, round(unit)))


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _eye(box: Box, other: Box) -> tuple[float, float]:
    """The side of the head that looks to another box."""
    x, _ = _middle(box)
    towards = 1 if _middle(other)[0] >= x else -1
    return x + towards * 0.34 * (box[2] - box[0]), box[1] + 0.24 * (box[3] - box[1])


def _side(box: Box, other: Box, height: float) -> tuple[float, float]:
    """A point on the side of a box that is turned to another one, at a share of its height from the top."""
    x = box[2] if _middle(other)[0] >= _middle(box)[0] else box[0]
    return x * 0.85 + 0.15 * _middle(box)[0], box[1] + height * (box[3] - box[1])


def _between(start: tuple[float, float], end: tuple[float, float], share: float) -> tuple[float, float]:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _disc(draw: Pen, at: tuple[float, float], radius: float, fill: Ink, outline: Ink | None = None) -> None:
    draw.ellipse((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), fill=fill, outline=outline)


def _looks(draw: Pen, s: Box, o: Box, unit: float, dice: random.Random) -> None:
    start, end = _eye(s, o), _edge(o, _eye(s, o))
    if math.dist(start, end) < 8 * unit:
        end = _middle(o)
    steps = max(3, round(math.dist(start, end) / (4.5 * unit)))
    for i in range(1, steps):
        _disc(draw, _between(start, end, i / steps), 1.4 * unit, (255, 255, 255), (40, 90, 200))
    _disc(draw, end, 3 * unit, (255, 255, 255), (40, 90, 200))
    _disc(draw, end, 1.4 * unit, (30, 60, 150))


def _edge(box: Box, start: tuple[float, float]) -> tuple[float, float]:
    """The point of a box, drawn in a little, that is nearest to another point."""
    inset_x, inset_y = 0.2 * (box[2] - box[0]), 0.2 * (box[3] - box[1])
    x = min(max(start[0], box[0] + inset_x), box[2] - inset_x)
    return x, min(max(start[1], box[1] + inset_y), box[3] - inset_y)


def _talks(draw: Pen, s: Box, o: Box, unit: float, dice: random.Random) -> None:
    x, y = _eye(s, o)
    towards = 1 if _middle(o)[0] >= _middle(s)[0] else -1
    wide, high = (8.5 + 1.5 * dice.random()) * unit, (5.5 + dice.random()) * unit
    cx = min(max(x + towards * (wide - 1 * unit), wide + unit), 128 * unit - wide - unit)
    cy = max(high + unit, s[1] - (1 + 2 * dice.random()) * unit)
    ink, pen = (70, 70, 80), max(1, round(unit))
    draw.polygon(
        [(x, y + unit), (cx - 3 * unit, cy + high * 0.5), (cx + 3 * unit, cy + high * 0.5)],
        fill=(255, 255, 255),
        outline=ink,
    )
    draw.ellipse((cx - wide, cy - high, cx + wide, cy + high), fill=(255, 255, 255), outline=ink, width=pen)
    for i in (-1, 0, 1):
        _disc(draw, (cx + i * 4 * unit, cy), 1.3 * unit, ink)


def _plays(draw: Pen, s: Box, o: Box, unit: float, dice: random.Random) -> None:
    start, end = _middle(s), _middle(o)
    if abs(end[0] - start[0]) < 16 * unit:
        middle = (start[0] + end[0]) / 2
        start, end = (middle - 10 * unit, start[1]), (middle + 10 * unit, end[1])
    lift = min(s[1], o[1]) - 5 * unit
    inks = [(250, 90, 120), (255, 190, 40), (70, 190, 120), (90, 140, 250)]
    dice.shuffle(inks)
    for i, share in enumerate((0.2, 0.4, 0.6, 0.8)):
        x, y = _between(start, end, share)
        y = y + (lift - y) * (1 - 0.7 * (2 * share - 1) ** 2)
        _star(draw, (x, max(4 * unit, y)), 4.2 * unit, inks[i])


def _star(draw: Pen, at: tuple[float, float], radius: float, fill: Ink) -> None:
    points = []
    for i in range(10):
        r = radius if i % 2 == 0 else radius * 0.45
        angle = math.pi * i / 5 - math.pi / 2
        points.append((at[0] + r * math.cos(angle), at[1] + r * math.sin(angle)))
    draw.polygon(points, fill=fill, outline=(90, 70, 60))


def _chases(draw: Pen, s: Box, o: Box, unit: float, dice: random.Random) -> None:
    start, end = _side(s, o, 0.55), _side(o, s, 0.55)
    if math.dist(start, end) < 12 * unit:
        start, end = _middle(s), _middle(o)
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    for share in (0.25, 0.5, 0.75):
        x, y = _between(start, end, share)
        tip = (x + 4 * unit * math.cos(angle), y + 4 * unit * math.sin(angle))
        ends = [
            (tip[0] + 7 * unit * math.cos(angle + turn), tip[1] + 7 * unit * math.sin(angle + turn))
            for turn in (2.4, -2.4)
        ]
        draw.line([ends[0], tip, ends[1]], fill=(225, 60, 30), width=max(2, round(2.4 * unit)), joint="curve")


def _helps(draw: Pen, s: Box, o: Box, unit: float, dice: random.Random) -> None:
    x, y = _between(_middle(s), _middle(o), 0.5)
    apart = max(s[0], o[0]) - min(s[2], o[2]) > 8 * unit
    y = min(s[1], o[1]) + (0.3 * min(s[3] - s[1], o[3] - o[1]) if apart else 3 * unit)
    r = (4.5 + dice.random()) * unit
    for point in (_side(s, o, 0.55), _side(o, s, 0.55)):
        draw.line((*point, x, y + r), fill=(230, 70, 100), width=max(2, round(1.6 * unit)))
    _disc(draw, (x - r * 0.5, y), r * 0.62, (235, 50, 90))
    _disc(draw, (x + r * 0.5, y), r * 0.62, (235, 50, 90))
    draw.polygon([(x - r * 1.08, y + r * 0.2), (x + r * 1.08, y + r * 0.2), (x, y + r * 1.5)], fill=(235, 50, 90))


def _walks(draw: Pen, s: Box, o: Box, unit: float, dice: random.Random) -> None:
    hand, neck = _side(s, o, 0.6), (_middle(o)[0], o[1] + 0.45 * (o[3] - o[1]))
    sag = max(hand[1], neck[1]) + (3 + 3 * dice.random()) * unit
    points = []
    for i in range(13):
        t = i / 12
        x = (1 - t) ** 2 * hand[0] + 2 * t * (1 - t) * (hand[0] + neck[0]) / 2 + t * t * neck[0]
        y = (1 - t) ** 2 * hand[1] + 2 * t * (1 - t) * sag + t * t * neck[1]
        points.append((x, y))
    draw.line(points, fill=(150, 60, 20), width=max(2, round(2 * unit)), joint="curve")
    _disc(draw, hand, 2.2 * unit, (150, 60, 20))
    _disc(draw, neck, 2.2 * unit, (240, 200, 60), (150, 60, 20))


def _feeds(draw: Pen, s: Box, o: Box, unit: float, dice: random.Random) -> None:
    mouth = _side(o, s, 0.7)
    x, y = _between(mouth, _side(s, o, 0.7), 0.2)
    y = min(o[3], y + 0.3 * (o[3] - o[1])) - 2 * unit
    w = 7 * unit
    for i in range(5):
        _disc(
            draw,
            (x + (i - 2) * 2.4 * unit, y - (2.6 if i % 2 else 3.6) * unit),
            2 * unit,
            (190, 120, 50),
            (120, 70, 30),
        )
    draw.pieslice((x - w, y - 6 * unit, x + w, y + 6 * unit), 0, 180, fill=(60, 150, 220), outline=(30, 80, 130))
    hand = _side(s, o, 0.5)
    for share in (0.3, 0.6):
        _disc(draw, _between(hand, (x, y - 5 * unit), share), 1.5 * unit, (190, 120, 50), (120, 70, 30))


def _eats(draw: Pen, s: Box, o: Box, unit: float, dice: random.Random) -> None:
    mouth = _middle(s)[0], s[1] + 0.35 * (s[3] - s[1])
    end = _middle(o)
    for i in range(7):
        x, y = _between(mouth, end, 0.2 + 0.1 * i)
        jitter = (dice.random() - 0.5) * 7 * unit, (dice.random() - 0.5) * 7 * unit
        _disc(draw, (x + jitter[0], y + jitter[1]), (0.9 + 0.8 * dice.random()) * unit, (170, 110, 50), (100, 60, 30))
    for turn in (-0.6, 0.0, 0.6):  # lines around the food: it tastes good
        angle = -math.pi / 2 + turn * 1.3
        radius = 0.5 * max(o[2] - o[0], o[3] - o[1])
        near, far = radius + unit, radius + 5 * unit
        draw.line(
            (
                end[0] + near * math.cos(angle),
                end[1] + near * math.sin(angle),
                end[0] + far * math.cos(angle),
                end[1] + far * math.sin(angle),
            ),
            fill=(240, 120, 30),
            width=max(2, round(1.6 * unit)),
        )


def _holds(draw: Pen, s: Box, o: Box, unit: float, dice: random.Random) -> None:
    towards = 1 if _middle(o)[0] >= _middle(s)[0] else -1
    shoulder = _middle(s)[0] + towards * 0.25 * (s[2] - s[0]), s[1] + 0.55 * (s[3] - s[1])
    hand = _between(shoulder, (_middle(o)[0], o[1] + 0.75 * (o[3] - o[1])), 0.85)
    draw.line((*shoulder, *hand), fill=(90, 60, 50), width=max(3, round(4 * unit)))
    draw.line((*shoulder, *hand), fill=(250, 206, 160), width=max(2, round(2.6 * unit)))
    _disc(draw, hand, 2.6 * unit, (250, 206, 160), (90, 60, 50))


def _rides(draw: Pen, s: Box, o: Box, unit: float, dice: random.Random) -> None:
    for i in range(3):
        y = o[3] - (3 + 5 * i) * unit
        draw.line(
            (o[2] - 3 * unit, y, o[2] + (8 - abs(1 - i) * 2) * unit, y),
            fill=(90, 90, 110),
            width=max(1, round(1.4 * unit)),
        )


def _drives(draw: Pen, s: Box, o: Box, unit: float, dice: random.Random) -> None:
    x, y, r = _middle(s)[0] - 5 * unit, max(s[1] + 0.62 * (s[3] - s[1]), o[1] + 2 * unit), 5.5 * unit
    draw.ellipse((x - r, y - r, x + r, y + r), outline=(30, 30, 36), width=max(2, round(2 * unit)))
    for angle in (-math.pi / 2, math.pi / 6, 5 * math.pi / 6):
        draw.line(
            (x, y, x + r * math.cos(angle), y + r * math.sin(angle)), fill=(30, 30, 36), width=max(1, round(1.4 * unit))
        )


_SIGNS: dict[str, Callable[[Pen, Box, Box, float, random.Random], None]] = {
    "looksAt": _looks, "talksTo": _talks, "playsWith": _plays, "chases": _chases, "helps": _helps, "walks": _walks,
    "feeds": _feeds, "eats": _eats, "holds": _holds, "rides": _rides, "drives": _drives,
}  # fmt: skip
