"""What a model answers to single questions, and by how much one model is ahead of another on the same ones."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy.special

from tensorbrain.evaluation.completion import ROWS, Ranks, Scorer
from tensorbrain.graph.adjacency import row_numbers
from tensorbrain.typing import Float64, Int32


class Guess(NamedTuple):
    """A candidate with its probability, and whether it is what was asked for."""

    candidate: int
    probability: float
    right: bool


def best_guesses(
    score: Scorer, asked: Int32[np.ndarray, "asked 4"], known: Int32[np.ndarray, "known 4"], slot: str, *, top: int = 3
) -> list[list[Guess]]:
    """The ``top`` candidates for the ``slot`` of each asked row, the other true ones left out as in `ranks`.

    Probabilities are a softmax of the scores over all candidates that are not left out.

    >>> rows = np.array([[0, 0, 1, -1], [0, 0, 2, -1]], np.int32)
    >>> best_guesses(lambda rows, slot: np.array([[0.0, 0.0, 9.0]] * len(rows)), rows[:1], rows, "o", top=1)
    [[Guess(candidate=0, probability=0.5, right=False)]]
    """
    column = "spot".index(slot)
    given = [c for c in range(4) if c != column]
    groups = row_numbers(np.concatenate([known, asked])[:, given])
    found = []
    for start in range(0, len(asked), ROWS):
        part = asked[start : start + ROWS]
        for k, (row, scores) in enumerate(zip(part, np.array(score(part, slot), np.float64), strict=True), start):
            answer = row[column]
            others = known[groups[: len(known)] == groups[len(known) + k], column]
            scores[others[others != answer]] = -np.inf
            belief = scipy.special.softmax(scores)
            best = np.argsort(-belief, kind="stable")[:top].tolist()
            found.append([Guess(c, float(belief[c]), c == int(answer)) for c in best if belief[c] > 0])
    return found


def reciprocal(of: Sequence[Ranks]) -> Float64[np.ndarray, " question"]:
    """One over the rank of every question, one kind of question after the other: their mean is the MRR.

    >>> reciprocal([Ranks(np.array([0.0, 3.0]), np.zeros(2), np.ones(2), np.ones(2))])
    array([1.  , 0.25])
    """
    return 1 / np.concatenate([ranks.realistic for ranks in of])


def ahead(one: Float64[np.ndarray, " question"], other: Float64[np.ndarray, " question"]) -> tuple[float, float]:
    """By how much the mean of ``one`` is above that of ``other`` on the same questions, and two standard errors of it.

    d_i = one_i - other_i; the mean of d, and 2 std(d) / sqrt(n): that of a single question is not known, and is inf.

    >>> ahead(np.array([1.0, 0.5, 1.0, 0.5]), np.array([0.5, 0.5, 0.5, 0.5]))
    (0.25, 0.288...)
    """
    gaps = one - other
    return float(gaps.mean()), float(2 * gaps.std(ddof=1) / np.sqrt(len(gaps))) if len(gaps) > 1 else float("inf")
