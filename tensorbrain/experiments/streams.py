"""The table of a stream of events: what comes next, which scene is alike, and which foreseen scene has come true."""

import re
import time
from pathlib import Path
from typing import Any

import jax
import numpy as np
from scipy.stats import binomtest

from tensorbrain.brain import TensorBrain
from tensorbrain.datasets.worlds import load_graph
from tensorbrain.errors import GraphError, SettingsError
from tensorbrain.evaluation.foreseen import came_true, futures
from tensorbrain.evaluation.likeness import likeness_figures, overlap, stories
from tensorbrain.evaluation.streams import COUNTING, Answers, Questions, candidates, counted, judged, questions
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.graph.streams import Stream, stream
from tensorbrain.learning.fit import one_of
from tensorbrain.learning.streams import SETTINGS, STEPS, learn_stream, lessons_of, stream_brains
from tensorbrain.modes.next_event import Told, asked, instants_of
from tensorbrain.settings import Settings

FEWEST = 20  # events that can be learned of, and a quarter of them to be asked
SHARE = 0.8  # of the events that are learned, where nothing says where to split
PART = re.compile(r"(season \d+|episode \d+)\b")  # what the scenes of films are told apart by
ROWS = (
    ("place_hits1", "where is X next"), ("place_mrr", "  ... MRR"), ("place_stays_hits1", "  ... of those who stay"),
    ("place_moves_hits1", "  ... of those who move"), ("place_moves_mrr", "  ... of those who move, MRR"),
    ("company_hits1", "who is with X next"), ("company_mrr", "  ... MRR"),
    ("company_new_mrr", "  ... of those who were not there last, MRR"),
    ("alike_ndcg10", "which earlier scene is most like this one, nDCG@10"),
    ("alike_found", "  ... overlap of the scene found"),
    ("future_hits1", "whose foreseen scene is this"), ("future_mrr", "  ... MRR"),
)  # fmt: skip


def stream_tables(
    source: str | Path | KnowledgeGraph,
    *,
    split: str | None = None,
    seed: int = 0,
    steps: int = STEPS,
    minutes: float | None = None,
    settings: Settings | None = None,
    progress: bool = True,
) -> dict[str, Any]:
    """Teach a brain the first part of a stream and ask it about the rest, beside three ways of counting.

    ``split`` is where the rest begins: the beginning of an instant's name or time, or the share that is learned. Left
    out it is the last season of a series, else 0.8. Figures are those of `judged` (where and with whom is X next, of
    everybody before every event), ``alike_`` those of `likeness_figures` and ``future_`` those of `came_true`; each
    stands again under ``last_seen``, ``most_frequent`` and ``count_table``, and ``place_beside_last_seen`` says how
    often the brain alone and last seen alone name the place. GraphError for what is no stream with a time,
    SettingsError for a split that leaves too little.
    """
    graph = source if isinstance(source, KnowledgeGraph) else load_graph(source)
    events = timed(graph)
    start = split_at(events, split)
    everything = questions(events)
    again = everything.some(everything.last >= 0)
    lessons = again.some(again.next < start)
    test = again.some(again.next >= start)
    if start < FEWEST or len(events) - start < FEWEST // 4 or not len(lessons.who) or not len(test.who):
        raise SettingsError(
            f"{start} events to learn and {len(events) - start} to ask of are too few: at least {FEWEST} and "
            f"{FEWEST // 4}, and people met twice in both, are needed (give a longer stream, or another split)."
        )
    began = time.perf_counter()
    taught = lessons_of(events, lessons)
    stage = taught[0]
    brain = one_of(stream_brains(len(events.vocabulary.concepts), settings or SETTINGS, (seed,)), 0)
    brain, losses = learn_stream(brain, taught, steps=steps, minutes=minutes, seed=seed, progress=progress)
    learned = time.perf_counter() - began
    # Before the events that are asked, and after all events: what is foreseen then is written.
    who, now = np.append(test.who, everything.who), np.append(test.next, everything.next + 1)
    log_place, log_company, written = (np.asarray(each) for each in futures(brain, stage, asked(events, who, now)))
    few = len(test.who)
    answers = {"brain": Answers(log_place[:few].astype(float), log_company[:few].astype(float))}
    answers |= counted(events, test)
    figures = {name: judged(events, test, each) for name, each in answers.items()}
    for part in (
        _alike(brain, events, stage, start),
        came_true(brain, events, stage, everything, written[few:], start),
    ):
        for name, each in part.items():
            figures[name] |= each
    return {
        "source": Path(graph.source).name,
        "seed": seed,
        "learned": {"events": start, "questions": len(lessons.who), "until": _name(events, start - 1)},
        "asked": {"events": len(events) - start, "questions": len(test.who), "from": _name(events, start)},
        "steps": len(losses),
        "loss": float(np.mean(losses[-50:])) if losses else None,
        "seconds": {"learning": round(learned, 1), "all": round(time.perf_counter() - began, 1)},
        **figures.pop("brain"),
        **figures,
        "place_beside_last_seen": _beside(events, test, answers["brain"], answers["last_seen"]),
        "company_gone": {"learned": company_gone(events, lessons), "asked": company_gone(events, test)},
    }


