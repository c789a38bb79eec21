"""Claim 11: an index written in one shot recalls what was experienced once, and leaves the old ones as they were."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, Role, Series, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Row, Table, Trials
from tensorbrain.claims.new_pictures import new_pictures
from tensorbrain.claims.remembering import last_window
from tensorbrain.claims.tables import by_seed, difference, pick
from tensorbrain.datasets.worlds import load_graph
from tensorbrain.learning.objectives import statement_loss, trainable
from tensorbrain.learning.observing import Seen
from tensorbrain.learning.schooling import descend, optimiser
from tensorbrain.memory.write import copied, learned_write
from tensorbrain.modes.decoder import close_window, open_window, statement_log_probability
from tensorbrain.modes.looking import Sight, moment
from tensorbrain.typing import Array, Bool, Float, Int, Int32, PRNGKeyArray

COPIES = ("copy of the scene", "copy at the end")
LEARNED, ANOTHER = "learned rule", "another one's index"
ROW, WHOLE = "gradient, new index", "gradient, whole brain"
DIAL = Dial("pictures", "how many new pictures are experienced", (4, 8, 16), 8)


class Lived(NamedTuple):
    """New pictures: statements (s, p, o), which of them are told, and the blackboard when the scene is seen."""

    statements: Int[Array, "picture statement 3"]
    told: Bool[Array, "picture statement"]
    q: Float[Array, "picture dim"]


def design(config: Config) -> Trials:
    full = {"pictures": int(config.dial or DIAL.default), "old": 128, "row": [1, 3, 10, 30, 100], "rate": 0.05}
    full |= {"whole": [1, 3, 10, 20], "whole rate": 5e-4}
    return pick(config, full, {"pictures": 3, "row": [1, 10], "whole": [1]})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Share of the questions (s, p, ?) about new pictures that are answered, and by how much that of old ones fell."""
    episodes = load_graph("neighbourhood").episodes.coordinates
    return [{"seed": seed, **row} for seed in seeds for row in _one(brain, trials, episodes, seed)]


def _one(brain: Brain, trials: Trials, episodes: Int32[np.ndarray, "statement 4"], seed: int) -> Table:
    model, key = brain.model, jax.random.key(seed)
    lived = _lived(model, new_pictures(brain, trials["pictures"], seed=seed, nameless=0.0).seen)
    old = jnp.asarray(np.random.default_rng(seed).permutation(episodes)[: trials["old"]].astype(np.int32))
    before = float(_old(model, old).mean())

    def row(how: str, exposures: int, model: TensorBrain, a: Float[Array, "picture dim"]) -> Row:
        right, lost = float(_right(model, lived, a)), before - float(_old(model, old).mean())
        return {"how": how, "exposures": exposures, "right": right, "lost": lost}

    written = _one_shot(model, lived)
    written[ANOTHER] = jnp.roll(written[LEARNED], 1, axis=0)
    rows = [row(how, 1, placed(model, a), a) for how, a in written.items()]
    taught = _new_rows(model, lived, key, trials["rate"], max(trials["row"]))
    rows += [row(ROW, n, placed(model, taught[n - 1]), taught[n - 1]) for n in trials["row"]]
    return rows + [row(WHOLE, n, model, a) for n, model, a in _new_brains(model, lived, key, trials)]


@jax.jit
def _lived(brain: TensorBrain, seen: Seen) -> Lived:
    whole = jnp.array([0.0, 0.0, 1.0, 1.0])
    q = jax.vmap(lambda features: moment(brain, Sight(features[0], whole))[1].q)(seen.features)
    return Lived(seen.statements[..., 2:], seen.statements[..., 3] >= 0, q)


