"""Claim 20: sparse embeddings raise the number of items that one blackboard holds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Row, Table, Trials
from tensorbrain.claims.remembering import beside, known
from tensorbrain.claims.tables import by_seed, pick
from tensorbrain.claims.workspace import superposed
from tensorbrain.layers import ConceptIndex
from tensorbrain.learning.fit import fit, keys, newborn
from tensorbrain.modes.decoder import close_window, open_window
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float, Int, Key, PRNGKeyArray

EMBEDDINGS, STATES = "L1 of embeddings", "L1 of sig(q)"
AS_TAUGHT, TURNED = "as taught", "turned dense"
DIAL = Dial("penalty", "the weight of the L1 penalty at which the claim is judged", (0.3, 1.0, 3.0), 1.0)


class Lesson(NamedTuple):
    """What is true, as rows (s, p, o), and how much the penalties of embeddings and of states weigh."""

    rows: Int[Array, "*many row 3"]
    embeddings: Float[Array, "*many"]
    states: Float[Array, "*many"]


def design(config: Config) -> Trials:
    full = {"concepts": 64, "predicates": 4, "facts": 96, "dim": 48, "batch": 32, "steps": 1000}
    full |= {"penalties": DIAL.values, "judged": float(config.dial or DIAL.default)}
    return pick(config, full, {"steps": 200, "penalties": [float(config.dial or DIAL.default)]})


@dataclass(frozen=True)
class Sparsely:
    """-log P(s, p, o) of random rows, and lambda_A mean |a_kl| of the concepts + lambda_q mean sig(q_l) of the states.

    The states are those in which the three windows of a statement are read.
    """

    batch: int

    def __call__(self, brain: TensorBrain, lesson: Lesson, key: PRNGKeyArray) -> Float[Array, ""]:
        few = lesson.rows[jax.random.randint(key, (self.batch,), 0, len(lesson.rows))]

        def told(row: Int[Array, "3"]) -> tuple[Float[Array, ""], Float[Array, ""]]:
            state, log_p, active = brain.start(brain.a_bar, "spo"), jnp.zeros(()), jnp.zeros(())
            for k, slot in zip(row, "spo", strict=True):
                state, log_pi = open_window(brain, state, slot)
                log_p, active = log_p + log_pi[k], active + brain.board.gamma(state.q).mean() / 3
                state = close_window(brain, state, k, slot)
            return -log_p, active

        missed, active = jax.vmap(told)(few)
        size = jnp.abs(brain.index.embeddings("concept")).mean()
        return missed.mean() + lesson.embeddings * size + lesson.states * active.mean()


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Teach the same facts under penalties of several weights; how many added-up concepts does one blackboard hold?"""
    rows = jnp.asarray(np.stack([_facts(np.random.default_rng(seed), trials) for seed in seeds]))
    conditions = [(EMBEDDINGS, 0.0), *((which, w) for which in (EMBEDDINGS, STATES) for w in trials["penalties"])]
    many = len(conditions)

    def weights(of: str) -> Float[Array, " brain"]:
        return jnp.repeat(jnp.asarray([w if which == of else 0.0 for which, w in conditions]), len(seeds))

    lessons = Lesson(jnp.concatenate([rows] * many), weights(EMBEDDINGS), weights(STATES))
    settings = Settings(dim=trials["dim"], context=trials["dim"])
    new = newborn((trials["concepts"], trials["predicates"], 0), settings, seeds)
    taught, _ = fit(beside(new, many), lessons, Sparsely(trials["batch"]), seeds * many, steps=trials["steps"])
    told = np.asarray(known(taught, lessons.rows)).mean(axis=1)
    held, turned = (np.asarray(x) for x in holds(taught.index, keys(seeds * many)))
    used = np.asarray(jax.vmap(lambda index: density(index.embeddings("concept")))(taught.index))
    table = []
    for n in range(many * len(seeds)):
        which, weight = conditions[n // len(seeds)]
        row = {"seed": seeds[n % len(seeds)], "penalty": weight, "judged": trials["judged"], "density": float(used[n])}
        row["right"] = float(told[n])
        for form, items in ((AS_TAUGHT, held), (TURNED, turned)):
            kinds = (which,) if weight else (EMBEDDINGS, STATES)  # without a weight the two are the same
            table += [row | {"of": kind, "form": form, "items": float(items[n])} for kind in kinds]
    return table


def _facts(random: np.random.Generator, trials: Trials) -> Int[np.ndarray, "fact 3"]:
    """Facts (s, p, o) with one object of each subject and predicate."""
    every = random.permutation(np.argwhere(np.ones((trials["concepts"], trials["predicates"]))))[: trials["facts"]]
    return np.c_[every, random.integers(trials["concepts"], size=len(every))].astype(np.int32)


@jax.jit
def holds(indices: ConceptIndex, keys: Key[Array, " brain"]) -> tuple[Float[Array, " brain"], Float[Array, " brain"]]:
    """Items that are recovered when they are added up (claim 19), and again after all embeddings were turned.

    A random rotation leaves all lengths and angles between embeddings and makes them as dense as any.
    """

    def one(index: ConceptIndex, key: PRNGKeyArray) -> tuple[Float[Array, ""], Float[Array, ""]]:
        k_lists, k_turn = jax.random.split(key)
        Q, R = jnp.linalg.qr(jax.random.normal(k_turn, (index.A.shape[1],) * 2))
        turned = eqx.tree_at(lambda index: index.A, index, index.A @ (Q * jnp.sign(jnp.diagonal(R))[None]))
        return superposed(index, k_lists), superposed(turned, k_lists)

    return jax.vmap(one)(indices, keys)


def density(A: Float[Array, "concept dim"]) -> Float[Array, ""]:
    """The mean over embeddings of (sum_l |a_l|)^2 / (n sum_l a_l^2): 1 where all units are used alike, 1 / n for one.

    Embeddings of normal numbers have 2 / pi.

    >>> round(float(density(jnp.array([[1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 2.0]]))), 3)
    0.375
    """
    each = jnp.abs(A).sum(axis=1) ** 2 / jnp.maximum(A.shape[1] * (A**2).sum(axis=1), 1e-12)
    return each.mean()


def measure(table: Table) -> Measured:
    judged = table[0]["judged"]

    def items(of: str, penalty: float, form: str = AS_TAUGHT) -> tuple[float, ...]:
        return by_seed(table, "items", of=of, penalty=penalty, form=form)

    def at(value: str) -> tuple[float, ...]:
        return by_seed(table, value, of=EMBEDDINGS, penalty=judged)

    none, seen = items(EMBEDDINGS, 0.0), "a tenth more items can be seen"
    by_turning = more(items(EMBEDDINGS, judged), items(EMBEDDINGS, judged, TURNED))
    return Measured(
        (
            Part("items of sparse embeddings, more than of the same ones turned dense", by_turning, seen, least=0.1),
            Part(f"{EMBEDDINGS}: items, more than without", more(items(EMBEDDINGS, judged), none), seen, least=0.1),
            Part(f"{STATES}: items, more than without", more(items(STATES, judged), none), seen, least=0.1),
            Part("density of the embeddings", at("density"), "half of the units; normal numbers have 0.64", most=0.5),
            Part("facts that are still known", at("right"), "nearly all of what was taught", least=0.95),
        ),
        Part("items without a penalty, more than turned", more(none, items(EMBEDDINGS, 0.0, TURNED)), seen, least=0.1),
    )


def more(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    """By how much one is more than the other, as a share of the other, seed by seed.

    >>> more((3.0, 2.0), (2.0, 2.0))
    (0.5, 0.0)
    """
    return tuple(a / b - 1 for a, b in zip(one, other, strict=True))


def plot(table: Table) -> Chart:
    def of(kind: str, form: str) -> Callable[[Row], bool]:
        return lambda row: (row["of"], row["form"]) == (kind, form)

    lines = (
        series(table, EMBEDDINGS, "penalty", "items", where=of(EMBEDDINGS, AS_TAUGHT)),
        series(table, STATES, "penalty", "items", role="other", where=of(STATES, AS_TAUGHT)),
        series(table, f"{EMBEDDINGS}, {TURNED}", "penalty", "items", role="control", where=of(EMBEDDINGS, TURNED)),
    )
    return Chart("Items that one blackboard holds", "weight of the penalty", "items recovered", lines)


CLAIM = Claim(
    number=20,
    name="sparsity",
    says="Sparse embeddings raise the number of concepts that one blackboard holds at a time.",
    status="qualitative",
    source="asserted in words only",
    tested="Brains learn the same facts under L1 penalties of several weights; then concepts are added up on the "
    "blackboard and read by the index, as in claim 19. A random rotation of all embeddings makes them dense and leaves "
    "every length and angle: what is lost by it was due to sparsity.",
    control="Without a penalty embeddings are not sparse, and turning them may lose nothing.",
    departs="The papers do not say by which penalty, nor how capacity is counted.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=DIAL,
)
