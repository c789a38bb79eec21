"""Fuzz every reader: ``python tests/fuzz.py [--minutes 60] [--only NAME ...] [--findings FOLDER]``.

Valid inputs are changed by hypothesis (`fuzzing.mutate`) and read. Nothing but the errors of this library may come of
it, and what the system says of a file, each within ten seconds and a gigabyte. Every reader has its turns in a process
of its own, which leaves the input that it reads in a file: where it dies, that one is kept, and so is the smallest one
of a finding.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__)
sys.path.insert(0, str(HERE.parent))

from bad_inputs import alone, make_good  # noqa: E402
from bad_inputs.trial import TooLong, bounded  # noqa: E402
from fuzzing.mutate import mutated  # noqa: E402
from fuzzing.readers import readers  # noqa: E402

TURN = 30  # seconds of a reader at a time
EXAMPLES = 200
MEMORY = 1 << 30
LAST = "input"


def take_turn(name: str, seed: int, folder: Path) -> dict[str, Any]:
    """Fuzz one reader for a while in a folder of good inputs: what was done, with what was found in it."""
    import hypothesis

    from tensorbrain.errors import TensorBrainError

    reader = dict(readers(folder))[name]()
    done: dict[str, Any] = {"inputs": 0, "refused": 0, "slowest": 0.0}

    def one(data: bytes) -> None:
        (folder / LAST).write_bytes(data)
        done["inputs"] += 1
        start = time.perf_counter()
        try:
            with bounded():
                reader.read(data)
        except (TensorBrainError, OSError) as error:
            done["refused"] += 1
            assert "\n" not in str(error), f"not one line: {str(error)[:200]!r}"
        except TooLong:
            raise AssertionError("more than ten seconds") from None
        done["slowest"] = max(done["slowest"], round(time.perf_counter() - start, 2))

    settings = hypothesis.settings(
        max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    end = time.monotonic() + TURN
    try:
        for valid in reader.seeds:
            one(valid)
        held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, resource.RLIM_INFINITY))
        while time.monotonic() < end:
            seed += 1
            hypothesis.seed(seed)(settings(hypothesis.given(mutated(reader.seeds))(one)))()
    except BaseException:
        done["found"] = traceback.format_exc()
    return done


def fuzz(minutes: float, only: list[str], findings: Path) -> int:
    """Turn after turn; how many findings there were."""
    end, seed, found = time.monotonic() + 60 * minutes, int(time.time()), 0
    totals: dict[str, Counter[str]] = {}
    findings.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as place:
        good = Path(place, "good")
        good.mkdir()
        make_good(good)
        names = [name for name, _ in readers(good) if not only or name in only]
        while time.monotonic() < end:
            for name in names:
                seed += 1000
                folder = Path(place, "now")
                shutil.copytree(good, folder)
                command = [sys.executable, str(HERE), "--turn", name, "--seed", str(seed), "--findings", str(folder)]
                turn = subprocess.run(command, capture_output=True, text=True)
                died = {"inputs": 0, "found": f"it died ({turn.returncode})\n{turn.stderr}"}
                done = died if turn.returncode else json.loads(turn.stdout)
                totals.setdefault(name, Counter()).update({"turns": 1, "inputs": done["inputs"]})
                totals[name]["slowest"] = max(totals[name]["slowest"], done.get("slowest", 0))
                if "found" in done:
                    found += 1
                    kept = findings / f"{name.replace(' ', '-')}-{seed}"
                    shutil.copy(folder / LAST, kept)
                    kept.with_suffix(".txt").write_text(done["found"])
                    print(f"{name}: {done['found'].strip().splitlines()[-1][:200]} ({kept})", flush=True)
                shutil.rmtree(folder)
                (findings / "totals.json").write_text(json.dumps(totals, indent=1))
                if time.monotonic() > end:
                    break
    inputs = sum(count["inputs"] for count in totals.values())
    print(f"{inputs:,} inputs of {len(totals)} readers in {minutes:g} minutes: {found} findings")
    return found


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"))
    parser.add_argument("--turn", help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    with alone():
        if asked.turn:
            print(json.dumps(take_turn(asked.turn, asked.seed, asked.findings)))
            return 0
        return 1 if fuzz(asked.minutes, asked.only, asked.findings) else 0


if __name__ == "__main__":
    sys.exit(main())
