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
from tensorbrain.learning.schooling import descend, learning_rate, optimiser, stop_on_ctrl_c
from tensorbrain.pictures.scenes import LEVELS, LabelGroup, Scenes
from tensorbrain.typing import Array, Float, Float32, Int, Int32, PRNGKeyArray, UInt8

PAIRS = 6  # union boxes that are looked at in a scene, drawn anew each time
FALSE_COLOURS = 0.35  # share of pictures whose colour channels are swapped: only classes and predicates are asked then
JITTER = 0.06  # boxes move by up to this share of their size, as those that are proposed will not fit exactly

OPTIMISER = optimiser(1e-3, maps=("kernels", "out"))


class Lesson(NamedTuple):
    """What one batch shows: pictures, boxes, what is in them, and pairs of regions with their predicates.

    ``labels`` has the thing in its first column and then one column a label group, as positions within the group.
    """

    pixels: Float[Array, "scene height width 3"]
    boxes: Float[Array, "scene region 4"]
    unions: Float[Array, "scene pair 4"]
    labels: Int[Array, "scene region naming"]
    predicates: Int[Array, "scene pair"]


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


def naming_loss(namer: Namer, lesson: Lesson) -> Float[Array, ""]:
    """The mean -log P of every name that is known: things, labels and predicates, each group on its own."""

    def features(picture, boxes):
        return jax.vmap(lambda box: namer.eye(glimpse(picture, box)))(boxes)

    both = jnp.concatenate([lesson.boxes, lesson.unions], axis=1)
    seen = jax.vmap(features)(lesson.pixels, both)
    regions = lesson.boxes.shape[1]
    losses = [
        _mean_nll(seen[:, :regions] @ head, lesson.labels[..., column]) for column, head in enumerate(namer.names)
    ]
    return sum(losses[1:], losses[0]) / 2 + _mean_nll(seen[:, regions:] @ namer.predicates, lesson.predicates)


def _mean_nll(scores: Float[Array, "*batch k"], target: Int[Array, "*batch"]) -> Float[Array, ""]:
    told = target >= 0
    log_p = jnp.take_along_axis(jax.nn.log_softmax(scores), jnp.maximum(target, 0)[..., None], axis=-1)[..., 0]
    return -jnp.where(told, log_p, 0.0).sum() / jnp.maximum(told.sum(dtype=log_p.dtype), 1.0)


@partial(jax.jit, donate_argnums=(0, 1))
def _learn(namer: Namer, state: optax.OptState, lesson: Lesson, rate: Float[Array, ""]):
    value, gradient = jax.value_and_grad(naming_loss)(namer, lesson)
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
    seed: int = 0,
    progress: bool = True,
) -> tuple[Eye, list[dict[str, Any]]]:
    """Teach an eye to tell things, labels and predicates apart; returns it with the loss over time.

    Every step sees ``batch`` scenes, their regions and ``PAIRS`` unions a scene, with boxes a little off, in a changed
    light, and some in false colours: so shapes are learned that hold for what was never seen. Ctrl-C ends the
    lessons early.
    """
    random = np.random.default_rng(seed)
    table = naming_table(scenes, groups)
    sizes = tuple(int(table[..., column].max(initial=0)) + 1 for column in range(table.shape[-1]))
    levels = [column for column, group in enumerate(groups, start=1) if group.name in LEVELS]
    coloured = np.setdiff1d(np.arange(table.shape[-1]), levels)  # what false colours would teach wrongly
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
            namer, state, value = _learn(namer, state, lesson(scenes[which], pixels, names, random), rate)
            summed += float(value)
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
) -> Lesson:
    """A batch as it is shown: boxes jittered, light changed, ``PAIRS`` of the told pairs of each scene."""
    boxes = jittered(scenes.boxes, random)
    unions = np.zeros((len(scenes), PAIRS, 4), np.float32)
    predicates = np.full((len(scenes), PAIRS), -1, np.int32)
    for n, rows in enumerate(scenes.statements):
        pairs = rows[(rows[:, 0] >= 0) & (rows[:, 0] != rows[:, 1])]
        pairs = pairs[random.permutation(len(pairs))[:PAIRS]]
        one, other = boxes[n, pairs[:, 0]], boxes[n, pairs[:, 1]]
        unions[n, : len(pairs)] = np.concatenate(
            [np.minimum(one[:, :2], other[:, :2]), np.maximum(one[:, 2:], other[:, 2:])], axis=1
        )
        predicates[n, : len(pairs)] = pairs[:, 3]
    return Lesson(
        jnp.asarray(relit(pixels, random)),
        jnp.asarray(boxes),
        jnp.asarray(unions),
        jnp.asarray(table),
        jnp.asarray(predicates),
    )


def jittered(boxes: Float32[np.ndarray, "*many 4"], random: np.random.Generator) -> Float32[np.ndarray, "*many 4"]:
    """Boxes whose sides have moved a little, within the picture."""
    size = np.concatenate([boxes[..., 2:] - boxes[..., :2]] * 2, axis=-1)
    moved = boxes + JITTER * size * random.uniform(-1, 1, boxes.shape)
    return np.clip(moved, 0, 1).astype(np.float32)


def relit(pixels: np.ndarray, random: np.random.Generator) -> Float32[np.ndarray, "scene height width 3"]:
    """Pictures in 0..1, each in a slightly different light."""
    gain = random.uniform(0.85, 1.15, (len(pixels), 1, 1, 3))
    shift = random.uniform(-0.08, 0.08, (len(pixels), 1, 1, 1))
    return np.clip(pixels / 255.0 * gain + shift, 0, 1).astype(np.float32)
