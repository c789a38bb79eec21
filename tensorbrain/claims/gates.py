"""Claim 22: the gates decide whether order matters inside a window: overwriting makes it matter, adding does not."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Row, Table, Trials
from tensorbrain.claims.remembering import divergence
from tensorbrain.claims.tables import by_seed, pick
from tensorbrain.layers import BrainState
from tensorbrain.learning.fit import keys
from tensorbrain.modes.decoder import open_window
from tensorbrain.operations import log_probabilities, write_back
from tensorbrain.typing import Array, Bool, Float, PRNGKeyArray

DIAL = Dial("beta", "the gain of what is written back", (0.25, 0.5, 1.0, 2.0), 1.0)
SEEN = 0.1  # nats: probabilities that differ by a tenth on average


def design(config: Config) -> Trials:
    beta = float(DIAL.default if config.dial is None else config.dial)
    return pick(config, {"alphas": [0.0, 0.25, 0.5, 0.75, 0.9, 1.0], "beta": beta, "moments": 64}, {"moments": 16})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Two concepts are measured in one window in both orders: KL [nats] of what is read next, and of their answers."""
    groups = np.asarray([concept.group for concept in brain.vocabulary.concepts])
    padded = np.pad(groups, (0, brain.model.index.size("concept") - len(groups)), constant_values="")
    entity, kind = jnp.asarray(padded == "entity"), jnp.asarray(padded == "class")
    with jax.enable_x64(True):  # so that adding in two orders differs by less than anything that is measured here
        model = jax.tree.map(lambda a: a.astype(float) if eqx.is_inexact_array(a) else a, brain.model)

        @jax.jit
        def each(model: TensorBrain, key: PRNGKeyArray, alpha: Float[Array, ""], beta: Float[Array, ""]):
            gated = eqx.tree_at(lambda b: (b.alpha, b.beta), model, (alpha, beta))
            ks = jax.random.split(key, trials["moments"])
            kl = jax.vmap(lambda k: _moment(gated, k, entity, kind))(ks)
            return [each.mean() for each in kl]

        gates = jax.vmap(each, in_axes=(None, None, 0, 0))
        alpha = jnp.asarray([*trials["alphas"], 1.0])
        beta = jnp.asarray([trials["beta"]] * len(trials["alphas"]) + [0.0])
        found = jax.vmap(gates, in_axes=(None, 0, None, None))(model, keys(seeds), alpha, beta)
        state, answers = (np.asarray(kl) for kl in found)
    return [
        {"seed": s, "alpha": float(a), "beta": float(b), "state": float(state[i, n]), "answers": float(answers[i, n])}
        for i, s in enumerate(seeds)
        for n, (a, b) in enumerate(zip(alpha, beta, strict=True))
    ]


def _moment(brain: TensorBrain, key: PRNGKeyArray, entity: Bool[Array, " concept"], kind: Bool[Array, " concept"]):
    """At a random remembered moment, the window of the subject is open: two concepts that it evokes are measured."""
    which, drawn = jax.random.split(key)
    t = jax.random.categorical(which, jnp.log(brain.p_t))
    state, log_pi = open_window(brain, brain.start(brain.index.embedding(t, "instant"), brain.orders[0]), "s")
    one, other = jax.lax.top_k(log_pi + jax.random.gumbel(drawn, log_pi.shape), 2)[1]

    def after(*ks: Array) -> BrainState:
        now = state
        for k in ks:
            now = write_back(brain.index, now, k, "concept", alpha=brain.alpha, beta=brain.beta)
        return now

    def read(now: BrainState, among: Bool[Array, " concept"] | None = None) -> Float[Array, " concept"]:
        return log_probabilities(brain.index, brain.board.gamma(now.q), "concept", candidates=among)

    def joint(first: Bool[Array, " concept"], second: Bool[Array, " concept"]) -> Float[Array, "first second"]:
        """log P of both answers, the question of the first group asked first."""
        follows = jax.vmap(lambda k: read(after(k), second))(jnp.arange(len(first)))
        return jnp.maximum(read(state, first)[:, None] + follows, -1e30)

    order = divergence(read(after(one, other)), read(after(other, one)))
    return order, divergence(joint(entity, kind), joint(kind, entity).T)


def measure(table: Table) -> Measured:
    beta = max(row["beta"] for row in table)
    overwriting, adding = (by_seed(table, "state", alpha=alpha, beta=beta) for alpha in (0.0, 1.0))
    seen = "probabilities that differ by a tenth on average"
    return Measured(
        (
            Part("KL between the orders, overwriting (alpha = 0)", overwriting, seen, least=SEEN),
            Part(
                "KL between the orders, adding (alpha = 1)", adding, "a sum has no order, but for rounding", most=1e-6
            ),
        ),
        Part("KL between the orders, adding", adding, seen, least=SEEN),
    )


def plot(table: Table) -> Chart:
    def fed(row: Row) -> bool:
        return row["beta"] > 0

    lines = (
        series(table, "what is read next", "alpha", "state", where=fed),
        series(table, "answers to two questions", "alpha", "answers", role="other", where=fed),
    )
    return Chart("Overwriting makes order matter", "alpha: how much is kept", "KL between the orders [nats]", lines,
                 threshold=SEEN)  # fmt: skip


CLAIM = Claim(
    number=22,
    name="gates",
    says="Inside a window, overwriting the blackboard makes the order of measurements matter; adding to it does not.",
    status="paper",
    source="QTB25 (regimes of alpha and beta)",
    tested="At random moments that the shipped brain remembers, two concepts that the window of the subject evokes are "
    "measured in both orders, with q <- alpha q + beta a_k, and what is read next is compared. The figure also shows "
    "the probabilities of the answers to two questions, 'which individual?' and 'which class?', asked in both orders.",
    control="Adding, alpha = 1: the order must not be seen in what is read next.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=DIAL,
)
