"""Claim 24: from the embedding of a concept alone the senses can be given back what they would deliver for it."""

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.claims.chart import Chart, series
from tensorbrain.claims.claim import Claim, Config, Dial, Measured, Part, Table, Trials
from tensorbrain.claims.new_pictures import new_pictures
from tensorbrain.claims.tables import by_seed, difference, pick
from tensorbrain.datasets.scenes import Dials
from tensorbrain.datasets.scripts import town_of
from tensorbrain.datasets.worlds import load_graph
from tensorbrain.layers import BrainState
from tensorbrain.layers.eye import glimpse
from tensorbrain.layers.sensory_buffer import PATCH
from tensorbrain.modes.choices import Choices
from tensorbrain.modes.looking import look, see
from tensorbrain.operations import embody
from tensorbrain.typing import Array, Float, Int, UInt8

SPOILT = Dial("spoilt", "how far the pictures are spoilt, from 0 (clean) to 1", (0.0, 0.25, 0.5, 0.75, 1.0), 0.5)
WHOLE = ((0.0, 0.0, 1.0, 1.0),)
AT_ONCE = 256  # looks: few shapes are compiled
FOUND, CLASS, NAMED, REAL = "found by its look", "its class found", "imagined, named", "seen, named"


def design(config: Config) -> Trials:
    spoilt = SPOILT.default if config.dial is None else config.dial
    return pick(config, {"pictures": 150, "spoilt": spoilt}, {"pictures": 32})


def run(brain: Brain, trials: Trials, seeds: tuple[int, ...]) -> Table:
    """Let the shipped brain imagine every individual, and look for each among new looks; and let it name both."""
    model, town = brain.model, town_of(load_graph("neighbourhood"))
    known = np.asarray(sorted(k for members in town.members.values() for k in members), np.int32)
    kinds = np.asarray([town.concept[town.kind[k]] for k in known.tolist()], np.int32)
    own, of_class = (np.asarray(imagined(model, jnp.asarray(ids))) for ids in (known, kinds))
    rows = []
    for seed in seeds:
        dials = Dials(*[trials["spoilt"]] * 4)
        pictures = new_pictures(brain, trials["pictures"], seed=seed, nameless=0.0, dials=dials)
        scene, region = np.nonzero(pictures.truth.known)
        true = np.searchsorted(known, pictures.scenes.thing[scene, region])
        looks = _patches(pictures.scenes.pixels, pictures.scenes.boxes, scene, region)
        right = {
            FOUND: found(looks, own, true),
            CLASS: found(looks, of_class, true),
            NAMED: float((_named(model, own, pictures.choices) == known).mean()),
            REAL: float((_named(model, looks, pictures.choices) == known[true]).mean()),
        }
        rows += [{"seed": seed, "what": what, "right": share} for what, share in right.items()]
    return rows


@jax.jit
def imagined(brain: TensorBrain, ids: Int[Array, " concept"]) -> Float[Array, "concept side side 3"]:
    """g+(sig(a_k)) of every concept (TB24)."""
    return jax.vmap(lambda k: embody(brain.sensory, brain.board, brain.index, k))(ids)


def _patches(
    pixels: UInt8[np.ndarray, "scene height width 3"], boxes: np.ndarray, scene: np.ndarray, region: np.ndarray
) -> np.ndarray:
    """The looks of these regions, in the size in which the brain imagines."""
    parts = []
    for start in range(0, len(scene), AT_ONCE):
        rows = np.minimum(np.arange(start, start + AT_ONCE), len(scene) - 1)
        parts.append(np.asarray(_cut(jnp.asarray(pixels[scene[rows]]), jnp.asarray(boxes[scene[rows], region[rows]]))))
    return np.concatenate(parts)[: len(scene)]


@jax.jit
def _cut(pixels: UInt8[Array, "look height width 3"], boxes: Float[Array, "look 4"]) -> Array:
    return jax.vmap(lambda one, box: glimpse(one.astype(jnp.float32) / 255, box, PATCH))(pixels, boxes)


def found(looks: np.ndarray, images: np.ndarray, true: np.ndarray) -> float:
    """The share of looks whose most correlated image, over all pixels, is that of the true one; ties share.

    >>> image = np.random.default_rng(0).random((3, 4, 4, 3))
    >>> found(image[[2, 0]], image, np.array([2, 1]))
    0.5
    >>> found(image, image[[0, 0, 0]], np.array([0, 1, 2]))
    0.333...
    """
    a, b = (_standard(each.reshape(len(each), -1)) for each in (looks, images))
    score = a @ b.T
    best = score >= score.max(axis=1, keepdims=True) - 1e-9
    return float((best[np.arange(len(true)), true] / best.sum(axis=1)).mean())


def _standard(x: np.ndarray) -> np.ndarray:
    x = x.astype(float) - x.mean(axis=1, keepdims=True)
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)


def _named(brain: TensorBrain, patches: np.ndarray, options: Choices) -> np.ndarray:
    """What the brain takes each patch for, whether it was seen or imagined."""
    parts = []
    for start in range(0, len(patches), AT_ONCE):
        rows = np.minimum(np.arange(start, start + AT_ONCE), len(patches) - 1)
        parts.append(np.asarray(_name(brain, jnp.asarray(patches[rows], jnp.float32), options)))
    return np.concatenate(parts)[: len(patches)]


@jax.jit
def _name(brain: TensorBrain, patches: Float[Array, "patch side side 3"], options: Choices) -> Int[Array, " patch"]:
    def one(patch: Float[Array, "side side 3"]) -> Int[Array, ""]:
        blank = BrainState(brain.board.blank(), jnp.zeros(brain.memory.B.shape[0]))
        features = see(brain, patch, jnp.asarray(WHOLE))[0]
        return look(brain, blank, {"region": features}, options.candidates[0])[1].argmax()

    return jax.vmap(one)(patches)


def measure(table: Table) -> Measured:
    own, of_class, named, real = (by_seed(table, "right", what=what) for what in (FOUND, CLASS, NAMED, REAL))
    half = "more often right than wrong; chance is 1 in 62"
    return Measured(
        (
            Part("new looks that find their own individual among all that are imagined", own, half, least=0.5),
            Part(
                "imagined individuals that the brain names, less real looks of that size",
                difference(named, real),
                "nearly as good as seen: a tenth",
                least=-0.1,
            ),
        ),
        Part("new looks that find their own individual where its class is imagined", of_class, half, least=0.5),
    )


def plot(table: Table) -> Chart:
    bars = (
        series(table, "individuals imagined", "what", "right", where=lambda row: row["what"] in (FOUND, NAMED)),
        series(table, "seen", "what", "right", role="other", where=lambda row: row["what"] == REAL),
        series(table, "classes imagined", "what", "right", role="control", where=lambda row: row["what"] == CLASS),
    )
    return Chart("What the brain imagines", "what is asked", "share right", bars, kind="bar", threshold=0.5)


CLAIM = Claim(
    number=24,
    name="embodiment",
    says="From the embedding of a concept alone comes back what the senses would deliver for it.",
    status="qualitative",
    source="TB24 (embodiment)",
    tested="The shipped brain draws each of 62 individuals from its embedding, g+(sig(a_k)). A new look must find its "
    "own one among the drawings, and the brain must name them.",
    control="The embedding of its class is drawn in its place, by the same g+.",
    departs="The drawing is a mean look of 24 x 24 pixels, learned by least squares.",
    design=design,
    run=run,
    measure=measure,
    plot=plot,
    dial=SPOILT,
)
