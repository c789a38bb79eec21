"""Interleaved replay: new episodes are taught to semantic memory among the old, each by what the brain itself says."""

import math
from functools import partial
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from tensorbrain.brain import TensorBrain
from tensorbrain.layers.concept_index import NEVER
from tensorbrain.memory.replay import descend, divergence, drawn, dream, moving, optimiser, rates
from tensorbrain.memory.write import learned_write
from tensorbrain.typing import Array, Float, Int, Key, PRNGKeyArray

STATEMENTS = 8  # that are dreamt of a state that is reactivated
REPLAYED, OTHERS, IMAGINED = 8, 4, 4  # states that are reactivated in a step


class Replay(NamedTuple):
    """What is replayed: instants t with weights that sum to 1, and the share they shall have in semantic memory.

    Padded with weights of 0 to a power of two, so that a few more or fewer instants need no new program.
    """

    t: Int[Array, " replayed"]
    weight: Float[Array, " replayed"]
    share: Float[Array, ""]


def planned(brain: TensorBrain, t: Int[np.ndarray, " replayed"], share: float) -> Replay:
    """The instants t weighted by P(t) among themselves, and the share that they shall have."""
    size = max(8, 1 << (len(t) - 1).bit_length())
    padded = jnp.asarray(np.resize(t, size).astype(np.int32))
    p = jnp.where(jnp.arange(size) < len(t), jnp.maximum(brain.p_t[padded], 1e-9), 0.0)  # all alike where all are 0
    return Replay(padded, p / p.sum(), jnp.asarray(share, p.dtype))


@partial(jax.jit, static_argnames=("steps", "moves", "interleaved"))
def consolidated(
    brain: TensorBrain,
    plan: Replay,
    *,
    steps: int,
    rate: float | Float[Array, ""] = 5e-4,
    key: PRNGKeyArray,
    moves: str = "all",
    interleaved: bool = True,
) -> tuple[TensorBrain, Float[Array, " step"]]:
    """The whole of ``consolidate`` as one pure function, for many seeds at once: the brain, and the loss of each step.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> plan = planned(brain, np.array([3]), 0.5)
    >>> later, losses = consolidated(brain, plan, steps=30, rate=5e-3, key=jax.random.key(1))
    >>> bool(losses[-5:].mean() < losses[:5].mean())
    True
    """
    params, frozen = eqx.partition(brain, moving(brain, moves))
    keys, rate_of = jax.random.split(key, steps), rate * rates(1.0, steps)
    params, _, losses = replay_steps(
        params, optimiser().init(params), frozen, brain, plan, keys, rate_of, moves=moves, interleaved=interleaved
    )
    return eqx.combine(params, frozen), losses


@partial(jax.jit, static_argnames=("moves", "interleaved"))
def replay_steps(
    params: TensorBrain,
    state: optax.OptState,
    frozen: TensorBrain,
    before: TensorBrain,
    plan: Replay,
    keys: Key[Array, " step"],
    rates: Float[Array, " step"],
    *,
    moves: str,
    interleaved: bool,
) -> tuple[TensorBrain, optax.OptState, Float[Array, " step"]]:
    """A step of Adam down ``replay_loss`` for each key and rate: what moves, the state of Adam, and the losses."""

    def step(carry: tuple[TensorBrain, optax.OptState], each: tuple[PRNGKeyArray, Float[Array, ""]]):
        params, state = carry
        key, rate = each

        def loss(params: TensorBrain) -> Float[Array, ""]:
            return replay_loss(
                eqx.combine(params, frozen), before, plan, key=key, interleaved=interleaved, kept=moves != "a_bar"
            )

        value, gradient = jax.value_and_grad(loss)(params)
        return descend(params, gradient, state, rate), value

    (params, state), losses = jax.lax.scan(step, (params, state), (keys, rates))
    return params, state, losses


