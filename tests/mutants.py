"""How much the tests would notice: ``python tests/mutants.py [PACKAGE ...] [--sample 200] [--results FILE]``.

Cosmic Ray's operators change one place of a package: a sign, a number, a comparison, a condition. The tests that are
about the package are then run on a copy, until one fails: the mutant is killed, or it survives. Places are drawn at
random, the same for the same seed. Each mutant is a line of the results' file, so that the next call goes on where the
last one stopped. ``--show`` lists those that survived.
"""

import argparse
import contextlib
import difflib
import json
import math
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).parents[1]
PACKAGES = ("operations", "numerics", "graph")
ABOUT = {  # beside a module's own examples, and the test file of its name
    "operations/": ("tests/operations", "tests/modes/test_oracle.py"),
    "numerics/running": ("tests/numerics", "tests/modes/test_mapped.py"),
    "numerics/sharding": ("tests/learning/test_sharding.py",),
    "numerics/finite": ("tests/learning/test_train.py",),
    "graph/": ("tests/graph", "tests/kg_data", "tests/datasets/test_worlds.py"),
}
SECONDS = 600  # a mutant that takes longer never ends
# Both change what nobody computes with: a union of types, and a name that other operators change better.
LEFT_OUT = ("core/ReplaceBinaryOperator_BitOr", "core/Variable")
HELD = ("jax", "numpy", "equinox", "optax", "rdflib", "pytest", "hypothesis", "jaxtyping", "beartype", "scipy.sparse")


def places(package: str) -> Iterator[tuple[str, str, int]]:
    """(module, operator, occurrence): every place where a kind of operator fits, with one of that kind drawn for it."""
    names = [name for name in operator_names() if not name.startswith(LEFT_OUT)]
    for module in sorted((ROOT / "tensorbrain" / package).glob("*.py")):
        nodes = list(ast_nodes(get_ast(module.read_text(encoding="utf-8"))))
        found: dict[tuple[Any, ...], list[tuple[str, int]]] = {}
        for name in names:
            operator, occurrence = get_operator(name)(), 0
            for node in nodes:
                for where in operator.mutation_positions(node):
                    kind = name.split("_")[0]
                    found.setdefault((kind, *where), []).append((name, occurrence))
                    occurrence += 1
        draw = random.Random(module.name)
        for where in sorted(found):
            yield (str(module.relative_to(ROOT)), *draw.choice(found[where]))


