"""How imagination is taught: g+ learns to give back, from an embedding, the regions in which its concept was seen."""

import time
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from tensorbrain.brain import TensorBrain
from tensorbrain.layers.eye import glimpse
from tensorbrain.layers.sensory_buffer import PATCH, Imagination
from tensorbrain.learning.schooling import descend, learning_rate, optimiser
from tensorbrain.pictures.scenes import Scenes
from tensorbrain.typing import Array, Float, Int

BATCH = 64


@partial(jax.jit, donate_argnums=(0, 1))
def _learn(imagination: Imagination, state: optax.OptState, gamma: Array, patches: Array, rate: Float[Array, ""]):
    def loss(imagination: Imagination) -> Float[Array, ""]:
        return ((jax.vmap(imagination)(gamma) - patches) ** 2).mean()

    value, gradient = jax.value_and_grad(loss)(imagination)
    return *descend(optimiser(0.0), imagination, gradient, state, rate), value


@jax.jit
def _patches(pixels: Array, boxes: Float[Array, "patch 4"]) -> Float[Array, "patch side side 3"]:
    return jax.vmap(lambda picture, box: glimpse(picture.astype(jnp.float32) / 255, box, PATCH))(pixels, boxes)


def teach_imagination(
    brain: TensorBrain, scenes: Scenes, *, steps: int = 600, peak: float = 3e-3, seed: int = 0
) -> tuple[TensorBrain, dict[str, Any]]:
    """Least squares between g+(sig(a_k)) and the regions that show k: the mean look of every concept.

    The embeddings stay as they are. Returns the brain and the last loss, per pixel and channel of values in 0..1.
    """
    imagination = brain.sensory.imagination
    assert imagination is not None
    random = np.random.default_rng(seed)
    scene, region = np.nonzero(scenes.thing >= 0)
    things: Int[np.ndarray, " seen"] = scenes.thing[scene, region]
    gamma = jax.jit(jax.vmap(brain.board.gamma))(brain.index.A[brain.index.block("concept")])
    imagination = jax.tree_util.tree_map(jnp.copy, imagination)  # the steps reuse its memory
    state = optimiser(0.0).init(imagination)  # pyright: ignore[reportArgumentType]
    started, values = time.perf_counter(), []
    for step in range(steps):
        rows = random.integers(len(things), size=BATCH)
        patches = _patches(
            jnp.asarray(scenes.pixels[scene[rows]]), jnp.asarray(scenes.boxes[scene[rows], region[rows]])
        )
        rate = jnp.asarray(learning_rate(peak, step / steps), jnp.float32)
        imagination, state, value = _learn(imagination, state, gamma[things[rows]], patches, rate)
        values.append(float(value))
    brain = eqx.tree_at(lambda b: b.sensory.imagination, brain, imagination)
    return brain, {
        "step": steps,
        "loss": round(float(np.mean(values[-50:])), 5),
        "seconds": time.perf_counter() - started,
    }
