"""Claim 31 (ours): a taught working memory is stable by itself, and ceases to be when its gain is raised."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Table, Trials
from tensorbrain.claims.tables import by_seed, pick
from tensorbrain.evaluation.dynamics import orbits
from tensorbrain.learning.fit import SampledStatements, fit, keys, newborn
from tensorbrain.settings import Settings

CONCEPTS, PREDICATES, INSTANTS, FACTS = 30, 6, 40, 200
EVOLUTIONS = ("relu", "recurrent", "feedforward")
GAINS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


def design(config: Config) -> Trials:
    raised = config.dial or 8.0
    gains = sorted({*GAINS, raised})
    full = {"dim": 48, "steps": 400, "starts": 8, "orbit": 160, "gains": gains, "raised": raised}
    return pick(config, full, {"steps": 100, "starts": 4, "orbit": 60, "gains": [1.0, raised]})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Teach each form of working memory a random world, then let it evolve alone from single concepts."""
    rows = jnp.asarray(np.stack([_world(np.random.default_rng(seed)) for seed in seeds]))
    gains = jnp.asarray(trials["gains"], jnp.float32)
    table = []
    for evolution in EVOLUTIONS:
        settings = Settings(dim=trials["dim"], context=trials["dim"], evolution=evolution)
        brains, _ = fit(
            newborn((CONCEPTS, PREDICATES, INSTANTS), settings, seeds), rows, SampledStatements(64), seeds,
            steps=trials["steps"],
        )  # fmt: skip
        starts = brains.index.A[:, : trials["starts"]]
        draw = partial(jax.random.normal, shape=(trials["starts"], 2 * trials["dim"]))
        orbit = partial(orbits, steps=trials["orbit"], burn=trials["orbit"] // 4)
        found = jax.vmap(lambda b, q, t, orbit=orbit: orbit(b, gains, q, t))(
            brains, starts, jax.vmap(draw)(keys(seeds))
        )
        for n, seed in enumerate(seeds):
            for g, gain in enumerate(trials["gains"]):
                table.append(
                    {
                        "seed": seed,
                        "evolution": evolution,
                        "gain": gain,
                        "raised": trials["raised"],
                        "exponent": float(found.exponent[n, g].mean()),
                        "saturation": float(found.saturation[n, g].mean()),
                    }
                )
    return table


def _world(random: np.random.Generator) -> np.ndarray:
    """Random rows (s, p, o, t), half of them without an instant."""
    sizes = (CONCEPTS, PREDICATES, CONCEPTS, INSTANTS)
    rows = np.stack([random.integers(0, size, FACTS) for size in sizes], axis=1)
    rows[::2, 3] = -1
    return rows.astype(np.int32)


def measure(table: Table) -> Measured:
    raised = table[0]["raised"]
    reason = "below 0 what differs is forgotten, above 0 it is torn apart"
    stable = [
        Part(
            f"largest exponent of the {evolution} form at its own gain, nats a step",
            by_seed(table, "exponent", evolution=evolution, gain=1.0), reason, most=0.0,
        )
        for evolution in EVOLUTIONS
    ]  # fmt: skip
    control = Part(
        f"the same of the relu form at {raised:g} times its gain",
        by_seed(table, "exponent", evolution="relu", gain=raised), reason, most=0.0,
    )  # fmt: skip
    return Measured(tuple(stable), control)


def plot(table: Table) -> Chart:
    lines = [
        series(table, evolution, "gain", "exponent", role="claim" if n == 0 else "other",
               where=lambda row, evolution=evolution: row["evolution"] == evolution)
        for n, evolution in enumerate(EVOLUTIONS)
    ]  # fmt: skip
    return Chart(
        "Stability of evolve", "gain on V, B and W", "largest Lyapunov exponent [nats a step]", tuple(lines),
        threshold=0.0, log_x=True,
    )  # fmt: skip


CLAIM = Claim(
    number=31,
    name="stability",
    says="A taught working memory is stable by itself: what differs is forgotten, until its gain is raised.",
    status="extension",
    source="no paper speaks of it; method of Benettin et al. (1980)",
    tested="All three forms of g are taught a random world and then evolve alone from single concepts; the largest "
    "Lyapunov exponent is followed over the gain on V, B and W.",
    control="With its gain raised the same network must not be stable.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=Dial("raised", "times its gain, in the control", (2.0, 4.0, 8.0, 16.0), 8.0),
)
