"""How much fits into an index that is written in one shot: recall against its size and the statements of an episode.

Run it with ``python -m tensorbrain.experiments.capacity``: a few minutes.
"""

from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from tensorbrain.brain import TensorBrain
from tensorbrain.experiments.ladder import spread
from tensorbrain.learning.fit import keys, newborn
from tensorbrain.learning.objectives import trainable
from tensorbrain.learning.schooling import descend, optimiser
from tensorbrain.learning.writing import Episodes, written
from tensorbrain.memory.write import RULES, copied
from tensorbrain.modes.decoder import close_window, open_window, statement_log_probability
from tensorbrain.modes.search import search
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Bool, Float, Int, Key, PRNGKeyArray

CONCEPTS, PREDICATES = 12, 4
STATEMENTS = (1, 2, 4, 8)  # of an episode
MOST = STATEMENTS[-1]
RATE = 2e-3
TAUGHT, TESTED = 16, 64  # episodes in a step of learning, and those of each length that are recalled at the end


def capacity(
    *, dims: tuple[int, ...] = (16, 32, 64), seeds: tuple[int, ...] = (0,), steps: int = 4000
) -> dict[str, Any]:
    """Write episodes of random statements under each rule, and recall them, in brains of several sizes.

    Each brain has as many units of context as of blackboard, and learns to write by its rule and to recall what was
    written on ever new episodes of 1, 2, 4 or 8 statements, any of which is as likely as any other: nothing helps but
    what is written. Returns by rule and dim, for each number of statements n, the share of an episode's n statements
    among the n most probable of all 576 when it is recalled: {mean, low, high} over the seeds.
    """
    figures: dict[str, Any] = {"seeds": list(seeds), "statements": list(STATEMENTS), "dims": list(dims)}
    figures["possible"] = CONCEPTS * PREDICATES * CONCEPTS
    for rule in RULES:
        for dim in dims:
            settings = Settings(dim=dim, context=dim, senses="boxes", classes=1)
            born = newborn((CONCEPTS, PREDICATES, 4), settings, seeds)
            brains, losses = _taught(born, keys(seeds), rule=rule, steps=steps)
            shares = np.asarray(_recalled(brains, keys(seeds), rule=rule), float)
            figures.setdefault(rule, {})[str(dim)] = {
                **{str(n): spread(share.tolist()) for n, share in zip(STATEMENTS, shares.T, strict=True)},
                "loss": spread(np.asarray(losses[:, -100:], float).mean(axis=1).tolist()),
            }
    return figures


@partial(jax.jit, static_argnames=("rule", "steps"))
def _taught(
    brains: TensorBrain, keys: Key[Array, " seed"], *, rule: str, steps: int
) -> tuple[TensorBrain, Float[Array, "seed step"]]:
    """Brains that have learned to write by a rule and to recall what was written, and the loss of every step.

    The maps go by Muon, with which they learn to hold several statements at once far sooner.
    """
    descent = optimiser(0.0, maps=("V", "B", "W", "imprint"))
    peaks = jax.vmap(lambda done: RATE * (0.05 + 0.475 * (1 + jnp.cos(jnp.pi * done))))(jnp.arange(steps) / steps)

    def one(brain: TensorBrain, key: PRNGKeyArray):
        learns = eqx.tree_at(lambda b: b.imprint, trainable(brain, learn_beta=False), True)
        params, frozen = eqx.partition(brain, learns)

        def step(carry: tuple[TensorBrain, optax.OptState], each: tuple[PRNGKeyArray, Float[Array, ""]]):
            params, state = carry
            key, rate = each
            value, gradient = jax.value_and_grad(lambda p: writing_loss(eqx.combine(p, frozen), key, rule))(params)
            return descend(descent, params, gradient, state, rate), value

        schedule = (jax.random.split(key, steps), peaks)
        (params, _), losses = jax.lax.scan(step, (params, descent.init(params)), schedule)
        return eqx.combine(params, frozen), losses

    return jax.vmap(one)(brains, keys)


def writing_loss(brain: TensorBrain, key: PRNGKeyArray, rule: str) -> Float[Array, ""]:
    """Write new random episodes by a rule and recall them: -log P(statement | a_new) in nats, a mean over episodes."""
    count = jnp.resize(jnp.array(STATEMENTS), (TAUGHT, 1))
    statements = _random_statements(key, TAUGHT)
    told = jnp.arange(MOST)[None] < count
    a_new, order = _indices(brain, statements, told, rule), brain.orders[0]

    def one(a: Float[Array, " dim"], rows: Int[Array, "statement 3"]) -> Float[Array, " statement"]:
        return jax.vmap(lambda row: statement_log_probability(brain, a, row, order).sum())(rows)

    log_p = jax.vmap(one)(a_new, statements)
    return -(jnp.where(told, log_p, 0.0) / count.astype(log_p.dtype)).sum() / TAUGHT


