"""A composed scene without a browser: its words, what a browser may say, what travels to it, and the page."""

import io
import json
import math
import random
import re

import numpy as np
import pytest

pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")

import composing
import pictures
import session
from components.composer import MOST, Opening, packet
from composing import START, Composition, read, received, written
from PIL import Image
from streamlit.testing.v1 import AppTest

from tensorbrain.datasets.composing import LONGEST, SHORTEST, Placement, composed, figures
from tensorbrain.datasets.scenes import Dials


@pytest.fixture
def page(script, newborn_file):
    """The page with a brain that has eyes, before it has run."""

    def opened(**query: str) -> AppTest:
        at = AppTest.from_file(script, default_timeout=120)
        at.query_params.update({"world": session.OWN_FILE, "statements": "4", "picture": "compose", **query})
        at.switch_page("views/perceive.py").run()
        return at.sidebar.text_input(key="own").set_value(str(newborn_file)).run()

    return opened


def regions(page) -> int:
    return len(page.session_state["look"][0].trace.boxes)


def drawable(composition: Composition) -> bool:
    """Whether the library draws it: it raises for everything that it cannot draw."""
    return bool(composed(pictures.stage(), *composition)) and len(composition.placements) <= MOST


def test_the_start_is_a_dog_with_its_owner():
    composition, sentences = read(START)
    assert [one.name for one in composition.placements] == ["Sparky", "Mary"] and not sentences
    assert read("") == read("  ") == (composition, [])
    assert composition.placements[0] == Placement("Sparky", 0.36, 0.88, 0.31, True)


def test_words_are_read_as_they_were_written():
    dice, names = random.Random(0), list(figures(pictures.stage()))
    for _ in range(50):
        placements = [
            Placement(
                name,
                round(dice.random(), 2),
                round(dice.random(), 2),
                round(dice.uniform(SHORTEST, LONGEST), 2),
                dice.random() < 0.5,
            )
            for name in dice.sample(names, dice.randint(0, MOST))
        ]
        composition = Composition("Bakery", tuple(placements))
        assert read(written(composition)) == (composition, [])
        assert len(written(composition)) <= composing.LONGEST_TEXT


def test_commas_do_as_well():
    assert read("Bakery;Sparky,.32,.86,.30;Jack,.6,.9,.45,flip")[0].placements[1] == Placement(
        "Jack", 0.6, 0.9, 0.45, True
    )


@pytest.mark.parametrize(
    ("text", "names", "words"),
    [
        ("Atlantis; Rex .5 .9 .3", ["Rex"], "no place “Atlantis”"),
        ("Bakery; Marry .5 .9 .3; Rex .5 .9 .3", ["Rex"], "“Marry” .* did you mean Mary?"),
        ("Bakery; Rex .5 .9", [], "“Rex .5 .9” is left out"),
        ("Bakery; Rex .5 .9 high", [], "“Rex .5 .9 high” is left out"),
        ("Bakery; Rex .5 .9 nan flip", [], "is left out"),
        ("Bakery; Rex .5 .9 .3 .4", [], "is left out"),
        ("Bakery; Rex .5 .9 .3 turn", [], "is left out"),
        ("Bakery; Rex .5 .9 .3; Rex .2 .9 .3", ["Rex"], "Rex can be in the scene only once"),
        ("Bakery; Rex 7 .9 .3", ["Rex"], "Rex is moved into the picture"),
        ("Bakery; Rex .5 .9 .001", ["Rex"], "lengths from .1 to .6"),
        ("Bakery; Rex .5 .9 1e999", [], "is left out"),
        ("<script>*x*</script>", [], "no place “ script  x   script ”"),
        ("x" * 5000, [], "x{40}"),
    ],
)
def test_what_is_wrong_in_words_is_left_out_and_said(text, names, words):
    composition, sentences = read(text)
    assert [one.name for one in composition.placements] == names and drawable(composition)
    assert len(sentences) == 1 and re.search(words, sentences[0])
    assert "\n" not in sentences[0] and len(sentences[0]) < 160


def test_a_seventh_thing_is_left_out():
    names = list(figures(pictures.stage()))[:8]
    composition, sentences = read("; ".join(["Bakery", *(f"{name} .5 .9 .3" for name in names)]))
    assert [one.name for one in composition.placements] == names[:MOST] and len(sentences) == 2


THING = {"name": "Rex", "x": 0.5, "y": 0.9, "length": 0.3, "flip": False}


