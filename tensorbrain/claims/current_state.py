"""Claim 7: projecting the events that begin facts, less those that end them, gives the graph of the current state."""

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Row, Table, Trials
from tensorbrain.claims.remembering import beside, every_statement, recalled_at_n, remembered
from tensorbrain.claims.tables import by_seed, difference, pick
from tensorbrain.factorization.nonnegative_tucker import NonnegativeTucker, a_bar, recalled
from tensorbrain.factorization.nonnegative_tucker import fit as fit_tucker
from tensorbrain.learning.fit import SampledStatements, fit, keys, newborn
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float, Int, Int32

BRAIN, TUCKER = "brain, mixture", "non-negative Tucker, a-bar"
WAYS = ("start", "start - end", "direct")
DIAL = Dial("ended", "share of the facts that end again", (0.25, 0.5, 0.75), 0.5)


def design(config: Config) -> Trials:
    full = {"entities": 16, "predicates": 3, "instants": 20, "begin": 4, "ended": float(config.dial or DIAL.default)}
    return pick(config, full | {"dim": 48, "steps": 1200, "ranks": [16, 6, 16]}, {"instants": 8, "steps": 300})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Of the facts that are so now, the share that every projection ranks among the n best; n is how many they are."""
    entities, predicates = trials["entities"], trials["predicates"]
    worlds = [_world(np.random.default_rng(seed), trials) for seed in seeds]
    events, now = (np.stack(each) for each in zip(*worlds, strict=True))
    counts = entities, 2 * predicates, trials["instants"]
    direct = np.concatenate([now, np.full_like(now[..., :1], -1)], axis=-1)
    direct = np.take(direct, np.arange(events.shape[1]) % now.shape[1], axis=1)  # as many rows, the same facts
    settings = Settings(dim=trials["dim"], context=trials["dim"])
    lessons, loss = jnp.asarray(np.concatenate([events, direct])), SampledStatements(96)
    taught, _ = fit(beside(newborn(counts, settings, seeds), 2), lessons, loss, seeds * 2, steps=trials["steps"])
    lived, told = (jax.tree.map(lambda leaf, n=n: jnp.split(leaf, 2)[n], taught) for n in (0, 1))
    per_instant = jnp.stack([jnp.bincount(each[:, 3], length=trials["instants"]) for each in events]).astype(float)
    summed = jnp.einsum("kt,ktspo->kspo", per_instant, jnp.exp(remembered(lived)))
    known = jnp.exp(jax.jit(jax.vmap(lambda b: every_statement(b, b.a_bar, "spo")))(told))
    table = _rows(seeds, BRAIN, "direct", known[:, :, :predicates], now)
    for model, p in ((BRAIN, summed), (TUCKER, _tucker(events, counts, trials, seeds))):
        begun, ended = p[:, :, :predicates], p[:, :, predicates:]
        table += _rows(seeds, model, "start", begun, now) + _rows(seeds, model, "start - end", begun - ended, now)
    return table


def _world(
    random: np.random.Generator, trials: Trials
) -> tuple[Int32[np.ndarray, "event 4"], Int32[np.ndarray, "fact 3"]]:
    """Events (s, p, o, t), where p + ``predicates`` says that (s, p, o) ends; and the facts that have not ended."""
    entities, predicates, instants = (trials[name] for name in ("entities", "predicates", "instants"))
    every = np.argwhere(np.ones((entities, predicates, entities)))
    facts = random.permutation(every[every[:, 0] != every[:, 2]])[: instants * trials["begin"]]
    begins = np.repeat(np.arange(instants), trials["begin"])
    mortal = np.flatnonzero(begins < instants - 1)
    ending = random.permutation(mortal)[: round(trials["ended"] * len(facts))]
    ends = random.integers(begins[ending] + 1, instants)
    ended = np.column_stack([facts[ending] + [0, predicates, 0], ends])
    events = np.concatenate([np.column_stack([facts, begins]), ended])
    return events.astype(np.int32), np.delete(facts, ending, axis=0).astype(np.int32)


def _tucker(
    events: Int32[np.ndarray, "seed event 4"], counts: tuple[int, int, int], trials: Trials, seeds: tuple[int, ...]
) -> Float[Array, "seed entity predicate entity"]:
    """P(s, p, o) of recall from a-bar, the sum of all instants, as TM17 projects."""

    def one(key, rows: Int[Array, "row 4"]) -> Float[Array, "entity predicate entity"]:
        model = NonnegativeTucker.create(counts, tuple(trials["ranks"]), key=key)
        model, _ = fit_tucker(model, rows, jnp.ones(len(rows)), steps=200)
        return recalled(model, a_bar(model))

    return jax.jit(jax.vmap(one))(keys(seeds), jnp.asarray(events))


def _rows(seeds: tuple[int, ...], model: str, way: str, score: Array, now: np.ndarray) -> list[Row]:
    share = jax.vmap(lambda score, now: recalled_at_n(score[None], now[None])[0])(score, jnp.asarray(now))
    return [{"seed": s, "model": model, "way": way, "recall": float(r)} for s, r in zip(seeds, share, strict=True)]


def measure(table: Table) -> Measured:
    def recall(model: str, way: str) -> tuple[float, ...]:
        return by_seed(table, "recall", model=model, way=way)

    nearly = "nearly all facts that are so"
    won = difference(recall(TUCKER, "start - end"), recall(TUCKER, "start"))
    return Measured(
        (
            Part("current facts recalled, start - end, brain", recall(BRAIN, "start - end"), nearly, least=0.9),
            Part("current facts recalled, direct, brain", recall(BRAIN, "direct"), nearly, least=0.9),
            Part("recall won by the ends, non-negative Tucker", won, "a tenth can be seen", least=0.1),
        ),
        Part("current facts recalled, start alone, brain", recall(BRAIN, "start"), nearly, least=0.9),
    )


def plot(table: Table) -> Chart:
    lines = tuple(
        series(table, model, "way", "recall", role="claim" if model == BRAIN else "other",
               where=lambda row, model=model: row["model"] == model)
        for model in (BRAIN, TUCKER)
    )  # fmt: skip
    return Chart(
        "The graph of the current state", "projection", "share of current facts", lines, kind="bar", threshold=0.9
    )


CLAIM = Claim(
    number=7,
    name="current_state",
    says="Episodic memory of beginnings less that of endings, time summed out, is the graph of what is so now.",
    status="paper",
    source="TM17; EKG (start-end projection)",
    tested="Facts begin and some end; episodic memory learns these events only. It is projected to all statements, "
    "beginnings less endings, and the best n are compared with the n facts that are so, also taught directly.",
    control="Endings are left out: what has ended is as good as what is so.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=DIAL,
    departs="An ending has a predicate of its own, which counts as minus one. The brain is projected by the mixture "
    "over instants, the non-negative Tucker model by a-bar, which there is the same.",
)
