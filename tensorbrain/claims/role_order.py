"""Claim 3: the order of the windows tells the roles, so that (s, likes, o) is not (o, likes, s)."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Measured, Part, Table, Trials
from tensorbrain.claims.tables import by_seed, pick
from tensorbrain.layers import BrainState
from tensorbrain.learning.fit import fit, newborn
from tensorbrain.modes.decoder import close_window
from tensorbrain.operations import evolve, log_probabilities
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray

MEMORIES = ("nonlinear", "linear", "adding only")


def design(config: Config) -> Trials:
    return pick(config, {"concepts": 24, "pairs": 60, "dim": 32, "steps": 600}, {"steps": 300})


@dataclass(frozen=True)
class Predicate:
    """-log P(p | s, o) of pairs that were told both ways round, under one of ``MEMORIES`` (order s-o-p)."""

    memory: str

    def __call__(self, brain: TensorBrain, rows: Int[Array, "row 3"], key: PRNGKeyArray) -> Float[Array, ""]:
        log_pi = jax.vmap(lambda row: self.log_pi(brain, row))(rows)
        return -jnp.take_along_axis(log_pi, rows[:, 1:2], axis=1).mean()

    def log_pi(self, brain: TensorBrain, row: Int[Array, "3"]) -> Float[Array, " predicate"]:
        """log P(. | s, o) after the windows of subject and object have written back."""
        state = self.step(brain, brain.start(brain.a_bar, "sop"))
        for slot in "so":
            state = self.step(brain, close_window(brain, state, row["spo".index(slot)], slot))
        return log_probabilities(brain.index, brain.board.gamma(state.q), "predicate")

    def step(self, brain: TensorBrain, state: BrainState) -> BrainState:
        if self.memory == "nonlinear":
            return evolve(brain.board, brain.memory, state)
        if self.memory == "linear":
            return BrainState(brain.memory.W @ (brain.memory.V @ state.q), state.h)
        return state  # what was written is only added up


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Teach pairs {a, b} of which a-b and b-a have different predicates; how many of both are answered?"""
    rows = jnp.asarray(np.stack([_pairs(np.random.default_rng(seed), trials) for seed in seeds]))
    settings = Settings(dim=trials["dim"], context=trials["dim"], orders=("sop",))
    brains = newborn((trials["concepts"], 8, 0), settings, seeds)
    table = []
    for memory in MEMORIES:
        loss = Predicate(memory)
        taught, _ = fit(brains, rows, loss, seeds, steps=trials["steps"])
        log_pi = jax.vmap(lambda b, r, loss=loss: jax.vmap(lambda row: loss.log_pi(b, row))(r))(taught, rows)
        right = np.asarray(log_pi.argmax(-1) == rows[..., 1])
        table += [{"seed": s, "memory": memory, "right": float(r.mean())} for s, r in zip(seeds, right, strict=True)]
    return table


def _pairs(random: np.random.Generator, trials: Trials) -> np.ndarray:
    """Rows (s, p, o): every pair one way round with one predicate, the other way round with another."""
    every = np.argwhere(np.triu(np.ones((trials["concepts"],) * 2), 1) > 0)
    a, b = random.permutation(every)[: trials["pairs"]].T
    p = random.integers(0, 8, len(a))
    other = (p + random.integers(1, 8, len(a))) % 8
    return np.concatenate([np.stack([a, p, b], 1), np.stack([b, other, a], 1)]).astype(np.int32)


def measure(table: Table) -> Measured:
    nonlinear, linear, adding = (by_seed(table, "right", memory=memory) for memory in MEMORIES)
    reason = "a brain that cannot tell the roles answers one of the two at most"
    return Measured(
        (
            Part("both ways round answered, nonlinear g", nonlinear, "nearly all of what was taught", least=0.95),
            Part("both ways round answered, linear g: symmetry should return", linear, reason, most=0.55),
        ),
        Part("both ways round answered, adding only", adding, reason, least=0.55),
    )


def plot(table: Table) -> Chart:
    return Chart(
        "The order of the windows tells the roles",
        "working memory",
        "predicates right, both ways round",
        (
            series(table, "P(p | s, o)", "memory", "right", where=lambda row: row["memory"] != "adding only"),
            series(
                table, "control", "memory", "right", role="control", where=lambda row: row["memory"] == "adding only"
            ),
        ),
        kind="bar",
        threshold=0.5,
    )


CLAIM = Claim(
    number=3,
    name="role_order",
    says="The order of the windows tells who is subject and who is object; with a linear g the two are the same again.",
    status="qualitative",
    source="TB23 (working memory)",
    tested="Pairs of concepts are taught both ways round with different predicates, and P(p | s, o) is asked of both.",
    control="Without evolve what subject and object write is only added up, and a sum does not know its order.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
)
