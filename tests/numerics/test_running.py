"""Chunk by chunk as all at once: the normaliser, the best, and what attention mixes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorbrain.errors import SettingsError
from tensorbrain.numerics.running import attended, begin, best_of, met, ranked


def drawn(seed, candidates, scale=1.0):
    rng = np.random.default_rng(seed)
    queries, keys = rng.normal(size=(3, 4)), scale * rng.normal(size=(candidates, 4))
    return jnp.asarray(queries, jnp.float32), jnp.asarray(keys, jnp.float32)


# Few sizes, each of which compiles a program: less than a chunk, one, some, some and a rest.
SIZES, CHUNKS = st.sampled_from([1, 2, 7, 40]), st.sampled_from([1, 7, 10, 50])


@given(st.integers(0, 50), SIZES, CHUNKS, st.sampled_from([1, 2, 9]), st.sampled_from([0.1, 1.0, 80.0]))
def test_any_chunks_give_what_all_at_once_give(seed, candidates, chunk, n, scale):
    queries, keys = drawn(seed, candidates, scale)  # at scale 80 exp overflows without the running peak
    chunks = [(keys[k : k + chunk], None) for k in range(0, candidates, chunk)]
    found = ranked(queries, chunks, n=n)
    log_p = jax.nn.log_softmax(queries @ keys.T)
    best, ids = jax.lax.top_k(log_p, min(n, candidates))
    assert jnp.allclose(found.log_p[:, :candidates], best, atol=1e-4 * max(1.0, scale))
    assert jnp.allclose(found.log_z, jax.nn.logsumexp(queries @ keys.T, axis=1), rtol=1e-5, atol=1e-4)
    assert (found.ids[:, :candidates] == ids).all()
    assert (found.ids[:, candidates:] == -1).all() and (found.log_p[:, candidates:] == -jnp.inf).all()


@given(st.integers(0, 50), SIZES, CHUNKS)
def test_attention_in_chunks_is_attention(seed, candidates, chunk):
    queries, keys = drawn(seed, candidates, 3.0)
    values = jnp.sin(keys[:, :2])
    whole = jax.nn.softmax(queries @ keys.T) @ values
    assert jnp.allclose(attended(queries, keys, values, chunk=chunk), whole, atol=1e-5)


def test_offsets_count_and_what_is_impossible_is_no_candidate():
    queries, keys = drawn(0, 6)
    offsets = jnp.array([0.0, 9.0, -jnp.inf, 0.0, 0.0, -jnp.inf])
    found = ranked(queries, [(keys[:3], offsets[:3]), (keys[3:], offsets[3:])], n=6)
    expected = jax.nn.log_softmax(queries @ keys.T + offsets[None])
    assert (found.ids[:, 0] == 1).all()
    assert jnp.allclose(found.log_p, jnp.sort(expected, axis=1)[:, ::-1], atol=1e-5)


def test_a_chunk_of_nothing_but_impossible_candidates_changes_nothing():
    queries, keys = drawn(0, 4)
    none = jnp.full(4, -jnp.inf)
    first = met(begin(3, n=2), queries, keys, jnp.asarray(0), None, none)
    assert not jnp.isnan(first.total).any() and (first.total == 0).all()
    after = ranked(queries, [(keys, none), (keys, None)], n=2)
    assert jnp.allclose(after.log_z, jax.nn.logsumexp(queries @ keys.T, axis=1), atol=1e-5)
    with pytest.raises(SettingsError, match="no candidate to rank"):
        ranked(queries, [], n=2)


@given(st.integers(1, 12), st.integers(1, 5), st.integers(0, 99))
@settings(max_examples=20)
def test_the_best_of_all_chunks_is_the_best_of_all(candidates, chunk, seed):
    random = np.random.default_rng(seed)
    queries, keys = (random.integers(-2, 3, (n, 2)).astype(np.float32) for n in (3, candidates))  # many are level
    offsets = random.integers(-1, 2, candidates).astype(np.float32)
    scores = queries @ keys.T + offsets
    best = best_of(jnp.asarray(queries), jnp.asarray(keys), jnp.asarray(offsets), chunk=chunk)
    assert best.ids[:, 0].tolist() == scores.argmax(axis=1).tolist()
    log_z = np.log(np.exp(scores.astype(np.float64)).sum(axis=1))
    np.testing.assert_allclose(best.log_z, log_z, atol=1e-5)
    np.testing.assert_allclose(best.log_p[:, 0], scores.max(axis=1) - log_z, atol=1e-5)
