"""What the reference must hold: all that the package exports and all that the other pages name, each with words."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import FunctionType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGE, PAGES = ROOT / "tensorbrain", ROOT / "docs"
REFERENCE = PAGES / "reference"
ENTRY = re.compile(r"^\.\. auto(function|class|exception|data):: (\S+)$", re.MULTILINE)
IMPORT = re.compile(r"^from (tensorbrain[\w.]*) import (\([^)]*\)|.+)$", re.MULTILINE)
THEORY = re.compile(r"`(tensorbrain/[\w/]+)\.py` `(\w+)[\w.]*`")
BORROWED = {"tensorbrain.typing"}  # jaxtyping's names, which jaxtyping documents


def exported() -> Iterator[tuple[str, str]]:
    """Every name in the ``__all__`` of the package and its parts, with where it stands."""
    for path in sorted(PACKAGE.rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if module not in BORROWED and "\n__all__ = " in path.read_text(encoding="utf-8"):
            yield from ((f"{module}.{name}", module) for name in importlib.import_module(module).__all__)


def mentioned() -> Iterator[tuple[str, str]]:
    """Every name that the examples of the pages import, or a table of them gives with its file, with the page."""
    for page in sorted(PAGES.rglob("*.md")):
        text, where = page.read_text(encoding="utf-8"), str(page.relative_to(ROOT))
        for module, names in IMPORT.findall(text):
            for name in re.findall(r"\w+", re.sub(r"#.*| as \w+", "", names)):
                yield f"{module}.{name}", where
        for path, name in THEORY.findall(text):
            yield f"{path.replace('/', '.')}.{name}", where


def entries() -> Iterator[tuple[str, str]]:
    """Every entry of the reference: what kind of thing it is, and its full name."""
    for page in sorted(REFERENCE.glob("*.md")):
        yield from ENTRY.findall(page.read_text(encoding="utf-8"))


def found(name: str) -> Any:
    """What a full name stands for; ImportError or AttributeError where it is nothing."""
    module, _, last = name.rpartition(".")
    return getattr(importlib.import_module(module), last)


def wordless(name: str, kind: str) -> Iterator[str]:
    """What has no docstring of its own: the entry, or a public method of it."""
    if kind == "data":
        module, _, last = name.rpartition(".")
        if last not in described_data(inspect.getsource(importlib.import_module(module))):
            yield name
        return
    value = found(name)
    if not (value.__doc__ or "").strip() or value.__doc__.startswith(f"{name.rpartition('.')[2]}("):
        yield name  # what a dataclass or a named tuple says of itself are no words
    for method, member in vars(value).items() if inspect.isclass(value) else ():
        inner = getattr(member, "method", getattr(member, "fget", getattr(member, "__func__", member)))
        if isinstance(inner, FunctionType) and not method.startswith("_") and not inner.__doc__:
            yield f"{name}.{method}"


def described_data(source: str) -> set[str]:
    """The names of a module that a string stands below.

    >>> described_data("A = 1\\n'What A is.'\\nB = 2")
    {'A'}
    """
    body = ast.parse(source).body
    return {
        ast.unparse(line.targets[0] if isinstance(line, ast.Assign) else line.target)
        for line, words in pairwise(body)
        if isinstance(line, ast.Assign | ast.AnnAssign)
        and isinstance(words, ast.Expr)
        and isinstance(words.value, ast.Constant)
        and isinstance(words.value.value, str)
    }


def problems() -> list[str]:
    """What the reference lacks, a sentence each; nothing where it is whole."""
    held = list(entries())
    there = {id(found(name)) for _, name in held}
    missing = {
        f"{name} ({where}) is on no page of docs/reference: add it there"
        for name, where in (*exported(), *mentioned())
        if id(found(name)) not in there
    }
    silent = {f"{name} has no docstring: write one" for kind, name in held for name in wordless(name, kind)}
    return sorted(missing | silent)
