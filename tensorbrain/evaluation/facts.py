"""Figures of semantic memory: questions (s, p, ?), stored and held-out facts, parent classes, roles."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain
from tensorbrain.evaluation.conditionals import statement_log_probabilities
from tensorbrain.evaluation.counts import CountTable
from tensorbrain.evaluation.questions import LIMIT, answer_scores, best_answers, questions, share_true
from tensorbrain.evaluation.ranking import hits_at, mean_reciprocal_rank, realistic_rank
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.typing import Array, Float, Int32

SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"


def semantic_figures(brain: Brain, graph: KnowledgeGraph) -> dict[str, Any]:
    """Semantic ask, stored and held-out facts, parent classes and role order; each beside counts and chance.

    ``semantic_ask_hits1``: share of all statements (facts and episodes with time summed out, by weight) whose
    object is the top answer to (s, p, ?); ``count_table_hits1`` is the best that counting can do.
    ``stored_hits1``: the same question where just one answer is true. ``heldout_mrr``: filtered, realistic rank
    of the object of facts kept from training. ``parent_class_accuracy``: classes whose top answer to (class,
    subClassOf, ?) is a parent. ``role_order_accuracy``: statements more probable than their role-swapped twin,
    where the twin is not true; ``..._reversible`` keeps those in which both are known in both roles.
    """
    known = graph.semantic()
    hidden = {tuple(row) for row in brain.held_out.tolist()}
    learned = np.array([tuple(row) not in hidden for row in known.coordinates.tolist()], bool)
    statements, weights = known.coordinates[learned], known.values[learned]
    concepts = len(graph.vocabulary.concepts)
    table = CountTable(statements, weights, concepts)
    figures = _ask_figures(brain, statements, table, concepts)
    figures |= _stored_figures(brain, known.coordinates, statements, table, concepts)
    figures |= _heldout_figures(brain, graph, known.coordinates, table)
    figures |= _parent_figures(brain, graph)
    figures |= _role_figures(brain, graph, known.coordinates)
    return figures


def _semantic_starts(brain: Brain, count: int) -> Float[Array, "question dim"]:
    return jnp.broadcast_to(brain.model.a_bar, (count, brain.model.board.dim))


def _answers(brain: Brain, told: Int32[np.ndarray, "question 3"]) -> Int32[np.ndarray, " question"]:
    return best_answers(brain, _semantic_starts(brain, len(told)), told, "o")


def _ask_figures(
    brain: Brain, statements: Int32[np.ndarray, "statement 3"], table: CountTable, concepts: int
) -> dict[str, Any]:
    asked = questions(statements, 2)
    answers = _answers(brain, asked.told)
    total = won = counted = 0.0
    for (s, p, _), answer in zip(asked.told.tolist(), answers.tolist(), strict=True):
        counts = table.count_objects(s, p)
        total, won, counted = total + counts.sum(), won + counts[answer], counted + counts.max()
    return {
        "semantic_ask_hits1": won / total,
        "count_table_hits1": counted / total,
        "chance_semantic_ask_hits1": 1 / concepts,
        "semantic_ask_questions": len(asked),
    }


def _stored_figures(
    brain: Brain,
    all_known: Int32[np.ndarray, "known 3"],
    statements: Int32[np.ndarray, "statement 3"],
    table: CountTable,
    concepts: int,
) -> dict[str, Any]:
    every = questions(all_known, 2, limit=len(all_known))
    single = np.array([len(true) == 1 for true in every.true], bool)
    taught = {tuple(row) for row in statements[:, :2].tolist()}
    single &= np.array([(s, p) in taught for s, p, _ in every.told.tolist()], bool)
    if not single.any():
        return {}
    told, true = every.told[single], [t for t, one in zip(every.true, single, strict=True) if one]
    if len(told) > LIMIT:
        chosen = np.random.default_rng(0).permutation(len(told))[:LIMIT]
        told, true = told[chosen], [true[i] for i in chosen]
    answers = _answers(brain, told).tolist()
    counted = [table.best_object(s, p) for s, p, _ in told.tolist()]
    return {
        "stored_hits1": float(np.mean([k in t for k, t in zip(answers, true, strict=True)])),
        "count_table_stored_hits1": float(np.mean([k in t for k, t in zip(counted, true, strict=True)])),
        "chance_stored_hits1": 1 / concepts,
        "stored_questions": len(told),
    }


def _heldout_figures(
    brain: Brain, graph: KnowledgeGraph, all_known: Int32[np.ndarray, "known 3"], table: CountTable
) -> dict[str, Any]:
    held = brain.held_out
    if len(held) == 0:
        return {}
    true: dict[tuple[int, int], list[int]] = {}
    for s, p, o in all_known.tolist():
        true.setdefault((s, p), []).append(o)
    scores = np.concatenate(list(answer_scores(brain, _semantic_starts(brain, len(held)), held, "o")))
    ranks, counted = [], []
    for (s, p, o), row in zip(held.tolist(), scores, strict=True):
        others = [k for k in true.get((s, p), []) if k != o]
        ranks.append(realistic_rank(row, o, others))
        counted.append(realistic_rank(table.count_objects(s, p), o, others))
    candidates = len(graph.vocabulary.concepts)
    chance = float(np.mean(1 / np.arange(1, candidates + 1)))
    ranks, counted = np.asarray(ranks, float), np.asarray(counted, float)
    figures = {
        "heldout_mrr": mean_reciprocal_rank(ranks),
        "heldout_hits10": hits_at(ranks, 10),
        "count_table_heldout_mrr": mean_reciprocal_rank(counted),
        "chance_heldout_mrr": chance,
    }
    predicates = {graph.vocabulary.label("predicate", p) for p in held[:, 1].tolist()}
    if predicates == {"borders"}:  # the figure's name in the countries world
        figures["heldout_border_mrr"] = figures["heldout_mrr"]
    return figures


def _parent_figures(brain: Brain, graph: KnowledgeGraph) -> dict[str, Any]:
    iris = [p.iri for p in graph.vocabulary.predicates]
    if len(graph.taxonomy) == 0 or SUBCLASS not in iris:
        return {}
    p = np.full((len(graph.taxonomy), 1), iris.index(SUBCLASS), np.int32)
    asked = questions(np.concatenate([graph.taxonomy[:, :1], p, graph.taxonomy[:, 1:]], axis=1).astype(np.int32), 2)
    return {
        "parent_class_accuracy": share_true(_answers(brain, asked.told), asked),
        "chance_parent_class_accuracy": 1 / len(graph.vocabulary.group_ids("class")),
        "parent_class_questions": len(asked),
    }


def _role_figures(brain: Brain, graph: KnowledgeGraph, all_known: Int32[np.ndarray, "known 3"]) -> dict[str, Any]:
    """Role swaps in the episodes where there are any, else in the facts."""
    model = brain.model
    if len(graph.episodes):
        statements = graph.episodes.coordinates
        starts = model.index.embeddings("instant")[statements[:, 3]]
    else:
        statements = graph.facts.coordinates
        starts = _semantic_starts(brain, len(statements))
    rows = {tuple(row) for row in statements.tolist()}
    swapped = statements.copy()
    swapped[:, [0, 2]] = statements[:, [2, 0]]
    one_way = np.array([tuple(row) not in rows for row in swapped.tolist()], bool)
    one_way &= statements[:, 0] != statements[:, 2]
    if not one_way.any():
        return {}
    order = model.orders[0]
    as_told = statement_log_probabilities(model, starts, jnp.asarray(statements[:, :3]), order=order)
    turned = statement_log_probabilities(model, starts, jnp.asarray(swapped[:, :3]), order=order)
    right = np.asarray(as_told > turned)
    subjects = {(s, p) for s, p, _ in all_known.tolist()}
    objects = {(p, o) for _, p, o in all_known.tolist()}
    both = one_way & np.array(
        [(o, p) in subjects and (p, s) in objects for s, p, o in statements[:, :3].tolist()], bool
    )
    figures: dict[str, Any] = {
        "role_order_accuracy": float(right[one_way].mean()),
        "chance_role_order_accuracy": 0.5,
        "role_order_cases": int(one_way.sum()),
    }
    if both.any():
        figures["role_order_accuracy_reversible"] = float(right[both].mean())
        figures["role_order_reversible_cases"] = int(both.sum())
    return figures
