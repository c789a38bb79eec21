"""Claim 5: semantic memory is episodic memory with time summed out, whichever way a-bar is defined."""

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, Role, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Row, Table, Trials
from tensorbrain.claims.remembering import World, divergence, every_statement, rows, world
from tensorbrain.claims.tables import by_seed, pick
from tensorbrain.evaluation.episodes import a_bar_divergences
from tensorbrain.factorization.nonnegative_tucker import NonnegativeTucker, a_bar, fit, marginal, recalled
from tensorbrain.learning import fit as brains
from tensorbrain.modes.semantic import semantic_start
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray

TUCKER, TAUGHT, SHIPPED = "non-negative Tucker", "brain taught here", "shipped brain"
DIAL = Dial("instants", "how many instants are summed out", (6, 12, 24, 48), 24)
SAME = 0.1  # nats: probabilities that differ by a tenth on average


def design(config: Config) -> Trials:
    instants = int(config.dial or DIAL.default)
    full = {"counts": [16, 4, instants], "each": 6, "dim": 48, "steps": 1000, "ranks": [8, 4, 8], "samples": 20}
    return pick(config, full, {"steps": 200, "samples": 0})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """KL in nats from the mixture over all instants to every other a-bar, in the three models."""
    told = world(seeds, tuple(trials["counts"]), each=trials["each"], pool=150)
    table = _tucker(told, trials, seeds) + _taught(told, trials, seeds)
    for seed in seeds if trials["samples"] else ():
        kl = a_bar_divergences(brain, samples=trials["samples"], seed=seed)
        table += [_row(seed, SHIPPED, name, kl[f"kl_mixture_{name}"]) for name in ("learned", "mean")]
    return table


def _row(seed: int, model: str, start: str, kl: float | Float[Array, ""]) -> Row:
    return {"seed": seed, "model": model, "a_bar": start, "kl": float(kl)}


def _tucker(told: World, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Models of what happened, taught by expectation-maximisation in double precision."""
    with jax.enable_x64(True):
        happened = jnp.asarray(rows(told)[:, : told.statements[0, ..., 0].size])

        @jax.vmap
        def one(key: PRNGKeyArray, rows: Int[Array, "row 4"]) -> dict[str, Float[Array, ""]]:
            model = NonnegativeTucker.create(told.counts, tuple(trials["ranks"]), key=key)
            model, _ = fit(model, rows, jnp.ones(len(rows)), steps=100)
            each = jax.vmap(lambda a: recalled(model, a))(model.instants)
            mixture = _log(jnp.einsum("t,tspo->spo", marginal(model, "t"), each))
            alone = jax.vmap(lambda p: divergence(mixture, _log(p)))(each)
            return {"mean": divergence(mixture, _log(recalled(model, a_bar(model)))), "one instant": alone.mean()}

        found = jax.jit(one)(brains.keys(seeds), happened)
        return [_row(s, TUCKER, name, kl[n]) for name, kl in found.items() for n, s in enumerate(seeds)]


def _log(p: Float[Array, "*any"]) -> Float[Array, "*any"]:
    return jnp.log(jnp.maximum(p, 1e-300))


def _taught(told: World, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Brains taught both memories of what happened; all statements are enumerated from all instants."""
    settings = Settings(dim=trials["dim"], context=trials["dim"])
    lessons, loss = jnp.asarray(rows(told)), brains.SampledStatements(96)
    taught, _ = brains.fit(brains.newborn(told.counts, settings, seeds), lessons, loss, seeds, steps=trials["steps"])

    def one(brain: TensorBrain) -> dict[str, Float[Array, ""]]:
        def said(q: Float[Array, " dim"]) -> Float[Array, "concept predicate concept"]:
            return every_statement(brain, q, "spo")

        each = jax.vmap(said)(brain.index.embeddings("instant"))
        mixture = jax.nn.logsumexp(each + jnp.log(brain.p_t)[:, None, None, None], axis=0)
        kl = {name: divergence(mixture, said(semantic_start(brain, name))) for name in ("learned", "mean")}
        return kl | {"one instant": jax.vmap(lambda log_p: divergence(mixture, log_p))(each).mean()}

    found = jax.jit(jax.vmap(one))(taught)
    return [_row(s, TAUGHT, name, kl[n]) for name, kl in found.items() for n, s in enumerate(seeds)]


def measure(table: Table) -> Measured:
    exact = "the identity of TM17 holds but for rounding"
    alike = "probabilities that differ by less than a tenth on average are the same to a reader"
    parts = [Part("KL(mixture || mean a-bar), non-negative Tucker", _kl(table, TUCKER, "mean"), exact, most=1e-6)]
    for model in (TAUGHT, SHIPPED):
        for start in ("learned", "mean"):
            if any(row["model"] == model for row in table):
                says = f"KL(mixture || {start} a-bar), {model}"
                parts.append(Part(says, _kl(table, model, start), alike, most=SAME))
    one = Part("KL(mixture || one instant), non-negative Tucker", _kl(table, TUCKER, "one instant"), exact, most=1e-6)
    return Measured(tuple(parts), one)


def _kl(table: Table, model: str, start: str) -> tuple[float, ...]:
    return by_seed(table, "kl", model=model, a_bar=start)


def plot(table: Table) -> Chart:
    alike = [row | {"alike": float(np.exp(-row["kl"]))} for row in table]
    shown: tuple[tuple[str, Role], ...] = (("learned", "other"), ("mean", "claim"), ("one instant", "control"))
    lines = tuple(
        series(alike, name if role == "control" else f"{name} a-bar", "model", "alike", role=role,
               where=lambda row, name=name: row["a_bar"] == name)
        for name, role in shown
    )  # fmt: skip
    return Chart("Time summed out", "model", "exp(-KL) to the mixture of all instants", lines, kind="bar",
                 threshold=float(np.exp(-SAME)))  # fmt: skip


CLAIM = Claim(
    number=5,
    name="time_summed_out",
    says="Semantic memory is episodic memory with time summed out: one state says what all instants say together.",
    status="qualitative",
    source="TM17; TB23",
    tested="In a non-negative Tucker model, in small brains and in the shipped one, recall from a-bar is compared with "
    "the exact mixture of the recalls from all instants: with a-bar the mean of all a_t, and learned from statements "
    "without time.",
    control="The recall starts from one instant instead of their sum (mean over the instants).",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=DIAL,
    departs="In the shipped brain the KL is estimated from statements drawn from the mixture; elsewhere it is exact.",
)
