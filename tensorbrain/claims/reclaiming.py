"""Claim 13: under a budget of indices, those that were never consolidated are given up for new ones."""

from collections.abc import Iterable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Table, Trials
from tensorbrain.claims.one_shot import answered
from tensorbrain.claims.tables import by_seed, difference, pick
from tensorbrain.datasets.new_scripts import new_scripts
from tensorbrain.datasets.worlds import load_graph
from tensorbrain.memory.consolidate import consolidate
from tensorbrain.memory.experience import MOST, write_instant
from tensorbrain.memory.forget import forget
from tensorbrain.typing import Array, Bool, Float, Int, Int32

RECLAIMED, REFUSED = "unconsolidated", "no reclaiming"
POLICIES = (RECLAIMED, "oldest", "random", REFUSED)
CONSOLIDATED, LATEST, BETWEEN = "consolidated", "latest", "in between"
DIAL = Dial(
    "experiences", "how many experiences there are, of which a third, 24 of 72, fit into the budget", (48, 72, 96), 72
)


def design(config: Config) -> Trials:
    full = {"experiences": int(config.dial or DIAL.default), "budget": 24, "day": 8, "steps": 20}
    return pick(config, full, {"experiences": 24, "budget": 8, "day": 4, "steps": 4})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Let the shipped brain live through more than its budget holds, under each policy, and ask for all of it."""
    graph, empty = load_graph("neighbourhood"), forget(brain, keep=0, policy="oldest")
    table = []
    for seed in seeds:
        scripts = new_scripts(graph, trials["experiences"], seed=seed + 60_000, nameless=0.0)
        lived = np.full((len(scripts), MOST, 3), -1, np.int32)
        for n, script in enumerate(scripts):
            lived[n, : len(script.statements)] = np.asarray(script.statements, np.int32)[:, 2:]
        first = written(empty, lived, range(trials["budget"]))
        chosen = np.random.default_rng(seed).choice(trials["budget"], trials["day"], replace=False)
        names = [str(n) for n in np.sort(chosen)]
        rested = consolidate(
            first, instants=names, moves="a_bar", steps=trials["steps"], learning_rate=5e-3, seed=seed, progress=False
        )
        for policy in POLICIES:
            later = rested
            for day in range(trials["budget"], trials["experiences"], trials["day"]):
                if policy != REFUSED:
                    later = forget(later, keep=trials["budget"] - trials["day"], policy=policy, seed=seed + day)
                    later = written(later, lived, range(day, day + trials["day"]))
            right, kept = _asked(later, lived)
            for what, which in _parts(trials, chosen).items():
                share, held = float(np.nanmean(right[which])), float(kept[which].mean())
                table.append({"seed": seed, "policy": policy, "asked": what, "right": share, "kept": held})
    return table


def written(brain: Brain, lived: Int32[np.ndarray, "experience statement 3"], which: Iterable[int]) -> Brain:
    """The brain after these experiences, told and not seen, each written in one shot under its number."""
    blank = np.zeros(brain.model.board.dim, np.float32)
    for n in which:
        told = lived[n][lived[n][:, 0] >= 0]
        brain = write_instant(brain, told, blank, blank, rule="learned", label=str(n))
    return brain


def _parts(trials: Trials, chosen: Int[np.ndarray, " consolidated"]) -> dict[str, Bool[np.ndarray, " experience"]]:
    number = np.arange(trials["experiences"])
    latest, kept = number >= trials["experiences"] - trials["day"], np.isin(number, chosen)
    return {CONSOLIDATED: kept, LATEST: latest, BETWEEN: ~kept & ~latest}


def _asked(
    brain: Brain, lived: Int32[np.ndarray, "experience statement 3"]
) -> tuple[Float[np.ndarray, "experience statement"], Bool[np.ndarray, " experience"]]:
    """Whether (s, p, ?) of each experience is answered, from its index or else from a-bar; and which have an index."""
    at = {c.label: t for t, c in enumerate(brain.vocabulary.instants)}
    t = np.asarray([at.get(str(n), -1) for n in range(len(lived))], np.int32)
    return np.asarray(_right(brain.model, jnp.asarray(t), jnp.asarray(lived))), t >= 0


@jax.jit
def _right(
    brain: TensorBrain, t: Int[Array, " experience"], lived: Int[Array, "experience statement 3"]
) -> Float[Array, "experience statement"]:
    a = jnp.where((t >= 0)[:, None], brain.index.embeddings("instant")[t], brain.a_bar[None])
    return jax.lax.map(lambda x: partial(answered, brain)(*x), (a, lived, lived[..., 0] >= 0))


def measure(table: Table) -> Measured:
    def right(policy: str, asked: str) -> tuple[float, ...]:
        return by_seed(table, "right", policy=policy, asked=asked)

    def worse(policy: str) -> tuple[float, ...]:
        """Of what was consolidated and what came last, whichever is answered worse."""
        return tuple(map(min, right(policy, CONSOLIDATED), right(policy, LATEST)))

    most, seen = "three of four questions about what matters", "a tenth of the questions can be seen"
    return Measured(
        (
            Part(
                "questions answered of what was consolidated or came last, the worse",
                worse(RECLAIMED),
                most,
                least=0.75,
            ),
            *(
                Part(f"more than under {policy}", difference(worse(RECLAIMED), worse(policy)), seen, least=0.1)
                for policy in POLICIES[1:]
            ),
            Part(
                "in between, what the rest loses to 'oldest'",
                difference(right("oldest", BETWEEN), right(RECLAIMED, BETWEEN)),
                "it pays for what is kept, a tenth at most",
                most=0.1,
            ),
        ),
        Part("the same, where all stays and nothing new is written", worse(REFUSED), most, least=0.75),
    )


def plot(table: Table) -> Chart:
    def bars(asked: str, role: str, policies: tuple[str, ...]):
        name = f"{asked}, control" if role == "control" else asked
        return series(
            table,
            name,
            "policy",
            "right",
            role=role,
            where=lambda row: row["asked"] == asked and row["policy"] in policies,
        )

    shown = (
        bars(CONSOLIDATED, "claim", POLICIES),
        bars(LATEST, "other", POLICIES[:-1]),
        bars(LATEST, "control", POLICIES[-1:]),
    )
    return Chart("What is remembered under a budget", "what is given up first", "questions answered", shown, kind="bar",
                 threshold=0.75)  # fmt: skip


CLAIM = Claim(
    number=13,
    name="reclaiming",
    says="A brain with few indices goes on learning where it gives up those that were never consolidated.",
    status="qualitative",
    source="TB20, TB23 (forgetting)",
    tested="The shipped brain, its past taken out, is told of 72 experiences, of which its budget holds 24; 8 of the "
    "first 24 are consolidated by replay. At the end the object of each statement is asked for: of its experience's "
    "index where it is still there, else of semantic memory.",
    control="No index is given up: when the budget is full, nothing new is written.",
    departs="The papers name no other policy; what is consolidated is chosen at random, and a-bar alone learns by it.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=DIAL,
)
