"""What is measured of digits: each relation read in the window of a picture, and recalled of what was perceived."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import TensorBrain
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.layers import BrainState
from tensorbrain.learning.observing import Seen
from tensorbrain.modes.choices import Choices
from tensorbrain.modes.decoder import statement_log_probability
from tensorbrain.modes.looking import Sight, feed_back, look, moment, pair_senses, region_senses, relate
from tensorbrain.typing import Array, Float, Int

SPATIAL, ORDER, DIVISION = ("left of", "above"), ("greater than", "less than"), ("divides", "multiple of")
Pairs = frozenset[tuple[int, int]]


def facts_of(graph: KnowledgeGraph, predicate: str) -> set[tuple[int, int]]:
    """The pairs (subject, object) that a predicate holds of in the facts of a graph.

    >>> from tensorbrain.datasets.digits import digit_graph
    >>> len(facts_of(digit_graph(), "greater than"))
    45
    """
    p = graph.vocabulary.find(predicate, "predicate")
    return {(s, o) for s, q, o in graph.facts.coordinates.tolist() if q == p}


def ids_of(graph: KnowledgeGraph, predicates: tuple[str, ...]) -> list[int]:
    """The ids of predicates by their labels; UnknownConceptError for another.

    >>> from tensorbrain.datasets.digits import digit_graph
    >>> len(ids_of(digit_graph(), SPATIAL))
    2
    """
    return [graph.vocabulary.find(name, "predicate") for name in predicates]


def among(s: np.ndarray, o: np.ndarray, pairs: Pairs) -> np.ndarray:
    """Whether the two are one of the pairs, either way round; s and o of any shape.

    >>> among(np.array([1, 2]), np.array([0, 3]), frozenset({(0, 1)}))
    array([ True, False])
    """
    either = {code for a, b in pairs for code in ((a << 16) + b, (b << 16) + a)}
    return np.isin((s.astype(np.int64) << 16) + o, list(either))


class Readings(NamedTuple):
    """What was read of each scene: the things of its regions, and log P of every predicate, seen and recalled.

    Shapes: things (scene, region), seen and recalled (scene, statement, predicate).
    """

    things: Array | np.ndarray
    seen: Array | np.ndarray
    recalled: Array | np.ndarray


@jax.jit
def read(brain: TensorBrain, test: Seen, choices: Choices) -> Readings:
    """Read the things of all scenes, and the predicates of their statements: in window P, and from semantic memory.

    Semantic memory gets no pixels, but the subject and the object as they were perceived.
    """
    predicates = jnp.arange(brain.index.size("predicate"))

    def scene(features: Array, boxes: Array, statements: Array, unions: Array) -> Readings:
        _, start, _ = moment(brain, Sight(features[0], boxes[0]))

        def thing(
            before: BrainState, features: Float[Array, " feature"], box: Float[Array, "4"]
        ) -> tuple[BrainState, Int[Array, ""]]:
            state, log_pi = look(brain, before, region_senses(brain, Sight(features, box)), choices.candidates[0])
            return feed_back(brain, state, log_pi, "attend")

        subjects, things = jax.vmap(partial(thing, start))(features, boxes)

        def statement(row: Array, union: Float[Array, " feature"]) -> tuple[Array, Array]:
            i, j = row[0], row[1]
            before = jax.tree_util.tree_map(lambda leaf: leaf[i], subjects)
            state, o = thing(before, features[j], boxes[j])
            _, log_p = relate(brain, state, pair_senses(brain, union, boxes[i], boxes[j]))
            told = jax.vmap(lambda p: jnp.stack([things[i], p, o]))(predicates)
            recall = partial(statement_log_probability, brain, brain.a_bar, order=brain.orders[0])
            return log_p[:-1], jax.vmap(recall)(told).sum(axis=1)

        return Readings(things, *jax.vmap(statement)(jnp.maximum(statements, 0), unions))

    return jax.vmap(scene)(test.features, test.boxes, test.statements, test.unions)


def digit_figures(
    brain: TensorBrain, test: Seen, choices: Choices, graph: KnowledgeGraph, hidden: Pairs
) -> dict[str, float]:
    """The figures of one brain on test scenes; see ``digits``."""
    found = jax.device_get(read(brain, test.pick(np.arange(len(test.thing))), choices))
    told = test.statements[..., 3] >= 0
    s, p, o = test.statements[told][:, 2:].T
    unseen = among(s, o, hidden)
    left_of, above, greater, less, divides, multiple = ids_of(graph, SPATIAL + ORDER + DIVISION)
    pairs = facts_of(graph, "divides")
    divisible = np.asarray([pair in pairs for pair in zip(s.tolist(), o.tolist(), strict=True)])
    zero = graph.vocabulary.find("Zero", "concept")
    division = (p == less) & (s != zero)
    digit = test.thing >= 0
    figures = {"individual": float((found.things == test.thing)[digit].mean())}

    def wins(log_p: np.ndarray, rivals: tuple[int, int], which: np.ndarray) -> float:
        one, other = (log_p[which, k] for k in rivals)
        return _mean(_beats(np.where(p[which] == rivals[0], one - other, other - one)))

    for ending, log_p in (("", found.seen[told]), ("_recalled", found.recalled[told])):
        if not ending:
            for name, which in (("left_of", {left_of}), ("above", {above}), ("spatial_at_1", {left_of, above})):
                figures[name] = wins(log_p, (left_of, above), np.isin(p, list(which)))
        share = log_p[:, divides] - log_p[:, less]
        for of, which in (("", ~unseen), ("_unseen_pairs", unseen)):
            order, roles = np.isin(p, (greater, less)) & which, np.isin(p, (divides, multiple)) & which
            figures[f"greater_than{ending}{of}"] = wins(log_p, (greater, less), order)
            figures[f"divides{ending}{of}"] = wins(log_p, (divides, multiple), roles)
            yes, no = share[division & which & divisible], share[division & which & ~divisible]
            figures[f"divides_or_not{ending}{of}"] = _mean(_beats(yes[:, None] - no[None]))
    return figures


def _beats(ahead: np.ndarray) -> np.ndarray:
    return (ahead > 0) + 0.5 * (ahead == 0)


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else float("nan")
