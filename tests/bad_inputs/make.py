"""The folder in which the bad inputs lie, beside a few good ones."""

from pathlib import Path

from .brains import BRAINS, LIVES, TOWN, changed, live, model_of, teach_nothing
from .commands import GAPS
from .graphs import GRAPHS, HOSTILE, TOLD_ABOUT, splits
from .pictures import BOXES, PAGE, PICTURES, TRACES
from .places import make_places


def make(folder: Path) -> None:
    """Fill an empty folder."""
    (folder / "town.trig").write_text(TOWN)
    (folder / "page.png").write_bytes(PAGE)
    (folder / "boxes.json").write_text("[[10, 10, 60, 60]]")
    for file in (*GRAPHS, *TOLD_ABOUT, *PICTURES, *BOXES, *TRACES, *splits()):
        (folder / file.name).parent.mkdir(exist_ok=True)
        (folder / file.name).write_bytes(file.content)
    for ending in GAPS:
        make_places(folder, ending)
    teach_nothing(folder / "town.trig", folder / "town.brain")
    teach_nothing(folder / "town.trig", folder / "blind.brain", senses="none")
    teach_nothing(folder / "hostile.trig", folder / "hostile.brain")
    changed({"source": "gone.trig"}, {}, folder, folder / "lost.brain")
    live(folder / "town.brain", folder / "life")
    live(folder / "town.brain", folder / "good.life")
    live(folder / "hostile.brain", folder / "hostile.life", f"walk {HOSTILE}")
    model_of(folder / "stranger", folder / "stranger.cp")
    for made in (*BRAINS, *LIVES):
        made.make(folder, folder / made.name)
