"""Every claim at its smallest, through the whole protocol: rows, measure, verdict, figure and dial."""

import numpy as np
import pytest

from tensorbrain.checkpoint import load_brain
from tensorbrain.claims import NAMES, claim
from tensorbrain.claims.chart import to_plotly
from tensorbrain.claims.claim import Config
from tensorbrain.claims.scoreboard import score

ALWAYS = ("bayes", "gates", "entity_indices")  # the others take minutes


@pytest.fixture(scope="module")
def shipped():
    return load_brain("neighbourhood")


@pytest.mark.parametrize(
    "name", [name if name in ALWAYS else pytest.param(name, marks=pytest.mark.thorough) for name in NAMES]
)
def test_a_quick_run_gives_finite_rows_and_every_part(name: str, shipped):
    found = score(claim(name), shipped, seeds=(0, 1), config=Config(quick=True))
    assert {row["seed"] for row in found.table} == {0, 1}
    numbers = [value for row in found.table for value in row.values() if not isinstance(value, str)]
    assert np.isfinite(numbers).all()
    assert all(len(part.effects) == 2 for part in (*found.measured.parts, found.measured.control))
    assert to_plotly(found.claim.plot(found.table)).data


@pytest.mark.parametrize("name", NAMES)
def test_every_place_of_a_dial_is_another_trial_and_one_is_the_usual(name: str):
    dial = claim(name).dial
    if dial is not None:
        trials = [claim(name).design(Config(dial=value)) for value in dial.values]
        assert claim(name).design(Config()) in trials and len({str(each) for each in trials}) == len(trials)
