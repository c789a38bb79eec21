"""Batches: which statements are learned, from where they start, with what weight, and which are held out."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tensorbrain.errors import SettingsError
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.typing import Float32, Int32

SEMANTIC = -1  # in the instant column: this statement is learned from the semantic start a-bar


@dataclass(frozen=True)
class Holdout:
    """Facts to keep from training: a ``share`` of those with ``predicate`` (label or IRI; None: all predicates).

    With ``one_direction`` a fact (s, p, o) is held out only when (o, p, s) is a fact that stays known, and the share is of all
    facts with that predicate.

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
    ``episodes_weight``), so that semantic memory is episodic memory with time summed out (TB23); each fact of the default graph
    gives one semantic row (weight ``facts_weight``). Held-out facts give none.
    """
    facts, episodes = graph.facts.coordinates, graph.episodes.coordinates
    if len(held_out):
        hidden = {tuple(row) for row in held_out.tolist()}
        facts = facts[[tuple(row) not in hidden for row in facts.tolist()]]
        episodes = episodes[[tuple(row) not in hidden for row in episodes[:, :3].tolist()]]
    timeless = np.concatenate([facts, episodes[:, :3]])
    semantic = np.concatenate([timeless, np.full((len(timeless), 1), SEMANTIC, np.int32)], axis=1)
    rows = np.concatenate([episodes, semantic]).astype(np.int32)
    weights = np.repeat([1.0, facts_weight, episodes_weight], [len(episodes), len(facts), len(episodes)])
    kept = weights > 0
    return rows[kept], weights[kept].astype(np.float32)


def epoch_chunks(
    rows: int, *, batch: int, chunk: int, random: np.random.Generator
) -> Iterator[tuple[Int32[np.ndarray, "step batch"], Float32[np.ndarray, "step batch"]]]:
    """One epoch in a random order as chunks of ``chunk`` batches of row numbers, every chunk of one shape.

    The second array is 0 where the last batch is padded and 1 elsewhere.

    >>> chunks = list(epoch_chunks(5, batch=2, chunk=2, random=np.random.default_rng(0)))
    >>> [(numbers.shape, int(real.sum())) for numbers, real in chunks]
    [((2, 2), 4), ((2, 2), 1)]
    """
    size = batch * chunk
    padded = -(-rows // size) * size
    order = np.resize(random.permutation(rows), padded).astype(np.int32)
    real = (np.arange(padded) < rows).astype(np.float32)
    for start in range(0, padded, size):
        yield order[start : start + size].reshape(chunk, batch), real[start : start + size].reshape(chunk, batch)
