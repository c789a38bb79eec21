"""Paths: where a subject leads along predicates, and how probable that is, hop by hop."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp

from tensorbrain.brain import BLOCK_OF, TensorBrain
from tensorbrain.layers import BrainState
from tensorbrain.layers.concept_index import NEVER
from tensorbrain.modes.cue import LIMIT
from tensorbrain.modes.decoder import close_window, open_window
from tensorbrain.modes.episodic import told_first
from tensorbrain.modes.search import search
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray

BEAM = 64  # paths that are followed side by side


class Paths(NamedTuple):
    """The most probable paths found, best first.

    ``objects`` (n, hop) are ids, ``log_p`` (n, hop) the log-probability of each given all before it. No path that was
    left out is more probable than ``log_bound``: the first is the best of all where its sum is not below that.
    """

    objects: Int[Array, "n hop"]
    log_p: Float[Array, "n hop"]
    log_bound: Float[Array, ""]


@partial(jax.jit, static_argnames=("how", "order", "beam", "n"))
def paths_from(
    brain: TensorBrain,
    q: Float[Array, " dim"],
    subject: Int[Array, ""],
    predicates: Int[Array, " hop"],
    *,
    how: str = "chain",
    order: str = "spo",
    beam: int = BEAM,
    n: int = 1,
    key: PRNGKeyArray | None = None,
) -> Paths:
    """The n (at most ``beam``) most probable paths, P(o_1, .., o_m) = prod_i P(o_i | s, p_1, o_1, .., p_i).

    ``how`` is chain, symbolic or embedded, as in ``reason``. The predicates are instructions and no evidence: P(p_i) is
    not counted. A beam follows the hops, and since a path is never more probable than its beginning, what falls out of
    it bounds all that is missed. A beam of 1 takes the best object of every hop, or with a ``key`` a drawn one.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((3, 2, 0), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> along = jnp.array([0, 1, 1])
    >>> found = paths_from(brain, brain.a_bar, jnp.asarray(2), along, beam=27, n=27)
    >>> found.objects.shape, round(float(jnp.exp(found.log_p.sum(axis=1)).sum()), 4)
    ((27, 3), 1.0)
    """
    rows = jnp.arange(beam)
    states = jax.tree.map(lambda leaf: jnp.stack([leaf] * beam), begin(brain, q, subject, order))
    at_once = told_first(order, frozenset("sp"))

    def hop(
        carry: tuple[BrainState, Int[Array, " beam"], Float[Array, " beam"]],
        step: tuple[Int[Array, ""], PRNGKeyArray | None],
    ) -> tuple[
        tuple[BrainState, Int[Array, " beam"], Float[Array, " beam"]],
        tuple[Int[Array, " beam"], Int[Array, " beam"], Float[Array, " beam"], Float[Array, ""]],
    ]:
        states, symbols, total = carry
        p, key = step
        if how == "symbolic":
            ask = partial(_answered, brain, q, p=p, order=order)
            log_o = jax.vmap(ask)(symbols) if at_once else jax.lax.map(ask, symbols)
        else:
            states, log_o = jax.vmap(lambda state: go_on(brain, state, p))(states)
        joint = (total[:, None] + log_o).reshape(-1)
        drawn = joint if key is None else joint + jax.random.gumbel(key, joint.shape)
        rank, best = jax.lax.top_k(drawn, min(beam + 1, drawn.size))
        bound, best = rank[beam:].max(initial=NEVER), best[:beam]
        parent, symbols = best // log_o.shape[1], (best % log_o.shape[1]).astype(jnp.int32)
        if how != "symbolic":
            states = jax.tree.map(lambda leaf: leaf[parent], states)
        if how == "chain":
            states = jax.vmap(lambda state, k: close_window(brain, state, k, "o"))(states, symbols)
        return (states, symbols, joint[best]), (parent, symbols, log_o.reshape(-1)[best], bound)

    keys = None if key is None else jax.random.split(key, len(predicates))
    begun = (states, jnp.full(beam, subject, jnp.int32), jnp.where(rows == 0, 0.0, jnp.asarray(NEVER, q.dtype)))
    _, (parents, symbols, log_p, bounds) = jax.lax.scan(hop, begun, (predicates, keys))

    def back(row: Int[Array, " n"], step: tuple[Int[Array, " beam"], Int[Array, " beam"], Float[Array, " beam"]]):
        parent, symbols, log_p = step
        return parent[row], (symbols[row], log_p[row])

    _, (objects, log_p) = jax.lax.scan(back, rows[:n], (parents, symbols, log_p), reverse=True)
    return Paths(objects.T, log_p.T, bounds.max())


def begin(brain: TensorBrain, q: Float[Array, " dim"], subject: Int[Array, ""], order: str = "spo") -> BrainState:
    """The state in which a chain begins: from start q through window S, with the subject told and written back.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=6), key=jax.random.key(0))
    >>> begin(brain, brain.a_bar, jnp.asarray(0)).h.shape
    (6,)
    """
    state, _ = open_window(brain, brain.start(q, order), "s")
    return close_window(brain, state, subject, "s")


def go_on(brain: TensorBrain, state: BrainState, p: Int[Array, ""]) -> tuple[BrainState, Float[Array, " concept"]]:
    """One hop: evolve into window P, write the told predicate, evolve into window O and read log P(o | before).

    The object is not written back: ``close_window`` does so in a chain, and nothing does in embedded reasoning.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=6), key=jax.random.key(0))
    >>> go_on(brain, begin(brain, brain.a_bar, jnp.asarray(0)), jnp.asarray(2))[1].shape
    (5,)
    """
    state, _ = open_window(brain, state, "p")
    return open_window(brain, close_window(brain, state, p, "p"), "o")


def _answered(brain: TensorBrain, q: Array, s: Array, *, p: Array, order: str) -> Float[Array, " concept"]:
    """log P(o | s, p, q) for every o: read at once where both are told first, else by Bayes' rule over all o."""
    if told_first(order, frozenset("sp")):
        state = brain.start(q, order)
        for slot in order[:2]:
            state, _ = open_window(brain, state, slot)
            state = close_window(brain, state, s if slot == "s" else p, slot)
        return open_window(brain, state, "o")[1]
    count = brain.index.size(BLOCK_OF["o"])
    given = jnp.stack([s, p, jnp.asarray(-1, s.dtype)])
    found = search(brain, q, given, order=order, n=count, beam=min(count, LIMIT))
    log_o = jnp.full(count, NEVER, found.log_p.dtype).at[found.statements[:, 2]].max(found.log_p)
    return jnp.maximum(log_o - found.log_given, NEVER)
