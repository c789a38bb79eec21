"""The glossary: every word that is used has an entry, and every entry is short and said plainly."""

import ast
import doctest
import re
from pathlib import Path

import pytest

pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")

import glossary
from glossary import GLOSSARY, MOST_LETTERS
from streamlit.testing.v1 import AppTest

APP = Path(glossary.__file__).parent
# What is shown to everybody has to be explained to everybody.
EXPECTED = {"blackboard", "concept index", "sensory buffer", "working memory", "embedding", "index", "write back", "ā"}
EXPECTED |= {"evolve", "sense", "read", "softmax", "softmax group", "temperature", "entropy", "recency", "lesion"}
EXPECTED |= {"episodic memory", "semantic memory", "instant", "statement", "embodiment", "mute", "clamp", "cue"}


def used() -> set[str]:
    """The words that pages hand to ``term``, and those on the stage."""
    found = set()
    for file in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "term" and node.args:
                found.add(ast.literal_eval(node.args[0]))
    for file in APP.rglob("*.html"):
        found |= set(re.findall(r'data-term="([^"]+)"', file.read_text(encoding="utf-8")))
    return found


def test_docs_are_true():
    assert doctest.testmod(glossary).failed == 0


def test_every_word_that_is_used_has_an_entry():
    assert (used() | EXPECTED) - GLOSSARY.keys() == set()


@pytest.mark.parametrize("name", GLOSSARY)
def test_an_entry_is_a_sentence_or_two(name):
    entry = GLOSSARY[name]
    assert 20 < len(entry.words) and len(entry.text) <= MOST_LETTERS
    assert entry.words[0].isupper() and entry.words.endswith(".") and not entry.formula.endswith(".")
    assert entry.source or "TB" not in entry.text


def test_sources_are_the_papers_of_the_documentation():
    known = re.findall(r"^\| (\w+) \|", (APP.parent / "docs" / "theory.md").read_text(encoding="utf-8"), re.MULTILINE)
    cited = {word for entry in GLOSSARY.values() for word in re.findall(r"\w*TB\d+|TM\d+|code|ours", entry.source)}
    assert cited <= {*known, "ours"} and {"TB20", "TB23", "TB24", "QTB25"} <= cited


def page():
    from glossary import show_words

    show_words()


def listed(at: AppTest) -> list[str]:
    return re.findall(r"<dt>([^<]+)</dt>", at.get("html")[0].proto.body)


def test_words_are_found_while_they_are_typed():
    at = AppTest.from_function(page).run()
    assert not at.get("html")  # nothing is made before somebody asks
    at.session_state["words"] = True  # opened
    at.run()
    assert not at.exception and listed(at) == list(GLOSSARY)
    at.text_input[0].set_value("Memory").run()
    assert listed(at)[:3] == ["episodic memory", "semantic memory", "working memory"]
    assert len(listed(at)) < len(GLOSSARY)
    at.text_input[0].set_value("<script>").run()
    assert not at.exception and listed(at) == [] and "No word" in at.get("html")[0].proto.body
