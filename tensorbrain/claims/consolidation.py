"""Claim 12: replayed from their activations, episodes become semantic memory, and nothing that was known is lost."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Table, Trials
from tensorbrain.claims.remembering import known
from tensorbrain.claims.tables import by_seed, difference, pick
from tensorbrain.learning.fit import SampledStatements, fit, keys, newborn
from tensorbrain.memory.interleave import consolidated, planned
from tensorbrain.memory.rehearse import Activations, Data, affordable, bytes_held, rehearsed
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Int, Key, PRNGKeyArray

CONCEPTS, PREDICATES, INSTANTS, EACH, OLD = 30, 6, 12, 3, 60  # the last half of the instants are the new ones
LATE = 6  # concepts more, of which nothing is told at first
NEW = INSTANTS // 2
# Of each way: whether there is replay, and whether what was known is replayed in between.
WAYS = {"replay": True, "replay of the new alone": False, "no replay": None}
# How the old is rehearsed while new concepts are learned; data of as many bytes as a second copy of the brain has.
NOTHING, DATA, FEW, ACTIVATIONS = "no rehearsal", "data, same bytes", "data, one in ten", "activations"
KNOWN, SAID, LEARNED = "what was known", "what the episodes say", "what is new"


def design(config: Config) -> Trials:
    share = config.dial or 0.3
    full = {"dim": 64, "steps": 800, "replay": 160, "rate": 5e-3, "share": share, "rehearse": 300}
    return pick(config, full, {"steps": 300, "replay": 60, "rehearse": 100})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Teach facts and episodes, then replay the new episodes, or tell of new concepts; and ask semantic memory."""
    worlds = [_world(np.random.default_rng(seed)) for seed in seeds]
    rows, old, new, late = (jnp.asarray(np.stack(each)) for each in zip(*worlds, strict=True))
    settings = Settings(dim=trials["dim"], context=trials["dim"])
    counts = (CONCEPTS + LATE, PREDICATES, INSTANTS)
    brains, _ = fit(newborn(counts, settings, seeds), rows, SampledStatements(64), seeds, steps=trials["steps"])
    table = []
    for way, interleaved in WAYS.items():
        later = brains
        if interleaved is not None:
            plan = planned(jax.tree.map(lambda leaf: leaf[0], brains), np.arange(NEW, INSTANTS), trials["share"])
            replay = partial(
                consolidated, steps=trials["replay"], rate=trials["rate"], moves="all", interleaved=interleaved
            )
            later, _ = jax.vmap(lambda b, key, replay=replay, plan=plan: replay(b, plan, key=key))(brains, keys(seeds))
        table += _asked(later, seeds, way, {KNOWN: old, SAID: new})
    for way in (NOTHING, DATA, FEW, ACTIVATIONS):
        later = _taught_more(brains, rows, late, seeds, way=way, steps=trials["rehearse"])
        table += _asked(later, seeds, way, {KNOWN: old, LEARNED: late})
    return table


def _asked(brains: TensorBrain, seeds: tuple[int, ...], way: str, facts: dict[str, Array]) -> Table:
    return [
        {"seed": seed, "way": way, "asked": told, "right": float(share)}
        for told, each in facts.items()
        for seed, share in zip(seeds, np.asarray(known(brains, each)).mean(axis=1), strict=True)
    ]


