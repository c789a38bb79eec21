"""Recalls in a pool against each one by itself, window for window."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.checkpoint import load_brain
from tensorbrain.errors import SettingsError
from tensorbrain.layers import BrainState
from tensorbrain.modes.decoder import close_window, decode_statement, open_window
from tensorbrain.modes.pool import OVER, Recalls, pooled, recall_many
from tensorbrain.modes.recall import recall
from tensorbrain.operations import measure
from tensorbrain.settings import Settings

COUNTS = (7, 3, 2)
SEVERAL = Settings(dim=8, context=6, orders=("spo", "sop", "ops"))
MOST = 7


@pytest.fixture(scope="module")
def town() -> Brain:
    return load_brain("neighbourhood")


def brain_of(seed: int) -> TensorBrain:
    return TensorBrain.create(COUNTS, SEVERAL, key=jax.random.key(seed))


def alone(brain: TensorBrain, q, slots, told, key, selection: Any) -> tuple[list[int], list[float]]:
    """One recall, in plain Python."""
    state = BrainState(q, jnp.zeros(SEVERAL.context))
    chosen, log_p = [], []
    for i, (slot, k) in enumerate(zip(slots, told, strict=True)):
        if slot == OVER:
            break
        letter = "spo"[slot]
        state, log_pi = open_window(brain, state, letter)
        if k < 0:
            block = "predicate" if letter == "p" else "concept"
            own = jax.random.fold_in(key, i)
            _, free = measure(brain.index, state, log_pi, block, selection=selection, key=own)
            k = int(free)
        state = close_window(brain, state, jnp.asarray(k), letter)
        chosen.append(int(k))
        log_p.append(float(log_pi[k]))
    return chosen, log_p


@given(st.data())
@settings(max_examples=15)
def test_a_pool_does_what_each_recall_does_by_itself(data):
    lengths = data.draw(st.lists(st.integers(1, MOST), min_size=1, max_size=6))
    selection = data.draw(st.sampled_from(["argmax", "sample"]))
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    slots = np.full((6, MOST), OVER)
    told = np.full((6, MOST), -1)
    for row, length in enumerate(lengths):
        slots[row, :length] = random.integers(0, 3, length)
        some = random.random(length) < 0.4
        told[row, :length] = np.where(some, random.integers(0, 3, length), -1)
    brain = brain_of(int(random.integers(5)))
    q = jnp.asarray(random.normal(size=(6, 8)), jnp.float32)
    keys = jax.random.split(jax.random.key(int(random.integers(99))), 6)
    recalls = Recalls(q, jnp.asarray(slots), jnp.asarray(told), keys)
    chosen, log_p = pooled(brain, recalls, selection=selection, size=data.draw(st.sampled_from([1, 2, 8])))
    for row, length in enumerate(lengths):
        ids, of = alone(brain, q[row], slots[row].tolist(), told[row].tolist(), keys[row], selection)
        assert chosen[row, :length].tolist() == ids
        np.testing.assert_allclose(log_p[row, :length], of, atol=1e-5)
        assert (chosen[row, length:] == -1).all()
    assert (chosen[len(lengths) :] == -1).all(), "a recall without a window says nothing"


@pytest.mark.parametrize("selection", ["argmax", "sample"])
def test_statements_are_those_of_the_decoder(selection):
    brain, random = brain_of(3), np.random.default_rng(0)
    order, rows = "sop", 30
    q = jnp.asarray(random.normal(size=(rows, 8)), jnp.float32)
    told = np.where(random.random((rows, 3)) < 0.3, random.integers(0, 3, (rows, 3)), -1)
    keys = jax.random.split(jax.random.key(7), rows)
    slots = np.tile([["spo".index(slot) for slot in order]], (rows, 1))
    voiced = q + brain.voice[brain.orders.index(order)][None]
    chosen, _ = pooled(brain, Recalls(voiced, jnp.asarray(slots), jnp.asarray(told), keys), selection=selection, size=4)
    for row in range(rows):
        cue = jnp.asarray(told[row][np.argsort(slots[row])])
        statement, _ = decode_statement(brain, q[row], cue, order, selection=selection, key=keys[row])
        assert chosen[row].tolist() == [int(statement["spo".index(slot)]) for slot in order]


def test_many_cues_by_name_are_recalled_as_one_by_one(town: Brain):
    words = town.vocabulary
    cues: list[dict[str, Any]] = [{"subject": concept.label} for concept in words.concepts[:4]]
    cues += [{"subject": words.concepts[0].label, "predicate": p.label} for p in words.predicates]
    cues += [{"subject": words.concepts[0].label, "instant": t.label} for t in words.instants[:3]]
    together = recall_many(town, cues, size=3)
    for cue, found in zip(cues, together, strict=True):
        one = recall(town, **cue, selection="argmax").statements[0]
        assert found[:3] == one[:3]
        assert found.probability == pytest.approx(one.probability, abs=1e-5)


def test_a_seed_draws_the_same_again(town: Brain):
    cues = [{"subject": town.vocabulary.concepts[0].label}] * 20
    drawn = [recall_many(town, cues, selection="sample", size=size, seed=3) for size in (2, 20)]
    assert [s[:3] for s in drawn[0]] == [s[:3] for s in drawn[1]], "however large the pool is"
    assert len({s[:3] for s in drawn[0]}) > 1, "and not the same each time"


def test_what_is_wrong_with_a_cue_is_said_with_its_number(town: Brain):
    label = town.vocabulary.concepts[0].label
    with pytest.raises(SettingsError, match=r"cue 1: .*Sprky"):
        recall_many(town, [{"subject": label}, {"subject": "Sprky"}])
    with pytest.raises(SettingsError, match="cue 0: 'subjekt' is no part of a cue: use"):
        recall_many(town, [{"subjekt": label}])
    with pytest.raises(SettingsError, match="'top' is none of a pool"):
        recall_many(town, [{"subject": label}], selection="top")
    with pytest.raises(SettingsError, match="a pool of 0 recalls"):
        recall_many(town, [{"subject": label}], size=0)
    assert recall_many(town, []) == []
