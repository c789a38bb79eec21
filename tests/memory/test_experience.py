"""An experience: one new instant, new individuals where nobody is known, and all that was there before."""

import dataclasses
import importlib

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.checkpoint import load_brain
from tensorbrain.errors import PictureError, SettingsError
from tensorbrain.graph import Concept, Vocabulary
from tensorbrain.memory.experience import BELIEVED, MOST, _believed, experience, live, write_instant
from tensorbrain.memory.write import copied, learned_write, told_apart
from tensorbrain.modes import intervene, recall
from tensorbrain.modes.perception import Glance, look_at, perceive
from tensorbrain.pictures.scenes import LabelGroup
from tensorbrain.settings import Settings

module = importlib.import_module("tensorbrain.memory.experience")  # the package has a function of that name
NAMES = {"entity": "Rex Mia Park", "class": "Dog Person", "attribute": "Red Blue"}
CONCEPTS = tuple(Concept(f"urn:{name}", name, group) for group, names in NAMES.items() for name in names.split())
WORDS = Vocabulary(
    CONCEPTS,
    tuple(Concept(f"urn:{name}", name, "predicate") for name in ("near", "sees", "is")),
    tuple(Concept(f"urn:day{n}", f"day {n}", "instant") for n in range(2)),
    ("2026-05-01", "2026-05-02"),
)
GROUPS = (LabelGroup("basic", (3, 4)), LabelGroup("colour", (5, 6)))
SETTINGS = Settings(dim=8, context=6, senses="pictures", feature=5, reserve=(3, 0, 1))
BOXES = [[0.1, 0.25, 0.4, 0.75], [0.5, 0.3, 0.9, 0.8]]


@pytest.fixture(scope="module")
def brain() -> Brain:
    model = TensorBrain.create((7, 3, 2), SETTINGS, key=jax.random.key(2))
    model = eqx.tree_at(lambda b: b.index.A, model, 3 * model.index.A)
    return Brain(model, WORDS, SETTINGS, label_groups=GROUPS)


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 255, (96, 96, 3)).astype(np.uint8)


@pytest.fixture(scope="module")
def glance(brain, pixels) -> Glance:
    return look_at(brain, pixels, BOXES, selection="attend", attention=True, seed=0, top=1)


def instants(brain: Brain) -> np.ndarray:
    return np.asarray(brain.model.index.A)[brain.model.index.block("instant")]


def test_an_experience_is_recalled_by_its_label(brain, pixels):
    richer, label = experience(brain, pixels, BOXES, label="the walk", time="2026-06-01T09:00:00")
    assert label == "the walk"
    assert richer.vocabulary.find("the walk", "instant") == richer.vocabulary.find("2026-06-01", "instant") == 2
    trace = recall(richer, instant="the walk", statements=4)
    assert (trace.instant == 2).all() and len(trace) == 4
    assert len(brain.vocabulary.instants) == 2 and int(brain.model.index.in_use.sum()) == 12  # that one is as it was
    assert float(richer.model.p_t.sum()) == pytest.approx(1)
    with pytest.raises(SettingsError, match="'the walk' already"):
        experience(richer, pixels, BOXES, label="the walk")
    third, label = experience(richer, pixels, BOXES)
    assert label == "experience 4" and len(third.vocabulary.instants) == 4


