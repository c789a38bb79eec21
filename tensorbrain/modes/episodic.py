"""Episodic memory: recall from the index of an instant, told or found by what is remembered of it."""

from functools import partial

import jax
import jax.numpy as jnp

from tensorbrain.brain import TensorBrain
from tensorbrain.layers.concept_index import NEVER
from tensorbrain.modes.decoder import statement_log_probability
from tensorbrain.modes.search import search
from tensorbrain.operations import log_probabilities
from tensorbrain.typing import Array, Float, Int


def told_first(order: str, told: frozenset[str]) -> bool:
    """Whether the told slots are decoded before the free ones, so that nothing has to be summed out.

    >>> told_first("spo", frozenset("sp")), told_first("spo", frozenset("o"))
    (True, False)
    """
    return frozenset(order[: len(told)]) == told


def best_order(orders: tuple[str, ...], told: frozenset[str]) -> str:
    """The decode order that hears the told slots earliest; the brain's own order breaks ties.

    >>> best_order(("spo", "ops"), frozenset("o")), best_order(("spo", "ops"), frozenset("p"))
    ('ops', 'spo')
    """

    def cost(order: str) -> tuple[int, int]:
        return sum(order.index(slot) for slot in told), orders.index(order)

    return min(orders, key=cost)


@partial(jax.jit, static_argnames=("order", "told", "beam", "batch"))
def log_evidence(
    brain: TensorBrain,
    q: Float[Array, "start dim"],
    given: Int[Array, "3"],
    *,
    order: str,
    told: frozenset[str],
    beam: int,
    batch: int = 32,
) -> Float[Array, " start"]:
    """log P(told slots | start) for every start: teacher-forced where they come first, else summed over a beam.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> starts = brain.index.A[brain.index.block("instant")]
    >>> given = jnp.array([1, -1, -1])
    >>> log_evidence(brain, starts, given, order="spo", told=frozenset("s"), beam=15).shape
    (4,)
    """

    def one(start: Float[Array, " dim"]) -> Float[Array, ""]:
        if told_first(order, told):
            terms = statement_log_probability(brain, start, jnp.maximum(given, 0), order, told=told)
            return terms[: len(told)].sum()
        return search(brain, start, given, order=order, n=1, beam=beam).log_given

    return jax.lax.map(one, q, batch_size=batch)


def log_posterior(
    brain: TensorBrain, log_p_given: Float[Array, " instant"], *, recency: float | Float[Array, ""] = 0.0
) -> Float[Array, " instant"]:
    """log P(t | cue), from P(t) P(cue | t), with lambda recency(t) added before normalising.

    recency(t) runs from 0 (first instant) to 1 (last): lambda > 0 prefers recent, lambda < 0 remote memories
    (QTB25: n_t + lambda recency). Instants with P(t) = 0 (reserve rows) get probability 0.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 2), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> jnp.exp(log_posterior(brain, jnp.zeros(2)))
    Array([0.5, 0.5], dtype=float32)
    """
    log_p = jnp.where(brain.p_t > 0, jnp.log(jnp.maximum(brain.p_t, 1e-30)), NEVER)
    return jax.nn.log_softmax(log_p + log_p_given + recency * recency_of(brain))


def log_reminded(
    brain: TensorBrain, q: Float[Array, " dim"], *, recency: float | Float[Array, ""] = 0.0
) -> Float[Array, " instant"]:
    """log P(t | q) = log softmax_t(n_t + lambda recency(t)): which moment a state of the blackboard reminds of.

    n_t = a_0t + a_t . (gamma(q) - c), over the temperature, as window T reads it; lambda as in ``log_posterior``. No
    prior P(t) comes in, and no symbol: recall by similarity. Source: TB23, QTB25 (n_t + lambda recency).

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> now, then = (log_reminded(brain, brain.board.blank(), recency=lam).argmax() for lam in (1.0, -1.0))
    >>> int(now), int(then)
    (3, 0)
    """
    n = log_probabilities(brain.index, brain.board.gamma(q), "instant", temperature=brain.temperature)
    return jax.nn.log_softmax(n + recency * recency_of(brain))


def recency_of(brain: TensorBrain) -> Float[Array, " instant"]:
    """recency(t) of every instant, from 0 (the first) to 1 (the last in use).

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 3), Settings(dim=8, context=8, reserve=(0, 0, 1)), key=jax.random.key(0))
    >>> recency_of(brain)[:3].tolist()
    [0.0, 0.5, 1.0]
    """
    rows = jnp.arange(brain.p_t.shape[0])
    last = jnp.max(jnp.where(brain.index.in_use[brain.index.block("instant")], rows, 0), initial=0)
    return rows / jnp.maximum(last, 1)
