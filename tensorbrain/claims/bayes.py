"""Claim 23: what the blackboard holds after several measurements approximates Bayes' posterior."""

from itertools import product

import numpy as np
from scipy.special import logsumexp

from tensorbrain.brain import Brain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Measured, Part, Row, Table, Trials
from tensorbrain.claims.tables import by_seed, pick

# KL in nats as a first trial gave it, means of 50 random models: of the plain update, of the update less the affine
# part of log Z, and both again with the softplus offset.
PRINTED = {("plain", "zero"): 1.67, ("affine", "zero"): 0.40, ("plain", "softplus"): 0.44, ("affine", "softplus"): 0.25}


def design(config: Config) -> Trials:
    return pick(config, {"n": 8, "K": 16, "M": 3, "models": 200, "q0": 1.0}, {"models": 5})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """KL(exact posterior || what the blackboard holds), mean and spread over random models, by enumerating all x."""
    x = np.array(list(product((0.0, 1.0), repeat=trials["n"])))
    table = []
    for seed in seeds:
        found = [_one(np.random.default_rng((seed, model)), x, trials) for model in range(trials["models"])]
        for same in zip(*found, strict=True):
            kl = np.array([row["kl"] for row in same])
            table.append({"seed": seed, **same[0], "kl": float(kl.mean()), "spread": float(kl.std())})
    return table


def _one(random: np.random.Generator, x: np.ndarray, trials: Trials) -> list[Row]:
    A = random.normal(size=(trials["K"], trials["n"]))
    q0 = trials["q0"] * random.normal(size=trials["n"])
    rows = []
    for offset in ("zero", "softplus"):
        a0 = np.zeros(len(A)) if offset == "zero" else -np.logaddexp(0, A).sum(axis=1)
        scores = x @ A.T + a0
        log_Z = np.asarray(logsumexp(scores, axis=1))
        log_prior = _normed(x @ q0)
        truth = random.choice(len(x), p=np.exp(log_prior))
        k = random.choice(len(A), size=trials["M"], p=np.exp(scores[truth] - log_Z[truth]))
        said = (scores - log_Z[:, None])[:, k].sum(axis=1)
        exact = _normed(log_prior + said)
        q = q0 + A[k].sum(axis=0)
        slope = np.linalg.lstsq(np.c_[np.ones(len(x)), x], log_Z, rcond=None)[0][1:]
        rows += [
            {"update": "plain", "offset": offset, "kl": _kl(exact, _normed(x @ q))},
            {"update": "affine", "offset": offset, "kl": _kl(exact, _normed(x @ (q - trials["M"] * slope)))},
            {"update": "none", "offset": offset, "kl": _kl(exact, log_prior)},
            # A window that opens with probability proportional to Z(x) tells of x by opening: the posterior is
            # P(x) prod_m Z(x) P(k_m | x), and what Z(x) took away it gives back.
            {"update": "gated", "offset": offset, "kl": _kl(_normed(exact + len(k) * log_Z), _normed(x @ q))},
        ]  # fmt: skip
    return rows


def _normed(log_p: np.ndarray) -> np.ndarray:
    return log_p - logsumexp(log_p)


def _kl(log_p: np.ndarray, log_q: np.ndarray) -> float:
    """KL(p || q) in nats; rounding may not make it negative."""
    return max(0.0, float((np.exp(log_p) * (log_p - log_q)).sum()))


def measure(table: Table) -> Measured:
    near = tuple(_as_printed(table, update, offset) for update, offset in PRINTED)
    gated = Part(
        "KL to the exact posterior where windows open with probability Z(x)",
        by_seed(table, "kl", update="gated"),
        "exact but for rounding",
        most=1e-6,
    )
    nothing = Part("KL where no measurement writes back", by_seed(table, "kl", update="none"), "as exact", most=1e-6)
    return Measured((gated, *near), nothing)


def _as_printed(table: Table, update: str, offset: str) -> Part:
    """A tenth around the printed figure, and two standard errors of it: it is the mean of 50 random models only."""
    printed = PRINTED[update, offset]
    spread = float(np.mean(by_seed(table, "spread", update=update, offset=offset)))
    margin = 0.1 * printed + 2 * spread / 50**0.5
    return Part(
        f"KL of the {update} update, a_0 {offset}, beside the printed {printed}",
        by_seed(table, "kl", update=update, offset=offset),
        "a tenth around what a first trial gave, and two standard errors of its 50 models",
        least=printed - margin,
        most=printed + margin,
    )


def plot(table: Table) -> Chart:
    shown = [series(table, f"a_0 {offset}", "update", "kl", where=lambda row, offset=offset: row["offset"] == offset)
             for offset in ("zero", "softplus")]  # fmt: skip
    return Chart("KL to Bayes' posterior", "what is written to the blackboard", "KL [nats]", tuple(shown), kind="bar")


CLAIM = Claim(
    number=23,
    name="bayes",
    says="Adding the embeddings of measured concepts to the blackboard approximates Bayes' posterior.",
    status="paper",
    source="QTB25",
    tested="All 2^8 states of random models of 16 concepts are enumerated after 3 measurements; KL in nats.",
    control="No measurement writes back (beta = 0): the prior must not be the posterior.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
)