def timed(graph: KnowledgeGraph) -> Stream:
    """The events of a graph whose episodes have an order in time; GraphError for one that says nothing of time.

    >>> from tensorbrain.graph.knowledge_graph import example_graph
    >>> timed(example_graph())
    Traceback (most recent call last):
    tensorbrain.errors.GraphError: no predicate in the episodes of example says where somebody is: ...
    """
    films = any(PART.match(instant.label) for instant in graph.vocabulary.instants)
    if graph.report.episodes and set(graph.report.episode_order) == {"document order"} and not films:
        raise GraphError(
            f"the episodes of {Path(graph.source).name} have no time, so that nothing says what comes next: date them "
            "with prov:startedAtTime, or number their names"
        )
    return stream(graph)


def split_at(events: Stream, split: str | None) -> int:
    """The event at which the part that is asked begins; SettingsError where no instant is called so.

    ``split`` is the share that is learned, or the beginning of an instant's name or time stamp. Left out it is the last
    season, or where there is but one the share ``SHARE``.

    >>> from tensorbrain.graph.timed_scenes import TimedScene, timed_scenes_graph
    >>> scenes = [TimedScene(season, 1, 9, "Inn", "", ("Ada",)) for season in (1, 2, 10)]
    >>> events = stream(timed_scenes_graph(scenes))
    >>> split_at(events, None), split_at(events, "season 1"), split_at(events, "0.7")
    (2, 0, 2)
    """
    words = events.vocabulary
    names = [words.instants[t].label for t in events.instant]
    if split is None:
        seasons = [found.group() if (found := PART.match(name)) else "" for name in names]
        return seasons.index(seasons[-1]) if len(set(seasons)) > 1 else round(SHARE * len(events))
    try:
        share = float(split)
    except ValueError:
        share = -1.0
    if 0 < share < 1:
        return round(share * len(events))
    for event, (name, t) in enumerate(zip(names, events.instant, strict=True)):
        stamp = (words.times[t] or "") if len(words.times) else ""
        if any(told.startswith(split) and not told[len(split) : len(split) + 1].isdigit() for told in (name, stamp)):
            return event
    raise SettingsError(
        f"no instant begins with '{split}': split at a share between 0 and 1, or where an instant is called so, such "
        f"as '{names[len(names) // 2]}'."
    )


def _name(events: Stream, event: int) -> str:
    return events.vocabulary.label("instant", int(events.instant[event]))


