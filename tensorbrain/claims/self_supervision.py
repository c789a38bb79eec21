"""Claim 25: a brain learns new individuals by itself, its own winner-take-all outcomes being the labels."""

from dataclasses import dataclass
from typing import Any, NamedTuple

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
from tensorbrain.memory.write import RULES, copied, told_apart
from tensorbrain.modes.looking import look, without_working_memory
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Bool, Float, Int, PRNGKeyArray

SIZES = Sizes(deviation=1.0)  # individuals differ as much as classes do
NOISE = Dial("noise", "standard deviation of a look's noise; prototypes have 1", (0.25, 0.5, 0.75, 1.0, 1.5), 1.0)
LABELS = ("none", "own outcomes", "shuffled outcomes")


def design(config: Config) -> Trials:
    noise = NOISE.default if config.dial is None else config.dial
    full = {"dim": 64, "steps": 1200, "rate": 6e-3, "new": 12, "reserve": 24, "looks": 600, "tested": 600}
    return pick(config, {**full, "noise": noise, "again": 200}, {"steps": 300, "looks": 200, "tested": 200})


class Stream(NamedTuple):
    """What is shown: whom (known individuals first, then new ones), and their looks."""

    who: Int[Array, "*seed look"]
    looks: Float[Array, "*seed look feature"]


class Life(NamedTuple):
    """A brain while it lives a stream, and who was seen when each row was written: whom its index stands for."""

    brain: TensorBrain
    founder: Int[Array, " concept"]


