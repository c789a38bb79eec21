"""Digits: who stands left of whom is seen; who is greater is not, and must come through who they are."""

import dataclasses
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tensorbrain.brain import TensorBrain
from tensorbrain.datasets.digits import DIGITS, digit_graph, digit_scenes
from tensorbrain.experiments.digit_figures import DIVISION, ORDER, Pairs, among, digit_figures, facts_of, ids_of
from tensorbrain.experiments.ladder import spread
from tensorbrain.experiments.schooling import Course, untaught, with_eye
from tensorbrain.graph.adjacency import AdjacencyTensor
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.learning.eye import teach_eye
from tensorbrain.learning.joint import learn_jointly
from tensorbrain.learning.observing import observe
from tensorbrain.modes.choices import choices
from tensorbrain.modes.looking import without_feedback, without_working_memory
from tensorbrain.pictures.scenes import Scenes, label_groups
from tensorbrain.settings import Settings

# Memory is decoded in the order of perception, subject - object - predicate: so the two share the window P.
SETTINGS = Settings(dim=128, context=128, senses="pictures", feature=96, orders=("sop",))
COURSE = Course(scenes=2400, eye=700, brain=400)  # of the scenes half are left, where no hidden pair is in
TESTED = 300  # scenes of held-out handwriting, for each seed
HIDDEN = (4, 5)  # pairs of digits that no picture shows together: so many where one divides the other, and others


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
    ``..._unseen_pairs``: pairs of digits that no taught picture had together; the others are of pairs that some had.
    The same under ``no_feedback``, ``no_working_memory``, ``not_told`` (the facts about unseen pairs are withheld too)
    and ``chance``. SettingsError without scikit-learn.
    """
    runs: dict[str, list[dict[str, float]]] = {}
    graph = digit_graph()
    groups = label_groups(graph)
    for seed in seeds:
        hidden = hidden_pairs(graph, seed=seed)
        pictures = without_pairs(digit_scenes(graph, course.scenes, seed=seed), hidden)
        eye, _ = teach_eye(
            pictures, groups, feature=SETTINGS.feature, predicates=len(graph.vocabulary.predicates), steps=course.eye,
            mirrored=0.0, seed=seed, progress=progress,
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
    summary = {name: {key: spread([float(run[key]) for run in each]) for key in each[0]} for name, each in runs.items()}
    things = len(DIGITS) + sum(len(group.members) for group in groups)  # a digit, or a nameless even or odd one
    chance = {key: spread([1 / things if key == "individual" else 0.5]) for key in summary["whole"]}
    return {"seeds": list(seeds), "scenes": tested, **summary.pop("whole"), **summary, "chance": chance}


def hidden_pairs(graph: KnowledgeGraph, *, seed: int) -> Pairs:
    """The pairs of digits, as ids with the smaller one first, that no picture is to show together: drawn by the seed.

    >>> len(hidden_pairs(digit_graph(), seed=0)) == sum(HIDDEN)
    True
    """
    random = np.random.default_rng(seed)
    less, divides = (facts_of(graph, name) for name in ("less than", "divides"))
    parts = [sorted(less & divides), sorted(less - divides)]
    drawn = [part[i] for part, n in zip(parts, HIDDEN, strict=True) for i in random.permutation(len(part))[:n]]
    return frozenset(drawn)


def without_pairs(scenes: Scenes, hidden: Pairs) -> Scenes:
    """The scenes in which no two digits are a hidden pair.

    >>> graph = digit_graph()
    >>> len(without_pairs(digit_scenes(graph, 20, seed=0), hidden_pairs(graph, seed=0))) < 20
    True
    """
    one, other = scenes.thing[:, 1:, None], scenes.thing[:, None, 1:]
    return scenes[np.asarray(~among(one, other, hidden).any(axis=(1, 2)))]


def not_telling(graph: KnowledgeGraph, hidden: Pairs) -> KnowledgeGraph:
    """The graph without the facts that compare hidden pairs.

    >>> graph = digit_graph()
    >>> len(graph.facts) - len(not_telling(graph, hidden_pairs(graph, seed=0)).facts) == 4 * HIDDEN[0] + 2 * HIDDEN[1]
    True
    """
    rows = graph.facts.coordinates
    kept = ~(np.isin(rows[:, 1], ids_of(graph, ORDER + DIVISION)) & among(rows[:, 0], rows[:, 2], hidden))
    facts = AdjacencyTensor.from_statements(rows[kept], graph.facts.shape, graph.facts.values[kept])
    return dataclasses.replace(graph, facts=facts)


ROWS = {
    "individual": "which digit it is",
    "left_of": "left of, rather than above",
    "above": "above, rather than left of",
    "greater_than": "greater or less",
    "divides": "divides or multiple of",
    "divides_or_not": "divides or does not",
}
ENDINGS = {
    "": "",
    "_unseen_pairs": ", two digits never seen together",
    "_recalled": ", recalled of what was perceived",
    "_recalled_unseen_pairs": ", recalled, never seen together",
}


def table(figures: dict[str, Any]) -> str:
    """The figures of ``digits`` for people: means over the seeds, of the whole network also the lowest and highest.

    >>> half = {"individual": {"mean": 0.5, "low": 0.25, "high": 0.75}}
    >>> print(table({"seeds": [0], "scenes": 3, **half, "chance": half}).splitlines()[-1])
    which digit it is                                          0.500 (0.250-0.750)  0.500
    """
    beside = [name for name in (*RUNGS, "chance") if name in figures]
    names = "".join(f"  {name.replace('_', ' ')}" for name in beside)
    lines = [
        f"digits: {figures['scenes']} scenes of held-out handwriting, seeds {', '.join(map(str, figures['seeds']))}",
        f"{'':<58} {'whole (low-high)':<19}{names}",
    ]
    for key, words in ((of + end, is_ + more) for end, more in ENDINGS.items() for of, is_ in ROWS.items()):
        if key in figures:
            of = figures[key]
            cells = "".join(f"  {figures[name][key]['mean']:<{len(name)}.3f}" for name in beside).rstrip()
            lines.append(f"{words:<58} {of['mean']:.3f} ({of['low']:.3f}-{of['high']:.3f}){cells}")
    return "\n".join(lines)
