"""Recall by similarity of states and recency, against the softmax written out."""

import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.modes.episodic import log_reminded, recency_of
from tensorbrain.settings import Settings

SETTINGS = Settings(dim=8, context=6, reserve=(0, 0, 3))


@pytest.mark.parametrize("recency", [0.0, 3.0, -5.0])
def test_a_state_reminds_by_its_similarity_and_by_recency(recency, make_model, brute_force):
    """P(t | q) ~ exp(n_t + lambda recency(t)); rows of the reserve remind of nothing."""
    model = make_model(SETTINGS, seed=3)
    truth = brute_force(model)
    q = np.random.default_rng(0).normal(size=8)
    expected = truth.probabilities(q, 2) * np.exp(recency * np.arange(4) / 3)
    found = np.exp(np.asarray(log_reminded(model, jnp.asarray(q, jnp.float32), recency=recency)))
    np.testing.assert_allclose(found[:4], expected / expected.sum(), rtol=1e-4)
    assert (found[4:] == 0).all()


def test_recency_runs_over_the_instants_in_use(make_model):
    np.testing.assert_allclose(recency_of(make_model(SETTINGS))[:4], [0, 1 / 3, 2 / 3, 1], rtol=1e-6)
    one = make_model(SETTINGS, counts=(5, 3, 1))
    assert recency_of(one)[0] == 0 and log_reminded(one, jnp.zeros(8), recency=9.0)[0] == 0