def _alike(brain: TensorBrain, events: Stream, stage: Told, start: int) -> dict[str, dict[str, float]]:
    """Which earlier scene is most like each from ``start`` on: recalled by similarity, n_t = a_t . (gamma(q) - c)."""
    story, queries = stories(events), np.arange(start, len(events), dtype=np.int32)
    relevance = overlap(story[queries], story)
    here = story[:, : story.shape[1] // 2]
    a = instants_of(brain, stage)
    read = jax.vmap(brain.board.gamma)(a[start:]) - brain.index.terms("concept")[2]
    shape = relevance.shape
    scores = {
        "brain": np.asarray(read @ a.T),
        "last_seen": np.broadcast_to(np.arange(shape[1], dtype=float), shape),
        "most_frequent": np.broadcast_to(here.astype(float) @ here[:start].sum(axis=0, dtype=float), shape),
        "count_table": overlap(here[queries], here),
    }
    found = {name: likeness_figures(each, relevance, queries) for name, each in scores.items()}
    return {name: {f"alike_{key}": value for key, value in each.items()} for name, each in found.items()}


def _beside(events: Stream, test: Questions, brain: Answers, seen: Answers) -> dict[str, int]:
    """How often the brain alone, and last seen alone, name the next place, of places that were met before."""
    can, _ = candidates(events, test)
    true = events.place[test.next]
    row = np.arange(len(true))
    told = (true >= 0) & can[row, true]
    right = [np.where(can, each.place, -np.inf).argmax(axis=1) == true for each in (brain, seen)]
    return {
        "brain_alone": int((told & right[0] & ~right[1]).sum()),
        "last_seen_alone": int((told & right[1] & ~right[0]).sum()),
    }


def company_gone(events: Stream, of: Questions) -> dict[str, float]:
    """In how many ``questions`` the company of X is elsewhere since, and how often X ``stayed``, or ``followed`` it.

    >>> from tensorbrain.graph.timed_scenes import TimedScene, timed_scenes_graph
    >>> scenes = [("Inn", ("Ada", "Bob")), ("Mill", ("Bob",)), ("Mill", ("Ada",))]
    >>> told = [TimedScene(1, 1, n, place, "", cast) for n, (place, cast) in enumerate(scenes)]
    >>> events = stream(timed_scenes_graph(told))
    >>> company_gone(events, questions(events).some(questions(events).last >= 0))
    {'questions': 1.0, 'stayed': 0.0, 'followed': 1.0}
    """
    since = np.asarray(asked(events, of.who, of.next).since)
    last, then = events.place[of.last], events.place[of.next]
    away = (since >= 0) & (events.place[since] != last[:, None])
    company = (events.cast[of.last] >= 0).sum(axis=1) - 1
    gone = (company > 0) & (away.sum(axis=1) == company)
    where = events.place[since.max(axis=1)]
    shares = {"stayed": then == last, "followed": then == where}
    return {
        "questions": float(gone.sum()),
        **{name: float(right[gone].mean()) if gone.any() else float("nan") for name, right in shares.items()},
    }


def table(figures: dict[str, Any]) -> str:
    """The figures of `stream_tables` in columns, and in words whether last seen is beaten.

    >>> rows = {"place_hits1": 0.5, "place_asked": 4.0}
    >>> sizes = {"events": 2, "questions": 4, "until": "a", "from": "b"}
    >>> told = {"source": "x.trig", "seed": 0, "learned": sizes, "asked": sizes, "steps": 9}
    >>> gone = {"questions": 2, "stayed": 0.5, "followed": 0.5}
    >>> beside = {"place_beside_last_seen": {"brain_alone": 3, "last_seen_alone": 1}}
    >>> beside |= {"company_gone": {"learned": gone, "asked": gone}}
    >>> print(table(rows | told | beside | {name: rows for name in COUNTING}))
    x.trig: learned 2 events, to a (9 steps, seed 0); asked 4 questions in 2 events, from b
                                                           brain   last seen  most frequent  counts
    where is X next                                        0.5000  0.5000     0.5000         0.5000
    Last seen is not beaten on where X is next ...
    """
    learned, test = figures["learned"], figures["asked"]
    lines = [
        f"{figures['source']}: learned {learned['events']} events, to {learned['until']} ({figures['steps']} steps, "
        f"seed {figures['seed']}); asked {test['questions']} questions in {test['events']} events, from {test['from']}",
        f"{'':<55}{'brain':<8}{'last seen':<11}{'most frequent':<15}counts",
    ]
    for key, words in ROWS:
        if key in figures:
            each = [f"{x:.4f}" if x == x else "-" for x in (figures[key], *(figures[name][key] for name in COUNTING))]
            lines.append(f"{words:<55}{each[0]:<8}{each[1]:<11}{each[2]:<15}{each[3]}")
    return "\n".join([*lines, _verdict(figures)])


def _verdict(figures: dict[str, Any]) -> str:
    """Whether last seen is beaten on where X is next, and why it is hard to beat."""
    brain, seen = figures["place_hits1"], figures["last_seen"]["place_hits1"]
    alone, lost = (figures["place_beside_last_seen"][name] for name in ("brain_alone", "last_seen_alone"))
    chance = binomtest(alone, alone + lost).pvalue if alone + lost else 1.0
    sure = f"{alone} right by the brain alone, {lost} by last seen alone, sign test p = {chance:.2g}"
    if brain > seen:
        return f"Last seen is beaten on where X is next by {100 * (brain - seen):.1f} points ({sure})."
    before, now = (figures["company_gone"][part] for part in ("learned", "asked"))
    return (
        f"Last seen is not beaten on where X is next ({sure}). Why: {seen:.1%} of the answers are the place where X "
        "was last, and who moves is told by little but their company: where all of it was elsewhere since, X followed "
        f"in {before['followed']:.0%} of {before['questions']:.0f} questions learned, but in {now['followed']:.0%} "
        f"of {now['questions']:.0f} asked."
    )
