"""Claim 6: episodic memory needs a higher rank than semantic memory."""

from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, Role, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Table, Trials
from tensorbrain.claims.remembering import World, beside, every_statement, recalled_at_n, rows, world
from tensorbrain.claims.tables import pick
from tensorbrain.factorization.nonnegative_tucker import NonnegativeTucker, a_bar, recalled
from tensorbrain.factorization.nonnegative_tucker import fit as fit_tucker
from tensorbrain.learning.fit import SampledStatements, fit, keys, newborn
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float, Int, Int32, PRNGKeyArray

TUCKER, BRAIN = "Tucker", "brain"
EPISODIC, SEMANTIC, ONE = "episodic", "semantic", "one instant"
ROLES: dict[str, Role] = {EPISODIC: "claim", SEMANTIC: "other", ONE: "control"}
ENOUGH = 0.9
STARTS = 4  # of the models of a rank the most probable counts: one alone may have stopped at a lesser peak
DIAL = Dial("members", "how many entities are alike by rule (1: no rules at all)", (1, 2, 4), 4)


def design(config: Config) -> Trials:
    full = {"counts": [16, 4, 48], "each": 6, "pool": 96, "members": int(config.dial or DIAL.default), "steps": 800}
    ladders = {"tucker": [2, 4, 6, 8, 12], "brain": [4, 8, 12, 16, 24]}
    return pick(config, full | ladders, {"counts": [16, 4, 12], "tucker": [4, 8], "brain": [4, 8], "steps": 200})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Share of the statements recalled of every instant, and of all of time, for models of every rank."""
    size = {"each": trials["each"], "pool": trials["pool"], "members": trials["members"]}
    told = world(seeds, tuple(trials["counts"]), habit=0.0, **size)
    return _tucker(told, trials["tucker"], seeds) + _brains(told, trials, seeds)


def _tucker(told: World, ranks: list[int], seeds: tuple[int, ...]) -> Table:
    """Models by expectation-maximisation, in which a class that begins empty stays so: all ranks have one shape."""
    widest, predicates = max(ranks), told.counts[1]
    episodic, there, once = (jnp.asarray(each) for each in (_episodic(told), told.statements, _once(told)))

    def fitted(
        key: PRNGKeyArray, rows: Int[Array, "row 4"], rank: Int[Array, ""]
    ) -> tuple[NonnegativeTucker, Float[Array, ""]]:
        model = NonnegativeTucker.create(told.counts, (widest, predicates, widest), key=key)
        on = (jnp.arange(widest) < rank).astype(float)
        core = jnp.einsum("abcd,a,c,d->abcd", model.core, on, on, on)
        model, log_p = fit_tucker(eqx.tree_at(lambda m: m.core, model, core), rows, jnp.ones(len(rows)), steps=150)
        return model, log_p[-1]

    def one(
        key: PRNGKeyArray,
        rows: Int[Array, "row 4"],
        there: Int[Array, "instant each 3"],
        once: Int[Array, "1 statement 3"],
        rank: Int[Array, ""],
    ) -> tuple[Float[Array, ""], Float[Array, ""]]:
        models, log_p = jax.vmap(lambda key: fitted(key, rows, rank))(jax.random.split(key, STARTS))
        model = jax.tree.map(lambda leaf: leaf[log_p.argmax()], models)
        then = jax.vmap(lambda a: recalled(model, a))(model.instants)
        return recalled_at_n(then, there).mean(), recalled_at_n(recalled(model, a_bar(model))[None], once)[0]

    ladder = jax.vmap(one, in_axes=(None, None, None, None, 0))
    many = jax.jit(jax.vmap(ladder, in_axes=(0, 0, 0, 0, None)))
    timeless, again = episodic.at[..., 3].set(0), keys(tuple(seed + 1_000_000 for seed in seeds))
    shares = {
        EPISODIC: many(keys(seeds), episodic, there, once, jnp.asarray(ranks))[0],
        SEMANTIC: many(keys(seeds), timeless, there, once, jnp.asarray(ranks))[1],
        ONE: many(again, timeless, there, once, jnp.asarray(ranks))[1],
    }
    return [
        {"seed": seed, "model": TUCKER, "memory": memory, "rank": r, "recall": float(share[n, i])}
        for memory, share in shares.items()
        for n, seed in enumerate(seeds)
        for i, r in enumerate(ranks)
    ]


def _brains(told: World, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Brains by gradient descent; one of which some units are 0 is one that has fewer, and all have one shape."""
    ranks, widest = trials["brain"], max(trials["brain"])
    newborns = newborn(told.counts, Settings(dim=widest, context=widest), seeds)
    narrow = [jax.vmap(partial(narrowed, units=r))(newborns) for r in ranks]
    ladder = jax.tree.map(lambda *leaves: jnp.concatenate(leaves), *narrow)
    episodic = np.tile(_episodic(told), (len(ranks), 1, 1))
    timeless = np.concatenate([episodic[..., :3], np.full_like(episodic[..., 3:], -1)], axis=-1)
    lessons = jnp.asarray(np.concatenate([episodic, timeless]))
    everyone = seeds * (2 * len(ranks))
    taught, _ = fit(beside(ladder, 2), lessons, SampledStatements(64), everyone, steps=trials["steps"])
    copies = (2 * len(ranks), 1, 1, 1)
    targets = (jnp.asarray(np.tile(each, copies)) for each in (told.statements, _once(told)))
    then, ever = (np.asarray(share).reshape(2, len(ranks), len(seeds)) for share in _recall(taught, *targets))
    return [
        {"seed": seed, "model": BRAIN, "memory": memory, "rank": r, "recall": float(share[i, k])}
        for memory, share in ((EPISODIC, then[0]), (SEMANTIC, ever[1]))
        for i, r in enumerate(ranks)
        for k, seed in enumerate(seeds)
    ]


