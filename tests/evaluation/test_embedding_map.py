"""The embedding map: a plane that keeps as much of the differences as two directions can, the same every time."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.evaluation.embedding_map import embedding_map, unit_order
from tensorbrain.graph.vocabulary import Concept, Vocabulary
from tensorbrain.settings import Settings


@pytest.fixture
def brain() -> Brain:
    words = Vocabulary(
        tuple(Concept(f"urn:x:{k}", f"{k}", "entity") for k in range(7)),
        (Concept("urn:x:p", "p", "predicate"),),
        (Concept("urn:x:t", "t", "instant"),),
        (None,),
    )
    settings = Settings(dim=6, context=4, reserve=(2, 0, 0))
    return Brain(TensorBrain.create((7, 1, 1), settings, key=jax.random.key(3)), words, settings)


def test_it_is_the_plane_of_the_singular_vectors(brain):
    found = embedding_map(brain)
    A = np.asarray(brain.model.index.A)[:7]
    units = A / np.linalg.norm(A, axis=1, keepdims=True)
    _, s, v = np.linalg.svd(units - units.mean(axis=0), full_matrices=False)
    projector = v[:2].T @ v[:2]
    assert np.allclose(found.axes.T @ found.axes, projector, atol=1e-5)
    assert found.explained == pytest.approx((s[:2] ** 2).sum() / (s**2).sum(), abs=1e-5)
    assert np.allclose(found.places[:7], (units - units.mean(axis=0)) @ found.axes.T, atol=1e-5)


def test_a_state_lies_where_its_concept_lies_however_long_it_is(brain):
    found = embedding_map(brain)
    A = np.asarray(brain.model.index.A)
    assert found.place(3 * A) == pytest.approx(found.places, abs=1e-5)
    assert found.places.shape == (11, 2)  # seven concepts, two in reserve, a predicate and an instant


def test_the_length_of_an_embedding_and_the_reserve_do_not_matter(brain):
    longer = eqx.tree_at(lambda m: m.index.A, brain.model, brain.model.index.A.at[2].multiply(5.0).at[8].set(1.0))
    other = embedding_map(Brain(longer, brain.vocabulary, brain.settings))
    assert other.axes == pytest.approx(embedding_map(brain).axes, abs=1e-5)


def test_a_brain_whose_concepts_are_all_alike_has_a_map_too(brain):
    same = eqx.tree_at(lambda m: m.index.A, brain.model, jnp.ones_like(brain.model.index.A))
    found = embedding_map(Brain(same, brain.vocabulary, brain.settings))
    assert np.isfinite(found.places).all() and np.isfinite(found.explained)


def test_units_that_do_the_same_work_stand_side_by_side(brain):
    A = jax.random.normal(jax.random.key(1), brain.model.index.A.shape)
    A = A.at[:, 5].set(A[:, 0]).at[:, 3].set(-A[:, 1])
    model = eqx.tree_at(lambda m: m.index.A, brain.model, A)
    order = unit_order(Brain(model, brain.vocabulary, brain.settings)).tolist()
    assert sorted(order) == list(range(6))
    assert abs(order.index(5) - order.index(0)) == abs(order.index(3) - order.index(1)) == 1
