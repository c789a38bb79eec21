"""The non-negative Tucker model against enumeration of every statement and every latent class."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorbrain.errors import SettingsError
from tensorbrain.factorization.nonnegative_tucker import (
    SLOTS,
    NonnegativeTucker,
    a_bar,
    fit,
    marginal,
    normalised,
    recalled,
    sample,
    weights_of,
)  # fmt: skip

COUNTS, RANKS = (4, 3, 5), (2, 3, 2)


def a_model(seed: int, scale: float = 1.0) -> NonnegativeTucker:
    """A model whose columns do not sum to 1."""
    model = NonnegativeTucker.create(COUNTS, RANKS, key=jax.random.key(seed))
    return jax.tree.map(lambda a: scale * a**3, model)


def joint(model: NonnegativeTucker) -> np.ndarray:
    """P(s, p, o, t) by the sum over all latent classes, one after the other, in double precision."""
    e, p, t, core = (np.asarray(a, np.float64) for a in (model.entities, model.predicates, model.instants, model.core))
    total = np.zeros((len(e), len(p), len(e), len(t)))
    for r in np.ndindex(*core.shape):
        outer = np.multiply.outer(np.multiply.outer(e[:, r[0]], p[:, r[1]]), np.multiply.outer(e[:, r[2]], t[:, r[3]]))
        total += core[r] * outer
    return total / total.sum()


@pytest.mark.parametrize("kept", ["o", "pt", "spo", "spot"])
def test_marginals_are_sums_of_the_joint(kept: str):
    model = a_model(0, scale=3.0)
    out = tuple(axis for axis, slot in enumerate(SLOTS) if slot not in kept)
    np.testing.assert_allclose(marginal(model, kept), joint(model).sum(axis=out), rtol=1e-5)


def test_a_bar_sums_time_out_and_one_instant_does_not():
    with jax.enable_x64(True):
        model = a_model(1)
        summed = joint(model).sum(axis=3)
        np.testing.assert_allclose(recalled(model, a_bar(model)), summed, rtol=1e-12)
        assert np.abs(recalled(model, model.instants[0]) - summed).max() > 1e-3


def test_one_step_of_em_is_the_one_with_responsibilities_enumerated():
    model, rows, weight = normalised(a_model(2)), np.array([[0, 1, 0, 3], [2, 2, 1, 4]]), np.array([1.0, 3.0])
    e, p, t, core = (np.asarray(a, np.float64) for a in (model.entities, model.predicates, model.instants, model.core))
    new = [np.zeros_like(a) for a in (e, p, t, core)]
    for (k_s, k_p, k_o, k_t), w in zip(rows, weight, strict=True):
        each = core * np.einsum("a,b,c,d->abcd", e[k_s], p[k_p], e[k_o], t[k_t])
        each *= w / each.sum()
        new[0][k_s] += each.sum(axis=(1, 2, 3))
        new[0][k_o] += each.sum(axis=(0, 1, 3))
        new[1][k_p] += each.sum(axis=(0, 2, 3))
        new[2][k_t] += each.sum(axis=(0, 1, 2))
        new[3] += each
    stepped, _ = fit(model, jnp.asarray(rows), jnp.asarray(weight, jnp.float32), steps=1)
    for a, b in zip(jax.tree.leaves(stepped), new, strict=True):
        np.testing.assert_allclose(a, b / b.sum(axis=None if b.ndim == 4 else 0), rtol=1e-4, atol=1e-7)


@settings(max_examples=12)
@given(st.integers(0, 2**16))
def test_the_likelihood_never_falls(seed: int):
    random = np.random.default_rng(seed)
    rows = jnp.asarray(np.stack([random.integers(0, n, 6) for n in (4, 3, 4, 5)], axis=1).astype(np.int32))
    model, log_p = fit(a_model(seed), rows, jnp.asarray(random.uniform(0.1, 3, 6).astype(np.float32)), steps=20)
    assert np.diff(np.asarray(log_p)).min() > -1e-5
    np.testing.assert_allclose(marginal(model, "spot"), joint(model), atol=1e-6)


def test_what_was_told_is_learned_and_drawn_again():
    rows = jnp.asarray([[0, 0, 1, 0], [1, 1, 2, 1], [2, 2, 3, 2], [3, 0, 0, 3]])
    weight = jnp.asarray([1.0, 2.0, 3.0, 4.0])
    model = NonnegativeTucker.create(COUNTS, (6, 3, 6), key=jax.random.key(0))
    model, _ = fit(model, rows, weight, steps=300)
    np.testing.assert_allclose(weights_of(model, rows), weight / 10, atol=0.01)
    drawn = np.asarray(sample(model, 4000, key=jax.random.key(1)))
    share = [(drawn == row).all(axis=1).mean() for row in np.asarray(rows)]
    np.testing.assert_allclose(share, weight / 10, atol=0.04)


def test_sampling_follows_an_unnormalised_model():
    model = a_model(3, scale=5.0)
    drawn = np.asarray(sample(model, 20_000, key=jax.random.key(0)))
    counted = np.zeros((4, 3, 4, 5))
    np.add.at(counted, tuple(drawn.T), 1)
    assert np.abs(counted / len(drawn) - joint(model)).sum() < 0.12  # 240 cells: about 0.09 is chance


def test_errors_name_the_mend():
    with pytest.raises(SettingsError, match="at least 1"):
        NonnegativeTucker.create((4, 0, 5), RANKS, key=jax.random.key(0))
    for wrong in ("", "ss", "x"):
        with pytest.raises(SettingsError, match="distinct"):
            marginal(a_model(0), wrong)
