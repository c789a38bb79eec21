"""How smoothly the stage plays: frames a second in the browser, at 300 concepts and 288 steps.

    python benchmarks/app_frames.py [--seconds 10]

An untrained brain of 300 concepts recalls 32 statements; its film plays at fourfold speed in Chromium without a
graphics card, while the page counts the frames that it draws. The bar is 60 frames a second; printed are the mean, how
long the middle and the slowest frame took, and how many came so late that one was left out. Needs the extra ``browser``
and Chromium."""

import argparse
import shutil
import statistics
import tempfile
from itertools import pairwise
from pathlib import Path

import jax
from app_load import serve
from playwright.sync_api import sync_playwright

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.graph.vocabulary import Concept, Vocabulary
from tensorbrain.settings import Settings

CONCEPTS, PREDICATES, STATEMENTS = 300, 20, 32
BAR = 60.0
LATE = 25.0  # milliseconds, half a frame more than a frame has
SETTLE = 1000.0  # milliseconds: what was asked of the page to press the button is no part of the stage's work
COUNT = """seconds => new Promise(done => {
  const times = [];
  const tick = now => {
    times.push(now);
    if (now - times[0] < 1000 * seconds) requestAnimationFrame(tick);
    else done(times);
  };
  requestAnimationFrame(tick);
})"""


def stranger(path: Path) -> None:
    """A brain that knows nothing of 300 concepts, in a file."""
    words = Vocabulary(
        tuple(Concept(f"urn:c:{k}", f"concept {k}", "entity") for k in range(CONCEPTS)),
        tuple(Concept(f"urn:p:{k}", f"predicate {k}", "predicate") for k in range(PREDICATES)),
    )
    model = TensorBrain.create((CONCEPTS, PREDICATES, 0), Settings(), key=jax.random.key(0))
    Brain(model, words, Settings()).save(path)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=10.0)
    asked = arguments.parse_args()
    server, address = serve()
    home = address.replace("ws://", "http://").removesuffix("/_stcore/stream")
    try:
        with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
            path = Path(folder, "stranger.brain.safetensors")
            stranger(path)
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{home}/know?world=a+file+of+my+own&statements={STATEMENTS}")
            field = page.get_by_role("textbox", name="Path of a brain file")
            field.fill(str(path))
            field.press("Enter")
            page.wait_for_selector(".player:not([hidden])", timeout=90_000)
            steps = int(page.locator(".scrub").get_attribute("max") or 0) + 1
            page.get_by_role("combobox", name="Speed").select_option("4")
            page.keyboard.press("Home")
            page.get_by_role("button", name="Play", exact=True).click()
            page.wait_for_timeout(SETTLE)
            times = page.evaluate(COUNT, asked.seconds)
            gaps = [after - before for before, after in pairwise(times)]
            rate = 1000 * len(gaps) / sum(gaps)
            print(f"{CONCEPTS} concepts, {steps} steps: {rate:.0f} frames a second (bar {BAR:.0f})")
            middle, late = statistics.median(gaps), sum(gap > LATE for gap in gaps)
            print(f"a frame takes {middle:.1f} ms, the slowest {max(gaps):.0f} ms; {late} of {len(gaps)} came late")
            browser.close()
    finally:
        server.terminate()
        server.wait(timeout=20)


if __name__ == "__main__":
    main()
