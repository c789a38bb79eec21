"""Claim 30: what comes next is foreseen, written as an instant of the future, and found again when it has come."""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Table, Trials
from tensorbrain.claims.tables import by_seed, difference, pick
from tensorbrain.evaluation.foreseen import came_true, futures
from tensorbrain.evaluation.streams import Answers, Questions, counted, judged, questions
from tensorbrain.graph.streams import Stream
from tensorbrain.graph.vocabulary import Concept, Vocabulary
from tensorbrain.learning.fit import fit, one_of
from tensorbrain.learning.streams import NextEvent, lessons_of, stream_brains
from tensorbrain.modes.next_event import Asked, asked, told
from tensorbrain.settings import Settings

GROUPS, TOGETHER, PLACES, ROUND = 3, 3, 6, 4
BRAINS = ("brain", "order lost")
COUNTS = {"last seen": "last_seen", "most frequent": "most_frequent"}
DIAL = Dial("surprise", "the share of events that take place anywhere", (0.0, 0.1, 0.2, 0.4), 0.1)


def design(config: Config) -> Trials:
    surprise = float(DIAL.default if config.dial is None else config.dial)
    full = {"events": 400, "learned": 320, "dim": 48, "steps": 600, "batch": 48, "surprise": surprise}
    return pick(config, full, {"events": 160, "learned": 120, "steps": 60})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Teach brains what comes next, in order and out of order, and measure on the rest of the stream."""
    streams = [_world(np.random.default_rng(seed), trials) for seed in seeds]
    other = [np.random.default_rng((seed, 1)) for seed in seeds]
    shuffled = [_shuffled(each, random, trials) for each, random in zip(streams, other, strict=True)]
    lessons = [lessons_of(each, _some(each, trials["learned"])) for each in (*streams, *shuffled)]
    settings = Settings(dim=trials["dim"], context=2 * trials["dim"], temperature=2.0)
    concepts, twice = GROUPS * TOGETHER + PLACES, (*seeds, *seeds)
    loss = NextEvent(batch=trials["batch"], strangers=0.0, dropout=0.0)
    taught, _ = fit(
        stream_brains(concepts, settings, twice), _stacked(lessons), loss, twice,
        steps=trials["steps"], rate=1.5e-3,
    )  # fmt: skip
    stages, every = _stacked([told(each) for each in streams] * 2), _stacked([_both(each) for each in streams] * 2)
    foreseen = jax.vmap(futures)(taught, stages, every)
    table: Table = []
    for n, (seed, events) in enumerate(zip(seeds, streams, strict=True)):
        for m, name in enumerate(BRAINS):
            row = n + m * len(seeds)
            found = tuple(np.asarray(each[row]) for each in foreseen)
            figures = _figures(one_of(taught, row), events, found, trials["learned"])
            rows = {name: figures["brain"], **({} if m else {words: figures[key] for words, key in COUNTS.items()})}
            table += [{"seed": seed, "who": who, **each} for who, each in rows.items()]
    return table


def _stacked(trees: list[Any]) -> Any:
    return jax.tree.map(lambda *each: jnp.stack(each), *trees)


def _both(events: Stream) -> Asked:
    """Everybody in every event, asked right before it, and then again right after it."""
    every = questions(events)
    return asked(events, np.append(every.who, every.who), np.append(every.next, every.next + 1))


def _world(random: np.random.Generator, trials: Trials) -> Stream:
    """Groups of three on rounds of four places; by turns one of the three is missing. Two are in each event."""
    routes = [random.permutation(PLACES)[:ROUND] for _ in range(GROUPS)]
    turns = np.concatenate([np.repeat(np.arange(GROUPS), 2), random.integers(GROUPS, size=trials["events"])])
    phase, place, cast = [0] * GROUPS, [], []
    for group in turns[: trials["events"]]:
        now = phase[group]
        phase[group] += 1
        surprised = random.random() < trials["surprise"]
        place.append(GROUPS * TOGETHER + int(random.integers(PLACES) if surprised else routes[group][now % ROUND]))
        cast.append([TOGETHER * group + (now + k) % TOGETHER for k in range(2)])
    names = [*(f"person {n}" for n in range(GROUPS * TOGETHER)), *(f"place {n}" for n in range(PLACES))]
    words = Vocabulary(tuple(Concept(f"urn:tensorbrain:{name}", name, "entity") for name in names), (), ())
    at = np.arange(trials["events"], dtype=np.int32)
    return Stream(words, at, np.asarray(place, np.int32), np.asarray(cast, np.int32))


def _shuffled(events: Stream, random: np.random.Generator, trials: Trials) -> Stream:
    """The same stream, in which what is learned comes in another order, after everybody was met."""
    first, rest = np.split(np.arange(trials["learned"]), [2 * GROUPS])
    order = np.concatenate([first, random.permutation(rest), np.arange(trials["learned"], len(events))])
    return dataclasses.replace(events, place=events.place[order], cast=events.cast[order])


def _some(events: Stream, upto: int) -> Questions:
    """Questions about everybody in every event from when all were met: as many in every stream."""
    every = questions(events)
    return every.some((every.next >= 2 * GROUPS) & (every.next < upto))


def _figures(
    brain: TensorBrain, events: Stream, foreseen: tuple[np.ndarray, ...], start: int
) -> dict[str, dict[str, float]]:
    """Of the brain and of the ways of counting: whether the place of the next event, and its future, are right."""
    lived = questions(events)
    tested = lived.next >= start
    test, few = lived.some(tested), len(lived.who)
    log_place, log_company, written = foreseen
    answers = {"brain": Answers(*(each[:few][tested].astype(float) for each in (log_place, log_company)))}
    found = came_true(brain, events, told(events), lived, written[few:], start)
    return {
        name: {"place": judged(events, test, each)["place_hits1"], "future": found[name]["future_hits1"]}
        for name, each in (answers | counted(events, test)).items()
    }


def measure(table: Table) -> Measured:
    def won(who: str, value: str) -> tuple[float, ...]:
        """Over the better of last seen and most frequent, seed by seed."""
        counts = (by_seed(table, value, who=name) for name in COUNTS)
        return difference(by_seed(table, value, who=who), tuple(max(each) for each in zip(*counts, strict=True)))

    seen, often = (
        "a fifth more right answers can be seen",
        "right more often than wrong; a guess is right in two of nine",
    )
    what = "events found among the futures of those who are in them"
    return Measured(
        (
            Part(what, by_seed(table, "future", who="brain"), often, least=0.5),
            Part("won by that over the better of last seen and most frequent", won("brain", "future"), seen, least=0.2),
            Part("where is X next: won over the better of both", won("brain", "place"), seen, least=0.2),
        ),
        Part(f"order of time lost: {what}", by_seed(table, "future", who="order lost"), often, least=0.5),
    )  # fmt: skip


def plot(table: Table) -> Chart:
    roles = {"brain": "claim", "order lost": "control", **dict.fromkeys(COUNTS, "other")}
    rows = [
        {**row, "asked": words, "right": row[value]}
        for row in table
        for value, words in (("future", "whose future is this?"), ("place", "where is X next?"))
    ]
    bars = tuple(
        series(rows, name, "asked", "right", role=role, where=lambda row, name=name: row["who"] == name)
        for name, role in roles.items()
    )
    return Chart(
        "Foreseen, stored, and found again", "asked", "share of right answers", bars, kind="bar", threshold=0.5
    )


CLAIM = Claim(
    number=30,
    name="future",
    says="What comes next can be foreseen, stored as an instant of the future, and recognised when it has come.",
    status="qualitative",
    source="QTB25 (future episodic memory)",
    tested="Groups of people go their rounds, one of them missing by turns. After every event the next one of all who "
    "are in it is foreseen and written in one shot as a new instant. Events that come are matched with all of these.",
    control="A brain that was taught the same events in another order of time knows who goes where, and not when.",
    departs="The instants of the past are recalled by similarity and say what was told of them; the score is ours.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=DIAL,
)
