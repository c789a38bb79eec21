"""An experience: a picture is perceived and written into memory in one shot, to be recalled at once."""

import dataclasses
from itertools import count
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain
from tensorbrain.errors import SettingsError
from tensorbrain.graph.vocabulary import Concept
from tensorbrain.memory.write import RULES, copied, learned_write, told_apart, with_row
from tensorbrain.modes.perception import Glance, look_at
from tensorbrain.typing import Float32, Int32

BELIEVED = 0.3  # a statement is remembered when it is at least this probable
MOST = 12  # statements of an experience that are remembered
FAMILIAR = 0.5  # a region is somebody known when the known individuals together are this probable
NAMESPACE = "urn:tensorbrain:"
WRITTEN = f"{NAMESPACE}instant:"  # with a number, the IRI of an instant that was written in one shot


class Lived(NamedTuple):
    """What an experience left behind: the instant's label, its statements (s, p, o), and the new individuals' ids."""

    instant: str
    statements: Int32[np.ndarray, "statement 3"]
    individuals: tuple[int, ...]


def experience(
    brain: Brain,
    picture: Any,
    boxes: Any = None,
    *,
    rule: str = "learned",
    label: str | None = None,
    time: str | None = None,
    seed: int = 0,
) -> tuple[Brain, str]:
    """Perceive a picture and remember it: the brain with a new instant, and the label by which to recall it.

    Without a gradient step: the instant's embedding is written by ``rule`` (learned or copy, see `memory.write`), and
    where no identity index passes the threshold ``FAMILIAR`` a new individual is written too. Arguments and errors are
    those of `perceive`; SettingsError for another rule and for a label that is taken.

    >>> from tensorbrain.checkpoint import load_brain
    >>> experience(load_brain("countries"), np.zeros((64, 64, 3), np.uint8))
    Traceback (most recent call last):
    tensorbrain.errors.SettingsError: this brain has no eyes: ...
    """
    brain, lived = live(brain, picture, boxes, rule=rule, label=label, time=time, seed=seed)
    return brain, lived.instant


def live(
    brain: Brain,
    picture: Any,
    boxes: Any = None,
    *,
    rule: str = "learned",
    label: str | None = None,
    time: str | None = None,
    seed: int = 0,
) -> tuple[Brain, Lived]:
    """``experience`` with all that it left behind."""
    if rule not in RULES:
        raise SettingsError(f"rule '{rule}' is unknown: use {' or '.join(RULES)}.")
    refuse_interventions(brain, "write the experience to")
    taken = {instant.label for instant in brain.vocabulary.instants}
    label = label or next(name for n in count(len(taken) + 1) if (name := f"experience {n}") not in taken)
    if label in taken:
        raise SettingsError(f"there is an instant '{label}' already: give the new one its own label.")
    glance = look_at(brain, picture, boxes, selection="attend", attention=True, seed=seed, top=1)
    brain, individuals = _write_individuals(brain, glance, rule)
    rows, last = _believed(glance, individuals)
    brain = write_instant(
        brain, rows, glance.run["scene_q"], glance.run["q_after"][last, -1], rule=rule, label=label, time=time
    )
    return brain, Lived(label, rows, tuple(individuals.values()))


def write_instant(
    brain: Brain,
    statements: Int32[np.ndarray, "statement 3"],
    q_scene: Float32[np.ndarray, " dim"],
    q_end: Float32[np.ndarray, " dim"],
    *,
    rule: str,
    label: str,
    time: str | None = None,
) -> Brain:
    """The brain with one more instant, written in one shot from its statements and two states of the blackboard.

    ``q_scene`` is the blackboard in window T, of which the learned rule keeps a copy; ``q_end`` the blackboard at the
    end of the experience, which the rule copy takes as it is.
    """
    refuse_interventions(brain, "write the experience to")
    model = brain.model
    if rule == "copy":
        a_new = copied(model, jnp.asarray(q_end), "instant")
    else:
        padded = np.full((MOST, 3), -1, np.int32)
        padded[: len(statements)] = statements[:MOST]
        a_new = _learned(model, jnp.asarray(padded), jnp.asarray(padded[:, 0] >= 0), jnp.asarray(q_scene))
    model, _ = with_row(model, a_new, "instant")
    taken = {instant.iri for instant in brain.vocabulary.instants}
    iri = next(name for n in count(len(taken) + 1) if (name := f"{WRITTEN}{n}") not in taken)
    words = brain.vocabulary.with_concept(Concept(iri, label, "instant"), time)
    return dataclasses.replace(brain, model=model, vocabulary=words)


_learned = jax.jit(learned_write)


def refuse_interventions(brain: Brain, deed: str) -> None:
    """SettingsError for a brain with interventions, that it is not to be ``deed`` ("write to") as it is.

    The next free row is found by counting those in use, and a memory should hold what the whole brain believed.
    """
    if touched := brain.lesioned + brain.muted:
        raise SettingsError(
            f"{touched[0]} is lesioned or muted in this brain, which cannot learn so: {deed} the "
            "brain as it was, and intervene afterwards."
        )


def _believed(glance: Glance, individuals: dict[int, int]) -> tuple[Int32[np.ndarray, "statement 3"], int]:
    """The statements that are remembered, about the new individuals where there are some, and the last one's row."""
    order = np.argsort(-glance.probability, kind="stable")
    rows: list[tuple[int, ...]] = []
    last = int(order[0])
    for row in order.tolist():
        enough = glance.probability[row] < BELIEVED and len(rows) > 0
        if enough or len(rows) == MOST:
            break
        s, p, o = (int(k) for k in glance.run["ids"][row])
        i, j = glance.asked[row].tolist()
        statement = (individuals.get(i, s), p, individuals.get(j, o) if j != i else o)
        if statement not in rows:
            rows.append(statement)
            last = row
    return np.asarray(rows, np.int32).reshape(-1, 3), last


def _write_individuals(brain: Brain, glance: Glance, rule: str) -> tuple[Brain, dict[int, int]]:
    """A new concept for every region that shows nobody known, written by the rule from what the region evoked."""
    found: dict[int, int] = {}
    for region in range(1, len(glance.boxes)):
        if glance.run["familiarity"][region] >= FAMILIAR:
            continue
        q = jnp.asarray(glance.run["region_q"][region])
        thing = int(glance.run["things"][region])
        a_new = copied(brain.model, q, "concept") if rule == "copy" else told_apart(brain.model, jnp.asarray(thing), q)
        model, k = with_row(brain.model, a_new, "concept")
        kind = brain.vocabulary.label("concept", thing)
        concept = Concept(f"{NAMESPACE}individual:{k}", f"new {kind} {k}", "entity")
        brain = dataclasses.replace(brain, model=model, vocabulary=brain.vocabulary.with_concept(concept))
        found[region] = k
    return brain, found
