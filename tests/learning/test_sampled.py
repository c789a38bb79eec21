"""Learning among few candidates: what moves, what it equals, and how far the estimate of log Z lies below."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.factorization import create_model
from tensorbrain.graph.splits import example_splits
from tensorbrain.learning import completion
from tensorbrain.learning.candidates import candidate_group
from tensorbrain.learning.completion import complete
from tensorbrain.learning.completion_steps import completion_loss
from tensorbrain.learning.concept_rows import returned, taken
from tensorbrain.learning.grouped import among, grouped, grouped_batches
from tensorbrain.learning.recipes import Recipe
from tensorbrain.learning.room import bytes_needed
from tensorbrain.learning.taught import teach_completion
from tensorbrain.modes.completing import ORDERS, SerialDecoder
from tensorbrain.settings import Settings

CONCEPTS, PREDICATES = 40, 3
ROWS = np.unique(
    np.random.default_rng(0).integers(0, [CONCEPTS, PREDICATES, CONCEPTS, 1], (60, 4), np.int32) - [0, 0, 0, 1], axis=0
).astype(np.int32)


def model_of(name: str):
    if name == "brain":
        settings = Settings(dim=8, context=6, orders=ORDERS)
        return SerialDecoder(TensorBrain.create((CONCEPTS, PREDICATES, 0), settings, key=jax.random.key(0)))
    return create_model(name, (CONCEPTS, PREDICATES, 0), rank=4, key=jax.random.key(0))


def batch_of(rows: np.ndarray = ROWS[:4]):
    return next(grouped_batches(grouped(rows, len(rows)), random=np.random.default_rng(0)))


@pytest.mark.parametrize("name", ["complex", "cp", "rescal", "tucker", "brain"])
def test_what_is_taken_asks_and_answers_as_before_and_goes_back_to_its_place(name):
    model, ids = model_of(name), jnp.array([7, 3, 20])
    few = taken(model, ids)
    rows, local = jnp.array([[7, 1, 20, -1], [3, 2, 7, -1]]), jnp.array([[0, 1, 2, -1], [1, 2, 0, -1]])
    for slot in "po":
        np.testing.assert_allclose(few.query(local, slot), model.query(rows, slot), atol=1e-6)
    np.testing.assert_array_equal(few.keys("o"), model.keys("o")[ids])
    np.testing.assert_array_equal(few.keys("p"), model.keys("p"))
    same = returned(model, few, ids)
    assert jax.tree.structure(same) == jax.tree.structure(model)
    assert all((a == b).all() for a, b in zip(jax.tree.leaves(same), jax.tree.leaves(model), strict=True))


def test_a_group_of_all_is_the_softmax_over_all():
    model, batch = model_of("complex"), batch_of()
    recipe = Recipe(rank=4, predicates=0.2, penalty=0.1)
    group = candidate_group(batch.rows, CONCEPTS, CONCEPTS - 1, random=np.random.default_rng(0))
    assert group is not None
    (last,) = set(range(CONCEPTS)) - set(group.ids.tolist())
    ids = np.append(group.ids, last).astype(np.int32)
    place = np.argsort(ids).astype(np.int32)
    local = {name: getattr(batch, name).copy() for name in ("queries", "rows")}
    for rows in local.values():
        rows[:, [0, 2]] = place[rows[:, [0, 2]]]
    whole = batch._replace(**local, group=group._replace(ids=ids, log_weight=np.zeros(CONCEPTS, np.float32)))
    few = taken(model, jnp.asarray(ids))
    assert float(completion_loss(few, whole, recipe)) == pytest.approx(
        float(completion_loss(model, batch, recipe)), abs=1e-5
    )


def test_log_z_is_too_small_on_average_and_less_so_with_more_candidates():
    model = jax.tree.map(lambda a: 6 * a, model_of("complex"))
    batch, recipe = batch_of(), Recipe(rank=4, penalty=0.0)
    exact = float(completion_loss(model, batch, recipe))
    loss = jax.jit(completion_loss, static_argnames="recipe")

    def bias(candidates: int) -> tuple[float, float]:
        drawn = []
        for seed in range(300):
            few = among(batch, CONCEPTS, candidates, random=np.random.default_rng(seed))
            assert few.group is not None
            drawn.append(float(loss(taken(model, jnp.asarray(few.group.ids)), few, recipe)))
        return float(np.mean(drawn)) - exact, float(np.std(drawn)) / 300**0.5

    (of_few, error), (of_more, _) = bias(4), bias(20)
    assert of_few < -2 * error
    assert of_few < of_more < 0.02


@pytest.mark.parametrize("name", ["complex", "brain"])
def test_a_step_moves_what_was_weighed_and_nothing_else(name):
    model, told = model_of(name), ROWS[:2]
    recipe = Recipe(rank=4, epochs=1, batch=8, candidates=3, penalty=0.0, learning_rate=0.01)
    learned, _ = complete(model, told, recipe)
    moved = (np.asarray(learned.keys("o")) != np.asarray(model.keys("o"))).any(axis=1)
    assert moved[np.unique(told[:, [0, 2]])].all()
    assert len(np.unique(told[:, [0, 2]])) < moved.sum() < CONCEPTS


def test_it_learns_among_few_nearly_what_it_learns_among_all():
    recipe = Recipe(rank=4, epochs=40, batch=4, penalty=0.0)
    among_all, _ = complete(model_of("complex"), ROWS, recipe)
    among_few, _ = complete(model_of("complex"), ROWS, recipe.with_(candidates=8))
    loss = [
        float(completion_loss(model, batch_of(ROWS), recipe)) for model in (model_of("complex"), among_few, among_all)
    ]
    assert loss[1] < 0.4 * loss[0] and loss[1] < loss[2] + 0.5


@pytest.mark.parametrize("name", ["brain", "nonnegative-tucker"])
def test_a_model_too_large_for_this_machine_is_refused_before_it_is_made(name):
    with pytest.raises(SettingsError, match="GB are free: choose a smaller"):
        teach_completion(name, example_splits(), recipe=Recipe(rank=2**16, batch=8))


def test_memory_that_is_not_there_is_said_before_it_is_taken(monkeypatch):
    monkeypatch.setattr(completion, "free_bytes", lambda: 10_000)
    with pytest.raises(SettingsError, match=r"needs about .* GB of memory, and 1e-05 GB are free: choose a smaller"):
        complete(model_of("complex"), ROWS, Recipe(rank=4))
    model = model_of("complex")
    assert bytes_needed(model, Recipe(rank=4, batch=500)) > bytes_needed(model, Recipe(rank=4, batch=5))
