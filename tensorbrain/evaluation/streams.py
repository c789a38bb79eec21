"""Asked of a stream of events: where somebody is next and with whom, what counts answer, and how answers are judged.

A question is asked right before an event, of everybody who is in it: all that happened until then is known.
"""

from collections import defaultdict
from typing import NamedTuple

import numpy as np

from tensorbrain.graph.streams import Stream
from tensorbrain.typing import Bool, Float64, Int32

COUNTING = ("last_seen", "most_frequent", "count_table")
FADING = 0.5  # to forget more slowly ordered company worse in trials


class Questions(NamedTuple):
    """What is next of ``who``: the event ``next`` after the event ``last`` (-1: there was none)."""

    who: Int32[np.ndarray, " question"]
    last: Int32[np.ndarray, " question"]
    next: Int32[np.ndarray, " question"]

    def some(self, chosen: Bool[np.ndarray, " question"]) -> "Questions":
        """The chosen ones of these questions."""
        return Questions(*(column[chosen] for column in self))


class Answers(NamedTuple):
    """How well every concept fits as the next place and as the next company; larger is better."""

    place: Float64[np.ndarray, "question concept"]
    company: Float64[np.ndarray, "question concept"]

    def some(self, chosen: Bool[np.ndarray, " question"]) -> "Answers":
        """The answers to the chosen ones of the questions."""
        return Answers(*(column[chosen] for column in self))


def questions(stream: Stream) -> Questions:
    """One question for everybody in every event, in time order.

    >>> from tensorbrain.graph.streams import example_stream
    >>> questions(example_stream()).last
    array([-1, -1,  0], dtype=int32)
    """
    last: dict[int, int] = {}
    rows = []
    for event in range(len(stream)):
        for who in stream.cast[event][stream.cast[event] >= 0].tolist():
            rows.append((who, last.get(who, -1), event))
            last[who] = event
    return Questions(*np.asarray(rows, np.int32).reshape(-1, 3).T)


def candidates(
    stream: Stream, asked: Questions
) -> tuple[Bool[np.ndarray, "question concept"], Bool[np.ndarray, "question concept"]]:
    """Which concepts can be named as place, and which as company: those met before, and nobody as their own company."""
    met = stream.first[None, :] < asked.next[:, None]
    company = met & stream.people[None, :]
    company[np.arange(len(asked.who)), asked.who] = False
    return met & stream.places[None, :], company


def present(stream: Stream, events: Int32[np.ndarray, " question"]) -> Bool[np.ndarray, "question concept"]:
    """Who is in the cast of each event; nobody is in event -1.

    >>> from tensorbrain.graph.streams import example_stream
    >>> present(example_stream(), np.array([-1, 0, 1], np.int32)).sum(axis=1)
    array([0, 2, 1])
    """
    there = np.zeros((len(events), len(stream.vocabulary.concepts) + 1), bool)  # the last column takes the padding
    there[np.arange(len(events))[:, None], stream.cast[events]] = True
    there[events < 0] = False
    return there[:, :-1]


