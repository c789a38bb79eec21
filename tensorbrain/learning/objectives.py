"""The objective: the likelihood of statements, episodic and semantic jointly, on the same embeddings."""

import equinox as eqx
import jax
import jax.numpy as jnp

from tensorbrain.brain import TensorBrain
from tensorbrain.modes.decoder import statement_log_probability
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray


def statement_loss(
    brain: TensorBrain,
    rows: Int[Array, "batch 4"],
    weight: Float[Array, " batch"],
    *,
    key: PRNGKeyArray | None = None,
    voice_dropout: float = 0.0,
) -> Float[Array, ""]:
    """The weighted mean of -log P(s, p, o | start) over the brain's decode orders (TB23, the joint training of memories).

    Rows are (s, p, o, t); the start is a_t, or the learned a-bar where t = -1. With probability ``voice_dropout`` a row is read
    without being told its direction (needs ``key``); what holds in both directions is then learned once for both.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> statement_loss(brain, jnp.array([[0, 1, 2, -1]]), jnp.ones(1)).shape
    ()
    """
    instants = brain.index.A[brain.index.block("instant")]
    t = rows[:, 3]
    if len(instants):
        starts = jnp.where((t >= 0)[:, None], instants[jnp.maximum(t, 0)], brain.a_bar[None])
    else:
        starts = jnp.broadcast_to(brain.a_bar, (len(rows), brain.board.dim))
    per_order = []
    for number, order in enumerate(brain.orders):
        q = starts
        if key is not None and voice_dropout > 0 and len(brain.orders) > 1:
            silent = jax.random.bernoulli(jax.random.fold_in(key, number), voice_dropout, t.shape)
            q = jnp.where(silent[:, None], q - brain.voice[number][None], q)  # the start adds the voice: cancel it
        log_p = jax.vmap(lambda q, row, order=order: statement_log_probability(brain, q, row, order))(
            q, rows[:, :3]
        )
        per_order.append(log_p.sum(axis=1))
    loss = -jnp.stack(per_order).mean(axis=0)
    return (weight * loss).sum() / jnp.maximum(weight.sum(), 1e-9)


def generalise(
    rows: Int[Array, "batch 4"], class_of: Int[Array, " concept"], *, share: float, key: PRNGKeyArray
) -> Int[Array, "batch 4"]:
    """Replace, in a ``share`` of the semantic rows, the subject or the object by its basic class.

    So the class index learns what is true of its members: generalised statements (TB23; in the authors' training the class
    stands in with probability .01). A row such as (Sparky, is a, Dog) would become (Dog, is a, Dog) and is left alone.
    ``class_of`` (concept,) is -1 for what has no class.

    >>> rows = jnp.array([[0, 0, 1, -1]])
    >>> generalise(rows, jnp.array([2, -1, -1]), share=1.0, key=jax.random.key(0))
    Array([[ 2,  0,  1, -1]], dtype=int32)
    """
    semantic = rows[:, 3] < 0
    which = jax.random.uniform(key, (2, len(rows))) < share
    s, o = rows[:, 0], rows[:, 2]
    cs, co = class_of[s], class_of[o]
    s_new = jnp.where(which[0] & semantic & (cs >= 0) & (cs != o), cs, s)
    o_new = jnp.where(which[1] & semantic & (co >= 0) & (co != s) & (s_new == s), co, o)
    return jnp.stack([s_new, rows[:, 1], o_new, rows[:, 3]], axis=1)


def trainable(brain: TensorBrain, *, learn_beta: bool) -> TensorBrain:
    """A tree of booleans, True at what gradient descent may change: A, a_0 where it is used, the working memory, a-bar, voices.

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
