"""Which moments come to mind, against the brute-force joint distribution: by nothing, by a cue, by another moment."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import TensorBrain
from tensorbrain.errors import SettingsError, UnknownConceptError
from tensorbrain.modes.ask import ask
from tensorbrain.modes.episodic import log_posterior
from tensorbrain.modes.interventions import intervene
from tensorbrain.modes.reminding import evidence, likeness, moments
from tensorbrain.settings import Settings

pytestmark = pytest.mark.usefixtures("float64")

SETTINGS = Settings(dim=8, context=6, reserve=(0, 0, 3))
SLOTS = ("subject", "predicate", "object")
TOLD = {"subject": "c1", "predicate": "p2", "object": "c4"}
ROW = {"subject": 1, "predicate": 2, "object": 4}
SUBSETS = ["s", "p", "o", "sp", "so", "po", "spo"]


@pytest.fixture(scope="module")
def brain(make_model, name_all, float64):
    return name_all(make_model(SETTINGS, seed=6), SETTINGS)


@pytest.fixture(scope="module")
def truth(brain, brute_force):
    return brute_force(brain.model)


def names(letters: str) -> dict[str, Any]:
    return {slot: name for slot, name in TOLD.items() if slot[0] in letters}


def by_instant(truth, letters: str) -> np.ndarray:
    """P(cue | t): the told slots put in, the others summed out."""
    picked = tuple(ROW[slot] if slot[0] in letters else slice(None) for slot in SLOTS)
    return truth.by_instant("spo")[(slice(None), *picked)].reshape(4, -1).sum(axis=1)


@pytest.mark.parametrize("letters", SUBSETS)
def test_what_is_told_fits_every_moment_as_enumeration_says(letters, brain, truth):
    log_p = evidence(brain, **names(letters))
    np.testing.assert_allclose(np.exp(log_p), by_instant(truth, letters), rtol=1e-4)


def test_the_prior_without_a_cue_and_recent_against_remote_with_one(brain, truth):
    np.testing.assert_allclose(moments(brain), truth.p_t, rtol=1e-5)
    np.testing.assert_allclose(moments(brain, evidence(brain)), truth.p_t, rtol=1e-5)
    for recency in (0.0, 2.5, -4.0):
        expected = truth.p_t * by_instant(truth, "so") * np.exp(recency * np.arange(4) / 3)
        found = moments(brain, evidence(brain, **names("so")), recency=recency)
        np.testing.assert_allclose(found, expected / expected.sum(), rtol=1e-4)
        asked = ask(brain, **names("so"), answer="instant", recency=recency, top=4)
        np.testing.assert_allclose([found[a.ids[0]] for a in asked], [a.probability for a in asked], rtol=1e-4)


def test_a_narrow_beam_leaves_a_little_out_and_nothing_in(brain, truth):
    exact = by_instant(truth, "o")
    narrow = np.exp(evidence(brain, **names("o"), beam=4))
    assert (narrow < exact).all() and (narrow > 0.1 * exact).all()
    np.testing.assert_allclose(np.exp(evidence(brain, **names("s"), beam=1)), by_instant(truth, "s"), rtol=1e-4)


@pytest.mark.parametrize("t", range(4))
def test_a_moment_is_like_the_others_that_its_state_is_read_as(t, brain, truth):
    p = truth.probabilities(truth.A[2][t], 2)
    p[t] = 0.0
    np.testing.assert_allclose(likeness(brain, f"t{t}"), p / p.sum(), rtol=1e-4)


def test_a_lesioned_moment_comes_to_nobodys_mind(brain):
    without = intervene(brain, lesion=["t2"])
    for p in (moments(without), moments(without, evidence(without, **names("sp"))), likeness(without, "t1")):
        assert p[2] == 0 and abs(p.sum() - 1) < 1e-5


def test_what_cannot_be_told(brain, make_model, name_all):
    with pytest.raises(UnknownConceptError, match="c9"):
        evidence(brain, subject="c9")
    with pytest.raises(SettingsError, match="no other moment"):
        likeness(intervene(brain, lesion=["t0", "t1", "t2"]), "t3")
    small = Settings(dim=8, context=6)
    timeless = name_all(make_model(small, counts=(5, 3, 0)), small, (5, 3, 0))
    for remind in (evidence, moments):
        with pytest.raises(SettingsError, match="no episodes"):
            remind(timeless)


def test_recency_runs_to_the_last_moment_that_is_remembered_whatever_the_reserve():
    """exp(lambda): so much more probable is the last moment than the first, with room for more moments or without."""
    for reserve in (0, 5):
        settings = Settings(dim=8, context=8, reserve=(0, 0, reserve))
        model = TensorBrain.create((3, 2, 4), settings, key=jax.random.key(0))
        log_p = np.asarray(log_posterior(model, jnp.zeros(4 + reserve), recency=2.0))
        assert log_p[3] - log_p[0] == pytest.approx(2.0, abs=1e-5)
