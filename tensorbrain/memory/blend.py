"""Blending an episode with what is known in general; and what is remarkable in it: frequent there, rare in general."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.modes.cue import LIMIT, read_cue
from tensorbrain.modes.decoder import statement_log_probability
from tensorbrain.modes.search import ROWS, search
from tensorbrain.modes.semantic import semantic_start
from tensorbrain.typing import Array, Float, Int

BEAM = 64
MOST = 12  # statements of a moment that are looked at
TOLD = 0.9  # of a moment so much is told: its most probable statements until they have this probability together


def blended(
    counts: Float[Array, "*statement"], prior: Float[Array, "*statement"], kappa: float | Float[Array, ""]
) -> Float[Array, "*statement"]:
    """The posterior after an episode: P(s, p, o) = (N_t(s, p, o) + kappa P(s, p, o)) / (N_t + kappa).

    ``counts`` N_t of the episode over all statements, N_t their sum; ``prior`` P sums to 1; kappa is how many
    statements the prior counts as: 0 is the episode alone. Shapes: any, the same for both. Source: TB23 (in words; the
    form is that of the Dirichlet prior kappa P, so blending twice is blending once with the sum).

    >>> blended(jnp.array([1.0, 0.0]), jnp.array([0.25, 0.75]), 3.0).tolist()
    [0.4375, 0.5625]
    """
    return (counts + kappa * prior) / (counts.sum() + kappa)


def log_blended(
    log_episodic: Float[Array, "*statement"],
    log_semantic: Float[Array, "*statement"],
    n: float | Float[Array, ""],
    kappa: float | Float[Array, ""],
) -> Float[Array, "*statement"]:
    """log [(n P_episodic + kappa P_semantic) / (n + kappa)]: ``blended`` for what a brain says, N_t = n P(. | a_t).

    ``n`` is how many statements the episode counts as. One of n and kappa may be 0.

    >>> log_p = log_blended(jnp.log(jnp.array([1.0, 0.0])), jnp.log(jnp.array([0.25, 0.75])), 1.0, 3.0)
    >>> jnp.exp(log_p).round(4).tolist()
    [0.4375, 0.5625]
    """
    n, kappa = jnp.asarray(n, log_episodic.dtype), jnp.asarray(kappa, log_episodic.dtype)
    return jnp.logaddexp(jnp.log(n) + log_episodic, jnp.log(kappa) + log_semantic) - jnp.log(n + kappa)


def both_memories(
    brain: TensorBrain, a_t: Float[Array, " dim"], a_bar: Float[Array, " dim"], statements: Int[Array, "statement 3"]
) -> tuple[Float[Array, " statement"], Float[Array, " statement"]]:
    """log P(s, p, o | a_t) and log P(s, p, o | a-bar) of statements, in the brain's first order: what is blended.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> of_now, in_general = both_memories(brain, brain.a_bar, brain.a_bar, jnp.array([[0, 1, 2]]))
    >>> bool((of_now == in_general).all())
    True
    """

    def one(q: Float[Array, " dim"], row: Int[Array, "3"]) -> Float[Array, ""]:
        return statement_log_probability(brain, q, row, brain.orders[0]).sum()

    episodic, semantic = (jax.vmap(partial(one, q))(statements) for q in (a_t, a_bar))
    return episodic, semantic


class Remark(NamedTuple):
    """A statement of a moment by its labels, and how remarkable it is in nats: the log-ratio of its probabilities."""

    subject: str
    predicate: str
    object: str
    nats: float
    episodic: float
    semantic: float


def remarkable(brain: Brain, *, instant: str, statements: int = MOST, a_bar: str = "learned") -> list[Remark]:
    """The statements of an instant, the most remarkable first: log P(s, p, o | a_t) - log P(s, p, o | a-bar).

    What is frequent in the episode and rare in general is remarkable. Of the instant the most probable statements are
    taken, until they have the probability 0.9 together or are as many as ``statements``. ``a_bar`` is learned or mean.
    Names and errors are those of `recall`. Source: TB20 (anomaly), the formula is ours.

    >>> from tensorbrain.checkpoint import load_brain
    >>> remark = remarkable(load_brain("neighbourhood"), instant="2026-05-18T08:05")[0]
    >>> remark.nats > 3, remark.episodic > remark.semantic
    (True, True)
    """
    if statements < 1:
        raise SettingsError(f"{statements} statements are none: look at 1 at least.")
    t = read_cue(brain, instant=instant, mode="episodic").instant
    model, words = brain.model, brain.vocabulary
    q = semantic_start(model, a_bar)
    found = jax.device_get(_moment(model, model.index.embeddings("instant")[t], q, most=min(statements, LIMIT)))
    rows = zip(*(np.asarray(part) for part in found), strict=True)
    remarks = [
        Remark(
            *(words.label(slot, int(k)) for slot, k in zip(("subject", "predicate", "object"), row, strict=True)),
            nats=float(log_e - log_s),
            episodic=float(np.exp(log_e)),
            semantic=float(np.exp(log_s)),
        )
        for row, told, log_e, log_s in rows
        if told
    ]
    return sorted(remarks, key=lambda remark: -remark.nats)


def remarkableness(
    brain: TensorBrain, a_bar: Float[Array, " dim"], *, statements: int = MOST
) -> Float[Array, " instant"]:
    """How remarkable every instant is: the mean of its statements' log-ratios, weighted by P(s, p, o | a_t); nats.

    0 for rows that hold no instant. The statements are those of ``remarkable``, so this is about KL(P_t || P).

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> remarkableness(brain, brain.index.A[8]).argmin().item()  # what is known in general is that instant itself
    0
    """

    def one(a_t: Float[Array, " dim"]) -> Float[Array, ""]:
        _, told, log_e, log_s = _moment(brain, a_t, a_bar, most=statements)
        weight = jnp.where(told, jnp.exp(log_e), 0.0)
        return (weight * (log_e - log_s)).sum() / weight.sum()

    each = jax.lax.map(one, brain.index.embeddings("instant"), batch_size=min(32, ROWS // BEAM))
    return jnp.where(brain.index.in_use[brain.index.block("instant")], each, 0.0)


@partial(jax.jit, static_argnames=("most",))
def _moment(brain: TensorBrain, a_t: Float[Array, " dim"], a_bar: Float[Array, " dim"], *, most: int):
    """The most probable statements of a state, best first, which of them tell it, and both log-probabilities."""
    order = brain.orders[0]
    beam = min(LIMIT, max(BEAM, 4 * most))
    found = search(brain, a_t, jnp.full(3, -1, jnp.int32), order=order, n=most, beam=beam)
    log_e, log_s = both_memories(brain, a_t, a_bar, found.statements)
    p = jnp.exp(log_e)
    before = jnp.cumsum(p) - p  # what the more probable ones have together
    return found.statements, before < TOLD, log_e, log_s
