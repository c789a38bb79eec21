"""The concept index: blocks, scores, the two faces of a row, and what theory claims of them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.errors import SettingsError
from tensorbrain.layers import BLOCKS, ConceptIndex
from tensorbrain.layers.concept_index import NEVER

SCORINGS = ("direct", "centered", "softplus", "learned")


def make(scoring="centered", counts=(6, 3, 2), reserve=(2, 0, 1), dim=8) -> ConceptIndex:
    index = ConceptIndex.create(counts, dim=dim, key=jax.random.key(1), reserve=reserve, scoring=scoring)
    a0 = jnp.arange(len(index.a0), dtype=jnp.float32)
    return ConceptIndex(index.A, a0, index.in_use, index.capacity, index.scoring)


def test_blocks_partition_the_rows():
    index = make()
    slices = [index.block(name) for name in BLOCKS]
    assert [(s.start, s.stop) for s in slices] == [(0, 8), (8, 11), (11, 14)]
    assert len(index.A) == len(index.a0) == len(index.in_use) == 14
    used = [int(index.in_use[s].sum()) for s in slices]
    assert used == [6, 3, 2]


@pytest.mark.parametrize("scoring", SCORINGS)
@pytest.mark.parametrize("block", BLOCKS)
def test_scores_follow_their_formula(scoring, block):
    index = make(scoring)
    gamma = np.random.default_rng(0).random(8).astype(np.float32)
    A, a0 = np.asarray(index.A, float)[index.block(block)], np.asarray(index.a0, float)[index.block(block)]
    expected = {
        "direct": A @ gamma,
        "centered": A @ (gamma - 0.5),
        "softplus": A @ gamma - np.log1p(np.exp(A)).sum(axis=1),
        "learned": A @ gamma + a0,
    }[scoring]
    used = np.asarray(index.in_use)[index.block(block)]
    n = np.asarray(index.scores(jnp.asarray(gamma), block))
    np.testing.assert_allclose(n[used], expected[used], rtol=1e-5, atol=1e-5)
    assert (n[~used] == np.float32(NEVER)).all()


def test_an_unused_row_never_scores_whatever_it_holds():
    index = make()
    rubbish = ConceptIndex(index.A.at[6:8].set(1e6), index.a0, index.in_use, index.capacity)
    np.testing.assert_array_equal(
        np.asarray(rubbish.scores(jnp.ones(8), "concept")), np.asarray(index.scores(jnp.ones(8), "concept"))
    )


def test_rows_are_read_up_and_written_down():
    index = make()
    for block in BLOCKS:
        rows = index.block(block)
        for k in range(rows.stop - rows.start):
            np.testing.assert_array_equal(index.embedding(jnp.asarray(k), block), index.A[rows.start + k])
        pi = np.random.default_rng(0).dirichlet(np.ones(rows.stop - rows.start)).astype(np.float32)
        expected = sum(p * np.asarray(a) for p, a in zip(pi, index.A[rows], strict=True))
        np.testing.assert_allclose(index.mixture(jnp.asarray(pi), block), expected, atol=1e-6)


def test_gradients_stay_finite_beside_unused_rows():
    index = make("softplus")

    def loss(A):
        copy = ConceptIndex(A, index.a0, index.in_use, index.capacity, index.scoring)
        return jax.nn.log_softmax(copy.scores(jnp.full(8, 0.3), "concept"))[0]

    gradient = np.asarray(jax.grad(loss)(index.A))
    assert np.isfinite(gradient).all()
    assert (gradient[6:8] == 0).all()


@pytest.mark.parametrize("scoring", ["centered", "softplus"])
def test_an_index_just_written_is_its_own_best_answer(scoring):
    """n = 768, |a| ~ 1, 2,000 concepts: q = a_k reads out as k."""
    assert _own_top_1(scoring) >= 0.99


def test_without_an_offset_it_hardly_ever_is():
    assert _own_top_1("direct") <= 0.01


def _own_top_1(scoring: str) -> float:
    scale = 768**-0.5  # so that |a| ~ 1
    index = ConceptIndex.create((2000, 0, 0), dim=768, key=jax.random.key(2), scoring=scoring, scale=scale)
    gamma = jax.nn.sigmoid(index.A)  # row k: the blackboard after k was written on it
    best = jax.jit(jax.vmap(lambda gamma: jnp.argmax(index.scores(gamma, "concept"))))(gamma)
    return float((np.asarray(best) == np.arange(2000)).mean())


def test_unknown_scoring(unchecked):
    with pytest.raises(SettingsError, match="centered"):
        make("cosine")


def silenced(index: ConceptIndex, *rows: int) -> ConceptIndex:
    muted = jnp.zeros_like(index.in_use).at[jnp.array(rows)].set(True)
    return ConceptIndex(index.A, index.a0, index.in_use, index.capacity, index.scoring, muted)


@pytest.mark.parametrize("scoring", SCORINGS)
def test_a_muted_row_is_read_as_before_and_written_as_0(scoring):
    index = make(scoring)
    quiet = silenced(index, 1, 9)
    for block in BLOCKS:
        gamma = jnp.linspace(0.1, 0.9, 8)
        np.testing.assert_array_equal(quiet.scores(gamma, block), index.scores(gamma, block))
    written = np.array(index.A)
    written[[1, 9]] = 0
    pi = np.random.default_rng(1).dirichlet(np.ones(8)).astype(np.float32)
    np.testing.assert_allclose(quiet.mixture(jnp.asarray(pi), "concept"), pi @ written[:8], atol=1e-6)
    np.testing.assert_array_equal(quiet.embeddings("predicate"), written[8:11])
    for k in range(8):
        np.testing.assert_array_equal(quiet.embedding(jnp.asarray(k), "concept"), written[k])


def test_what_is_told_is_a_candidate_in_its_block_alone():
    index = make()
    gamma = jnp.linspace(0.1, 0.9, 8)
    hearing = index.hearing(jnp.asarray(7), "concept")  # a row that is not in use
    read = np.asarray(hearing.scores(gamma, "concept"))
    np.testing.assert_allclose(read[7], np.asarray(index.A)[7] @ (np.asarray(gamma) - 0.5), rtol=1e-5)
    assert read[6] == np.float32(NEVER)
    for other in (index.hearing(jnp.asarray(-1), "predicate"), index.hearing(jnp.asarray(2), "concept")):
        np.testing.assert_array_equal(other.in_use, index.in_use)
