"""Rehearsal: what a brain learns later makes it forget, unless it rehearses statements it kept, or its own states."""

from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import optax

from tensorbrain.brain import TensorBrain
from tensorbrain.memory.replay import descend, divergence, dream, moving, optimiser, rates
from tensorbrain.modes.decoder import statement_log_probability
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray

BATCH = 32  # new statements in a step, and as many old ones
STATEMENTS = 8  # that are dreamt of a state that is reactivated


class Data(NamedTuple):
    """Data replay: old statements (s, p, o, t) that were kept, t = -1 for a-bar, in integers of any width."""

    rows: Int[Array, "row 4"]


class Activations(NamedTuple):
    """Activation replay: the brain as it was before, and the instants t whose states it reactivates (-1: a-bar).

    Nothing is stored of what was once learned but the brain itself, in a second copy, whose distributions are taught.
    """

    brain: TensorBrain
    t: Int[Array, " state"]


@partial(jax.jit, static_argnames=("steps", "moves"))
def rehearsed(
    brain: TensorBrain,
    new: Int[Array, "row 4"],
    old: Data | Activations | None,
    *,
    steps: int,
    key: PRNGKeyArray,
    rate: float | Float[Array, ""] = 2e-3,
    moves: str = "all",
) -> TensorBrain:
    """Learn new statements (s, p, o, t) while rehearsing the old: without, with stored data, or with activations.

    Each step takes 32 random new rows and as much of the old, both count alike: the loss is the mean of
    -log P(s, p, o | start) of the new rows, and of the old rows or of KL(P_before || P) at the reactivated states.
    A pure function, for many seeds at once; `bytes_held` says what each kind of rehearsal costs. Rows of new concepts
    and instants have to be in use already (`memory.write.with_row`), in the copy of the brain too. ``moves`` as in
    `memory.replay.moving`. Source: the comparison is ours; the papers say that activations are replayed, not data.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> later = rehearsed(brain, jnp.array([[0, 1, 2, -1]]), None, steps=50, rate=1e-2, key=jax.random.key(1))
    >>> said = lambda b: statement_log_probability(b, b.a_bar, jnp.array([0, 1, 2]), "spo").sum()
    >>> bool(said(later) > said(brain) + 1)
    True
    """
    params, frozen = eqx.partition(brain, moving(brain, moves))

    def step(carry: tuple[TensorBrain, optax.OptState], each: tuple[PRNGKeyArray, Float[Array, ""]]):
        params, state = carry
        key, rate = each
        gradient = jax.grad(lambda params: rehearsal_loss(eqx.combine(params, frozen), new, old, key=key))(params)
        return descend(params, gradient, state, rate), None

    schedule = (jax.random.split(key, steps), rate * rates(1.0, steps))
    (params, _), _ = jax.lax.scan(step, (params, optimiser().init(params)), schedule)
    return eqx.combine(params, frozen)


def rehearsal_loss(
    brain: TensorBrain, new: Int[Array, "row 4"], old: Data | Activations | None, *, key: PRNGKeyArray
) -> Float[Array, ""]:
    """The loss of one step of ``rehearsed`` in nats, a mean over the brain's decode orders."""
    k_new, k_old = jax.random.split(key)
    loss = _unlikely(brain, new, k_new)
    if isinstance(old, Data):
        return loss + _unlikely(brain, old.rows, k_old)
    if isinstance(old, Activations):
        return loss + _unlike(brain, old, k_old)
    return loss


def bytes_held(*memories: Any) -> int:
    """The bytes of all arrays of some memories: a brain, its ``Data`` or ``Activations``, together.

    >>> bytes_held(Data(jnp.zeros((10, 4), jnp.int16)))
    80
    """
    return sum(leaf.nbytes for leaf in jax.tree_util.tree_leaves(memories) if isinstance(leaf, Array))


def affordable(data: Int[Array, "row 4"], budget: int, *, key: PRNGKeyArray) -> Data:
    """A random part of the old statements of at most ``budget`` bytes, in the smallest integers that hold them.

    >>> rows = jnp.arange(40).reshape(10, 4)
    >>> affordable(rows, 20, key=jax.random.key(0)).rows.shape  # one byte a number
    (5, 4)
    """
    widest = int(jnp.max(data, initial=0))
    small = next(dtype for dtype in (jnp.int8, jnp.int16, jnp.int32) if widest <= jnp.iinfo(dtype).max)
    rows = max(0, min(len(data), budget // (4 * jnp.dtype(small).itemsize)))
    return Data(jax.random.permutation(key, data)[:rows].astype(small))


def _start(brain: TensorBrain, t: Int[Array, ""]) -> Float[Array, " dim"]:
    instants = brain.index.embeddings("instant")
    return brain.a_bar if len(instants) == 0 else jnp.where(t >= 0, instants[jnp.maximum(t, 0)], brain.a_bar)


def _unlikely(brain: TensorBrain, rows: Int[Array, "row 4"], key: PRNGKeyArray) -> Float[Array, ""]:
    """Mean -log P(s, p, o | start) of some rows."""
    if len(rows) == 0:
        return jnp.zeros((), brain.a_bar.dtype)
    few = rows[jax.random.randint(key, (BATCH,), 0, len(rows))].astype(jnp.int32)

    def one(row: Int[Array, "4"]) -> Float[Array, ""]:
        q = _start(brain, row[3])
        each = [statement_log_probability(brain, q, row[:3], order).sum() for order in brain.orders]
        return -jnp.stack(each).mean()

    return jax.vmap(one)(few).mean()


def _unlike(brain: TensorBrain, old: Activations, key: PRNGKeyArray) -> Float[Array, ""]:
    """Mean KL(P_before(. | start) || P(. | start)) at some states, from what the brain before says of them."""
    states, orders = BATCH // STATEMENTS, len(brain.orders)
    u = jax.random.uniform(key, (states, 1 + orders * STATEMENTS * 3))
    t = old.t[(u[:, 0] * len(old.t)).astype(jnp.int32)]

    def one(t: Int[Array, ""], u: Float[Array, "order statement 3"]) -> Float[Array, ""]:
        each = []
        for n, order in enumerate(brain.orders):
            dreams = dream(old.brain, _start(old.brain, t), order, u[n])
            each.append(divergence(brain, _start(brain, t), order, dreams))
        return jnp.stack(each).mean()

    return jax.vmap(one)(t, u[:, 1:].reshape(states, orders, STATEMENTS, 3)).mean()
