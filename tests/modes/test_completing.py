"""The decoder behind the protocol of tensor models is the decoder that recalls: window by window the same."""

import jax
import jax.numpy as jnp
import pytest

from tensorbrain.brain import TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.factorization import TensorModel, scores
from tensorbrain.modes.completing import ORDERS, SerialDecoder
from tensorbrain.modes.decoder import close_window, open_window
from tensorbrain.presets import PRESETS, preset

COUNTS = (6, 3, 4)


def brain_of(name, **changes):
    settings = preset(name).to_json() | {"dim": 8, "context": 8, "orders": list(ORDERS), "temperature": 1.5} | changes
    return TensorBrain.create(COUNTS, type(preset(name)).from_json(settings), key=jax.random.key(3))


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("slot, order", list(zip("osp", ORDERS, strict=True)))
@pytest.mark.parametrize("t", [-1, 2])
def test_a_slot_is_read_as_in_recall(name, slot, order, t):
    brain, row = brain_of(name), {"s": 4, "p": 1, "o": 2}
    state = brain.start(brain.a_bar if t < 0 else brain.index.embeddings("instant")[t], order)
    for told in order[:2]:
        state = close_window(brain, open_window(brain, state, told)[0], jnp.asarray(row[told]), told)
    _, log_p = open_window(brain, state, order[2])
    asked = jnp.array([[*row.values(), t]])
    assert jnp.allclose(jax.nn.log_softmax(scores(SerialDecoder(brain), asked, slot)[0]), log_p, atol=1e-5)


def test_a_fourth_window_reads_the_instant():
    brain = brain_of("default")
    state = brain.start(brain.a_bar, "spo")
    for told, k in zip("spo", (4, 1, 2), strict=True):
        state = close_window(brain, open_window(brain, state, told)[0], jnp.asarray(k), told)
    _, log_p = open_window(brain, state, "t")
    found = scores(SerialDecoder(brain), jnp.array([[4, 1, 2, 3], [4, 1, 2, -1]]), "t")
    assert jnp.allclose(jax.nn.log_softmax(found), jnp.stack([log_p, log_p]), atol=1e-5)


def test_reading_back_is_asked_for_by_a_reciprocal_predicate():
    decoder = SerialDecoder(brain_of("default"))
    there, back = jnp.array([[4, 1, 2, -1]]), jnp.array([[2, 1 + COUNTS[1], 4, -1]])
    assert jnp.allclose(scores(decoder, there, "s"), scores(decoder, back, "o"), atol=1e-6)
    assert jnp.allclose(decoder.query(there, "p"), decoder.query(back, "p"), atol=1e-6)
    assert isinstance(decoder, TensorModel)


def test_a_brain_of_one_direction_is_refused():
    with pytest.raises(SettingsError, match="reads in the orders spo: to complete statements it needs spo, ops, sop"):
        SerialDecoder(brain_of("default", orders=["spo"]))
