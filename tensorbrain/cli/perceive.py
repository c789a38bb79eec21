"""``tensorbrain perceive``: a picture goes in, statements come out, each with the regions that it is about."""

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal

from tyro.conf import Positional, arg

from tensorbrain.cli.arguments import BrainName, Common, Count
from tensorbrain.cli.output import columns, one_line, print_json, probability
from tensorbrain.cli.sources import open_brain
from tensorbrain.errors import BrainFileError

if TYPE_CHECKING:
    from tensorbrain.trace import Trace

Edges = tuple[int, int, int, int]


@dataclass(frozen=True)
class Perceive:
    """Let a brain look at a picture: it says what it sees, and which regions of the picture it speaks of.

    With --store it also keeps the picture as a new episode, to be recalled later.

    Example: tensorbrain perceive neighbourhood picnic.png --statements 5
    """

    brain: BrainName
    image: Annotated[Positional[str], arg(metavar="IMAGE", help="A picture: a PNG, JPEG, WebP, GIF or BMP file.")]
    boxes: Annotated[str | None, arg(metavar="FILE", help_behavior_hint="(default: regions are proposed)")] = None
    """Where the things are: a JSON list or a table of left, top, right, bottom, in pixels of the picture or, where
    none is above 1, as shares of it."""
    store: Annotated[str | None, arg(metavar="FILE", help_behavior_hint="")] = None
    """Save the brain, with the picture as its latest episode, to this file; what was there is replaced."""
    statements: Count = 8
    """How many statements to say, at most."""
    selection: Literal["attend", "argmax", "sample"] = "attend"
    """How each region is named: under soft attention (attend), by the best concept (argmax), or at random
    (sample)."""
    common: Common = field(default_factory=Common)

    def run(self) -> int:
        """Print a line a statement, or with ``--json`` the whole trace as one object."""
        from tensorbrain.pictures.reading import picture_size

        width, height = picture_size(self.image)
        if self.store is not None:
            check_store(self.store)
        brain = open_brain(self.brain)
        import tensorbrain as tb

        trace = tb.perceive(
            brain,
            self.image,
            self.boxes,
            statements=self.statements,
            selection=self.selection,
            seed=self.common.seed,
            record=tb.Record(states=False),
        )
        stored: dict[str, str] = {}
        if self.store is not None:
            richer, instant = tb.experience(brain, self.image, self.boxes)
            richer.save(self.store)
            stored = {"brain": self.store, "instant": instant}
        edges = in_pixels(trace.boxes.tolist(), width, height)
        if self.common.json:
            picture = {"picture": self.image, "width": width, "height": height, "boxes": edges}
            statements = with_boxes(trace, edges)
            print_json(
                {**trace.to_json(), **picture, "statements": statements, **({"stored": stored} if stored else {})}
            )
            return 0
        print(one_line(f"{self.image}, {width} x {height} pixels, {_regions(len(edges) - 1)}"))
        for note in trace.notes:
            print(one_line(f"({note})"))
        print(table(trace, edges))
        if stored:
            print(one_line(f"stored as {stored['instant']} in {self.store}: {recall_command(**stored)}"))
        return 0


def check_store(path: str) -> None:
    """Refuse, before any work, a file that cannot be written, and one that ships with the program."""
    from tensorbrain.checkpoint import writable
    from tensorbrain.datasets.worlds import WORLDS, world_path

    target = writable(path)
    if path in WORLDS or any(world_path(world).resolve() in target.parents for world in WORLDS):
        raise BrainFileError(f"{path} ships with the program and stays as it is: name another file, such as my.brain")


def in_pixels(boxes: list[list[float]], width: int, height: int) -> list[Edges]:
    """Boxes given as shares of a picture, in its pixels.

    >>> in_pixels([[0.0, 0.25, 0.5, 1.0]], 640, 480)
    [(0, 120, 320, 480)]
    """
    return [
        (round(left * width), round(top * height), round(right * width), round(bottom * height))
        for left, top, right, bottom in boxes
    ]


def with_boxes(trace: "Trace", edges: list[Edges]) -> list[dict[str, Any]]:
    """The statements, each with the boxes of the regions that its subject and object come from, in pixels."""
    return [
        {**statement._asdict(), "subject_box": edges[subject], "object_box": edges[object]}
        for statement, (subject, object) in zip(trace.statements, trace.regions.tolist(), strict=True)
    ]


def table(trace: "Trace", edges: list[Edges]) -> str:
    """A line a statement: probability, subject, predicate, object, and the region of each of the two."""
    rows = []
    for statement, (subject, object) in zip(trace.statements, trace.regions.tolist(), strict=True):
        places = [_place(subject, edges)] if subject == object else [_place(subject, edges), _place(object, edges)]
        rows.append([probability(statement.probability), *statement[:3], " to ".join(places)])
    return columns(rows) if rows else "nothing comes to mind"


def recall_command(brain: str, instant: str) -> str:
    """What to type to recall a stored picture.

    >>> recall_command("my.brain", "picture 1")
    "tensorbrain recall my.brain --instant 'picture 1'"
    """
    return shlex.join(["tensorbrain", "recall", brain, "--instant", instant])


def _place(region: int, edges: list[Edges]) -> str:
    return ", ".join(map(str, edges[region])) if region else "whole picture"


def _regions(count: int) -> str:
    return {0: "no region", 1: "1 region"}.get(count, f"{count} regions")