def tried(copy: Path, module: str, operator: str, occurrence: int) -> dict[str, Any]:
    """Change one place of the copy, run what is about it, and mend it."""
    file = copy / module
    before, times = file.read_text(encoding="utf-8"), file.stat()
    after = mutate_code(before, get_operator(operator)(), occurrence)
    diff = [line for line in difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")][2:]
    file.write_text(after, encoding="utf-8")
    # What Python compiled of the file is told by its time and length, and two mutants may share both.
    os.utime(file, (times.st_atime, times.st_mtime + 1000 + random.randrange(10**8)))
    start = time.monotonic()
    outcome = run(copy, module)
    file.write_text(before, encoding="utf-8")
    os.utime(file, (times.st_atime, times.st_mtime))
    return {
        "module": module, "operator": operator, "occurrence": occurrence, "outcome": outcome,
        "seconds": round(time.monotonic() - start, 1), "diff": diff,
    }  # fmt: skip


def run(copy: Path, module: str) -> str:
    """The tests about a module, nearest first and its own examples last, in a process forked from one that holds the
    libraries. (pytest names a module whose examples it runs in its package, where a function may have that name.)"""
    about = next(tests for name, tests in ABOUT.items() if module.startswith(f"tensorbrain/{name}"))
    near = f"tests/{Path(module).parent.name}/test_{Path(module).name}"
    tests = [*([near] if (copy / near).exists() else []), *about, module]
    process = multiprocessing.get_context("forkserver").Process(target=_pytest, args=(str(copy), tests))
    process.start()
    process.join(SECONDS)
    if process.is_alive():
        process.kill()
        process.join()
        return "endless"
    return {0: "survived", 5: "no tests"}.get(process.exitcode or 0, "killed")


def _pytest(copy: str, tests: list[str]) -> None:
    os.chdir(copy)
    sys.path[:] = [copy, *(path for path in sys.path if Path(path).resolve() != ROOT)]
    os.environ["PYTHONPATH"] = copy  # for the Pythons that the tests start
    os.setsid()  # what the tests start ends with them
    import pytest

    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        status = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly", *tests])
    os._exit(int(status))


@contextlib.contextmanager
def copies(number: int) -> Iterator[Queue[Path]]:
    """So many copies of the package beside links to all else."""
    with tempfile.TemporaryDirectory() as folder:
        free: Queue[Path] = Queue()
        for n in range(number):
            copy = Path(folder, str(n))
            shutil.copytree(ROOT / "tensorbrain", copy / "tensorbrain")
            for part in ("tests", "kg_data", "app", "docs", "conftest.py", "pyproject.toml", "README.md"):
                (copy / part).symlink_to(ROOT / part)
            free.put(copy)
        yield free


def summary(done: list[dict[str, Any]]) -> str:
    """A line a package: mutants, share killed with the bounds of its 95 % interval (Wilson)."""
    lines = []
    for package in PACKAGES:
        counts = Counter(each["outcome"] for each in done if f"/{package}/" in each["module"])
        if n := counts.total():
            p, z = 1 - counts["survived"] / n, 1.96
            middle, half = p + z * z / 2 / n, z * math.sqrt(p * (1 - p) / n + z * z / 4 / n / n)
            low, high = ((middle + sign * half) / (1 + z * z / n) for sign in (-1, 1))
            lines.append(f"{package}: {n} mutants, {p:.0%} killed ({low:.0%} to {high:.0%}); {dict(counts)}")
    return "\n".join(lines)


def main() -> None:
    """Draw, try, tell."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("packages", nargs="*", default=PACKAGES, help=f"of {', '.join(PACKAGES)}")
    reader.add_argument("--sample", type=int, default=100, help="mutants of each package")
    reader.add_argument("--seed", type=int, default=0)
    reader.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    reader.add_argument("--results", type=Path, default=ROOT / ".cache" / "mutants.jsonl")
    reader.add_argument("--show", action="store_true", help="print the survivors of the results, and try nothing")
    told = reader.parse_args()
    if wrong := set(told.packages) - set(PACKAGES):
        reader.error(f"there are no tests named for {', '.join(sorted(wrong))}: choose of {', '.join(PACKAGES)}")
    told.results.parent.mkdir(parents=True, exist_ok=True)
    kept = told.results.read_text(encoding="utf-8").splitlines() if told.results.exists() else []
    done = [json.loads(line) for line in kept]
    if told.show:
        for each in (each for each in done if each["outcome"] == "survived"):
            print(each["module"], *each["diff"], sep="\n    ")
        print(summary(done))
        return
    os.environ.update(CI="1", JAX_COMPILATION_CACHE_DIR=str(ROOT / ".cache" / "jax"))
    multiprocessing.get_context("forkserver").set_forkserver_preload(list(HELD))
    known = {(each["module"], each["operator"], each["occurrence"]) for each in done}
    drawn: list[tuple[str, str, int]] = []
    for package in told.packages:
        found = list(places(package))
        drawn += random.Random(told.seed).sample(found, min(told.sample, len(found)))
    drawn = [place for place in drawn if place not in known]
    with copies(told.jobs) as free, ThreadPoolExecutor(told.jobs) as pool, told.results.open("a") as results:
        one = free.get()
        for package in told.packages if drawn else ():
            first = min((ROOT / "tensorbrain" / package).glob("[a-z]*.py")).relative_to(ROOT)
            if run(one, str(first)) != "survived":
                raise SystemExit(f"the tests of {package} fail as they are: mend them first")
        free.put(one)

        def turn(place: tuple[str, str, int]) -> dict[str, Any]:
            copy = free.get()
            try:
                return tried(copy, *place)
            finally:
                free.put(copy)

        for number, result in enumerate(pool.map(turn, drawn), 1):
            results.write(json.dumps(result) + "\n")
            results.flush()
            done.append(result)
            told_of = f"{result['module']} {result['outcome']}, {result['seconds']} s"
            print(f"{number} of {len(drawn)}: {told_of}", flush=True)
    print(summary(done))


if __name__ == "__main__":
    main()
