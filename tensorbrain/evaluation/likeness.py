"""Which earlier event is most like one: a ground truth made of the events, and how well a ranking finds it."""

import numpy as np

from tensorbrain.graph.streams import Stream
from tensorbrain.typing import Bool, Float, Float64, Int32

BEST = 10  # events that a ranking is judged by


def stories(stream: Stream) -> Bool[np.ndarray, "event twice_concept"]:
    """Of every event who is in it and where, and then where those who are in it are next, and with whom.

    >>> from tensorbrain.graph.streams import example_stream
    >>> stories(example_stream()).sum(axis=1)
    array([5, 2])
    """
    concepts = len(stream.vocabulary.concepts)
    story = np.zeros((len(stream), 2 * concepts), bool)
    for event in range(len(stream)):
        story[event, stream.members(event)] = True
    following: dict[int, int] = {}
    for event in range(len(stream) - 1, -1, -1):
        cast = stream.cast[event][stream.cast[event] >= 0].tolist()
        for who in cast:
            if who in following:
                story[event, concepts:] |= story[following[who], :concepts]
        following.update(dict.fromkeys(cast, event))
    return story


def overlap(
    one: Bool[np.ndarray, "query token"], other: Bool[np.ndarray, "event token"]
) -> Float64[np.ndarray, "query event"]:
    """|A and B| / |A or B| of every set with every other one (Jaccard).

    >>> overlap(np.array([[True, True, False]]), np.array([[True, False, False], [False, False, True]]))
    array([[0.5, 0. ]])
    """
    both = (one.astype(np.float32) @ other.T.astype(np.float32)).astype(float)
    either = one.sum(axis=1)[:, None] + other.sum(axis=1)[None, :] - both
    return both / np.maximum(either, 1)


def likeness_figures(
    scores: Float[np.ndarray, "query event"],
    relevance: Float[np.ndarray, "query event"],
    queries: Int32[np.ndarray, " query"],
) -> dict[str, float]:
    """``ndcg10`` of the ten earlier events with the highest scores, and ``found``, the relevance of the first.

    nDCG@10 = sum_i r_i / log2(i + 1) over the ten, divided by the most that it could be; only events before the query
    are ranked. Source: Järvelin and Kekäläinen (2002).

    >>> relevance = np.array([[0.5, 1.0, 0.0]])
    >>> likeness_figures(relevance, relevance, np.array([2], np.int32))
    {'ndcg10': 1.0, 'found': 1.0}
    """
    earlier = np.arange(scores.shape[1])[None, :] < queries[:, None]
    relevance = np.where(earlier, relevance, 0.0)
    best = np.argsort(np.where(earlier, -scores, np.inf), axis=1, kind="stable")[:, :BEST]
    gained, most = np.take_along_axis(relevance, best, axis=1), -np.sort(-relevance, axis=1)[:, :BEST]
    discount = 1 / np.log2(np.arange(gained.shape[1]) + 2)
    some = most[:, 0] > 0
    if not some.any():
        return {"ndcg10": float("nan"), "found": float("nan")}
    ndcg = (gained[some] @ discount) / (most[some] @ discount)
    return {"ndcg10": float(ndcg.mean()), "found": float(gained[some, 0].mean())}
