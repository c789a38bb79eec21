"""A served app and a real browser, both on this machine only and ended by the tests that began them."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


PIXELS = "canvas => Array.from(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).join()"

CONTRAST = """player => {
  const pen = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const light = (colour, under) => {
    for (const c of [under, colour]) { pen.fillStyle = c; pen.fillRect(0, 0, 1, 1); }
    const linear = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map(linear);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = element => {
    for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/, 0\\)|transparent/.test(colour)) return colour;
    }
    return 'white';
  };
  const faint = [];
  for (const element of player.querySelectorAll('*')) {
    const own = [...element.childNodes].filter(child => child.nodeType === 3 && child.data.trim());
    if (!own.length || !element.checkVisibility() || element.closest('[aria-hidden=true] .dot')) continue;
    const [under, style] = [ground(element), getComputedStyle(element)];
    if (parseFloat(style.fontSize) === 0) continue;
    const [a, b] = [light(style.color, under), light(under, under)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push(`${own[0].data.trim()}: ${ratio.toFixed(2)}`);
  }
  return faint;
}"""

FITS = """player => document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth
  && player.scrollWidth <= player.clientWidth + 1"""


@pytest.fixture(scope="session")
def pixels() -> Callable:
    """What a canvas shows, as text that can be compared."""
    return lambda canvas: canvas.evaluate(PIXELS)


@pytest.fixture(scope="session")
def fits() -> Callable:
    """Wait until nothing stands out of a page and its player: a page settles a moment after its width has changed."""
    return lambda page, player: page.wait_for_function(FITS, arg=player.element_handle())


@pytest.fixture(scope="session")
def faint() -> Callable:
    """The texts in a part of a page whose contrast with what lies behind them is under 4.5 : 1."""
    return lambda part: part.evaluate(CONTRAST)


@pytest.fixture(scope="session")
def app(tmp_path_factory) -> Iterator[str]:
    """The address of the app, served on a free port of the loopback."""
    pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("app") / "log"
    options = {"server.address": "127.0.0.1", "server.port": port, "server.headless": "true"}
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app" / "app.py")]
    command += [f"--{name}={value}" for name, value in options.items()]
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    env = os.environ | {"PYTHONPATH": path, "JAX_DISABLE_MOST_OPTIMIZATIONS": "1"}  # what it compiles runs for a moment
    with log.open("w") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, env=env)
    try:
        yield _ready(f"http://127.0.0.1:{port}", server, log)
    finally:
        server.terminate()
        server.wait(timeout=20)
    assert "Traceback" not in log.read_text(), log.read_text()


def _ready(address: str, server: subprocess.Popen, log: Path) -> str:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(300):
        try:
            direct.open(f"{address}/_stcore/health", timeout=2).close()
            return address
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.1)
    pytest.fail(f"the app did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def browser(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def context(browser):
    """One profile for all visits: the app's own scripts are then loaded and compiled only once."""
    with browser.new_context() as context:
        context.set_default_timeout(30_000)
        yield context


def is_complaint(said) -> bool:
    """Whether the console says that something is wrong; Streamlit probes below a page's address for its own paths."""
    return said.type == "error" and not said.location["url"].endswith(("/_stcore/health", "/_stcore/host-config"))


@pytest.fixture
def visit(app, context) -> Iterator[Callable]:
    """Open the app at a query, in a fresh visit; at the end, nothing may have been complained about in the console."""
    pages, complaints = [], []

    def open_page(query: str = "", *, width: int = 1280, theme: str = "light", motion: str = "no-preference"):
        page = context.new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=theme, reduced_motion=motion)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if is_complaint(said) else None)
        page.on("requestfailed", lambda request: complaints.append(f"not loaded: {request.url}"))
        page.goto(f"{app}/{query}")
        return page

    yield open_page
    for page in pages:
        page.close()
    assert not complaints


@pytest.fixture(scope="session")
def newborn_file(tmp_path_factory) -> Path:
    """A brain with eyes that has learned nothing, in a file."""
    import jax

    import tensorbrain as tb
    from tensorbrain.brain import Brain, TensorBrain
    from tensorbrain.pictures.scenes import label_groups

    graph = tb.load_graph("neighbourhood")
    words = graph.vocabulary
    settings = tb.Settings(dim=32, context=32, senses="pictures", feature=16, reserve=(16, 0, 8))
    counts = (len(words.concepts), len(words.predicates), len(words.instants))
    model = TensorBrain.create(counts, settings, key=jax.random.key(0))
    path = tmp_path_factory.mktemp("brains") / "newborn.brain.safetensors"
    Brain(model, words, settings, source="neighbourhood", label_groups=label_groups(graph)).save(path)
    return path
