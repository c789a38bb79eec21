"""A few seconds of a recall as a moving picture: filmed slowly, as screenshots take time, shown at the usual speed."""

import io
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

SPEED = 0.2  # of the player, while it is filmed
REST, LAST = 1300, 4000  # ms that a step is shown when its layers have come to rest, and the last one
GLIDE = 600  # ms that the layers move at the usual speed
EDGE = 12  # pixels of the page around the stage
LIMIT = 2_000_000  # bytes
SLOWLY = """(player, [speed, css]) => {
  player.querySelector('.speed select').add(new Option('1×', speed, true, true));
  player.append(Object.assign(document.createElement('style'), { textContent: css }));
}"""
# What runs along an arrow goes at the pace of the rest.
STYLE = f".flow i::after {{ animation-duration: {0.9 / SPEED}s !important; }}"

Frame = tuple[Image.Image, int]  # a picture, and for how many ms it is shown


def record(page: Page, path: Path) -> None:
    """Film how the statement that is open on the stage is recalled, from its start to its end, as an animated WebP."""
    page.locator(".player").evaluate(SLOWLY, [str(SPEED), STYLE])
    page.keyboard.press("Home")
    page.wait_for_timeout(GLIDE / SPEED)
    frames = [(picture(page), REST)]
    while "is complete" not in page.locator(".player .sentence").inner_text():
        page.keyboard.press("ArrowRight")
        frames += step(page)
    frames[-1] = (frames[-1][0], LAST)
    (first, _), *rest = frames
    durations = [shown for _, shown in frames]
    options = {"save_all": True, "append_images": [image for image, _ in rest], "duration": durations, "loop": 0}
    first.save(path, "WEBP", quality=80, method=6, minimize_size=True, **options)
    size = path.stat().st_size
    print(f"{path}  {len(frames)} frames, {sum(durations) / 1000:.0f} s, {size / 1e6:.1f} MB", flush=True)
    if size > LIMIT:
        raise SystemExit(f"that is more than a README should ask for: film less, or raise LIMIT in {__file__}")


def step(page: Page) -> list[Frame]:
    """One step: what is seen while the layers glide, each picture as long as it took, then the rest."""
    frames, began, before = [], time.perf_counter(), 0.0
    while before < GLIDE / SPEED:
        image = picture(page)
        now = (time.perf_counter() - began) * 1000
        frames.append((image, max(20, round((now - before) * SPEED))))
        before = now
    return [*frames, (picture(page), REST)]


def picture(page: Page) -> Image.Image:
    """The stage with its sentence above and its buttons below."""
    top, bottom = (page.locator(f".player > {part}").bounding_box() for part in ("header", "footer"))
    assert top and bottom
    tall = bottom["y"] + bottom["height"] - top["y"]
    clip = {"x": top["x"] - EDGE, "y": top["y"], "width": top["width"] + 2 * EDGE, "height": tall + EDGE}
    return Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB")
