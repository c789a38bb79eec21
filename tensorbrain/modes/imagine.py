"""Embodiment: what a concept looks like to a brain, drawn from its embedding alone."""

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.operations import embody
from tensorbrain.typing import Array, Float, Float32, Int


def imagine(brain: Brain, *concepts: str) -> Float32[np.ndarray, "concept side side 3"]:
    """What the senses would deliver for each concept, nu_k = g+(sig(a_k)), as patches with values in 0..1 (TB24).

    UnknownConceptError offers the nearest labels; SettingsError for a brain without eyes.

    >>> from tensorbrain.checkpoint import load_brain
    >>> imagine(load_brain("neighbourhood"), "Sparky", "dog").shape
    (2, 24, 24, 3)
    """
    if brain.model.sensory.imagination is None:
        raise SettingsError("this brain has no eyes and cannot imagine: train one on pictures.")
    ids = [brain.vocabulary.find(name, "concept") for name in concepts]
    return np.asarray(_patches(brain.model, jnp.asarray(ids, jnp.int32)), np.float32)


@jax.jit
def _patches(brain: TensorBrain, ids: Int[Array, " concept"]) -> Float[Array, "concept side side 3"]:
    return jax.vmap(lambda k: embody(brain.sensory, brain.board, brain.index, k))(ids)