class Counts:
    """What was counted of the events so far: who was where and with whom, how often, when last, and what followed."""

    def __init__(self, concepts: int):
        def row() -> np.ndarray:
            return np.zeros(concepts)

        self.all = row()
        self.often: defaultdict[int, np.ndarray] = defaultdict(row)  # who -> how often each concept was in their events
        self.fading: defaultdict[int, np.ndarray] = defaultdict(row)  # ... where what is older counts less
        self.when: defaultdict[int, np.ndarray] = defaultdict(row)  # ... and in which of the events it was last
        self.places: defaultdict[tuple[int, int], np.ndarray] = defaultdict(row)  # (who or -1, last place) -> next
        self.last: dict[int, tuple[int, int, np.ndarray]] = {}  # who -> their last event, its place, and with whom

    def add(self, event: int, place: int, cast: Int32[np.ndarray, " member"]) -> None:
        """Count one more event."""
        for who in cast.tolist():
            others = cast[cast != who]
            if who in self.last:
                before = self.last[who][1]
                if before >= 0 and place >= 0:
                    self.places[who, before][place] += 1
                    self.places[-1, before][place] += 1
            members = np.append(others, place) if place >= 0 else others
            self.often[who][members] += 1
            self.fading[who] *= FADING
            self.fading[who][members] += 1
            self.when[who][members] = event + 1
            self.all[members] += 1
            self.last[who] = (event, place, others)

    def answers(self, who: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """What each way of counting says of the next place and of the next company of somebody.

        ``last_seen``: the more recent the better. ``most_frequent``: the oftener the better. What ties is told apart by
        how often it was, first with them, then at all. ``count_table``: the last place, or where those who were with
        them there were seen since, if all were and elsewhere; then by what followed the last place, by relative
        frequency, of them backed by that of everybody. Company by how often it was, where each event of somebody
        fades by ``FADING`` as the next one comes.
        """
        common = self.all / (self.all.sum() + 1)
        often = self.often[who]
        recent = self.when[who] + 0.5 * often / (often.max() + 1) + 0.1 * common
        frequent = often + 0.5 * common
        event, place, company = self.last.get(who, (-1, -1, np.zeros(0, np.int32)))
        where = _backed(common, often, self.places[-1, place], self.places[who, place])
        seen = [self.last[other] for other in company.tolist()]
        gone = [each for each in seen if each[0] > event and each[1] != place]
        best = max(gone, key=lambda each: each[0])[1] if gone and len(gone) == len(seen) else place
        if best >= 0:
            where[best] += 1
        with_whom = self.fading[who] + 1e-6 * frequent
        return {
            "last_seen": (recent, recent), "most_frequent": (frequent, frequent), "count_table": (where, with_whom),
        }  # fmt: skip


def _backed(p: np.ndarray, *counts: np.ndarray) -> np.ndarray:
    """Relative frequencies, each backed by the one before it where little was counted."""
    for n in counts:
        p = (n + p) / (n.sum() + 1)
    return p


def counted(stream: Stream, asked: Questions) -> dict[str, Answers]:
    """What ways of counting answer, each question from all events before it; ``asked`` are in time order.

    >>> from tensorbrain.graph.streams import example_stream
    >>> events = example_stream()
    >>> place = counted(events, questions(events))["last_seen"].place[2]
    >>> events.vocabulary.label("concept", int(place.argmax()))
    'Inn'
    """
    counts = Counts(len(stream.vocabulary.concepts))
    found: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {name: [] for name in COUNTING}
    done = 0  # events that are counted
    for who, upto in zip(asked.who.tolist(), asked.next.tolist(), strict=True):
        for event in range(done, upto):
            counts.add(event, int(stream.place[event]), stream.cast[event][stream.cast[event] >= 0])
        done = max(done, upto)
        for name, answer in counts.answers(who).items():
            found[name].append(answer)
    return {name: Answers(*(np.stack(part) for part in zip(*each, strict=True))) for name, each in found.items()}


def judged(stream: Stream, asked: Questions, answers: Answers) -> dict[str, float]:
    """hits@1 and MRR of answers, where to be next and with whom, and what of it is not as it was last.

    ``place_stays``, ``place_moves``: of those who stay where they were, and of those who do not. ``place_to``: of
    those who move, told that they do. ``company``: any true companion is a hit; MRR ranks each with the other true ones
    left out. ``company_new``: of the companions who were not there last, told that they were not.
    """
    can_place, can_company = candidates(stream, asked)
    truth, before = stream.place[asked.next], stream.place[asked.last]
    row = np.arange(len(truth))
    told = (truth >= 0) & (asked.last >= 0) & can_place[row, truth]
    figures: dict[str, float] = {}

    def place(name: str, chosen: np.ndarray, left_out: bool = False) -> None:
        can = can_place[chosen].copy()
        if left_out:
            can[np.arange(len(can)), before[chosen]] = False
        target = np.zeros_like(can)
        target[np.arange(len(can)), truth[chosen]] = True
        figures.update(rank_figures(name, answers.place[chosen], can, target))

    moves = truth != before
    place("place", told)
    place("place_stays", told & ~moves)
    place("place_moves", told & moves)
    place("place_to", told & moves & (before >= 0), left_out=True)
    there, was = present(stream, asked.next) & can_company, present(stream, asked.last)
    some = there.any(axis=1) & (asked.last >= 0)
    figures.update(rank_figures("company", answers.company[some], can_company[some], there[some]))
    some &= (there & ~was).any(axis=1)
    new = (can_company & ~was)[some]
    figures.update(rank_figures("company_new", answers.company[some], new, there[some] & new))
    return figures


def rank_figures(name: str, scores: np.ndarray, can: np.ndarray, true: np.ndarray) -> dict[str, float]:
    """hits@1 and MRR of the best of the true ones, and of each with the others left out; ties share their mean rank.

    >>> scores, can = np.array([[0.3, 0.2, 0.1]]), np.ones((1, 3), bool)
    >>> rank_figures("x", scores, can, np.array([[False, True, False]]))
    {'x_hits1': 0.0, 'x_mrr': 0.5, 'x_asked': 1.0}
    """
    false = np.where(can & ~true, scores, -np.inf)
    best = np.where(true, scores, -np.inf).max(axis=1, initial=-np.inf)
    question, target = np.nonzero(true)
    score = scores[question, target]
    rivals = np.sort(false, axis=1)
    first = _rank(rivals, np.arange(len(best)), best)
    each = 1 / _rank(rivals, question, score)
    mrr = np.bincount(question, each, len(true)) / np.maximum(true.sum(axis=1), 1)
    return {
        f"{name}_hits1": float((first == 1).mean()) if len(first) else float("nan"),
        f"{name}_mrr": float(mrr.mean()) if len(mrr) else float("nan"),
        f"{name}_asked": float(len(true)),
    }


def _rank(rivals: np.ndarray, question: np.ndarray, score: np.ndarray) -> np.ndarray:
    """1 + better + ties / 2 of each score among the sorted rivals of its question."""
    sides = [
        (np.searchsorted(rivals[q], s), np.searchsorted(rivals[q], s, "right"))
        for q, s in zip(question, score, strict=True)
    ]
    return 1 + rivals.shape[1] - np.asarray(sides, float).reshape(-1, 2).sum(axis=1) / 2
