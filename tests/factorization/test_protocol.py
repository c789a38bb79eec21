"""Every tensor model against its formula, written out by loops, and its slots against each other."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.errors import SettingsError
from tensorbrain.factorization import MODELS, create_model
from tensorbrain.factorization.nonnegative_tucker import marginal
from tensorbrain.factorization.protocol import Probable
from tensorbrain.tensor_memory import model_scores as scores

COUNTS, RANK = (5, 3, 4), 3


def model_of(name):
    return create_model(name, COUNTS, rank=RANK, key=jax.random.key(7))


def numbers(array):
    """Complex numbers whose real parts stand before their imaginary parts."""
    a = np.asarray(array, np.float64)
    return a[..., :RANK] + 1j * a[..., RANK:]


def by_hand(name, model, s, p, o, t):
    """The score of one statement, from the formula of its paper."""
    if name == "cp":
        return sum(model.subjects[s, r] * model.predicates[p, r] * model.objects[o, r] for r in range(RANK))
    if name == "distmult":
        return sum(model.concepts[s, r] * model.predicates[p, r] * model.concepts[o, r] for r in range(RANK))
    if name == "nonnegative-tucker":
        s, p, o = (s, p, o) if p < COUNTS[1] else (o, p - COUNTS[1], s)  # the reciprocal predicate is no other
        a, (b, c) = model.joint.entities, (model.joint.predicates, model.joint.instants)
        return np.log(np.einsum("a,b,c,d,abcd->", a[s], b[p], a[o], c[t], model.joint.core))
    a = np.asarray(model.concepts, np.float64)
    if name == "rescal":
        return a[s] @ np.asarray(model.predicates[p], np.float64) @ a[o]
    if name == "tucker":
        return np.einsum("ijk,i,j,k->", model.core, a[s], model.predicates[p], a[o])
    if name == "cont":
        core = np.asarray(model.instants[t]).reshape(RANK, RANK, RANK)
        return np.einsum("ijk,i,j,k->", core, a[s], model.predicates[p], a[o])
    a, b = numbers(model.concepts), numbers(model.predicates)
    if name == "complex":
        return (a[s] * b[p] * a[o].conj()).sum().real
    turning = b[p] * numbers(model.instants)[t]
    if name == "tntcomplex":
        turning = turning + numbers(model.lasting)[p]
    return (a[s] * turning * a[o].conj()).sum().real


@pytest.mark.parametrize("name", MODELS)
def test_scores_are_those_of_the_paper(name):
    model, (concepts, predicates, _) = model_of(name), COUNTS
    for s, p, o, t in itertools.product((0, 4), range(predicates), (1, 3), (0, 3)):
        row = jnp.array([[s, p, o, t]])
        there, back = (float(by_hand(name, model, *row)) for row in ((s, p, o, t), (o, p + predicates, s, t)))
        assert float(scores(model, row, "o")[0, o]) == pytest.approx(there, abs=1e-5)
        assert float(scores(model, row, "p")[0, p]) == pytest.approx(there, abs=1e-5)
        assert float(scores(model, row, "s")[0, s]) == pytest.approx(back, abs=1e-5)
        if model.temporal:
            assert float(scores(model, row, "t")[0, t]) == pytest.approx(there, abs=1e-5)
    shapes = [scores(model, row, slot).shape for slot in "spo"]
    assert shapes == [(1, concepts), (1, predicates), (1, concepts)]


@pytest.mark.parametrize("name", [name for name in MODELS if model_of(name).temporal])
def test_time_summed_out_is_the_mean_over_instants(name):
    model = model_of(name)
    timeless = scores(model, jnp.array([[0, 1, 2, -1]]), "o")[0]
    at = [scores(model, jnp.array([[0, 1, 2, t]]), "o")[0] for t in range(COUNTS[2])]
    if isinstance(model, Probable):  # what is summed are probabilities
        timeless, at = jnp.exp(timeless), [jnp.exp(each) for each in at]
    assert jnp.allclose(timeless, jnp.mean(jnp.stack(at), axis=0), atol=1e-5)


@pytest.mark.parametrize("name", MODELS)
def test_the_penalty_is_of_the_row_alone(name):
    model = model_of(name)
    rows = jnp.array([[0, 1, 2, 3], [4, 0, 0, 1], [0, 1, 2, 3]])
    of_rows = model.penalty(rows)
    assert of_rows.shape == (3,) and float(of_rows.min()) > 0
    assert jnp.allclose(of_rows[0], of_rows[2]) and jnp.allclose(of_rows[1], model.penalty(rows[1:2])[0])


@pytest.mark.parametrize("instants", [0, COUNTS[2]])
def test_a_probable_model_gives_the_conditional_probabilities_of_its_own_table(instants):
    """P(slot | the others) by enumeration; without a time in the question, time is summed out."""
    model = create_model("nonnegative-tucker", (*COUNTS[:2], instants), rank=RANK, key=jax.random.key(3))
    whole = np.asarray(marginal(model.joint, "spot"), np.float64)
    asked = {"s": whole[:, 1, 2], "p": whole[0, :, 2], "o": whole[0, 1]}
    for t in (-1, 3) if instants else (-1,):
        for slot, table in asked.items():
            expected = table.sum(axis=-1) if t < 0 else table[:, t]
            found = jax.nn.softmax(scores(model, jnp.array([[0, 1, 2, t]]), slot))[0]
            np.testing.assert_allclose(found, expected / expected.sum(), rtol=1e-4)
    if instants:
        found = jax.nn.softmax(scores(model, jnp.array([[0, 1, 2, -1]]), "t"))[0]
        np.testing.assert_allclose(found, whole[0, 1, 2] / whole[0, 1, 2].sum(), rtol=1e-4)


def test_unknown_models_are_refused():
    with pytest.raises(SettingsError, match="choose one of cp, distmult"):
        create_model("transe", COUNTS, rank=2, key=jax.random.key(0))
    with pytest.raises(SettingsError, match="rank 0"):
        create_model("cp", COUNTS, rank=0, key=jax.random.key(0))
