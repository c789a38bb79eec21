"""Claim 14: somebody is new when no identity index passes a threshold."""

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Table, Trials
from tensorbrain.claims.new_pictures import Pictures, new_pictures
from tensorbrain.claims.tables import by_seed, pick
from tensorbrain.datasets.scenes import Dials
from tensorbrain.layers import BrainState
from tensorbrain.layers.concept_index import NEVER
from tensorbrain.learning.observing import Seen
from tensorbrain.memory.experience import FAMILIAR
from tensorbrain.modes.choices import Choices
from tensorbrain.modes.looking import Sight, look, moment, region_senses
from tensorbrain.typing import Array, Float, Int

SPOILT = Dial("spoilt", "how far the pictures are spoilt, from 0 (clean) to 1", (0.0, 0.25, 0.5, 0.75, 1.0), 0.5)
LEVELS = tuple(n / 20 for n in range(21))  # false alarms at which the curve is drawn
# What is taken for familiarity: the individuals' probability; the same without the own index of whom one sees; and
# how sure the brain is of the class, which asks no identity index.
DETECTORS = ("identity indices", "own index cut out", "sure of its class")


def design(config: Config) -> Trials:
    spoilt = SPOILT.default if config.dial is None else config.dial
    return pick(config, {"pictures": 200, "spoilt": spoilt}, {"pictures": 32})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Show the shipped brain new pictures of known individuals and strangers, and ask how familiar each of them is."""
    rows = []
    for seed in seeds:
        dials = Dials(*[trials["spoilt"]] * 4)
        pictures = new_pictures(brain, trials["pictures"], seed=seed, dials=dials)
        familiar = [np.asarray(each) for each in familiarity(brain.model, pictures.seen, pictures.choices)]
        for detector, values in zip(DETECTORS, familiar, strict=True):
            rows += [{"seed": seed, "detector": detector, **row} for row in curve(*_split(values, pictures))]
    return rows


def _split(values: np.ndarray, pictures: Pictures) -> tuple[np.ndarray, np.ndarray]:
    """The values of the known individuals, and of the strangers."""
    return values[pictures.truth.known], values[pictures.truth.novel]


@jax.jit
def familiarity(brain: TensorBrain, seen: Seen, options: Choices) -> tuple[Array, Array, Array]:
    """How familiar every region is, in three ways (``DETECTORS``), each of shape (scene, region)."""

    def region(
        start: BrainState, features: Float[Array, " feature"], box: Float[Array, "4"], thing: Int[Array, ""]
    ) -> tuple[Float[Array, ""], ...]:
        _, log_pi = look(brain, start, region_senses(brain, Sight(features, box)), options.candidates[0])
        own = options.individuals & (jnp.arange(len(log_pi)) == thing)
        classes = jnp.where(options.candidates[0] & ~options.individuals, log_pi, NEVER)
        return _individuals(log_pi), _individuals(jnp.where(own, NEVER, log_pi)), jax.nn.softmax(classes).max()

    def _individuals(n: Float[Array, " concept"]) -> Float[Array, ""]:
        return jnp.where(options.individuals, jax.nn.softmax(n), 0.0).sum()

    def scene(
        features: Float[Array, "region feature"], boxes: Float[Array, "region 4"], things: Int[Array, " region"]
    ) -> tuple[Float[Array, " region"], ...]:
        _, start, _ = moment(brain, Sight(features[0], boxes[0]))
        return jax.vmap(region, in_axes=(None, 0, 0, 0))(start, features, boxes, things)

    return jax.vmap(scene)(seen.features, seen.boxes, seen.thing)  # pyright: ignore


def curve(known: np.ndarray, strange: np.ndarray) -> Table:
    """The detector's rows: the strangers found at each rate of false alarms, the area under that curve, and what the
    library's own threshold gives.

    >>> rows = curve(np.array([0.9, 0.8]), np.array([0.1, 0.2]))
    >>> rows[0]["found"], rows[0]["area"], rows[0]["at_threshold"]
    (1.0, 1.0, 1.0)
    >>> curve(np.array([0.3, 0.3]), np.array([0.3, 0.3]))[0]["area"]
    0.5
    """
    area = (strange[:, None] < known[None]).mean() + 0.5 * (strange[:, None] == known[None]).mean()
    right = 0.5 * ((strange < FAMILIAR).mean() + (known >= FAMILIAR).mean())
    found = {level: (strange < np.quantile(known, level)).mean() for level in LEVELS}
    return [
        {"false_alarms": level, "found": float(share), "area": float(area), "at_threshold": float(right)}
        for level, share in found.items()
    ]


def measure(table: Table) -> Measured:
    area = "0.9 and more is called outstanding (Hosmer and Lemeshow); chance is 0.5"
    indices, cut, _ = DETECTORS
    return Measured(
        (
            Part(
                "area under the curve of detecting strangers", by_seed(table, "area", detector=indices), area, least=0.9
            ),
            Part(
                f"right at the threshold {FAMILIAR}, mean of known and strangers",
                by_seed(table, "at_threshold", detector=indices),
                "four of five, at the threshold that the library has for writing new individuals",
                least=0.8,
            ),
        ),
        Part("area where the own index is cut out", by_seed(table, "area", detector=cut), area, least=0.9),
    )


def plot(table: Table) -> Chart:
    roles = dict(zip(DETECTORS, ("claim", "control", "other"), strict=True))
    shown = [
        series(table, name, "false_alarms", "found", role=role, where=lambda row, name=name: row["detector"] == name)
        for name, role in roles.items()
    ]  # fmt: skip
    return Chart("Strangers found", "known individuals taken for strangers", "strangers found", tuple(shown))


CLAIM = Claim(
    number=14,
    name="novelty",
    says="Somebody is new when no identity index passes a threshold.",
    status="qualitative",
    source="TB23 (novelty)",
    tested="The shipped brain looks at known individuals and at strangers of the same classes, whom it never saw; "
    "familiarity is the probability that all individuals have together against the classes.",
    control="The same looks with the index of whom one sees cut out: everybody should then be as new as a stranger.",
    departs="The threshold is on a probability, not on a score.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=SPOILT,
)
