"""Make the films that open without waiting for a brain: ``python app/films/build.py`` writes them beside this file."""

import gzip
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

APP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(APP), str(APP.parent)]

from components.film import chart_of, packet  # noqa: E402
from looking import patch, visible  # noqa: E402
from pictures import Dials, new_scene  # noqa: E402

import tensorbrain as tb  # noqa: E402
from tensorbrain.memory.experience import live  # noqa: E402
from tensorbrain.trace import Trace  # noqa: E402

SCENE, STATEMENTS, FEW = 3, 6, 3
THEN, LATER = "2026-05-03T08:10", "2026-05-31T18:57"
RECALLS: dict[str, dict[str, Any]] = {
    "sparky": {"subject": "Sparky", "statements": STATEMENTS},
    "feedback": {"subject": "Luna", "predicate": "is a", "statements": FEW},
    "no-feedback": {"subject": "Luna", "predicate": "is a", "statements": FEW, "change": {"beta": 0.0}},
    "luna": {"subject": "Luna", "statements": STATEMENTS},
    "breakfast": {"instant": THEN, "statements": STATEMENTS},
    "owner-then": {"subject": "Sparky", "predicate": "owned by", "instant": THEN, "statements": FEW},
    "owner-later": {"subject": "Sparky", "predicate": "owned by", "instant": LATER, "statements": FEW},
    "lesion": {"subject": "Sparky", "statements": STATEMENTS, "change": {"lesion": ["Mary"]}},
}
"""The recalls of the tour, by the name of their film: arguments of ``recall``, and of ``intervene`` as ``change``."""


def made() -> Iterator[tuple[str, Trace, bytes]]:
    """Every film by name, with the trace that it shows."""
    town, graph = tb.load_brain("neighbourhood"), tb.load_graph("neighbourhood")
    record = tb.Record(top=12)
    for name, asked in RECALLS.items():
        brain = tb.intervene(town, **asked.get("change", {}))
        cue = {key: value for key, value in asked.items() if key != "change"}
        trace = tb.recall(brain, record=record, **cue)
        yield name, trace, packet(trace, brain, graph, chart=chart_of(town))
    scene = new_scene(SCENE, 0, Dials())
    seen = tb.perceive(town, scene.pixels, scene.boxes, statements=STATEMENTS, record=record)
    yield "seen", seen, packet(seen, town, graph, picture=scene.picture())
    brain, left = live(town, scene.pixels, seen.boxes[1:])
    trace = tb.recall(brain, instant=left.instant, statements=STATEMENTS, record=record)
    things = dict.fromkeys(int(k) for s, _, o in trace.ids for k in (s, o) if visible(brain, int(k)))
    yield "remembered", trace, packet(trace, brain, graph, imagined={k: patch(brain, k) for k in things})


def main() -> None:
    """Write every film."""
    for name, _, content in made():
        path = Path(__file__).parent / f"{name}.film.gz"
        path.write_bytes(gzip.compress(content, mtime=0))
        print(f"{path.name}  {path.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
