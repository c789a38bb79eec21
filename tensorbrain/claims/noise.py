"""Claim 18: what semantic memory knows helps to perceive where looks are noisy, and most where they are half clear."""

from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Measured, Part, Table, Trials
from tensorbrain.claims.seeing import Sizes, World, brains_that_see, learns_to_see, worlds
from tensorbrain.claims.tables import by_seed, difference, pick
from tensorbrain.learning.fit import fit
from tensorbrain.modes.decoder import statement_log_probability
from tensorbrain.modes.looking import feed_back, look, relate, without_working_memory
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray

SHARES = (0.6, 0.3, 0.1)  # of the three facts of each individual among what is told and seen of it
NOISES = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
WORST = 3.0  # looks are learned at all noises up to this one
SIZES = Sizes()


class Kind(NamedTuple):
    """How a brain is taught: its gate alpha, whether in whole scenes too, and whether what it is told is so."""

    alpha: Any
    scenes: Any
    true: Any


KINDS = {
    "taught in scenes": Kind(1, 1, 1),
    "taught apart, alpha = 0": Kind(0, 0, 1),
    "taught apart, alpha = 1": Kind(1, 0, 1),
    "anything goes": Kind(1, 1, 0),
}


class Facts(NamedTuple):
    """Three objects and predicates of every individual, and what a pair looks like of which a predicate holds."""

    object: Int[Array, "individual 3"]
    predicate: Int[Array, "individual 3"]
    union: Float[Array, "predicate feature"]


def design(config: Config) -> Trials:
    full = {"dim": 64, "steps": 1600, "rate": 3e-3, "batch": 24, "scenes": 600, "noises": NOISES}
    return pick(config, full, {"steps": 300, "scenes": 200})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Teach brains looks and facts, and read noisy scenes with their working memory silent and with it."""
    settings = Settings(dim=trials["dim"], context=trials["dim"], orders=("sop",))
    many = seeds * len(KINDS)
    kinds = Kind(
        *(jnp.repeat(jnp.asarray(each, jnp.float32), len(seeds)) for each in zip(*KINDS.values(), strict=True))
    )
    brains = eqx.tree_at(lambda b: b.alpha, brains_that_see(SIZES, settings, many), kinds.alpha)
    world, facts = worlds(SIZES, many), _facts(many)
    loss = LooksAndFacts(trials["batch"])
    brains, _ = fit(
        brains, (world, facts, kinds), loss, many, steps=trials["steps"], rate=trials["rate"], learns=learns_to_see
    )
    shape = (trials["scenes"], 4, SIZES.feature)
    z = np.stack([np.random.default_rng((seed, 5)).normal(size=shape) for seed in many]).astype(np.float32)
    right = np.asarray(_right(brains, world, facts, jnp.asarray(z), jnp.asarray(trials["noises"], jnp.float32)))
    named = [kind for kind in KINDS for _ in seeds]
    return [
        {"seed": seed, "taught": kind, "noise": noise, "alone": float(alone), "prior": float(prior)}
        for kind, seed, each in zip(named, many, right, strict=True)
        for noise, (alone, prior) in zip(trials["noises"], each, strict=True)
    ]  # fmt: skip


def _facts(seeds: tuple[int, ...]) -> Facts:
    """Facts of every seed's world: each individual is the object of three, so that none is likelier than another."""
    rows = []
    for seed in seeds:
        random, count, predicates = np.random.default_rng((seed, 3)), SIZES.individuals, SIZES.counts[1]
        objects = np.stack([random.permutation(count) for _ in SHARES], axis=1)
        said = random.integers(0, predicates, objects.shape)
        rows.append((objects, said, random.normal(size=(predicates, SIZES.feature))))
    objects, said, union = (np.stack(each) for each in zip(*rows, strict=True))
    return Facts(jnp.asarray(objects, jnp.int32), jnp.asarray(said, jnp.int32), jnp.asarray(union, jnp.float32))


def scene_of(
    world: World, facts: Facts, z: Float[Array, "4 feature"], *, noise: Float[Array, ""], true: Any
) -> tuple[Int[Array, "3"], Float[Array, "3 feature"]]:
    """A statement (s, p, o) and the looks of s, o and of both, from random numbers z ~ N(0, 1).

    Where ``true`` is 0 the object and the predicate are drawn at random and not among the facts of s.
    """
    u = jax.scipy.stats.norm.cdf(z[3])
    some = jnp.minimum((u[:3] * SIZES.individuals).astype(jnp.int32), SIZES.individuals - 1)
    s, which = some[0], (u[3] > SHARES[0]).astype(jnp.int32) + (u[3] > 1 - SHARES[2]).astype(jnp.int32)
    o = jnp.where(true > 0, facts.object[s, which], some[1])
    p = jnp.where(true > 0, facts.predicate[s, which], some[2] % len(facts.union))
    looks = jnp.stack([world.face[s], world.face[o], facts.union[p]]) + noise * z[:3]
    return jnp.stack([s, p, o]), looks


def read_statement(brain: TensorBrain, looks: Float[Array, "3 feature"]) -> tuple[Array, Array, Array]:
    """log P of subject, predicate and object, window by window from a-bar, under attention (TB23, Algorithm 1)."""
    only = jnp.arange(SIZES.counts[0]) < SIZES.individuals
    state, named = brain.start(brain.a_bar, "sop"), []
    for n in range(2):
        state, log_pi = look(brain, state, {"region": looks[n]}, only)
        state, _ = feed_back(brain, state, log_pi, "attend")
        named.append(log_pi)
    _, log_p = relate(brain, state, {"union": looks[2]})
    return named[0], log_p[:-1], named[1]


