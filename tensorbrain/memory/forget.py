"""Forgetting: under a budget of indices some instants are given up, and their rows are free for new ones."""

import dataclasses
from collections.abc import Callable, Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.memory.blend import remarkableness
from tensorbrain.memory.consolidate import FORGETTING, unconsolidated
from tensorbrain.memory.experience import refuse_interventions
from tensorbrain.typing import Array, Bool, Float, Int64


def forget(
    brain: Brain, *, keep: int, policy: str = "unconsolidated", recalled: Sequence[str] = (), seed: int = 0
) -> Brain:
    """The brain with at most ``keep`` instants: those that ``policy`` gives up first are gone, with their words.

    ``unconsolidated``: what was written and never replayed goes first (TB20, TB23); ``oldest``; ``unrecalled``: what
    was not recalled for longest, ``recalled`` naming the recalled instants from first to last; ``rarest``: the least
    P(t); ``unremarkable``: the least remarkable (`memory.blend`); ``random``, by ``seed``. Among equals the oldest goes
    first. The rows of the others move together, so that free rows come last and are written next; shapes stay, P(t) of
    the others sums to 1, and every recall from them says what it said. The ids of instants change, their names do not.

    SettingsError for another policy, a negative budget, ``recalled`` under another policy, and a brain with
    interventions; errors for names as in ``Vocabulary.find``.

    >>> from tensorbrain.checkpoint import load_brain
    >>> brain = load_brain("neighbourhood")
    >>> later = forget(brain, keep=600, policy="oldest")
    >>> later.vocabulary.instants == brain.vocabulary.instants[94:]
    True
    """
    if policy not in POLICIES:
        raise SettingsError(f"policy '{policy}' is unknown: forget by {', '.join(POLICIES)}.")
    if keep < 0:
        raise SettingsError(f"a brain cannot keep {keep} instants: keep 0 or more.")
    if recalled and policy != "unrecalled":
        raise SettingsError(f"policy '{policy}' does not ask what was recalled: use unrecalled, or leave recalled out.")
    refuse_interventions(brain, "apply the forgetting to")
    words = brain.vocabulary
    count = len(words.instants)
    if count <= keep:
        return brain
    worth = POLICIES[policy](brain, tuple(words.find(name, "instant") for name in recalled), seed)
    gone = np.lexsort((np.arange(count), worth))[: count - keep]
    kept = np.setdiff1d(np.arange(count), gone)
    instants = tuple(words.instants[k] for k in kept)
    stays = np.isin(np.arange(brain.model.index.size("instant")), kept)
    record = {"part": FORGETTING, "policy": policy, "instants": [words.instants[k].iri for k in gone.tolist()]}
    return dataclasses.replace(
        brain,
        model=_compacted(brain.model, jnp.asarray(stays)),
        vocabulary=dataclasses.replace(words, instants=instants, times=tuple(words.times[k] for k in kept)),
        history=(*brain.history, record),
    )


def compacted(brain: TensorBrain, stays: Bool[Array, " instant"]) -> TensorBrain:
    """The brain with the instants that stay in the first rows of their block, in their order, and nothing behind them.

    Freed rows are 0 and not in use, P(t) is shared out again. ``stays`` (instants,) is False for what is forgotten.
    One of several brains under ``jax.vmap`` may forget others than the next.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> later = compacted(brain, jnp.array([False, True, True, False]))
    >>> bool((later.index.A[8:10] == brain.index.A[9:11]).all()), later.p_t.tolist()
    (True, [0.5, 0.5, 0.0, 0.0])
    """
    block = brain.index.block("instant")
    stays = stays & brain.index.in_use[block]
    order = jnp.argsort(~stays, stable=True)
    used = stays[order]

    def moved(rows: Array) -> Array:
        return rows.at[block].set(jnp.where(used.reshape(-1, *[1] * (rows.ndim - 1)), rows[block][order], 0))

    p_t = jnp.where(used, brain.p_t[order], 0.0)
    index = brain.index
    return eqx.tree_at(
        lambda b: (b.index.A, b.index.a0, b.index.in_use, b.p_t),
        brain,
        (moved(index.A), moved(index.a0), index.in_use.at[block].set(used), p_t / jnp.maximum(p_t.sum(), 1e-30)),
    )


_compacted = jax.jit(compacted)

Worth = Callable[[Brain, tuple[int, ...], int], Int64[np.ndarray, " instant"] | Float[np.ndarray, " instant"]]


def _ages(brain: Brain, recalled: tuple[int, ...], seed: int) -> Int64[np.ndarray, " instant"]:
    return np.arange(len(brain.vocabulary.instants))


def _recalls(brain: Brain, recalled: tuple[int, ...], seed: int) -> Int64[np.ndarray, " instant"]:
    """When each was recalled last, -1 for never."""
    last = np.full(len(brain.vocabulary.instants), -1)
    last[list(recalled)] = np.arange(len(recalled))  # of several recalls the last one stays
    return last


def _priors(brain: Brain, recalled: tuple[int, ...], seed: int) -> Float[np.ndarray, " instant"]:
    return np.asarray(brain.model.p_t)[: len(brain.vocabulary.instants)]


def _remarks(brain: Brain, recalled: tuple[int, ...], seed: int) -> Float[np.ndarray, " instant"]:
    return np.asarray(_remarkableness(brain.model, brain.model.a_bar))[: len(brain.vocabulary.instants)]


def _chances(brain: Brain, recalled: tuple[int, ...], seed: int) -> Int64[np.ndarray, " instant"]:
    return np.random.default_rng(seed).permutation(len(brain.vocabulary.instants))


def _consolidations(brain: Brain, recalled: tuple[int, ...], seed: int) -> Int64[np.ndarray, " instant"]:
    """0 for what no replay has brought to semantic memory, 1 for the others."""
    return 1 - np.isin(np.arange(len(brain.vocabulary.instants)), unconsolidated(brain)).astype(np.int64)


_remarkableness = jax.jit(remarkableness)

POLICIES: dict[str, Worth] = {
    "unconsolidated": _consolidations,
    "oldest": _ages,
    "unrecalled": _recalls,
    "rarest": _priors,
    "unremarkable": _remarks,
    "random": _chances,
}
