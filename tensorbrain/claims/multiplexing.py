"""Claim 28: two trains of thought share one blackboard by taking turns, each kept as an index in between."""

from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Table, Trials
from tensorbrain.claims.tables import by_seed, difference, pick
from tensorbrain.learning.fit import SampledStatements, fit, newborn
from tensorbrain.modes.multitasking import interleaved
from tensorbrain.settings import Settings
from tensorbrain.typing import Array

CONCEPTS, PREDICATES, FACTS = 30, 6, 90
WAYS = {"alone": (1, True), "in turns, saved": (2, True), "in turns, not saved": (2, False)}


def design(config: Config) -> Trials:
    streams = int(config.dial or 2)
    return pick(config, {"dim": 64, "steps": 800, "asked": 60, "streams": streams}, {"steps": 250, "asked": 20})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Teach facts with one object to each subject and predicate; ask for objects, alone and in turns with others."""
    facts = jnp.asarray(np.stack([_facts(np.random.default_rng(seed)) for seed in seeds]))
    rows = jnp.concatenate([facts, jnp.full_like(facts[..., :1], -1)], axis=-1)
    settings = Settings(dim=trials["dim"], context=trials["dim"])
    brains, _ = fit(
        newborn((CONCEPTS, PREDICATES, 0), settings, seeds), rows, SampledStatements(48), seeds, steps=trials["steps"]
    )
    table = []
    for way, (_, saved) in WAYS.items():
        streams = 1 if way == "alone" else trials["streams"]
        drawn = [np.random.default_rng((seed, 1)).integers(0, FACTS, (trials["asked"], streams)) for seed in seeds]
        right, p = _answered(brains, facts, jnp.asarray(np.stack(drawn)), streams, saved)
        for n, seed in enumerate(seeds):
            table.append({"seed": seed, "way": way, "right": float(right[n].mean()), "p": float(p[n].mean())})
    return table


@eqx.filter_jit
def _answered(brains: TensorBrain, facts: Array, drawn: Array, streams: int, saved: bool) -> tuple[Array, Array]:
    """Of every question whether the best object is the true one, and how probable that is: (seed, asked, stream)."""

    def ask(brain: TensorBrain, told: Array):
        given = told.at[:, 2].set(-1)
        starts = jnp.broadcast_to(brain.a_bar, (streams, brain.board.dim))
        windows = interleaved(brain, starts, given, orders=("spo",) * streams, saved=saved)
        log_pi = jnp.stack([each[2].log_pi for each in windows])
        true = told[:, 2]
        return log_pi.argmax(axis=1) == true, jnp.exp(jnp.take_along_axis(log_pi, true[:, None], axis=1))[:, 0]

    return jax.vmap(lambda brain, facts, drawn: jax.lax.map(partial(ask, brain), facts[drawn]))(brains, facts, drawn)


def _facts(random: np.random.Generator) -> np.ndarray:
    """Facts (s, p, o), every subject and predicate with one object only."""
    every = random.permutation(np.argwhere(np.ones((CONCEPTS, PREDICATES))))[:FACTS]
    return np.c_[every, random.integers(0, CONCEPTS, FACTS)].astype(np.int32)


def measure(table: Table) -> Measured:
    alone, saved, lost = (by_seed(table, "right", way=way) for way in WAYS)
    return Measured(
        (
            Part("answers right in turns, saved", saved, "nine of ten of what each stream knows alone", least=0.9),
            Part("cost of the switches, in points of what is right alone", difference(alone, saved),
                 "more than a tenth everybody would notice", most=0.1),
        ),
        Part("answers right in turns, not saved", lost, "nine of ten of what each stream knows alone", least=0.9),
    )  # fmt: skip


def plot(table: Table) -> Chart:
    roles = ("other", "claim", "control")
    bars = tuple(
        series(table, way, "way", "right", role=role, where=lambda row, way=way: row["way"] == way)
        for way, role in zip(WAYS, roles, strict=True)
    )
    return Chart("Thoughts that take turns", "on one blackboard", "answers right", bars, kind="bar", threshold=0.9)


CLAIM = Claim(
    number=28,
    name="multiplexing",
    says="Several trains of thought share one blackboard by taking turns, each kept as an index in between.",
    status="qualitative",
    source="TB24",
    tested="Questions (s, p, ?) are asked alone, and in turns window by window on one blackboard, where each stream is "
    "written to an index of its own when its turn ends and written back when it comes again.",
    control="In turns without an index each stream goes on from what another one left.",
    departs="The index keeps q alone: the context h of the working memory is lost at every switch.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=Dial("streams", "trains of thought", (2, 3, 4), 2),
)
