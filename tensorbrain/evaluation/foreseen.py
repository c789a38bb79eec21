"""Future episodic memory, measured: events are foreseen and written as instants, and found again when they come."""

import jax
import numpy as np

from tensorbrain.brain import TensorBrain
from tensorbrain.evaluation.streams import FADING, Answers, Questions, rank_figures
from tensorbrain.graph.streams import Stream
from tensorbrain.modes.next_event import Asked, Foreseen, Told, foresee, foreseen_instants, instants_of
from tensorbrain.typing import Array, Bool, Float, Int32


@jax.jit
def futures(
    brain: TensorBrain, told: Told, asked: Asked
) -> tuple[Float[Array, "question concept"], Float[Array, "question concept"], Float[Array, "question dim"]]:
    """log P(place), log P(company) of many questions, and the instant that is written of what is foreseen.

    >>> from tensorbrain.graph.streams import example_stream
    >>> from tensorbrain.modes.next_event import DURATIONS, asked, told
    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((6 + DURATIONS, 0, 0), Settings(dim=8, context=16), key=jax.random.key(0))
    >>> events = example_stream()
    >>> question = asked(events, events.cast[1, :1], np.array([2], np.int32))
    >>> [part.shape for part in futures(brain, told(events), question)]
    [(1, 6), (1, 6), (1, 8)]
    """
    a = instants_of(brain, told)

    def one(asked: Asked) -> Foreseen:
        return foresee(brain, told, a, asked)

    found = jax.lax.map(one, asked, batch_size=128)
    return found.log_place, found.log_company, foreseen_instants(brain, found)


def open_futures(
    lived: Questions, events: Int32[np.ndarray, " event"], concepts: int
) -> Int32[np.ndarray, "event concept"]:
    """Which future stands open for each person when an event comes: the row of their last event, or -1.

    ``lived`` has a row for everybody in every event, in time order, and so do the futures.

    >>> from tensorbrain.evaluation.streams import questions
    >>> from tensorbrain.graph.streams import example_stream
    >>> open_futures(questions(example_stream()), np.array([0, 1], np.int32), 6).max(axis=1)
    array([-1,  1], dtype=int32)
    """
    rows = np.full((len(events), concepts), -1, np.int32)
    last, row = np.full(concepts, -1, np.int32), 0
    for n, event in enumerate(events.tolist()):
        while row < len(lived.who) and lived.next[row] < event:
            last[lived.who[row]] = row
            row += 1
        rows[n] = last
    return rows


def matched(
    written: Float[np.ndarray, "future dim"],
    read: Float[np.ndarray, "event dim"],
    rows: Int32[np.ndarray, "event concept"],
    there: Bool[np.ndarray, "event concept"],
) -> dict[str, float]:
    """Whose future an event is taken for, by similarity a_future . (gamma(a_t) - c): hits@1 and MRR of who is there.

    ``rows`` are the open futures of `open_futures`; ``read`` is gamma - c of the events that have come.

    >>> written, rows = np.eye(2, dtype=np.float32), np.array([[0, 1]], np.int32)
    >>> matched(written, np.array([[0.1, 0.4]], np.float32), rows, np.array([[False, True]]))
    {'future_hits1': 1.0, 'future_mrr': 1.0, 'future_asked': 1.0}
    """
    known = rows >= 0
    scores = np.take_along_axis(read @ written.T, np.maximum(rows, 0), axis=1).astype(float)
    true = there & known
    some = true.any(axis=1)
    return rank_figures("future", scores[some], known[some], true[some])


def came_true(
    brain: TensorBrain,
    stream: Stream,
    told: Told,
    lived: Questions,
    foreseen: Float[np.ndarray, "question dim"],
    start: int,
) -> dict[str, dict[str, float]]:
    """The figures of `matched` for the events from ``start`` on: the brain's futures, and futures by counting.

    After every event the next one of everybody in it (``lived``) is ``foreseen`` and written; it stays until they are
    seen again.
    ``last_seen`` writes the last event again, ``most_frequent`` and ``count_table`` what was counted, with and without
    what is older fading. All are written, and found, by the same embeddings.
    """
    events = np.arange(start, len(stream), dtype=np.int32)
    rows = open_futures(lived, events, len(stream.vocabulary.concepts))
    read = np.asarray(jax.vmap(brain.board.gamma)(instants_of(brain, told)[start:])) - brain.index.terms("concept")[2]
    there = np.zeros_like(rows, bool)
    for n, event in enumerate(events.tolist()):
        there[n, stream.cast[event][stream.cast[event] >= 0]] = True
    A = np.asarray(brain.index.embeddings("concept"))[: rows.shape[1]]
    written = {"brain": foreseen}
    for name, each in _counted(stream, lived).items():
        written[name] = (each.place @ A + each.company @ A).astype(np.float32)
    return {name: matched(each, read, rows, there) for name, each in written.items()}


def _counted(stream: Stream, lived: Questions) -> dict[str, Answers]:
    """What counting expects after every event of everybody in it."""
    concepts = len(stream.vocabulary.concepts)
    kept = {"last_seen": 0.0, "most_frequent": 1.0, "count_table": FADING}
    found = {}
    for name, fading in kept.items():
        counts: dict[int, np.ndarray] = {}
        rows = np.zeros((len(lived.who), concepts))
        for row, (who, event) in enumerate(zip(lived.who.tolist(), lived.next.tolist(), strict=True)):
            count = counts.setdefault(who, np.zeros(concepts))
            count *= fading
            members = stream.members(event)
            count[members[members != who]] += 1
            rows[row] = count
        place, company = rows * stream.places, rows * stream.people
        found[name] = Answers(*(part / np.maximum(part.sum(axis=1, keepdims=True), 1e-9) for part in (place, company)))
    return found
