"""``tensorbrain rerun``: a command once more, and whether it says the same."""

import io
import json
import math
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from tyro.conf import Positional, arg

from tensorbrain.cli.output import one_line, warn
from tensorbrain.cli.record import content_of
from tensorbrain.errors import SettingsError

READING = ("info", "recall", "perceive", "ask", "reason", "evaluate")
"""The commands that only read: what is in a file that somebody sent never makes another one write."""
WRITING = ("--store", "--life")
ENDPOINT = "sparql:"  # that of graph.sparql, which needs numpy
LARGEST = 64 << 20  # bytes of JSON
CLOSE = 1e-4  # relative: float32 sums in another order, as on another machine, differ less
SHOWN = 5
DIFFERENT = 1


@dataclass(frozen=True)
class Rerun:
    """Repeat a command from what its --json printed, and compare: the same words, and the same numbers but for
    rounding. The exit status is 0 where it says the same, 1 where not.

    Example: tensorbrain recall neighbourhood --subject Sparky --json > trace.json; tensorbrain rerun trace.json
    """

    trace: Positional[Annotated[Path, arg(metavar="TRACE")]]
    """The file with what the command printed."""

    def run(self) -> int:
        """Print one line: the same, or what differs."""
        from tensorbrain.cli.entry import run_command

        before, arguments = _read(self.trace)
        for name, sha256 in before["run"]["inputs"].items():
            if content_of(name) != sha256:
                warn(f"{name} is not what it was when {self.trace} was written")
        out = io.StringIO()
        with redirect_stdout(out):
            status = run_command(arguments)
        if status:
            return status
        now = json.loads(out.getvalue())
        found = list(differences(before, now))
        words = [f"{at}: was {_short(was)}, is {_short(now)}" for at, was, now in found if was != now]
        if not words:
            print(one_line(f"the same as in {self.trace}, in all words and numbers"))
            return 0
        print(one_line(f"{len(words)} differ: {'; '.join(words[:SHOWN])}{'; ...' if len(words) > SHOWN else ''}"))
        return DIFFERENT


def differences(was: Any, now: Any, at: str = "") -> Iterator[tuple[str, Any, Any]]:
    """(place, value then, value now) wherever two values of JSON differ; times and the run's own record do not count.

    >>> list(differences({"p": [0.5, 1.0], "seconds": 1}, {"p": [0.5000001, 2.0], "seconds": 2}))
    [('p[1]', 1.0, 2.0)]
    """
    if isinstance(was, dict) and isinstance(now, dict):
        for key in sorted({*was, *now} - {"run", "seconds"}):
            yield from differences(was.get(key), now.get(key), f"{at}.{key}" if at else key)
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for k, (one, other) in enumerate(zip(was, now, strict=True)):
            yield from differences(one, other, f"{at}[{k}]")
    elif not _alike(was, now):
        yield at, was, now


def _alike(was: Any, now: Any) -> bool:
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (was, now))
    return math.isclose(was, now, rel_tol=CLOSE, abs_tol=1e-6) if numbers else was == now


def _short(value: Any) -> str:
    words = json.dumps(value, ensure_ascii=False)
    return words if len(words) <= 60 else f"{words[:60]}…"


def _read(path: Path) -> tuple[dict[str, Any], list[str]]:
    """What a command printed, and its arguments; SettingsError where it is none, or one that writes."""
    what = f"{path} is not what a command printed with --json"
    if not path.is_file():  # to open a pipe would wait for somebody to write
        raise SettingsError(f"{path} is no file: give the one that the output of a command with --json went to")
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise SettingsError(f"{what}: it has more than {LARGEST >> 20} MB")
    try:
        printed = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{what}: no JSON is read from it; give the file that its output went to") from error
    run = printed.get("run") if isinstance(printed, dict) else None
    arguments = run.get("arguments") if isinstance(run, dict) else None
    inputs = run.get("inputs") if isinstance(run, dict) else None
    if not (isinstance(arguments, list) and arguments and all(isinstance(word, str) for word in arguments)):
        raise SettingsError(f"{what}: it does not say by which arguments; print it anew")
    if not (isinstance(inputs, dict) and all(isinstance(word, str) for word in inputs.values())):
        raise SettingsError(f"{what}: it does not say what was read; print it anew")
    if asked := next((word for word in arguments if word.startswith(ENDPOINT)), None):
        raise SettingsError(f"{path} asks the network, {asked[:100]}, which a file may not: type that command yourself")
    writes = [word for word in arguments if word.split("=")[0] in WRITING]
    if arguments[0] not in READING or writes or "--json" not in arguments:
        raise SettingsError(
            f"{path} is of `tensorbrain {one_line(' '.join(arguments))[:100]}`, and only what reads is repeated: "
            f"{', '.join(READING)}, with --json and without {' or '.join(WRITING)}"
        )
    return printed, arguments
