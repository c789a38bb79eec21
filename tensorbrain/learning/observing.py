"""What a taught eye sees in a stack of scenes, kept as features: so that a brain learns from them many times over."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import TensorBrain
from tensorbrain.learning.eye import jittered
from tensorbrain.modes.looking import see, see_union
from tensorbrain.pictures.scenes import Scenes
from tensorbrain.typing import Array, Float, Float16, Float32, Int, Int32, UInt8

SILENT = 6  # pairs of regions a scene of which nothing was said, drawn at random, from which silence is learned
AT_ONCE = 32  # scenes whose pictures are looked at together


class Seen(NamedTuple):
    """Scenes through the eye; the fields of `Scenes` with features in place of pixels.

    ``statements`` has the told ones first, then ``SILENT`` rows with predicate -2, of which nothing was said;
    ``weight`` says how many unsaid pairs each of those stands for (1 for a told one, 0 for padding). ``unions`` are
    the features of the union boxes, ``again`` those of the whole scene in its second view.
    """

    features: Float[Array, "scene region feature"]
    boxes: Float[Array, "scene region 4"]
    thing: Int[Array, "scene region"]
    labels: Int[Array, "scene region group"]
    instant: Int[Array, " scene"]
    statements: Int[Array, "scene statement 5"]
    weight: Float[Array, "scene statement"]
    unions: Float[Array, "scene statement feature"]
    again: Float[Array, "scene feature"]

    def pick(self, which: np.ndarray) -> "Seen":
        """The scenes ``which``, as JAX arrays in single precision."""
        arrays = (np.asarray(field)[which] for field in self)
        return Seen(*(jnp.asarray(a.astype(np.float32) if a.dtype.kind == "f" else a) for a in arrays))


def observe(brain: TensorBrain, scenes: Scenes, again: Scenes | None = None, *, seed: int = 0) -> Seen:
    """Look at every region and at the union of every told pair and of some of which nothing was said.

    ``again`` is a second view of the same scenes (by default the first one). Boxes are jittered.
    """
    random = np.random.default_rng(seed)
    boxes = jittered(scenes.boxes, random)
    boxes[:, 0] = scenes.boxes[:, 0]
    statements, weight = with_silence(scenes, random)
    pairs = np.maximum(statements[..., :2], 0)
    parts = []
    for start in range(0, len(scenes), AT_ONCE):
        rows = np.minimum(np.arange(start, start + AT_ONCE), len(scenes) - 1)
        second = (again or scenes).pixels[rows]
        parts.append(_features(brain, scenes.pixels[rows], boxes[rows], pairs[rows], second))
    features, unions, second = (np.concatenate(p)[: len(scenes)] for p in zip(*parts, strict=True))
    told = (scenes.thing, scenes.labels, scenes.instant, statements, weight)
    return Seen(features, boxes, *told, unions, second)  # pyright: ignore  # NumPy until a batch is picked


def _features(
    brain: TensorBrain, pixels: np.ndarray, boxes: np.ndarray, pairs: np.ndarray, second: np.ndarray
) -> tuple[Float16[np.ndarray, "..."], ...]:
    found = _look(brain, jnp.asarray(pixels), jnp.asarray(boxes), jnp.asarray(pairs), jnp.asarray(second))
    return tuple(np.asarray(a).astype(np.float16) for a in found)  # half precision halves what a thousand scenes take


@jax.jit
def _look(brain: TensorBrain, pixels: Array, boxes: Array, pairs: Array, second: Array) -> tuple[Array, Array, Array]:
    def one(
        pixels: UInt8[Array, "height width 3"],
        boxes: Float[Array, "region 4"],
        pairs: Int[Array, "statement 2"],
        second: UInt8[Array, "height width 3"],
    ) -> tuple[Array, Array, Array]:
        picture = pixels.astype(jnp.float32) / 255
        whole = see(brain, second.astype(jnp.float32) / 255, boxes[:1])[0]
        return see(brain, picture, boxes), see_union(brain, picture, boxes, pairs), whole

    return jax.vmap(one)(pixels, boxes, pairs, second)


def with_silence(
    scenes: Scenes, random: np.random.Generator
) -> tuple[Int32[np.ndarray, "scene statement 5"], Float32[np.ndarray, "scene statement"]]:
    """The told statements, and after them ``SILENT`` pairs (or attributes) of which nothing was said (predicate -2)."""
    told = scenes.statements
    silent = np.full((len(scenes), SILENT, 5), -1, np.int32)
    weight = np.concatenate([told[..., 0] >= 0, np.zeros((len(scenes), SILENT))], axis=1).astype(np.float32)
    for n in range(len(scenes)):
        known = {(s, o, k) for s, o, _, _, k in told[n].tolist() if s >= 0}
        regions = [i for i in range(1, scenes.thing.shape[1]) if scenes.thing[n, i] >= 0]
        unsaid = [(i, j, int(scenes.thing[n, j])) for i in regions for j in (0, *regions) if i != j]
        unsaid += [(i, i, int(k)) for i in regions for k in scenes.labels[n, i, 3:] if k >= 0]
        unsaid = [row for row in unsaid if row not in known]
        drawn = [unsaid[i] for i in random.permutation(len(unsaid))[:SILENT]]
        for m, (i, j, k) in enumerate(drawn):
            silent[n, m] = (i, j, scenes.thing[n, i], -2, k)
        weight[n, told.shape[1] : told.shape[1] + len(drawn)] = len(unsaid) / max(1, len(drawn))
    return np.concatenate([told, silent], axis=1), weight
