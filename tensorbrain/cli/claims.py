"""``tensorbrain claims``: every claim about the Tensor Brain, run, measured and judged."""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import Positional, arg

from tensorbrain.cli.arguments import Common, Count, check_seeds
from tensorbrain.cli.output import columns, one_line, warn
from tensorbrain.errors import SettingsError

if TYPE_CHECKING:
    from tensorbrain.claims.claim import Claim
    from tensorbrain.claims.scoreboard import Scored


@dataclass(frozen=True)
class Claims:
    """Run the claims about the Tensor Brain: effect with its interval over seeds, control, and verdict of each.

    What was run before is read from the folder of results, so that Ctrl-C loses at most the claim that is running.
    In a clone, all of them together write the page docs/claims.md with its figures, and the board of the app.

    Example: tensorbrain claims chaining --seeds 10
    """

    names: Annotated[Positional[tuple[str, ...]], arg(metavar="[NAME ...]", help="Names or numbers; none: all.")] = ()
    seeds: Count = 5
    """How many seeds, from --seed on."""
    quick: bool = False
    """Smaller trials, to see that everything runs; their verdicts mean little."""
    dial: Annotated[float | None, arg(metavar="VALUE", help_behavior_hint="(default: its own)")] = None
    """Where the dial of the claim stands (see --list); for one claim."""
    jobs: Count = 2
    """How many claims are run at a time, each in a process of its own, where some are not on disk yet."""
    list: bool = False
    """Only list the claims, with their dials."""
    results: Annotated[Path | None, arg(metavar="FOLDER", help_behavior_hint="(default: in the user's cache)")] = None
    """The folder of results."""
    page: Annotated[Path | None, arg(metavar="FILE", help_behavior_hint="(default: see above)")] = None
    """Where the page is written."""
    common: Common = field(default_factory=Common)

    def run(self) -> int:
        """Print one row a claim, or with ``--json`` a list of objects."""
        from tensorbrain.claims import NAMES, claim

        chosen = tuple(claim(name) for name in self.names or NAMES)
        if self.list:
            print(columns([[str(c.number), c.name, c.status, c.says, _dial(c)] for c in chosen]))
            return 0
        check_seeds(self.seeds)
        if self.jobs < 1:
            raise SettingsError(f"--jobs {self.jobs} would run nothing: give at least 1.")
        if self.dial is not None:
            dial = chosen[0].dial if len(chosen) == 1 else None
            if dial is None:
                raise SettingsError("--dial moves the dial of one claim: name one that has a dial (see --list).")
            if not min(dial.values) <= self.dial <= max(dial.values):  # not a number is neither
                raise SettingsError(f"--dial {self.dial} is out of reach: {_dial(chosen[0])}.")
        if self.results is not None and self.results.exists() and not self.results.is_dir():
            raise SettingsError(f"--results {self.results} is no folder: name another folder, or a new one")
        if self.page is not None:
            from tensorbrain.array_file import writable

            writable(self.page)  # said now, rather than after the claims were run
        from tqdm.auto import tqdm

        from tensorbrain.checkpoint import load_brain
        from tensorbrain.claims.board import write_board
        from tensorbrain.claims.claim import Config
        from tensorbrain.claims.results import default_folder
        from tensorbrain.claims.scoreboard import scores
        from tensorbrain.compilation import set_up

        set_up()
        config = Config(quick=self.quick, dial=self.dial)
        seeds = tuple(range(self.common.seed, self.common.seed + self.seeds))
        brain = load_brain("neighbourhood")
        scored: list[Scored] = []
        if not self.common.json:
            print(_row(*HEADINGS))
        with tqdm(total=len(chosen), unit="claim", disable=not sys.stderr.isatty()) as bar:
            for each in scores(
                brain,
                tuple(c.name for c in chosen),
                seeds=seeds,
                config=config,
                folder=self.results or default_folder(),
                starting=lambda claim: bar.set_postfix_str(claim.name),
                jobs=self.jobs,
            ):
                scored.append(each)
                bar.update()
                if not self.common.json:
                    tqdm.write(_words(each), file=sys.stdout)
        if self.common.json:
            print(json.dumps([{k: _finite(v) for k, v in each.row().items()} for each in scored], allow_nan=False))
        in_clone = len(chosen) == len(NAMES) and not self.quick and Path("docs/theory.md").exists()
        if page := self.page or (Path("docs/claims.md") if in_clone else None):
            self._write(scored, page)
        if in_clone and self.page is None:
            write_board(scored, Path("app/board.json.gz"))
        return 0

    def _write(self, scored: "list[Scored]", page: Path) -> None:
        from tensorbrain.claims.page import write_page

        try:
            write_page(scored, page)
        except ImportError:
            warn(f"the figures of {page} need matplotlib: `pip install 'tensorbrain[plot]'`; nothing was written")
        else:
            print(one_line(f"wrote {page}"), file=sys.stderr)


HEADINGS = ("#", "claim", "effect", "95 % interval", "control", "verdict", "seconds")
WIDTHS = (3, 18, 9, 22, 18, 28, 8)


def _row(*cells: str) -> str:
    return " ".join(f"{one_line(cell):<{width}}" for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def _words(each: "Scored") -> str:
    row = each.row()
    failed = "fails" if row["control_failed"] else "DOES NOT FAIL"
    return _row(
        str(row["id"]),
        row["claim"],
        f"{row['effect']:.3g}",
        f"{row['low']:.3g} to {row['high']:.3g}",
        f"{row['control']:.3g} {failed}",
        row["verdict"],
        f"{row['seconds']:.1f}",
    )


def _dial(claim: "Claim") -> str:
    return "" if claim.dial is None else f"--dial: {claim.dial.says}, one of {', '.join(map(str, claim.dial.values))}"


def _finite(value: object) -> object:
    return None if isinstance(value, float) and value in (float("inf"), float("-inf")) else value
