"""The seventeen places as backgrounds: sky, ground, and what stands at the horizon."""

from collections.abc import Callable
from typing import NamedTuple

from PIL import Image, ImageDraw

WIDE, HIGH = 192, 128


class View(NamedTuple):
    """Sky, ground, the height of the horizon, and rows of (emoji, x, foot, height) in the shares of the picture."""

    sky: tuple[int, int, int]
    ground: tuple[int, int, int]
    horizon: float
    stands: tuple[tuple[str, float, float, float], ...]


PLACES = {
    "Mill House": View((200, 228, 250), (205, 222, 170), 0.5, 
        (("🏠", 0.44, 0.56, 0.42), ("mill", 0.64, 0.57, 0.5), ("🌻", 0.28, 0.58, 0.2), ("🌻", 0.78, 0.58, 0.2))),
    "Bridge House": View((225, 240, 250), (170, 205, 225), 0.46, 
        (("🏠", 0.28, 0.47, 0.3),)),
    "Station House": View((236, 226, 214), (205, 198, 190), 0.5, 
        (("🚉", 0.5, 0.56, 0.44),)),
    "Garden House": View((205, 238, 236), (180, 226, 160), 0.5, 
        (("🏡", 0.5, 0.58, 0.46), ("🌷", 0.27, 0.6, 0.16), ("🌷", 0.73, 0.6, 0.16))),
    "Lake House": View((198, 228, 255), (140, 196, 240), 0.44, 
        (("🏘️", 0.42, 0.48, 0.34), ("⛵", 0.68, 0.56, 0.26))),
    "Rose Cottage": View((255, 230, 232), (222, 232, 190), 0.5, 
        (("🛖", 0.5, 0.57, 0.44), ("🌹", 0.3, 0.6, 0.24), ("🌹", 0.7, 0.6, 0.24))),
    "Hill Farm": View((214, 236, 250), (214, 196, 140), 0.46, 
        (("🚜", 0.4, 0.54, 0.34), ("🌾", 0.6, 0.52, 0.3), ("🌾", 0.72, 0.52, 0.26))),
    "Hill School": View((220, 235, 255), (232, 214, 190), 0.52, 
        (("🏫", 0.5, 0.58, 0.48),)),
    "Bakery": View((255, 238, 210), (226, 190, 150), 0.56, 
        (("🥖", 0.35, 0.34, 0.24), ("🥨", 0.5, 0.34, 0.24), ("🥐", 0.65, 0.34, 0.24))),
    "Bike Shop": View((214, 222, 230), (168, 176, 186), 0.56, 
        (("🔧", 0.36, 0.36, 0.25), ("⚙️", 0.52, 0.37, 0.28), ("🔩", 0.66, 0.36, 0.24))),
    "Book Shop": View((236, 222, 240), (190, 160, 140), 0.56, 
        (("📚", 0.35, 0.34, 0.24), ("📚", 0.5, 0.34, 0.24), ("📚", 0.65, 0.34, 0.24))),
    "Old Church": View((226, 230, 244), (196, 206, 180), 0.52, 
        (("⛪", 0.5, 0.58, 0.5),)),
    "Town Park": View((206, 236, 255), (150, 214, 130), 0.48, 
        (("🌳", 0.28, 0.52, 0.36), ("⛲", 0.5, 0.56, 0.36), ("🌳", 0.74, 0.52, 0.36))),
    "Pond Park": View((206, 240, 246), (160, 210, 150), 0.42, 
        (("🌲", 0.28, 0.46, 0.34), ("🪷", 0.5, 0.62, 0.14), ("🌲", 0.74, 0.46, 0.3))),
    "Sports Field": View((214, 238, 255), (120, 200, 120), 0.46, 
        (("🥅", 0.5, 0.54, 0.36),)),
    "Long Meadow": View((224, 242, 255), (190, 226, 110), 0.4, 
        (("🌼", 0.3, 0.5, 0.14), ("🌼", 0.5, 0.47, 0.12), ("🌼", 0.7, 0.52, 0.14))),
    "Market Square": View((255, 240, 220), (220, 210, 196), 0.52, 
        (("🏪", 0.3, 0.56, 0.36), ("⛱️", 0.52, 0.58, 0.34), ("🏬", 0.74, 0.56, 0.4))),
}  # fmt: skip


