"""The papers' tables on scene graphs: which predicate relates two objects, from their boxes and from memory.

Two ways of counting stand side by side. The headline, ``predicate_at_k``, takes each related pair once, and any of its
true predicates will do. ``predicate_filtered_at_k`` takes each true statement once and ranks its predicate with the
pair's other true ones left out, as link prediction does.
"""

from collections.abc import Iterable
from math import comb
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np

from tensorbrain.errors import GraphError, SettingsError
from tensorbrain.evaluation.ranking import hits_at
from tensorbrain.evaluation.scene_graphs import HITS, PredicateTable, retrieval_figures
from tensorbrain.experiments.ladder import spread
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.graph.scene_graphs import SceneGraphs, read_scene_graphs
from tensorbrain.learning import train
from tensorbrain.learning.boxes import (
    EPOCHS,
    Pairs,
    box_brain,
    learn_pairs,
    mirrored_predicates,
    pairs_of,
    predicate_log_probabilities,
)
from tensorbrain.settings import Settings
from tensorbrain.typing import Bool, Float64

SETTINGS = Settings(orders=("sop",))
OTHERS = ("count_table", "chance")  # what stands beside the brain
ROWS = (
    ("predicate", "from boxes and true classes, new images: any true predicate"),
    ("predicate_filtered", "  ... each true predicate, the others left out"),
    ("episodic", "from memory, given image, subject and object"),
    ("semantic", "from memory, given subject and object"),
)

Figures = dict[str, dict[str, float]]  # whose they are ("brain" or one of OTHERS), then by name


def scene_graph_tables(
    path: str | Path,
    *,
    seeds: tuple[int, ...] = (0, 1, 2),
    images: int = 4000,
    memory: bool = True,
    settings: Settings = SETTINGS,
    epochs: int = EPOCHS,
    progress: bool = True,
) -> dict[str, Any]:
    """Teach brains the first ``images`` of a scene-graph file and measure them, beside counts and chance.

    ``predicate_at_1``, ``_at_10``: predicates of the remaining images from boxes and true classes, a brain for each of
    the ``seeds`` taught for so many ``epochs``, and ``predicate_filtered_...``; with ``memory`` also ``episodic_at_1``,
    ... ``semantic_at_10``: those of the first images retrieved by a brain that remembers them (the first seed alone:
    it takes minutes). Each is {mean, low, high}, and stands again under ``count_table``, which knows the true classes,
    and ``chance``. GraphError for a file that cannot be used, SettingsError where no image is left to be tested.

    >>> import json, tempfile
    >>> objects = [{"cls": "dog", "bbox": [5, 0, 9, 9]}, {"cls": "mat", "bbox": [0, 5, 20, 9]}]
    >>> told = {"objs": objects, "rels": [{"sub": 0, "obj": 1, "pred": ["lies on"]}]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "two.json")
    ...     _ = file.write_text(json.dumps([["a.jpg", told], ["b.jpg", told]]))
    ...     small = Settings(dim=8, context=8, orders=("sop",))
    ...     figures = scene_graph_tables(file, images=1, seeds=(0,), memory=False, settings=small, progress=False)
    >>> figures["predicate_at_1"], figures["tested"]
    ({'mean': 1.0, 'low': 1.0, 'high': 1.0}, {'images': 1, 'pairs': 1, 'statements': 1})
    """
    learned, tested = _both(path, images)
    classes, predicates = _names(learned, tested)
    lessons, test = (pairs_of(pictures.scenes, classes, predicates) for pictures in (learned, tested))
    mirror = mirrored_predicates(predicates)
    counted = {"count_table": hits(_counted(lessons, test), test.true), "chance": chance(test.true)}
    runs = []
    for seed in seeds:
        brain = box_brain(len(classes), len(predicates), settings, seed=seed)
        brain, _ = learn_pairs(brain, lessons, mirror, epochs=epochs, seed=seed, progress=progress)
        log_p = predicate_log_probabilities(brain, jnp.asarray(test.classes), jnp.asarray(test.boxes))
        runs.append({"brain": hits(np.asarray(log_p), test.true), **counted})
    tables = [runs, [remembered(learned.graph, settings, seed=seeds[0], progress=progress)]] if memory else [runs]
    figures = _summary(tables)
    return {
        "source": Path(path).name,
        "seeds": list(seeds),
        "learned": _sizes(learned, lessons),
        "tested": _sizes(tested, test),
        "left_out": {"learned": dict(learned.skipped), "tested": dict(tested.skipped)},
        **figures.pop("brain"),
        **figures,
    }


def _both(path: str | Path, images: int) -> tuple[SceneGraphs, SceneGraphs]:
    """The first images of a file, and the others."""
    if images < 1:
        raise SettingsError(f"nothing is learned of {images} images: give images of 1 or more.")
    learned = read_scene_graphs(path, images=slice(images))
    try:
        return learned, read_scene_graphs(path, images=slice(images, None))
    except GraphError as error:
        why = f"after its first {images} images {Path(path).name} relates nothing that could be tested"
        raise SettingsError(f"{why}: learn fewer, with images.") from error


def _names(*pictures: SceneGraphs) -> tuple[list[str], list[str]]:
    """All classes and all predicates of the pictures, sorted."""
    scenes = [scene for each in pictures for scene in each.scenes]
    classes = {name for scene in scenes for name in scene.classes}
    return sorted(classes), sorted({predicate for scene in scenes for _, predicate, _ in scene.relations})


