"""A pool of recalls: many go through their windows side by side, and where one ends the next one begins.

Recalls are of different lengths: a statement has three windows, a chain of m hops 1 + 2 m. Advanced together, a
thousand users' cues share one product with the concept index, and none waits for the longest.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import SettingsError, TensorBrainError
from tensorbrain.layers import BrainState
from tensorbrain.layers.concept_index import NEVER
from tensorbrain.modes.cue import SLOTS, read_cue
from tensorbrain.numerics.running import best_of
from tensorbrain.operations import evolve, log_probabilities, measure, write_back
from tensorbrain.trace import Statement
from tensorbrain.typing import Array, Float, Int, Key, PRNGKeyArray

POOL = 256  # recalls side by side
NAMES = frozenset({*SLOTS, "instant", "order"})
SUBJECT, PREDICATE, OBJECT = range(3)
OVER = -1  # no window any more


class Recalls(NamedTuple):
    """What is to be recalled: from the start ``q`` (voice included) through windows of ``slots``, one row a recall.

    ``slots`` (recall, window) are SUBJECT, PREDICATE or OBJECT, and OVER from where a recall has ended; ``told``
    (recall, window) are the indices that are told there, -1 where one is selected. Window i of a recall draws with its
    key folded with i.
    """

    q: Float[Array, "recall dim"]
    slots: Int[Array, "recall window"]
    told: Int[Array, "recall window"]
    key: Key[Array, " recall"]


class _Pool(NamedTuple):
    """What each place of the pool does: the ``recall`` it is at (the number of recalls: none), and its window."""

    q: Float[Array, "place dim"]
    h: Float[Array, "place context"]
    recall: Int[Array, " place"]
    window: Int[Array, " place"]
    begun: Int[Array, ""]
    chosen: Int[Array, "recall window"]
    log_p: Float[Array, "recall window"]


@partial(jax.jit, static_argnames=("selection", "size"))
def pooled(
    brain: TensorBrain, recalls: Recalls, *, selection: str = "argmax", size: int = POOL
) -> tuple[Int[Array, "recall window"], Float[Array, "recall window"]]:
    """The index of every window of every recall, and its log-probability there; -1 and 0 once a recall is over.

    As each recall by itself with its own key, window for window: evolve, read, measure, write back. ``selection`` is
    argmax or sample. All ``size`` places take one window in a step, so that the concepts are scored by one product;
    the places whose recall is over are given the next ones. Source: TB23 (Algorithm 1).

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 0), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> keys = jax.random.split(jax.random.key(1), 2)
    >>> slots = jnp.array([[0, 1, 2, 1, 2], [0, 1, 2, -1, -1]])
    >>> told = jnp.array([[4, 0, -1, 1, -1], [-1, -1, -1, -1, -1]])
    >>> chosen, _ = pooled(brain, Recalls(jnp.stack([brain.a_bar] * 2), slots, told, keys), size=1)
    >>> chosen[0, :2].tolist(), chosen[1, 3:].tolist()
    ([4, 0], [-1, -1])
    """
    count, most = recalls.slots.shape
    idle = jnp.asarray(count, jnp.int32)
    pool = _Pool(
        jnp.zeros((size, brain.board.dim)),
        jnp.zeros((size, brain.memory.B.shape[0])),
        jnp.full(size, idle),
        jnp.zeros(size, jnp.int32),
        jnp.zeros((), jnp.int32),
        jnp.full((count, most), -1, jnp.int32),
        jnp.zeros((count, most)),
    )
    lengths = (recalls.slots != OVER).sum(axis=1)
    gates = {"alpha": brain.alpha, "beta": brain.beta}

    def filled(pool: _Pool) -> _Pool:
        """Give each free place the next recall that has not begun."""
        free = pool.recall == idle
        following = pool.begun + jnp.cumsum(free).astype(jnp.int32) - 1
        recall = jnp.where(free, jnp.minimum(following, idle), pool.recall)
        new = (free & (recall < idle))[:, None]
        q = jnp.where(new, recalls.q[jnp.minimum(recall, count - 1)], pool.q)
        h, window = jnp.where(new, 0.0, pool.h), jnp.where(free, 0, pool.window)
        begun = pool.begun + new.sum(dtype=jnp.int32)
        return pool._replace(q=q, h=h, recall=recall, window=window, begun=begun)

    def pass_one(pool: _Pool) -> _Pool:
        pool = filled(pool)
        at = jnp.minimum(pool.recall, count - 1), jnp.minimum(pool.window, most - 1)
        keys = jax.vmap(jax.random.fold_in)(recalls.key[at[0]], pool.window)
        q, h = jax.vmap(partial(_evolved, brain))(pool.q, pool.h)
        slots, told = recalls.slots[at], recalls.told[at]
        read = _best if selection == "argmax" else _drawn
        is_predicate = slots == PREDICATE
        of = [read(brain, q, told, keys, block) for block in ("concept", "predicate")]
        k, log_p = (jnp.where(is_predicate, p, c) for c, p in zip(*of, strict=True))
        # Counted from the first concept, every row of the index is one of the block of concepts: one write for both.
        row = k + jnp.where(is_predicate, brain.index.block("predicate").start, 0).astype(k.dtype)
        q = jax.vmap(lambda q, row: write_back(brain.index, BrainState(q, q), row, "concept", **gates).q)(q, row)
        where = jnp.where(pool.window < lengths[at[0]], pool.recall, idle), pool.window
        chosen = pool.chosen.at[where].set(k, mode="drop")  # a place without a recall is out of bounds
        log_p = pool.log_p.at[where].set(log_p, mode="drop")
        over = pool.window + 1 >= lengths[at[0]]
        return _Pool(q, h, jnp.where(over, idle, pool.recall), pool.window + 1, pool.begun, chosen, log_p)

    def busy(pool: _Pool) -> Array:
        return (pool.begun < count) | (pool.recall < idle).any()

    pool = jax.lax.while_loop(busy, pass_one, pool)
    return pool.chosen, pool.log_p


def _evolved(
    brain: TensorBrain, q: Float[Array, " dim"], h: Float[Array, " context"]
) -> tuple[Float[Array, " dim"], Float[Array, " context"]]:
    state = evolve(brain.board, brain.memory, BrainState(q, h))
    return state.q, state.h


def _drawn(
    brain: TensorBrain, q: Float[Array, "place dim"], told: Int[Array, " place"], keys: Key[Array, " place"], block: str
) -> tuple[Int[Array, " place"], Float[Array, " place"]]:
    """What is told, or else drawn, in each place's window of a block, and its log-probability."""

    def one(
        q: Float[Array, " dim"], told: Int[Array, ""], key: PRNGKeyArray
    ) -> tuple[Int[Array, ""], Float[Array, ""]]:
        log_pi = log_probabilities(brain.index, brain.board.gamma(q), block, temperature=brain.temperature)
        _, k = measure(brain.index, BrainState(q, q), log_pi, block, selection="sample", key=key)
        k = jnp.where(told >= 0, told, k.astype(told.dtype))
        return k, log_pi[k]

    return jax.vmap(one)(q, told, keys)


