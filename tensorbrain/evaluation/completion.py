"""Link prediction: the filtered rank of what was asked for, in every slot of a statement, and what is made of ranks."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.errors import SettingsError
from tensorbrain.evaluation.ranking import hits_at, mean_reciprocal_rank
from tensorbrain.graph.adjacency import row_numbers
from tensorbrain.typing import Array, Float, Float64, Int, Int32

SLOT_NAMES = {"s": "subject", "p": "predicate", "o": "object", "t": "instant"}
HITS = (1, 3, 10)
ROWS, SCORES = 512, 1 << 26  # asked at a time, at most, and scores that are held at a time (256 MB)
BINS = 10

Scorer = Callable[[Int32[np.ndarray, "row 4"], str], Array | np.ndarray]
"""The scores (row, candidate) of all candidates of a slot, given the other columns; higher is likelier."""


class Ranks(NamedTuple):
    """Of each question: how many candidates stand above the answer, how many beside it, and what was believed.

    ``confidence`` is the probability of the best candidate (a softmax of the scores without the other true ones) and
    ``right`` whether it was the answer.
    """

    above: Float64[np.ndarray, " row"]
    beside: Float64[np.ndarray, " row"]
    confidence: Float64[np.ndarray, " row"]
    right: Float64[np.ndarray, " row"]

    @property
    def realistic(self) -> Float64[np.ndarray, " row"]:
        """1 + above + beside / 2: the mean over all orders of those that are level (Berrendorf et al., 2020).

        >>> one = np.ones(1)
        >>> Ranks(one, one, one, one).realistic
        array([2.5])
        """
        return 1 + self.above + self.beside / 2


@jax.jit
def _ranked(
    scores: Float[Array, "row candidate"],
    answer: Int[Array, " row"],
    at: Int[Array, " other"],
    others: Int[Array, " other"],
) -> tuple[Float[Array, " row"], ...]:
    """How many are above and beside the answers, the best one's probability, and whether it is the answer."""
    rivals = scores.at[at, others].set(-jnp.inf, mode="drop")  # an index beyond the rows fills up and is dropped

    def of_row(row):  # one at a time: each stays in the processor's cache, which is five times as fast here
        scores, own = row
        above, level, peak = (scores > own).sum(), (scores == own).sum() - 1, scores.max()
        return above, level, 1 / jnp.exp(scores - peak).sum()

    own = jnp.take_along_axis(scores, answer[:, None], axis=1)[:, 0]
    above, level, confidence = jax.lax.map(of_row, (rivals, own))
    return above.astype(float), level.astype(float), confidence, ((above == 0) & (level == 0)).astype(float)