def _taught_more(
    brains: TensorBrain,
    rows: Int[Array, "seed row 4"],
    late: Int[Array, "seed fact 3"],
    seeds: tuple[int, ...],
    *,
    way: str,
    steps: int,
) -> TensorBrain:
    """Brains that learned facts about new concepts, while they rehearsed what they knew or did not."""
    copy = bytes_held(brains) // len(seeds)
    budget = {DATA: copy, FEW: 4 * (rows.shape[1] // 10)}.get(way, 0)  # a row is four numbers of a byte
    kept = [affordable(each, budget, key=key).rows for each, key in zip(rows, keys(seeds), strict=True)]
    told = jnp.concatenate([late, jnp.full_like(late[..., :1], -1)], axis=-1)
    return _rehearsed(brains, told, jnp.stack(kept), keys(seeds), asleep=way == ACTIVATIONS, steps=steps)


@partial(jax.jit, static_argnames=("asleep", "steps"))
def _rehearsed(
    brains: TensorBrain,
    told: Int[Array, "seed new 4"],
    kept: Int[Array, "seed old 4"],
    keys: Key[Array, " seed"],
    *,
    asleep: bool,
    steps: int,
) -> TensorBrain:
    def one(brain: TensorBrain, told: Array, kept: Array, key: PRNGKeyArray) -> TensorBrain:
        old = Activations(brain, jnp.arange(-1, INSTANTS)) if asleep else Data(kept)
        return rehearsed(brain, told, old, steps=steps, rate=5e-3, key=key)

    return jax.vmap(one)(brains, told, kept, keys)


def _world(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rows to learn, the old facts, what only the new episodes say, and facts about the concepts that come later.

    Each subject and predicate has one object.
    """
    every = random.permutation(np.argwhere(np.ones((CONCEPTS, PREDICATES))))
    said = np.c_[every, random.integers(0, CONCEPTS, len(every))].astype(np.int32)
    old, new = said[:OLD], said[OLD : OLD + NEW * EACH]
    past = old[random.choice(OLD, NEW * EACH, replace=False)]
    when = np.repeat(np.arange(INSTANTS), EACH)
    episodes = np.c_[np.concatenate([past, new]), when]
    s, p = np.repeat(CONCEPTS + np.arange(LATE), EACH), np.tile(np.arange(EACH), LATE)
    late = np.c_[s, p, random.integers(0, CONCEPTS, len(s))].astype(np.int32)
    return np.concatenate([np.c_[old, np.full(OLD, -1)], episodes]).astype(np.int32), old, new, late


def measure(table: Table) -> Measured:
    def right(way: str, asked: str) -> tuple[float, ...]:
        return by_seed(table, "right", way=way, asked=asked)

    lost, lost_bare, forgotten, with_data, with_few, with_activations = (
        difference(right("no replay", KNOWN), right(way, KNOWN))
        for way in ("replay", "replay of the new alone", NOTHING, DATA, FEW, ACTIVATIONS)
    )
    few, much = "two points may be lost", "more than a tenth is catastrophic"
    wanted, wanted_new = "nine of ten of what the episodes say", "nine of ten"
    return Measured(
        (
            Part("semantic answers as the episodes say, after replay", right("replay", SAID), wanted, least=0.9),
            Part("share of the old answers that replay loses", lost, few, most=0.02),
            Part("the same where the new alone is replayed", lost_bare, much, least=0.1),
            Part("lost as new concepts are learned, without rehearsal", forgotten, much, least=0.1),
            Part("the same, with activations rehearsed", with_activations, few, most=0.02),
            Part("the same, with data of as many bytes", with_data, few, most=0.02),
            Part("the same, with one in ten of the data", with_few, much, least=0.1),
            Part("what is new is known, with activations", right(ACTIVATIONS, LEARNED), wanted_new, least=0.9),
        ),
        Part("semantic answers as the episodes say, without replay", right("no replay", SAID), wanted, least=0.9),
    )


def plot(table: Table) -> Chart:
    bars = tuple(
        series(table, asked, "way", "right", role=role, where=lambda row, asked=asked: row["asked"] == asked)
        for asked, role in ((SAID, "claim"), (LEARNED, "claim"), (KNOWN, "other"))
    )
    return Chart(
        "Semantic memory after replay, and after new concepts",
        "replay; rehearsal",
        "answers right",
        bars,
        kind="bar",
        threshold=0.9,
    )


CLAIM = Claim(
    number=12,
    name="consolidation",
    says="Replay of activations turns what episodes say into semantic memory, without catastrophic forgetting.",
    status="qualitative",
    source="TB20, TB23 (consolidation)",
    tested="A brain is taught facts, and episodes half of which say what semantic memory was never told; these are "
    "reactivated, the brain's own distributions are the lessons, and semantic memory is asked for both. The same brain "
    "is told of new concepts, and rehearses what it knew by nothing, by its activations, which take a second copy of "
    "it, by data of as many bytes (here all of them), or by one in ten of the data.",
    control="Without replay semantic memory does not know what the episodes say.",
    departs="The papers let a second index copy the activation; here all parameters learn from what the brain itself "
    "says of a_t, and of a-bar in between (`memory.consolidate`).",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=Dial("share", "share that the episodes shall have in semantic memory", (0.1, 0.3, 0.5, 0.7), 0.3),
)
