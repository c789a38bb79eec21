"""The papers' memory tables on scene graphs: which predicate relates two objects, remembered or counted.

Ranks are filtered: where a pair of objects has several predicates, each is ranked with the others left out.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.evaluation.ranking import hits_at, realistic_rank
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.modes.decoder import close_window, open_window
from tensorbrain.operations import evolve
from tensorbrain.typing import Array, Float, Float64, Int, Int32

HITS = (1, 10)


class PredicateTable:
    """P(p | classes of s and o) by counting, with back-off: the pair of classes, then one of them, then all.

    Predicates that a pair was never seen with follow in the order of the back-off. Made of rows (class of the subject,
    predicate, class of the object) with -1 for what has no class.

    >>> table = PredicateTable(np.array([[0, 1, 0], [0, 1, 0], [0, 0, 1], [1, 2, 1]], np.int32), 2, 3)
    >>> np.argsort(-table.scores(np.array([0]), np.array([0]))[0]).tolist()
    [1, 0, 2]
    """

    def __init__(self, rows: Int32[np.ndarray, "statement 3"], classes: int, predicates: int) -> None:
        self._pairs = np.zeros((classes + 1, classes + 1, predicates), np.float32)  # the last row: without a class
        self._subjects, self._objects = (np.zeros((classes + 1, predicates)) for _ in range(2))
        s, p, o = rows.T
        np.add.at(self._pairs, (s, o, p), 1)
        np.add.at(self._subjects, (s, p), 1)
        np.add.at(self._objects, (o, p), 1)
        self._all = np.bincount(p, minlength=predicates)

    def scores(
        self, s: Int[np.ndarray, " statement"], o: Int[np.ndarray, " statement"]
    ) -> Float64[np.ndarray, "statement predicate"]:
        """A score for every predicate: whole numbers count the pair, smaller terms are the back-off."""
        one = _shares(self._subjects[s]) + _shares(self._objects[o])
        return self._pairs[s, o] + 1e-1 * one + 1e-5 * _shares(self._all)


def _shares(counts: np.ndarray) -> np.ndarray:
    return counts / np.maximum(counts.sum(axis=-1, keepdims=True), 1)


@jax.jit
def predicate_log_probabilities(
    brain: TensorBrain, q: Float[Array, "statement dim"], s: Int[Array, " statement"], o: Int[Array, " statement"]
) -> Float[Array, "statement predicate"]:
    """log P(p | s, o, start) of every predicate, in the order s-o-p; windows S and O are told and need not be read.

    Raises SettingsError for a brain that does not decode in that order.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8, orders=("sop",)), key=jax.random.key(0))
    >>> predicate_log_probabilities(brain, brain.a_bar[None], jnp.array([0]), jnp.array([1])).shape
    (1, 3)
    """

    def one(told: tuple[Float[Array, " dim"], Int[Array, ""], Int[Array, ""]]) -> Float[Array, " predicate"]:
        q, *pair = told
        state = brain.start(q, "sop")
        for slot, k in zip("so", pair, strict=True):
            state = close_window(brain, evolve(brain.board, brain.memory, state), k, slot)
        return open_window(brain, state, "p")[1]

    return jax.lax.map(one, (q, s, o), batch_size=256)


def retrieval_figures(brain: Brain, graph: KnowledgeGraph) -> dict[str, Any]:
    """Episodic and semantic retrieval of predicates, beside counting and chance (TB23, the tables of memory).

    ``episodic_retrieval_hits1`` and ``_hits10``: each statement (s, p, o) of an episode t, the filtered rank of p given
    t, s and o. ``semantic_retrieval_...``: the distinct statements, given s and o alone, from the learned a-bar. Each
    has a ``count_table_`` twin, which knows the classes of s and o, and a ``chance_`` twin. SettingsError for a brain
    that does not decode in the order s-o-p, or does not know the graph's concepts.

    >>> from tensorbrain.graph.knowledge_graph import example_graph
    >>> from tensorbrain.learning import train
    >>> from tensorbrain.settings import Settings
    >>> small = Settings(dim=8, context=8, orders=("sop",))
    >>> brain = train(example_graph(), settings=small, epochs=40, patience=40, learning_rate=0.01, progress=False)
    >>> retrieval_figures(brain, example_graph())["episodic_retrieval_hits1"]
    1.0
    """
    episodes, predicates = graph.episodes.coordinates, len(graph.vocabulary.predicates)
    if len(episodes) == 0:
        return {}
    model = brain.model
    if "sop" not in model.orders:
        raise SettingsError("retrieval of predicates asks in the order s-o-p: train a brain with orders=('sop',).")
    if graph.episodes.shape[0] > model.index.size("concept") or graph.episodes.shape[3] > model.index.size("instant"):
        raise SettingsError(f"this brain knows fewer concepts than {graph.source}: train one on that graph.")
    instants = model.index.embeddings("instant")
    class_of = class_numbers(graph)
    rows = np.stack([class_of[episodes[:, 0]], episodes[:, 1], class_of[episodes[:, 2]]], axis=1)
    table = PredicateTable(rows, int(class_of.max(initial=0)) + 1, predicates)
    figures: dict[str, Any] = {}
    for mode, told in (("episodic", episodes), ("semantic", graph.episodes.marginal("instant").coordinates)):
        s, p, o = told[:, :3].T
        start = instants[told[:, 3]] if mode == "episodic" else jnp.tile(model.a_bar, (len(told), 1))
        log_p = predicate_log_probabilities(model, start, jnp.asarray(s), jnp.asarray(o))[:, :predicates]
        others = other_predicates(np.delete(told, 1, axis=1), p)
        name = f"{mode}_retrieval"
        figures |= hit_figures(name, np.asarray(log_p), p, others)
        figures |= hit_figures(f"count_table_{name}", table.scores(class_of[s], class_of[o]), p, others)
        figures |= chance_figures(f"chance_{name}", predicates, others)
        figures[f"{name}_statements"] = len(told)
    return figures


def class_numbers(graph: KnowledgeGraph) -> Int32[np.ndarray, " concept"]:
    """The number of each concept's first class, counted from 0, or -1.

    >>> from tensorbrain.graph.knowledge_graph import example_graph
    >>> class_numbers(example_graph())
    array([ 0, -1, -1], dtype=int32)
    """
    numbers = np.full(len(graph.vocabulary.concepts), -1, np.int32)
    if len(graph.membership):
        members, first = np.unique(graph.membership[:, 0], return_index=True)
        numbers[members] = np.unique(graph.membership[:, 1], return_inverse=True)[1].reshape(-1)[first]
    return numbers


def other_predicates(
    pairs: Int32[np.ndarray, "statement told"], predicates: Int32[np.ndarray, " statement"]
) -> list[list[int]]:
    """For each statement, the other predicates stated of the same ``pairs`` (any columns): those that are filtered.

    >>> other_predicates(np.array([[0, 1], [0, 1], [2, 1]], np.int32), np.array([0, 4, 4], np.int32))
    [[4], [0], []]
    """
    which = np.unique(pairs, axis=0, return_inverse=True)[1].reshape(-1).tolist()
    stated: dict[int, set[int]] = {}
    for pair, p in zip(which, predicates.tolist(), strict=True):
        stated.setdefault(pair, set()).add(p)
    return [sorted(stated[pair] - {p}) for pair, p in zip(which, predicates.tolist(), strict=True)]


def hit_figures(
    name: str, scores: np.ndarray, predicates: Int32[np.ndarray, " statement"], others: list[list[int]]
) -> dict[str, float]:
    """``name_hits1`` and ``name_hits10``: the share of statements whose filtered predicate is among the first.

    ``scores`` (statement, predicate); ``others`` as `other_predicates` gives them.

    >>> scores = np.array([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0]])
    >>> hit_figures("a", scores, np.array([0, 1], np.int32), [[1], [0]])
    {'a_hits1': 1.0, 'a_hits10': 1.0}
    """
    ranked = zip(scores, predicates.tolist(), others, strict=True)
    ranks = np.asarray([realistic_rank(row, p, known) for row, p, known in ranked], float)
    return {f"{name}_hits{n}": hits_at(ranks, n) for n in HITS}


def chance_figures(name: str, predicates: int, others: list[list[int]]) -> dict[str, float]:
    """What `hit_figures` gives on average for ranks drawn at random.

    >>> chance_figures("chance", 5, [[], [2]])
    {'chance_hits1': 0.225, 'chance_hits10': 1.0}
    """
    candidates = predicates - np.asarray([len(known) for known in others])
    return {f"{name}_hits{n}": float(np.mean(np.minimum(1.0, n / candidates))) for n in HITS}
