"""The table of link prediction: a model's figures on a split, by slot, by predicate and by kind, beside guesses."""

import time
from typing import Any

import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain
from tensorbrain.evaluation.completion import Ranks, Scorer, completion_figures, figures_of, ranks
from tensorbrain.evaluation.guesses import CountTable, LastSeen
from tensorbrain.evaluation.ranking import mean_reciprocal_rank
from tensorbrain.graph.splits import Splits
from tensorbrain.modes.completing import SerialDecoder
from tensorbrain.tensor_memory import TensorMemory, model_scores
from tensorbrain.typing import Int32

MANY = 1.5  # objects a subject on average: from here on a predicate is one to many (Bordes et al., 2013)


def link_figures(score: Scorer, splits: Splits, *, part: str = "test", detailed: bool = False) -> dict[str, Any]:
    """How well a model ranks the statements of one part, filtered by all: see `completion_figures`.

    Beside it ``unseen``, how many of the asked statements speak of entities that training never met (they count),
    ``seconds``, and the ``baseline`` of counts, for statements with a time also of what was seen last. ``detailed``
    adds the MRR by predicate and by category of predicates (one or many subjects to one or many objects).

    >>> from tensorbrain.graph.splits import example_splits
    >>> splits = example_splits()
    >>> guess = CountTable(splits.train, splits.counts).scores
    >>> link_figures(guess, splits)["baseline"]["counts"]["mrr"] == link_figures(guess, splits)["mrr"]
    True
    """
    asked: Int32[np.ndarray, "asked 4"] = getattr(splits, part)
    slots = "spot" if splits.temporal else "spo"
    started = time.perf_counter()
    of = {slot: ranks(score, asked, splits.known, slot) for slot in slots}
    figures = figures_of(of)
    figures |= {
        "part": part,
        "asked": len(asked),
        "unseen": int(np.isin(asked[:, [0, 2]], splits.unseen).any(axis=1).sum()),
        "seconds": round(time.perf_counter() - started, 3),
    }
    guesses = {"counts": CountTable(splits.train, splits.counts).scores}
    if splits.temporal:
        guesses["last_seen"] = LastSeen(splits.train, splits.counts).scores
    figures["baseline"] = {
        name: completion_figures(guess, asked, splits.known, slots) for name, guess in guesses.items()
    }
    if detailed:
        figures |= _by_predicate(of, splits, asked)
    return figures


def scorer_of(taught: TensorMemory | Brain) -> Scorer:
    """What asks a tensor model, or a brain that reads in all directions, for the scores of a slot's candidates.

    SettingsError for a brain that does not.

    >>> from tensorbrain.checkpoint import load_brain
    >>> scorer_of(load_brain("neighbourhood"))
    Traceback (most recent call last):
    tensorbrain.errors.SettingsError: this brain reads in the orders spo...: to complete ...
    """
    if isinstance(taught, TensorMemory):
        return taught.scores
    decoder = SerialDecoder(taught.model)
    return lambda rows, slot: model_scores(decoder, jnp.asarray(rows), slot)


def _by_predicate(ranks: dict[str, Ranks], splits: Splits, asked: Int32[np.ndarray, "asked 4"]) -> dict[str, Any]:
    both = np.stack([ranks[slot].realistic for slot in "so"], axis=1)
    kinds = category(splits.train, splits.counts[1])
    of = asked[:, 1]
    names = splits.graph.vocabulary.predicates
    return {
        "by_predicate": {
            names[p].label: {"asked": int((of == p).sum()), "mrr": mean_reciprocal_rank(both[of == p].reshape(-1))}
            for p in np.unique(of).tolist()
        },
        "by_category": {
            kind: {"asked": int(mine.sum()), "mrr": mean_reciprocal_rank(both[mine].reshape(-1))}
            for kind in ("1-1", "1-n", "n-1", "n-n")
            if (mine := np.array([kinds[p] == kind for p in of.tolist()], bool)).any()
        },
    }


def category(rows: Int32[np.ndarray, "row 4"], predicates: int) -> list[str]:
    """Of each predicate whether it has one or many subjects an object, and objects a subject (Bordes et al., 2013).

    >>> category(np.array([[0, 0, 1, -1], [0, 0, 2, -1]], np.int32), 1)
    ['1-n']
    """
    pairs = np.unique(rows[:, :3], axis=0)
    told = np.bincount(pairs[:, 1], minlength=predicates)
    kinds = []
    for column in (2, 0):
        heads = np.unique(pairs[:, [1, column]], axis=0)[:, 0]
        kinds.append(told / np.maximum(np.bincount(heads, minlength=predicates), 1))
    return [f"{'n' if s > MANY else '1'}-{'n' if o > MANY else '1'}" for s, o in zip(*kinds, strict=True)]
