"""Digits: who stands left of whom is seen; who is greater is not, and must come through who they are."""

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import TensorBrain
from tensorbrain.datasets.digits import DIGITS, digit_graph, digit_scenes
from tensorbrain.experiments.ladder import spread
from tensorbrain.experiments.schooling import Course, untaught, with_eye
from tensorbrain.graph.adjacency import AdjacencyTensor
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.learning.eye import teach_eye
from tensorbrain.learning.joint import learn_jointly
from tensorbrain.learning.observing import Seen, observe
from tensorbrain.modes.choices import Choices, choices
from tensorbrain.modes.decoder import statement_log_probability
from tensorbrain.modes.looking import (
    Sight,
    feed_back,
    look,
    moment,
    pair_senses,
    region_senses,
    relate,
    without_feedback,
    without_working_memory,
)
from tensorbrain.pictures.scenes import Scenes, label_groups
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float

# Memory is decoded in the order of perception, subject - object - predicate: so the two share the window P.
SETTINGS = Settings(dim=128, context=128, senses="pictures", feature=96, orders=("sop",))
COURSE = Course(scenes=1200, eye=400, brain=400)
TESTED = 300  # scenes of held-out handwriting, for each seed
HIDDEN = (4, 5)  # pairs of digits whose numbers no picture compares: so many where one divides the other, and others
SPATIAL, ORDER, DIVISION = ("left of", "above"), ("greater than", "less than"), ("divides", "multiple of")
Pairs = frozenset[tuple[int, int]]


class Rung(NamedTuple):
    """One network of the comparison: how it is cut, what must not learn for it to stay so, and whether it is told."""

    cut: Callable[[TensorBrain], TensorBrain] = lambda brain: brain
    fixed: Callable[[TensorBrain], Any] | None = None
    told: bool = True


RUNGS = {
    "whole": Rung(),
    "no_feedback": Rung(without_feedback, lambda brain: brain.beta),
    "no_working_memory": Rung(without_working_memory, lambda brain: (brain.memory.W, brain.memory.w0)),
    "not_told": Rung(told=False),
}


def digits(
    *, seeds: tuple[int, ...] = (0, 1, 2), course: Course = COURSE, tested: int = TESTED, progress: bool = True
) -> dict[str, Any]:
    """Teach brains the digits and measure them on handwriting that none of them saw; {mean, low, high} over the seeds.

    Of the whole network: ``individual``, which digit; ``left_of``, ``above`` and both, ``spatial_at_1``, the true one
    of these two wins; ``greater_than``, the true one of greater and less than; ``divides``, of divides and multiple of;
    ``divides_or_not``, of two pairs, smaller digit first, the one that divides has the larger share of P(divides), ties
    half. ``..._recalled``: not in the picture, but in semantic memory, given the two digits that were perceived.
    ``..._unseen_pairs``: pairs of digits that no picture compared, though they were seen side by side; the others are
    of compared pairs. The same under ``no_feedback``, ``no_working_memory``, ``not_told`` (the facts about unseen
    pairs are withheld too) and ``chance``.
    """
    runs: dict[str, list[dict[str, float]]] = {}
    graph = digit_graph()
    groups = label_groups(graph)
    for seed in seeds:
        hidden = hidden_pairs(graph, seed=seed)
        pictures = without_comparing(digit_scenes(graph, course.scenes, seed=seed), hidden, graph)
        eye, _ = teach_eye(
            pictures, groups, feature=SETTINGS.feature, predicates=len(graph.vocabulary.predicates), steps=course.eye,
            seed=seed, progress=progress,
        )  # fmt: skip
        brain = with_eye(untaught(graph, SETTINGS, seed=seed), eye)
        options = choices(graph.vocabulary, groups, brain.index.size("concept"))
        seen = observe(brain, pictures, seed=seed)
        test = observe(brain, digit_scenes(graph, tested, seed=seed, split="test"), seed=seed)
        for name, rung in RUNGS.items():
            facts = graph if rung.told else not_telling(graph, hidden)
            taught, _ = learn_jointly(
                rung.cut(brain), facts, seen, options, steps=course.brain, fixed=rung.fixed, seed=seed,
                progress=progress,
            )  # fmt: skip
            runs.setdefault(name, []).append(digit_figures(taught, test, options, graph, hidden))
    summary = {name: {key: spread([run[key] for run in each]) for key in each[0]} for name, each in runs.items()}
    things = len(DIGITS) + sum(len(group.members) for group in groups)  # a digit, or a nameless even or odd one
    chance = {key: spread([1 / things if key == "individual" else 0.5]) for key in summary["whole"]}
    return {"seeds": list(seeds), "scenes": tested, **summary.pop("whole"), **summary, "chance": chance}


