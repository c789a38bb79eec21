"""The decoder behind the protocol of tensor models is the decoder that recalls: window by window the same."""

import jax
import jax.numpy as jnp
import pytest

from tensorbrain.brain import TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.factorization import TensorModel, scores
from tensorbrain.modes.completing import ORDERS, READINGS, SerialDecoder
from tensorbrain.modes.decoder import close_window, open_window
from tensorbrain.presets import PRESETS, preset

COUNTS = (6, 3, 4)


def brain_of(name, **changes):
    settings = preset(name).to_json() | {"dim": 8, "context": 8, "orders": list(ORDERS), "temperature": 1.5} | changes
    return TensorBrain.create(COUNTS, type(preset(name)).from_json(settings), key=jax.random.key(3))


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("first", READINGS)
@pytest.mark.parametrize("slot, place", [("o", 0), ("s", 1), ("p", 2)])
@pytest.mark.parametrize("t", [-1, 2])
def test_a_slot_is_read_as_in_recall(name, first, slot, place, t):
    brain, row = brain_of(name, orders=list(READINGS[first])), {"s": 4, "p": 1, "o": 2}
    order = READINGS[first][place]
    state = brain.start(brain.a_bar if t < 0 else brain.index.embeddings("instant")[t], order)
    for told in order[:2]:
        state = close_window(brain, open_window(brain, state, told)[0], jnp.asarray(row[told]), told)
    _, log_p = open_window(brain, state, order[2])
    asked = jnp.array([[*row.values(), t]])
    assert jnp.allclose(jax.nn.log_softmax(scores(SerialDecoder(brain), asked, slot)[0]), log_p, atol=1e-5)


@pytest.mark.parametrize("first", READINGS)
def test_a_fourth_window_reads_the_instant(first):
    brain, order = brain_of("default", orders=list(READINGS[first])), READINGS[first][0]
    state = brain.start(brain.a_bar, order)
    for told in order:
        k = jnp.asarray({"s": 4, "p": 1, "o": 2}[told])
        state = close_window(brain, open_window(brain, state, told)[0], k, told)
    _, log_p = open_window(brain, state, "t")
    found = scores(SerialDecoder(brain), jnp.array([[4, 1, 2, 3], [4, 1, 2, -1]]), "t")
    assert jnp.allclose(jax.nn.log_softmax(found), jnp.stack([log_p, log_p]), atol=1e-5)


def test_reading_back_is_asked_for_by_a_reciprocal_predicate():
    decoder = SerialDecoder(brain_of("default"))
    there, back = jnp.array([[4, 1, 2, -1]]), jnp.array([[2, 1 + COUNTS[1], 4, -1]])
    assert jnp.allclose(scores(decoder, there, "s"), scores(decoder, back, "o"), atol=1e-6)
    assert jnp.allclose(decoder.query(there, "p"), decoder.query(back, "p"), atol=1e-6)
    assert isinstance(decoder, TensorModel)


def test_a_brain_with_all_orders_hears_the_predicate_first():
    every = [*READINGS["concept"], *ORDERS[:2]]
    assert SerialDecoder(brain_of("default", orders=every)).orders == ORDERS


def test_a_brain_of_one_direction_is_refused():
    needed = "reads in the orders spo: to complete statements it needs pso, pos, sop or spo, ops, sop"
    with pytest.raises(SettingsError, match=needed):
        SerialDecoder(brain_of("default", orders=["spo"]))
