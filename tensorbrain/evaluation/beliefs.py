"""Beliefs: what a brain takes to be so, beside what its graph says and how often."""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain
from tensorbrain.errors import SettingsError
from tensorbrain.evaluation.conditionals import statement_log_probabilities
from tensorbrain.graph.adjacency import AdjacencyTensor
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.graph.vocabulary import Vocabulary
from tensorbrain.modes.cue import SLOTS, Cue, find_statements, read_cue, starts
from tensorbrain.modes.search import Found
from tensorbrain.typing import Array, Float, Float64, Int32


class Belief(NamedTuple):
    """A statement by its labels, with what the brain believes of it and what the graph says of it.

    ``probability`` is the brain's P(statement | cue) in semantic memory; ``facts`` (0 or 1) and ``episodes`` how many
    facts and how many episodes say it; ``share`` these two together, as a part of all that the graph says of the cue.
    """

    subject: str
    predicate: str
    object: str
    probability: float
    share: float
    facts: int
    episodes: int


def beliefs(
    brain: Brain,
    graph: KnowledgeGraph,
    *,
    subject: str | None = None,
    predicate: str | None = None,
    object: str | None = None,
    a_bar: str = "learned",
    top: int = 12,
) -> list[Belief]:
    """The ``top`` statements that semantic memory believes most, each beside the graph; then what they miss of it.

    P(s, p, o | cue) stands beside the share N(s, p, o) / N(cue), where N counts each fact once and each episode that
    says a statement once, as training does unless its weights say otherwise: a brain that learned all frequencies
    would believe the shares. So both are seen, what is believed without evidence and, behind it, at most ``top``
    statements that the graph says and that are not among the first, the largest shares first. A class may be believed
    where the graph names a member, as training lets it stand in now and then (`learning.batches.generalise`).

    Brain and graph may number concepts differently, so they are matched by IRI: what the graph does not know has
    counts 0, what the brain does not know the probability 0. Names and errors are those of `recall`.

    >>> from tensorbrain.checkpoint import load_brain
    >>> from tensorbrain.graph.knowledge_graph import example_graph
    >>> belief = beliefs(load_brain("countries"), example_graph(), subject="Kenya", predicate="capital", top=1)[0]
    >>> belief.object, belief.facts, belief.episodes
    ('Nairobi', 0, 0)
    """
    if top < 1:
        raise SettingsError(f"the top {top} beliefs are none: ask for at least 1.")
    cue = read_cue(brain, subject=subject, predicate=predicate, object=object, mode="semantic", a_bar=a_bar)
    q, log_weight = starts(brain, cue)
    found, _ = find_statements(brain, cue, q, n=top)
    mine, theirs = brain.vocabulary, graph.vocabulary
    of_brain = _believed(found, log_weight, top)
    of_graph = _translated(of_brain, mine, theirs)
    said = _said(graph, cue, _translated(np.asarray([cue.given], np.int32), mine, theirs)[0])
    missed = _missed(said, of_graph)[:top]
    every, twins = np.concatenate([of_brain, _translated(missed, theirs, mine)]), np.concatenate([of_graph, missed])
    log_told = np.logaddexp.reduce(found.log_given + log_weight)
    probability = np.exp(_log_joint(brain, cue, q, log_weight, every, room=2 * top) - log_told)
    total = max(float(said.values.sum()), 1.0)

    def belief(n: int) -> Belief:
        pairs = zip(SLOTS, every[n].tolist(), twins[n].tolist(), strict=True)
        s, p, o = (mine.label(slot, k) if k >= 0 else theirs.label(slot, twin) for slot, k, twin in pairs)
        facts, episodes = (len(tensor.slice(*twins[n].tolist())) for tensor in (graph.facts, graph.episodes))
        return Belief(s, p, o, min(float(probability[n]), 1.0), (facts + episodes) / total, facts, episodes)

    rows = [belief(n) for n in range(len(every))]
    first = len(of_brain)
    return sorted(rows[:first], key=lambda row: -row.probability) + rows[first:]


def _believed(found: Found, log_weight: Float[np.ndarray, " start"], top: int) -> Int32[np.ndarray, "statement 3"]:
    """The most probable of the statements that were found from all starts, in the brain's ids."""
    rows, place = np.unique(found.statements.reshape(-1, 3), axis=0, return_inverse=True)
    log_joint = (found.log_p + log_weight[:, None]).reshape(-1)
    weight = np.bincount(place.reshape(-1), weights=np.exp(log_joint - log_joint.max()), minlength=len(rows))
    best = np.argsort(-weight, kind="stable")[:top]
    return rows[best[weight[best] > 0]].astype(np.int32)


def _translated(
    statements: Int32[np.ndarray, "statement 3"], source: Vocabulary, target: Vocabulary
) -> Int32[np.ndarray, "statement 3"]:
    """The same statements in the ids of another vocabulary, matched by IRI; -1 for what it does not know."""
    rows = np.full_like(statements, -1)
    for column, slot in enumerate(SLOTS):
        known = {concept.iri: k for k, concept in enumerate(target.slot(slot))}
        concepts = source.slot(slot)
        rows[:, column] = [known.get(concepts[k].iri, -1) if k >= 0 else -1 for k in statements[:, column].tolist()]
    return rows


def _said(graph: KnowledgeGraph, cue: Cue, given: Int32[np.ndarray, "3"]) -> AdjacencyTensor:
    """N(s, p, o), facts and episodes together, of all that agrees with the cue; ``given`` are its ids in the graph."""
    told = {slot: int(k) for slot, k, mine in zip(SLOTS, given, cue.given, strict=True) if mine >= 0}
    parts = [tensor.slice(**told).coordinates[:, :3] for tensor in (graph.facts, graph.episodes)]
    return AdjacencyTensor.from_statements(np.concatenate(parts), graph.facts.shape)


def _missed(said: AdjacencyTensor, listed: Int32[np.ndarray, "statement 3"]) -> Int32[np.ndarray, "missed 3"]:
    """The statements of a graph that are not listed already, the most frequent first."""
    known = {tuple(row) for row in listed.tolist()}
    often = said.coordinates[np.argsort(-said.values, kind="stable")]
    return often[np.asarray([tuple(row) not in known for row in often.tolist()], bool)]


def _log_joint(
    brain: Brain,
    cue: Cue,
    q: Float[Array, "start dim"],
    log_weight: Float[np.ndarray, " start"],
    statements: Int32[np.ndarray, "statement 3"],
    *,
    room: int,
) -> Float64[np.ndarray, " statement"]:
    """log sum_t w_t P(s, p, o | q_t) of statements that agree with the cue, at most ``room``; -inf where an id is -1.

    The room is filled up, so that one program serves any number of statements.
    """
    padded = np.zeros((room, 3), np.int32)
    padded[: len(statements)] = np.maximum(statements, 0)
    every = jnp.repeat(q, room, axis=0), jnp.tile(jnp.asarray(padded), (len(q), 1))
    log_p = statement_log_probabilities(brain.model, *every, order=cue.order, told=cue.told)
    log_p = np.asarray(log_p, float).reshape(len(q), room)[:, : len(statements)]
    log_joint = np.logaddexp.reduce(log_p + log_weight[:, None], axis=0)
    return np.where((statements >= 0).all(axis=1), log_joint, -np.inf)
