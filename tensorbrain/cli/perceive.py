"""``tensorbrain perceive``: a picture goes in, statements come out, each with the regions that it is about."""

import shlex
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from tyro.conf import Positional, arg

from tensorbrain.cli.arguments import BrainName, Common, Count
from tensorbrain.cli.output import columns, one_line, print_json, probability
from tensorbrain.cli.sources import apart, go_on_with, open_brain
from tensorbrain.errors import BrainFileError, SettingsError

if TYPE_CHECKING:
    from tensorbrain.brain import Brain
    from tensorbrain.memory import Life
    from tensorbrain.trace import Trace

Edges = tuple[int, int, int, int]


@dataclass(frozen=True)
class Perceive:
    """Let a brain look at a picture: it says what it sees, and which regions of the picture it speaks of.

    With --life it also keeps the picture as the next experience of a life, and with --store as a new episode in a
    brain file, to be recalled later.

    Example: tensorbrain perceive neighbourhood picnic.png --statements 5
    """

    brain: BrainName
    image: Annotated[Positional[str], arg(metavar="IMAGE", help="A picture: a PNG, JPEG, WebP, GIF or BMP file.")]
    boxes: Annotated[str | None, arg(metavar="FILE", help_behavior_hint="(default: regions are proposed)")] = None
    """Where the things are: a JSON list or a table of left, top, right, bottom, in pixels of the picture or, where
    none is above 1, as shares of it."""
    store: Annotated[str | None, arg(metavar="FILE", help_behavior_hint="")] = None
    """Save the brain, with the picture as its latest episode, to this file; what was there is replaced."""
    life: Annotated[str | None, arg(metavar="FOLDER", help_behavior_hint="")] = None
    """The life whose brain looks, and keeps the picture as its next experience, at this moment. Where there is none, a
    new one begins in this folder with BRAIN."""
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
        self._check_places()
        with ExitStack() as until_stored:
            life = self._life()
            if life is not None:
                until_stored.enter_context(life)
            brain = open_brain(self.brain) if life is None else life.brain
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
            stored = self._stored(brain, life)
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
            print(one_line(f"stored as {stored['instant']} in {stored['brain']}: {recall_command(**stored)}"))
        return 0

    def _check_places(self) -> None:
        """Refuse, before any work, a file or folder to store in that cannot be meant."""
        if self.store is not None and self.life is not None:
            raise SettingsError("--store makes a new brain file and --life goes on with a life: choose one of them")
        if self.store is not None:
            check_own(self.store, apart(self.store, self.image, self.boxes))
        if self.life is not None:
            from tensorbrain.array_file import resolved
            from tensorbrain.journal import is_life
            from tensorbrain.memory.store import check_new

            check_own(self.life, resolved(self.life))
            if not is_life(self.life):
                check_new(Path(self.life))

    def _life(self) -> "Life | None":
        """The life to go on with, where there is one."""
        from tensorbrain.journal import is_life

        return go_on_with(self.life, self.brain) if self.life is not None and is_life(self.life) else None

    def _stored(self, brain: "Brain", life: "Life | None") -> dict[str, str]:
        """Store the picture where it was asked for, and say where that is and by which instant it is recalled."""
        import tensorbrain as tb

        if self.store is not None:
            richer, instant = tb.experience(brain, self.image, self.boxes)
            richer.save(self.store)
            return {"brain": self.store, "instant": instant}
        if self.life is None:
            return {}
        from tensorbrain.memory.experience import live

        now = datetime.now().astimezone().isoformat(timespec="seconds")
        richer, lived = live(brain, self.image, self.boxes, time=now)
        with life or tb.Life.create(self.life, brain) as life:
            life.write(richer, "experience", lived)
        return {"brain": self.life, "instant": lived.instant}


def check_own(path: str, target: Path) -> None:
    """Refuse to store in what ships with the program."""
    from tensorbrain.datasets.worlds import WORLDS, world_path

    if path in WORLDS or any(world_path(world).resolve() in target.parents for world in WORLDS):
        raise BrainFileError(f"{path} ships with the program and stays as it is: name another place, such as my.brain")


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
