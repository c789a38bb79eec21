"""Claim 1: an index that writes back tells more about somebody who is known, and hardly more about a stranger."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Table, Trials
from tensorbrain.claims.examining import examined
from tensorbrain.claims.new_pictures import new_pictures
from tensorbrain.claims.seeing import Looks, Sizes, brains_that_see, conditions, drawn, learns_to_see, worlds
from tensorbrain.claims.tables import by_seed, difference, pick
from tensorbrain.learning.fit import fit
from tensorbrain.learning.observing import Seen
from tensorbrain.modes.choices import Choices
from tensorbrain.modes.looking import Sight, feed_back, look, moment, read_labels, region_senses, without_feedback
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float, Int

# Each row: its name, whether the brain was taught with feedback, and what writes back.
FEEDBACK = {"none": (0, "attend"), "attend": (1, "attend"), "argmax": (1, "argmax"), "teacher": (1, "teacher")}
CONTROL = {"another": (1, "another")}
WHO = {"known": 0.0, "stranger": 1.0}  # the share of strangers
NOISE = Dial("noise", "standard deviation of a look's noise; prototypes have 1", (0.25, 0.5, 1.0, 1.5, 2.0), 1.0)


def design(config: Config) -> Trials:
    noise = NOISE.default if config.dial is None else config.dial
    full = {"dim": 64, "steps": 2000, "rate": 3e-3, "scenes": 1000, "noise": noise, "pictures": 100}
    return pick(config, full, {"steps": 300, "scenes": 300, "pictures": 32})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Teach small brains with and without feedback; and shut the feedback of the shipped one."""
    return taught_rows(trials, seeds) + [row for seed in seeds for row in shipped_rows(brain, trials, seed)]


def taught_rows(trials: Trials, seeds: tuple[int, ...]) -> Table:
    """What small brains read of known individuals and of strangers, by what writes back."""
    sizes, settings = Sizes(), Settings(dim=trials["dim"], context=trials["dim"], orders=("sop",))
    many = seeds * 2
    lessons = worlds(sizes, many), conditions([(1, taught, trials["noise"], 0) for taught in (0, 1)], seeds)
    brains = brains_that_see(sizes, settings, many)
    brains, _ = fit(
        brains, lessons, Looks(sizes), many, steps=trials["steps"], rate=trials["rate"], learns=learns_to_see
    )
    z = drawn(sizes, many, trials["scenes"])
    rows = []
    for name, (with_feedback, selection) in (FEEDBACK | CONTROL).items():
        for who, strange in WHO.items():
            right = examined(brains, lessons, z, sizes=sizes, strange=strange, selection=selection)
            for what, shares in (("labels", right.trait), ("predicate", right.predicate)):
                of_all = shares.reshape(2, len(seeds))[with_feedback].tolist()
                told = {"brain": "taught", "feedback": name, "who": who, "what": what}
                rows += [{"seed": seed, **told, "right": share} for seed, share in zip(seeds, of_all, strict=True)]
    return rows


def shipped_rows(brain: Brain, trials: Trials, seed: int) -> Table:
    """The labels that the shipped brain reads in new pictures, with its feedback and with the gate shut."""
    pictures = new_pictures(brain, trials["pictures"], seed=seed)
    labels = np.asarray(pictures.seen.labels)
    rows = []
    for name, (with_feedback, selection) in FEEDBACK.items():
        model = brain.model if with_feedback else without_feedback(brain.model)
        right = np.asarray(labels_read(model, pictures.seen, pictures.choices, selection=selection)) == labels
        for who, which in (("known", pictures.truth.known), ("stranger", pictures.truth.novel)):
            told = {"brain": "shipped", "feedback": name, "who": who, "what": "labels"}
            rows.append({"seed": seed, **told, "right": right[(labels >= 0) & which[..., None]].mean()})
    return rows


@partial(jax.jit, static_argnames=("selection",))
def labels_read(
    brain: TensorBrain, seen: Seen, options: Choices, *, selection: str
) -> Int[Array, "scene region group"]:
    """The label of each group that is read of a region after the feedback."""

    def one_scene(
        features: Float[Array, "region feature"], boxes: Float[Array, "region 4"], thing: Int[Array, " region"]
    ) -> Int[Array, "region group"]:
        _, start, _ = moment(brain, Sight(features[0], boxes[0]))

        def region(
            features: Float[Array, " feature"], box: Float[Array, "4"], k: Int[Array, ""]
        ) -> Int[Array, " group"]:
            state, log_pi = look(brain, start, region_senses(brain, Sight(features, box)), options.candidates[0])
            state, _ = feed_back(brain, state, log_pi, selection, teacher=jnp.maximum(k, 0))
            best = read_labels(brain, state, options.members).argmax(axis=1)
            return jnp.take_along_axis(options.members, best[:, None], axis=1)[:, 0]

        return jax.vmap(region)(features, boxes, thing)

    return jax.vmap(one_scene)(seen.features, seen.boxes, seen.thing)


def measure(table: Table) -> Measured:
    def gain(feedback: str, who: str, what: str, of: str = "taught") -> tuple[float, ...]:
        where = {"who": who, "what": what, "brain": of}
        return difference(*(by_seed(table, "right", feedback=each, **where) for each in (feedback, "none")))

    unary = "a point: the averages of TB23's rungs lie within 0.8 points"
    binary = "a third of the 15 points that feedback and context gave together in TB23"
    hardly = "hardly: two points"
    known, strange = "known individuals", "strangers"
    shipped = "the shipped brain, labels of"
    return Measured(
        (
            Part(f"labels of {known}, attention over none", gain("attend", "known", "labels"), unary, least=0.01),
            Part(f"predicates of {known}", gain("attend", "known", "predicate"), binary, least=0.05),
            Part(f"labels of {strange}", gain("attend", "stranger", "labels"), hardly, -0.02, 0.02),
            Part(f"predicates of {strange}", gain("attend", "stranger", "predicate"), hardly, -0.02, 0.02),
            Part(f"{shipped} {known}", gain("attend", "known", "labels", "shipped"), unary, least=0.01),
            Part(f"{shipped} {strange}", gain("attend", "stranger", "labels", "shipped"), hardly, -0.02, 0.02),
        ),
        Part(f"labels of {known}, another's index over none", gain("another", "known", "labels"), unary, least=0.01),
    )


def plot(table: Table) -> Chart:
    lines = (("taught", "known", "claim"), ("taught", "stranger", "control"), ("shipped", "known", "other"))
    shown = [
        series(
            table, f"{of}, {who}", "feedback", "right", role=role,
            where=lambda row, of=of, who=who: (row["brain"], row["who"], row["what"]) == (of, who, "labels"),
        )
        for of, who, role in lines
    ]  # fmt: skip
    return Chart("Labels read after the feedback", "what writes back", "labels right", tuple(shown), kind="bar")


CLAIM = Claim(
    number=1,
    name="identity_feedback",
    says="The index of somebody known, written back, tells what the look alone does not; of a stranger hardly more.",
    status="paper",
    source="TB23 (identity feedback), tables 3 and 4",
    tested="Small brains are taught to read noisy scenes with and without feedback; the shipped one reads new pictures "
    "with its gate beta open and shut. Strangers are of known classes, with faces never seen.",
    control="The index of another individual of the same class is written in its place.",
    departs="The shipped brain was taught with feedback before its gate is shut; small ones are taught for each.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=NOISE,
)
