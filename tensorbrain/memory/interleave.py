"""Interleaved replay: new episodes are taught to semantic memory among the old, each by what the brain itself says."""

from functools import partial
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from tensorbrain.brain import TensorBrain
from tensorbrain.layers.concept_index import NEVER
from tensorbrain.memory.replay import descend, divergence, dream, moving, optimiser, rates
from tensorbrain.memory.write import learned_write
from tensorbrain.typing import Array, Float, Int, Key, PRNGKeyArray

STATEMENTS = 8  # that are dreamt of a state that is reactivated
REPLAYED, OTHERS, IMAGINED = 8, 4, 4  # states that are reactivated in a step


class Replay(NamedTuple):
    """What is replayed: instants t with weights that sum to 1, and the share they shall have in semantic memory."""

    t: Int[Array, " replayed"]
    weight: Float[Array, " replayed"]
    share: Float[Array, ""]


def planned(brain: TensorBrain, t: Int[np.ndarray, " replayed"], share: float) -> Replay:
    """The instants t weighted by P(t) among themselves, and the share that they shall have."""
    t_array = jnp.asarray(t)
    p = brain.p_t[t_array]
    return Replay(t_array, p / p.sum(), jnp.asarray(share, p.dtype))


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
    def step(carry, each):
        params, state = carry
        key, rate = each

        def loss(params):
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
    (where more than a-bar moves, all would change). A mean over the brain's decode orders.
    """
    terms = []
    for n, order in enumerate(brain.orders):
        k_t, k_new, k_old, k_kept = jax.random.split(jax.random.fold_in(key, n), 4)
        t = plan.t[jax.random.categorical(k_t, jnp.log(plan.weight), shape=(REPLAYED,))]
        from_a_bar = jnp.broadcast_to(brain.a_bar, (REPLAYED, len(brain.a_bar)))
        loss = _unlike(brain, from_a_bar, before, _a(before, t), order, key=k_new)
        if interleaved:
            dreams = dream(before, before.a_bar, order, REPLAYED * STATEMENTS, key=k_old)
            loss = plan.share * loss + (1 - plan.share) * divergence(brain, brain.a_bar, order, dreams)
            loss = loss + (_kept(brain, before, t, order, key=k_kept) if kept else 0.0)
        terms.append(loss)
    return jnp.stack(terms).mean()


def _kept(
    brain: TensorBrain, before: TensorBrain, t: Int[Array, " replayed"], order: str, *, key: PRNGKeyArray
) -> Float[Array, ""]:
    """The KL of what is said from instants, old and replayed, and from imagined episodes that are written."""
    k_t, k_said, k_dream, k_told, k_written = jax.random.split(key, 5)
    in_use = jnp.where(before.index.in_use[before.index.block("instant")], 0.0, NEVER)
    others = jax.random.categorical(k_t, in_use, shape=(OTHERS,)).astype(t.dtype)
    both = jnp.concatenate([others, t[: OTHERS // 2]])
    loss = _unlike(brain, _a(brain, both), before, _a(before, both), order, key=k_said)
    if before.imprint is None:
        return loss
    keys = jax.random.split(k_dream, IMAGINED)
    dreams = jax.vmap(lambda a, key: dream(before, a, order, STATEMENTS, key=key))(_a(before, others[:IMAGINED]), keys)
    statements = dreams.chosen[..., jnp.array([order.index(slot) for slot in "spo"])]
    told = jnp.arange(STATEMENTS)[None] <= jax.random.randint(k_told, (IMAGINED, 1), 0, STATEMENTS)

    def written(b: TensorBrain) -> Float[Array, "episode dim"]:
        return jax.vmap(lambda rows, told: learned_write(b, rows, told, b.board.blank()))(statements, told)

    return loss + _unlike(brain, written(brain), before, written(before), order, key=k_written)


def _a(brain: TensorBrain, t: Int[Array, " start"]) -> Float[Array, "start dim"]:
    return brain.index.embeddings("instant")[t]


def _unlike(
    brain: TensorBrain,
    q: Float[Array, "start dim"],
    before: TensorBrain,
    q_before: Float[Array, "start dim"],
    order: str,
    *,
    key: PRNGKeyArray,
) -> Float[Array, ""]:
    """KL(P_before(. | q_before) || P(. | q)), the mean over several pairs of states."""

    def one(q: Float[Array, " dim"], q_before: Float[Array, " dim"], key: PRNGKeyArray) -> Float[Array, ""]:
        return divergence(brain, q, order, dream(before, q_before, order, STATEMENTS, key=key))

    return jax.vmap(one)(q, q_before, jax.random.split(key, len(q))).mean()
