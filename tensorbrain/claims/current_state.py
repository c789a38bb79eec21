"""Claim 7: projecting the events that begin facts, less those that end them, gives the graph of the current state."""

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Row, Table, Trials
from tensorbrain.claims.remembering import beside, every_statement, recalled_at_n
from tensorbrain.claims.tables import by_seed, pick
from tensorbrain.learning.fit import SampledStatements, fit, newborn
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float, Int32

MIXTURE, A_BAR = "all instants together", "a-bar"
DIAL = Dial("ended", "share of the facts that end again", (0.25, 0.5, 0.75), 0.5)


def design(config: Config) -> Trials:
    full = {"entities": 16, "predicates": 3, "instants": 20, "begin": 4, "ended": float(config.dial or DIAL.default)}
    return pick(config, full | {"dim": 48, "steps": 1500}, {"instants": 8, "steps": 300})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Of the facts that are so now, the share that every projection ranks among the n best; n is how many they are."""
    entities, predicates = trials["entities"], trials["predicates"]
    worlds = [_world(np.random.default_rng(seed), trials) for seed in seeds]
    events, now = (np.stack(each) for each in zip(*worlds, strict=True))
    counts = entities, 2 * predicates, trials["instants"]
    lived, direct = np.concatenate([events, _timeless(events)], axis=1), _timeless(now)
    direct = np.take(direct, np.arange(lived.shape[1]) % now.shape[1], axis=1)  # as many rows, the same facts
    settings = Settings(dim=trials["dim"], context=trials["dim"])
    lessons, loss = jnp.asarray(np.concatenate([lived, direct])), SampledStatements(96)
    taught, _ = fit(beside(newborn(counts, settings, seeds), 2), lessons, loss, seeds * 2, steps=trials["steps"])
    then, ever = _all(taught)
    learned, known = jnp.split(jnp.exp(ever), 2)
    per_instant = jnp.stack([jnp.bincount(each[:, 3], length=trials["instants"]) for each in events]).astype(float)
    mixture = jnp.einsum("kt,ktspo->kspo", per_instant, jnp.exp(then[: len(seeds)]))
    table = []
    for start, p in ((MIXTURE, mixture), (A_BAR, learned)):
        begun, ended = p[:, :, :predicates], p[:, :, predicates:]
        table += _rows(seeds, start, "start", begun, now) + _rows(seeds, start, "start - end", begun - ended, now)
    return table + _rows(seeds, A_BAR, "direct", known[:, :, :predicates], now)


@jax.jit
@jax.vmap
def _all(
    brain: TensorBrain,
) -> tuple[Float[Array, "instant concept predicate concept"], Float[Array, "concept predicate concept"]]:
    """log P of all statements, from every instant and from a-bar."""
    starts = jnp.concatenate([brain.index.embeddings("instant"), brain.a_bar[None]])
    log_p = jax.lax.map(lambda q: every_statement(brain, q, "spo"), starts)
    return log_p[:-1], log_p[-1]


def _timeless(rows: Int32[np.ndarray, "seed row _"]) -> Int32[np.ndarray, "seed row 4"]:
    return np.concatenate([rows[..., :3], np.full_like(rows[..., :1], -1)], axis=-1)


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


def _rows(seeds: tuple[int, ...], start: str, way: str, score: Array, now: np.ndarray) -> list[Row]:
    share = jax.jit(recalled_at_n)(score, jnp.asarray(now))
    return [{"seed": s, "from": start, "way": way, "recall": float(r)} for s, r in zip(seeds, share, strict=True)]


def measure(table: Table) -> Measured:
    nearly = "nearly all facts that are so"

    def recalled(start: str, way: str) -> Part:
        share = by_seed(table, "recall", way=way, **{"from": start})
        return Part(f"current facts recalled, {way}, from {start}", share, nearly, least=0.9)

    parts = (recalled(MIXTURE, "start - end"), recalled(A_BAR, "start - end"), recalled(A_BAR, "direct"))
    return Measured(parts, recalled(MIXTURE, "start"))


def plot(table: Table) -> Chart:
    lines = tuple(
        series(table, f"from {start}", "way", "recall", role="claim" if start == MIXTURE else "other",
               where=lambda row, start=start: row["from"] == start)
        for start in (MIXTURE, A_BAR)
    )  # fmt: skip
    return Chart("The graph of the current state", "projection", "share of current facts", lines, kind="bar",
                 threshold=0.9)  # fmt: skip


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
    departs="An ending has a predicate of its own, which counts as minus one; the papers speak of tensor models.",
)
