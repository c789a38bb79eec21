"""Claim 9: measured, fed back, measured again: a chain of statements leads from a thing to the kinds above it."""

from itertools import pairwise

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Table, Trials
from tensorbrain.claims.tables import by_seed, difference, pick
from tensorbrain.learning.fit import fit, newborn
from tensorbrain.learning.predictive import Succession, ways_of
from tensorbrain.modes.paths import paths_from
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float, Int

IS_A = 0
LEVELS = (24, 12, 6, 3, 1)  # things, kinds, kinds of kinds and so on: four hops from any thing to the top
RELATIONS, FACTS = 3, 48  # what else is told of things
# Of each way: how objects are treated, and the gain beta of all feedback.
WAYS = {"with feedback": ("chain", 1.0), "no feedback of objects": ("embedded", 1.0), "no feedback": ("chain", 0.0)}


def design(config: Config) -> Trials:
    hops = int(config.dial or 3)
    return pick(config, {"dim": 64, "steps": 800, "batch": 32, "hops": hops}, {"steps": 300})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Teach every seed a tree of kinds, then go up from every thing; is what is reached at each hop true?"""
    worlds = [_world(np.random.default_rng(seed)) for seed in seeds]
    concepts, hops = sum(LEVELS), trials["hops"]
    facts = [facts for facts, _ in worlds]
    ways = jax.tree.map(lambda *each: jnp.stack(each), *[ways_of(rows, concepts) for rows in facts])
    rows = jnp.asarray(np.stack([np.c_[rows, np.full(len(rows), -1, np.int32)] for rows in facts]))
    settings = Settings(dim=trials["dim"], context=trials["dim"])
    loss = Succession(batch=trials["batch"], hops=len(LEVELS) - 1, evolved=0.0)
    brains, _ = fit(
        newborn((concepts, 1 + RELATIONS, 0), settings, seeds),
        (ways, rows),
        loss,
        seeds,
        steps=trials["steps"],
        rate=5e-3,
    )
    truth = np.stack([up[: hops + 1] for _, up in worlds])  # (seed, hop, thing), the thing itself first
    table = []
    for way, (how, beta) in WAYS.items():
        objects, p = _climbed(brains, jnp.asarray(truth[:, 0]), jnp.full(hops, IS_A), beta, how)
        true = np.asarray(objects) == truth[:, 1:].transpose(0, 2, 1)
        for s, seed in enumerate(seeds):
            for hop in range(hops):
                right, sure = true[s, :, : hop + 1].all(axis=1), np.asarray(p)[s, :, hop]
                table.append(
                    {"seed": seed, "way": way, "hop": hop + 1, "right": float(right.mean()), "p": float(sure.mean())}
                )
    return table


@eqx.filter_jit
def _climbed(brains: TensorBrain, things: Array, along: Array, beta: float, how: str) -> tuple[Array, Array]:
    """For every seed and thing: the objects of the best path hop by hop, and how probable each is."""

    def one(brain: TensorBrain, thing: Int[Array, ""]) -> tuple[Int[Array, " hop"], Float[Array, " hop"]]:
        brain = eqx.tree_at(lambda b: b.beta, brain, jnp.full_like(brain.beta, beta))
        found = paths_from(brain, brain.a_bar, thing, along, how=how, beam=1)
        return found.objects[0], jnp.exp(found.log_p[0])

    return jax.vmap(lambda brain, things: jax.lax.map(lambda thing: one(brain, thing), things))(brains, things)


def _world(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Facts (s, p, o): every concept has a parent one level up, and things stand in other relations too.

    With them what lies above every thing: (level, thing), the things themselves first.
    """
    starts = np.concatenate([[0], np.cumsum(LEVELS)])
    rows, up = [], [np.arange(LEVELS[0])]
    for level, (size, above) in enumerate(pairwise(LEVELS)):
        parent = starts[level + 1] + random.permutation(np.arange(size) % above)
        own = starts[level] + np.arange(size)
        rows.append(np.stack([own, np.full(size, IS_A), parent], axis=1))
        up.append(parent[up[-1] - starts[level]])
    others = np.stack(
        [
            random.integers(0, LEVELS[0], FACTS),
            random.integers(1, 1 + RELATIONS, FACTS),
            random.integers(0, LEVELS[0], FACTS),
        ],
        axis=1,
    )
    return np.concatenate([*rows, others]).astype(np.int32), np.stack(up).astype(np.int32)


def measure(table: Table) -> Measured:
    last = max(row["hop"] for row in table)
    fed_back, withheld, none = (by_seed(table, "right", way=way, hop=last) for way in WAYS)
    second = tuple(by_seed(table, "p", way=way, hop=2) for way in ("with feedback", "no feedback of objects"))
    reason = "less than a tenth nobody would see"
    return Measured(
        (
            Part(f"whole chains of {last} hops that are true", fed_back, "nearly all of what was taught", least=0.9),
            Part(
                "P of what is read second, more than without feedback of objects",
                difference(*second),
                reason,
                least=0.1,
            ),
            Part(
                "true chains, more than without feedback of objects", difference(fed_back, withheld), reason, least=0.1
            ),
        ),
        Part(
            "whole chains that are true with beta = 0", none, "the first hop alone has one chance in twelve", least=0.25
        ),
    )


def plot(table: Table) -> Chart:
    lines = [
        series(table, way, "hop", "right", role="control" if way == "no feedback" else "claim" if n == 0 else "other",
               where=lambda row, way=way: row["way"] == way)
        for n, way in enumerate(WAYS)
    ]  # fmt: skip
    return Chart("Chains that are true", "hops", "share of chains", tuple(lines))


CLAIM = Claim(
    number=9,
    name="chaining",
    says="What is measured and fed back is the next statement's subject: so a chain leads from a thing to its kinds.",
    status="qualitative",
    source="TB23, TB24 (embedded symbolic reasoning)",
    tested="Brains are taught a random tree of kinds among other facts, by chains and by single statements; then all "
    "things are followed upwards, taking the best object at each hop.",
    control="With beta = 0 nothing that is measured is written back, subject and predicate neither.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=Dial("hops", "hops of the chain", (2, 3, 4), 3),
)