def _sizes(pictures: SceneGraphs, pairs: Pairs) -> dict[str, int]:
    return {"images": len(pictures.scenes), "pairs": len(pairs.true), "statements": int(pairs.true.sum())}


def _counted(lessons: Pairs, test: Pairs) -> Float64[np.ndarray, "pair predicate"]:
    """The scores of the count table that knows the classes."""
    row, p = np.nonzero(lessons.true)
    s, o = lessons.classes[row].T
    table = PredicateTable(
        np.stack([s, p.astype(np.int32), o], axis=1), int(max(lessons.classes.max(), test.classes.max())) + 1,
        lessons.true.shape[1],
    )  # fmt: skip
    return table.scores(*test.classes.T)


def hits(scores: np.ndarray, true: Bool[np.ndarray, "pair predicate"]) -> dict[str, float]:
    """The share of pairs with a true predicate among the first, and of true statements with theirs (filtered).

    Ties share their mean rank. ``scores`` has the shape of ``true``.

    >>> hits(np.array([[0.1, 0.3, 0.2]]), np.array([[True, False, True]]))["predicate_at_1"]
    0.0
    >>> hits(np.array([[0.3, 0.1, 0.2]]), np.array([[True, False, True]]))["predicate_filtered_at_1"]
    1.0
    """
    scores = np.asarray(scores, float)
    row, predicate = np.nonzero(true)
    false = np.where(true, -np.inf, scores)
    best = _ranks(false, np.where(true, scores, -np.inf).max(axis=1))
    each = _ranks(false[row], scores[row, predicate])
    return _named({"predicate": best, "predicate_filtered": each})


def _ranks(rivals: np.ndarray, score: np.ndarray) -> np.ndarray:
    """The realistic rank of each score among the rivals of its row: 1 + better + ties / 2."""
    return 1 + (rivals > score[:, None]).sum(axis=1) + (rivals == score[:, None]).sum(axis=1) / 2


def _named(ranks: dict[str, np.ndarray]) -> dict[str, float]:
    return {f"{name}_at_{n}": hits_at(each, n) for name, each in ranks.items() for n in HITS}


def chance(true: Bool[np.ndarray, "pair predicate"]) -> dict[str, float]:
    """What `hits` gives on average for predicates in an order drawn at random.

    >>> chance(np.array([[True, False, True, False]]))["predicate_at_1"]
    0.5
    """
    predicates, stated = true.shape[1], true.sum(axis=1)
    figures = {}
    for n in HITS:
        missed = [comb(predicates - m, n) / comb(predicates, min(n, predicates)) for m in stated.tolist()]
        figures[f"predicate_at_{n}"] = 1 - float(np.mean(missed))
    for n in HITS:
        each = np.minimum(1.0, n / (predicates - stated + 1))
        figures[f"predicate_filtered_at_{n}"] = float(np.average(each, weights=stated))
    return figures


def remembered(graph: KnowledgeGraph, settings: Settings, *, seed: int, progress: bool) -> Figures:
    """Episodic and semantic retrieval by a brain that was taught the graph; see `evaluation.retrieval_figures`."""
    figures = retrieval_figures(train(graph, settings=settings, seed=seed, progress=progress), graph)
    return {
        who: {
            f"{mode}_at_{n}": figures[f"{twin}{mode}_retrieval_hits{n}"]
            for mode in ("episodic", "semantic")
            for n in HITS
        }
        for who, twin in (("brain", ""), *((other, f"{other}_") for other in OTHERS))
    }


def _summary(tables: Iterable[list[Figures]]) -> dict[str, dict[str, dict[str, float]]]:
    """Each figure of several runs as its mean, lowest and highest value."""
    summary: dict[str, dict[str, dict[str, float]]] = {}
    for runs in tables:
        for who, figures in runs[0].items():
            spreads = {name: spread([run[who][name] for run in runs]) for name in figures}
            summary.setdefault(who, {}).update(spreads)
    return summary


def table(figures: dict[str, Any]) -> str:
    """The figures of `scene_graph_tables` in columns: the brain with its lowest and highest seed, counts, chance.

    >>> one, two = ({"mean": x, "low": x, "high": x} for x in (0.75, 0.5))
    >>> sizes = {"images": 1, "pairs": 2, "statements": 2}
    >>> figures = {"source": "a.json", "seeds": [0], "learned": sizes, "tested": sizes, "predicate_at_1": one}
    >>> print(table(figures | {name: {"predicate_at_1": two} for name in ("count_table", "chance")}))
    a.json: 1 images learned, 1 others tested (2 pairs, 2 statements); mean (lowest - highest) of 1 seeds
                                                                         brain                     counts  chance
    from boxes and true classes, new images: any true predicate      @1  0.7500 (0.7500 - 0.7500)  0.5000  0.5000
    """
    tested = figures["tested"]
    lines = [
        f"{figures['source']}: {figures['learned']['images']} images learned, {tested['images']} others tested "
        f"({tested['pairs']} pairs, {tested['statements']} statements); "
        f"mean (lowest - highest) of {len(figures['seeds'])} seeds",
        f"{'':<69}{'brain':<26}counts  chance",
    ]
    for name, words in ROWS:
        for n in HITS:
            key = f"{name}_at_{n}"
            if key in figures:
                mean, low, high = (figures[key][part] for part in ("mean", "low", "high"))
                others = "  ".join(f"{figures[other][key]['mean']:.4f}" for other in OTHERS)
                told = words if n == HITS[0] else ""
                lines.append(f"{told:<64} {f'@{n}':<3} {mean:.4f} ({low:.4f} - {high:.4f})  {others}")
    return "\n".join(lines)
