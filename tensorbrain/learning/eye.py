"""How the eye is taught: by a simple semantic decoder, which names what is seen in every glimpse (TB20)."""

import time
from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from tqdm.auto import tqdm

from tensorbrain.layers.eye import Eye, glimpse
from tensorbrain.learning.schooling import descend, learning_rate, optimiser
from tensorbrain.numerics.finite import a_number
from tensorbrain.pictures.scenes import LEVELS, LabelGroup, Scenes
from tensorbrain.stopping import stop_on_ctrl_c
from tensorbrain.typing import Array, Float, Float32, Int, Int32, PRNGKeyArray, UInt8

LOOKS = 10  # glimpses of a scene: all its regions, and in what is left of them unions of told pairs, drawn anew
FALSE_COLOURS = 0.35  # share of pictures whose colour channels are swapped: only classes and predicates are asked then
JITTER = 0.06  # boxes move by up to this share of their size, as those that are proposed will not fit exactly
KIND = 8.0  # weight of the basic class beside the other names: it is all that is known of whom one never met

MIRROR = [2, 1, 0, 3]  # a box whose left side is its right one: what is seen there is the mirror image

OPTIMISER = optimiser(1e-3, maps=("kernels", "out"))


class Lesson(NamedTuple):
    """What one batch shows: pictures, their light, where to look, and what is to be said of every look.

    ``light`` has three gains and a shift a scene. ``labels`` has the thing in its first column and then one column a
    label group, as positions within the group; of the union of a pair only the predicate is asked. -1: not known.
    """

    pixels: UInt8[Array, "scene height width 3"]
    light: Float[Array, "scene 4"]
    boxes: Float[Array, "scene look 4"]
    labels: Int[Array, "scene look naming"]
    predicates: Int[Array, "scene look"]


class Namer(eqx.Module):
    """The simple decoder: one softmax for what a region is, one a label group, one for the predicate of a union."""

    eye: Eye
    names: tuple[Float[Array, "feature _name"], ...]
    predicates: Float[Array, "feature predicate"]

    @classmethod
    def create(cls, sizes: tuple[int, ...], predicates: int, feature: int, *, key: PRNGKeyArray) -> "Namer":
        """Random weights: a softmax of each of the sizes."""
        heads = tuple(jnp.zeros((feature, size)) for size in sizes)
        return cls(Eye.create(feature, key=key), heads, jnp.zeros((feature, predicates)))


def naming_loss(namer: Namer, lesson: Lesson, weight: Float[Array, " naming"]) -> Float[Array, ""]:
    """The mean -log P of every name that is known: things, labels and predicates, each group on its own.

    ``weight`` says how much each column of the labels counts; predicates count 1.
    """

    def features(
        pixels: UInt8[Array, "height width 3"], light: Float[Array, "4"], boxes: Float[Array, "look 4"]
    ) -> Float[Array, "look feature"]:
        picture = relit(pixels, light)
        return jax.vmap(lambda box: namer.eye(glimpse(picture, box)))(boxes)

    seen = jax.vmap(features)(lesson.pixels, lesson.light, lesson.boxes)
    named = [_mean_nll(seen @ head, lesson.labels[..., column]) for column, head in enumerate(namer.names)]
    return weight @ jnp.stack(named) + _mean_nll(seen @ namer.predicates, lesson.predicates)


def _mean_nll(scores: Float[Array, "*batch k"], target: Int[Array, "*batch"]) -> Float[Array, ""]:
    told = target >= 0
    log_p = jnp.take_along_axis(jax.nn.log_softmax(scores), jnp.maximum(target, 0)[..., None], axis=-1)[..., 0]
    return -jnp.where(told, log_p, 0.0).sum() / jnp.maximum(told.sum(dtype=log_p.dtype), 1.0)


@partial(jax.jit, donate_argnums=(0, 1))
def _learn(namer: Namer, state: optax.OptState, lesson: Lesson, weight: Float[Array, " naming"], rate: Array):
    value, gradient = jax.value_and_grad(naming_loss)(namer, lesson, weight)
    return *descend(OPTIMISER, namer, gradient, state, rate), value


