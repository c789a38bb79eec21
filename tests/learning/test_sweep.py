"""Many models taught side by side against each one taught by itself."""

import jax
import numpy as np
import pytest

from tensorbrain.errors import SettingsError
from tensorbrain.graph.splits import Splits, example_splits
from tensorbrain.learning.recipes import Recipe
from tensorbrain.learning.sweep import Member, sweep
from tensorbrain.learning.taught import teach_completion

RECIPE = Recipe(rank=3, epochs=4, batch=2, predicates=0.1)


@pytest.fixture(scope="module")
def town() -> Splits:
    return example_splits()


def test_each_member_learns_what_it_learns_alone(town):
    members = [Member(0, 0.1, 0.01), Member(1, 0.1, 0.0), Member(2, 0.02, 0.3)]
    for member, memory in zip(members, sweep("complex", town, RECIPE, members), strict=True):
        own = RECIPE.with_(learning_rate=member.learning_rate, penalty=member.penalty)
        alone = teach_completion("complex", town, recipe=own, seed=member.seed)
        assert memory.recipe == alone.recipe and memory.seed == member.seed
        for mine, theirs in zip(jax.tree.leaves(memory.model), jax.tree.leaves(alone.model), strict=True):
            np.testing.assert_allclose(mine, theirs, atol=1e-5)
        losses = ([epoch["loss"] for epoch in one.history] for one in (memory, alone))
        np.testing.assert_allclose(*losses, atol=1e-4)


def test_what_cannot_be_swept_is_refused(town):
    with pytest.raises(SettingsError, match="a sweep of no member"):
        sweep("complex", town, RECIPE, [])
    with pytest.raises(SettingsError, match="teach brains one after the other"):
        sweep("brain", town, RECIPE.with_(optimiser="muon"), [Member(0, 0.1, 0.0)])
    with pytest.raises(SettingsError, match="have no time, and this model needs one"):
        sweep("tcomplex", town, RECIPE, [Member(0, 0.1, 0.0)])
    with pytest.raises(SettingsError, match="fitted by expectation-maximisation"):
        sweep("nonnegative-tucker", town, RECIPE, [Member(0, 0.1, 0.0)])
