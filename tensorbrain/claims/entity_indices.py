"""Claim 10: without indices for entities an episode cannot be recalled: it is known what happened, not to whom."""

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Table, Trials
from tensorbrain.claims.remembering import beside, last_window, rows, world
from tensorbrain.claims.tables import by_seed, difference, pick
from tensorbrain.learning.fit import SampledStatements, fit, newborn
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float, Int, Int32

WITH, WITHOUT, BEST = "entities", "classes only", "best with classes only"
DIAL = Dial("members", "how many entities a class has", (1, 2, 4, 8), 8)


def design(config: Config) -> Trials:
    members = int(config.dial or DIAL.default)
    full = {"entities": 24, "members": members, "predicates": 6, "instants": 24, "each": 10, "dim": 48, "steps": 1500}
    return pick(config, full, {"instants": 8, "steps": 400})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """What did s do to o then? Asked of brains that have an index for s and o, and of ones that have their classes."""
    entities, predicates, instants = (trials[name] for name in ("entities", "predicates", "instants"))
    told = world(seeds, (entities, predicates, instants), each=trials["each"], pool=2000, habit=0.0)
    episodes = rows(told)[:, : instants * trials["each"]]
    generic = with_classes(episodes, entities, trials["members"])
    concepts = entities + entities // trials["members"]
    settings = Settings(dim=trials["dim"], context=trials["dim"], orders=("sop",))
    brains = beside(newborn((concepts, predicates, instants), settings, seeds), 2)
    lessons = jnp.asarray(np.concatenate([episodes, generic]))
    taught, _ = fit(brains, lessons, SampledStatements(96), seeds * 2, steps=trials["steps"], rate=5e-3)
    said = np.asarray(jax.jit(jax.vmap(_answers))(taught, lessons).argmax(axis=-1))
    table = []
    for n, seed in enumerate(seeds):
        answers = {WITH: said[n], WITHOUT: said[len(seeds) + n], BEST: most_frequent(generic[n])}
        for known, p in answers.items():
            right, gist = is_told(episodes[n], p).mean(), is_told(generic[n], p).mean()
            table.append({"seed": seed, "known": known, "right": float(right), "gist": float(gist)})
    return table


def with_classes(rows: Int32[np.ndarray, "*any 4"], entities: int, members: int) -> Int32[np.ndarray, "*any 4"]:
    """The same statements of the classes of subject and object, whose rows come after those of the entities."""
    generic = rows.copy()
    generic[..., [0, 2]] = entities + rows[..., [0, 2]] // members
    return generic


def _answers(brain: TensorBrain, rows: Int[Array, "row 4"]) -> Float[Array, "row predicate"]:
    instants = brain.index.embeddings("instant")
    return jax.vmap(lambda row: last_window(brain, instants[row[3]], row[:3], "sop"))(rows)


def most_frequent(rows: Int32[np.ndarray, "row 4"]) -> Int32[np.ndarray, " row"]:
    """The predicate that is told most often of the subject, object and instant of every row: no more can be known."""
    counts = (rows[:, None, [0, 2, 3]] == rows[None, :, [0, 2, 3]]).all(axis=-1) @ np.eye(rows[:, 1].max() + 1)[
        rows[:, 1]
    ]
    return counts.argmax(axis=1).astype(np.int32)


def is_told(rows: Int32[np.ndarray, "row 4"], p: np.ndarray) -> np.ndarray:
    """Whether each row with the predicate p in place of its own is one of the rows."""
    known = {tuple(row) for row in rows.tolist()}
    return np.array([(s, int(k), o, t) in known for (s, _, o, t), k in zip(rows.tolist(), p, strict=True)])


def measure(table: Table) -> Measured:
    known, without = (by_seed(table, "right", known=name) for name in (WITH, WITHOUT))
    nearly = "nearly all of what was taught"
    return Measured(
        (
            Part("predicates recalled, entity indices", known, nearly, least=0.9),
            Part("lost without entity indices", difference(known, without), "a reader would see it", least=0.1),
            Part("predicates true of some entities of these classes, class indices only",
                 by_seed(table, "gist", known=WITHOUT), f"{nearly}: only who it was is missing", least=0.9),
        ),
        Part("predicates recalled, class indices only", without, nearly, least=0.9),
    )  # fmt: skip


def plot(table: Table) -> Chart:
    lines = (
        series(table, "true of these entities", "known", "right"),
        series(table, "true of some of these classes", "known", "gist", role="other"),
    )
    return Chart("What did s do to o then?", "indices of subject and object", "share of answers", lines, kind="bar",
                 threshold=0.9)  # fmt: skip


CLAIM = Claim(
    number=10,
    name="entity_indices",
    says="Indices for entities are required for episodic recall.",
    status="paper",
    source="TB23",
    tested="Brains learn the same episodes, with an index for every entity or with those of the classes only. Of every "
    "statement subject, object and instant are told, and the predicate is asked.",
    control="Subject and object are known by their class only.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=DIAL,
)