def replay_loss(
    brain: TensorBrain, before: TensorBrain, plan: Replay, *, key: PRNGKeyArray, interleaved: bool, kept: bool
) -> Float[Array, ""]:
    """share mean_t KL(P_t || P) + (1 - share) KL(P_old || P), P from a-bar, and the KL of what shall stay; nats.

    P_t and P_old are what the brain as it was ``before`` says from a_t and a-bar. ``kept``: other memories too
    (where more than a-bar moves, all would change): what is said from instants, old and replayed, and where the brain
    was taught to write, from imagined episodes that it writes. A mean over the brain's decode orders.
    """
    in_use = jnp.where(before.index.in_use[before.index.block("instant")], 0.0, NEVER)
    terms = []
    for n, order in enumerate(brain.orders):
        u = _numbers(jax.random.fold_in(key, n))
        t = plan.t[jax.vmap(lambda u: drawn(jnp.log(plan.weight), u))(u.t)]
        others = jax.vmap(lambda u: drawn(in_use, u))(u.others)
        a_bar = [jnp.broadcast_to(b.a_bar, (REPLAYED, len(b.a_bar))) for b in (brain, before)]
        pairs = [(a_bar[0], _a(before, t), plan.share)]
        if interleaved:
            pairs.append((a_bar[0], a_bar[1], 1 - plan.share))
        if interleaved and kept:
            both = jnp.concatenate([others, t[: OTHERS // 2]])
            pairs.append((_a(brain, both), _a(before, both), jnp.ones_like(plan.share)))
        q = jnp.concatenate([pair[0] for pair in pairs])
        q_before = jnp.concatenate([pair[1] for pair in pairs])
        weight = jnp.concatenate([jnp.full(len(pair[0]), pair[2] / len(pair[0])) for pair in pairs])
        dreams = jax.vmap(lambda q, u, order=order: dream(before, q, order, u))(q_before, u.said[: len(q_before)])
        if interleaved and kept and before.imprint is not None:
            chosen = dreams.chosen[2 * REPLAYED : 2 * REPLAYED + IMAGINED]
            written = [_written(b, chosen, order, u.told) for b in (brain, before)]
            more = jax.vmap(lambda q, u, order=order: dream(before, q, order, u))(written[1], u.written)
            dreams = jax.tree_util.tree_map(lambda one, two: jnp.concatenate([one, two]), dreams, more)
            q = jnp.concatenate([q, written[0]])
            weight = jnp.concatenate([weight, jnp.full(IMAGINED, 1 / IMAGINED, weight.dtype)])
        unlike = jax.vmap(lambda q, dreams, order=order: divergence(brain, q, order, dreams))(q, dreams)
        terms.append(weight @ unlike)
    return jnp.stack(terms).mean()


class _Numbers(NamedTuple):
    """The random numbers in [0, 1) of one step: who is replayed, who else, how much is imagined, and what is said."""

    t: Float[Array, " replayed"]
    others: Float[Array, " other"]
    told: Float[Array, " imagined"]
    said: Float[Array, "start statement 3"]
    written: Float[Array, "imagined statement 3"]


def _numbers(key: PRNGKeyArray) -> _Numbers:
    """All of them in one draw, as every draw by itself takes long to compile."""
    states = 2 * REPLAYED + OTHERS + OTHERS // 2
    shapes = ((REPLAYED,), (OTHERS,), (IMAGINED,), (states, STATEMENTS, 3), (IMAGINED, STATEMENTS, 3))
    ends = np.cumsum([math.prod(shape) for shape in shapes])
    parts = jnp.split(jax.random.uniform(key, (int(ends[-1]),)), ends[:-1])
    return _Numbers(*(part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)))


def _written(
    brain: TensorBrain, chosen: Int[Array, "episode statement 3"], order: str, u: Float[Array, " episode"]
) -> Float[Array, "episode dim"]:
    """The indices of imagined episodes as the brain would write them: 1 to 8 of the statements that were dreamt."""
    statements = chosen[..., jnp.array([order.index(slot) for slot in "spo"])]
    told = jnp.arange(STATEMENTS)[None] <= (u * STATEMENTS).astype(jnp.int32)[:, None]
    blank = brain.board.blank()
    return jax.vmap(lambda rows, told: learned_write(brain, rows, told, blank))(statements, told)


def _a(brain: TensorBrain, t: Int[Array, " start"]) -> Float[Array, "start dim"]:
    return brain.index.embeddings("instant")[t]