class Lived(NamedTuple):
    """Of every look its outcome, whether that is who it is, and whether the index was written at this very look."""

    outcome: Int[Array, "*look"]
    right: Bool[Array, "*look"]
    written: Bool[Array, "*look"]


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Teach small brains to name, let them live a stream of known and new individuals without a word, under both rules
    of writing; then teach them its looks with their outcomes as labels, and test on further looks."""
    settings = Settings(dim=trials["dim"], context=8, reserve=(trials["reserve"], 0, 0))
    world, noise = worlds(SIZES, seeds), jnp.full(len(seeds), trials["noise"])
    newborn = brains_that_see(SIZES, settings, seeds)
    steps = {"steps": trials["steps"], "rate": trials["rate"]}
    taught, _ = fit(newborn, (world, noise), Naming(), seeds, learns=learns_to_see, **steps)
    shown, tested = (_stream(world, trials, seeds, trials[part], n) for n, part in ((5, "looks"), (6, "tested")))

    many = [(rule, seed) for rule in RULES for seed in seeds]
    copy = jnp.asarray([rule == "copy" for rule, _ in many])
    lives, lived = _live(_repeated(taught, 2), _repeated(shown, 2), copy)
    shuffled = np.stack(
        [
            np.random.default_rng((seed, 7)).permutation(each)
            for (_, seed), each in zip(many, lived.outcome, strict=True)
        ]
    )
    labels = jnp.concatenate([lived.outcome, jnp.asarray(shuffled)])
    lesson = _repeated(shown.looks, 4), labels
    again = {"steps": trials["again"], "rate": trials["rate"] / 2}
    learned, _ = fit(_repeated(lives.brain, 2), lesson, Named(), seeds * 4, learns=learns_to_see, **again)

    every = jax.tree_util.tree_map(lambda a, b: jnp.concatenate([a, b]), lives.brain, learned)
    of_new, of_known = _right(Life(every, _repeated(lives.founder, 3)), _repeated(tested, 6))
    met = np.asarray(_repeated(shown.who, 2) >= SIZES.individuals) & ~np.asarray(lived.written)
    rows = []
    for n, (label, (rule, seed)) in enumerate((label, each) for label in LABELS for each in many):
        m = n % len(many)
        figures = {"new": float(of_new[n]), "known": float(of_known[n])}
        figures["precision"] = float(np.asarray(lived.right[m])[met[m]].mean()) if met[m].any() else 0.0
        rows.append({"seed": seed, "rule": rule, "labels": label, **figures, "written": int(lived.written[m].sum())})
    return rows


def _repeated(tree: Any, times: int) -> Any:
    """The tree so many times along its first axis."""
    return jax.tree_util.tree_map(lambda leaf: jnp.concatenate([leaf] * times), tree)


def _stream(world: World, trials: Trials, seeds: tuple[int, ...], looks: int, part: int) -> Stream:
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
        streams.append((who.astype(np.int32), seen.astype(np.float32)))
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


@dataclass(frozen=True)
class Named:
    """The loss of ``batch`` of the looks that were lived: -log P of their labels."""

    batch: int = 64

    def __call__(
        self, brain: TensorBrain, lesson: tuple[Float[Array, "look feature"], Int[Array, " look"]], key: PRNGKeyArray
    ) -> Float[Array, ""]:
        looks, labels = lesson
        some = jax.random.randint(key, (self.batch,), 0, len(looks))
        return jax.vmap(lambda seen, k: -name(brain, seen)[1][k])(looks[some], labels[some]).mean()


def live(life: Life, shown: Stream, copy: Bool[Array, ""]) -> tuple[Life, Lived]:
    """One look: somebody familiar is the winner among the individuals, for somebody new an index is written.

    It is written in one shot, by the rule that the papers assert where ``copy`` holds, else by the library's own.
    """
    brain, founder = life
    state, log_pi = name(brain, shown.looks)
    _, individual = candidates(brain)
    in_use = brain.index.in_use[brain.index.block("concept")]
    room = jnp.argmin(in_use)
    familiar = jnp.where(individual, jnp.exp(log_pi), 0.0).sum()
    new = (familiar < FAMILIAR) & ~in_use[room]
    kind = jnp.where(individual, NEVER, log_pi).argmax()
    a_new = jnp.where(copy, copied(brain, state.q, "concept"), told_apart(brain, kind, state.q))
    written = (
        brain.index.A.at[room].set(jnp.where(new, a_new, brain.index.A[room])),
        brain.index.in_use.at[room].set(in_use[room] | new),
    )
    brain = eqx.tree_at(lambda b: (b.index.A, b.index.in_use), brain, written)
    founder = founder.at[room].set(jnp.where(new, shown.who, founder[room]))
    k = jnp.where(new, room, jnp.where(individual, log_pi, NEVER).argmax())
    return Life(brain, founder), Lived(k, founder[k] == shown.who, new)


@jax.jit
def _live(brains: TensorBrain, shown: Stream, copy: Bool[Array, " brain"]) -> tuple[Life, Lived]:
    def one(brain: TensorBrain, shown: Stream, copy: Bool[Array, ""]) -> tuple[Life, Lived]:
        rows = jnp.arange(brain.index.size("concept"))
        start = Life(brain, jnp.where(rows < SIZES.individuals, rows, -1))
        return jax.lax.scan(lambda life, each: live(life, each, copy), start, shown)

    return jax.vmap(one)(brains, shown, copy)


@jax.jit
def _right(lives: Life, tested: Stream) -> tuple[Float[Array, " brain"], Float[Array, " brain"]]:
    """The share of further looks at new and at known individuals that are named rightly."""

    def one(life: Life, tested: Stream) -> tuple[Float[Array, ""], Float[Array, ""]]:
        named = jax.vmap(lambda seen: name(life.brain, seen)[1].argmax())(tested.looks)
        right, new = life.founder[named] == tested.who, tested.who >= SIZES.individuals
        return right.mean(where=new), right.mean(where=~new)

    return jax.vmap(one)(lives, tested)


def measure(table: Table) -> Measured:
    def gain(labels: str, who: str) -> tuple[float, ...]:
        return difference(*(by_seed(table, who, rule="copy", labels=each) for each in (labels, "none")))

    def of_all(labels: str) -> tuple[float, ...]:
        return tuple((a + b) / 2 for a, b in zip(gain(labels, "new"), gain(labels, "known"), strict=True))

    two = "two points: the published 0.3 (75.08 over 74.78) could not be told from chance"
    own, shuffled = LABELS[1:]
    return Measured(
        (
            Part("individuals named, gained by learning the own outcomes", of_all(own), two, least=0.02),
            Part("the new ones among them", gain(own, "new"), "not worse: two points", least=-0.02),
            Part(
                "outcomes that were right when a new individual was met again",
                by_seed(table, "precision", rule="copy", labels=own),
                "nine of ten labels",
                least=0.9,
            ),
        ),
        Part("individuals named, gained by learning shuffled outcomes", of_all(shuffled), two, least=0.02),
    )


def plot(table: Table) -> Chart:
    shown = [
        series(
            table, f"{who} individuals, {rule}", "labels", who, role=role,
            where=lambda row, rule=rule: row["rule"] == rule,
        )
        for rule, role in (("copy", "claim"), ("learned", "other"))
        for who in ("new", "known")
    ]  # fmt: skip
    return Chart("Named after a stream without a word", "what was learned of it", "named", tuple(shown), kind="bar")


CLAIM = Claim(
    number=25,
    name="self_supervision",
    says="A brain learns new individuals by itself: the outcomes of its own windows are the labels.",
    status="paper",
    source="TB23 (self-supervision)",
    tested="Small brains that name 32 individuals and 8 classes see known and new ones without a word. Where none is "
    "familiar an index is written in one shot; then the looks are learned, each with its outcome as the label.",
    control="The outcomes are shuffled among the looks before they are learned.",
    departs="Writing copies the blackboard, as the papers assert; the library's own rule for individuals, beside it in "
    "the figure, takes all strangers of a class for the first one.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=NOISE,
)
