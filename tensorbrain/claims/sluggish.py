"""Claim 17: semantic memory is a sluggish estimator of the present state, and what happens now corrects it."""

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, Role, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Table, Trials
from tensorbrain.claims.remembering import beside, last_window
from tensorbrain.claims.tables import by_seed, difference, pick
from tensorbrain.learning.fit import SampledStatements, fit, newborn
from tensorbrain.memory.blend import log_blended
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float, Int, Int32

IS = 0  # the predicate of states
SEMANTIC, EPISODIC = "semantic memory", "the last episode"
DIAL = Dial("kappa", "how many statements semantic memory counts as beside an episode", (0.5, 1, 2, 4, 8, 16), 4)


def design(config: Config) -> Trials:
    full = {"things": 10, "states": 4, "before": 8, "until": list(range(9, 23)), "dim": 32, "steps": 500}
    quick = {"until": [9, 16, 22], "steps": 200}
    return pick(config, full | {"kappa": float(config.dial or DIAL.default)}, quick)


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Every thing changes its state once. Is the new one believed, by brains that lived until some time after?"""
    until, things = trials["until"], trials["things"]
    worlds = [_world(np.random.default_rng(seed), trials) for seed in seeds]
    new, lived = (np.stack(each) for each in zip(*worlds, strict=True))
    lessons = np.concatenate([_until(lived, t) for t in until])
    settings = Settings(dim=trials["dim"], context=trials["dim"])
    brains = beside(newborn((things + trials["states"], 1, max(until)), settings, seeds), len(until))
    taught, _ = fit(brains, jnp.asarray(lessons), SampledStatements(64), seeds * len(until), steps=trials["steps"])
    last = jnp.repeat(jnp.asarray(until) - 1, len(seeds))
    log_semantic, log_episodic = jax.jit(jax.vmap(lambda brain, t: _states(brain, t, things)))(taught, last)
    blend = log_blended(log_episodic, log_semantic, 1.0, trials["kappa"])  # one statement of each thing an instant
    table = []
    for name, log_p in (
        (SEMANTIC, log_semantic),
        (f"blend, kappa = {trials['kappa']:g}", blend),
        (EPISODIC, log_episodic),
    ):
        said = np.asarray(log_p.argmax(axis=-1)).reshape(len(until), len(seeds), things)
        table += [
            {
                "seed": seed,
                "estimator": name,
                "before": trials["before"],
                "since": t - trials["before"],
                "new": float((said[i, n] == new[n]).mean()),
            }
            for n, seed in enumerate(seeds)
            for i, t in enumerate(until)
        ]
    return table


def _world(
    random: np.random.Generator, trials: Trials
) -> tuple[Int32[np.ndarray, " thing"], Int32[np.ndarray, "row 4"]]:
    """The new state of every thing, and rows (thing, is, state, t): all things are told in every instant."""
    things, states = trials["things"], trials["states"]
    old = random.integers(states, size=things)
    new = things + (old + random.integers(1, states, size=things)) % states
    rows = [
        (x, IS, new[x] if t >= trials["before"] else things + old[x], t)
        for t in range(max(trials["until"]))
        for x in range(things)
    ]
    return new.astype(np.int32), np.asarray(rows, np.int32)


def _until(lived: Int32[np.ndarray, "seed told 4"], t: int) -> Int32[np.ndarray, "seed row 4"]:
    """What was told before t, from its instants and without them, again and again until there are as many rows."""
    known = lived[:, lived[0, :, 3] < t]
    timeless = known.copy()
    timeless[..., 3] = -1
    both = np.concatenate([known, timeless], axis=1)
    # Copies of all rows, and a remainder that is spread over time, so that no time is told more often than another.
    count = 4 * lived.shape[1]
    return both[:, np.linspace(0, both.shape[1], count, endpoint=False).astype(int)]


def _states(brain: TensorBrain, t: Int[Array, ""], things: int) -> tuple[Float[Array, "thing concept"], ...]:
    """log P(. | thing, is), from a-bar and from the last instant."""

    def asked(q: Float[Array, " dim"], x: Int[Array, ""]) -> Float[Array, " concept"]:
        return last_window(brain, q, jnp.stack([x, jnp.full_like(x, IS), x]), "spo")

    starts = brain.a_bar, brain.index.embedding(t, "instant")
    return tuple(jax.vmap(lambda x, q=q: asked(q, x))(jnp.arange(things)) for q in starts)


def lag(table: Table, estimator: str) -> tuple[float, ...]:
    """For how many instants after the change the new state is not believed, a seed: the sum of the shares of doubt."""
    doubt = [row | {"doubt": 1 - row["new"]} for row in table if row["estimator"] == estimator]
    times = sorted({row["since"] for row in doubt})
    widths = np.diff([0, *times])
    per_time = [by_seed(doubt, "doubt", since=t) for t in times]
    return tuple(float(widths @ each) for each in np.array(per_time).T)


def measure(table: Table) -> Measured:
    blend = next(row["estimator"] for row in table if row["estimator"].startswith("blend"))
    late = "two instants in which the present is told and not believed"
    semantic, blended, episodic = (lag(table, name) for name in (SEMANTIC, blend, EPISODIC))
    before, counted = table[0]["before"], "counts would take as long as the old state had lasted"
    lasted = tuple(each / before for each in semantic)
    return Measured(
        (
            Part("instants until semantic memory believes the new state", semantic, late, least=2),
            Part("the same, as a part of what the old state had lasted", lasted, counted, least=0.75, most=1.25),
            Part(f"instants sooner, {blend}", difference(semantic, blended), "one instant can be told", least=1),
        ),
        Part("instants until the last episode's index recalls the new state", episodic, late, least=2),
    )


def plot(table: Table) -> Chart:
    roles: dict[str, Role] = {SEMANTIC: "claim", EPISODIC: "control"}
    lines = tuple(
        series(table, name, "since", "new", role=roles.get(name, "other"),
               where=lambda row, name=name: row["estimator"] == name)
        for name in dict.fromkeys(row["estimator"] for row in table)
    )  # fmt: skip
    return Chart("A change is believed", "instants since the change", "share of new states", lines, threshold=0.5)


CLAIM = Claim(
    number=17,
    name="sluggish",
    says="Semantic memory is a sluggish state estimator: it follows a change only as the new outweighs the old.",
    status="qualitative",
    source="TB23; the blend described in words",
    tested="Ten things are told in every instant and change their state after the eighth. Brains that lived until some "
    "time after are asked for the state: from a-bar, and from a blend with what their last episode says.",
    control="The state is recalled from the last instant alone, over which nothing is averaged.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=DIAL,
    departs="The form of the blend, (N_t + kappa P) / (N_t + kappa), is inferred from a description in words.",
)