def _random_statements(key: PRNGKeyArray, episodes: int) -> Int[Array, "episode statement 3"]:
    """Distinct statements within each episode."""
    among = jax.random.uniform(key, (episodes, CONCEPTS * PREDICATES * CONCEPTS))
    place = jax.lax.top_k(among, MOST)[1]
    pair, o = place // CONCEPTS, place % CONCEPTS
    return jnp.stack([pair // PREDICATES, pair % PREDICATES, o], axis=-1)


def _indices(
    brain: TensorBrain, statements: Int[Array, "episode statement 3"], told: Bool[Array, "episode statement"], rule: str
) -> Float[Array, "episode dim"]:
    """The index of every episode as the rule writes it, from a blackboard that saw nothing."""
    if rule == "learned":
        nothing = jnp.zeros((len(statements), 0))
        blank = jnp.zeros((len(statements), brain.board.dim))
        return written(brain, Episodes(statements, told, nothing, nothing), blank)
    last = told.sum(axis=1) - 1
    return jax.vmap(lambda rows, n: copied(brain, _end(brain, rows[n]), "instant"))(statements, last)


def _end(brain: TensorBrain, statement: Int[Array, "3"]) -> Float[Array, " dim"]:
    """The blackboard at the end of an experience, its last outcome written back: what the rule copy takes."""
    order = brain.orders[0]
    state = brain.start(brain.board.blank(), order)
    for slot in order:
        state, _ = open_window(brain, state, slot)
        state = close_window(brain, state, statement["spo".index(slot)], slot)
    return state.q


@partial(jax.jit, static_argnames=("rule",))
def _recalled(brains: TensorBrain, keys: Key[Array, " seed"], *, rule: str) -> Float[Array, "seed length"]:
    """For every seed and n the share of new episodes' n statements that is among the n most probable in recall."""
    count = jnp.repeat(jnp.array(STATEMENTS), TESTED)
    told = jnp.arange(MOST)[None] < count[:, None]

    def one(brain: TensorBrain, key: PRNGKeyArray) -> Float[Array, " length"]:
        statements = _random_statements(jax.random.fold_in(key, 1), len(count))
        a_new = _indices(brain, statements, told, rule)

        def recall(a: Float[Array, " dim"], rows: Int[Array, "statement 3"], told: Bool[Array, " statement"]):
            free, beam = jnp.full(3, -1, jnp.int32), CONCEPTS * PREDICATES  # as wide as all that there is
            found = search(brain, a, free, order=brain.orders[0], n=MOST, beam=beam).statements
            same = (rows[:, None] == found[None]).all(axis=2) & told[:, None] & told[None]
            return same.sum(dtype=a.dtype) / told.sum(dtype=a.dtype)

        share = jax.lax.map(lambda x: recall(*x), (a_new, statements, told))
        return share.reshape(len(STATEMENTS), TESTED).mean(axis=1)

    return jax.vmap(one)(brains, keys)


def table(figures: dict[str, Any]) -> str:
    """One row a rule and dim, one column a number of statements.

    >>> one = {"1": spread([1.0]), "loss": spread([0.5])}
    >>> print(table({"seeds": [0], "statements": [1], "dims": [16], "possible": 576, "copy": {"16": one}}))
    an index written in one shot: share recalled of its n statements, of 576 possible (mean of 1 seeds)
    rule      dim      n = 1
    copy       16      1.000
    """
    columns = figures["statements"]
    seeds, possible = len(figures["seeds"]), figures["possible"]
    lines = [
        "an index written in one shot: share recalled of its n statements, "
        f"of {possible} possible (mean of {seeds} seeds)"
    ]
    lines.append(f"{'rule':<8}{'dim':>5}" + "".join(f"{f'n = {n}':>11}" for n in columns))
    for rule in RULES:
        for dim in figures["dims"] if rule in figures else ():
            cells = "".join(f"{figures[rule][str(dim)][str(n)]['mean']:>11.3f}" for n in columns)
            lines.append(f"{rule:<8}{dim:>5}{cells}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(capacity()))
