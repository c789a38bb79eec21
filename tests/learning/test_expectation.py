"""Expectation-maximisation of the non-negative Tucker model: it climbs, in any parts, to what is counted by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.errors import SettingsError
from tensorbrain.factorization import ProbableTucker, create_model
from tensorbrain.factorization.nonnegative_tucker import fit, marginal, normalised
from tensorbrain.graph.splits import example_splits
from tensorbrain.learning.expectation import complete_by_expectation, expected, maximised
from tensorbrain.learning.recipes import Recipe
from tensorbrain.learning.taught import teach_completion
from tensorbrain.numerics.sharding import concept_mesh
from tensorbrain.tensor_memory import TensorMemory, load_tensor_memory, save_tensor_memory

COUNTS = (5, 3, 4)
WHOLE = Recipe(rank=3, epochs=30, learning_rate=1.0, penalty=0.0)
ROWS = np.array([[0, 0, 1, 0], [1, 0, 2, 1], [2, 1, 0, 2], [4, 2, 3, 3], [0, 0, 1, 3], [3, 1, 2, 0]], np.int32)


def model_of(instants: int = COUNTS[2], seed: int = 0) -> ProbableTucker:
    model = create_model("nonnegative-tucker", (*COUNTS[:2], instants), rank=3, key=jax.random.key(seed))
    assert isinstance(model, ProbableTucker)
    return model


def test_it_is_the_fit_of_the_claims_in_any_parts():
    """The same steps as `nonnegative_tucker.fit`, which takes all rows at once."""
    model = model_of()
    clear, log_p = fit(model.joint, jnp.asarray(ROWS), jnp.ones(len(ROWS)), steps=30)
    found, history = complete_by_expectation(model, ROWS, WHOLE.with_(batch=4))
    np.testing.assert_allclose([epoch["loss"] for epoch in history], -log_p, atol=1e-4)
    for ours, theirs in zip(jax.tree.leaves(found.joint), jax.tree.leaves(clear), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_expected_counts_are_responsibilities_by_enumeration():
    """P(classes | row) by Bayes over all of them, summed over the rows."""
    joint = normalised(model_of().joint)
    counts, log_p = expected(joint, jnp.asarray(ROWS)[None], jnp.ones((1, len(ROWS))))
    by_hand, total = np.zeros(joint.core.shape), 0.0
    a, b, c, core = (np.asarray(x, np.float64) for x in (joint.entities, joint.predicates, joint.instants, joint.core))
    for s, p, o, t in ROWS:
        together = np.einsum("i,j,k,l,ijkl->ijkl", a[s], b[p], a[o], c[t], core)
        by_hand += together / together.sum()
        total += np.log(together.sum())
    np.testing.assert_allclose(counts.core, by_hand, rtol=1e-4)
    np.testing.assert_allclose(log_p, total, rtol=1e-5)
    np.testing.assert_allclose(counts.instants.sum(axis=0), by_hand.sum(axis=(0, 1, 2)), rtol=1e-4)


def test_one_class_is_counting():
    """With one latent class each, P(s) P(p) P(o) of frequencies is the answer, with the prior's counts added."""
    model = create_model("nonnegative-tucker", (5, 3, 0), rank=1, key=jax.random.key(0))
    rows = ROWS * [1, 1, 1, 0] - [0, 0, 0, 1]
    found, _ = complete_by_expectation(model, rows.astype(np.int32), WHOLE.with_(rank=1, epochs=2, penalty=0.5))
    told = np.bincount(rows[:, [0, 2]].ravel(), minlength=5) + 0.5
    np.testing.assert_allclose(found.joint.entities[:, 0], told / told.sum(), rtol=1e-5)
    told = np.bincount(rows[:, 1], minlength=3) + 0.5
    np.testing.assert_allclose(marginal(found.joint, "p"), told / told.sum(), rtol=1e-5)


@pytest.mark.parametrize("penalty", [0.0, 0.1])
def test_the_posterior_never_falls(penalty: float):
    joint, told = normalised(model_of().joint), jnp.asarray(penalty)
    heights = []
    for _ in range(40):
        counts, log_p = expected(joint, jnp.asarray(ROWS)[None], jnp.ones((1, len(ROWS))))
        columns = (joint.entities, joint.predicates, joint.instants)
        heights.append(float(log_p + (penalty * sum(jnp.log(a).sum() for a in columns) if penalty else 0.0)))
        joint = maximised(counts, told)
    assert (np.diff(heights) > -1e-3).all() and heights[-1] > heights[0] + 1


def test_a_split_is_taught_and_kept(tmp_path):
    splits = example_splits()
    memory = teach_completion("nonnegative-tucker", splits, recipe=WHOLE.with_(epochs=20, penalty=0.01), seed=3)
    assert isinstance(memory, TensorMemory) and memory.model.temporal is False
    given = jax.nn.softmax(memory.scores(np.array([[0, 0, -1, -1]], np.int32), "o"))[0]
    table = marginal(memory.model.joint, "spo")[0, 0]  # pyright: ignore[reportAttributeAccessIssue]
    np.testing.assert_allclose(given, table / table.sum(), rtol=1e-3)
    save_tensor_memory(memory, tmp_path / "town.safetensors")
    again = load_tensor_memory(tmp_path / "town.safetensors")
    assert repr(again) == repr(memory)
    np.testing.assert_array_equal(again.scores(splits.test, "s"), memory.scores(splits.test, "s"))


def test_what_is_asked_for_stops_it():
    _, history = complete_by_expectation(model_of(), ROWS, WHOLE, report=lambda news: news["epoch"] == 3)
    assert [epoch["epoch"] for epoch in history] == [1, 2, 3]


def test_what_cannot_be_learned_is_refused():
    with pytest.raises(SettingsError, match="nothing is left to learn"):
        complete_by_expectation(model_of(), ROWS[:0], WHOLE)
    for rows, instants in ((ROWS, 0), (ROWS - [0, 0, 0, 9], COUNTS[2])):
        with pytest.raises(SettingsError, match="differ in whether there is a time"):
            complete_by_expectation(model_of(instants), np.maximum(rows, -1).astype(np.int32), WHOLE)
    for wrong in ({"learning_rate": 0.1}, {"predicates": 0.5}, {"candidates": 9}, {"optimiser": "muon"}):
        with pytest.raises(SettingsError, match=f"{next(iter(wrong))} .* means nothing .* leave it at"):
            complete_by_expectation(model_of(), ROWS, WHOLE.with_(**wrong))
    with pytest.raises(SettingsError, match="not shared out among devices"):
        teach_completion("nonnegative-tucker", example_splits(), recipe=WHOLE, mesh=concept_mesh(1))
