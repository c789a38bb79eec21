"""Ranks and what is made of them, filtered as link prediction does."""

import numpy as np

from tensorbrain.typing import Float64


def realistic_rank(scores: np.ndarray, target: int, others_true: list[int]) -> float:
    """The realistic rank of ``target`` among all but the other true ones: 1 + better + ties / 2 (Berrendorf 2020).

    >>> realistic_rank(np.array([0.9, 0.5, 0.5, 0.1]), 2, [0])
    1.5
    """
    kept = np.ones(len(scores), bool)
    kept[others_true] = False
    kept[target] = False
    rivals = scores[kept]
    return 1.0 + float((rivals > scores[target]).sum()) + float((rivals == scores[target]).sum()) / 2


def mean_reciprocal_rank(ranks: Float64[np.ndarray, " query"]) -> float:
    """MRR = mean(1 / rank).

    >>> mean_reciprocal_rank(np.array([1.0, 2.0]))
    0.75
    """
    return float(np.mean(1.0 / ranks))


def hits_at(ranks: Float64[np.ndarray, " query"], n: int) -> float:
    """The share of ranks not above n.

    >>> hits_at(np.array([1.0, 2.0, 11.0]), 10)
    0.6666666666666666
    """
    return float(np.mean(ranks <= n))
