"""Reminding: how probable every moment is, given nothing, given a cue, or given the state of another moment."""

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.modes.cue import read_cue
from tensorbrain.modes.episodic import log_evidence, log_posterior
from tensorbrain.operations import log_probabilities
from tensorbrain.typing import Array, Float, Float32, Int

BEAM = 16  # beginnings of a statement that are followed from each moment: a moment holds fewer statements than that


def evidence(
    brain: Brain,
    *,
    subject: str | None = None,
    predicate: str | None = None,
    object: str | None = None,
    beam: int = BEAM,
) -> Float32[np.ndarray, " instant"]:
    """log P(cue | t) of every moment: how well what is told fits it; 0 everywhere where nothing is told.

    Exact where the told slots come first in the decode order. Else the slots before them are summed over the ``beam``
    most probable beginnings of a statement, which leaves a little out and bounds log P(cue | t) from below; ``ask``
    sums over all of them, in minutes where this takes a second. Names and errors as in ``read_cue``. Source: QTB25.

    >>> from tensorbrain.checkpoint import load_brain
    >>> brain = load_brain("neighbourhood")
    >>> fits = evidence(brain, subject="Mary", predicate="feeds", object="Sparky")
    >>> fits.shape, int((fits > fits[brain.vocabulary.find("2026-05-03T08:10", "instant")]).sum()) < 4
    ((694,), True)
    """
    cue = read_cue(brain, subject=subject, predicate=predicate, object=object, mode="episodic")
    count = len(brain.vocabulary.instants)
    if not cue.told:
        return np.zeros(count, np.float32)
    starts = brain.model.index.embeddings("instant")
    log_p = log_evidence(brain.model, starts, cue.given_array, order=cue.order, told=cue.told, beam=beam)
    return np.asarray(log_p, np.float32)[:count]


def moments(
    brain: Brain, log_p_cue: Float32[np.ndarray, " instant"] | None = None, *, recency: float = 0.0
) -> Float32[np.ndarray, " instant"]:
    """P(t | cue) of every moment, from log P(cue | t) as ``evidence`` gives it; the prior P(t) without.

    ``recency`` is lambda in P(t) P(cue | t) exp(lambda recency(t)): above 0 for recent moments, below for remote
    ones. SettingsError for a brain without moments. Source: QTB25 (n_t + lambda recency).

    >>> from tensorbrain.checkpoint import load_brain
    >>> brain = load_brain("neighbourhood")
    >>> now, then = (moments(brain, recency=recency) for recency in (9.0, -9.0))
    >>> [int((p[:347].sum() > 0.9)) for p in (now, moments(brain), then)]  # the share of the first half
    [0, 0, 1]
    """
    p_t, count = brain.model.p_t, len(brain.vocabulary.instants)
    if not count:
        raise SettingsError("this brain has no episodes to recall: train it on a graph with named graphs.")
    told = np.zeros(len(p_t), np.float32)
    if log_p_cue is not None:
        told[:count] = log_p_cue
    log_p = log_posterior(brain.model, jnp.asarray(told, p_t.dtype), recency=recency)
    return np.exp(np.asarray(log_p, np.float32)[:count])


def likeness(brain: Brain, instant: str) -> Float32[np.ndarray, " instant"]:
    """How much a moment is like every other: P(t' | gamma(a_t)) among the moments t' other than t; 0 at t itself.

    The moment writes its embedding to the blackboard, as when its recall starts, and the index reads which moment
    that could be. Of all moments that is hardly ever another one: t is left out of the candidates, which is the papers'
    post-selection. Names and errors as in ``Vocabulary.find``; SettingsError where there is no other moment. Ours.

    >>> from tensorbrain.checkpoint import load_brain
    >>> brain = load_brain("neighbourhood")
    >>> alike = likeness(brain, "2026-05-31T19:52")
    >>> brain.vocabulary.label("instant", int(alike.argmax()))
    'Tuesday 21 April 2026, 19:50: bedtime story for Leila'
    """
    t, count = brain.vocabulary.find(instant, "instant"), len(brain.vocabulary.instants)
    block = brain.model.index.block("instant")
    if not np.delete(np.asarray(brain.model.index.in_use)[block], t).any():
        raise SettingsError("this brain remembers no other moment that this one could be like.")
    return np.asarray(_others(brain.model, jnp.asarray(t)), np.float32)[:count]


@jax.jit
def _others(brain: TensorBrain, t: Int[Array, ""]) -> Float[Array, " instant"]:
    q = brain.index.embedding(t, "instant")
    others = jnp.arange(brain.index.size("instant")) != t
    log_pi = log_probabilities(
        brain.index, brain.board.gamma(q), "instant", temperature=brain.temperature, candidates=others
    )
    return jnp.exp(log_pi)