@pytest.mark.parametrize(
    ("said", "names"),
    [
        (None, []),
        (7, []),
        ([THING], []),
        ({}, []),
        ({"place": ["Bakery"], "things": "Rex"}, []),
        ({"place": "../etc", "things": {"name": "Rex"}}, []),
        ({"things": [None, 3, "Rex", [], {}, THING]}, ["Rex"]),
        ({"things": [{**THING, "name": ["Rex"]}, {**THING, "name": "Dog"}, {**THING, "name": {}}]}, []),
        ({"things": [{**THING, "x": math.nan}]}, []),
        ({"things": [{**THING, "y": None}]}, []),
        ({"things": [{**THING, "length": True}]}, []),
        ({"things": [{**THING, "length": {"a": 1}}]}, []),
        ({"things": [{**THING, "x": 10**400}]}, []),
        ({"things": [{**THING, "x": -1e300, "y": 1e300, "length": 0, "flip": "yes"}]}, ["Rex"]),
        ({"things": [THING, {**THING, "x": 0.1}]}, ["Rex"]),
    ],
)
def test_whatever_a_browser_says_can_be_drawn(said, names):
    composition = received(said)
    assert [one.name for one in composition.placements] == names and drawable(composition)


def test_a_browser_cannot_put_more_into_a_scene_than_it_holds():
    things = [{**THING, "name": name} for name in figures(pictures.stage())] * 100
    assert len(received({"place": "Bakery", "things": things}).placements) == MOST


def test_what_travels_is_small_stays_the_same_and_can_be_unpacked():
    opening = Opening(3, *read(START)[0])
    content = packet(*composing.wardrobe(), opening)
    assert content == packet(*composing.wardrobe(), opening) and len(content) < 600_000
    length = int.from_bytes(content[:4], "little")
    head, at = json.loads(content[4 : 4 + length]), 4 + length
    assert head["opening"]["number"] == 3 and head["opening"]["placements"][1]["name"] == "Mary"
    assert {one["group"] for one in head["sprites"]} == set(composing.GROUPS)
    assert (len(head["sprites"]), len(head["places"])) == (62, 17)
    for one in [*head["sprites"], *head["places"]]:
        with Image.open(io.BytesIO(content[at : at + one["content"]])) as image:
            assert image.size == tuple(one.get("size", (384, 384)))
        at += one["content"]
    assert at == len(content)


def test_the_composer_shows_the_place_that_the_picture_shows():
    empty = pictures.backdrop("TownPark").astype(int)
    scene = pictures.own_scene(*read(START)[0], view=0, dials=Dials()).pixels
    left = np.abs(scene[:, :60] - empty[:, :60])  # nobody stands there
    assert left.max() == 0 and np.abs(scene - empty).max() > 50


def test_the_page_opens_with_a_scene_that_is_perceived(page):
    at = page()
    assert not at.exception and not at.error
    assert regions(at) == 3 and not at.sidebar.caption
    assert "a scene of your own" in " ".join(block.value for block in at.markdown)


def test_a_link_composes_the_scene(page):
    at = page(composed="Bakery; Rex .2 .9 .4; Chidi .6 .9 .4 flip; Apple .9 .9 .2", view="2", clutter="0.5")
    assert not at.exception and not at.error and regions(at) == 4
    assert at.session_state["look"][0].scene is pictures.own_scene(
        *read("Bakery; Rex .2 .9 .4; Chidi .6 .9 .4 flip; Apple .9 .9 .2")[0], 2, Dials(clutter=0.5)
    )


def test_a_faulty_link_says_so_and_shows_the_rest(page):
    at = page(composed="Bakery; Nobody .2 .9 .4; Chidi .6 .9 .4")
    assert not at.exception and not at.error and regions(at) == 2
    assert any("“Nobody” cannot be drawn" in caption.value for caption in at.caption)


def test_an_empty_scene_asks_for_somebody(page):
    at = page(composed="Bakery")
    assert not at.exception and not at.error and "Put somebody" in at.info[0].value
    at.sidebar.text_area(key="composed").set_value("Bakery; Rex .5 .9 .4").run()
    assert not at.exception and not at.info and regions(at) == 2


def test_a_composition_waits_while_another_picture_is_looked_at(page):
    at = page(composed="Bakery; Rex .5 .9 .4")
    at.sidebar.pills(key="picture").set_value("moment").run()
    assert not at.exception and not at.sidebar.text_area
    at.sidebar.pills(key="picture").set_value("compose").run()
    assert not at.exception and at.sidebar.text_area(key="composed").value == "Bakery; Rex .5 .9 .4"
