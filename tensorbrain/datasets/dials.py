"""Dials: how hard a picture is to see."""

import random
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from tensorbrain.errors import SettingsError
from tensorbrain.typing import UInt8


@dataclass(frozen=True)
class Dials:
    """What spoils a picture, each from 0 (clean) to 1: ``clutter`` (shapes that mean nothing), ``occlusion`` (things
    partly hidden), ``lighting`` (brightness, cast, contrast), ``noise`` (of the pixels).

    Raises SettingsError outside 0 to 1.

    >>> Dials(noise=2.0)
    Traceback (most recent call last):
    tensorbrain.errors.SettingsError: the dial noise is 2.0: choose a number from 0 (clean) to 1
    """

    clutter: float = 0.0
    occlusion: float = 0.0
    lighting: float = 0.0
    noise: float = 0.0

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            if not 0 <= getattr(self, name) <= 1:
                raise SettingsError(f"the dial {name} is {getattr(self, name)}: choose a number from 0 (clean) to 1")


def scatter(draw: ImageDraw.ImageDraw, amount: float, side: int, dice: random.Random) -> None:
    """Small shapes that mean nothing: leaves, pebbles, confetti."""
    for _ in range(round(26 * amount)):
        x, y, r = dice.random() * side, dice.random() * side, (0.008 + 0.016 * dice.random()) * side
        ink = tuple(int(60 + 190 * dice.random()) for _ in range(3))
        shape = dice.randrange(3)
        if shape == 0:
            draw.ellipse((x - r, y - r * 0.6, x + r, y + r * 0.6), fill=ink)
        elif shape == 1:
            draw.rectangle((x - r, y - r * 0.7, x + r, y + r * 0.7), fill=ink)
        else:
            draw.polygon([(x, y - r), (x + r, y + r), (x - r, y + r)], fill=ink)


def hide(
    draw: ImageDraw.ImageDraw, boxes: list[tuple[float, float, float, float]], amount: float, dice: random.Random
) -> None:
    """A bush or a board before some of the things, over at most a half of each."""
    for left, top, right, bottom in boxes:
        if dice.random() > 0.25 + 0.5 * amount:
            continue
        share = (0.15 + 0.35 * dice.random()) * amount
        width, height = right - left, bottom - top
        if dice.random() < 0.5:  # a board from the side
            x = left if dice.random() < 0.5 else right - share * width
            draw.rectangle((x, top, x + share * width, bottom), fill=(196, 170, 130), outline=(140, 110, 80))
        else:  # a bush from below
            y = bottom - share * height
            step = width / 4
            for i in range(5):
                r = step * 0.8
                draw.ellipse(
                    (left + i * step - r, y, left + i * step + r, bottom + r * 0.6), fill=(96, 150 + 8 * (i % 3), 84)
                )


def lit(pixels: np.ndarray, dials: Dials, dice: np.random.Generator) -> UInt8[np.ndarray, "height width 3"]:
    """The pixels in another light, and with noise."""
    if not dials.lighting and not dials.noise:
        return pixels
    values = pixels.astype(np.float32)
    if dials.lighting:
        bright, contrast = dice.uniform(-70, 55) * dials.lighting, 1 + dice.uniform(-0.5, 0.35) * dials.lighting
        cast = 1 + dice.uniform(-0.28, 0.28, 3).astype(np.float32) * dials.lighting
        values = ((values - 128) * np.float32(contrast) + np.float32(128 + bright)) * cast
    if dials.noise:
        values += dice.standard_normal(values.shape, np.float32) * np.float32(48 * dials.noise)
    return np.clip(values, 0, 255).astype(np.uint8)


def half(image: Image.Image) -> np.ndarray:
    """The picture at half its size, smooth."""
    return np.asarray(image.reduce(2))
