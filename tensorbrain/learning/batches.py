"""Batches: which statements are learned, from where they start, with what weight, and which are held out."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tensorbrain.errors import SettingsError
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.learning.candidates import candidate_group
from tensorbrain.learning.prefixes import Batch, shared_windows
from tensorbrain.typing import Float32, Int32

SEMANTIC = -1  # in the instant column: this statement is learned from the semantic start a-bar


@dataclass(frozen=True)
class Holdout:
    """Facts to keep from training: a ``share`` of those with ``predicate`` (label or IRI; None: all predicates).

    With ``one_direction`` a fact (s, p, o) is held out only when (o, p, s) is a fact that stays known, and the
    share is of all facts with that predicate.

    >>> Holdout(predicate="borders", share=0.1, one_direction=True).share
    0.1
    """

    predicate: str | None = None
    share: float = 0.1
    one_direction: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise SettingsError(f"the held-out share {self.share} must lie between 0 and 1, e.g. 0.1.")


def hold_out(graph: KnowledgeGraph, holdout: Holdout, *, seed: int) -> Int32[np.ndarray, "statement 3"]:
    """The facts to keep from training, drawn at random from ``seed``; the rest of the graph is what is learned.

    SettingsError when nothing can be held out that way.

    >>> from tensorbrain.graph.knowledge_graph import example_graph
    >>> hold_out(example_graph(), Holdout(share=0.5), seed=0).shape[1]
    3
    """
    facts = graph.facts.coordinates
    if holdout.predicate is not None:
        facts = facts[facts[:, 1] == graph.vocabulary.find(holdout.predicate, "predicate")]
    count = round(holdout.share * len(facts))
    random = np.random.default_rng(seed)
    if holdout.one_direction:
        known = {tuple(row) for row in facts.tolist()}
        pairs = [(s, p, o) for s, p, o in known if s < o and (o, p, s) in known]
        chosen = random.permutation(sorted(pairs))[:count].reshape(-1, 3)
        turn = random.random(len(chosen)) < 0.5
        facts = np.where(turn[:, None], chosen[:, ::-1], chosen)
    else:
        facts = random.permutation(facts)[:count]
    if len(facts) == 0:
        raise SettingsError("no statement can be held out that way: choose a larger share or another predicate.")
    return facts.astype(np.int32)


def training_rows(
    graph: KnowledgeGraph,
    held_out: Int32[np.ndarray, "held 3"],
    *,
    facts_weight: float = 1.0,
    episodes_weight: float = 1.0,
) -> tuple[Int32[np.ndarray, "row 4"], Float32[np.ndarray, " row"]]:
    """All statements to learn as rows (s, p, o, t) with weights; t = -1 marks the semantic start.

    Each statement of an episode gives two rows: one from its instant (weight 1) and one with time left out (weight
    ``episodes_weight``), so that semantic memory is episodic memory with time summed out (TB23); each fact of
    the default graph gives one semantic row (weight ``facts_weight``). Held-out facts give none. An episode that others
    are part of also has their statements as rows, weighed by how many of them hold each.

    >>> from tensorbrain.graph.knowledge_graph import example_graph
    >>> graph = example_graph()
    >>> rows, weights = training_rows(graph, np.zeros((0, 3), np.int32))
    >>> len(rows) == len(graph.facts) + 2 * len(graph.episodes)
    True
    """
    facts, episodes = graph.facts.coordinates, graph.episodes.coordinates
    wholes, times = graph.wholes.coordinates, graph.wholes.values
    if len(held_out):
        hidden = {tuple(row) for row in held_out.tolist()}
        facts = facts[[tuple(row) not in hidden for row in facts.tolist()]]
        episodes = episodes[[tuple(row) not in hidden for row in episodes[:, :3].tolist()]]
        known = np.asarray([tuple(row) not in hidden for row in wholes[:, :3].tolist()], bool)
        wholes, times = wholes[known], times[known]
    timeless = np.concatenate([facts, episodes[:, :3]])
    semantic = np.concatenate([timeless, np.full((len(timeless), 1), SEMANTIC, np.int32)], axis=1)
    rows = np.concatenate([episodes, semantic, wholes]).astype(np.int32)
    weights = np.repeat([1.0, facts_weight, episodes_weight], [len(episodes), len(facts), len(episodes)])
    weights = np.concatenate([weights, times])
    kept = weights > 0
    return rows[kept], weights[kept].astype(np.float32)


def epoch_order(
    rows: Int32[np.ndarray, "row 4"], *, random: np.random.Generator, piece: int = 4
) -> Int32[np.ndarray, " row"]:
    """A random order of the rows that keeps rows with a common beginning together, for their windows to be shared.

    Rows are grouped by instant (semantic ones by subject), groups are cut into pieces of at most ``piece``
    rows, and the pieces are shuffled.

    >>> rows = np.array([[0, 0, 1, 0], [1, 0, 1, 1], [2, 0, 1, 0]], np.int32)
    >>> order = epoch_order(rows, random=np.random.default_rng(0))
    >>> sorted(order.tolist()), abs(order.tolist().index(0) - order.tolist().index(2))
    ([0, 1, 2], 1)
    """
    shuffled = random.permutation(len(rows))
    semantic = rows[shuffled, 3] == SEMANTIC
    group = np.where(semantic, -1 - rows[shuffled, 0], rows[shuffled, 3])
    within = np.where(semantic, rows[shuffled, 1], rows[shuffled, 0])
    by_group = shuffled[np.lexsort((within, group))]
    sizes = np.unique(group, return_counts=True)[1]
    position = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    starts = np.flatnonzero(position % piece == 0)
    pieces = np.split(by_group, starts[1:])
    return np.concatenate([pieces[i] for i in random.permutation(len(pieces))]).astype(np.int32)


def generalise(
    rows: Int32[np.ndarray, "row 4"],
    class_of: Int32[np.ndarray, " concept"],
    *,
    share: float,
    random: np.random.Generator,
) -> Int32[np.ndarray, "row 4"]:
    """Replace, in a ``share`` of the semantic rows each, the subject or the object by its basic class.

    So the class index learns what is true of its members: generalised statements (TB23; in the authors' training
    the class stands in with probability .01). A row such as (Sparky, is a, Dog) would become (Dog, is a, Dog)
    and is left alone. ``class_of`` is -1 for what has no class.

    >>> rows = np.array([[0, 0, 1, -1]], np.int32)
    >>> generalise(rows, np.array([2, -1, -1], np.int32), share=1.0, random=np.random.default_rng(0))
    array([[ 2,  0,  1, -1]], dtype=int32)
    """
    s, o, semantic = rows[:, 0], rows[:, 2], rows[:, 3] == SEMANTIC
    chosen_s, chosen_o = random.random((2, len(rows))) < share
    class_s, class_o = class_of[s], class_of[o]
    swap_s = semantic & chosen_s & (class_s >= 0) & (class_s != o)
    swap_o = semantic & chosen_o & (class_o >= 0) & (class_o != s) & ~swap_s
    changed = rows.copy()
    changed[swap_s, 0], changed[swap_o, 2] = class_s[swap_s], class_o[swap_o]
    return changed


def epoch_batches(
    rows: Int32[np.ndarray, "row 4"],
    weights: Float32[np.ndarray, " row"],
    orders: tuple[str, ...],
    *,
    batch: int,
    voice_dropout: float = 0.0,
    concepts: int = 0,
    candidates: int = 0,
    random: np.random.Generator,
) -> Iterator[Batch]:
    """One epoch in batches of ``batch`` rows; the last one is padded with rows of weight 0.

    Of many ``concepts`` each batch weighs its own, at most two a row, and ``candidates`` others: see `candidate_group`.

    With probability ``voice_dropout`` a row is read without being told its direction; rows of one instant (or one
    subject) are so together, for each decode order on its own.

    >>> rows = np.array([[0, 0, 1, -1], [1, 0, 2, -1], [2, 0, 0, -1]], np.int32)
    >>> batches = list(epoch_batches(rows, np.ones(3, np.float32), ("spo",), batch=2, random=np.random.default_rng(0)))
    >>> [float(b.weight.sum()) for b in batches]
    [2.0, 1.0]
    """
    order = epoch_order(rows, random=random)
    dropout = voice_dropout if len(orders) > 1 else 0.0
    for start in range(0, len(rows), batch):
        numbers = order[start : start + batch]
        padding = batch - len(numbers)
        weight = np.concatenate([weights[numbers], np.zeros(padding, np.float32)])
        picked = rows[np.concatenate([numbers, np.repeat(numbers[-1:], padding)])]
        key = np.where(picked[:, 3] == SEMANTIC, -1 - picked[:, 0], picked[:, 3])
        _, place = np.unique(key, return_inverse=True)
        windows = tuple(
            shared_windows(picked, (random.random(len(picked)) < dropout)[place], order) for order in orders
        )
        yield Batch(picked, weight, windows, candidate_group(picked, concepts, 2 * batch + candidates, random=random))
