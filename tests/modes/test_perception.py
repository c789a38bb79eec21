"""``perceive``: what comes out for a picture, in whatever form it is given, and what is refused."""

import dataclasses
import io
import json

import equinox as eqx
import jax
import numpy as np
import pytest
from PIL import Image

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import PictureError, SettingsError
from tensorbrain.graph import Concept, Vocabulary
from tensorbrain.modes.interventions import intervene
from tensorbrain.modes.perception import _distinct, perceive, shrunk
from tensorbrain.pictures.scenes import LabelGroup
from tensorbrain.settings import Settings
from tensorbrain.trace import Record

NAMES = {"entity": "Rex Mia Park", "class": "Dog Person", "attribute": "Red Blue"}
CONCEPTS = tuple(Concept(f"urn:{name}", name, group) for group, names in NAMES.items() for name in names.split())
WORDS = Vocabulary(
    CONCEPTS,
    tuple(Concept(f"urn:{name}", name, "predicate") for name in ("near", "sees", "is")),
    tuple(Concept(f"urn:day{n}", f"day {n}", "instant") for n in range(2)),
    ("2026-05-01", "2026-05-02"),
)
GROUPS = (LabelGroup("basic", (3, 4)), LabelGroup("colour", (5, 6)))
SETTINGS = Settings(dim=8, context=6, senses="pictures", feature=5, reserve=(1, 0, 1))
PIXEL_BOXES = [[12, 24, 40, 72], [70, 32, 104, 80]]  # in pixels of 120 x 96
SHARES = np.array(PIXEL_BOXES) / [120, 96, 120, 96]


@pytest.fixture(scope="module")
def brain() -> Brain:
    model = TensorBrain.create((7, 3, 2), SETTINGS, key=jax.random.key(2))
    model = eqx.tree_at(lambda b: b.index.A, model, 4 * model.index.A)  # so that it says different things
    return Brain(model, WORDS, SETTINGS, label_groups=GROUPS)


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    """Two things before a pale background."""
    picture = np.full((96, 120, 3), 235, np.uint8)
    picture[24:72, 12:40], picture[32:80, 70:104] = (190, 20, 30), (20, 40, 170)
    return picture


@pytest.fixture(scope="module")
def seen(brain, pixels):
    return perceive(brain, pixels, PIXEL_BOXES, statements=100)


def png(pixels: np.ndarray) -> bytes:
    with io.BytesIO() as file:
        Image.fromarray(pixels).save(file, "PNG")
        return file.getvalue()


def same(one, other) -> bool:
    fields = ("ids", "probability", "chosen", "top_ids", "q_before", "q_after", "h", "regions", "boxes")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in fields)


def test_statements_are_distinct_and_the_most_probable_come_first(seen, brain, pixels):
    rows = [tuple(row) for row in seen.ids.tolist()]
    assert len(rows) == len(set(rows)) > 3
    assert (np.diff(seen.probability) <= 0).all() and (seen.probability > 0).all()
    few = perceive(brain, pixels, PIXEL_BOXES, statements=3)
    assert few.ids.tolist() == seen.ids[:3].tolist() and few.regions.tolist() == seen.regions[:3].tolist()


def test_a_probability_is_a_product_over_the_windows(seen):
    assert seen.mode == "perception" and seen.slots == ("instant", "subject", "object", "predicate")
    np.testing.assert_allclose(seen.probability, seen.chosen_probability[:, 1:].prod(axis=1), rtol=1e-5)
    np.testing.assert_array_equal(seen.ids, seen.chosen[:, [1, 3, 2]])
    np.testing.assert_array_equal(seen.top_ids[:, :, 0], seen.chosen)  # under attention the most probable is named
    np.testing.assert_array_equal(seen.top_probability[:, :, 0], seen.chosen_probability)


def test_regions_belong_to_the_boxes(seen):
    assert seen.boxes[0].tolist() == [0, 0, 1, 1]
    np.testing.assert_allclose(seen.boxes[1:], SHARES, atol=1e-6)
    for (s, _, o), (i, j) in zip(seen.ids.tolist(), seen.regions.tolist(), strict=True):
        assert s == seen.sight.things[i] and i in (1, 2) and j in (0, 1, 2)
        group = WORDS.concepts[o].group
        assert (group == "attribute") == (i == j)
    assert seen.sight.groups == ("basic", "colour")
    assert set(seen.sight.labels[:, 0]) <= {3, 4} and set(seen.sight.labels[:, 1]) <= {5, 6}
    assert ((0 <= seen.sight.familiarity) & (seen.sight.familiarity <= 1.00001)).all()
    assert len(seen.sight.things) == len(seen.sight.label_probability) == 3


