"""Poses: a tinted tile as it stands, walks, runs, sits, sleeps, jumps or swims, in the pixels it will take."""

import math
from collections.abc import Callable
from functools import lru_cache

from PIL import Image, ImageDraw

from tensorbrain.datasets.sheet import tile, tinted

LEGS = 0.30
"""Legs of a standing person, as a share of the height of head and coat."""

_TROUSERS, _SHOES, _CUSHION, _WATER = (70, 78, 110), (60, 44, 40), (196, 120, 190), (70, 150, 235)
_LINES = (90, 90, 110)
# Of each leg, the left one first: how far out and how high the foot is, in lengths of the leg.
_STEPS = {
    "Walking": ((-0.55, 0.0), (0.5, 0.1)),
    "Running": ((-1.0, 0.25), (0.9, 0.45)),
    "Jumping": ((-0.7, 0.45), (0.7, 0.45)),
}
_LEGLESS = ("Sitting", "Sleeping", "Swimming")
_TURNS = {"Running": (9, 10), "Jumping": (0, -14), "Sitting": (0, -16)}  # of persons, of animals, in degrees


def proportions(number: int, person: bool, pose: str) -> tuple[float, float]:
    """Width and height of a tile in its pose, the larger one of the standing figure being 1."""
    image = tile(number)
    width, height = image.width, image.height
    if person:
        whole = height * (1 + LEGS)
        if pose == "Sleeping":
            return height / whole, width / whole
        share = {"Sitting": 1.14, "Swimming": 1.0, "Jumping": 1.42}.get(pose, 1 + LEGS)
        return width / whole, height * share / whole
    largest = max(width, height)
    share = {"Sitting": 1.1, "Jumping": 1.22, "Sleeping": 0.68}.get(pose, 1.0)
    return width / largest, height * share / largest


@lru_cache(maxsize=2048)
def posed(number: int, colour: str, length: int, person: bool, pose: str, flip: bool) -> Image.Image:
    """The figure ``length`` pixels long; its foot is the middle of the lower edge. Faces left unless flipped."""
    image = tinted(number, colour)
    scale = length / (image.height * (1 + LEGS) if person else max(image.size))
    size = (max(2, round(image.width * scale)), max(2, round(image.height * scale)))
    figure = image.resize(size, Image.Resampling.BILINEAR if scale > 1 else Image.Resampling.HAMMING)
    if person and pose not in _LEGLESS:
        figure = _on_legs(figure, pose)
    figure = _bent(figure, person, pose)
    if pose in _DRAWN_AROUND:
        figure = _DRAWN_AROUND[pose](figure, length)
    return figure.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if flip else figure


def _on_legs(body: Image.Image, pose: str) -> Image.Image:
    width, height = body.size
    leg, thick = height * LEGS, max(2, round(width * 0.2))
    canvas = Image.new("RGBA", (width, round(height + leg)))
    draw = ImageDraw.Draw(canvas)
    for side, (out, lift) in zip((-1, 1), _STEPS.get(pose, ((0, 0), (0, 0))), strict=True):
        hip = (width / 2 + side * width * 0.15, height * 0.91)
        foot = (hip[0] + out * leg, height * 0.97 + leg * (1 - lift) - thick * 0.35)
        draw.line((*hip, *foot), fill=_TROUSERS, width=thick)
        toe = foot[0] + (side * 0.15 if pose == "Standing" else -0.35) * thick
        draw.ellipse(
            (toe - thick * 0.75, foot[1] - thick * 0.35, toe + thick * 0.6, foot[1] + thick * 0.4), fill=_SHOES
        )
    canvas.alpha_composite(body)
    return canvas


