"""Draw the sprite sheet of the neighbourhood: `python kg_data/neighbourhood/sprites.py` writes sprites.png and .json.

Run by hand, once; needs Pillow (with raqm) and Debian's `fonts-noto-color-emoji`. A grey pixel of a sprite takes the
colour of the thing when it is drawn, a coloured one stays as it is: so markings survive a new coat of paint.
"""

import json
import random
import sys
from pathlib import Path

import numpy as np
import schema
import sprite_places
import town
from PIL import Image, ImageDraw, ImageFont
from sprite_looks import KEPT, PEOPLE, Look, variety
from sprite_marks import coloured, marked
from sprite_shapes import DRAWN, coat, hatted

HERE = Path(__file__).parent
FONT = Path("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")
TILE, COLUMNS, FINE = 64, 24, 256
TRAIN, TRAIN_PEOPLE, TEST = 28, 48, 6  # novel looks a class: nameless passers-by (of people more), those for tests


def emoji(text: str, font: ImageFont.FreeTypeFont) -> Image.Image:
    """Return one emoji, cut to what is drawn."""
    image = Image.new("RGBA", (160, 160))
    ImageDraw.Draw(image).text((8, 8), text, font=font, embedded_color=True)
    return image.crop(image.getbbox())


def fitted(image: Image.Image, width: int = FINE, height: int = FINE, foot: int = FINE) -> Image.Image:
    """Return the image as large as fits in width and height, standing in the middle of a fine tile."""
    scale = min(width / image.width, height / image.height)
    small = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
    tile = Image.new("RGBA", (FINE, FINE))
    tile.alpha_composite(small, ((FINE - small.width) // 2, foot - small.height))
    return tile


def hue_of(rgb: np.ndarray) -> np.ndarray:
    """Return the hue in degrees."""
    return np.asarray(Image.fromarray(rgb.astype(np.uint8), "RGB").convert("HSV"))[..., 0] * (360 / 255)


def prepared(tile: Image.Image, keep: tuple[tuple[int, int], ...]) -> np.ndarray:
    """Return a fine tile whose pixels are grey where it will be tinted, and clearly coloured in the hues kept."""
    pixels = np.asarray(tile).astype(np.float32)
    rgb, alpha = pixels[..., :3], pixels[..., 3]
    vivid, hue = rgb.max(-1) - rgb.min(-1) > 40, hue_of(rgb)
    kept = np.zeros(alpha.shape, bool)
    for low, high in keep:
        kept |= (hue >= low) & (hue <= high) & vivid
    grey = rgb @ np.array([0.3, 0.5, 0.2], np.float32)
    low, high = np.percentile(grey[(alpha > 128) & ~kept], [6, 92])
    level = 105 + np.clip((grey - low) / max(high - low, 40), -0.35, 1.1) * 90
    return np.dstack([np.where(kept[..., None], coloured(rgb), level[..., None]), alpha])


def shrunk(pixels: np.ndarray) -> Image.Image:
    """Return a fine tile at the size of the sheet."""
    side = FINE // TILE
    weighted = np.dstack([pixels[..., :3] * (pixels[..., 3:] / 255), pixels[..., 3]])
    image = weighted.reshape(TILE, side, TILE, side, 4).mean((1, 3))
    cover = image[..., 3:] / 255
    rgb = np.where(cover > 0.02, image[..., :3] / np.maximum(cover, 0.02), 0)
    greyish = rgb.max(-1, keepdims=True) - rgb.min(-1, keepdims=True) < 3
    rgb = np.where(greyish, rgb.mean(-1, keepdims=True), rgb)
    return Image.fromarray(np.dstack([rgb, image[..., 3]]).round().astype(np.uint8), "RGBA")


def thing(look: Look, font: ImageFont.FreeTypeFont) -> Image.Image:
    """Return an animal, tree, thing or food with its markings."""
    image = DRAWN[look.shape]() if look.shape in DRAWN else emoji(look.shape, font)
    return shrunk(marked(prepared(fitted(image), KEPT.get(look.shape, ())), look))


def person(look: Look, font: ImageFont.FreeTypeFont, kind: str) -> Image.Image:
    """Return head and face in their own colours over a grey coat with markings; the legs are drawn with the pose."""
    body = marked(np.asarray(coat(kind)).astype(np.float32), look)
    head = fitted(emoji(look.shape, font), 168, 156, foot=158)
    face = np.asarray(hatted(head, look.hat) if look.hat else head).astype(np.float32)
    rgb, cover = face[..., :3], face[..., 3:] / 255
    hue, vivid = hue_of(rgb), rgb.max(-1) - rgb.min(-1) > 60
    # Some emoji wear a violet or green shirt, which becomes part of the coat; a headscarf keeps its colour.
    shirt = vivid & (np.arange(FINE)[:, None] > 100) & (hue > 150) & (hue < 290) & (look.shape[0] != "🧕")
    rgb = np.where(shirt[..., None], 195, coloured(rgb))
    return shrunk(np.dstack([rgb * cover + body[..., :3] * (1 - cover), np.maximum(face[..., 3], body[..., 3])]))


def sheet(tiles: list[Image.Image], places: dict[str, Image.Image]) -> tuple[Image.Image, dict[str, list[int]]]:
    """Return all tiles in rows with the places below them, and where each place lies."""
    top = -(-len(tiles) // COLUMNS) * TILE
    wide, high = sprite_places.WIDE, sprite_places.HIGH
    across = COLUMNS * TILE // wide
    image = Image.new("RGBA", (COLUMNS * TILE, top + -(-len(places) // across) * high))
    for i, tile in enumerate(tiles):
        image.paste(tile, (i % COLUMNS * TILE, i // COLUMNS * TILE))
    corners = {}
    for i, (name, place) in enumerate(places.items()):
        corner = (i % across * wide, top + i // across * high)
        image.paste(place, corner)
        corners[name] = [*corner, wide, high]
    return image, corners


def main() -> int:
    """Draw the sheet; return the exit status."""
    if not FONT.exists():
        print(f"the font {FONT} is missing: apt-get install fonts-noto-color-emoji", file=sys.stderr)
        return 2
    font = ImageFont.truetype(str(FONT), 109)
    known = [(name, kind, colour) for name, kind, _, colour, *_ in town.PEOPLE]
    known += [(name, kind, colour) for name, kind, _, _, colour, *_ in town.ANIMALS]
    known += [(name, kind, colour) for name, _, kind, _, colour, *_ in town.OBJECTS]
    known += [(name, kind, colour) for name, _, kind, colour, *_ in town.TREES]
    tiles: list[Image.Image] = []
    numbers: dict[str, int] = {}
    novel: dict[str, dict[str, list[int]]] = {"train": {}, "test": {}}

    def add(look: Look, kind: str) -> int:
        tiles.append(person(look, font, kind) if kind in PEOPLE else thing(look, font))
        return len(tiles) - 1

    for kind in sorted({kind for _, kind, _ in known}):
        members = {name: colour for name, its, colour in known if its == kind}
        taught = TRAIN_PEOPLE if kind in PEOPLE else TRAIN
        looks = variety(kind, random.Random(f"looks of {kind}"), len(members) + taught + TEST, members)
        for name in members:
            numbers[schema.local_name(name)] = add(looks.pop(0), kind)
        novel["train"][schema.local_name(kind)] = [add(look, kind) for look in looks[:-TEST]]
        novel["test"][schema.local_name(kind)] = [add(look, kind) for look in looks[-TEST:]]
    places = {schema.local_name(name): sprite_places.place(name, lambda t: emoji(t, font)) for name, *_ in town.PLACES}
    image, corners = sheet(tiles, places)
    image.save(HERE / "sprites.png", optimize=True)
    index = {"tile": TILE, "columns": COLUMNS, "individuals": numbers, "novel": novel, "places": corners}
    (HERE / "sprites.json").write_text(json.dumps(index, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
