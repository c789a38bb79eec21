"""The reference is whole: every public name is on a page of it and has words of its own. Without Sphinx."""

import importlib.util
from pathlib import Path

import pytest

SURFACE = Path(__file__).parents[1] / "docs" / "extensions" / "surface.py"


@pytest.fixture(scope="module")
def surface():
    spec = importlib.util.spec_from_file_location("surface", SURFACE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_public_name_is_in_the_reference_with_a_docstring(surface):
    assert surface.problems() == []


def test_a_name_that_is_exported_or_mentioned_and_on_no_page_is_missed(surface, tmp_path, monkeypatch):
    pages = tmp_path / "docs"
    (pages / "reference").mkdir(parents=True)
    (pages / "page.md").write_text("from tensorbrain.graph.names import (\n    local_name,  # a name\n)\n", "utf-8")
    (pages / "reference" / "page.md").write_text(".. autofunction:: tensorbrain.recall\n", "utf-8")
    for name, path in (("ROOT", tmp_path), ("PAGES", pages), ("REFERENCE", pages / "reference")):
        monkeypatch.setattr(surface, name, path)
    monkeypatch.setattr(
        surface, "exported", lambda: [("tensorbrain.recall", "tensorbrain"), ("tensorbrain.ask", "tensorbrain")]
    )
    assert surface.problems() == [
        "tensorbrain.ask (tensorbrain) is on no page of docs/reference: add it there",
        "tensorbrain.graph.names.local_name (docs/page.md) is on no page of docs/reference: add it there",
    ]


def test_the_names_that_a_string_stands_below_are_described(surface):
    assert surface.described_data("A = 1\n'What A is.'\nB: int = 2\n'What B is.'\nC = 3") == {"A", "B"}


def test_what_has_no_words_is_named(surface, monkeypatch):
    class Wordy:
        """A class."""

        @property
        def silent(self) -> int:
            return 0

        @classmethod
        def told(cls) -> None:
            """A method."""

    monkeypatch.setattr(surface, "found", lambda name: Wordy)
    assert list(surface.wordless("somewhere.Wordy", "class")) == ["somewhere.Wordy.silent"]
    Wordy.__doc__ = "Wordy(x: int)"
    assert list(surface.wordless("somewhere.Wordy", "class")) == ["somewhere.Wordy", "somewhere.Wordy.silent"]