def test_boxes_in_pixels_are_boxes_as_shares_and_boxes_in_a_file(seen, brain, pixels, tmp_path):
    assert same(seen, perceive(brain, pixels, SHARES.tolist(), statements=100))
    (tmp_path / "boxes.json").write_text(json.dumps(PIXEL_BOXES))
    for path in (tmp_path / "boxes.json", str(tmp_path / "boxes.json")):
        assert same(seen, perceive(brain, pixels, path, statements=100))
    swapped = perceive(brain, pixels, PIXEL_BOXES[::-1], statements=100)
    np.testing.assert_allclose(swapped.probability, seen.probability, rtol=1e-4)
    assert set(map(tuple, (3 - swapped.regions[swapped.regions > 0]).reshape(-1, 1).tolist())) == {(1,), (2,)}


def test_one_picture_in_four_forms(seen, brain, pixels, tmp_path):
    (tmp_path / "page.png").write_bytes(png(pixels))
    for picture in (Image.fromarray(pixels), png(pixels), tmp_path / "page.png", str(tmp_path / "page.png")):
        assert same(seen, perceive(brain, picture, PIXEL_BOXES, statements=100))
    assert same(seen, perceive(brain, pixels / 255, PIXEL_BOXES, statements=100))


def test_another_number_of_boxes_changes_nothing_about_the_first(brain, pixels, seen):
    more = perceive(brain, pixels, [*PIXEL_BOXES, [2, 2, 60, 90]], statements=100)
    assert len(more.boxes) == 4 and more.regions.max() == 3
    np.testing.assert_allclose(more.sight.thing_probability[:3], seen.sight.thing_probability, rtol=1e-4)
    np.testing.assert_array_equal(more.sight.labels[:3], seen.sight.labels)
    mine = {(*ids, *pair): p for ids, pair, p in zip(map(tuple, more.ids), map(tuple, more.regions), more.probability,
                                                     strict=True)}  # fmt: skip
    for key, p in mine.items():
        if max(key[3:]) < 3:
            best = seen.probability[(seen.ids == key[:3]).all(axis=1)]
            assert best == pytest.approx(p, rel=1e-3)


def test_chance_depends_on_the_seed_alone(brain, pixels):
    draws = [perceive(brain, pixels, PIXEL_BOXES, selection="sample", seed=seed) for seed in (3, 3, 4, 5, 6)]
    assert same(draws[0], draws[1])
    assert any(not same(draws[0], draw) for draw in draws[2:])
    assert draws[0].seed == 3 and draws[0].selection == "sample"
    attended = [perceive(brain, pixels, PIXEL_BOXES, seed=seed, statements=100) for seed in (3, 4)]
    assert same(*attended)


def test_without_attention_no_memory_is_written(brain, pixels, seen):
    blind = perceive(brain, pixels, PIXEL_BOXES, statements=100, attention=False)
    np.testing.assert_array_equal(blind.q_before[:, 0], blind.q_after[:, 0])
    assert (blind.feedback[:, 0] == 0).all() and (seen.feedback[:, 0] > 0).all()
    np.testing.assert_allclose(blind.chosen_probability[:, 0], seen.chosen_probability[0, 0], rtol=1e-5)
    assert not np.allclose(blind.q_before[0, 1], seen.q_before[0, 1])


def test_without_boxes_regions_are_proposed(brain, pixels):
    trace = perceive(brain, pixels)
    assert "2 regions were proposed" in trace.notes[0]
    found = sorted(trace.boxes[1:].tolist())
    np.testing.assert_allclose(found, sorted(SHARES.tolist()), atol=0.03)
    note = perceive(brain, pixels, [*PIXEL_BOXES, [500, 500, 600, 600]]).notes
    assert any("box 3" in each for each in note)


def test_a_large_picture_is_looked_at_in_a_small_size(brain):
    page = np.zeros((256, 512, 3), np.uint8)
    page[:, 256:] = 200
    assert shrunk(page).shape == (128, 128, 3) and (shrunk(page)[:, 70:] == 200).all()
    assert shrunk(page[:128, :128]) is not None
    trace = perceive(brain, np.tile(page, (8, 8, 1)), [[0, 0, 2048, 1024], [2048, 1024, 4096, 2048]])
    np.testing.assert_allclose(trace.boxes[1:], [[0, 0, 0.5, 0.5], [0.5, 0.5, 1, 1]])  # in pixels of the given size


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"picture": "no/such/file.png"}, PictureError, "does not exist"),
        ({"picture": b"Once upon a time"}, PictureError, "no PNG"),
        ({"picture": np.zeros((3, 3, 3), np.uint8)}, PictureError, "too few"),
        ({"picture": np.full((20, 20), 7.0)}, PictureError, "from 0 to 1"),
        ({"boxes": []}, PictureError, "no boxes"),
        ({"boxes": [[1, 2, 3]]}, PictureError, "not \\(box, 4\\)"),
        ({"boxes": [["a", 2, 3, 4]]}, PictureError, "four numbers"),
        ({"boxes": [[500, 500, 600, 600]]}, PictureError, "no box of 1"),
        ({"boxes": "no/such/boxes.json"}, PictureError, "does not exist"),
        ({"picture": np.full((64, 64, 3), 200, np.uint8), "boxes": None}, PictureError, "nothing stands out"),
        ({"selection": "teacher"}, SettingsError, "attend, argmax, sample"),
        ({"statements": 0}, SettingsError, "at least 1"),
    ],
)
def test_what_is_refused_is_refused_in_a_sentence(arguments, error, words, brain, pixels):
    call = {"picture": pixels, "boxes": PIXEL_BOXES, **arguments}
    with pytest.raises(error, match=words) as refusal:
        perceive(brain, call.pop("picture"), call.pop("boxes"), **call)
    assert "\n" not in str(refusal.value) and len(str(refusal.value)) < 300


