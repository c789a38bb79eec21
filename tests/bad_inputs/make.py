"""The folder in which the bad inputs lie, beside a few good ones."""

from pathlib import Path

from .brains import BRAINS, LIVES, TOWN, changed, live, model_of, teach_nothing
from .case import File
from .commands import GAPS
from .graphs import GRAPHS, HOSTILE, TOLD_ABOUT, splits
from .pictures import BOXES, PAGE, PICTURES, TRACES
from .places import make_places


def make(folder: Path) -> None:
    """Fill an empty folder."""
    make_good(folder)
    put(folder, *GRAPHS, *TOLD_ABOUT, *PICTURES, *BOXES, *TRACES)
    for ending in GAPS:
        make_places(folder, ending)
    changed({"source": "gone.trig"}, {}, folder, folder / "lost.brain")
    for made in (*BRAINS, *LIVES):
        made.make(folder, folder / made.name)


def make_good(folder: Path) -> None:
    """What a command needs beside the bad input, and what is damaged."""
    (folder / "town.trig").write_text(TOWN)
    (folder / "page.png").write_bytes(PAGE)
    (folder / "boxes.json").write_text("[[10, 10, 60, 60]]")
    put(folder, *TOLD_ABOUT, *splits())
    teach_nothing(folder / "town.trig", folder / "town.brain")
    teach_nothing(folder / "town.trig", folder / "blind.brain", senses="none")
    teach_nothing(folder / "hostile.trig", folder / "hostile.brain")
    for home in ("life", "good.life"):
        live(folder / "town.brain", folder / home)
    live(folder / "hostile.brain", folder / "hostile.life", f"walk {HOSTILE}")
    model_of(folder / "stranger", folder / "stranger.cp")


def put(folder: Path, *files: File) -> None:
    """Write files, each with the folder that it lies in."""
    for file in files:
        (folder / file.name).parent.mkdir(exist_ok=True)
        (folder / file.name).write_bytes(file.content)
