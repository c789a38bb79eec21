"""The scoreboard of claims in the app, without a browser: it opens, it is honest, and a claim is run."""

import doctest
import time

import pytest

pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")

import scoreboard
from scoreboard import SIGNS, board, counts, title
from streamlit.testing.v1 import AppTest
from trying import Trial

from tensorbrain.claims import claim
from tensorbrain.claims.claim import Config
from tensorbrain.claims.scoreboard import score


@pytest.fixture
def page(script):
    def opened(**query: str) -> AppTest:
        at = AppTest.from_file(script, default_timeout=90)
        at.query_params.update(query)
        return at.switch_page("views/claims.py").run()

    return opened


def test_docs_are_true():
    assert doctest.testmod(scoreboard).failed == 0


def test_every_claim_stands_there_with_the_verdict_of_its_figures(page):
    at = page()
    assert not at.exception and not at.error
    table = at.dataframe[0].value
    assert list(table["#"]) == [each.claim.number for each in board().values()] == sorted(table["#"])
    assert sum(counts(board()).values()) == len(table)
    for each, verdict in zip(board().values(), table["Verdict"], strict=True):
        assert verdict == f"{SIGNS[each.verdict]} {each.verdict}"


def test_a_link_opens_a_claim_and_a_wrong_one_is_mended(page):
    at = page(claim="bayes")
    assert any("approximates Bayes" in each.value for each in at.subheader)
    assert any("tensorbrain claims bayes" in each.value for each in at.code)
    at = page(claim="astrology")
    assert not at.exception and len(at.toast) == 1


def test_every_claim_can_be_drawn_and_told(page):
    from tensorbrain.claims.chart import to_plotly

    for each in board().values():
        assert to_plotly(each.claim.plot(each.table)).data
        assert all(scoreboard.in_words(part) for part in each.measured.parts)


def test_a_run_here_is_the_run_at_home(town):
    job = Trial(claim("bayes"), town, (0, 1), Config(quick=True))
    ends = time.monotonic() + 60
    while job.running:
        job.followed()
        assert time.monotonic() < ends
        time.sleep(0.02)
    at_home = score(claim("bayes"), town, seeds=(0, 1), config=Config(quick=True))
    assert job.scored is not None and not job.error
    assert job.scored.table == at_home.table and job.scored.verdict == at_home.verdict


def test_a_stopped_run_keeps_what_is_done(town):
    job = Trial(claim("bayes"), town, tuple(range(1000)), Config(quick=True))
    while job.scored is None:
        job.followed()
        time.sleep(0.02)
    job.stop()
    job.wait(30)
    assert not job.running and 1 <= len(job.scored.seeds) < 1000


def test_titles_are_words():
    assert title("role_order") == "role order"
