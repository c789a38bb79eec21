"""Claim 4: what no look tells, such as who owns a dog, is reached through the index of whom one sees."""

import jax
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Table, Trials
from tensorbrain.claims.new_pictures import named_things, new_pictures
from tensorbrain.claims.tables import by_seed, difference, pick
from tensorbrain.datasets.scenes import Dials
from tensorbrain.datasets.scripts import HIDDEN, town_of
from tensorbrain.datasets.worlds import load_graph
from tensorbrain.modes.decoder import close_window, open_window
from tensorbrain.modes.looking import Sight, region_senses
from tensorbrain.operations import sense, write_back
from tensorbrain.typing import Array, Float, Int

# What enters the subject's window of a recall: its look (mu), and the index that is written back.
WAYS = {
    "look alone": (1.0, "nothing"),
    "its class": (0.0, "class"),
    "its identity": (0.0, "identity"),
    "look and identity": (1.0, "identity"),
}
AT_ONCE = 256  # questions: few shapes are compiled
SPOILT = Dial("spoilt", "how far the pictures are spoilt, from 0 (clean) to 1", (0.0, 0.25, 0.5, 0.75, 1.0), 0.5)


def design(config: Config) -> Trials:
    spoilt = SPOILT.default if config.dial is None else config.dial
    return pick(config, {"pictures": 100, "spoilt": spoilt}, {"pictures": 24})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Show the shipped brain new pictures of known individuals and ask it what it knows of each, in every way."""
    return [row for seed in seeds for row in _answers(brain, trials, seed)]


def _answers(brain: Brain, trials: Trials, seed: int) -> Table:
    dials = Dials(*[trials["spoilt"]] * 4)
    pictures = new_pictures(brain, trials["pictures"], seed=seed, nameless=0.0, dials=dials)
    town, seen = town_of(load_graph("neighbourhood")), pictures.seen
    thing = np.asarray(seen.thing)
    asked = [
        (n, region, town.predicate[p], town.facts[int(thing[n, region]), p])
        for n, region in np.argwhere(pictures.truth.known).tolist()
        for p in HIDDEN
        if (int(thing[n, region]), p) in town.facts
    ]
    named = np.asarray(named_things(brain.model, seen, pictures.choices))
    class_of = np.asarray([town.concept.get(town.kind.get(k, ""), k) for k in range(named.max() + 1)])
    rows = []
    for way, (mu, writes) in WAYS.items():
        who = class_of[named] if writes == "class" else named
        told = [(n, region, int(who[n, region]), p) for n, region, p, _ in asked]
        padded = np.asarray(told + [told[0]] * (-len(told) % AT_ONCE), np.int32)
        answers = np.asarray(answered(brain.model, seen.features, seen.boxes, padded, mu, float(writes != "nothing")))
        right = [k in true for k, (*_, true) in zip(answers.tolist(), asked, strict=False)]
        rows.append({"seed": seed, "way": way, "right": float(np.mean(right)), "asked": len(asked)})
    return rows


@jax.jit
def answered(
    brain: TensorBrain,
    features: Float[Array, "scene region feature"],
    boxes: Float[Array, "scene region 4"],
    told: Int[Array, "question 4"],
    mu: float | Float[Array, ""],
    beta: float | Float[Array, ""],
) -> Int[Array, " question"]:
    """The answer to (s, p, ?) for rows of ``told``, (scene, region, index that stands for s, p).

    Semantic memory is asked from a-bar. In the window of the subject the look of the region drives the blackboard with
    the gate ``mu``, and the index is written back with the gate ``beta``.
    """

    def one(row: Int[Array, "4"]) -> Int[Array, ""]:
        n, region, k, p = row
        state, _ = open_window(brain, brain.start(brain.a_bar, brain.orders[0]), "s")
        senses = region_senses(brain, Sight(features[n, region], boxes[n, region]))
        state = sense(brain.sensory, state, senses, mu=mu)
        state = write_back(brain.index, state, k, "concept", alpha=brain.alpha, beta=beta * brain.beta)
        state, _ = open_window(brain, state, "p")
        _, log_o = open_window(brain, close_window(brain, state, p, "p"), "o")
        return log_o.argmax()

    return jax.vmap(one)(told)


def measure(table: Table) -> Measured:
    alone, kind, identity, _ = (by_seed(table, "right", way=way) for way in WAYS)
    half = "half of what is asked: more is known than not"
    return Measured(
        (
            Part("facts right through the identity", identity, half, least=0.5),
            Part("more than from the look alone", difference(identity, alone), half, least=0.5),
        ),
        Part("facts right through the class", kind, half, least=0.5),
    )


def plot(table: Table) -> Chart:
    shown = series(table, "facts right", "way", "right")
    return Chart(
        "Facts that cannot be seen", "what stands for the subject", "right", (shown,), kind="bar", threshold=0.5
    )


CLAIM = Claim(
    number=4,
    name="unseen_facts",
    says="Facts that cannot be seen, such as who owns a dog, are reached through the identity of whom one sees.",
    status="paper",
    source="TB23 (perception and semantic memory share their indices)",
    tested="The shipped brain names individuals in new pictures and is asked for owner, home, friends, kin and work "
    "of each, by the index that it named or by the look alone, which enters the same recall in its place. "
    "With both (mu = 1) no more comes back than from the look: its drive is six times an embedding.",
    control="The index of the class stands for the subject: all that a look tells in words, but not who it is.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=SPOILT,
)
