"""The film of a perception: its frames, its sentences, and the picture that travels with it."""

import doctest
import io
from collections import Counter

import numpy as np
import pytest
from components import film, perceiving, words
from PIL import Image

import tensorbrain as tb
from tensorbrain.layers.eye import GLIMPSE

STEPS = [
    *((0, phase) for phase in ("sense", "read", "write")),
    *((1, phase) for phase in ("evolve", "sense", "read", "write")),
    *((2, phase) for phase in ("evolve", "sense", "read", "write")),
    *((3, phase) for phase in ("evolve", "sense", "read")),
]


@pytest.fixture(scope="module")
def scene():
    pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")
    import pictures

    return pictures.new_scene(3, 0, pictures.Dials())


@pytest.fixture(scope="module")
def seen(newborn, scene):
    return tb.perceive(newborn, scene.pixels, scene.boxes, statements=12)


def test_docs_are_true():
    assert doctest.testmod(words).failed == doctest.testmod(perceiving).failed == 0


def test_the_glimpse_is_that_of_the_eye():
    assert film.GLIMPSE == GLIMPSE


def test_sense_is_a_phase_of_its_own_and_the_scene_is_looked_at_once(seen):
    shown = film.frames(seen)
    assert [(f.window, f.phase) for f in shown if f.statement == 0] == STEPS
    assert [(f.window, f.phase) for f in shown if f.statement == 1] == [(0, "open"), *STEPS[3:]]
    assert Counter(f.statement for f in shown) == {0: 14} | dict.fromkeys(range(1, 12), 12)


def test_the_eye_goes_where_the_statement_is(seen):
    for n, (i, j) in enumerate(seen.regions.tolist()):
        said = {f.window: f.sentence for f in film.frames(seen) if f.statement == n and f.phase == "read"}
        assert said[1].startswith(f"Window S: the eye looks at region {i}; given the scene, the index reads ")
        where = "takes in the whole picture" if j == 0 else f"stays on region {j}" if i == j else f"looks at region {j}"
        assert said[2].startswith(f"Window O: the eye {where}; given {seen.statements[n].subject}, the index reads")
        assert f"probability {film.chance(seen.probability[n])}." in said[3]


@pytest.mark.parametrize(
    ("pair", "gaze"),
    [
        ((2, 3), "takes regions 2 and 3 together"),
        ((2, 2), "takes region 2 by itself"),
        ((2, 0), "takes region 2 within the whole picture"),
    ],
)
def test_the_predicate_is_read_from_both_regions_together(seen, pair, gaze):
    from dataclasses import replace

    moved = replace(seen, sight=replace(seen.sight, regions=np.array([pair] * len(seen), np.int32)))
    assert perceiving.gaze(moved, 0, 3) == gaze
    assert ("how they lie to each other" in film.frames(moved)[12].sentence) == (pair == (2, 3))


def test_the_scene_reminds_of_a_moment(seen):
    from dataclasses import replace

    moment = seen.top(0, 0)[0][0]
    for probability, said in ((0.4, f"the scene reminds of {moment} (0.40)"), (0.05, "no moment in particular")):
        sure = replace(seen, chosen_probability=np.full_like(seen.chosen_probability, probability))
        assert said in "".join(text for text, _ in film.reading(sure, 0, 0))


def test_attention_writes_every_candidate_and_a_measurement_one(newborn, scene, seen):
    assert "each candidate adds its embedding" in film.frames(seen)[6].sentence
    argmax = tb.perceive(newborn, scene.pixels, scene.boxes, statements=1, selection="argmax")
    assert "adds its embedding, " in film.frames(argmax)[6].sentence


def test_the_picture_travels_once_behind_the_states(newborn, seen, scene, unpacked):
    packet = film.packet(seen, newborn, picture=scene.picture())
    head, _, body = unpacked(packet)
    image = Image.open(io.BytesIO(body))
    assert list(image.size) == head["sight"]["picture"]["size"] == [384, 384]
    assert head["sight"]["regions"] == seen.regions.tolist()
    np.testing.assert_allclose(head["sight"]["boxes"], seen.boxes, atol=1e-4)
    assert len(packet) < 160_000


def test_a_recall_brings_along_what_is_imagined(newborn, unpacked):
    recalled = tb.recall(newborn, subject="Sparky", statements=4)
    sparky = newborn.vocabulary.find("Sparky", "concept")
    patch = np.arange(24 * 24 * 3, dtype=np.uint8).reshape(24, 24, 3)
    head, _, body = unpacked(film.packet(recalled, newborn, imagined={sparky: patch}))
    assert body == patch.tobytes() and "sight" not in head
    assert [head["items"][k][0] for k in head["imagined"]["of"]] == ["Sparky"] and head["imagined"]["side"] == 24