def hidden_pairs(graph: KnowledgeGraph, *, seed: int) -> Pairs:
    """The pairs of digits, as ids with the smaller digit first, whose numbers no picture compares: drawn by the seed.

    >>> len(hidden_pairs(digit_graph(), seed=0)) == sum(HIDDEN)
    True
    """
    random = np.random.default_rng(seed)
    less, divides = (_facts(graph, name) for name in ("less than", "divides"))
    parts = [sorted(less & divides), sorted(less - divides)]
    drawn = [part[i] for part, n in zip(parts, HIDDEN, strict=True) for i in random.permutation(len(part))[:n]]
    return frozenset(drawn)


def without_comparing(scenes: Scenes, hidden: Pairs, graph: KnowledgeGraph) -> Scenes:
    """The scenes without the numeric statements about hidden pairs; where the digits stand is still said.

    >>> graph = digit_graph()
    >>> scenes, everything = digit_scenes(graph, 2, seed=0), frozenset((a, b) for a in range(10) for b in range(10))
    >>> left = without_comparing(scenes, everything, graph).statements[..., 3]
    >>> set(left[left >= 0].tolist()) <= {graph.vocabulary.find(name, "predicate") for name in SPATIAL}
    True
    """
    s, p, o = np.moveaxis(scenes.statements[..., 2:], -1, 0)
    dropped = np.isin(p, _ids(graph, ORDER + DIVISION)) & _among(s, o, hidden)
    return dataclasses.replace(scenes, statements=np.where(dropped[..., None], -1, scenes.statements))


def not_telling(graph: KnowledgeGraph, hidden: Pairs) -> KnowledgeGraph:
    """The graph without the facts that compare hidden pairs.

    >>> graph = digit_graph()
    >>> len(graph.facts) - len(not_telling(graph, hidden_pairs(graph, seed=0)).facts) == 4 * HIDDEN[0] + 2 * HIDDEN[1]
    True
    """
    rows = graph.facts.coordinates
    kept = ~(np.isin(rows[:, 1], _ids(graph, ORDER + DIVISION)) & _among(rows[:, 0], rows[:, 2], hidden))
    facts = AdjacencyTensor.from_statements(rows[kept], graph.facts.shape, graph.facts.values[kept])
    return dataclasses.replace(graph, facts=facts)


def _facts(graph: KnowledgeGraph, predicate: str) -> set[tuple[int, int]]:
    p = graph.vocabulary.find(predicate, "predicate")
    return {(s, o) for s, q, o in graph.facts.coordinates.tolist() if q == p}


def _ids(graph: KnowledgeGraph, predicates: tuple[str, ...]) -> list[int]:
    return [graph.vocabulary.find(name, "predicate") for name in predicates]


def _among(s: np.ndarray, o: np.ndarray, pairs: Pairs) -> np.ndarray:
    """Whether the two are one of the pairs, either way round."""
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

        def thing(before, features, box):
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
    unseen = _among(s, o, hidden)
    left_of, above, greater, less, divides, multiple = _ids(graph, SPATIAL + ORDER + DIVISION)
    pairs = _facts(graph, "divides")
    divisible = np.asarray([pair in pairs for pair in zip(s.tolist(), o.tolist(), strict=True)])
    zero = graph.vocabulary.find("Zero", "concept")
    division = (p == less) & (s != zero)
    digit = test.thing >= 0
    figures = {"individual": float((found.things == test.thing)[digit].mean())}

    def wins(log_p: np.ndarray, rivals: tuple[int, int], which: np.ndarray) -> float:
        right = log_p[np.arange(len(p)), p] == log_p[:, list(rivals)].max(axis=1)
        return _mean(right[which])

    for ending, log_p in (("", found.seen[told]), ("_recalled", found.recalled[told])):
        if not ending:
            for name, which in (("left_of", p == left_of), ("above", p == above), ("spatial_at_1", p <= -1)):
                figures[name] = wins(log_p, (left_of, above), which)
            figures["spatial_at_1"] = wins(log_p, (left_of, above), (p == left_of) | (p == above))
        share = log_p[:, divides] - log_p[:, less]
        for of, which in (("", ~unseen), ("_unseen_pairs", unseen)):
            order, roles = np.isin(p, (greater, less)) & which, np.isin(p, (divides, multiple)) & which
            figures[f"greater_than{ending}{of}"] = wins(log_p, (greater, less), order)
            figures[f"divides{ending}{of}"] = wins(log_p, (divides, multiple), roles)
            yes, no = share[division & which & divisible], share[division & which & ~divisible]
            figures[f"divides_or_not{ending}{of}"] = _mean((yes[:, None] > no[None]) + 0.5 * (yes[:, None] == no[None]))
    return figures


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else float("nan")
