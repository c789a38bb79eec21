"""Composed scenes: who was put where stands there in the picture, and looks as it does on its own."""

import numpy as np
import pytest
from PIL import Image

from tensorbrain.datasets.composing import LONGEST, SHORTEST, Placement, composed, figures, sprite
from tensorbrain.datasets.scenes import draw
from tensorbrain.datasets.scripts import town_of
from tensorbrain.datasets.sheet import index
from tensorbrain.datasets.worlds import load_graph
from tensorbrain.errors import SettingsError, UnknownConceptError

SIDE = 256


@pytest.fixture(scope="module")
def graph():
    return load_graph("neighbourhood")


def drawn(graph, *placements: Placement, place: str = "TownPark"):
    scenes = draw([composed(graph, place, placements)], graph, seed=0, size=SIDE)
    return scenes.pixels[0], scenes.boxes[0, 1:]


def test_there_is_a_figure_of_every_individual_in_the_size_that_scenes_show(graph):
    known, town = figures(graph), town_of(graph)
    assert len(known) == 62 and set(known) == set(index()["individuals"])
    assert all(SHORTEST <= thing.length <= LONGEST for thing in known.values())
    assert known["Luna"].length < known["Sparky"].length < known["Rex"].length  # small, medium, large
    assert town.names[known["Comet"].colour] == "Green"  # since its new paint
    assert {town.names[thing.activity] for thing in known.values() if thing.activity >= 0} == {"Standing"}
    assert known["OldOak"].activity == known["TownBus"].activity == -1


def test_everybody_stands_where_it_was_put(graph):
    asked = (Placement("Sparky", 0.3, 0.9, 0.31), Placement("Mary", 0.7, 0.8, 0.46), Placement("Apple", 0.5, 0.6, 0.12))
    _, boxes = drawn(graph, *asked)
    for (_, x, y, length, _), (left, top, right, bottom) in zip(asked, boxes, strict=True):
        assert abs((left + right) / 2 - x) < 0.03 and abs(bottom - y) < 0.03  # every view moves all a little
        assert abs(max(right - left, bottom - top) - length) < 0.02


def test_nobody_reaches_out_of_the_picture(graph):
    corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)]
    for x, y in corners:
        thing = composed(graph, "TownPark", [Placement("OldOak", x, y, LONGEST)]).things[0]
        assert thing.x - thing.width / 2 >= -1e-9 and thing.x + thing.width / 2 <= 1 + 1e-9
        assert thing.y - thing.height >= -1e-9 and thing.y <= 1


def test_the_last_one_is_foremost_and_regions_keep_the_order(graph):
    sparky, table = Placement("Sparky", 0.5, 0.9, 0.3), Placement("GardenTable", 0.5, 0.9, 0.5)
    before, _ = drawn(graph, table, sparky)
    behind, boxes = drawn(graph, sparky, table)
    assert (before != behind).any()
    assert boxes[1, 2] - boxes[1, 0] > boxes[0, 2] - boxes[0, 0]  # the table is the second region


def test_flipping_mirrors_the_figure(graph):
    both = [drawn(graph, Placement("Sparky", 0.5, 0.9, 0.4, flip)) for flip in (False, True)]
    left, top, right, bottom = (round(edge * SIDE) for edge in both[0][1][0])
    plain, flipped = (pixels[top:bottom, left:right].astype(int) for pixels, _ in both)
    unlike = np.abs(plain - flipped).mean()
    assert np.abs(plain - flipped[:, ::-1]).mean() < unlike / 2  # but for the background


@pytest.mark.parametrize("name", ["Sparky", "Mary", "Comet", "OldOak", "DragonKite"])
def test_the_sprite_is_what_the_picture_shows(graph, name):
    pixels, boxes = drawn(graph, Placement(name, 0.5, 0.7, 0.4))
    left, top, right, bottom = (round(edge * SIDE) for edge in boxes[0])
    there = pixels[top:bottom, left:right].astype(float)
    alone = sprite(graph, name, 200).resize((right - left, bottom - top), Image.Resampling.BOX)
    opaque = np.asarray(alone.getchannel("A")) > 250
    off = np.abs(np.asarray(alone.convert("RGB")).astype(float) - there).mean(-1)[opaque]
    assert opaque.sum() > 200 and np.median(off) < 12
    assert abs(alone.width / alone.height - figures(graph)[name].width / figures(graph)[name].height) < 0.05


def test_a_place_may_be_empty(graph):
    script = composed(graph, "Bakery", [])
    assert (script.things, script.statements, script.instant) == ((), (), -1)
    assert town_of(graph).names[script.place] == "Bakery"


@pytest.mark.parametrize(
    ("place", "placements", "error", "words"),
    [
        ("Atlantis", [], UnknownConceptError, "'Atlantis'"),
        ("TownPark", [Placement("Dog", 0.5, 0.9, 0.3)], UnknownConceptError, "'Dog'"),
        ("TownPark", [Placement("Rex", 0.2, 0.9, 0.3), Placement("Rex", 0.8, 0.9, 0.3)], SettingsError, "Rex .* twice"),
        ("TownPark", [Placement("Rex", 1.2, 0.9, 0.3)], SettingsError, "Rex .* 1.2"),
        ("TownPark", [Placement("Rex", 0.5, float("nan"), 0.3)], SettingsError, "Rex .* nan"),
        ("TownPark", [Placement("Rex", 0.5, 0.9, 7.0)], SettingsError, "Rex .* 7.0"),
    ],
)
def test_what_cannot_be_drawn_is_refused(graph, place, placements, error, words):
    with pytest.raises(error, match=words):
        composed(graph, place, placements)


def test_a_sprite_of_nobody_is_refused(graph):
    with pytest.raises(UnknownConceptError, match="'Place'"):
        sprite(graph, "Place", 96)
