"""Claim 12: replayed from their activations, episodes become semantic memory, and nothing that was known is lost."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Table, Trials
from tensorbrain.claims.tables import by_seed, difference, pick
from tensorbrain.learning.fit import SampledStatements, fit, keys, newborn
from tensorbrain.memory.interleave import consolidated, planned
from tensorbrain.modes.decoder import close_window, open_window
from tensorbrain.settings import Settings
from tensorbrain.typing import Array

CONCEPTS, PREDICATES, INSTANTS, EACH, OLD = 30, 6, 12, 3, 60  # the last half of the instants are the new ones
NEW = INSTANTS // 2
# Of each way: whether there is replay, and whether what was known is replayed in between.
WAYS = {"replay": True, "replay of the new alone": False, "no replay": None}


def design(config: Config) -> Trials:
    share = config.dial or 0.3
    full = {"dim": 64, "steps": 800, "replay": 160, "rate": 5e-3, "share": share}
    return pick(config, full, {"steps": 300, "replay": 60})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Teach facts and episodes, replay the new episodes, and ask semantic memory for both."""
    worlds = [_world(np.random.default_rng(seed)) for seed in seeds]
    rows, old, new = (jnp.asarray(np.stack(each)) for each in zip(*worlds, strict=True))
    settings = Settings(dim=trials["dim"], context=trials["dim"])
    counts = (CONCEPTS, PREDICATES, INSTANTS)
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
        for told, facts in (("what was known", old), ("what the episodes say", new)):
            right = np.asarray(jax.vmap(_right)(later, facts))
            table += [
                {"seed": seed, "way": way, "asked": told, "right": float(right[n].mean())}
                for n, seed in enumerate(seeds)
            ]
    return table


@jax.jit
def _right(brain: TensorBrain, facts: Array) -> Array:
    """Whether semantic memory's best object of every (s, p, ?) is the one that is told."""

    def one(fact: Array) -> Array:
        state, _ = open_window(brain, brain.start(brain.a_bar, "spo"), "s")
        state, _ = open_window(brain, close_window(brain, state, fact[0], "s"), "p")
        return open_window(brain, close_window(brain, state, fact[1], "p"), "o")[1].argmax() == fact[2]

    return jax.vmap(one)(facts)


def _world(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows to learn, the old facts, and what only the new episodes say; each subject and predicate has one object."""
    every = random.permutation(np.argwhere(np.ones((CONCEPTS, PREDICATES))))
    said = np.c_[every, random.integers(0, CONCEPTS, len(every))].astype(np.int32)
    old, new = said[:OLD], said[OLD : OLD + NEW * EACH]
    past = old[random.choice(OLD, NEW * EACH, replace=False)]
    when = np.repeat(np.arange(INSTANTS), EACH)
    episodes = np.c_[np.concatenate([past, new]), when]
    return np.concatenate([np.c_[old, np.full(OLD, -1)], episodes]).astype(np.int32), old, new


def measure(table: Table) -> Measured:
    def right(way: str, asked: str) -> tuple[float, ...]:
        return by_seed(table, "right", way=way, asked=asked)

    known, new = "what was known", "what the episodes say"
    lost, lost_bare = (
        difference(right("no replay", known), right(way, known)) for way in ("replay", "replay of the new alone")
    )
    wanted = "nine of ten of what the episodes say"
    return Measured(
        (
            Part("semantic answers as the episodes say, after replay", right("replay", new), wanted, least=0.9),
            Part("share of the old answers that replay loses", lost, "two points may be lost", most=0.02),
            Part("the same where the new alone is replayed", lost_bare, "more than a tenth is catastrophic", least=0.1),
        ),
        Part("semantic answers as the episodes say, without replay", right("no replay", new), wanted, least=0.9),
    )


def plot(table: Table) -> Chart:
    bars = tuple(
        series(table, asked, "way", "right", role=role, where=lambda row, asked=asked: row["asked"] == asked)
        for asked, role in (("what the episodes say", "claim"), ("what was known", "other"))
    )
    return Chart("Semantic memory before and after replay", "replay", "answers right", bars, kind="bar", threshold=0.9)


CLAIM = Claim(
    number=12,
    name="consolidation",
    says="Replay of activations turns what episodes say into semantic memory, without catastrophic forgetting.",
    status="qualitative",
    source="TB20, TB23 (consolidation)",
    tested="A brain is taught facts, and episodes half of which say what semantic memory was never told; these are "
    "reactivated, the brain's own distributions are the lessons, and semantic memory is asked for both.",
    control="Without replay semantic memory does not know what the episodes say.",
    departs="The papers let a second index copy the activation; here all parameters learn from what the brain itself "
    "says of a_t, and of a-bar in between (`memory.consolidate`).",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=Dial("share", "share that the episodes shall have in semantic memory", (0.1, 0.3, 0.5, 0.7), 0.3),
)
