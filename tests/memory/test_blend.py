"""Blending and what is remarkable, against counts by hand and against enumeration."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tensorbrain.errors import SettingsError, UnknownConceptError
from tensorbrain.memory.blend import TOLD, blended, both_memories, log_blended, remarkable, remarkableness

counts = st.lists(st.integers(0, 9), min_size=4, max_size=4).filter(sum)
kappas = st.floats(0.125, 50, width=32)


@examples(max_examples=40)
@given(one=counts, two=counts, prior=counts, kappa=kappas)
def test_blending_episode_by_episode_is_blending_once(one, two, prior, kappa):
    """(N_1 + N_2 + kappa P) / (N_1 + N_2 + kappa), whichever way it is come by."""
    a, b, p = (np.asarray(x, np.float32) for x in (one, two, prior))
    p /= p.sum()
    by_hand = (a + b + kappa * p) / (a.sum() + b.sum() + kappa)
    np.testing.assert_allclose(blended(jnp.asarray(a + b), jnp.asarray(p), kappa), by_hand, rtol=1e-5, atol=1e-7)
    first = blended(jnp.asarray(a), jnp.asarray(p), kappa)
    np.testing.assert_allclose(blended(jnp.asarray(b), first, kappa + sum(one)), by_hand, rtol=1e-5, atol=1e-7)
    in_logs = log_blended(jnp.log(a / a.sum()), jnp.log(p), float(sum(one)), kappa)
    np.testing.assert_allclose(jnp.exp(in_logs), blended(jnp.asarray(a), jnp.asarray(p), kappa), rtol=1e-4, atol=1e-6)


def test_the_ends_of_the_blend():
    a, p = jnp.array([3.0, 1.0]), jnp.array([0.1, 0.9])
    assert blended(a, p, 0.0).tolist() == [0.75, 0.25]
    np.testing.assert_allclose(blended(a, p, 1e6), p, rtol=1e-3)
    log_a, log_p = jnp.log(a / 4), jnp.log(p)
    np.testing.assert_allclose(log_blended(log_a, log_p, 4.0, 0.0), log_a, rtol=1e-6)
    np.testing.assert_allclose(log_blended(log_a, log_p, 0.0, 2.0), log_p, rtol=1e-6)


def test_what_both_memories_say_is_what_enumeration_says(knowing, every_statement):
    m = knowing.model
    rows = np.array([[0, 1, 3], [9, 3, 2], [4, 0, 4]], np.int32)
    episodic, semantic = jax.jit(both_memories)(m, m.index.A[15], m.a_bar, jnp.asarray(rows))
    for found, q in ((episodic, m.index.A[15]), (semantic, m.a_bar)):
        log_p = np.asarray(every_statement(m, q))
        np.testing.assert_allclose(found, log_p[tuple(rows.T)], rtol=1e-4, atol=1e-4)


def told(log_p: np.ndarray, most: int) -> list[tuple[int, ...]]:
    """The most probable statements, until they have TOLD together."""
    rows, together = [], 0.0
    for k in np.argsort(-log_p.ravel(), kind="stable")[:most]:
        if together >= TOLD:
            break
        rows.append(tuple(int(x) for x in np.unravel_index(k, log_p.shape)))
        together += float(np.exp(log_p.ravel()[k]))
    return rows


@pytest.mark.parametrize("most", [12, 2])
def test_remarkable_is_what_enumeration_says(most, knowing, town, every_statement):
    m, words = knowing.model, knowing.vocabulary
    episodic, semantic = (np.asarray(every_statement(m, q), float) for q in (m.index.A[16], m.a_bar))
    expected = {row: episodic[row] - semantic[row] for row in told(episodic, most)}
    remarks = remarkable(knowing, instant="day 3", statements=most)
    ids = [(words.find(r.subject, "subject"), words.find(r.predicate, "predicate"), words.find(r.object, "object"))
           for r in remarks]  # fmt: skip
    assert sorted(ids) == sorted(expected) and len(remarks) <= most
    for row, remark in zip(ids, remarks, strict=True):
        assert remark.nats == pytest.approx(expected[row], abs=1e-3)
        assert remark.episodic == pytest.approx(np.exp(episodic[row]), rel=1e-3)
        assert remark.semantic == pytest.approx(np.exp(semantic[row]), rel=1e-3, abs=1e-9)
    assert [r.nats for r in remarks] == sorted((r.nats for r in remarks), reverse=True)
    if most == 12:  # the three things of that day are among them, one of them against what is known
        assert {tuple(row) for row in town.days[2].tolist()} <= set(ids)


def test_how_remarkable_a_moment_is(knowing, every_statement):
    m = knowing.model
    found = np.asarray(jax.jit(remarkableness)(m, m.a_bar))
    for t, value in enumerate(found):
        episodic, semantic = (np.asarray(every_statement(m, q), float) for q in (m.index.A[14 + t], m.a_bar))
        rows = tuple(np.array(told(episodic, 12)).T)
        weight = np.exp(episodic[rows])
        assert value == pytest.approx((weight * (episodic - semantic)[rows]).sum() / weight.sum(), abs=1e-3)
    in_general = np.asarray(jax.jit(remarkableness)(m, m.index.A[14]))  # as if every day were like the first
    assert abs(in_general[0]) < 1e-4 and (in_general[1:] > 1).all()


def test_what_is_refused(knowing):
    with pytest.raises(SettingsError, match="0 statements are none"):
        remarkable(knowing, instant="day 1", statements=0)
    with pytest.raises(SettingsError, match="no single start"):
        remarkable(knowing, instant="day 1", a_bar="mixture")
    with pytest.raises(UnknownConceptError, match="no instant 'day 9'"):
        remarkable(knowing, instant="day 9")
