"""The search against enumeration: its certificate holds, and what it says it may have missed bounds what it missed."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from tensorbrain.modes.search import search_one
from tensorbrain.settings import Settings

pytestmark = pytest.mark.usefixtures("float64")

SETTINGS = Settings(dim=8, context=6, orders=("spo",))
N = 6
told = st.tuples(st.integers(-1, 4), st.integers(-1, 2), st.integers(-1, 4))


def find(model, cue, beam=4):
    return search_one(model, model.a_bar, jnp.asarray(cue, jnp.int32), order="spo", n=N, beam=beam)


def enumerated(P: np.ndarray, cue: tuple[int, ...]) -> np.ndarray:
    """P where it agrees with the cue, 0 elsewhere."""
    agrees = np.zeros(P.shape, bool)
    agrees[tuple(slice(None) if k < 0 else k for k in cue)] = True
    return np.where(agrees, P, 0.0)


@settings(max_examples=40)
@given(seed=st.integers(0, 2**31), scale=st.sampled_from([0.3, 1.0, 3.0]), cue=told)
def test_a_small_beam_proves_what_it_finds(seed, scale, cue, brute_force, make_model):
    model = make_model(SETTINGS, seed=seed, scale=scale)
    found = find(model, cue)
    P = enumerated(brute_force(model).joint(np.asarray(model.a_bar), "spo"), cue)
    best = np.sort(P.reshape(-1))[::-1][:N]
    log_p, rows = np.asarray(found.log_p), np.asarray(found.statements)
    real = np.exp(log_p) > 0
    np.testing.assert_allclose(np.exp(log_p[real]), P[tuple(rows[real].T)], atol=1e-9)  # never a wrong probability
    assert (np.diff(log_p) <= 1e-12).all()
    assert len({tuple(row) for row in rows[real].tolist()}) == real.sum()
    proven = (log_p >= float(found.log_bound)) & real
    event(f"{proven.sum()} of {N} proven")
    np.testing.assert_allclose(np.exp(log_p[proven]), best[: proven.sum()], rtol=1e-9, atol=1e-12)
    missed = P.sum() - np.exp(float(found.log_given))
    assert missed >= -1e-9
    assert missed <= np.exp(float(found.log_missed)) + 1e-9


def test_no_statement_outside_the_beam_beats_the_bound(brute_force, make_model):
    for seed in range(8):
        model = make_model(SETTINGS, seed=seed)
        found = find(model, (-1, -1, -1))
        P = brute_force(model).joint(np.asarray(model.a_bar), "spo")
        better = {tuple(row) for row in np.argwhere(P > np.exp(float(found.log_bound)) * (1 + 1e-9)).tolist()}
        in_list = {tuple(row) for row in found.statements.tolist()}
        assert better <= in_list or len(better) > N


def test_a_sure_brain_is_certified_by_a_small_beam(brute_force, make_model):
    proven = []
    for seed in range(10):
        model = make_model(SETTINGS, seed=seed, scale=4.0)
        found = find(model, (-1, -1, -1))
        proven.append(float(found.log_p[0]) >= float(found.log_bound))
        if proven[-1]:
            P = brute_force(model).joint(np.asarray(model.a_bar), "spo")
            assert tuple(found.statements[0].tolist()) == np.unravel_index(P.argmax(), P.shape)
    assert np.mean(proven) >= 0.8


def test_a_full_beam_misses_nothing(make_model):
    model = make_model(SETTINGS, seed=3)
    found = find(model, (-1, -1, -1), beam=15)
    np.testing.assert_allclose(float(found.log_given), 0, atol=1e-9)
    assert np.exp(float(found.log_missed)) == 0 and np.exp(float(found.log_bound)) == 0
