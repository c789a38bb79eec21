"""Claim 26: what is probable in an episode and improbable in general is remarkable."""

import jax
import jax.numpy as jnp
import numpy as np
from scipy.stats import rankdata

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Table, Trials
from tensorbrain.claims.remembering import rows, world
from tensorbrain.claims.tables import by_seed, difference, pick
from tensorbrain.learning.fit import SampledStatements, fit, newborn
from tensorbrain.memory.blend import both_memories
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float, Int

COUNTS = (20, 5, 48)  # entities, predicates, instants
ODD = 12  # instants in which something happens that never happens else
SIGNS = {
    "both memories": lambda episodic, semantic: episodic - semantic,
    "episodic memory alone": lambda episodic, semantic: episodic,
    "semantic memory alone": lambda episodic, semantic: -semantic,
}


def design(config: Config) -> Trials:
    habit = 1.0 if config.dial is None else config.dial
    return pick(config, {"dim": 64, "steps": 1000, "each": 3, "pool": 16, "habit": habit}, {"steps": 300})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Teach worlds of habits with an exception in some instants, and tell those instants by what is remembered."""
    habits = world(seeds, COUNTS, each=trials["each"], pool=trials["pool"], habit=trials["habit"])
    told = habits.statements.copy()
    odd = np.stack([_except(np.random.default_rng((seed, 1)), told[n]) for n, seed in enumerate(seeds)])
    settings = Settings(dim=trials["dim"], context=trials["dim"])
    lessons = jnp.asarray(rows(habits._replace(statements=told)))
    brains, _ = fit(newborn(COUNTS, settings, seeds), lessons, SampledStatements(64), seeds, steps=trials["steps"])

    @jax.jit
    def log_p(
        brain: TensorBrain, told: Int[Array, "instant statement 3"]
    ) -> tuple[Float[Array, "instant statement"], Float[Array, "instant statement"]]:
        return jax.vmap(lambda a_t, rows: both_memories(brain, a_t, brain.a_bar, rows))(
            brain.index.embeddings("instant"), told
        )

    episodic, semantic = (np.asarray(each) for each in jax.vmap(log_p)(brains, jnp.asarray(told)))
    table = []
    for n, seed in enumerate(seeds):
        for sign, of in SIGNS.items():
            strangest = of(episodic[n], semantic[n]).max(axis=1)  # the strangest statement of each instant
            table.append({"seed": seed, "sign": sign, "auc": area(strangest, odd[n])})
    return table


def _except(random: np.random.Generator, told: np.ndarray) -> np.ndarray:
    """Put something that happens nowhere else into some instants, in place; which ones, as booleans."""
    known = {tuple(statement) for statement in told.reshape(-1, 3).tolist()}
    odd = np.zeros(len(told), bool)
    odd[random.choice(len(told), ODD, replace=False)] = True
    for t in np.flatnonzero(odd):
        while True:
            s, p, o = (int(random.integers(0, size)) for size in (COUNTS[0], COUNTS[1], COUNTS[0]))
            if s != o and (s, p, o) not in known:
                break
        known.add((s, p, o))
        told[t, random.integers(0, told.shape[1])] = (s, p, o)
    return odd


def area(score: np.ndarray, positive: np.ndarray) -> float:
    """The area under the ROC curve: how probably a positive one scores higher than a negative one.

    >>> area(np.array([3.0, 1.0, 2.0]), np.array([True, False, False]))
    1.0
    """
    ranks = rankdata(score)
    many = int(positive.sum())
    return float((ranks[positive].sum() - many * (many + 1) / 2) / (many * (len(score) - many)))


def measure(table: Table) -> Measured:
    both, episodic, semantic = (by_seed(table, "auc", sign=sign) for sign in SIGNS)
    return Measured(
        (
            Part("area under the ROC curve, by both memories", both, "a detector that one would use", least=0.9),
            Part(
                "the same, more than by semantic memory alone", difference(both, semantic),
                "less than two points nobody would see", least=0.02,
            ),
        ),
        Part("the same by episodic memory alone", episodic, "a detector that one would use", least=0.9),
    )  # fmt: skip


def plot(table: Table) -> Chart:
    roles = ("claim", "control", "other")
    bars = tuple(
        series(table, sign, "sign", "auc", role=role, where=lambda row, sign=sign: row["sign"] == sign)
        for sign, role in zip(SIGNS, roles, strict=True)
    )
    return Chart(
        "Exceptions told from habits", "judged by", "area under the ROC curve", bars, kind="bar", threshold=0.5
    )


CLAIM = Claim(
    number=26,
    name="remarkable",
    says="What is probable in an episode and improbable in general is remarkable: the two memories tell exceptions.",
    status="qualitative",
    source="TB20 (anomaly)",
    tested="A world of habits has an exception in a quarter of its instants; instants are ranked by their strangest "
    "statement, log P(s, p, o | a_t) - log P(s, p, o | a-bar).",
    control="Episodic memory alone, log P(s, p, o | a_t), knows no habits.",
    departs="The formula is ours; the papers say so in words.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=Dial("habit", "how uneven habits are (0: all alike)", (0.0, 0.5, 1.0, 1.5), 1.0),
)