@jax.jit
def _one_shot(brain: TensorBrain, lived: Lived) -> dict[str, Float[Array, "picture dim"]]:
    """The new indices under every rule; the end is the last statement said from the scene, window by window."""

    def end(q: Float[Array, " dim"], rows: Int[Array, "statement 3"], told: Bool[Array, " statement"]):
        row = rows[jnp.where(told, jnp.arange(len(rows)), -1).argmax()]
        order = brain.orders[0]
        state = brain.start(q, order)
        for slot in order:
            state, _ = open_window(brain, state, slot)
            state = close_window(brain, state, row["spo".index(slot)], slot)
        return copied(brain, state.q, "instant")

    scene, last = COPIES
    return {
        scene: jax.vmap(lambda q: copied(brain, q, "instant"))(lived.q),
        last: jax.vmap(end)(lived.q, lived.statements, lived.told),
        LEARNED: jax.vmap(partial(learned_write, brain))(lived.statements, lived.told, lived.q),
    }


def answered(
    brain: TensorBrain, a: Float[Array, " dim"], rows: Int[Array, "statement 3"], told: Bool[Array, " statement"]
) -> Float[Array, " statement"]:
    """Whether the best object of (s, p, ?) recalled from a is told of s and p; nan where a statement is not told."""
    best = jax.vmap(lambda row: last_window(brain, a, jnp.maximum(row, 0), "spo").argmax())(rows)
    same = (rows[:, None, :2] == rows[None, :, :2]).all(axis=-1) & told[None]
    right = (same & (rows[None, :, 2] == best[:, None])).any(axis=1)
    return jnp.where(told, right.astype(float), jnp.nan)


@jax.jit
def _right(brain: TensorBrain, lived: Lived, a: Float[Array, "picture dim"]) -> Float[Array, ""]:
    return jnp.nanmean(jax.vmap(partial(answered, brain))(a, lived.statements, lived.told))


@jax.jit
def _old(brain: TensorBrain, rows: Int[Array, "row 4"]) -> Float[Array, " row"]:
    """Whether the object of each old statement is the best answer at its instant; another true one does not count."""
    instants = brain.index.embeddings("instant")
    best = jax.vmap(lambda row: last_window(brain, instants[row[3]], row[:3], "spo").argmax())(rows)
    return (best == rows[:, 2]).astype(float)


def free(brain: TensorBrain, count: int) -> np.ndarray:
    """The rows of A in which new instants are put: the last ones of the reserve."""
    return brain.index.block("instant").stop - count + np.arange(count)


def placed(brain: TensorBrain, a: Float[Array, "picture dim"]) -> TensorBrain:
    """The brain with the new instants in its index."""
    rows = free(brain, len(a))
    changed = brain.index.A.at[rows].set(a), brain.index.in_use.at[rows].set(True)
    return eqx.tree_at(lambda b: (b.index.A, b.index.in_use), brain, changed)


@partial(jax.jit, static_argnames=("rate", "steps"))
def _new_rows(
    brain: TensorBrain, lived: Lived, key: PRNGKeyArray, rate: float, steps: int
) -> Float[Array, "step picture dim"]:
    """Indices that are taught by gradient, all else fixed: after each step, which is one more exposure."""
    adam, rows = optax.adam(rate), jnp.maximum(lived.statements, 0)

    def loss(a: Float[Array, "picture dim"]) -> Float[Array, ""]:
        def one(
            a: Float[Array, " dim"], rows: Int[Array, "statement 3"], told: Bool[Array, " statement"]
        ) -> Float[Array, ""]:
            log_p = jax.vmap(lambda row: statement_log_probability(brain, a, row, brain.orders[0]).sum())(rows)
            return -jnp.where(told, log_p, 0.0).sum()

        return jax.vmap(one)(a, rows, lived.told).sum()

    def step(carry: tuple[Float[Array, "picture dim"], optax.OptState], _: None):
        a, state = carry
        with jax.numpy_dtype_promotion("standard"):  # optax counts steps in int32 beside float32 moments
            update, state = adam.update(jax.grad(loss)(a), state)
        a = jax.tree.map(jnp.add, a, update)
        return (a, state), a

    start = 0.5 * jax.random.normal(key, lived.q.shape)
    return jax.lax.scan(step, (start, adam.init(start)), None, length=steps)[1]


