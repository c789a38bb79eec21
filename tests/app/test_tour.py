"""The tour without a browser: its pages and films are what they say, and its shipped films are what is made today."""

import gzip
import importlib.util

import numpy as np
import pytest

pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")

import components.player
import streamlit
import touring
from streamlit.testing.v1 import AppTest

DEEDS = {"play", "next", "back", "scrub", "statement", "ask", "weigh", "find", "pin", "complete", "all", "help", "save"}


@pytest.fixture
def page(script):
    def opened(**query: str) -> AppTest:
        at = AppTest.from_file(script, default_timeout=60)
        at.query_params.update(query)
        return at.run()

    return opened


@pytest.fixture
def said(unpacked):
    """The statements of a film in words."""

    def told(film: bytes) -> list[tuple[str, ...]]:
        head, found, _ = unpacked(film)
        windows = [head["slots"].index(slot) for slot in ("subject", "predicate", "object")]
        return [tuple(head["items"][row[w]][0] for w in windows) for row in found["chosen"]]

    return told


def test_the_page_is_known_before_its_film_can_report(page, monkeypatch):
    """Else a film that reports at once has the page before drawn, which is what the browser still holds as chosen."""
    made = []
    for where, name in ((streamlit, "pills"), (components.player, "player")):
        make = getattr(where, name)
        monkeypatch.setattr(where, name, lambda *a, make=make, name=name, **k: (made.append(name), make(*a, **k))[1])
    page(page="10")
    assert made == ["pills", "player"]


def test_a_first_visit_opens_the_tour_at_its_first_page(page):
    at = page()
    assert not at.exception and at.title[0].value == "1 · A memory happens"
    assert any("Skip the tour" in link.proto.label for link in at.get("page_link"))


@pytest.mark.parametrize("number", range(1, len(touring.PAGES) + 1))
def test_every_page_opens_by_its_address(page, number):
    at = page(page=str(number))
    assert not at.exception and not at.error and not at.toast
    assert at.title[0].value.startswith(f"{number} · ")


def test_one_goes_forward_and_back(page):
    at = page()
    next(button for button in at.button if button.label == "Next").click().run()
    assert at.title[0].value.startswith("2 · ")
    next(button for button in at.button if button.label == "Back").click().run()
    assert at.title[0].value.startswith("1 · ")


@pytest.mark.parametrize(("number", "shown"), [("0", 1), ("99", len(touring.PAGES)), ("two", 1)])
def test_a_page_that_is_not_there_is_said_and_mended(page, number, shown):
    at = page(page=number)
    assert not at.exception and at.title[0].value.startswith(f"{shown} · ")
    assert f"The link says page={number}" in at.toast[0].value


def test_a_page_waits_only_for_what_can_be_done_on_it():
    for page in touring.PAGES[:-1]:
        assert page.films and page.deeds and set(page.deeds) <= DEEDS
        assert not page.captions or len(page.captions) == len(page.films)
    assert not touring.PAGES[-1].films


def test_the_films_that_ship_are_those_that_the_brain_makes_today(said, unpacked):
    """Made again here: the same statements, and probabilities that differ by no more than machines do."""
    spec = importlib.util.spec_from_file_location("films_build", touring.FILMS / "build.py")
    assert spec and spec.loader
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    made = {name: (trace, film) for name, trace, film in build.made()}
    assert set(made) == {path.name.removesuffix(".film.gz") for path in touring.FILMS.glob("*.film.gz")}
    assert set(made) == {name for page in touring.PAGES for name in page.films}
    for name, (trace, film) in made.items():
        shipped = touring.film(name)
        assert said(shipped) == said(film) == [statement[:3] for statement in trace.statements], name
        (head, mine, _), (now, theirs, _) = unpacked(shipped), unpacked(film)
        np.testing.assert_allclose(head["probability"], now["probability"], atol=2e-3)
        assert head["frames"] and [frame[:3] for frame in head["frames"]] == [frame[:3] for frame in now["frames"]]
        assert np.abs(mine["before"].astype(int) - theirs["before"]).max() <= 2


def test_the_words_of_the_tour_are_true_of_its_films(said):
    """What the story claims, looked up in what is shown."""
    assert {o for _, p, o in said(touring.film("sparky")) if p == "owned by"} == {"Jack", "Mary"}
    assert not any("Mary" in statement for statement in said(touring.film("lesion")))
    assert any("Mary" in statement for statement in said(touring.film("sparky")))
    assert said(touring.film("owner-then"))[0][2] == "Jack" and said(touring.film("owner-later"))[0][2] == "Mary"
    assert said(touring.film("feedback"))[0][2] == "dog" != said(touring.film("no-feedback"))[0][2]
    assert {"has colour", "does"} <= {predicate for _, predicate, _ in said(touring.film("luna"))}
    assert all(gzip.decompress(path.read_bytes()) for path in touring.FILMS.glob("*.film.gz"))
