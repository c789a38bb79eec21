"""Claim 15: one number, lambda, leads from analogical recall to the tracking of the present state."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Row, Table, Trials
from tensorbrain.claims.tables import by_seed, difference, pick
from tensorbrain.learning.fit import SampledStatements, fit, newborn
from tensorbrain.modes.decoder import statement_log_probability
from tensorbrain.modes.episodic import log_evidence, log_posterior
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float, Int, Int32

AT = 0  # the predicate of places
DIAL = Dial("lambda", "the weight of recency at which the present is asked for", (2, 4, 8, 16, 32), 8)
SHUFFLES = 6  # of the order of time, as things are few
LADDER = (-32, -16, -8, -4, -2, 0, 2, 4, 8, 16, 32)


def design(config: Config) -> Trials:
    full = {"movers": 12, "places": 6, "instants": 24, "seen": 4, "doing": 3, "dim": 48, "steps": 1200}
    return pick(config, full | {"lambdas": LADDER, "now": float(config.dial or DIAL.default)}, {"steps": 300})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Share of right answers at every lambda: where is x now, where was it first, and when was it that (s, p, o)?"""
    worlds = [_world(np.random.default_rng(seed), trials) for seed in seeds]
    places, doing = (jnp.asarray(np.stack(each)) for each in zip(*worlds, strict=True))
    concepts = trials["movers"] + trials["places"]
    settings = Settings(dim=trials["dim"], context=trials["dim"])
    lessons, loss = jnp.concatenate([places, doing], axis=1), SampledStatements(96)
    brains = newborn((concepts, 4, trials["instants"]), settings, seeds)
    taught, _ = fit(brains, lessons, loss, seeds, steps=trials["steps"])
    lambdas = jnp.asarray(sorted({*trials["lambdas"], trials["now"]}), float)
    asked = jax.jit(jax.vmap(lambda *of: _asked(*of, lambdas, trials["movers"])))  # pyright: ignore
    order = np.broadcast_to(np.arange(trials["instants"]), (len(seeds), trials["instants"]))
    present, first, analogy = asked(taught, places, doing, jnp.asarray(order))
    orders = [[np.random.default_rng((seed, n)).permutation(each) for seed, each in zip(seeds, order, strict=True)]
              for n in range(SHUFFLES)]  # fmt: skip
    lost = [asked(taught, places, doing, jnp.asarray(np.stack(order)))[0] for order in orders]
    found = {"present": present, "first": first, "analogy": analogy, "shuffled": np.mean(lost, axis=0)}
    return [
        {"seed": seed, "lambda": float(value), "now": trials["now"], "asked": asked, "right": float(share[n, i])}
        for asked, share in found.items()
        for n, seed in enumerate(seeds)
        for i, value in enumerate(lambdas)
    ]


def _world(
    random: np.random.Generator, trials: Trials
) -> tuple[Int32[np.ndarray, "stay 4"], Int32[np.ndarray, "deed 4"]]:
    """Rows (s, p, o, t): where some of the movers are seen, each time somewhere new, and what else they do, once."""
    movers, places, instants = (trials[name] for name in ("movers", "places", "instants"))
    here = random.integers(places, size=movers)
    seen = []
    for t in range(instants):
        for x in random.permutation(movers)[: trials["seen"]]:
            here[x] = (here[x] + random.integers(1, places)) % places
            seen.append((x, AT, movers + here[x], t))
    every = random.permutation([(s, p, o) for s in range(movers) for p in (1, 2, 3) for o in range(movers) if s != o])
    t = np.repeat(np.arange(instants), trials["doing"])
    return np.asarray(seen, np.int32), np.column_stack([every[: len(t)], t]).astype(np.int32)