def _new_brains(
    brain: TensorBrain, lived: Lived, key: PRNGKeyArray, trials: Trials
) -> Iterator[tuple[int, TensorBrain, Float[Array, "picture dim"]]]:
    """(exposures, brain, new indices) where all that memory learns is taught by gradient on the new statements."""
    new = free(brain, len(lived.q))
    brain = placed(brain, 0.5 * jax.random.normal(key, lived.q.shape))
    t = jnp.asarray(new - brain.index.block("instant").start, jnp.int32)
    t = jnp.broadcast_to(t[:, None, None], (*lived.told.shape, 1))
    rows = jnp.concatenate([jnp.maximum(lived.statements, 0), t], axis=-1).reshape(-1, 4)
    weight = lived.told.reshape(-1).astype(float)
    params, frozen = eqx.partition(brain, trainable(brain, learn_beta=False))
    state = ADAM.init(params)
    for n in range(1, max(trials["whole"]) + 1):
        params, state = _step(params, frozen, state, rows, weight, jnp.asarray(trials["whole rate"]))
        if n in trials["whole"]:
            taught = eqx.combine(params, frozen)
            yield n, taught, taught.index.A[new]


ADAM = optimiser(0.0)


@jax.jit
def _step(
    params: TensorBrain,
    frozen: TensorBrain,
    state: optax.OptState,
    rows: Int[Array, "row 4"],
    weight: Float[Array, " row"],
    rate: Float[Array, ""],
) -> tuple[TensorBrain, optax.OptState]:
    gradient = jax.grad(lambda params: statement_loss(eqx.combine(params, frozen), rows, weight))(params)
    return descend(ADAM, params, gradient, state, rate)


def measure(table: Table) -> Measured:
    most = "three of four questions about what was lived once"
    parts = [Part(f"answered, {how}", by_seed(table, "right", how=how), most, least=0.75) for how in (*COPIES, LEARNED)]
    whole = max(row["exposures"] for row in table if row["how"] == WHOLE)
    lost = by_seed(table, "lost", how=WHOLE, exposures=whole)
    spared = difference(lost, by_seed(table, "lost", how=LEARNED))
    seen = "a twentieth of what was known can be missed"
    parts.append(
        Part(f"old answers that {whole} steps of gradient lose and one shot does not", spared, seen, least=0.05)
    )
    control = Part(f"answered, {ANOTHER}", by_seed(table, "right", how=ANOTHER), most, least=0.75)
    return Measured(tuple(parts), control)


def plot(table: Table) -> Chart:
    def of(how: str) -> Callable[[Row], bool]:
        return lambda row: row["how"] == how

    most = max(row["exposures"] for row in table if row["how"] == ROW)

    def level(how: str, role: Role) -> Series:
        """One exposure is all there is: a level line."""
        twice = [row | {"exposures": x} for row in table if row["how"] == how for x in (1, most)]
        return series(twice, how, "exposures", "right", role=role)

    lines = (
        *(level(how, "claim") for how in COPIES),
        level(LEARNED, "other"),
        *(series(table, how, "exposures", "right", role="other", where=of(how)) for how in (ROW, WHOLE)),
        level(ANOTHER, "control"),
    )
    return Chart("What was lived once is recalled", "exposures", "share of questions answered", lines, threshold=0.75,
                 log_x=True)  # fmt: skip


CLAIM = Claim(
    number=11,
    name="one_shot",
    says="A new index that is written in one shot, a copy of the blackboard, recalls what was experienced once.",
    status="qualitative",
    source="TB23; TM17 (a_t := h_t)",
    tested="The shipped brain sees new pictures of which statements are told. The instant's index is a copy of the "
    "blackboard, or is written by the rule that this project learned, or taught by gradient in several exposures; then "
    "the object of each statement is asked for.",
    control="The index of another experience is asked.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=DIAL,
    departs="The learned rule is ours. What is told of a picture is taken as experienced, whatever the eye sees.",
)
