"""Consolidation: semantic memory learns what the days say and keeps the rest; without interleaving it forgets."""

import dataclasses
import signal

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import TensorBrain
from tensorbrain.errors import SettingsError, UnknownConceptError
from tensorbrain.memory.consolidate import consolidate, unconsolidated
from tensorbrain.memory.forget import forget
from tensorbrain.memory.interleave import consolidated, planned, replay_loss
from tensorbrain.memory.replay import divergence, dream, moving
from tensorbrain.memory.second_index import second_index
from tensorbrain.modes import intervene
from tensorbrain.settings import Settings

STEPS, RATE, SHARE = 300, 5e-3, 0.5


@pytest.fixture(scope="module")
def after(knowing):
    """What became of the brain: whole, with a-bar alone, and without interleaving."""
    plan = planned(knowing.model, np.arange(5), SHARE)
    key = jax.random.key(1)
    ways = {"whole": {}, "a_bar": {"moves": "a_bar"}, "bare": {"interleaved": False}}
    return {n: consolidated(knowing.model, plan, steps=STEPS, rate=RATE, key=key, **w) for n, w in ways.items()}


def test_what_the_days_say_is_known_in_general_and_the_rest_is_kept(knowing, town, after, known):
    new, before = town.days.reshape(-1, 3), knowing.model
    later = after["whole"][0]
    assert known(before, new) < 0.3 and known(before, town.kept) > 0.95
    assert known(later, new) > 0.9
    assert known(later, town.kept) >= known(before, town.kept) - 0.02


def test_without_interleaving_what_was_known_is_forgotten(town, after, known):
    bare = after["bare"][0]
    assert known(bare, town.days.reshape(-1, 3)) > 0.7
    assert known(bare, town.kept) < 0.6


def test_the_days_themselves_are_recalled_as_they_were(knowing, town, after, every_statement):
    for t in range(5):
        was, now = (every_statement(m, m.index.A[14 + t]) for m in (knowing.model, after["whole"][0]))
        assert float((jnp.exp(was) * (was - now)).sum()) < 0.1
        best = {np.unravel_index(k, now.shape) for k in np.argsort(-np.asarray(now).ravel())[:3]}
        assert best == {tuple(row) for row in town.days[t].tolist()}


def test_it_comes_near_to_the_blend_of_both_memories(knowing, after, every_statement):
    """P(. | a-bar) = share mean_t P(. | a_t) + (1 - share) P_old, by enumeration."""
    m = knowing.model
    days = jnp.stack([jnp.exp(every_statement(m, a)) for a in m.index.A[14:]]).mean(axis=0)
    target = SHARE * days + (1 - SHARE) * jnp.exp(every_statement(m, m.a_bar))

    def kl(model: TensorBrain) -> float:
        return float((target * (jnp.log(target) - every_statement(model, model.a_bar))).sum())

    assert kl(after["whole"][0]) < 0.1 * kl(m)
    assert kl(after["whole"][0]) < kl(after["a_bar"][0]) < kl(m)


def test_what_may_not_move_stays_to_the_last_bit(knowing, after):
    for moves, name in (("a_bar", "a_bar"), ("all", "whole")):
        mask = jax.tree.leaves(moving(knowing.model, moves))
        leaves = (jax.tree.leaves(m) for m in (knowing.model, after[name][0]))
        for moved, was, now in zip(mask, *leaves, strict=True):
            assert moved or np.array_equal(was, now)
    assert (after["a_bar"][0].a_bar != knowing.model.a_bar).any()


def test_dreams_weigh_what_is_unlike_as_enumeration_does(knowing, every_statement):
    """The mean over dreams is KL(P || P_other); where both say the same it is 0 dream by dream, and so is its slope."""
    m = knowing.model
    other = eqx.tree_at(lambda b: b.a_bar, m, m.a_bar + 0.5)
    dreams = jax.jit(lambda u: dream(m, m.a_bar, "spo", u))(jax.random.uniform(jax.random.key(0), (4000, 3)))
    log_p, log_q = (np.asarray(every_statement(b, b.a_bar), float) for b in (m, other))
    exact = (np.exp(log_p) * (log_p - log_q)).sum()
    unlike = jax.jit(jax.value_and_grad(lambda q: divergence(m, q, "spo", dreams)))
    assert exact > 0.05 and float(unlike(other.a_bar)[0]) == pytest.approx(exact, rel=0.05)
    drawn = np.zeros(log_p.shape)
    np.add.at(drawn, tuple(dreams.chosen.T), 1 / 4000)
    assert np.abs(drawn - np.exp(log_p)).sum() < 0.25
    value, slope = unlike(m.a_bar)
    assert abs(float(value)) < 1e-5 and float(jnp.abs(slope).max()) < 1e-5