def _bent(figure: Image.Image, person: bool, pose: str) -> Image.Image:
    width, height = figure.size
    if pose == "Sleeping" and not person:
        return figure.resize((width, max(2, round(height * 0.62))))
    angle = 90 if pose == "Sleeping" else _TURNS.get(pose, (0, 0))[0 if person else 1]
    if not angle:
        return figure
    turned = figure.rotate(angle, expand=True, resample=Image.Resampling.BILINEAR)
    return turned.crop(turned.getbbox())


# What a picture book draws around a pose. Each takes the figure and the length of the standing one.


def _roomy(
    figure: Image.Image, right: int = 0, above: int = 0, below: int = 0
) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """A larger canvas with the figure on it, and a pen for it."""
    canvas = Image.new("RGBA", (figure.width + right, figure.height + above + below))
    canvas.alpha_composite(figure, (0, above))
    return canvas, ImageDraw.Draw(canvas)


def _thin(length: int) -> int:
    return max(1, length // 32)


def _with_speed(figure: Image.Image, length: int) -> Image.Image:
    room = round(length * 0.2)
    canvas, draw = _roomy(figure, right=room)
    for share, part in ((0.42, 0.75), (0.6, 1.0), (0.78, 0.75)):
        y = figure.height * share
        draw.line((figure.width + room * (1 - part), y, figure.width + room * part, y), _LINES, _thin(length))
    return canvas


def _with_footprints(figure: Image.Image, length: int) -> Image.Image:
    room, pen = round(length * 0.2), _thin(length)
    canvas, draw = _roomy(figure, right=room)
    for along, up in ((0.2, 1.2), (0.7, 2.6)):
        x, y = figure.width + room * along, figure.height - pen * up
        draw.ellipse((x - pen * 1.6, y - pen, x + pen * 1.6, y + pen), fill=(110, 84, 60))
    return canvas


def _on_cushion(figure: Image.Image, length: int) -> Image.Image:
    rise = max(2, round(length * 0.1))
    canvas, draw = _roomy(figure, below=rise // 2)
    box = (0, figure.height - rise, figure.width - 1, canvas.height - 1)
    draw.rounded_rectangle(box, rise * 0.6, fill=_CUSHION, outline=(140, 70, 136))
    return canvas


def _over_shadow(figure: Image.Image, length: int) -> Image.Image:
    gap, (width, height) = round(length * 0.17), figure.size
    canvas, draw = _roomy(figure, below=gap)
    draw.ellipse((width * 0.2, height + gap * 0.55, width * 0.8, height + gap - 1), fill=(90, 98, 92))
    for x in (0.3, 0.7):
        draw.line((width * x, height + gap * 0.05, width * x, height + gap * 0.45), _LINES, _thin(length))
    return canvas


def _in_water(figure: Image.Image, length: int) -> Image.Image:
    (width, height), deep = figure.size, figure.height * 0.36
    canvas, draw = _roomy(figure)
    surface = [(width * i / 12, height - deep + math.sin(i * 1.57) * deep * 0.14) for i in range(13)]
    draw.polygon([(0, height), *surface, (width, height)], fill=_WATER)
    draw.line([(x, y + deep * 0.4) for x, y in surface], fill=(225, 240, 255), width=_thin(length))
    return canvas


def _snoring(figure: Image.Image, length: int) -> Image.Image:
    rise = round(length * 0.2)
    canvas, draw = _roomy(figure, above=rise)
    for x, y, size in ((0.14, 0.95, 0.5), (0.3, 0.55, 0.75)):
        side = rise * size * 0.75
        left, top = figure.width * x, rise * y - side
        corners = [(left, top), (left + side, top), (left, top + side), (left + side, top + side)]
        draw.line(corners, fill=(60, 70, 150), width=_thin(length))
    return canvas


_DRAWN_AROUND: dict[str, Callable[[Image.Image, int], Image.Image]] = {
    "Running": _with_speed,
    "Walking": _with_footprints,
    "Sitting": _on_cushion,
    "Jumping": _over_shadow,
    "Swimming": _in_water,
    "Sleeping": _snoring,
}
