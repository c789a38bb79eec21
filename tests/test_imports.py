"""The architecture as tests: which part may import which, what stays lazy, and how long a file may be."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "tensorbrain"

# A part may import parts of earlier rows, and of its own row as long as nothing goes round in a circle.
ROWS = (
    ("compilation", "errors", "printing", "stopping", "typing"),
    ("numerics", "graph", "pictures"),
    ("layers",),
    ("operations", "factorization", "trace", "settings"),
    ("brain",),
    (
        "presets", "array_file", "checkpoint", "exchange", "free_recall", "journal", "modes", "named_rows",
        "tensor_memory", "evaluation",
    ),
    ("memory",),
    ("learning",),
    ("datasets", "plotting"),
    ("experiments", "claims"),
    ("cli", "app"),
)  # fmt: skip
RANK = {part: rank for rank, row in enumerate(ROWS) for part in row}
# Methods of the public surface that only hand on to a later part, importing it when they are called.
HANDED_ON = {("trace", "plotting"), ("brain", "checkpoint")}
FRONT = {"__init__", "__main__"}  # the package's own face may import anything

MATHEMATICS = {
    "equinox", "jax.lax", "jax.nn", "jax.numpy", "jax.scipy", "numpy.linalg", "optax", "scipy",
    "tensorbrain.factorization", "tensorbrain.layers", "tensorbrain.numerics", "tensorbrain.operations",
}  # fmt: skip
HEAVY = ("matplotlib", "pandas", "plotly", "streamlit", "xarray")


def sources(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Every module that a file imports, with whether the import waits inside a function."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    waiting = {id(inner) for function in functions for inner in ast.walk(function)}
    home = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in waiting) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # `from package import name` may mean the module package.name: both are given.
            base = list(home[: -node.level]) if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module, id(node) in waiting
            yield from ((f"{module}.{alias.name}", id(node) in waiting) for alias in node.names)


def part_of(module: str) -> str | None:
    """The part of tensorbrain that a module name lies in: its second word."""
    words = module.split(".")
    return words[1] if words[0] == "tensorbrain" and len(words) > 1 else None


def within(module: str, packages: set[str]) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


def arrows() -> Iterator[tuple[Path, str, str, bool]]:
    for path in [*sources(PACKAGE), *sources(ROOT / "app")]:
        here = path.relative_to(ROOT).with_suffix("").parts
        part = "app" if here[0] == "app" else here[1]
        for module, waits in imports(path):
            there = part_of(module)
            if part in RANK and there in RANK and there != part:
                yield path, part, there, waits


def test_every_part_has_its_row():
    parts = {path.relative_to(PACKAGE).with_suffix("").parts[0] for path in sources(PACKAGE)}
    assert parts - FRONT <= RANK.keys(), "a new part of the package needs a row in ROWS"


def test_no_arrow_turns_back():
    wrong = [
        f"{path.relative_to(ROOT)} ({part}) imports {there}"
        for path, part, there, waits in arrows()
        if RANK[there] > RANK[part] and not (waits and (part, there) in HANDED_ON)
    ]
    assert not wrong, "\n".join(wrong)


def test_parts_of_one_row_do_not_go_round():
    earlier: dict[str, set[str]] = {}
    for _, part, there, _ in arrows():
        if RANK[there] == RANK[part]:
            earlier.setdefault(part, set()).add(there)
    try:
        TopologicalSorter(earlier).prepare()
    except CycleError as circle:
        pytest.fail(f"parts import each other: {' <- '.join(circle.args[1])}")


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        ("tensorbrain/graph", {"jax", "equinox", "optax"}),
        ("tensorbrain/journal", {"jax", "equinox", "optax"}),
        ("tensorbrain/layers", {"tensorbrain.graph"}),
        ("app", MATHEMATICS),
    ],
)
def test_what_a_part_does_not_know(folder: str, forbidden: set[str]):
    wrong = {
        f"{path.relative_to(ROOT)} imports {module}"
        for path in sources(ROOT / folder)
        for module, _ in imports(path)
        if within(module, forbidden)
    }
    assert not wrong, "\n".join(sorted(wrong))


def test_importing_the_package_leaves_the_heavy_libraries_alone():
    code = f"import sys, tensorbrain; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_files_are_short():
    lengths = {path.relative_to(ROOT): len(path.read_text("utf-8").splitlines()) for path in sources(PACKAGE)}
    assert not {str(path): lines for path, lines in lengths.items() if lines > 300}
