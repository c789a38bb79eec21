"""The page that follows a thought, without a browser, and what its film says."""

import doctest

import pytest

pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")

import thinking
from components import film, reasoning
from streamlit.testing.v1 import AppTest
from thinking import Thought, hops

import tensorbrain as tb
from tensorbrain.trace import Record


@pytest.fixture
def page(script):
    def opened(**query: str) -> AppTest:
        at = AppTest.from_file(script, default_timeout=120)
        at.query_params.update(query)
        return at.switch_page("views/reason.py").run()

    return opened


@pytest.fixture(scope="module")
def chainer():
    return tb.load_brain("neighbourhood:chains")


PATH = Thought("Sparky", ("is a", "is a kind of"))


def test_docs_are_true():
    assert doctest.testmod(thinking).failed == 0


def test_the_first_view_follows_a_true_path_and_puts_the_other_ways_beside_it(page):
    at = page(hops="2")
    assert not at.exception and not at.error
    assert "**dog**" in at.markdown[0].value and "**mammal**" in at.markdown[0].value
    table = at.dataframe[0].value.set_index("Way")
    assert list(table.index) == ["as a chain", "by symbols", "without words", "as a chain, no feedback"]
    assert table.loc["as a chain", "All hops true"] == table.loc["by symbols", "All hops true"] == "2 of 2"


def test_every_hop_has_a_predicate_of_its_own_and_the_link_says_which(page):
    at = page(hops="2", hop1="owned by", hop2="lives in", way="by symbols")
    assert not at.exception and not at.toast
    assert at.sidebar.selectbox(key="hop2").value == "lives in"
    assert "Mill House" in at.markdown[0].value


def test_a_link_that_says_nonsense_is_mended(page):
    at = page(hops="99", hop1="flies to", way="by magic")
    assert not at.exception and len(at.toast) == 3
    assert at.sidebar.slider(key="hops").value == 5


def test_the_film_shows_the_window_that_two_hops_share_only_once(chainer):
    trace = PATH.put_to(chainer, Record())
    steps = [(f.statement, f.window, f.phase) for f in film.frames(trace)]
    assert [s for s in steps if s[0] == 1][:3] == [(1, 0, "open"), (1, 1, "write"), (1, 2, "evolve")]
    told = {(f.statement, f.window, f.phase): f.sentence for f in reasoning.frames(trace)}
    assert "dog, just read as the object, is now the subject" in told[1, 0, "open"]
    assert "is part of the thought" in told[1, 1, "write"]


@pytest.mark.parametrize(("how", "written"), [("symbolic", True), ("embedded", False)])
def test_the_film_says_what_becomes_of_an_object(chainer, how, written):
    trace = Thought("Sparky", ("is a", "is a kind of"), how).put_to(chainer, Record())
    steps = {(f.statement, f.window, f.phase) for f in film.frames(trace)}
    assert ((1, 1, "write") in steps) is written
    assert ((1, 1, "read") in steps) is (how == "symbolic")


def test_hops_are_true_where_the_graph_says_so(chainer):
    from session import Mind

    trace = PATH.put_to(chainer, Record())
    found = hops(Mind("neighbourhood:chains", chainer, None), trace)
    assert [(hop.words, hop.true) for hop in found] == [("dog", True), ("mammal", True)]
