"""Shapes that no emoji shows, drawn: coats, hats, tables, benches, baskets, kites and dolls."""

import math
from collections.abc import Callable

from PIL import Image, ImageDraw
from sprite_looks import INKS

FINE = 256


def coat(kind: str) -> Image.Image:
    """What a person of a class wears, grey, on a fine tile: a long dress, a suit, a short dress or a T-shirt.

    As on the signs of doors, the cut tells the class from afar, where the face is a few pixels high.
    """
    big = Image.new("RGBA", (FINE * 2, FINE * 2))
    draw = ImageDraw.Draw(big)
    dark, light = (150, 150, 150, 255), (190, 190, 190, 255)
    if kind == "woman":
        draw.polygon([(196, 300), (166, 300), (92, 440), (140, 456)], fill=dark)
        draw.polygon([(316, 300), (346, 300), (420, 440), (372, 456)], fill=dark)
        draw.polygon([(190, 286), (322, 286), (452, 512), (60, 512)], fill=light)
    elif kind == "man":
        draw.rounded_rectangle((84, 276, 428, 512), 60, fill=dark)
        draw.rectangle((84, 400, 428, 512), fill=dark)
        draw.rectangle((158, 282, 354, 512), fill=light)
        draw.polygon([(212, 280), (300, 280), (256, 372)], fill=(238, 238, 238, 255))
    elif kind == "girl":
        draw.rounded_rectangle((132, 300, 176, 420), 20, fill=dark)
        draw.rounded_rectangle((336, 300, 380, 420), 20, fill=dark)
        draw.rectangle((186, 286, 326, 420), fill=light)
        draw.polygon([(186, 400), (326, 400), (420, 492), (92, 492)], fill=light)
        draw.rectangle((92, 474, 420, 492), fill=(240, 240, 240, 255))
    else:
        draw.rounded_rectangle((72, 282, 440, 372), 36, fill=dark)
        draw.rectangle((176, 282, 336, 512), fill=light)
        draw.rectangle((176, 462, 336, 512), fill=(110, 110, 110, 255))
    return big.resize((FINE, FINE), Image.Resampling.LANCZOS)


def hatted(head: Image.Image, hat: str) -> Image.Image:
    """A head with a hat, a bow, a band, a flower or glasses."""
    kind, ink = hat.split()
    left, top, right, _ = head.getbbox()
    width, middle = right - left, (left + right) / 2
    image = head.copy()
    draw = ImageDraw.Draw(image)
    fill, dark = (*INKS[ink], 255), (*(int(c * 0.6) for c in INKS[ink]), 255)
    if kind == "cap":
        draw.pieslice((middle - width * 0.42, top - 10, middle + width * 0.42, top + 105), 180, 360, fill=fill)
        draw.rounded_rectangle((middle - width * 0.1, top + 38, middle + width * 0.62, top + 54), 8, fill=dark)
    elif kind == "hat":
        draw.rounded_rectangle((middle - width * 0.3, top - 20, middle + width * 0.3, top + 40), 12, fill=fill)
        draw.rounded_rectangle((middle - width * 0.5, top + 28, middle + width * 0.5, top + 46), 9, fill=dark)
    elif kind == "bow":
        x, y = middle + width * 0.25, top + 16
        draw.polygon([(x, y), (x - 38, y - 26), (x - 38, y + 26)], fill=fill)
        draw.polygon([(x, y), (x + 38, y - 26), (x + 38, y + 26)], fill=fill)
        draw.ellipse((x - 12, y - 12, x + 12, y + 12), fill=dark)
    elif kind == "band":
        draw.arc((middle - width * 0.42, top + 2, middle + width * 0.42, top + 130), 195, 345, fill=fill, width=20)
    elif kind == "flower":
        x, y = middle - width * 0.28, top + 26
        for i in range(6):
            a = i * math.pi / 3
            draw.ellipse(
                (
                    x + 17 * math.cos(a) - 13,
                    y + 17 * math.sin(a) - 13,
                    x + 17 * math.cos(a) + 13,
                    y + 17 * math.sin(a) + 13,
                ),
                fill=fill,
            )
        draw.ellipse((x - 11, y - 11, x + 11, y + 11), fill=(150, 90, 10, 255))
    else:
        for x in (middle - 30, middle + 30):
            draw.ellipse((x - 27, top + 62, x + 27, top + 112), outline=fill, width=11)
        draw.line((middle - 8, top + 84, middle + 8, top + 84), fill=fill, width=9)
    return image


def _canvas() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGBA", (FINE, FINE))
    return image, ImageDraw.Draw(image)


def _table() -> Image.Image:
    image, draw = _canvas()
    for x in (34, 200):
        draw.rounded_rectangle((x, 110, x + 24, 226), 6, fill=(110, 110, 110, 255))
    draw.rounded_rectangle((24, 116, 232, 148), 4, fill=(140, 140, 140, 255))
    draw.rounded_rectangle((6, 84, 250, 122), 14, fill=(200, 200, 200, 255))
    return image.crop(image.getbbox())


def _bench() -> Image.Image:
    image, draw = _canvas()
    for x in (30, 208):
        draw.rectangle((x, 60, x + 18, 210), fill=(105, 105, 105, 255))
    for y in (50, 88, 134):
        draw.rounded_rectangle((6, y, 250, y + 28), 10, fill=(195, 195, 195, 255))
    draw.rounded_rectangle((2, 150, 254, 178), 10, fill=(215, 215, 215, 255))
    return image.crop(image.getbbox())


def _basket() -> Image.Image:
    image, draw = _canvas()
    draw.arc((54, 10, 202, 240), 180, 360, fill=(120, 120, 120, 255), width=18)
    draw.polygon([(20, 120), (236, 120), (204, 250), (52, 250)], fill=(190, 190, 190, 255))
    for y in (150, 184, 218):
        draw.line((34, y, 222, y), fill=(130, 130, 130, 255), width=7)
    draw.rounded_rectangle((8, 104, 248, 134), 14, fill=(160, 160, 160, 255))
    return image


def _kite() -> Image.Image:
    image, draw = _canvas()
    draw.line((128, 170, 150, 205, 112, 230, 140, 254), fill=(120, 120, 120, 255), width=6, joint="curve")
    draw.polygon([(128, 4), (222, 92), (128, 196), (34, 92)], fill=(195, 195, 195, 255))
    draw.polygon([(128, 4), (222, 92), (128, 92)], fill=(165, 165, 165, 255))
    draw.polygon([(128, 196), (34, 92), (128, 92)], fill=(165, 165, 165, 255))
    return image.crop(image.getbbox())


def _doll() -> Image.Image:
    image, draw = _canvas()
    draw.polygon([(128, 90), (210, 226), (46, 226)], fill=(190, 190, 190, 255))
    draw.line((70, 150, 128, 112, 186, 150), fill=(250, 205, 165, 255), width=22)
    for x in (98, 158):
        draw.line((x, 224, x, 250), fill=(250, 205, 165, 255), width=20)
    draw.ellipse((72, 4, 184, 116), fill=(190, 80, 40, 255))
    draw.ellipse((86, 22, 170, 112), fill=(250, 205, 165, 255))
    for x in (110, 146):
        draw.ellipse((x - 7, 56, x + 7, 72), fill=(60, 40, 20, 255))
    draw.arc((108, 66, 148, 98), 20, 160, fill=(200, 60, 60, 255), width=6)
    return image


DRAWN: dict[str, Callable[[], Image.Image]] = {
    "table": _table, "bench": _bench, "basket": _basket, "kite": _kite, "doll": _doll,
}  # fmt: skip
