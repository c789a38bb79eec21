"""A graph split by chance: statements to learn, to choose settings by, and to be asked, all words known to training."""

import dataclasses

import numpy as np
from jaxtyping import Int32

from tensorbrain.errors import SettingsError
from tensorbrain.graph.adjacency import AdjacencyTensor
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.graph.splits import TIMELESS, Splits, splits_of_rows


def split_graph(
    graph: KnowledgeGraph, *, valid: float = 0.1, test: float = 0.1, time: bool | None = None, seed: int = 0
) -> Splits:
    """Hold a share of the statements of a graph out for ``valid`` and ``test``, drawn by the ``seed``.

    With ``time`` they are the statements of the episodes, each with its instant, and the facts are left out; without,
    they are those of semantic memory: facts, and what the episodes say with time summed out, each once. Where nothing
    is said, it is with time if most statements are the episodes'.

    A statement stays in training if it is the last there that names one of its entities, its predicate or its instant:
    nothing is asked of what was never met. Where that leaves fewer to be held out than wished, a note says so. The
    same seed asks the same statements, whatever ``valid`` is, as long as there are enough for both.

    SettingsError for shares that are none, for ``time`` where there are no episodes, and for a graph with too few
    statements.

    >>> from tensorbrain.datasets.worlds import load_graph
    >>> splits = split_graph(load_graph("countries"))
    >>> len(splits.train), len(splits.valid), len(splits.test), len(splits.unseen)
    (1980, 248, 248, 0)
    >>> from tensorbrain.graph.knowledge_graph import example_graph
    >>> split_graph(example_graph())
    Traceback (most recent call last):
    tensorbrain.errors.SettingsError: example has too few statements to hold some out: ...
    """
    if not (0 <= valid < 1 and 0 < test < 1 and valid + test < 1):
        raise SettingsError(
            f"valid {valid:g} and test {test:g} are no shares of the statements: give numbers below 1 that leave some "
            "to be learned, test above 0"
        )
    timed = len(graph.episodes) > len(graph.facts) if time is None else time
    if timed and not len(graph.episodes):
        raise SettingsError(f"{graph.source} has no episodes, and its statements no time: split it without time")
    whole = graph if timed else _without_time(graph)
    rows = _rows(whole)
    wanted = {name: max(1, round(share * len(rows))) for name, share in (("test", test), ("valid", valid)) if share}
    free = spared(rows, sum(wanted.values()), np.random.default_rng(seed))
    if len(free) < len(wanted):
        raise SettingsError(
            f"{graph.source} has too few statements to hold some out: of its {len(rows)} only {len(free)} can go "
            "without leaving a word of which nothing is told; give a graph that says more about the same things"
        )
    asked = wanted["test"] if len(free) == sum(wanted.values()) else max(1, round(len(free) * test / (valid + test)))
    asked = min(asked, len(free) - len(wanted) + 1)
    parts = (np.setdiff1d(np.arange(len(rows)), free), np.sort(free[asked:]), np.sort(free[:asked]))
    splits = splits_of_rows(whole, [rows[part] for part in parts], source=graph.source)
    if len(free) == sum(wanted.values()):
        return splits
    note = (
        f"Only {len(free)} statements are held out, not {sum(wanted.values())}: each other one is the last that names "
        "one of its words."
    )
    return dataclasses.replace(splits, notes=(*splits.notes, note))


def spared(rows: Int32[np.ndarray, "row 4"], most: int, random: np.random.Generator) -> Int32[np.ndarray, " spared"]:
    """The numbers of up to ``most`` rows in the order drawn, each word of which some row that is left still names.

    >>> rows = np.array([[0, 0, 1, -1], [1, 0, 0, -1], [1, 0, 2, -1]], np.int32)
    >>> sorted(spared(rows, 3, np.random.default_rng(0)).tolist()) in ([0], [1])
    True
    """
    concepts, predicates = int(rows[:, [0, 2]].max(initial=-1)) + 1, int(rows[:, 1].max(initial=-1)) + 1
    words = [
        {s, o, concepts + p, *([concepts + predicates + t] if t != TIMELESS else [])} for s, p, o, t in rows.tolist()
    ]
    left = [0] * (concepts + predicates + int(rows[:, 3].max(initial=-1)) + 1)
    for of_row in words:
        for word in of_row:
            left[word] += 1
    free: list[int] = []
    for k in random.permutation(len(rows)).tolist():
        if len(free) == most:
            break
        if all(left[word] > 1 for word in words[k]):
            free.append(k)
            for word in words[k]:
                left[word] -= 1
    return np.array(free, np.int32)


def _without_time(graph: KnowledgeGraph) -> KnowledgeGraph:
    """Semantic memory alone: its statements as facts, and no instants."""
    facts = graph.semantic()
    return dataclasses.replace(
        graph,
        vocabulary=dataclasses.replace(graph.vocabulary, instants=(), times=()),
        facts=facts,
        episodes=AdjacencyTensor.from_statements(np.zeros((0, 4), np.int32), (*facts.shape, 0)),
        parts=np.zeros((0, 2), np.int32),
    )


def _rows(graph: KnowledgeGraph) -> Int32[np.ndarray, "row 4"]:
    """The statements as rows (s, p, o, t): of the episodes where there are instants, else of the facts."""
    if graph.vocabulary.instants:
        return graph.episodes.coordinates
    timeless = np.full((len(graph.facts), 1), TIMELESS, np.int32)
    return np.concatenate([graph.facts.coordinates, timeless], axis=1)