def _best(
    brain: TensorBrain, q: Float[Array, "place dim"], told: Int[Array, " place"], _: Key[Array, " place"], block: str
) -> tuple[Int[Array, " place"], Float[Array, " place"]]:
    """What is told, or else most probable, in each place's window of a block, and its log-probability: by `best_of`."""
    index, temperature = brain.index, brain.temperature
    part, a0, centre = index.terms(block)
    rows = index.block(block)
    asked = (jax.vmap(brain.board.gamma)(q) - centre) / temperature
    offsets = jnp.where(index.in_use[rows], a0 / temperature, NEVER)
    # Most of the rows are not cut out, which would copy them: the others are never read.
    whole = 2 * len(part) > len(index.A)
    A, first = (index.A, rows.start) if whole else (part, 0)
    best = best_of(asked, A, jnp.full(len(A), NEVER, offsets.dtype).at[rows].set(offsets) if whole else offsets)
    k = jnp.where(told >= 0, told, best.ids[:, 0].astype(told.dtype) - first)
    own = (asked * A[first + k]).sum(axis=1) + offsets[k]
    return k, own - best.log_z


def recall_many(
    brain: Brain,
    cues: Sequence[Mapping[str, str]],
    *,
    selection: str = "argmax",
    size: int = POOL,
    seed: int = 0,
) -> list[Statement]:
    """A statement for each of many cues, as `recall` gives with the same ``selection`` (argmax or sample): by a pool.

    A cue names some of subject, predicate, object and instant, and may give an order; errors as in `read_cue`, with the
    number of the cue. What is told is clamped at its window. The probability is that of what was selected.

    >>> from tensorbrain.checkpoint import load_brain
    >>> brain = load_brain("neighbourhood")
    >>> asked = [{"subject": "Sparky", "predicate": "owned by"}, {"subject": "Sparky", "predicate": "is a"}]
    >>> [statement.object for statement in recall_many(brain, asked)]
    ['Jack', 'dog']
    """
    if selection not in ("argmax", "sample"):
        raise SettingsError(f"selection '{selection}' is none of a pool: use argmax or sample.")
    if size < 1:
        raise SettingsError(f"a pool of {size} recalls holds none: give a size of at least 1.")
    if not cues:
        return []
    model, words = brain.model, brain.vocabulary
    read = []
    for number, names in enumerate(cues):
        try:
            if unknown := set(names) - NAMES:
                raise SettingsError(f"'{min(unknown)}' is no part of a cue: use {', '.join(sorted(NAMES))}.")
            read.append(read_cue(brain, **names))
        except TensorBrainError as error:
            raise SettingsError(f"cue {number}: {error}") from error
    letters = np.array([["spo".index(slot) for slot in cue.order] for cue in read], np.int32)
    given = np.array([cue.given for cue in read], np.int32)
    instants = np.array([cue.instant for cue in read], np.int32)
    q = np.repeat(np.asarray(model.a_bar)[None], len(read), axis=0)
    if (instants >= 0).any():
        q[instants >= 0] = np.asarray(model.index.embeddings("instant"))[instants[instants >= 0]]
    if len(model.orders) > 1:
        q = q + np.asarray(model.voice)[[model.orders.index(cue.order) for cue in read]]
    told = np.take_along_axis(given, letters, axis=1)
    keys = jax.random.split(jax.random.key(seed), len(read))
    recalls = Recalls(jnp.asarray(q), jnp.asarray(letters), jnp.asarray(told), keys)
    chosen, log_p = map(np.asarray, pooled(model, recalls, selection=selection, size=min(size, len(read))))
    back = np.argsort(letters, axis=1)
    ids = np.take_along_axis(chosen, back, axis=1)
    probability = np.exp(np.where(told < 0, log_p, 0.0).sum(axis=1))
    return [
        Statement(*(words.label(slot, k) for slot, k in zip(SLOTS, row, strict=True)), probability=float(p))
        for row, p in zip(ids.tolist(), probability, strict=True)
    ]
