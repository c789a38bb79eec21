"""The figures of perception, counted by hand on made-up answers; the decoder against its windows one by one."""

import dataclasses
import math

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import TensorBrain
from tensorbrain.evaluation import perception
from tensorbrain.evaluation.perception import KEYS, Decoded, decode, masks, perception_figures
from tensorbrain.evaluation.perception_baselines import ClassTable, chance_figures, count_figures, kinds_of
from tensorbrain.graph import Concept, Vocabulary
from tensorbrain.learning.observing import Seen
from tensorbrain.modes.choices import choices
from tensorbrain.modes.looking import Sight, feed_back, look, moment, pair_senses, read_labels, region_senses, relate
from tensorbrain.pictures.scenes import LabelGroup, Scenes
from tensorbrain.settings import Settings

NAMES = {"entity": "Rex Mia Park", "class": "Dog Person Place", "attribute": "Red Blue Small Large"}
CONCEPTS = tuple(Concept(f"urn:{name}", name, group) for group, names in NAMES.items() for name in names.split())
REX, MIA, PARK, DOG, PERSON, PLACE, RED, BLUE, SMALL, LARGE = range(10)
WORDS = Vocabulary(CONCEPTS, tuple(Concept(f"urn:{name}", name, "predicate") for name in ("near", "sees", "is", "has")))
NEAR, SEES, IS, HAS = range(4)
GROUPS = (LabelGroup("basic", (3, 4, 5)), LabelGroup("colour", (6, 7)), LabelGroup("size", (8, 9)))
NO = [-1] * 5


def make() -> Seen:
    """Two scenes: Rex and Mia in the park, and in the park a dog that nobody knows, beside Mia."""
    random = np.random.default_rng(0)

    def real(*shape):
        return random.random(shape).astype(np.float32)

    thing = np.array([[PARK, REX, MIA, -1], [PARK, DOG, MIA, -1]], np.int32)
    labels = np.array([
        [[PLACE, -1, -1], [DOG, RED, SMALL], [PERSON, BLUE, -1], [-1] * 3],
        [[PLACE, -1, -1], [DOG, BLUE, LARGE], [PERSON, BLUE, SMALL], [-1] * 3],
    ], np.int32)  # fmt: skip
    rows = np.array([
        [[1, 2, REX, SEES, MIA], [1, 2, REX, NEAR, MIA], [2, 0, MIA, IS, PARK], [1, 1, REX, HAS, RED],
         [2, 1, MIA, -2, REX]],
        [[1, 2, DOG, SEES, MIA], [2, 1, MIA, NEAR, DOG], NO, NO, [2, 0, MIA, -2, PARK]],
    ], np.int32)  # fmt: skip
    low = 0.5 * real(2, 4, 2)
    weight = (rows[..., 0] >= 0).astype(np.float32)
    boxes = np.concatenate([low, low + 0.4], axis=-1)
    return Seen(
        real(2, 4, 5), boxes, thing, labels, np.array([-1, -1], np.int32), rows, weight, real(2, 5, 5), real(2, 5)
    )


def made_up() -> Decoded:
    """Rex is named, Mia once; the unknown dog is called a person; and so on."""
    return Decoded(
        thing=np.array([[PARK, REX, REX, 0], [REX, PERSON, MIA, 0]], np.int32),
        labels=np.array([
            [[PLACE, RED, SMALL], [DOG, RED, LARGE], [PERSON, RED, SMALL], [3, 6, 8]],
            [[DOG, RED, SMALL], [PERSON, BLUE, SMALL], [PERSON, BLUE, SMALL], [3, 6, 8]],
        ], np.int32),
        subject=np.array([[REX, REX, MIA, REX, 0], [DOG, MIA, 0, 0, 0]], np.int32),
        object=np.array([[MIA, MIA, PARK, RED, 0], [MIA, MIA, 0, 0, 0]], np.int32),
        predicate_rank=np.array([[1, 2, 1, 1, 1], [11, 1, 1, 1, 1]], np.int32),
    )  # fmt: skip


def test_what_the_figures_are_about():
    truth = masks(make(), WORDS)
    assert truth.known.tolist() == [[False, True, True, False], [False, False, True, False]]
    assert truth.novel.tolist() == [[False] * 4, [False, True, False, False]]
    assert truth.place.tolist() == [[True, False, False, False]] * 2
    assert truth.pairs.tolist() == [[True, True, True, False, False], [True, True, False, False, False]]
    assert truth.pair_known.tolist() == [[True, True, True, False, False], [False] * 5]


def test_figures_counted_by_hand():
    figures = perception_figures(made_up(), make(), WORDS, GROUPS)
    expected = {
        "individual_known": 2 / 3,  # Rex, and Mia the second time
        "place": 1 / 2,
        "class_basic_known": 1.0,
        "class_basic_novel": 0.0,
        "class_novel": 0.0,
        "attribute_colour": 2 / 3,  # of known individuals alone
        "attribute_size": 1 / 2,
        "attributes": (2 / 3 + 1 / 2) / 2,
        "predicate_at_1": 3 / 5,
        "predicate_at_10": 4 / 5,
        "statement_at_1": 2 / 5,
        "statement_at_1_known": 2 / 3,
        "statements": 5,
        "regions_novel": 1,
    }
    assert figures.keys() == expected.keys() and set(KEYS) <= figures.keys()
    for key, value in expected.items():
        assert figures[key] == pytest.approx(value), key


def test_where_nothing_is_asked_there_is_no_figure():
    seen = make()
    nobody = seen._replace(thing=np.full_like(seen.thing, -1), statements=np.full_like(seen.statements, -1))
    figures = perception_figures(made_up(), nobody, WORDS, GROUPS)
    assert math.isnan(figures["individual_known"]) and math.isnan(figures["statement_at_1"])
    assert figures["statements"] == 0


