"""Whatever is wrong with the input of a command, one line says so, soon, and nothing is written."""

import os
import re
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from bad_inputs import BAD, FIRST, Bad, alone, make, tried

ACTS_ON_A_TERMINAL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
LONGEST = 700
MEMORY = 1 << 20  # kB
OTHERS = set(BAD) - set(FIRST.values())
TRIED = [pytest.param(bad, marks=[pytest.mark.thorough] if bad in OTHERS else []) for bad in BAD]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of all that is bad, as the current one."""
    folder, before = tmp_path_factory.mktemp("bad"), Path.cwd()
    make(folder)
    os.chdir(folder)
    with alone():
        yield folder
    os.chdir(before)


def files(folder: Path) -> dict[Path, tuple[int, int, int]]:
    """All files with size and time, but the locks of lives, which are made before a life is read."""
    found = {path: path.lstat() for path in folder.rglob("*") if path.name != "lock"}
    return {path: (stat.st_mode, stat.st_size, stat.st_mtime_ns) for path, stat in found.items()}


def memory() -> int:
    """The most kB that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_there_are_many_kinds_for_every_command():
    assert len({bad.kind for bad in BAD}) >= 150
    kinds = {
        command: {bad.kind for bad in BAD if bad.words[:1] == (command,)} for bad in BAD for command in bad.words[:1]
    }
    for command in (
        "info",
        "train",
        "recall",
        "perceive",
        "life",
        "ask",
        "reason",
        "evaluate",
        "rerun",
        "claims",
        "app",
    ):
        assert len(kinds[command]) >= 5, command


@pytest.mark.parametrize("bad", TRIED, ids=lambda bad: f"{bad.kind}: {' '.join(bad.words)[:60]}")
def test_one_line_says_what_is_wrong(bad: Bad, folder: Path):
    before, held = files(folder), memory()
    done = tried(bad.words)
    assert done.status == bad.status, done
    lines = done.err.splitlines()
    assert all(line.startswith("tensorbrain: ") and len(line) < LONGEST for line in lines)
    assert bad.status == 0 or (len(lines), done.out) == (1, "")
    assert bad.says in done.err + done.out
    assert not ACTS_ON_A_TERMINAL.search(done.err + done.out)
    assert files(folder) == before
    assert memory() - held < MEMORY