def _asked(
    brain: TensorBrain,
    places: Int[Array, "place 4"],
    doing: Int[Array, "event 4"],
    order: Int[Array, " instant"],
    lambdas: Float[Array, " lambda"],
    movers: int,
) -> tuple[Float[Array, " lambda"], ...]:
    """The three shares of right answers; ``order`` says which instant stands where in time."""
    instants = brain.index.embeddings("instant")[order]
    block = brain.index.block("instant")
    brain = eqx.tree_at(lambda b: b.index.A, brain, brain.index.A.at[block].set(instants))

    def where(x: Int[Array, ""]) -> tuple[Float[Array, " instant"], Float[Array, "instant concept"]]:
        """log P(x, at | t), and log P(x, at, o | t) of every object o."""

        def of(o: Int[Array, ""], a: Float[Array, " dim"]) -> Float[Array, ""]:
            return statement_log_probability(brain, a, jnp.stack([x, jnp.full_like(x, AT), o]), "spo").sum()

        cue = jnp.stack([x, jnp.full_like(x, AT), jnp.full_like(x, -1)])
        told = log_evidence(brain, instants, cue, order="spo", told=frozenset("sp"), beam=1)
        objects = jnp.arange(brain.index.size("concept"))
        return told, jax.vmap(lambda a: jax.vmap(lambda o: of(o, a))(objects))(instants)

    told, objects = jax.vmap(where)(jnp.arange(movers))

    def answers(value: Float[Array, ""]) -> Int[Array, " mover"]:
        weight = jax.vmap(lambda log_p: log_posterior(brain, log_p, recency=value))(told)
        return jax.nn.logsumexp((weight - told)[..., None] + objects, axis=1).argmax(axis=-1)

    def event(row: Int[Array, "4"]) -> Float[Array, " instant"]:
        return log_evidence(brain, instants, row[:3], order="spo", told=frozenset("spo"), beam=1)

    reminded = jax.vmap(event)(doing)

    def when(value: Float[Array, ""]) -> Int[Array, " event"]:
        return jax.vmap(lambda log_p: log_posterior(brain, log_p, recency=value))(reminded).argmax(axis=-1)

    given = jax.vmap(answers)(lambdas)
    mine = places[:, 0][None] == jnp.arange(movers)[:, None]
    count = mine.sum(axis=1)
    last = places[jnp.where(mine, jnp.arange(len(places))[None], -1).argmax(axis=1), 2]
    first = places[mine.argmax(axis=1), 2]
    moved = (count > 1) & (first != last)  # of the others there is nothing to be told apart

    def share(right: Array) -> Float[Array, " lambda"]:
        return (moved[None] & right).sum(axis=1) / moved.sum()

    old = doing[:, 3] < len(order) // 2
    found = order[jax.vmap(when)(lambdas)] == doing[:, 3][None]
    analogy = (old[None] & found).sum(axis=1) / old.sum()
    return share(given == last[None]), share(given == first[None]), analogy


def measure(table: Table) -> Measured:
    now, most = table[0]["now"], max(row["lambda"] for row in table)

    def right(asked: str, value: float) -> tuple[float, ...]:
        return by_seed(table, "right", asked=asked, **{"lambda": value})

    seen = "a fifth more right answers can be seen"
    return Measured(
        (
            Part(f"where is it now: right answers won by lambda = {now:g} over 0",
                 difference(right("present", now), right("present", 0.0)), seen, least=0.2),
            Part(f"when was it, long ago: right answers lost from lambda = 0 to {most:g}",
                 difference(right("analogy", 0.0), right("analogy", most)), seen, least=0.2),
            Part(f"where was it first: right answers won by lambda = {-now:g} over 0",
                 difference(right("first", -now), right("first", 0.0)), seen, least=0.2),
        ),
        Part(f"where is it now, order of time lost: won by lambda = {now:g} over 0",
             difference(right("shuffled", now), right("shuffled", 0.0)), seen, least=0.2),
    )  # fmt: skip


def plot(table: Table) -> Chart:
    def of(asked: str) -> Callable[[Row], bool]:
        return lambda row: row["asked"] == asked

    lines = (
        series(table, "where is it now?", "lambda", "right", where=of("present")),
        series(table, "when was it (long ago)?", "lambda", "right", role="other", where=of("analogy")),
        series(table, "where was it first?", "lambda", "right", role="other", where=of("first")),
        series(table, "now, time shuffled", "lambda", "right", role="control", where=of("shuffled")),
    )
    return Chart("From analogical recall to the present", "lambda", "share of right answers", lines)


CLAIM = Claim(
    number=15,
    name="recency",
    says="The weight lambda of recency leads from recall by analogy (0) to the tracking of the present state.",
    status="qualitative",
    source="QTB25 (n_t + lambda recency)",
    tested="Things move between places and are seen now and then. At every lambda the instants are weighed by P(t) "
    "P(cue | t) exp(lambda recency(t)) and asked: where is it now, and when, long ago, did s do p to o?",
    control="The instants are put in another order, so that recency says nothing of time.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=DIAL,
    departs="The cue is a statement or its beginning and is weighed by its posterior, not by the similarity of states.",
)
