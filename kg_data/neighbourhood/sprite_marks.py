"""The markings of sprites: a pattern in lighter and darker grey, and a badge in a colour of its own."""

import numpy as np
from PIL import Image
from sprite_looks import INKS, Look

FINE = 256


def coloured(rgb: np.ndarray) -> np.ndarray:
    """Push greys to a warm tone, so that no pixel meant to keep its colour is taken for one to tint."""
    spread = rgb.max(-1) - rgb.min(-1)
    warm = np.clip(44 - spread, 0, 44)[..., None] * np.array([0.35, 0.0, -0.65], np.float32)
    return np.clip(rgb + warm, 0, 255)


def marked(pixels: np.ndarray, look: Look) -> np.ndarray:
    """A fine tile with the pattern in lighter and darker grey and the badge in its own colour, within the body."""
    alpha = pixels[..., 3]
    ys, xs = np.nonzero(alpha > 128)
    top, bottom, left, right = ys.min(), ys.max(), xs.min(), xs.max()
    v = ((np.arange(FINE) - top) / (bottom - top))[:, None] + np.zeros((1, FINE))
    u = ((np.arange(FINE) - left) / (right - left))[None, :] + np.zeros((FINE, 1))
    distance = pattern_field(look.pattern, u, v)
    rgb = pixels[..., :3].copy()
    # Eyes, noses and outlines, which are dark, stay above the pattern.
    grey = (np.ptp(rgb, axis=-1) < 2) & (alpha > 0) & (rgb[..., 0] > 96)
    rgb = np.where((grey & (distance > 0))[..., None], rgb * 0.6, rgb)
    rgb = np.where((grey & (distance <= 0) & (distance > -0.03))[..., None], rgb * 0.35 + 160, rgb)
    bx, by = badge_centre(alpha)
    radius = 0.125 * max(bottom - top, right - left)
    badge = badge_field(look.badge, (np.arange(FINE)[None, :] - bx) / radius, (np.arange(FINE)[:, None] - by) / radius)
    ink = coloured(np.array(INKS[look.badge_colour], np.float32)[None, None])
    inside = alpha > 0
    rgb = np.where((inside & (badge > -0.22))[..., None], np.array([255, 252, 225]), rgb)
    rgb = np.where((inside & (badge > 0))[..., None], ink, rgb)
    return np.dstack([rgb, alpha])


def badge_centre(alpha: np.ndarray) -> tuple[float, float]:
    """The point deepest inside the body, near its middle."""
    image = Image.fromarray(((alpha > 128) * 255).astype(np.uint8)).resize((64, 64))
    field = np.asarray(image, np.float32) / 255
    for _ in range(14):
        padded = np.pad(field, 1)
        field = field + np.minimum.reduce([padded[1:-1, :-2], padded[1:-1, 2:], padded[:-2, 1:-1], padded[2:, 1:-1]])
        field = np.minimum(field, 1e6)
    ys, xs = np.mgrid[:64, :64]
    score = np.log1p(field) - 0.0012 * ((xs - 32) ** 2 + (ys - 36) ** 2)
    y, x = np.unravel_index(score.argmax(), score.shape)
    return float(x) * 4 + 2, float(y) * 4 + 2


def pattern_field(name: str, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Positive inside the pattern; u runs from left to right over the body, v from top to bottom."""
    wave = lambda t, n, share: np.cos(2 * np.pi * n * t) * 0.16 - (0.5 - share) * 0.3  # noqa: E731
    fields = {
        "plain": lambda: u * 0 - 1,
        "stripes": lambda: wave(u, 4, 0.45),
        "hoops": lambda: wave(v, 4, 0.45),
        "slant": lambda: wave((u + v) / 2, 5, 0.42),
        "spots": lambda: np.cos(2 * np.pi * 3.5 * u) * np.cos(2 * np.pi * 3.5 * v) * 0.2 - 0.06,
        "patch": lambda: 0.24 - np.hypot(u - 0.3, v - 0.45),
        "saddle": lambda: 0.14 - np.abs(u - 0.55),
        "socks": lambda: v - 0.72,
        "cap": lambda: 0.32 - v,
        "check": lambda: np.cos(2 * np.pi * 2.5 * u) * np.cos(2 * np.pi * 2.5 * v) * 0.2,
        "cross": lambda: 0.06 - np.minimum(np.abs(u - 0.5), np.abs(v - 0.55)),
        "rings": lambda: np.cos(2 * np.pi * 4 * np.hypot(u - 0.5, v - 0.5)) * 0.14 - 0.02,
        "half": lambda: u - 0.55,
    }
    return fields[name]()


def badge_field(name: str, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Positive inside the badge, whose radius is 1."""
    x, y = np.broadcast_arrays(x, y)
    angle, radius = np.arctan2(x, -y), np.hypot(x, y)
    fields = {
        "disc": lambda: 0.9 - radius,
        "star": lambda: 0.62 + 0.42 * np.cos(5 * angle) - radius,
        "heart": lambda: 0.85 - np.hypot(x, y + 0.15 - 0.75 * np.sqrt(np.abs(x))),
        "square": lambda: 0.78 - np.maximum(np.abs(x), np.abs(y)),
        "diamond": lambda: 1.0 - (np.abs(x) + np.abs(y)),
        "triangle": lambda: np.minimum(0.7 - y, (y + 1.0) * 0.55 - np.abs(x)),
        "band": lambda: 0.42 - np.abs(x + 0.25 * y),
    }
    return fields[name]()