@dataclass(frozen=True)
class LooksAndFacts:
    """The loss of ``batch`` scenes a step: each thing named by itself, the statement told and not seen (mu = 0), and
    where scenes are learned the statement read from the looks with all that the working memory holds (TB23)."""

    batch: int

    def __call__(self, brain: TensorBrain, lesson: tuple[World, Facts, Kind], key: PRNGKeyArray) -> Float[Array, ""]:
        world, facts, kind = lesson

        def one(z: Float[Array, "4 feature"]) -> Float[Array, ""]:
            noise = WORST * jax.scipy.stats.norm.cdf(z[3, 4])
            statement, looks = scene_of(world, facts, z, noise=noise, true=kind.true)
            alone = _sum(read_statement(without_working_memory(brain), looks), statement)
            told = statement_log_probability(brain, brain.a_bar, statement, "sop").sum()
            return -(alone + told + kind.scenes * _sum(read_statement(brain, looks), statement))

        return jax.vmap(one)(jax.random.normal(key, (self.batch, 4, SIZES.feature))).mean()


def _sum(log_p: tuple[Array, Array, Array], statement: Int[Array, "3"]) -> Float[Array, ""]:
    return sum((each[k] for each, k in zip(log_p, statement, strict=True)), jnp.zeros(()))


@jax.jit
def _right(
    brains: TensorBrain,
    world: World,
    facts: Facts,
    z: Float[Array, "brain scene 4 feature"],
    noises: Float[Array, " noise"],
) -> Float[Array, "brain noise 2"]:
    """The share of whole statements that are right with the working memory silent, and with it, at every noise."""

    def one(brain: TensorBrain, world: World, facts: Facts, z: Float[Array, "4 feature"], noise: Float[Array, ""]):
        statement, looks = scene_of(world, facts, z, noise=noise, true=jnp.ones(()))
        said = (read_statement(each, looks) for each in (without_working_memory(brain), brain))
        return jnp.stack([(jnp.stack([p.argmax() for p in each]) == statement).all() for each in said])

    def scenes(
        brain: TensorBrain, world: World, facts: Facts, z: Float[Array, "scene 4 feature"]
    ) -> Float[Array, "noise 2"]:
        every = jax.vmap(partial(one, brain, world, facts), in_axes=(0, None))
        return jax.lax.map(lambda noise: every(z, noise).mean(axis=0), noises)

    return jax.vmap(scenes)(brains, world, facts, z)


def measure(table: Table) -> Measured:
    middle = half_clear(table)
    low, high = min(row["noise"] for row in table), max(row["noise"] for row in table)
    five = "five points: one statement in twenty"
    scenes, apart, _, anything = KINDS
    at_middle = gain(table, scenes, middle)
    return Measured(
        (
            Part(
                f"statements gained by the prior where half are clear, at noise {middle}", at_middle, five, least=0.05
            ),
            Part("more than with clear looks", difference(at_middle, gain(table, scenes, low)), five, least=0.05),
            Part("more than with looks like fog", difference(at_middle, gain(table, scenes, high)), five, least=0.05),
            Part(
                "gained where facts were told and looks named, never both", gain(table, apart, middle), five, least=0.05
            ),
        ),
        Part("gained by what was learned where anything goes", gain(table, anything, middle), five, least=0.05),
    )


def half_clear(table: Table) -> float:
    """The noise at which looks alone give nearest to half of the statements, whatever the prior does."""
    noises = sorted({row["noise"] for row in table})
    alone = [np.mean(by_seed(table, "alone", taught="taught in scenes", noise=noise)) for noise in noises]
    return noises[int(np.argmin(np.abs(np.asarray(alone) - 0.5)))]


def gain(table: Table, taught: str, noise: float) -> tuple[float, ...]:
    """By how much the prior raises the share of right statements."""
    return difference(*(by_seed(table, what, taught=taught, noise=noise) for what in ("prior", "alone")))


def plot(table: Table) -> Chart:
    rows = [{**row, "gain": row["prior"] - row["alone"]} for row in table]
    roles = dict.fromkeys(KINDS, "other") | {"taught in scenes": "claim", "anything goes": "control"}
    shown = [
        series(rows, kind, "noise", "gain", role=role, where=lambda row, kind=kind: row["taught"] == kind)
        for kind, role in roles.items()
    ]  # fmt: skip
    return Chart(
        "What the semantic prior adds", "noise of the looks", "statements gained", tuple(shown), threshold=0.05
    )


CLAIM = Claim(
    number=18,
    name="noise",
    says="What semantic memory knows helps to perceive noisy scenes, and most where the looks are half clear.",
    status="paper",
    source="TB20 (semantic memory is the prior for observable triples)",
    tested="Small brains learn to name looks and learn facts, in whole scenes (TB23) or each apart; statements of new "
    "scenes are read with their working memory, which holds the prior, and with it silent.",
    control="The working memory learned in the same way from scenes in which anybody goes with anybody.",
    departs="Looks are vectors, not pictures. With alpha = 0 an outcome overwrites the blackboard (QTB25).",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
)
