"""Write the page of bad inputs: ``python docs/bad_inputs.py`` tries every one, and tells what came back.

The inputs are those of ``tests/bad_inputs``, which ``tests/cli/test_bad_inputs.py`` tries as well."""

import contextlib
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from bad_inputs import TOPICS, Bad, Tried, alone, make, tried  # noqa: E402

PAGE = HERE / "bad-input.md"
LONGEST = 240  # characters of a command or a sentence
HEAD = """# Bad input

Whatever is wrong with what a command is given, the exit status is 2 and one line on stderr says what, where, and how to
mend it: no traceback, no hang, nothing from the network, nothing written. `python docs/bad_inputs.py` tried what is on
this page, {minutes} for all of it ({machine}), and wrote it; `tests/cli/test_bad_inputs.py` tries it as well, and looks
at every file before and after.

**{kinds} kinds, {lines:,} command lines**: {refused:,} were refused, each in one line; {read} were read all the same,
and what is odd about them was said, or shown as plain text. The slowest took {slowest:.1f} s.

{commands}

Each row is a kind, with one of its command lines, what came back, and the seconds of the slowest. In a
name, what would act on a terminal is written as an escape here, and long names are cut; on the terminal such letters
are blanks.
"""
ROW = "| {kind} | {count} | {command} | {said} | {seconds:.1f} |"


def main() -> None:
    """Try all, then write."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as place, contextlib.chdir(place), alone():
        make(Path(place))
        done = {topic: [(bad, tried(bad.words)) for bad in bads] for topic, bads in TOPICS.items()}
        tables = [line for topic, trials in done.items() for line in table(topic, trials, place)]
    whole = [trial for trials in done.values() for trial in trials]
    for bad, result in whole:
        if result.status != bad.status:
            raise SystemExit(f"{bad}: {result}")
    PAGE.write_text("\n".join([head(whole, time.perf_counter() - start), *tables]), encoding="utf-8")
    print(f"wrote {PAGE}")


def head(trials: list[tuple[Bad, Tried]], seconds: float) -> str:
    """What it comes to, in numbers."""
    by_command = Counter(bad.words[0] for bad, _ in trials if bad.words)
    kinds = {name: len({bad.kind for bad, _ in trials if bad.words[:1] == (name,)}) for name in by_command}
    columns = [name for name in by_command if by_command[name] > 1]
    table = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    table.append("| kinds | " + " | ".join(str(kinds[name]) for name in columns) + " |")
    table.append("| command lines | " + " | ".join(f"{by_command[name]:,}" for name in columns) + " |")
    read = sum(bad.status == 0 for bad, _ in trials)
    return HEAD.format(
        lines=len(trials),
        kinds=len({bad.kind for bad, _ in trials}),
        minutes=f"{seconds / 60:.1f} minutes" if seconds > 90 else f"{seconds:.0f} seconds",
        machine=f"{os.cpu_count()} cores",
        refused=len(trials) - read,
        read=read,
        slowest=max(result.seconds for _, result in trials),
        commands="\n".join(table),
    )


def table(topic: str, trials: list[tuple[Bad, Tried]], place: str) -> Iterator[str]:
    """The rows of a topic, one a kind."""
    yield f"## {topic}\n"
    yield "| what is bad | tried | for example | what comes back | s |"
    yield "|---|---:|---|---|---:|"
    for kind in dict.fromkeys(bad.kind for bad, _ in trials):
        alike = [(bad, result) for bad, result in trials if bad.kind == kind]
        bad, result = alike[0]
        slowest = max(result.seconds for _, result in alike)
        command = " ".join(["tensorbrain", *(quoted(word) for word in bad.words)])
        line = sentence(bad, result).replace(place + os.sep, "")
        yield ROW.format(kind=kind, count=len(alike), command=code(command), said=code(line), seconds=slowest)
    yield ""


def sentence(bad: Bad, result: Tried) -> str:
    """What is told of a trial: the line on stderr or, of what was read, the one in which it is shown."""
    lines = (result.err + result.out).splitlines()
    shown = next((line for line in lines if bad.says in line), lines[0])
    return " ".join(shown.removeprefix("tensorbrain: ").split())


def quoted(word: str) -> str:
    """A word of a command line as it can be seen."""
    seen = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in word)
    seen = seen if len(seen) <= 60 else f"{seen[:40]}..."
    return f"'{seen}'" if not seen or set(seen) & set(' "\\<>|;&*?') else seen


def code(text: str) -> str:
    """Text in a cell of a table, as it is."""
    seen = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
    seen = seen if len(seen) <= LONGEST else f"{seen[: LONGEST // 2]} ... {seen[-LONGEST // 2 :]}"
    fence = "``" if "`" in seen else "`"
    pad = " " if seen.startswith("`") or seen.endswith("`") else ""
    return f"{fence}{pad}{seen.replace('|', chr(92) + '|')}{pad}{fence}"


if __name__ == "__main__":
    main()
