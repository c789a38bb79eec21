"""School: a course of a few steps leaves a brain that sees, remembers, imagines, and can be kept in a file."""

import jax
import numpy as np
import pytest

from tensorbrain.checkpoint import load_brain
from tensorbrain.datasets.scripts import HIDDEN
from tensorbrain.datasets.worlds import load_graph
from tensorbrain.experiments.schooling import Course, lessons, school, told_episodes, untaught
from tensorbrain.graph.names import local_name
from tensorbrain.memory import experience
from tensorbrain.modes import recall
from tensorbrain.modes.imagine import imagine
from tensorbrain.modes.perception import perceive
from tensorbrain.settings import Settings

SETTINGS = Settings(dim=16, context=12, senses="pictures", feature=8, reserve=(2, 0, 2))
COURSE = Course(scenes=8, told=8, eye=3, brain=3, revision=3, imagination=3)


@pytest.fixture(scope="module")
def graph():
    return load_graph("neighbourhood")


@pytest.fixture(scope="module")
def brain(graph, short_days):
    return school(graph, settings=SETTINGS, course=COURSE, progress=False)


@pytest.fixture(scope="module")
def pictures(graph, short_days):
    return lessons(graph, scenes=8, seed=0)


def test_lessons_are_two_views_of_the_same(pictures):
    first, second = pictures
    assert len(first) == len(second) == 18
    assert first.instant.tolist() == [*range(10), *[-1] * 8] == second.instant.tolist()
    for name in ("thing", "labels", "statements"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
    assert all((one != other).any() for one, other in zip(first.pixels, second.pixels, strict=True))


def test_told_episodes_are_statements_of_known_individuals(graph):
    rows = told_episodes(graph, 6, seed=3)
    told = rows[rows[..., 0] >= 0]
    assert rows.shape == (6, 8, 3) and rows.dtype == np.int32 and len(told) >= 18
    sizes = (len(graph.vocabulary.concepts), len(graph.vocabulary.predicates), len(graph.vocabulary.concepts))
    assert (told >= 0).all() and (told < sizes).all()
    assert ((rows >= 0).all(axis=2) == (rows >= 0).any(axis=2)).all()
    np.testing.assert_array_equal(rows, told_episodes(graph, 6, seed=3))
    assert (rows != told_episodes(graph, 6, seed=4)).any()
    many = told_episodes(graph, 200, seed=3)
    names = [local_name(concept.iri) for concept in graph.vocabulary.predicates]
    hidden = np.isin(many[..., 1], [names.index(p) for p in HIDDEN])
    assert hidden[1::2].sum() < 0.4 * hidden[::2].sum()  # who only looks tells less of what cannot be seen
    poses = many[..., 1] == names.index("does")
    assert poses[1::2].sum() > 1.5 * poses[::2].sum()  # and more of what everybody does
    assert all(len(set(map(tuple, rows[rows[:, 0] >= 0]))) == (rows[:, 0] >= 0).sum() for rows in many[1::2])


@pytest.mark.thorough
def test_a_brain_comes_out_that_sees_remembers_and_imagines(brain, graph, pictures):
    assert brain.vocabulary == graph.vocabulary and brain.graph_hash == graph.content_hash()
    assert [group.name for group in brain.label_groups][:1] == ["basic"]
    parts = [record["part"] for record in brain.history]
    assert parts[0] == "drawing" and parts[-2:] == ["imagination", "all"]
    born = untaught(graph, SETTINGS, seed=0)
    taught = (brain.model.index.A, brain.model.sensory.eye.out, brain.model.sensory.imagination.P, brain.model.rest)
    before = (born.index.A, born.sensory.eye.out, born.sensory.imagination.P, born.rest)
    assert all(not np.array_equal(one, other) for one, other in zip(taught, before, strict=True))
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(brain.model))
    boxes = pictures.first.boxes[0, 1:][pictures.first.thing[0, 1:] >= 0]
    trace = perceive(brain, pictures.first.pixels[0], boxes)
    assert len(trace.boxes) == len(boxes) + 1 and trace.probability[0] > 0
    assert len(recall(brain, instant=graph.vocabulary.instants[0].label)) > 0
    assert imagine(brain, graph.vocabulary.concepts[0].label).shape == (1, 24, 24, 3)


@pytest.mark.thorough
def test_it_is_kept_in_a_file_and_goes_on_to_live(brain, pictures, tmp_path):
    brain.save(tmp_path / "school.brain")
    loaded = load_brain(tmp_path / "school.brain")
    for one, other in zip(jax.tree.leaves(loaded.model), jax.tree.leaves(brain.model), strict=True):
        np.testing.assert_array_equal(one, other)
    assert loaded.label_groups == brain.label_groups and loaded.settings == brain.settings
    boxes = pictures.first.boxes[0, 1:][pictures.first.thing[0, 1:] >= 0]
    richer, label = experience(loaded, pictures.first.pixels[0], boxes)
    assert len(recall(richer, instant=label)) > 0


def test_the_prior_of_the_instants(graph):
    brain = untaught(graph, SETTINGS, seed=1)
    count = len(graph.vocabulary.instants)
    assert brain.index.capacity[2] == count + 2 and float(brain.p_t.sum()) == pytest.approx(1, abs=1e-4)
    assert (np.asarray(brain.p_t)[count:] == 0).all() and (np.asarray(brain.p_t)[:count] > 0).all()
