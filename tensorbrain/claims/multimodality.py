"""Claim 27: what was only told of somebody is known when that somebody is seen: words and looks share an index."""

import dataclasses
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Row, Table, Trials
from tensorbrain.claims.new_pictures import Pictures, named_things, new_pictures
from tensorbrain.claims.tables import by_seed, difference, pick
from tensorbrain.datasets.scripts import HIDDEN, town_of
from tensorbrain.datasets.worlds import load_graph
from tensorbrain.evaluation.questions import best_answers
from tensorbrain.memory.rehearse import Data, rehearsed
from tensorbrain.typing import Int32

FACTS = Dial("facts", "how many new facts are told", (6, 12, 24, 48), 24)
OWN, OTHER = "its own name", "another's name"
SEEN, TOLD = "a picture", "a name"


def design(config: Config) -> Trials:
    facts = FACTS.default if config.dial is None else config.dial
    return pick(
        config, {"facts": int(facts), "pictures": 100, "steps": 80, "rate": 5e-3}, {"pictures": 40, "steps": 30}
    )


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Tell the shipped brain new facts as triples, without a picture, and ask for them through new pictures."""
    return [row for seed in seeds for row in _one(brain, trials, seed)]


def _one(brain: Brain, trials: Trials, seed: int) -> Table:
    random = np.random.default_rng((seed, 8))
    facts, others = new_facts(trials["facts"], random)
    pictures = new_pictures(brain, trials["pictures"], seed=seed, nameless=0.0)
    rows = []
    for name, told in ((OWN, facts), (OTHER, np.stack([others, facts[:, 1], facts[:, 2]], axis=1))):
        later = _told(brain, told, trials, seed)
        for through, asked, true in ((SEEN, *_shown(later, facts, pictures)), (TOLD, facts[:, :2], facts[:, 2])):
            answers = best_answers(later, _from_a_bar(later, len(asked)), _questions(asked), "o")
            rows.append({"seed": seed, "told of": name, "asked by": through, "right": float((answers == true).mean())})
    return rows


def new_facts(
    count: int, random: np.random.Generator
) -> tuple[Int32[np.ndarray, "fact 3"], Int32[np.ndarray, " fact"]]:
    """Facts that are not so in the neighbourhood, of visible individuals who have none of that predicate, each about
    another one; and for each fact somebody else, of whom no fact is among them.

    >>> facts, others = new_facts(5, np.random.default_rng(0))
    >>> facts.shape, bool(np.isin(others, facts[:, 0]).any())
    ((5, 3), False)
    """
    town = town_of(load_graph("neighbourhood"))
    visible = sorted(k for members in town.members.values() for k in members)
    objects = {p: sorted({o for (_, q), found in town.facts.items() if q == p for o in found}) for p in HIDDEN}
    order = random.permutation(visible)
    rows = []
    for s in order.tolist():
        free = [p for p in HIDDEN if (s, p) not in town.facts]
        if free and len(rows) < count:
            p = free[random.integers(len(free))]
            rows.append((s, town.predicate[p], objects[p][random.integers(len(objects[p]))]))
    rest = [k for k in order.tolist() if k not in {s for s, *_ in rows}]
    return np.asarray(rows, np.int32), np.asarray([rest[n % len(rest)] for n in range(len(rows))], np.int32)


def _told(brain: Brain, told: Int32[np.ndarray, "fact 3"], trials: Trials, seed: int) -> Brain:
    """The brain after it has learned the facts as triples, rehearsing what it knew; only embeddings move."""
    known = load_graph("neighbourhood").semantic().coordinates[:, :3]
    new, old = (jnp.asarray(np.c_[rows, np.full(len(rows), -1)], jnp.int32) for rows in (told, known))
    model = rehearsed(
        brain.model, new, Data(old), steps=trials["steps"], rate=trials["rate"], moves="embeddings",
        key=jax.random.key(seed),
    )  # fmt: skip
    return dataclasses.replace(brain, model=model)


def _shown(
    brain: Brain, facts: Int32[np.ndarray, "fact 3"], pictures: Pictures
) -> tuple[Int32[np.ndarray, "question 2"], Int32[np.ndarray, " question"]]:
    """A question for every region that shows somebody of whom a fact is told: whom the brain takes it for, and the
    predicate; and the answers."""
    thing = np.asarray(pictures.seen.thing)
    named = np.asarray(named_things(brain.model, pictures.seen, pictures.choices))
    told = {int(s): (int(p), int(o)) for s, p, o in facts}
    places = [(n, r) for n, r in np.argwhere(pictures.truth.known).tolist() if int(thing[n, r]) in told]
    asked = [(named[n, r], told[int(thing[n, r])][0]) for n, r in places]
    return np.asarray(asked, np.int32), np.asarray([told[int(thing[n, r])][1] for n, r in places], np.int32)


def _questions(asked: Int32[np.ndarray, "question 2"]) -> Int32[np.ndarray, "question 3"]:
    return np.c_[asked, np.zeros(len(asked))].astype(np.int32)


def _from_a_bar(brain: Brain, count: int):
    return jnp.broadcast_to(brain.model.a_bar, (count, brain.model.board.dim))


def measure(table: Table) -> Measured:
    def right(of: str, by: str) -> tuple[float, ...]:
        return by_seed(table, "right", **{"told of": of, "asked by": by})

    half = "more often right than wrong"
    return Measured(
        (
            Part("facts only told that are answered when a picture asks", right(OWN, SEEN), half, least=0.5),
            Part(
                "less those answered when a name asks",
                difference(right(OWN, SEEN), right(OWN, TOLD)),
                "what is lost is what is not recognised: three in twenty at most",
                least=-0.15,
            ),
        ),
        Part(
            "answered when a picture asks, where they were told of another's name", right(OTHER, SEEN), half, least=0.5
        ),
    )


def plot(table: Table) -> Chart:
    def of(name: str) -> Callable[[Row], bool]:
        return lambda row: row["told of"] == name

    roles = ((OWN, "claim"), (OTHER, "control"))
    shown = [series(table, f"told of {name}", "asked by", "right", role=role, where=of(name)) for name, role in roles]
    return Chart("Facts told, then seen", "what asks", "right", tuple(shown), kind="bar", threshold=0.5)


CLAIM = Claim(
    number=27,
    name="multimodality",
    says="What was only told of somebody is known when that somebody is seen.",
    status="qualitative",
    source="QTB25 (several modalities drive the same blackboard)",
    tested="The shipped brain learns new facts about individuals as triples alone, and is then shown pictures of them. "
    "It names whom it sees, and the object of the fact is asked by that index.",
    control="The same facts are told under the name of somebody else, so that words and look have no index in common.",
    departs="While it is told something new the brain rehearses the triples that it knew; only embeddings change.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=FACTS,
)