def ranks(score: Scorer, asked: Int32[np.ndarray, "asked 4"], known: Int32[np.ndarray, "known 4"], slot: str) -> Ranks:
    """The ranks of the ``slot`` of each asked row, all other ``known`` rows with the same remaining columns left out.

    For rows with a time the filter is time-aware: what was true at another time counts as false. SettingsError where a
    score is no number. Source: Bordes et
    al. (2013), filtered; Garcia-Duran et al. (2018), time-aware.

    >>> rows = np.array([[0, 0, 1, -1], [0, 0, 2, -1]], np.int32)
    >>> ranks(lambda rows, slot: np.array([[0.0, 1.0, 2.0]] * len(rows)), rows, rows, "o").realistic
    array([1., 1.])
    """
    column = "spot".index(slot)
    named = 1 + int(known[:, [0, 2] if slot in "so" else column].max())  # as many candidates there are, or a few more
    rows = min(ROWS, max(1, SCORES // named), len(asked))
    at, others = _other_answers(asked, known, column)
    found: list[tuple[np.ndarray, ...]] = []
    room = 1 << int(np.ceil(np.log2(max(16, _most(at, len(asked), rows)))))
    for start in range(0, len(asked), rows):
        part = asked[start : start + rows]
        padded = np.concatenate([part, np.repeat(part[-1:], rows - len(part), axis=0)])
        mine = slice(*np.searchsorted(at, [start, start + len(part)]))
        where = np.full(room, rows, np.int32)
        ids = np.zeros(room, np.int32)
        where[: len(at[mine])], ids[: len(at[mine])] = at[mine] - start, others[mine]
        scores = jnp.asarray(score(padded, slot), jnp.float32)
        of_part = _ranked(scores, jnp.asarray(padded[:, column]), jnp.asarray(where), jnp.asarray(ids))
        found.append(tuple(np.asarray(values, np.float64)[: len(part)] for values in of_part))
    ranked = Ranks(*(np.concatenate(values) for values in zip(*found, strict=True)))
    if (ranked.beside < 0).any():  # not even level with itself
        raise SettingsError("some scores are no numbers: the model was taught at too large a rate, or is damaged.")
    return ranked


def _most(at: np.ndarray, asked: int, rows: int) -> int:
    """The most other answers that one batch of rows has."""
    ends = np.searchsorted(at, np.arange(0, asked + rows, rows))
    return int(np.diff(ends).max()) if len(ends) > 1 else 0


def _other_answers(asked: np.ndarray, known: np.ndarray, column: int) -> tuple[np.ndarray, np.ndarray]:
    """Flat pairs (number of the asked row, another true candidate of its slot), ordered by the row."""
    given = [c for c in range(4) if c != column]
    rows = np.concatenate([known, asked])
    both = rows[np.unique(row_numbers(rows), return_index=True)[1]]
    group = row_numbers(np.concatenate([both, asked])[:, given])
    of_known, of_asked = group[: len(both)], group[len(both) :]
    order = np.argsort(of_known, kind="stable")
    first, last = (np.searchsorted(of_known[order], of_asked, side) for side in ("left", "right"))
    counts = last - first
    at = np.repeat(np.arange(len(asked)), counts)
    places = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    candidates = both[order[places], column]
    other = candidates != asked[at, column]
    return at[other].astype(np.int32), candidates[other].astype(np.int32)


def completion_figures(
    score: Scorer,
    asked: Int32[np.ndarray, "asked 4"],
    known: Int32[np.ndarray, "known 4"],
    slots: str,
) -> dict[str, Any]:
    """MRR and hits of each slot, and ``mrr`` and ``hits`` of subjects and objects together, as papers report them.

    ``ties`` is the share of questions in which another candidate is level with the answer; ``calibration_error`` the
    mean distance between how sure the best answer was and how often it was true, in ten bins (ECE, Naeini et al. 2015).

    >>> rows = np.array([[0, 0, 1, -1], [0, 0, 2, -1]], np.int32)
    >>> figures = completion_figures(lambda rows, slot: np.eye(3)[rows[:, 0]], rows, rows, "so")
    >>> figures["by_slot"]["subject"]["mrr"], figures["mrr"]
    (1.0, 0.75)
    """
    return figures_of({slot: ranks(score, asked, known, slot) for slot in slots})


def figures_of(of: dict[str, Ranks]) -> dict[str, Any]:
    """The figures of the ranks of each slot: see `completion_figures`.

    >>> one, none = np.ones(2), np.zeros(2)
    >>> figures_of({"o": Ranks(none, none, one, one)})["mrr"]
    1.0
    """
    ends = [of[slot] for slot in "so" if slot in of]
    together = Ranks(*(np.concatenate(values) for values in zip(*ends, strict=True)))
    return {**summary(together), "by_slot": {SLOT_NAMES[slot]: summary(found) for slot, found in of.items()}}


def summary(found: Ranks) -> dict[str, Any]:
    """The figures of some ranks; ``mrr`` and ``hits`` are realistic, the bounds of the MRR stand beside.

    >>> one, none = np.ones(2), np.zeros(2)
    >>> summary(Ranks(none, one, one, none))["mrr_bounds"]
    [0.5, 1.0]
    """
    realistic = found.realistic
    return {
        "mrr": mean_reciprocal_rank(realistic),
        "mrr_bounds": [
            mean_reciprocal_rank(1 + found.above + found.beside),
            mean_reciprocal_rank(1 + found.above),
        ],
        "hits": {str(n): hits_at(realistic, n) for n in HITS},
        "ties": float((found.beside > 0).mean()),
        "calibration_error": calibration_error(found.confidence, found.right),
    }


def calibration_error(confidence: Float64[np.ndarray, " row"], right: Float64[np.ndarray, " row"]) -> float:
    """sum_b n_b / n |mean confidence - share right| over ten bins b of confidence.

    >>> calibration_error(np.array([0.75, 0.75]), np.array([1.0, 0.0]))
    0.25
    """
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, weights=confidence - right, minlength=BINS)
    return float(np.abs(gaps).sum() / len(confidence))
