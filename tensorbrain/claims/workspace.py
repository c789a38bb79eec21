"""Claim 19: held serially, window after window, the workspace keeps 3 to 4 items; superposed in one window, many."""

import dataclasses
from collections.abc import Callable
from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from scipy.linalg import cho_factor, cho_solve

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Row, Table, Trials
from tensorbrain.claims.tables import by_seed, pick
from tensorbrain.layers import BrainState, ConceptIndex
from tensorbrain.layers.working_memory import Evolution
from tensorbrain.learning.fit import keys, newborn
from tensorbrain.modes.decoder import close_window
from tensorbrain.operations import evolve
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float, Float32, Float64, Int, Int32, Key, PRNGKeyArray

FORMS: dict[Evolution, str] = {"recurrent": "serial, TB23", "feedforward": "serial, QTB25"}
SUPERPOSED = "superposed"
DIAL = Dial("n", "units of the blackboard (and a third and a ninth of them)", (96, 192, 288, 384), 288)
RIDGE = 10.0  # beside a sum over as many lists as are learned from


def design(config: Config) -> Trials:
    n = int(config.dial or DIAL.default)
    full = {"dims": [n // 9, n // 3, n], "concepts": 64, "items": 8, "lists": 2000}
    return pick(config, full, {"dims": [n // 9, n // 3], "lists": 600})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """How many items of a list can be recovered from one state of the blackboard, in untaught brains of several n."""
    table, items = [], trials["items"]
    for n in trials["dims"]:
        settings = Settings(dim=n, context=n, evolution="recurrent")
        brains = newborn((trials["concepts"], 1, 0), settings, seeds)
        A = np.asarray(brains.index.A, float)[:, : trials["concepts"]]
        for form, name in FORMS.items():  # the maps V and W are drawn alike in both forms, and QTB25's has no use for B
            formed = jax.vmap(partial(_formed, form=form))(brains)
            lists, gamma = jax.device_get(serially(formed, keys(seeds), trials["lists"], items))
            table += [
                {"seed": seed, "held": name, "n": n, "items": unwound(gamma[k], A[k], lists[k])}
                for k, seed in enumerate(seeds)
            ]
        found = np.asarray(together(brains.index, keys(seeds)))
        table += [{"seed": s, "held": SUPERPOSED, "n": n, "items": float(m)} for s, m in zip(seeds, found, strict=True)]
    return table


def _formed(brain: TensorBrain, form: Evolution) -> TensorBrain:
    return eqx.tree_at(lambda b: b.memory, brain, dataclasses.replace(brain.memory, evolution=form))


@partial(jax.jit, static_argnames=("count", "items"))
def serially(
    brains: TensorBrain, keys: Key[Array, " seed"], count: int, items: int
) -> tuple[Int[Array, "seed list item"], Float[Array, "seed list unit"]]:
    """Lists of random concepts, and gamma after their items were measured one a window, each writing back."""

    def one(brain: TensorBrain, key: PRNGKeyArray) -> tuple[Array, Array]:
        lists = jax.random.randint(key, (count, items), 0, brain.index.size("concept"), jnp.int32)

        def heard(ks: Int[Array, " item"]) -> Float[Array, " dim"]:
            def window(state: BrainState, k: Int[Array, ""]) -> tuple[BrainState, None]:
                return close_window(brain, evolve(brain.board, brain.memory, state), k, "s"), None

            start = brain.start(brain.board.blank(), brain.orders[0])
            return brain.board.gamma(jax.lax.scan(window, start, ks)[0].q)

        return lists, jax.vmap(heard)(lists)

    return jax.vmap(one)(brains, keys)


def unwound(
    gamma: Float32[np.ndarray, "list unit"],
    A: Float64[np.ndarray, "concept dim"],
    lists: Int32[np.ndarray, "list item"],
) -> float:
    """How many items of a list are read by the index after the best linear map from gamma to their embeddings a_k.

    One map for every place in the list, learned on the first two thirds of the lists by ridge regression; the others
    are read.
    """
    taught = 2 * len(gamma) // 3
    x = gamma.astype(float) - gamma[:taught].mean(axis=0)
    x /= x[:taught].std(axis=0).mean()
    told = np.eye(len(A))[lists[:taught].T]  # (item, list, concept)
    maps = cho_solve(
        cho_factor(x[:taught].T @ x[:taught] + RIDGE * np.eye(x.shape[1])), np.hstack(x[:taught].T @ told @ (A @ A.T))
    )
    scores = (x[taught:] @ maps).reshape(len(x) - taught, lists.shape[1], len(A)) - 0.5 * (A**2).sum(axis=1)
    return float((scores.argmax(axis=2) == lists[taught:]).mean(axis=0).sum())


def share_found(index: ConceptIndex, m: Int[Array, ""], key: PRNGKeyArray) -> Float[Array, ""]:
    """Of m random concepts added up on the blackboard, the share that is among the m best scores of the index."""
    A, concepts = index.embeddings("concept"), index.size("concept")
    inside = jax.random.permutation(key, concepts) < m
    scores = index.scores(jax.nn.sigmoid(jnp.where(inside[:, None], A, 0.0).sum(axis=0)), "concept")
    return (inside & (scores >= jnp.sort(scores)[concepts - m])).sum() / m


def superposed(index: ConceptIndex, key: PRNGKeyArray, *, trials: int = 32) -> Float[Array, ""]:
    """The most items that are recovered from lists of 2, 4, 8 ... different ones, less what chance would give."""
    concepts = index.size("concept")

    def of(m: Int[Array, ""]) -> Float[Array, ""]:
        share = jax.vmap(lambda key: share_found(index, m, key))(jax.random.split(key, trials)).mean()
        chance = m / concepts
        return m.astype(share.dtype) * (share - chance) / (1 - chance)

    return jax.vmap(of)(2 ** jnp.arange(1, concepts.bit_length() - 1)).max()


together = jax.jit(jax.vmap(superposed))


def measure(table: Table) -> Measured:
    dims = sorted({row["n"] for row in table}, reverse=True)
    few = "3 or 4, when rounded"

    def recovered(name: str, n: int) -> Part:
        return Part(f"items, {name}, n = {n}", by_seed(table, "items", held=name, n=n), few, least=2.5, most=4.5)

    parts = [recovered(name, n) for n in dims for name in FORMS.values()]
    return Measured(tuple(parts), recovered(SUPERPOSED, dims[0]))


def plot(table: Table) -> Chart:
    def held(name: str) -> Callable[[Row], bool]:
        return lambda row: row["held"] == name

    lines = [series(table, name, "n", "items", where=held(name)) for name in FORMS.values()]
    lines.append(series(table, SUPERPOSED, "n", "items", role="control", where=held(SUPERPOSED)))
    return Chart("Items that one blackboard holds", "n: units of the blackboard", "items recovered", tuple(lines),
                 threshold=4.0, log_x=True)  # fmt: skip


CLAIM = Claim(
    number=19,
    name="workspace",
    says="One blackboard holds 3 to 4 items that came serially, window after window.",
    status="qualitative",
    source="TB23, TB24 (global workspace)",
    tested="Untaught brains with the working memories of the papers measure 8 of 64 concepts, one a window. "
    "Each item is sought in the last state of the blackboard, by the best linear map to its embedding.",
    control="The items are added up in one window and read by the index: not 3 or 4 but many.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=DIAL,
    departs="The papers do not say how an item is read back later; a linear map learned for each lag is our probe.",
)