def test_decoding_is_the_windows_one_by_one(monkeypatch):
    monkeypatch.setattr(perception, "BATCH", 3)  # two scenes: the batch is filled up
    settings = Settings(dim=8, context=6, senses="pictures", feature=5)
    brain = TensorBrain.create((10, 4, 2), settings, key=jax.random.key(1))
    brain = eqx.tree_at(lambda b: b.index.A, brain, 3 * brain.index.A)
    seen, options = make(), choices(WORDS, GROUPS, 10)
    for attention in (True, False):
        found = decode(brain, seen, options, attention=attention)
        assert all(field.dtype == np.int32 and len(field) == 2 for field in found)
        for n in range(2):
            sights = [Sight(*map(jnp.asarray, pair)) for pair in zip(seen.features[n], seen.boxes[n], strict=True)]
            start = moment(brain, sights[0], attention=attention)[1]
            states = []
            for i, sight in enumerate(sights):
                state, log_pi = look(brain, start, region_senses(brain, sight), options.candidates[0])
                state, k = feed_back(brain, state, log_pi, "attend")
                states.append(state)
                assert found.thing[n, i] == int(k) and int(k) <= PLACE
                log_labels = np.asarray(read_labels(brain, state, options.members))
                assert found.labels[n, i].tolist() == [
                    g.members[p.argmax()] for g, p in zip(GROUPS, log_labels, strict=True)
                ]
            rows = seen.statements[n].tolist()
            for j, (row, union) in enumerate(zip(rows, seen.unions[n], strict=True)):
                a, b, _, p, o = row
                if p < 0:
                    continue
                group = {RED: 2}.get(o, 0)
                state, log_o = look(brain, states[a], region_senses(brain, sights[b]), options.candidates[group])
                state, k = feed_back(brain, state, log_o, "attend")
                pair = pair_senses(brain, jnp.asarray(union), sights[a].box, sights[b].box)
                log_p = np.asarray(relate(brain, state, pair)[1])[:-1]
                others = {r[3] for r in rows if (r[0], r[1], r[4]) == (a, b, o) and r[3] >= 0} - {p}
                rank = 1 + sum(log_p[q] > log_p[p] for q in range(4) if q not in others)
                got = (found.subject[n, j], found.object[n, j], found.predicate_rank[n, j])
                assert got == (found.thing[n, a], int(k), rank)


def scenes(count: int = 1) -> Scenes:
    seen = make()
    told = np.where((seen.statements[..., 3:4] == -2), -1, seen.statements)
    pixels = np.zeros((2, 8, 8, 3), np.uint8)
    return Scenes(pixels, seen.boxes, seen.thing, seen.labels, told, np.full(2, -1, np.int32))[:count]


def test_a_table_of_counts_by_hand():
    table = ClassTable(scenes(2), GROUPS, WORDS)
    assert kinds_of(scenes(2), GROUPS).tolist() == [[PLACE, DOG, PERSON, -1]] * 2
    assert table.counts(DOG, PERSON).tolist() == [1, 2, 0, 0]
    assert table.counts(PERSON, PLACE).tolist() == [0, 0, 1, 0]
    assert table.counts(PERSON, PERSON).tolist() == [1, 0, 1, 0]  # all that persons do
    assert table.counts(PLACE, PERSON).tolist() == [1, 2, 0, 0]  # all that is done to persons
    assert table.counts(PLACE, RED).tolist() == [2, 2, 1, 0]  # everything; that Rex is red is no pair
    assert (table.thing(DOG), table.thing(PERSON), table.thing(PLACE), table.thing(RED)) == (REX, MIA, PARK, RED)
    assert (table.label(PERSON, 1), table.label(PLACE, 1), table.label(RED, 2)) == (BLUE, -1, -1)
    assert table.labels[DOG, 1] == {RED: 1, BLUE: 1}


def test_the_figures_of_the_table_by_hand():
    table = ClassTable(scenes(1), GROUPS, WORDS)  # learned from the first scene, measured on both
    figures = count_figures(table, scenes(2), WORDS, GROUPS)
    # (Rex sees Mia) and (Rex near Mia) leave each other out; (dog sees Mia) ties with near; (Mia near dog): persons
    # are only known to be somewhere, and near ties with two that were never told.
    ranks = [1, 1, 1, 1.5, 3]
    assert figures["predicate_at_1"] == pytest.approx(np.mean([rank < 2 for rank in ranks]))
    assert figures["predicate_at_10"] == 1
    assert figures["individual_known"] == 1  # the table is told the class, and there is one of each
    assert figures["statement_at_1"] == pytest.approx(3 / 5)  # a dog that is none of the known is taken for Rex
    assert figures["attributes"] == pytest.approx(np.mean([3 / 3, 1 / 2]))
    assert figures.keys() == set(KEYS)


def test_chance():
    figures = chance_figures(WORDS, GROUPS)
    assert figures["individual_known"] == pytest.approx(1 / 6) and figures["class_novel"] == pytest.approx(1 / 3)
    assert figures["attributes"] == 0.5 and figures["predicate_at_1"] == 0.25 and figures["predicate_at_10"] == 1
    assert figures["statement_at_1"] == pytest.approx(1 / 6 / 6 / 4)
    many = dataclasses.replace(WORDS, predicates=tuple(Concept(f"urn:{n}", str(n), "predicate") for n in range(40)))
    assert chance_figures(many, GROUPS)["predicate_at_10"] == 0.25