def place(name: str, emoji: Callable[[str], Image.Image]) -> Image.Image:
    """One place, paler than the things in front of it."""
    view, zoom = PLACES[name], 2
    wide, high = WIDE * zoom, HIGH * zoom
    image = Image.new("RGBA", (wide, high), (*view.sky, 255))
    draw = ImageDraw.Draw(image)
    horizon = round(view.horizon * high)
    for y in range(horizon):
        share = y / horizon
        draw.line((0, y, wide, y), fill=(*(round(c + (255 - c) * 0.55 * share) for c in view.sky), 255))
    _ground(draw, name, view, horizon, wide, high)
    for text, x, foot, height in view.stands:
        drawn = _mill() if text == "mill" else emoji(text)
        tall = round(height * high)
        drawn = drawn.resize((round(drawn.width * tall / drawn.height), tall), Image.Resampling.LANCZOS)
        image.alpha_composite(drawn, (round(x * wide - drawn.width / 2), max(0, round(foot * high) - tall)))
    pale = Image.blend(image, Image.new("RGBA", image.size, (255, 255, 255, 255)), 0.34)
    return pale.resize((WIDE, HIGH), Image.Resampling.LANCZOS)


def _mill() -> Image.Image:
    """A windmill."""
    image = Image.new("RGBA", (200, 260))
    draw = ImageDraw.Draw(image)
    draw.polygon([(72, 90), (128, 90), (150, 260), (50, 260)], fill=(232, 214, 190, 255), outline=(150, 120, 96, 255))
    draw.pieslice((66, 54, 134, 126), 180, 360, fill=(190, 80, 60, 255))
    draw.rounded_rectangle((86, 210, 114, 260), 8, fill=(130, 84, 50, 255))
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        end = (100 + 78 * x, 84 + 78 * y)
        draw.line((100, 84, *end), fill=(120, 84, 60, 255), width=7)
        side = (end[0] - 26 * y * x * x, end[1])
        draw.polygon([(100 + 14 * x, 84 + 14 * y), end, side], fill=(250, 250, 244, 255), outline=(150, 120, 96, 255))
    return image


def _ground(draw: ImageDraw.ImageDraw, name: str, view: View, horizon: int, wide: int, high: int) -> None:
    ground = view.ground
    draw.rectangle((0, horizon, wide, high), fill=(*ground, 255))
    dark = (*(int(c * 0.88) for c in ground), 255)
    if name in ("Market Square", "Station House", "Bike Shop", "Bakery", "Book Shop", "Hill School"):
        for y in range(horizon, high, 22):  # paving or floor boards
            draw.line((0, y, wide, y), fill=dark, width=2)
            for x in range(-20 if (y // 22) % 2 else 0, wide, 44):
                draw.line((x, y, x - 8, y + 22), fill=dark, width=2)
        if name in ("Bakery", "Book Shop", "Bike Shop"):  # the shelf
            draw.rounded_rectangle((0.22 * wide, 0.34 * high, 0.78 * wide, 0.37 * high), 4, fill=(120, 84, 56, 255))
    elif name == "Pond Park":
        draw.ellipse((0.2 * wide, 0.5 * high, 0.8 * wide, 0.8 * high), fill=(120, 190, 240, 255))
    elif name == "Sports Field":
        for i, x in enumerate(range(0, wide, 48)):
            if i % 2:
                draw.rectangle((x, horizon, x + 48, high), fill=dark)
        draw.line((0, 0.72 * high, wide, 0.72 * high), fill=(255, 255, 255, 255), width=4)
    elif name in ("Lake House", "Bridge House"):
        for y in range(horizon + 8, high, 18):
            for x in range((y * 7) % 60 - 60, wide, 60):
                draw.arc((x, y, x + 26, y + 10), 180, 360, fill=(255, 255, 255, 200), width=2)
        draw.polygon([(0, 0.7 * high), (wide, 0.64 * high), (wide, high), (0, high)], fill=(228, 214, 170, 255))
        if name == "Bridge House":
            stone = (150, 140, 136, 255)
            draw.rectangle((0.36 * wide, 0.36 * high, 0.98 * wide, 0.5 * high), fill=stone)
            for x in (0.42, 0.61, 0.8):
                arch = (x * wide, 0.4 * high, (x + 0.14) * wide, 0.66 * high)
                draw.pieslice(arch, 180, 360, fill=(*ground, 255))
                draw.rectangle((arch[0] - 8, 0.5 * high, arch[0], 0.58 * high), fill=stone)
            draw.rectangle((0.94 * wide, 0.5 * high, 0.96 * wide, 0.58 * high), fill=stone)
            draw.line((0.36 * wide, 0.355 * high, 0.98 * wide, 0.355 * high), fill=(110, 100, 96, 255), width=5)
    elif name == "Hill Farm":
        for i in range(-6, 14):
            draw.line((wide / 2 + i * 14, horizon, wide / 2 + i * 90, high), fill=dark, width=3)
    else:
        for i in range(60):  # tufts of grass
            x, y = (i * 97) % wide, horizon + 10 + (i * 53) % max(1, high - horizon - 10)
            draw.line((x, y, x - 3, y - 6), fill=dark, width=2)
            draw.line((x, y, x + 3, y - 6), fill=dark, width=2)
