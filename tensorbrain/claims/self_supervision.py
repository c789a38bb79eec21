"""Claim 25: a brain learns new individuals by itself, its own winner-take-all outcomes being the labels."""

from dataclasses import dataclass
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Table, Trials
from tensorbrain.claims.seeing import Sizes, World, brains_that_see, learns_to_see, scene, worlds
from tensorbrain.claims.tables import by_seed, difference, pick
from tensorbrain.layers import BrainState
from tensorbrain.layers.concept_index import NEVER
from tensorbrain.learning.fit import fit
from tensorbrain.memory.experience import FAMILIAR
from tensorbrain.memory.write import told_apart
from tensorbrain.modes.looking import look, without_working_memory
from tensorbrain.operations import log_probabilities
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Bool, Float, Int, PRNGKeyArray

SIZES = Sizes()
NOISE = Dial("noise", "standard deviation of a look's noise; prototypes have 1", (0.25, 0.5, 0.75, 1.0), 0.5)
# What is learned of a look after its index is chosen or written: (rate, whether a lot decides in the winner's place).
ARMS = {"own outcome": (1.0, 0.0), "nothing": (0.0, 0.0), "outcome by lot": (1.0, 1.0)}


def design(config: Config) -> Trials:
    noise = NOISE.default if config.dial is None else config.dial
    full = {"dim": 64, "steps": 800, "rate": 3e-3, "new": 12, "looks": 600, "eta": 0.3, "reserve": 24, "tested": 600}
    return pick(config, {**full, "noise": noise}, {"steps": 300, "looks": 200})


class Stream(NamedTuple):
    """What is shown: whom (known individuals first, then the new ones), their looks, and lots in 0..1."""

    who: Int[Array, " look"]
    looks: Float[Array, "look feature"]
    lot: Float[Array, " look"]


