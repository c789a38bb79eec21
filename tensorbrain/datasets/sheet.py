"""The sprite sheet of the neighbourhood: its tiles, tinted, and its backgrounds."""

import json
from functools import cache, lru_cache
from typing import Any

import numpy as np
from PIL import Image

from tensorbrain.datasets.worlds import world_path

TINTS = {
    "Red": (226, 44, 44),
    "Blue": (48, 98, 232),
    "Green": (46, 166, 62),
    "Yellow": (252, 214, 38),
    "Orange": (250, 138, 26),
    "White": (250, 250, 250),
    "Black": (46, 44, 52),
    "Brown": (146, 92, 48),
    "Grey": (158, 160, 166),
}


@cache
def index() -> dict[str, Any]:
    """What the tiles of the sheet are: see `kg_data/neighbourhood/README.md`."""
    return json.loads((world_path("neighbourhood") / "sprites.json").read_text(encoding="utf-8"))


@cache
def _sheet() -> Image.Image:
    with Image.open(world_path("neighbourhood") / "sprites.png") as image:
        return image.convert("RGBA")


@cache
def tile(number: int) -> Image.Image:
    """One tile, cut to what is drawn; its grey pixels wait for a colour."""
    side, columns = index()["tile"], index()["columns"]
    left, top = number % columns * side, number // columns * side
    image = _sheet().crop((left, top, left + side, top + side))
    drawn = np.asarray(image.getchannel("A")) > 40
    rows, columns = np.flatnonzero(drawn.any(1)), np.flatnonzero(drawn.any(0))
    return image.crop((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))


@lru_cache(maxsize=2048)
def tinted(number: int, colour: str) -> Image.Image:
    """One tile whose grey pixels have the colour: dark greys its shades, the brightest its highlights."""
    pixels = np.asarray(tile(number)).astype(np.float32)
    rgb, alpha = pixels[..., :3], pixels[..., 3:]
    grey = rgb.mean(-1, keepdims=True) / 255
    colourless = np.clip(1 - (rgb.max(-1, keepdims=True) - rgb.min(-1, keepdims=True)) / 30, 0, 1)
    hue = np.array(TINTS[colour], np.float32)
    darkness = 1 - hue.max() / 255  # a dark colour is lifted where it is lit, or its shades would all be black
    shade = hue * np.clip(0.22 + grey * 1.02, 0, 1) + 62 * darkness * np.clip(grey * 2 - 0.7, 0, 1)
    highlight = np.clip((grey - 0.80) / 0.20, 0, 1) * 0.85
    tint = shade + (255 - shade) * highlight
    out = tint * colourless + rgb * (1 - colourless)
    return Image.fromarray(np.concatenate([out, alpha], -1).round().astype(np.uint8), "RGBA")


@lru_cache(maxsize=64)
def background(place: str, height: int) -> Image.Image:
    """The background of a place, ``height`` pixels high and half as wide again."""
    left, top, width, high = index()["places"][place]
    image = _sheet().crop((left, top, left + width, top + high)).convert("RGB")
    return image.resize((round(width * height / high), height), Image.Resampling.BICUBIC)