@jax.jit
@jax.vmap
def _recall(
    brain: TensorBrain, there: Int[Array, "instant statement 3"], once: Int[Array, "1 told 3"]
) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """The shares recalled of every instant and of all of time."""
    starts = jnp.concatenate([brain.index.embeddings("instant"), brain.a_bar[None]])
    log_p = jax.lax.map(lambda q: every_statement(brain, q, "spo"), starts)
    return recalled_at_n(log_p[:-1], there).mean(), recalled_at_n(log_p[-1:], once)[0]


def narrowed(brain: TensorBrain, units: int) -> TensorBrain:
    """The brain with ``units`` units of blackboard and of context in use: what the others read and write is 0.

    Their gradients are 0 too, so that they stay so: this is a smaller brain in arrays of another size. Where fewer
    units are added up, the maps are larger, as they would have been drawn.
    """
    memory, on = brain.memory, (jnp.arange(brain.board.dim) < units).astype(float)
    both, gain = on[:, None] * on[None], (brain.board.dim / units) ** 0.5
    V, B, W = (gain * both * each for each in (memory.V, memory.B, memory.W))
    return eqx.tree_at(
        lambda b: (b.index.A, b.a_bar, b.memory.V, b.memory.B, b.memory.W, b.memory.v0),
        brain,
        (brain.index.A * on[None], brain.a_bar * on, V, B, W, -0.5 * V.sum(axis=1)),
    )


def _episodic(told: World) -> Int32[np.ndarray, "seed row 4"]:
    return rows(told)[:, : told.statements[0, ..., 0].size]


def _once(told: World) -> Int32[np.ndarray, "seed 1 statement 3"]:
    """Every statement that was ever told, once, padded with -1."""
    padded = np.full((len(told.statements), 1, told.statements[0, ..., 0].size, 3), -1, np.int32)
    for n, each in enumerate(told.statements):
        distinct = np.unique(each.reshape(-1, 3), axis=0)
        padded[n, 0, : len(distinct)] = distinct
    return padded


def needed(table: Table, model: str, memory: str) -> tuple[float, ...]:
    """The rank at which ``ENOUGH`` is recalled, a seed: between two ranks by a straight line over log rank.

    Where no rank is enough this is the largest, a lower bound.
    """
    found = []
    for seed in sorted({row["seed"] for row in table}):
        mine = [row for row in table if (row["seed"], row["model"], row["memory"]) == (seed, model, memory)]
        recall = {row["rank"]: row["recall"] for row in mine}
        ranks = sorted(recall)
        n = next((n for n, rank in enumerate(ranks) if recall[rank] >= ENOUGH), len(ranks) - 1)
        rank, before = ranks[n], ranks[max(n - 1, 0)]
        if n == 0 or recall[rank] < ENOUGH:
            found.append(float(rank))
        else:
            part = (ENOUGH - recall[before]) / (recall[rank] - recall[before])
            found.append(float(before * (rank / before) ** part))
    return tuple(found)


def measure(table: Table) -> Measured:
    more = "a quarter more can be told from the scatter of seeds"

    def times(model: str, memory: str) -> Part:
        ratio = zip(needed(table, model, memory), needed(table, model, SEMANTIC), strict=True)
        says = f"rank needed for 9 of 10 statements, {memory} over semantic, {model}"
        return Part(says, tuple(one / other for one, other in ratio), more, least=1.25)

    return Measured((times(TUCKER, EPISODIC), times(BRAIN, EPISODIC)), times(TUCKER, ONE))


def plot(table: Table) -> Chart:
    lines = [
        series(table, f"{memory}, {model}", "rank", "recall", role=role,
               where=lambda row, m=model, n=memory: (row["model"], row["memory"]) == (m, n))
        for memory, role in ROLES.items()
        for model in (TUCKER, BRAIN)
        if (model, memory) != (BRAIN, ONE)
    ]  # fmt: skip
    return Chart("Recall against rank", "rank; units of the brain", "share of statements recalled", tuple(lines),
                 threshold=ENOUGH)  # fmt: skip


CLAIM = Claim(
    number=6,
    name="rank",
    says="Episodic memory needs a higher rank than semantic memory.",
    status="paper",
    source="TM17; EKG",
    tested="A world with rules is lived for 48 instants of 6 statements each, and taught with the instants or without "
    "to models of low to high rank. Recalled is what is among the n most probable statements, of an instant that had n "
    "or of all of time.",
    control="All is of one instant: the tensor of semantic memory once more, learned from another random start.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=DIAL,
    departs="The tensor model is the non-negative one of TM17; a brain's rank is its units of blackboard and context.",
)