@pytest.mark.parametrize("rule", ["learned", "copy"])
def test_what_is_written(rule, brain, pixels, glance, monkeypatch):
    monkeypatch.setattr(module, "FAMILIAR", 0.0)
    richer, lived = live(brain, pixels, BOXES, rule=rule)
    assert lived.individuals == () and len(richer.vocabulary.concepts) == 7
    rows, last = _believed(glance, {})
    np.testing.assert_array_equal(lived.statements, rows)
    if rule == "copy":
        a_new = copied(brain.model, jnp.asarray(glance.run["q_after"][last, -1]), "instant")
    else:
        scene = jnp.asarray(glance.run["scene_q"])
        a_new = learned_write(brain.model, jnp.asarray(rows), jnp.ones(len(rows), bool), scene)
    np.testing.assert_allclose(instants(richer)[2], a_new, rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(instants(richer)[:2], instants(brain)[:2])


def test_a_new_individual_exactly_where_nobody_is_familiar(brain, pixels, glance, monkeypatch):
    familiarity = np.sort(glance.run["familiarity"][1:3])
    assert familiarity[1] - familiarity[0] > 1e-4
    for threshold, regions in ((familiarity[0], 0), (familiarity.mean(), 1), (familiarity[1] + 1e-5, 2)):
        monkeypatch.setattr(module, "FAMILIAR", threshold)
        richer, lived = live(brain, pixels, BOXES)
        assert len(lived.individuals) == regions and lived.individuals == tuple(range(7, 7 + regions))
        new = richer.vocabulary.concepts[7:]
        assert len(new) == regions and all(concept.group == "entity" for concept in new)
        unfamiliar = np.flatnonzero(glance.run["familiarity"][1:3] < threshold) + 1
        for k, region, concept in zip(lived.individuals, unfamiliar, new, strict=True):
            thing = glance.run["things"][region]
            assert CONCEPTS[thing].label in concept.label
            expected = told_apart(brain.model, jnp.asarray(thing), jnp.asarray(glance.run["region_q"][region]))
            np.testing.assert_allclose(richer.model.index.A[k], expected, rtol=1e-5, atol=1e-5)
            told = lived.statements
            assert thing not in told[:, 0] or regions < 2
        used = np.asarray(richer.model.index.in_use)[:10]
        assert used.tolist() == [True] * (7 + regions) + [False] * (3 - regions)
        np.testing.assert_array_equal(np.asarray(richer.model.index.A)[:7], np.asarray(brain.model.index.A)[:7])


def test_a_new_individual_copies_what_was_evoked_under_the_rule_copy(brain, pixels, glance, monkeypatch):
    monkeypatch.setattr(module, "FAMILIAR", 2.0)
    richer, lived = live(brain, pixels, BOXES, rule="copy")
    first = copied(brain.model, jnp.asarray(glance.run["region_q"][1]), "concept")
    np.testing.assert_allclose(richer.model.index.A[lived.individuals[0]], first, rtol=1e-5, atol=1e-5)
    assert set(lived.statements[:, 0]) <= set(lived.individuals)
    again = perceive(richer, pixels, BOXES)  # it can be seen now
    assert again.sight.familiarity[1] > glance.run["familiarity"][1]


def test_what_is_remembered_by_hand():
    ids = np.array([[0, 0, 1], [0, 1, 5], [0, 0, 1], [1, 2, 0], [1, 0, 2]], np.int32)
    asked = np.array([[1, 2], [1, 1], [2, 1], [2, 1], [2, 0]], np.int32)
    probability = np.array([0.5, 0.4, 0.9, BELIEVED, 0.29], np.float32)
    glance = Glance({"ids": ids}, probability, asked, np.zeros((3, 4), np.float32), ())
    rows, last = _believed(glance, {})
    assert rows.tolist() == [[0, 0, 1], [0, 1, 5], [1, 2, 0]] and last == 3
    rows, last = _believed(glance, {1: 8})  # in region 1 is somebody new; an attribute is not
    assert rows.tolist() == [[0, 0, 8], [8, 0, 1], [8, 1, 5], [1, 2, 8]] and last == 3
    doubtful = glance._replace(probability=np.full(5, 0.01, np.float32))
    assert _believed(doubtful, {})[0].tolist() == [[0, 0, 1]]  # one at least
    many = np.stack([np.zeros(20), np.arange(20) % 3, np.arange(20)], axis=1).astype(np.int32)
    sure = Glance({"ids": many}, np.ones(20, np.float32), np.ones((20, 2), np.int32), np.zeros((3, 4), np.float32), ())
    assert _believed(sure, {})[0].tolist() == many[:MOST].tolist()


def test_nothing_old_is_recalled_differently(brain, pixels, monkeypatch):
    monkeypatch.setattr(module, "FAMILIAR", 0.0)
    before = recall(brain, instant="day 1", statements=5)
    richer = brain
    for _ in range(2):  # beyond the reserve of one
        richer, _ = experience(richer, pixels, BOXES)
    assert richer.model.index.capacity == (10, 3, 11)
    after = recall(richer, instant="day 1", statements=5)
    np.testing.assert_array_equal(after.ids, before.ids)
    np.testing.assert_allclose(after.probability, before.probability, rtol=1e-6)


def test_the_same_picture_reminds_of_it(brain, pixels, monkeypatch):
    """With a strong copy of the look, window T finds the moment again."""
    monkeypatch.setattr(module, "FAMILIAR", 0.0)
    model = eqx.tree_at(lambda b: b.kappa, brain.model, jnp.asarray(100.0))
    richer, _ = experience(dataclasses.replace(brain, model=model), pixels, BOXES)
    assert (perceive(richer, pixels, BOXES).chosen[:, 0] == 2).all()


def test_saved_and_loaded_it_says_the_same(brain, pixels, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "FAMILIAR", 2.0)
    richer = brain
    for _ in range(2):
        richer, _ = experience(richer, pixels, BOXES)
    richer.save(tmp_path / "richer.brain")
    loaded = load_brain(tmp_path / "richer.brain")
    assert loaded.vocabulary == richer.vocabulary and loaded.label_groups == GROUPS
    assert loaded.model.index.capacity == richer.model.index.capacity == (20, 3, 11)
    for one, other in zip(jax.tree.leaves(loaded.model), jax.tree.leaves(richer.model), strict=True):
        np.testing.assert_array_equal(one, other)
    for call in (lambda b: perceive(b, pixels, BOXES), lambda b: recall(b, instant="experience 4")):
        np.testing.assert_array_equal(call(loaded).probability, call(richer).probability)


def test_a_longer_list_of_statements_is_cut(brain):
    q = np.linspace(-1, 1, 8).astype(np.float32)
    rows = np.stack([np.arange(20) % 7, np.arange(20) % 3, np.arange(20) % 5], axis=1).astype(np.int32)
    one, other = (write_instant(brain, r, q, q, rule="learned", label="x") for r in (rows, rows[:MOST]))
    np.testing.assert_array_equal(instants(one), instants(other))


def test_what_is_refused(brain, pixels):
    with pytest.raises(SettingsError, match="learned or copy"):
        experience(brain, pixels, BOXES, rule="gradient")
    with pytest.raises(SettingsError, match="'day 1' already"):
        experience(brain, pixels, BOXES, label="day 1")
    with pytest.raises(PictureError):
        experience(brain, b"Once upon a time", BOXES)
    for boxes in (None, BOXES):
        with pytest.raises(SettingsError, match="no eyes"):
            experience(load_brain("countries"), pixels, boxes)


@pytest.mark.parametrize("changes", [{"lesion": ["Rex"]}, {"mute": ["Rex"]}], ids=str)
def test_only_a_whole_brain_is_written_to(changes, brain, pixels):
    touched = intervene(brain, **changes)
    with pytest.raises(SettingsError, match="Rex is lesioned or muted"):
        experience(touched, pixels, BOXES)
    with pytest.raises(SettingsError, match="Rex is lesioned or muted"):
        write_instant(touched, np.zeros((1, 3), np.int32), *np.zeros((2, 8), np.float32), rule="copy", label="new")
