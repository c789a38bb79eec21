"""The ladder of perception on a few scenes: every rung is measured, and cut as it should be."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import TensorBrain
from tensorbrain.datasets.worlds import load_graph
from tensorbrain.evaluation.perception import KEYS
from tensorbrain.experiments import ladder as module
from tensorbrain.experiments.ladder import RUNGS, ladder, table
from tensorbrain.experiments.schooling import Course
from tensorbrain.learning.joint import can_change
from tensorbrain.settings import Settings

SETTINGS = Settings(dim=16, context=12, senses="pictures", feature=8, reserve=(2, 0, 2))
COURSE = Course(scenes=8, eye=3, brain=3)


@pytest.fixture(scope="module")
def figures(short_days):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "TESTED", 12)
        return ladder(load_graph("neighbourhood"), seeds=(0, 1), course=COURSE, settings=SETTINGS, progress=False)


@pytest.mark.thorough
def test_every_rung_has_every_figure(figures):
    beside = ("no_feedback", "no_working_memory", "count_table", "chance")
    assert figures["seeds"] == [0, 1] and set(beside) < figures.keys()
    for part in (figures, *(figures[name] for name in beside)):
        for key in KEYS:
            value = part[key]
            assert value.keys() == {"mean", "low", "high"}
            assert 0 <= value["low"] <= value["mean"] <= value["high"] <= 1
    assert figures["count_table"]["class_novel"]["low"] == 1.0  # it is told
    assert figures["teaching_seconds"]["low"] > 0
    for rung in ("no_feedback", "no_working_memory"):
        for key, gain in figures[f"gain_over_{rung}"].items():
            assert gain["low"] <= gain["mean"] <= gain["high"]
            assert gain["mean"] == pytest.approx(figures[key]["mean"] - figures[rung][key]["mean"])


@pytest.mark.thorough
def test_the_table_names_them(figures):
    lines = table(figures).splitlines()
    assert lines[1].split() == "whole no feedback no working memory count table chance".split()
    assert [line[:45].rstrip() for line in lines[2:-7]] == [*module.WORDS.values()]
    assert [line.split(",")[0] for line in lines[-7:-1]] == ["whole over no feedback"] * 3 + [
        "whole over no working memory"
    ] * 3
    assert lines[-1].startswith("taught in ")


def test_the_rungs_are_cut_and_stay_so():
    brain = TensorBrain.create((9, 3, 4), SETTINGS, key=jax.random.key(0))
    for name, part in (("no_feedback", lambda b: [b.beta]), ("no_working_memory", lambda b: [b.memory.W, b.memory.w0])):
        cut, fixed = RUNGS[name]
        assert all(not jnp.any(leaf) for leaf in part(cut(brain)))
        mask = can_change(cut(brain), learn_beta=True, fixed=fixed)
        assert not any(np.any(leaf) for leaf in part(mask))