class Life(NamedTuple):
    """A brain while it lives a stream; ``founder`` is who was seen when a row was written, -1 for what was taught."""

    brain: TensorBrain
    founder: Int[Array, " concept"]


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Teach small brains to name, then show known and new individuals without a word, and test on further looks."""
    settings = Settings(dim=trials["dim"], context=8, reserve=(trials["reserve"], 0, 0))
    world = worlds(SIZES, seeds)
    taught, _ = fit(
        brains_that_see(SIZES, settings, seeds), (world, jnp.full(len(seeds), trials["noise"])), Naming(), seeds,
        steps=trials["steps"], rate=trials["rate"], learns=learns_to_see,
    )  # fmt: skip
    shown, tested = (_streams(world, trials, seeds, trials[part], n) for n, part in ((5, "looks"), (6, "tested")))
    rows = []
    for arm, (rate, lots) in ARMS.items():
        lives, right = _live(taught, shown, jnp.asarray(rate * trials["eta"]), jnp.asarray(lots))
        known = shown.who < SIZES.individuals
        of_new, of_known = (np.asarray(each) for each in _named(lives, tested))
        for n, seed in enumerate(seeds):
            again = np.asarray(~known[n] & right.again[n])
            rows.append(
                {
                    "seed": seed,
                    "learned": arm,
                    "precision": float(np.asarray(right.right[n])[again].mean()) if again.any() else 0.0,
                    "indices": int(right.written[n].sum()),
                    "new": float(of_new[n]),
                    "known": float(of_known[n]),
                }
            )
    return rows


def _streams(world: World, trials: Trials, seeds: tuple[int, ...], looks: int, part: int) -> Stream:
    """So many looks for every seed, half of them at known individuals and half at new ones."""
    streams = []
    for n, seed in enumerate(seeds):
        faces = np.random.default_rng((seed, 4))  # the new faces are the same in every part
        kind = faces.integers(0, SIZES.classes, trials["new"])
        spread = SIZES.deviation * faces.normal(size=(trials["new"], SIZES.feature))
        every = np.concatenate([world.face[n], world.prototype[n][kind] + spread])
        random = np.random.default_rng((seed, part))
        known = random.integers(0, SIZES.individuals, looks)
        new = random.integers(SIZES.individuals, len(every), looks)
        who = np.where(random.random(looks) < 0.5, known, new)
        seen = every[who] + trials["noise"] * random.normal(size=(looks, SIZES.feature))
        streams.append((who.astype(np.int32), seen.astype(np.float32), random.random(looks, np.float32)))
    return Stream(*(jnp.asarray(np.stack(each)) for each in zip(*streams, strict=True)))


def candidates(brain: TensorBrain) -> tuple[Bool[Array, " concept"], Bool[Array, " concept"]]:
    """What a region may be taken for, and which of it are individuals: those that were taught, and the reserve."""
    rows = jnp.arange(brain.index.size("concept"))
    individual = (rows < SIZES.individuals) | (rows >= SIZES.counts[0])
    return individual | (rows < SIZES.individuals + SIZES.classes), individual


def name(brain: TensorBrain, seen: Float[Array, " feature"]) -> tuple[BrainState, Float[Array, " concept"]]:
    """One window: a region is looked at and named."""
    blank = BrainState(brain.board.blank(), jnp.zeros(brain.memory.B.shape[0]))
    return look(without_working_memory(brain), blank, {"region": seen}, candidates(brain)[0])


@dataclass(frozen=True)
class Naming:
    """The loss of naming ``batch`` looks: -log P of the individual, or for somebody never seen again of the class."""

    batch: int = 64

    def __call__(
        self, brain: TensorBrain, lesson: tuple[World, Float[Array, ""]], key: PRNGKeyArray
    ) -> Float[Array, ""]:
        world, noise = lesson

        def one(z: Float[Array, "6 feature"]) -> Float[Array, ""]:
            seen = scene(world, z, noise=noise, strange=0.5)
            return -name(brain, seen.looks[0])[1][seen.thing[0]]

        return jax.vmap(one)(jax.random.normal(key, (self.batch, 6, SIZES.feature))).mean()


class Lived(NamedTuple):
    """Of every look: whether its outcome was who it is, whether that was an index already there, or a new one."""

    right: Bool[Array, "*look"]
    again: Bool[Array, "*look"]
    written: Bool[Array, "*look"]


def live(life: Life, shown: tuple, eta: Float[Array, ""], lots: Float[Array, ""]) -> tuple[Life, Lived]:
    """One look: somebody familiar is named by the winner among the individuals, somebody new an index in one shot;
    then the outcome is the label of a step of learning of the index layer, a_k <- a_k + eta d(log pi_label)/d a_k."""
    brain, founder = life
    who, seen, lot = shown
    state, log_pi = name(brain, seen)
    things, individual = candidates(brain)
    in_use = brain.index.in_use[brain.index.block("concept")]
    room = jnp.argmin(in_use)
    new = (jnp.where(individual, jnp.exp(log_pi), 0.0).sum() < FAMILIAR) & ~in_use[room]
    kind = jnp.where(individual, NEVER, log_pi).argmax()
    k = jnp.where(new, room, jnp.where(individual, log_pi, NEVER).argmax())
    index = brain.index
    index = eqx.tree_at(
        lambda i: (i.A, i.in_use),
        index,
        (
            index.A.at[room].set(jnp.where(new, told_apart(brain, kind, state.q), index.A[room])),
            index.in_use.at[room].set(in_use[room] | new),
        ),
    )
    founder = founder.at[room].set(jnp.where(new, who, founder[room]))
    there = individual & index.in_use[index.block("concept")]
    drawn = (jnp.cumsum(there, dtype=float) <= lot * there.sum(dtype=float)).sum()
    label = jnp.where(lots > 0, drawn, k)
    gamma = brain.board.gamma(state.q)

    def loss(A: Float[Array, "row dim"]) -> Float[Array, ""]:
        told = eqx.tree_at(lambda i: i.A, index, A)
        return -log_probabilities(told, gamma, "concept", candidates=things)[label]

    index = eqx.tree_at(lambda i: i.A, index, index.A - eta * jax.grad(loss)(index.A))
    brain = eqx.tree_at(lambda b: b.index, brain, index)
    return Life(brain, founder), Lived(founder[k] == who, ~new, new)


@jax.jit
def _live(brains: TensorBrain, shown: Stream, eta: Float[Array, ""], lots: Float[Array, ""]) -> tuple[Life, Lived]:
    def one(brain: TensorBrain, shown: Stream) -> tuple[Life, Lived]:
        rows = jnp.arange(brain.index.size("concept"))
        founder = jnp.where(rows < SIZES.individuals, rows, -1)
        return jax.lax.scan(lambda life, look: live(life, look, eta, lots), Life(brain, founder), shown)

    return jax.vmap(one)(brains, shown)


@jax.jit
def _named(lives: Life, tested: Stream) -> tuple[Float[Array, " seed"], Float[Array, " seed"]]:
    """The share of further looks at new and at known individuals that are named rightly."""

    def one(life: Life, tested: Stream) -> tuple[Float[Array, ""], Float[Array, ""]]:
        named = jax.vmap(lambda seen: name(life.brain, seen)[1].argmax())(tested.looks)
        right, new = life.founder[named] == tested.who, tested.who >= SIZES.individuals
        return right.mean(where=new), right.mean(where=~new)

    return jax.vmap(one)(lives, tested)


def measure(table: Table) -> Measured:
    own, nothing, lot = (by_seed(table, "new", learned=arm) for arm in ARMS)
    two = "two points: the published gain of 0.3 (75.08 over 74.78) could not be told from chance with five seeds"
    known = difference(by_seed(table, "known", learned="own outcome"), by_seed(table, "known", learned="nothing"))
    return Measured(
        (
            Part(
                "new individuals named, gained by learning the own outcomes", difference(own, nothing), two, least=0.02
            ),
            Part(
                "outcomes that were right when a new individual was met again",
                by_seed(table, "precision", learned="own outcome"),
                "nine of ten labels",
                least=0.9,
            ),
            Part(
                "known individuals named, lost or gained by it", known, "nothing is unlearned: two points", least=-0.02
            ),
        ),
        Part("new individuals named, gained by learning what a lot decides", difference(lot, nothing), two, least=0.02),
    )


def plot(table: Table) -> Chart:
    rows = [{**row, "named": row[who], "who": who} for row in table for who in ("new", "known")]
    shown = [
        series(rows, f"{who} individuals", "learned", "named", role=role, where=lambda row, who=who: row["who"] == who)
        for who, role in (("new", "claim"), ("known", "other"))
    ]  # fmt: skip
    return Chart(
        "Named after a stream without a word", "what was learned of each look", "named", tuple(shown), kind="bar"
    )


CLAIM = Claim(
    number=25,
    name="self_supervision",
    says="A brain learns new individuals by itself: the outcomes of its own windows are the labels.",
    status="paper",
    source="TB23 (self-supervision)",
    tested="Small brains that name 32 individuals and 8 classes look at a stream of known and new ones without a word; "
    "where none is familiar an index is written in one shot, and every outcome is the label of one step of learning.",
    control="The label of each step is drawn by lot among the individuals, in the place of the winner.",
    departs="TB23 trains on pseudo-labels offline; here each look is learned as it comes, by the index layer.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=NOISE,
)
