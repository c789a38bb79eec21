"""The objective in its clear and in its fast form, and what training may change."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import TensorBrain
from tensorbrain.learning.batches import epoch_batches
from tensorbrain.learning.objectives import batch_loss, statement_loss, trainable
from tensorbrain.learning.prefixes import Batch
from tensorbrain.modes.decoder import statement_log_probability
from tensorbrain.settings import Settings

ROWS = np.array([[0, 1, 2, 3], [0, 1, 4, -1], [0, 1, 2, -1], [3, 0, 3, 0], [1, 2, 0, 3], [0, 1, 1, -1]], np.int32)
WEIGHTS = np.array([1.0, 0.5, 2.0, 1.0, 0.25, 3.0], np.float32)


@pytest.fixture(scope="module")
def brain() -> TensorBrain:
    return TensorBrain.create((5, 3, 4), Settings(dim=8, context=6, orders=("spo", "ops")), key=jax.random.key(0))


def batch_of(dropout: float) -> Batch:
    random = np.random.default_rng(0)
    (batch,) = epoch_batches(ROWS, WEIGHTS, ("spo", "ops"), batch=8, voice_dropout=dropout, random=random)
    return jax.tree_util.tree_map(jnp.asarray, batch)  # eight rows: two of them padding


def test_the_loss_is_the_weighted_mean_over_rows_and_orders(brain):
    read = jax.jit(statement_log_probability, static_argnames="order")
    instants = brain.index.A[brain.index.block("instant")]
    expected = 0.0
    for (s, p, o, t), weight in zip(ROWS.tolist(), WEIGHTS.tolist(), strict=True):
        q = brain.a_bar if t < 0 else instants[t]
        for order in brain.orders:
            expected -= weight * float(read(brain, q, jnp.array([s, p, o]), order=order).sum()) / 2
    loss = jax.jit(statement_loss)(brain, jnp.asarray(ROWS), jnp.asarray(WEIGHTS))
    np.testing.assert_allclose(float(loss), expected / WEIGHTS.sum(), rtol=1e-5)


def test_the_fast_form_has_the_same_value_and_gradient(brain):
    batch = batch_of(0.0)
    mask = trainable(brain, learn_beta=True)
    params, frozen = eqx.partition(brain, mask)
    clear, fast = (
        jax.jit(jax.value_and_grad(f))(params)
        for f in (
            lambda params: statement_loss(eqx.combine(params, frozen), batch.rows, batch.weight),
            lambda params: batch_loss(eqx.combine(params, frozen), batch),
        )
    )
    np.testing.assert_allclose(fast[0], clear[0], rtol=1e-6)
    leaves = zip(*(jax.tree_util.tree_leaves(gradient) for _, gradient in (fast, clear)), strict=True)
    for mine, theirs in leaves:
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-6)


def test_a_silent_row_is_read_without_the_voice(brain):
    silent = jax.jit(batch_loss)(brain, batch_of(1.0))
    mute = eqx.tree_at(lambda b: b.voice, brain, jnp.zeros_like(brain.voice))
    expected = jax.jit(statement_loss)(mute, jnp.asarray(ROWS), jnp.asarray(WEIGHTS))
    np.testing.assert_allclose(float(silent), float(expected), rtol=1e-5)
    assert abs(float(silent) - float(jax.jit(batch_loss)(brain, batch_of(0.0)))) > 1e-4


@pytest.mark.parametrize("learn_beta", [True, False])
@pytest.mark.parametrize("scoring", ["centered", "learned"])
@pytest.mark.parametrize("orders", [("spo",), ("spo", "ops")])
def test_what_may_change(learn_beta, scoring, orders):
    settings = Settings(dim=4, context=4, scoring=scoring, orders=orders)
    mask = trainable(TensorBrain.create((2, 1, 1), settings, key=jax.random.key(0)), learn_beta=learn_beta)
    assert mask.beta == learn_beta and mask.index.a0 == (scoring == "learned") and mask.voice == (len(orders) > 1)
    assert mask.index.A and mask.a_bar and all(jax.tree_util.tree_leaves(mask.memory))
    assert not any((mask.alpha, mask.temperature, mask.p_t, mask.index.in_use))