def teach_eye(
    scenes: Scenes,
    groups: tuple[LabelGroup, ...],
    *,
    feature: int,
    predicates: int,
    steps: int = 1200,
    batch: int = 16,
    peak: float = 2e-3,
    mirrored: float = 0.5,
    seed: int = 0,
    progress: bool = True,
) -> tuple[Eye, list[dict[str, Any]]]:
    """Teach an eye to tell things, labels and predicates apart; returns it with the loss over time.

    Every step sees ``LOOKS`` regions and unions in each of ``batch`` scenes, with boxes a little off, in a changed
    light and some in false colours: so shapes are learned that hold for what was never seen. A share ``mirrored`` of
    the regions is seen in a mirror (0 where that makes another thing of them). Ctrl-C ends the lessons early.
    """
    random = np.random.default_rng(seed)
    table = naming_table(scenes, groups)
    sizes = tuple(int(table[..., column].max(initial=0)) + 1 for column in range(table.shape[-1]))
    levels = [column for column, group in enumerate(groups, start=1) if group.name in LEVELS]
    coloured = np.setdiff1d(np.arange(table.shape[-1]), levels)  # what false colours would teach wrongly
    weight = jnp.array([0.5, *(0.5 * (KIND if group.name == LEVELS[0] else 1.0) for group in groups)])
    namer = Namer.create(sizes, predicates, feature, key=jax.random.key(seed))
    state = OPTIMISER.init(namer)  # pyright: ignore[reportArgumentType]
    history, summed, started = [], 0.0, time.perf_counter()
    with stop_on_ctrl_c() as stopped, tqdm(total=steps, unit="step", desc="eye", disable=not progress) as bar:
        for step in range(steps):
            if stopped.is_set():
                break
            which = random.integers(len(scenes), size=batch)
            pixels, names = scenes.pixels[which], table[which]
            swapped = random.random(batch) < FALSE_COLOURS
            pixels[swapped] = pixels[swapped][..., random.permutation(3)]
            names[np.ix_(swapped, np.arange(names.shape[1]), coloured)] = -1
            rate = jnp.asarray(learning_rate(peak, step / steps) * min(1.0, (step + 1) / 50), jnp.float32)
            shown = lesson(scenes[which], pixels, names, random, mirrored=mirrored)
            namer, state, value = _learn(namer, state, shown, weight, rate)
            summed += a_number(float(value), f"step {step + 1} of the eye")
            bar.update()
            if (step + 1) % 100 == 0:
                bar.set_postfix(loss=f"{summed / 100:.3f}")
                seconds = round(time.perf_counter() - started, 3)
                history.append({"step": step + 1, "loss": round(summed / 100, 4), "seconds": seconds})
                summed = 0.0
    return namer.eye, history


def naming_table(scenes: Scenes, groups: tuple[LabelGroup, ...]) -> Int32[np.ndarray, "scene region naming"]:
    """What each region is called: the thing, by its id, then per label group the position of its label; -1 unknown."""
    columns = [scenes.thing]
    for g, group in enumerate(groups):
        place = np.full(max(group.members) + 2, -1, np.int32)
        place[list(group.members)] = np.arange(len(group.members))
        columns.append(place[scenes.labels[..., g]])  # -1 reads the last entry, which is -1
    return np.stack(columns, axis=-1).astype(np.int32)


def lesson(
    scenes: Scenes,
    pixels: UInt8[np.ndarray, "scene height width 3"],
    table: Int32[np.ndarray, "scene region naming"],
    random: np.random.Generator,
    *,
    mirrored: float = 0.0,
) -> Lesson:
    """A batch as it is shown: boxes jittered, some mirrored, light changed, unions of as many told pairs as fit."""
    around = jittered(scenes.boxes, random)
    boxes = np.zeros((len(scenes), LOOKS, 4), np.float32)
    labels = np.full((len(scenes), LOOKS, table.shape[-1]), -1, np.int32)
    predicates = np.full((len(scenes), LOOKS), -1, np.int32)
    for n, rows in enumerate(scenes.statements):
        regions = np.flatnonzero(scenes.thing[n] >= 0)[:LOOKS]
        pairs = rows[(rows[:, 0] >= 0) & (rows[:, 0] != rows[:, 1])]
        pairs = pairs[random.permutation(len(pairs))[: LOOKS - len(regions)]]
        one, other = around[n, pairs[:, 0]], around[n, pairs[:, 1]]
        both = [np.minimum(one[:, :2], other[:, :2]), np.maximum(one[:, 2:], other[:, 2:])]
        alone = around[n, regions]
        alone = np.where(random.random((len(regions), 1)) < mirrored, alone[:, MIRROR], alone)
        looks = len(regions) + len(pairs)
        boxes[n, :looks] = np.concatenate([alone, np.concatenate(both, axis=1)])
        labels[n, : len(regions)] = table[n, regions]
        predicates[n, len(regions) : looks] = pairs[:, 3]
    light = np.concatenate(
        [random.uniform(0.85, 1.15, (len(scenes), 3)), random.uniform(-0.08, 0.08, (len(scenes), 1))], axis=1
    )
    return Lesson(*map(jnp.asarray, (pixels, light.astype(np.float32), boxes, labels, predicates)))


def jittered(boxes: Float32[np.ndarray, "*many 4"], random: np.random.Generator) -> Float32[np.ndarray, "*many 4"]:
    """Boxes whose sides have moved a little, within the picture."""
    size = np.concatenate([boxes[..., 2:] - boxes[..., :2]] * 2, axis=-1)
    moved = boxes + JITTER * size * random.uniform(-1, 1, boxes.shape)
    return np.clip(moved, 0, 1).astype(np.float32)


def relit(pixels: UInt8[Array, "height width 3"], light: Float[Array, "4"]) -> Float[Array, "height width 3"]:
    """The picture in 0..1 in another light: three gains and a shift."""
    return jnp.clip(pixels.astype(float) / 255 * light[None, None, :3] + light[3], 0.0, 1.0)
