"""Take the pictures of the app that stand in the README and these pages: ``python docs/pictures.py [FOLDER]``.

Every view is opened in Chromium in both themes, wide and narrow, and saved in FOLDER, by default a new temporary one;
the few that the pages show are saved beside this file as well, a recall as a moving picture too, and the examples'
thumbnails in ``app/thumbnails``.
Needs the extra ``browser`` and Chromium."""

import io
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "app"))

from recording import record  # noqa: E402
from showcase import EXAMPLES, THUMBNAILS  # noqa: E402

THUMBNAIL = (480, 300)
BARE = ".player footer { visibility: hidden; }"
SIZES = {"wide": (1280, 900), "narrow": (390, 844)}
THEMES = ("light", "dark")
VIEWS = {
    "tour": "?page=3",
    "know": "know?subject=Sparky&predicate=owned+by",
    "remember": "remember",
    "perceive": "perceive?picture=new&scene=3",
    "graph": "graph",
    "tensor": "graph?show=tensor",
    "reason": "reason",
    "claims": "claims?claim=consolidation",
    "compare": "compare",
    "examples": "examples",
    "lecture": "know?lecture=true",
}
WITHOUT_PLAYER = ("graph", "claims", "examples")
SHOWN = {"perceive": "perceive.png", "tour": "tour.png", "remember": "remember.png"}


def take(page: Page, address: str, query: str, path: Path) -> None:
    """Open a view, wait until it is whole, and save what is seen."""
    show(page, address, query)
    page.screenshot(path=path)


def take_thumbnails(page: Page, address: str, theme: str) -> None:
    """What is most telling of the stage of every example, small: the index, or what the eye sees."""
    THUMBNAILS.mkdir(exist_ok=True)
    for example in EXAMPLES:
        show(page, address, f"{example.view}?{urlencode(example.query)}")
        cards = (".sensory", ".board") if example.view == "perceive" else (".board", ".index")
        first, last = (page.locator(f".stage {card}").first.bounding_box() for card in cards)
        assert first and last
        wide = max(first["x"] + first["width"], last["x"] + last["width"]) - min(first["x"], last["x"])
        box = {"x": min(first["x"], last["x"]), "y": min(first["y"], last["y"]), "width": wide}
        seen = page.screenshot(clip={**box, "height": wide * THUMBNAIL[1] / THUMBNAIL[0]}, full_page=True, style=BARE)
        image = Image.open(io.BytesIO(seen)).convert("RGB").resize(THUMBNAIL, Image.Resampling.LANCZOS)
        image.save(example.thumbnail(theme), "WEBP", quality=80)
        print(example.thumbnail(theme), flush=True)


def show(page: Page, address: str, query: str) -> None:
    """Open a view and wait until it is whole."""
    page.goto(f"{address}/{query}")
    page.wait_for_selector("h1", timeout=90_000)
    kind = query.partition("?")[0]
    if kind not in WITHOUT_PLAYER:
        page.wait_for_selector(".player:not([hidden])", timeout=90_000)
    elif kind != "examples":
        page.wait_for_selector(".js-plotly-plot", timeout=90_000)
    page.wait_for_selector("[data-testid=stStatusWidget]", state="detached", timeout=90_000)
    page.wait_for_timeout(1500)  # charts and toasts settle


def main() -> None:
    """All views, both themes, both widths."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp(prefix="pictures-"))
    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tensorbrain", "app", "--headless", "--port", str(port)]
    server = subprocess.Popen(command, cwd=HERE.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            for theme in THEMES:
                for size, (width, height) in SIZES.items():
                    context = browser.new_context(
                        viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
                    )
                    page = context.new_page()
                    _wait(page, address)
                    if size == "wide":  # first, as the view of the examples shows them
                        take_thumbnails(page, address, theme)
                    for name, query in VIEWS.items():
                        path = folder / f"{name}-{theme}-{size}.png"
                        take(page, address, query, path)
                        print(path, flush=True)
                        if theme == "light" and size == "wide" and name in SHOWN:
                            shutil.copy(path, HERE / SHOWN[name])
                    context.close()
            page = browser.new_context(viewport=dict(zip(("width", "height"), SIZES["wide"], strict=True))).new_page()
            show(page, address, VIEWS["know"])
            record(page, HERE / "recall.webp")
            browser.close()
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(page: Page, address: str) -> None:
    for _ in range(60):
        try:
            page.goto(address)
            return
        except Exception:
            page.wait_for_timeout(500)
    raise SystemExit("the app did not start")


if __name__ == "__main__":
    main()