def test_seeds_side_by_side_are_seeds_one_by_one(knowing, town, after, known):
    plan = planned(knowing.model, np.arange(5), SHARE)

    def run(key):
        return consolidated(knowing.model, plan, steps=STEPS, rate=RATE, key=key)

    both, losses = jax.vmap(run)(jnp.stack([jax.random.key(n) for n in (1, 2)]))
    alone, loss = after["whole"]
    np.testing.assert_allclose(losses[0, :5], loss[:5], rtol=1e-3)  # later a draw falls otherwise now and then
    assert np.abs(losses[1, :5] - loss[:5]).max() > 0.05
    np.testing.assert_allclose(losses[0, -50:].mean(), loss[-50:].mean(), rtol=0.05)
    assert known(jax.tree.map(lambda leaf: leaf[0], both), town.kept) == known(alone, town.kept)


def test_what_a_brain_that_writes_would_write_and_recall_is_kept_too():
    """Once the way it writes has changed the loss is larger, by what is then recalled of the episodes it imagines."""
    settings = Settings(dim=8, context=6, senses="pictures", feature=5, orders=("ops",))
    m = TensorBrain.create((5, 3, 4), settings, key=jax.random.key(0))
    m = eqx.tree_at(lambda b: b.index.A, m, m.index.A.at[-1].set(m.a_bar))
    plan = planned(m, np.array([3]), 0.5)  # an instant that is just what is known in general: nothing is new
    loss = jax.jit(lambda b: replay_loss(b, m, plan, key=jax.random.key(2), interleaved=True, kept=True))
    assert float(loss(m)) == pytest.approx(0, abs=1e-5)
    assert float(loss(eqx.tree_at(lambda b: b.imprint, m, -m.imprint))) > 0.01


def test_a_brain_remembers_what_it_has_consolidated(knowing):
    heard = []
    later = consolidate(knowing, instants=["day 2"], steps=23, progress=False, report=heard.append)
    assert [news["step"] for news in heard] == [8, 16, 23] and heard[-1]["done"] == 1.0
    assert {"step", "loss", "seconds", "done"} == heard[0].keys() and heard[0]["seconds"] <= heard[1]["seconds"]
    assert unconsolidated(knowing) == [0, 1, 2, 3, 4] and unconsolidated(later) == [0, 2, 3, 4]
    every = consolidate(later, steps=8, progress=False)
    assert unconsolidated(every) == [] and len(every.history) == len(knowing.history) + 2
    with pytest.raises(SettingsError, match="nothing to consolidate"):
        consolidate(every, progress=False)
    again = consolidate(knowing, instants=["2026-05-02"], steps=23, progress=False)
    np.testing.assert_array_equal(again.model.a_bar, later.model.a_bar)
    fewer = forget(every, keep=4, policy="oldest")
    iri = fewer.vocabulary.instants[0].iri  # and the name of what was forgotten is free for something new
    reused = dataclasses.replace(fewer.vocabulary.instants[0], iri=every.vocabulary.instants[0].iri)
    words = dataclasses.replace(fewer.vocabulary, instants=(reused, *fewer.vocabulary.instants[1:]))
    assert iri != reused.iri and unconsolidated(dataclasses.replace(fewer, vocabulary=words)) == [0]


@pytest.mark.parametrize("way", ["report", "ctrl-c"])
def test_it_can_be_stopped_and_the_brain_so_far_comes_back(way, knowing):
    def stop(news):
        if news["step"] == 20 and way == "ctrl-c":
            signal.raise_signal(signal.SIGINT)
        return way == "report" and news["step"] == 20

    stopped = consolidate(knowing, steps=50, progress=False, report=stop)
    assert stopped.history[-1]["steps"] == 20 and unconsolidated(stopped) == [0, 1, 2, 3, 4]
    assert (stopped.model.a_bar != knowing.model.a_bar).any() and np.isfinite(stopped.model.index.A).all()


def test_the_second_index_becomes_the_first(knowing, every_statement):
    m, t, key = knowing.model, jnp.asarray(2), jax.random.key(0)
    first = every_statement(m, m.index.A[16])
    apart = []
    for replays in (1, 10, 60):
        a_new = second_index(m, t, replays=replays, key=key)
        np.testing.assert_allclose(a_new, (1 - 0.9**replays) * m.index.A[16], rtol=1e-4, atol=1e-5)
        again = every_statement(m, a_new)
        apart.append(float((jnp.exp(first) * (first - again)).sum()))
    assert apart[0] > apart[1] > apart[2] and apart[2] < 0.01
    noisy = jax.vmap(lambda key: second_index(m, t, replays=100, key=key, noise=0.5))(jax.random.split(key, 300))
    off = float(jnp.std(noisy - m.index.A[16][None]))
    assert off == pytest.approx(0.5 * (0.1 / 1.9) ** 0.5, rel=0.05)


def test_what_is_refused(knowing):
    for arguments, words in (
        ({"share": 0.0}, "share 0.0"),
        ({"steps": 0}, "at least 1 step"),
        ({"moves": "eyes"}, "a_bar, embeddings, all"),
    ):
        with pytest.raises(SettingsError, match=words):
            consolidate(knowing, progress=False, **arguments)
    with pytest.raises(UnknownConceptError, match="no instant 'day 9'"):
        consolidate(knowing, instants=["day 9"], progress=False)
    with pytest.raises(SettingsError, match="c1 is lesioned or muted"):
        consolidate(intervene(knowing, lesion=["c1"]), progress=False)
