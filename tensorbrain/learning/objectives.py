"""The objective: the likelihood of statements, episodic and semantic jointly, on the same embeddings."""

import equinox as eqx
import jax
import jax.numpy as jnp

from tensorbrain.brain import TensorBrain
from tensorbrain.learning.candidates import weighing
from tensorbrain.learning.prefixes import Batch, Numbers, Windows
from tensorbrain.modes.decoder import close_window, open_window, statement_log_probability
from tensorbrain.typing import Array, Float, Int


def statement_loss(brain: TensorBrain, rows: Int[Array, "batch 4"], weight: Float[Array, " batch"]) -> Float[Array, ""]:
    """The weighted mean of -log P(s, p, o | start) over the brain's decode orders (TB23, joint training), row by row.

    Rows are (s, p, o, t); the start is a_t, or the learned a-bar where t = -1. The clear form; ``batch_loss``
    computes the same faster.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> statement_loss(brain, jnp.array([[0, 1, 2, -1]]), jnp.ones(1)).shape
    ()
    """
    q = starts(brain, rows[:, 3])
    per_order = [
        jax.vmap(lambda q, row, order=order: statement_log_probability(brain, q, row, order).sum())(q, rows[:, :3])
        for order in brain.orders
    ]
    loss = -jnp.stack(per_order).mean(axis=0)
    return (weight * loss).sum() / jnp.maximum(weight.sum(), 1e-9)


def starts(brain: TensorBrain, t: Int[Numbers, " batch"]) -> Float[Array, "batch dim"]:
    """a_t for every instant t, and a-bar where t = -1.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> bool((starts(brain, jnp.array([-1]))[0] == brain.a_bar).all())
    True
    """
    instants = brain.index.A[brain.index.block("instant")]
    if len(instants) == 0:
        return jnp.broadcast_to(brain.a_bar, (len(t), brain.board.dim))
    return jnp.where((t >= 0)[:, None], instants[jnp.maximum(t, 0)], brain.a_bar[None])


def batch_loss(brain: TensorBrain, batch: Batch) -> Float[Array, ""]:
    """``statement_loss`` with every distinct window computed once, and silent starts without their voice."""
    terms = [
        _order_log_probability(brain, batch, windows, order)
        for windows, order in zip(batch.windows, brain.orders, strict=True)
    ]
    loss = -jnp.stack(terms).mean(axis=0)
    return (batch.weight * loss).sum() / jnp.maximum(batch.weight.sum(), 1e-9)


def _order_log_probability(brain: TensorBrain, batch: Batch, windows: Windows, order: str) -> Float[Array, " batch"]:
    q = starts(brain, windows.start)
    if len(brain.orders) > 1:  # the start will add the voice: where it is to be silent, cancel it
        q = jnp.where(windows.silent[:, None], q - brain.voice[brain.orders.index(order)][None], q)
    state = jax.vmap(lambda q: brain.start(q, order))(q)
    total = jnp.zeros(len(batch.rows))
    few = brain if batch.group is None else weighing(brain, batch.group.ids)  # gathered once for all windows
    followed_by = ((windows.parent_2, windows.k_1), (windows.parent_3, windows.k_2))
    for position, slot in enumerate(order):
        if batch.group is None or slot == "p":
            state, log_pi = jax.vmap(lambda state, slot=slot: open_window(brain, state, slot))(state)
            k = batch.rows[:, "spo".index(slot)]
        else:
            state, log_pi = jax.vmap(lambda state, slot=slot: open_window(few, state, slot))(state)
            log_pi = jax.nn.log_softmax(log_pi + batch.group.log_weight[None])
            k = batch.group.at[:, "so".index(slot)]
        total = total + log_pi[windows.at[:, position], k]
        if position < 2:
            parent, k = followed_by[position]
            before = jax.tree_util.tree_map(lambda leaf, parent=parent: leaf[parent], state)
            state = jax.vmap(lambda state, k, slot=slot: close_window(brain, state, k, slot))(before, k)
    return total


def trainable(brain: TensorBrain, *, learn_beta: bool) -> TensorBrain:
    """A tree of booleans, True at what learning may change: A, a_0 where used, working memory, a-bar, voices.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> mask = trainable(brain, learn_beta=False)
    >>> mask.index.A, mask.index.a0, mask.beta
    (True, False, False)
    """
    mask = jax.tree_util.tree_map(lambda _: False, brain)
    return eqx.tree_at(
        lambda b: (
            *(b.index.A, b.index.a0, b.beta, b.a_bar, b.voice),
            *(b.memory.V, b.memory.B, b.memory.W, b.memory.v0, b.memory.w0),
        ),
        mask,
        (True, brain.index.scoring == "learned", learn_beta, True, len(brain.orders) > 1, *[True] * 5),
    )
