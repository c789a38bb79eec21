"""The ladder of perception: the same network without working memory, without feedback, and whole, over seeds."""

import dataclasses
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from tensorbrain.brain import TensorBrain
from tensorbrain.datasets.scenes import draw, new_scripts
from tensorbrain.evaluation.perception import decode, perception_figures
from tensorbrain.evaluation.perception_baselines import ClassTable, chance_figures, count_figures
from tensorbrain.experiments.schooling import (
    FIRST_LOOK,
    Course,
    lessons,
    observed,
    taught_eye,
    untaught,
    with_eye,
)
from tensorbrain.experiments.schooling import SETTINGS as WRITING
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.learning.joint import learn_jointly
from tensorbrain.learning.observing import observe
from tensorbrain.modes.choices import choices
from tensorbrain.modes.looking import without_feedback, without_working_memory
from tensorbrain.pictures.scenes import label_groups
from tensorbrain.settings import Settings

# Every rung learns on its own, with the same eye, the same pictures and the same number of steps.
RUNGS: dict[str, tuple[Callable[[TensorBrain], TensorBrain], Callable[[TensorBrain], Any] | None]] = {
    "whole": (lambda brain: brain, None),
    "no_feedback": (without_feedback, lambda brain: brain.beta),
    "no_working_memory": (without_working_memory, lambda brain: (brain.memory.W, brain.memory.w0)),
}
COURSE = Course(scenes=12_000, eye=3000, brain=1500)
SETTINGS = dataclasses.replace(WRITING, dim=256, context=256)  # to write takes a larger brain than to see
TESTED = 400  # new scenes that are measured on, for each seed


def ladder(
    graph: KnowledgeGraph,
    *,
    seeds: tuple[int, ...] = (0, 1, 2),
    rungs: tuple[str, ...] = tuple(RUNGS),
    course: Course = COURSE,
    settings: Settings = SETTINGS,
    progress: bool = True,
) -> dict[str, Any]:
    """Teach every rung with every seed and measure it on new scenes, beside counts given the true classes and chance.

    New scenes have casts, places and statements that no rung was taught, and passers-by whose looks it never saw.
    The first of the ``rungs`` is "whole". Returns the figures of the whole network by their names (``KEYS`` and their
    parts), and under ``no_feedback``, ``no_working_memory``, ``count_table`` and ``chance`` the same of those; each
    {mean, low, high} over the seeds. ``gain_over_no_feedback`` and ``gain_over_no_working_memory`` have by how much the
    whole network is better, seed by seed; ``teaching_seconds`` what drawing, eye and joint learning of one took.
    """
    runs: dict[str, list[dict[str, float]]] = {}
    groups = label_groups(graph)
    for seed in seeds:
        started = time.perf_counter()
        pictures = lessons(graph, scenes=course.scenes, seed=seed, twice=False)
        eye, _ = taught_eye(graph, pictures, course, settings, seed=seed, progress=progress)
        seen = observed(graph, eye, pictures, settings, seed=seed)
        brain = with_eye(untaught(graph, settings, seed=seed), eye)
        options = choices(graph.vocabulary, groups, brain.index.size("concept"))
        before = time.perf_counter() - started
        scripts = new_scripts(graph, TESTED, seed=seed + 10_000, novel="test")
        tested = draw(scripts, graph, seed=seed + 10_000, dials=FIRST_LOOK)
        test = observe(brain, tested, seed=seed)
        for name in rungs:
            ablate, fixed = RUNGS[name]
            started = time.perf_counter()
            taught, _ = learn_jointly(
                ablate(brain), graph, seen, options, steps=course.brain, fixed=fixed, seed=seed,
                progress=progress,
            )  # fmt: skip
            seconds = before + time.perf_counter() - started
            figures = perception_figures(decode(taught, test, options), test, graph.vocabulary, groups)
            figures["teaching_seconds"] = seconds
            runs.setdefault(name, []).append(figures)
        table = ClassTable(pictures.first, groups, graph.vocabulary)
        runs.setdefault("count_table", []).append(count_figures(table, tested, graph.vocabulary, groups))
        runs.setdefault("chance", []).append(chance_figures(graph.vocabulary, groups))
    for rung in rungs[1:]:
        pairs = zip(runs["whole"], runs[rung], strict=True)
        runs[f"gain_over_{rung}"] = [{key: one[key] - other[key] for key in WORDS} for one, other in pairs]
    summary = {name: {key: spread([float(run[key]) for run in each]) for key in each[0]} for name, each in runs.items()}
    return {"seeds": list(seeds), **summary.pop("whole"), **summary}


def spread(values: list[float]) -> dict[str, float]:
    """Mean, lowest and highest of the values of several seeds.

    >>> spread([0.5, 1.0])
    {'mean': 0.75, 'low': 0.5, 'high': 1.0}
    """
    return {"mean": float(np.mean(values)), "low": float(np.min(values)), "high": float(np.max(values))}


WORDS = {
    "individual_known": "known individuals named",
    "class_basic_known": "class of known individuals",
    "class_novel": "class of things never seen",
    "attributes": "attributes (mean of the groups)",
    "predicate_at_1": "predicate of a told pair, first",
    "predicate_at_10": "  ... among the first ten",
    "statement_at_1": "whole statement: subject, predicate, object",
    "statement_at_1_known": "  ... between known individuals",
}


def table(figures: dict[str, Any]) -> str:
    """The rungs side by side, means over the seeds with the lowest and the highest.

    >>> one = {key: spread([0.5]) for key in WORDS}
    >>> table({"seeds": [0], **one, "chance": one}).splitlines()[2].split()[:4]
    ['known', 'individuals', 'named', '0.500']
    """
    columns = ["whole", *(name for name in (*RUNGS, "count_table", "chance") if name in figures)]
    lines = [f"new scenes, mean of {len(figures['seeds'])} seeds (lowest - highest)"]
    lines.append(f"{'':<45}" + "".join(f"{name.replace('_', ' '):>22}" for name in columns))
    for key, words in WORDS.items():
        cells = []
        for name in columns:
            value = figures.get(key) if name == "whole" else figures[name].get(key)
            cells.append("-" if value is None else f"{value['mean']:.3f} ({value['low']:.3f} - {value['high']:.3f})")
        lines.append(f"{words:<45}" + "".join(f"{cell:>22}" for cell in cells))
    for rung in RUNGS:
        gains = figures.get(f"gain_over_{rung}", {})
        for key in ("class_basic_known", "statement_at_1", "statement_at_1_known"):
            if key in gains:
                mean, low, high = (100 * gains[key][of] for of in ("mean", "low", "high"))
                over = f"whole over {rung.replace('_', ' ')}, seed by seed, in points: {WORDS[key].strip(' .')}"
                lines.append(f"{over:<105}{mean:+6.1f} ({low:+.1f} - {high:+.1f})")
    if "teaching_seconds" in figures:
        lines.append(f"taught in {figures['teaching_seconds']['mean']:.0f} s, drawing and eye included")
    return "\n".join(lines)
