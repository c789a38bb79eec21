"""The documentation works: its Python runs, its commands are understood, what it links to and names exists."""

import ast
import importlib
import re
import shlex
from pathlib import Path

import pytest

from tensorbrain.cli import main

ROOT = Path(__file__).parents[1]
PAGES = sorted(page for page in (ROOT / "docs").rglob("*.md") if "_build" not in page.parts)
# Understood, but not run here: they train for a minute, measure everything, or serve until they are stopped.
LONG = ("train neighbourhood", "evaluate neighbourhood", "app")
KINDS = {"faithful", "interpretation", "modernisation", "extension", "discrepancy"}


def blocks(page: Path, language: str) -> list[tuple[int, str]]:
    """The fenced blocks of a language, each with the number of its first line."""
    text = page.read_text(encoding="utf-8")
    found = re.finditer(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [(text.count("\n", 0, match.start(1)) + 1, match.group(1)) for match in found]


def steps(page: Path) -> list[tuple[int, str, str]]:
    """The Python, also a notebook's cells, and the command lines of a page, top to bottom: (line, language, words)."""
    fences = (("python", "python"), (r"\{code-cell\} ipython3", "python"), ("console", "console"))
    return sorted((n, language, block) for fence, language in fences for n, block in blocks(page, fence))


def names(pages: list[Path]) -> list[str]:
    return [str(page.relative_to(ROOT)) for page in pages]


WITH_STEPS = [page for page in PAGES if steps(page)]


# `make docs` runs the tutorials.
LONG_PAGES = ("streams.md", "scene-graphs.md", "see-and-remember.md", "your-own-pictures.md")


def long(page: Path) -> bool:
    """Whether a page is left to `make thorough`."""
    return page.parent.name == "tutorials" or page.name in LONG_PAGES


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=[pytest.mark.thorough] if long(page) else []) for page in WITH_STEPS],
    ids=names(WITH_STEPS),
)
def test_a_page_can_be_followed_from_top_to_bottom(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    here: dict[str, object] = {"__name__": "page"}
    for line, language, words in steps(page):
        if language == "python":
            tree = ast.increment_lineno(ast.parse(words), line - 1)  # a traceback names the page's own line
            exec(compile(tree, page, "exec"), here)
            continue
        for command in words.splitlines():
            program, *arguments = shlex.split(command.removeprefix("$ "))
            assert program == "tensorbrain", command
            if " ".join(arguments).startswith(LONG):
                assert main([arguments[0], "--help"]) == 0
            else:
                assert main(arguments) == 0, capsys.readouterr().err


def test_the_quickstart_tells_the_story_that_it_promises():
    here: dict[str, object] = {}
    for _, block in blocks(ROOT / "docs" / "quickstart.md", "python")[:3]:
        exec(block, here)
    best = [here[name][0].labels for name in ("then", "later")]  # type: ignore[index]
    assert best == [("Jack",), ("Mary",)]
    usually = here["usually"]
    assert {usually[rank].labels for rank in range(2)} == {("Jack",), ("Mary",)}  # type: ignore[index]


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists(), target


def test_every_equation_names_a_function_that_exists():
    rows = [line for line in (ROOT / "docs" / "theory.md").read_text(encoding="utf-8").splitlines() if ".py`" in line]
    assert len(rows) >= 20
    for row in rows:
        for path, function in re.findall(r"`(tensorbrain/[\w/]+\.py)` `([\w.]+)`", row):
            assert (ROOT / path).is_file(), path
            value = importlib.import_module(path.removesuffix(".py").replace("/", "."))
            for part in function.split("."):
                value = getattr(value, part) if hasattr(value, part) else value.__dataclass_fields__[part]  # type: ignore[attr-defined]
        assert re.search(r"`tensorbrain/[\w/]+\.py` `[\w.]+`", row), row


def test_every_decision_is_of_one_of_five_kinds():
    text = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
    headings = re.findall(r"^### (.+?)$", text, re.MULTILINE)
    assert len(headings) >= 20
    for heading in headings:
        kind = re.search(r" \((\w+)\)$", heading)
        assert kind and kind.group(1) in KINDS, heading
    entries = re.split(r"^### ", text, flags=re.MULTILINE)[1:]
    assert all("**We**" in entry and "**Why**" in entry for entry in entries)