def test_a_brain_without_eyes(brain, pixels):
    settings = Settings(dim=8, context=6)
    blind = Brain(TensorBrain.create((7, 3, 2), settings, key=jax.random.key(0)), WORDS, settings)
    with pytest.raises(SettingsError, match="no eyes"):
        perceive(blind, pixels)


def test_what_is_recorded(seen, brain, pixels):
    count = len(seen)
    assert seen.q_before.shape == seen.q_after.shape == (count, 4, 8) and seen.h.shape == (count, 4, 6)
    slim = perceive(brain, pixels, PIXEL_BOXES, record=Record(top=2, states=False))
    assert slim.q_before is None and slim.h is None and slim.top_ids.shape == (min(8, count), 4, 2)
    floats = [value for value in vars(seen).values() if isinstance(value, np.ndarray) and value.dtype.kind == "f"]
    assert {value.dtype for value in floats} == {np.dtype(np.float32)} and all(np.isfinite(v).all() for v in floats)


def test_a_trace_is_plain_json_and_rdf(seen):
    answer = json.loads(json.dumps(seen.to_json()))
    assert answer["mode"] == "perception" and len(answer["statements"]) == len(answer["windows"]) == len(seen)
    first = answer["statements"][0]
    assert first["subject"] == WORDS.concepts[seen.ids[0, 0]].label and "instant" not in first
    slots = [window["slot"] for window in answer["windows"][0]]
    assert slots == ["instant", "subject", "object", "predicate"]
    assert answer["windows"][0][1]["top"][0]["label"] == first["subject"]
    subjects = {str(s) for s in seen.to_rdf().objects(None, None)}
    assert f"urn:{first['subject']}" in subjects


def test_a_trace_of_memory_has_no_regions(seen):
    memory = dataclasses.replace(seen, sight=None)
    for name in ("regions", "boxes"):
        with pytest.raises(SettingsError, match="no regions"):
            getattr(memory, name)


def test_a_brain_that_has_lived_nothing_perceives(pixels):
    model = TensorBrain.create((7, 3, 0), Settings(**{**vars(SETTINGS), "reserve": (0, 0, 0)}), key=jax.random.key(2))
    words = dataclasses.replace(WORDS, instants=(), times=())
    trace = perceive(Brain(model, words, SETTINGS, label_groups=GROUPS), pixels, PIXEL_BOXES)
    assert (trace.chosen[:, 0] == -1).all() and (trace.chosen_probability[:, 0] == 0).all()
    assert trace.to_json()["windows"][0][0]["chosen"] == "" and (trace.probability > 0).all()


def test_distinct_statements_by_hand():
    ids = np.array([[0, 0, 1], [1, 0, 0], [0, 0, 1], [2, 0, 0]], np.int32)
    probability = np.array([0.1, 0.4, 0.3, 0.0], np.float32)
    assert _distinct(ids, probability, 5).tolist() == [1, 2]
    assert _distinct(ids, probability, 1).tolist() == [1]


def test_a_lesioned_index_is_never_seen(seen, brain, pixels):
    things = set(seen.ids[:, 0].tolist())
    gone = min(things)
    lesioned = perceive(intervene(brain, lesion=[CONCEPTS[gone].iri, "Red"]), pixels, PIXEL_BOXES, statements=100)
    assert lesioned.notes[0] == f"lesioned: {CONCEPTS[gone].label}, Red" and not seen.notes
    assert np.isin(seen.ids[:, [0, 2]], [gone, 5]).any()
    assert not np.isin(lesioned.ids[:, [0, 2]], [gone, 5]).any() and not np.isin(lesioned.sight.labels, [gone, 5]).any()
    assert not np.isin(lesioned.top_ids[:, 1:3], [gone, 5]).any()
