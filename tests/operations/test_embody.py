"""Embody: what an index looks like is drawn from its embedding alone."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import SettingsError, UnknownConceptError
from tensorbrain.graph import Concept, Vocabulary
from tensorbrain.layers import Blackboard, ConceptIndex, SensoryBuffer
from tensorbrain.modes.imagine import imagine
from tensorbrain.operations import embody
from tensorbrain.settings import Settings

SETTINGS = Settings(dim=6, context=4, senses="pictures", feature=5, reserve=(1, 0, 0))


@pytest.fixture(scope="module")
def brain() -> Brain:
    words = Vocabulary(tuple(Concept(f"urn:{name}", name, "entity") for name in ("Rex", "Mia")))
    return Brain(TensorBrain.create((2, 1, 0), SETTINGS, key=jax.random.key(0)), words, SETTINGS)


def test_a_patch_is_decoded_from_the_embedding(brain):
    model = brain.model
    for block, row in (("concept", 1), ("predicate", 3)):  # row 2 is a reserve
        gamma = 1 / (1 + np.exp(-np.asarray(model.index.A)[row]))
        patch = embody(model.sensory, model.board, model.index, jnp.asarray(row % 3), block)
        np.testing.assert_allclose(patch, model.sensory.imagination(jnp.asarray(gamma)), atol=1e-5)
        assert patch.shape == (24, 24, 3) and 0 <= patch.min() and patch.max() <= 1


def test_concepts_are_imagined_by_name(brain):
    patches = imagine(brain, "Mia", "rex", "Mia")
    assert patches.shape == (3, 24, 24, 3) and patches.dtype == np.float32
    np.testing.assert_array_equal(patches[0], patches[2])
    assert not np.allclose(patches[0], patches[1])
    model = brain.model
    np.testing.assert_allclose(
        patches[0], embody(model.sensory, model.board, model.index, jnp.asarray(1)), rtol=1e-4, atol=1e-5
    )
    with pytest.raises(UnknownConceptError, match="Rex"):
        imagine(brain, "Rexi")


def test_without_eyes_nothing_is_imagined(brain):
    index = ConceptIndex.create((2, 1, 0), dim=6, key=jax.random.key(1))
    with pytest.raises(SettingsError, match="no eyes"):
        embody(SensoryBuffer.create({}, dim=6, key=jax.random.key(0)), Blackboard(6), index, jnp.asarray(0))
    settings = Settings(dim=6, context=4)
    blind = Brain(TensorBrain.create((2, 0, 0), settings, key=jax.random.key(0)), brain.vocabulary, settings)
    with pytest.raises(SettingsError, match="no eyes"):
        imagine(blind, "Rex")
