"""Candidate groups: exact where everything is weighed, unbiased where not, and untouched on small graphs."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.graph.knowledge_graph import example_graph
from tensorbrain.learning import train
from tensorbrain.learning.batches import epoch_batches
from tensorbrain.learning.candidates import candidate_group, weighing
from tensorbrain.learning.objectives import batch_loss, trainable
from tensorbrain.learning.prefixes import Group
from tensorbrain.modes.decoder import open_window
from tensorbrain.settings import Settings

CONCEPTS = 60
ROWS = np.stack([np.random.default_rng(1).integers(0, high, 8) for high in (CONCEPTS, 3, CONCEPTS, 4)], 1).astype(
    np.int32
)
ROWS[::2, 3] = -1
ONES = np.ones(8, np.float32)


@pytest.fixture(scope="module")
def brain() -> TensorBrain:
    settings = Settings(dim=8, context=6, orders=("sop", "ops"))
    return TensorBrain.create((CONCEPTS, 3, 4), settings, key=jax.random.key(0))


def group_of(size: int, seed: int = 0) -> Group:
    group = candidate_group(ROWS, CONCEPTS, size, random=np.random.default_rng(seed))
    assert group is not None
    return group


def batch_of(brain: TensorBrain, group: Group | None):
    (batch,) = epoch_batches(ROWS, ONES, brain.orders, batch=8, random=np.random.default_rng(0))
    assert batch.group is None
    order = [ROWS.tolist().index(row) for row in batch.rows.tolist()]
    group = group and group._replace(at=group.at[order])
    return jax.tree_util.tree_map(jnp.asarray, batch._replace(group=group))


def test_a_group_holds_the_batch_once_and_others_by_chance():
    group = group_of(30)
    assert len(set(group.ids.tolist())) == len(group.ids) == 30
    assert (group.ids[group.at] == ROWS[:, [0, 2]]).all()
    own = len(np.unique(ROWS[:, [0, 2]]))
    assert np.count_nonzero(group.log_weight == 0) == own
    np.testing.assert_allclose(np.exp(group.log_weight).sum(), CONCEPTS, rtol=1e-5)
    assert set(group_of(30, 1).ids.tolist()) != set(group.ids.tolist())


def test_weighing_everything_in_another_order_is_the_exact_loss(brain):
    ids = np.random.default_rng(0).permutation(CONCEPTS).astype(np.int32)
    everything = Group(ids, np.zeros(CONCEPTS, np.float32), np.argsort(ids)[ROWS[:, [0, 2]]].astype(np.int32))
    params, frozen = eqx.partition(brain, trainable(brain, learn_beta=True))
    exact, sampled = (
        jax.jit(jax.value_and_grad(lambda params, batch: batch_loss(eqx.combine(params, frozen), batch)))(
            params, batch_of(brain, group)
        )
        for group in (None, everything)
    )
    np.testing.assert_allclose(sampled[0], exact[0], rtol=1e-5)
    pairs = zip(*(jax.tree_util.tree_leaves(gradient) for _, gradient in (exact, sampled)), strict=True)
    for mine, theirs in pairs:
        np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=1e-6)


def test_the_sum_over_a_group_estimates_the_sum_over_all_without_bias(brain):
    state = brain.start(brain.a_bar, "sop")
    gamma = brain.board.gamma(open_window(brain, state, "s")[0].q)
    exact = float(jnp.exp(brain.index.scores(gamma, "concept")).sum())
    sums = []
    for seed in range(400):
        group = group_of(30, seed)
        scores = weighing(brain, jnp.asarray(group.ids)).index.scores(gamma, "concept")
        sums.append(float(jnp.exp(scores + group.log_weight).sum()))
    assert abs(np.mean(sums) - exact) < 4 * np.std(sums) / 20
    assert np.std(sums) > 0


def test_the_loss_of_a_group_is_near_the_exact_one(brain):
    loss = jax.jit(batch_loss)
    exact = float(loss(brain, batch_of(brain, None)))
    drawn = [float(loss(brain, batch_of(brain, group_of(40, seed)))) for seed in range(20)]
    assert abs(np.mean(drawn) - exact) < 0.02 * exact


def test_a_small_graph_is_weighed_whole_and_a_large_one_learned_all_the_same():
    small = {"settings": Settings(dim=8, context=8), "epochs": 40, "learning_rate": 1e-2, "progress": False}
    exact, same = (train(example_graph(), **small, **more) for more in ({}, {"candidates": 3}))  # three concepts
    assert exact.history[-1]["loss"] == same.history[-1]["loss"]
    with pytest.raises(SettingsError, match="candidates"):
        train(example_graph(), candidates=0, progress=False)


def test_training_with_groups_learns(town):
    """Twelve concepts, of which a batch of two weighs at most five."""
    settings = Settings(dim=16, context=12, orders=("sop",))
    brain = train(town, settings=settings, epochs=30, batch=2, candidates=1, learning_rate=1e-2, progress=False)
    losses = [epoch["loss"] for epoch in brain.history]
    assert losses[-1] < 0.7 * losses[0]
