"""The recall page without a browser: what it chooses, computes and says."""

import doctest
import shutil

import pytest

pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")

import session
from streamlit.testing.v1 import AppTest

from tensorbrain.datasets.worlds import world_path
from tensorbrain.graph.vocabulary import Concept, Vocabulary


@pytest.fixture
def page(script):
    return AppTest.from_file(script, default_timeout=60)


def table(page) -> list[tuple[str, str, str]]:
    return [tuple(row) for row in page.dataframe[0].value[["subject", "predicate", "object"]].to_numpy()]


def box(page, key: str):
    return page.sidebar.selectbox(key=key)


def test_docs_are_true():
    assert doctest.testmod(session).failed == 0


def test_the_first_view_has_recalled_already(page):
    page.run()
    assert not page.exception and not page.error
    assert box(page, "world").value == "neighbourhood" and box(page, "subject").value == "Sparky"
    assert len(table(page)) == 8
    assert {subject for subject, _, _ in table(page)} == {"Sparky"}


def test_another_cue_gives_other_statements(page):
    page.run()
    box(page, "predicate").select("has colour").run()
    assert not page.exception and table(page)[0] == ("Sparky", "has colour", "Black")


def test_episodic_memory_relives_a_moment(page):
    page.query_params["mode"] = "episodic"
    page.query_params["subject"] = "(any)"
    page.run()
    assert not page.exception and box(page, "instant").value.endswith("a new week begins")
    assert ("Jack", "feeds", "Sparky") in table(page)


def test_a_link_sets_every_choice(page):
    page.query_params.update({"world": "countries", "subject": "France", "predicate": "capital", "statements": "4"})
    page.run()
    assert not page.exception and len(table(page)) == 4
    assert table(page)[0] == ("France", "capital", "Paris")


def test_nonsense_in_a_link_is_ignored(page):
    page.query_params.update({"world": "Atlantis", "subject": "Nobody", "statements": "-3", "mode": "psychic"})
    page.run()
    assert not page.exception and len(table(page)) == 8


def test_a_world_without_moments_says_so_and_recalls_all_the_same(page):
    page.query_params.update({"world": "countries", "mode": "episodic"})
    page.run()
    assert not page.exception and any("no dated episodes" in caption.value for caption in page.caption)
    assert {subject for subject, _, _ in table(page)} == {"Kenya"}


def test_a_brain_file_of_ones_own(page, tmp_path):
    mine = shutil.copy(world_path("neighbourhood") / "brain.safetensors", tmp_path / "mine.brain")
    page.query_params["world"] = session.OWN_FILE
    page.run()
    assert not page.exception and not page.error and len(page.dataframe) == 0
    page.sidebar.text_input(key="own").set_value(str(mine)).run()
    assert not page.exception and not page.error and len(table(page)) == 8


@pytest.mark.parametrize("content", [None, b"", b"not a brain at all"])
def test_a_file_that_is_no_brain_is_refused_in_one_sentence(page, tmp_path, content):
    path = tmp_path / "broken.brain"
    if content is not None:
        path.write_bytes(content)
    page.query_params["world"] = session.OWN_FILE
    page.run()
    page.sidebar.text_input(key="own").set_value(str(path)).run()
    assert not page.exception and len(page.error) == 1
    assert "broken.brain" in page.error[0].value and "\n" not in page.error[0].value


def test_the_statement_is_explained_window_by_window(page):
    page.run()
    first = table(page)[0]
    assert page.expander[0].label == f"Why “{' '.join(first)}”?"
    said = [block.value for block in page.expander[0].markdown]
    assert said[0].startswith("Window S:") and said[-1].startswith("Window O:")


def test_moments_are_named_with_their_time():
    moments = (Concept("urn:x:1", "breakfast", "instant"), Concept("urn:x:2", "lunch on 3 May 2026", "instant"))
    words = Vocabulary(instants=moments, times=("2026-05-03T08:10:00", "2026-05-03T12:00:00"))
    assert session.names(words, "instant") == {
        "2026-05-03 08:10: breakfast": "urn:x:1",
        "lunch on 3 May 2026": "urn:x:2",
    }
