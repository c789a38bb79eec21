"""Interventions: what a brain says when an index is cut out or silenced, or a gate is set otherwise."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.layers.concept_index import BLOCKS

MOST = 8  # labels that are named in one note
LARGEST = 1e6  # of a gate or a temperature: the scores stay finite, and impossible candidates impossible


def intervene(
    brain: Brain,
    *,
    lesion: Sequence[str] = (),
    mute: Sequence[str] = (),
    alpha: float | None = None,
    beta: float | None = None,
    temperature: float | None = None,
    mu: float | None = None,
) -> Brain:
    """The brain with indices lesioned or muted and gates set otherwise; the brain that is given stays as it is.

    A lesioned index is never read again: pi_k = 0, and the others share what it had, pi_j / (1 - pi_k). It can still
    be told, and then counts as a candidate in that window. A moment that is lesioned has P(t) = 0, so that nothing
    reminds of it. A muted index is read as before, by a_k, and writes 0: q <- alpha q. A muted moment leaves the
    blackboard blank wherever a recall starts from it. ``alpha``, ``beta`` and ``temperature`` take the place of the
    brain's own, and ``mu`` multiplies every gate of the sensory buffer; None leaves them. Interventions add up.

    Names are labels, IRIs or time stamps. UnknownConceptError offers the nearest labels, AmbiguousConceptError shows
    the IRIs; SettingsError for a number that is not finite or far too large, a temperature of 0 or less, ``mu`` in a
    brain without senses, and lesions that leave nothing to choose from. Ours.

    >>> from tensorbrain.checkpoint import load_brain
    >>> from tensorbrain.modes.ask import ask
    >>> brain = load_brain("countries")
    >>> ask(brain, subject="Kenya", predicate="capital")[0].labels
    ('Nairobi',)
    >>> ask(intervene(brain, lesion=["Nairobi"]), subject="Kenya", predicate="capital")[0].labels == ("Nairobi",)
    False
    """
    gates = {"alpha": alpha, "beta": beta, "temperature": temperature}
    gates = {name: _number(name, value) for name, value in gates.items() if value is not None}
    if not (lesion or mute or gates) and mu is None:
        return brain
    if gates.get("temperature", 1.0) < 1 / LARGEST:
        raise SettingsError(f"temperature {temperature} must be 0.000001 or more: 1 leaves the scores as they are.")
    model = brain.model
    for name, value in gates.items():
        model = eqx.tree_at(lambda b, name=name: getattr(b, name), model, jnp.full_like(getattr(model, name), value))
    if mu is not None:
        model = _with_mu(model, _number("mu", mu))
    if mute:
        before = jnp.zeros_like(model.index.in_use) if model.index.muted is None else model.index.muted
        muted = before | jnp.asarray(_rows(brain, mute))
        model = eqx.tree_at(lambda b: b.index.muted, model, muted, is_leaf=lambda leaf: leaf is None)
    if lesion:
        model = _without(brain, model, _rows(brain, lesion))
    return dataclasses.replace(brain, model=model, settings=dataclasses.replace(brain.settings, **gates))


def said(brain: Brain) -> list[str]:
    """What a trace notes of a brain whose indices were lesioned or muted, so that nobody takes it for the whole one.

    >>> from tensorbrain.checkpoint import load_brain
    >>> said(intervene(load_brain("countries"), lesion=["Nairobi"], mute=["Kenya"]))
    ['lesioned: Nairobi', 'muted: Kenya']
    """
    states = (("lesioned", brain.lesioned), ("muted", brain.muted))
    more = {state: f" and {len(labels) - MOST} more" if len(labels) > MOST else "" for state, labels in states}
    return [f"{state}: {', '.join(labels[:MOST])}{more[state]}" for state, labels in states if labels]


def _number(name: str, value: float) -> float:
    if not abs(value) <= LARGEST:  # nan too
        raise SettingsError(f"{name} {value} must be a number between -{LARGEST:.0f} and {LARGEST:.0f}.")
    return float(value)


def _with_mu(model: TensorBrain, mu: float) -> TensorBrain:
    gates = model.sensory.mu
    if not gates:
        raise SettingsError("this brain has no senses that mu could open or shut: leave mu out.")
    return eqx.tree_at(lambda b: b.sensory.mu, model, jax.tree_util.tree_map(lambda gate: mu * gate, gates))


def _rows(brain: Brain, names: Sequence[str]) -> np.ndarray:
    """Which rows of A belong to the names, a mask over all of them."""
    index = brain.model.index
    rows = np.zeros(len(index.in_use), bool)
    for name in [names] if isinstance(names, str) else names:
        for block, k in brain.vocabulary.find_everywhere(name).items():
            rows[index.block(block).start + k] = True
    return rows


def _without(brain: Brain, model: TensorBrain, gone: np.ndarray) -> TensorBrain:
    """The model without the rows that are gone, as long as every window keeps something to read."""
    index = model.index
    left = np.asarray(index.in_use) & ~gone
    for what, candidates in _candidate_groups(brain).items():
        if gone[candidates].any() and not left[candidates].any():
            raise SettingsError(f"this lesions all {what}, and a window could read none: leave at least one of them.")
    moments = index.block("instant")
    p_t = jnp.where(left[moments], model.p_t, 0.0)
    if gone[moments].any():
        p_t = p_t / p_t.sum()
    return eqx.tree_at(lambda b: (b.index.in_use, b.p_t), model, (jnp.asarray(left), p_t))


def _candidate_groups(brain: Brain) -> dict[str, Any]:
    """The rows of A among which a window chooses, by what a person calls them."""
    index = brain.model.index
    groups: dict[str, Any] = {f"{block}s": index.block(block) for block in BLOCKS}
    start = index.block("instant").start
    groups["instants that can be remembered"] = start + np.flatnonzero(np.asarray(brain.model.p_t) > 0)
    if brain.label_groups:  # the concepts come first in A, so that their ids are their rows
        members = {group.name: np.asarray(group.members, int) for group in brain.label_groups}
        things = brain.vocabulary.group_ids("entity")
        groups |= {f"labels of the group {name}": ids for name, ids in members.items()}
        groups["things"] = np.concatenate([things, members.get("basic", things[:0])])
    return groups
