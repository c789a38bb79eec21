"""Claim 16: what can no longer be seen stays relevant: the working memory holds it while other things are looked at."""

from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Table, Trials
from tensorbrain.claims.seeing import Condition, Sizes, World, brains_that_see, conditions, gated, learns_to_see, worlds
from tensorbrain.claims.tables import by_seed, pick
from tensorbrain.layers import BrainState
from tensorbrain.learning.fit import fit
from tensorbrain.modes.looking import feed_back, look
from tensorbrain.operations import evolve, log_probabilities
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray

SIZES = Sizes()
TAUGHT = Dial("taught", "for how many windows something is hidden in what is taught", (1, 2, 3, 5, 8), 5)
# (what the working memory writes, what of its context h is kept from one window to the next)
KINDS = {"working memory": (1, 1), "h cleared": (1, 0), "silent": (0, 1)}


class Span(NamedTuple):
    """What takes part while a brain watches: the gates of ``Condition``, and the share of h that is kept."""

    condition: Condition
    kept: Float[Array, "*many"]


def design(config: Config) -> Trials:
    taught = TAUGHT.default if config.dial is None else config.dial
    full = {"dim": 64, "steps": 800, "rate": 5e-3, "batch": 24, "noise": 0.5, "taught": int(taught), "tested": 500}
    return pick(config, full, {"steps": 300, "tested": 100})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Teach small brains to look at one thing after the other and to know who was first; hide it twice as long."""
    settings, many = Settings(dim=trials["dim"], context=trials["dim"]), seeds * len(KINDS)
    writes = conditions([(context, 1, trials["noise"], 0) for context, _ in KINDS.values()], seeds)
    span = Span(writes, jnp.repeat(jnp.asarray([kept for _, kept in KINDS.values()], jnp.float32), len(seeds)))
    world, loss = worlds(SIZES, many), Watching(trials["batch"], 1 + trials["taught"])
    brains, _ = fit(
        brains_that_see(SIZES, settings, many), (world, span), loss, many, steps=trials["steps"], rate=trials["rate"],
        learns=learns_to_see,
    )  # fmt: skip
    shape = (trials["tested"], 1 + 2 * trials["taught"], 1 + SIZES.feature)
    z = np.stack([np.random.default_rng((seed, 9)).normal(size=shape) for seed in many]).astype(np.float32)
    hidden, seen = (np.asarray(each) for each in _right(brains, world, span, jnp.asarray(z)))
    named = [kind for kind in KINDS for _ in seeds]
    return [
        {
            "seed": seed,
            "kind": kind,
            "hidden for": lag + 1,
            "hidden": float(hidden[n, lag]),
            "seen": float(seen[n, lag]),
        }
        for n, (kind, seed) in enumerate(zip(named, many, strict=True))
        for lag in range(hidden.shape[1])
    ]


def shown(
    world: World, z: Float[Array, "window number"], noise: Float[Array, ""]
) -> tuple[Int[Array, " window"], Float[Array, "window feature"]]:
    """Whom each window shows, and its look, from random numbers z ~ N(0, 1); the first one is then hidden."""
    count = len(world.face)
    who = jnp.minimum((jax.scipy.stats.norm.cdf(z[:, 0]) * count).astype(jnp.int32), count - 1)
    return who, world.face[who] + noise * z[:, 1:]


def watch(
    brain: TensorBrain, looks: Float[Array, "window feature"], span: Span
) -> tuple[Float[Array, "hidden concept"], Float[Array, "window concept"]]:
    """Look at one thing a window. Returns log P(who was first) before anything is sensed in each later window, and
    log P(who is seen) after it."""
    brain = gated(brain, span.condition)
    only = jnp.arange(SIZES.counts[0]) < SIZES.individuals

    def window(state: BrainState, seen: Float[Array, " feature"]):
        before = BrainState(state.q, span.kept * state.h)
        held = evolve(brain.board, brain.memory, before)
        log_hidden = log_probabilities(brain.index, brain.board.gamma(held.q), "concept", candidates=only)
        state, log_seen = look(brain, before, {"region": seen}, only)
        state, _ = feed_back(brain, state, log_seen, "attend")
        return state, (log_hidden, log_seen)

    start = BrainState(brain.board.blank(), jnp.zeros(brain.memory.B.shape[0]))
    _, (log_hidden, log_seen) = jax.lax.scan(window, start, looks)
    return log_hidden[1:], log_seen


@dataclass(frozen=True)
class Watching:
    """The loss of ``batch`` sequences: mean -log P of who was first, in each later window, and of who is seen."""

    batch: int
    windows: int

    def __call__(self, brain: TensorBrain, lesson: tuple[World, Span], key: PRNGKeyArray) -> Float[Array, ""]:
        world, span = lesson

        def one(z: Float[Array, "window number"]) -> Float[Array, ""]:
            who, looks = shown(world, z, span.condition.noise)
            log_hidden, log_seen = watch(brain, looks, span)
            return -log_hidden[:, who[0]].mean() - jnp.take_along_axis(log_seen, who[:, None], axis=1).mean()

        return jax.vmap(one)(jax.random.normal(key, (self.batch, self.windows, 1 + SIZES.feature))).mean()


@jax.jit
def _right(
    brains: TensorBrain, worlds: World, spans: Span, z: Float[Array, "brain sequence window number"]
) -> tuple[Float[Array, "brain hidden"], Float[Array, "brain hidden"]]:
    """How often the hidden one, and the one that is seen, is named rightly in each window after the first."""

    def sequence(brain: TensorBrain, world: World, span: Span, z: Float[Array, "window number"]):
        who, looks = shown(world, z, span.condition.noise)
        log_hidden, log_seen = watch(brain, looks, span)
        return log_hidden.argmax(axis=1) == who[0], log_seen[1:].argmax(axis=1) == who[1:]

    every = jax.vmap(jax.vmap(sequence, in_axes=(None, None, None, 0)))
    hidden, seen = every(brains, worlds, spans, z)
    return hidden.mean(axis=1), seen.mean(axis=1)


def measure(table: Table) -> Measured:
    longest = max(row["hidden for"] for row in table)

    def right(kind: str, lag: int, what: str = "hidden") -> tuple[float, ...]:
        return by_seed(table, what, kind=kind, **{"hidden for": lag})

    half = "more often right than wrong; chance is 1 in 32"
    holds, _, silent = KINDS
    taught = longest // 2
    return Measured(
        (
            Part(f"still named when hidden for {taught} windows, as taught", right(holds, taught), half, least=0.5),
            Part(f"when hidden for {longest} windows, longer than ever taught", right(holds, longest), half, least=0.5),
            Part(
                "those in view named meanwhile",
                right(holds, taught, "seen"),
                "nine of ten: holding costs no eye",
                least=0.9,
            ),
        ),
        Part(
            f"still named after {taught} windows with the working memory silent", right(silent, taught), half, least=0.5
        ),
    )


def plot(table: Table) -> Chart:
    roles = dict(zip(KINDS, ("claim", "other", "control"), strict=True))
    lines = [
        series(table, kind, "hidden for", "hidden", role=role, where=lambda row, kind=kind: row["kind"] == kind)
        for kind, role in roles.items()
    ]  # fmt: skip
    return Chart("What can no longer be seen", "windows since it was seen", "still named", tuple(lines), threshold=0.5)


CLAIM = Claim(
    number=16,
    name="permanence",
    says="What can no longer be seen stays relevant while other things are looked at.",
    status="qualitative",
    source="TB23 (working memory)",
    tested="Small brains look at one individual a window, each named and fed back. Before each next look they are "
    "asked who was first; at the end for twice as long as was taught.",
    control="The working memory is silent: the blackboard itself keeps nothing.",
    departs="Holding is taught, not given. Also in the figure: h cleared at each window, so that all goes through q.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=TAUGHT,
)
