"""The digits, taught and measured: which handwriting, which pairs are hidden, and what counts as right."""

from itertools import permutations
from types import SimpleNamespace

import numpy as np
import pytest

from tensorbrain.datasets.digits import digit_graph, digit_scenes
from tensorbrain.experiments import digit_figures, digits
from tensorbrain.experiments.digit_figures import DIVISION, ORDER, Readings, facts_of
from tensorbrain.experiments.schooling import Course, untaught
from tensorbrain.learning.observing import Seen
from tensorbrain.modes.choices import choices
from tensorbrain.pictures.scenes import label_groups
from tensorbrain.settings import Settings

pytestmark = pytest.mark.thorough
TESTED = 60
KEYS = {"individual", "left_of", "above", "greater_than", "divides", "divides_or_not", "greater_than_unseen_pairs"}


@pytest.fixture(scope="module")
def graph():
    return digit_graph()


@pytest.fixture(scope="module")
def course():
    """A course of a step each, with what every rung was taught and measured on."""
    taught, measured = [], []
    learn, measure = digits.learn_jointly, digits.digit_figures

    def learning(brain, facts, seen, *rest, **more):
        taught.append((facts, seen))
        return learn(brain, facts, seen, *rest, **more)

    def measuring(brain, test, *rest):
        measured.append(test)
        return measure(brain, test, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(digits, "SETTINGS", Settings(dim=8, context=8, senses="pictures", feature=8, orders=("sop",)))
        patch.setattr(digits, "RUNGS", {name: digits.RUNGS[name] for name in ("whole", "not_told")})
        patch.setattr(digits, "learn_jointly", learning)
        patch.setattr(digits, "digit_figures", measuring)
        figures = digits.digits(seeds=(3,), course=Course(scenes=60, eye=1, brain=1), tested=TESTED, progress=False)
    return SimpleNamespace(figures=figures, taught=taught, measured=measured)


def test_every_network_has_every_figure(course):
    whole = {key for key, value in course.figures.items() if isinstance(value, dict) and "mean" in value}
    assert whole >= KEYS
    for name in ("not_told", "chance"):
        assert course.figures[name].keys() == whole
    assert course.figures["seeds"] == [3] and course.figures["scenes"] == TESTED
    assert set(digits.RUNGS) == {"whole", "no_feedback", "no_working_memory", "not_told"}


def test_the_truth_is_of_handwriting_that_was_held_out(course, graph):
    held_out = digit_scenes(graph, TESTED, seed=3, split="test")
    for test in course.measured:
        assert (test.thing == held_out.thing).all()
        assert (test.statements[:, : held_out.statements.shape[1]] == held_out.statements).all()


def test_hidden_pairs_are_never_in_a_taught_picture(course, graph):
    hidden = digits.hidden_pairs(graph, seed=3)
    assert len(hidden) == sum(digits.HIDDEN) == 9
    assert len(hidden & facts_of(graph, "divides")) == digits.HIDDEN[0]
    assert hidden <= facts_of(graph, "less than")
    everything = digit_scenes(graph, 60, seed=3).thing
    for _, seen in course.taught:
        assert 0 < len(seen.thing) < len(everything)
        for things in seen.thing:
            assert not hidden & set(permutations(things[things >= 0].tolist(), 2))
        rows = seen.statements[seen.statements[..., 3] != -1]
        assert not hidden & {pair for s, o in rows[:, [2, 4]].tolist() for pair in ((s, o), (o, s))}


def test_hidden_pairs_are_told_as_facts_to_all_but_one(course, graph):
    hidden = digits.hidden_pairs(graph, seed=3)
    told, untold = (facts for facts, _ in course.taught)
    hidden = hidden | {(o, s) for s, o in hidden}
    for name in ORDER + DIVISION:
        known = facts_of(told, name)
        assert known & hidden and facts_of(untold, name) == known - hidden


@pytest.mark.parametrize(("knows", "expected"), [(1.0, 1.0), (0.0, 0.5), (-1.0, 0.0)])
def test_who_knows_all_is_right_and_who_knows_nothing_is_at_chance(graph, monkeypatch, knows, expected):
    scenes = digit_scenes(graph, 200, seed=1, split="test")
    words, divides = graph.vocabulary, facts_of(graph, "divides")
    at = words.find("divides", "predicate")
    log_p = np.zeros((*scenes.statements.shape[:2], len(words.predicates)), np.float32)
    for n, m in zip(*np.nonzero(scenes.statements[..., 3] >= 0), strict=True):
        _, _, s, p, o = scenes.statements[n, m].tolist()
        log_p[n, m, at] = knows * (0.5 if (s, o) in divides else -0.5)
        log_p[n, m, p] = knows
    monkeypatch.setattr(digit_figures, "read", lambda *_: Readings(scenes.thing, log_p, log_p))
    settings = Settings(dim=4, context=4, senses="pictures", feature=4)
    brain = untaught(graph, settings, seed=0)
    groups = label_groups(graph)
    blind = np.zeros((*scenes.boxes.shape[:2], 4), np.float32)
    unions = np.zeros((*log_p.shape[:2], 4), np.float32)
    seen = Seen(
        blind, scenes.boxes, scenes.thing, scenes.labels, scenes.instant, scenes.statements, unions[..., 0], unions,
        blind[:, 0],
    )  # fmt: skip
    options = choices(graph.vocabulary, groups, brain.index.size("concept"))
    figures = digit_figures.digit_figures(brain, seen, options, graph, digits.hidden_pairs(graph, seed=0))
    assert figures.pop("individual") == 1.0
    assert set(figures.values()) == {expected}


def test_the_table_shows_every_figure(course, monkeypatch):
    lines = digits.table(course.figures).splitlines()
    shown = {key for key in course.figures["chance"] if key != "spatial_at_1"}
    assert len(lines) == 2 + len(shown)
    assert "held-out handwriting" in lines[0] and "not told" in lines[1] and "chance" in lines[1]
