"""Candidate groups: in a large vocabulary a batch weighs its own concepts and a random group of the others."""

import equinox as eqx
import numpy as np

from tensorbrain.brain import TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.layers import ConceptIndex
from tensorbrain.learning.prefixes import Group, Numbers
from tensorbrain.typing import Int


def candidate_group(
    rows: Int[np.ndarray, "row 4"], concepts: int, size: int, *, random: np.random.Generator
) -> Group | None:
    """A group of ``size`` for the rows of a batch, or None where there are no more concepts than that.

    SettingsError where the rows speak of so many that none could be drawn beside them.

    >>> group = candidate_group(np.array([[7, 0, 3, -1]], np.int32), 9, 4, random=np.random.default_rng(0))
    >>> group.ids[group.at[0]].tolist(), round(float(np.exp(group.log_weight).sum()), 3)
    ([7, 3], 9.0)
    """
    if concepts <= size:
        return None
    own, at = np.unique(rows[:, [0, 2]], return_inverse=True)
    drawn = size - len(own)
    if drawn < 1:
        raise SettingsError(f"a batch speaks of {len(own)} concepts, and a group of {size} has no room for others.")
    some = random.choice(concepts, size, replace=False)  # of these at most len(own) are the batch's own
    others = some[~np.isin(some, own)][:drawn]
    ids = np.concatenate([own, others])
    log_weight = np.zeros(size, np.float32)
    log_weight[len(own) :] = np.log((concepts - len(own)) / drawn)
    return Group(ids.astype(np.int32), log_weight, at.reshape(-1, 2).astype(np.int32))


def weighing(brain: TensorBrain, ids: Int[Numbers, " candidate"]) -> TensorBrain:
    """The brain with a concept index of the given concepts alone: the papers' post-selection, as a smaller matrix.

    >>> import jax, jax.numpy as jnp
    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> weighing(brain, jnp.array([4, 1])).index.A.shape
    (2, 8)
    """
    index = brain.index
    few = ConceptIndex(index.A[ids], index.a0[ids], index.in_use[ids], (len(ids), 0, 0), index.scoring)
    return eqx.tree_at(lambda b: b.index, brain, few)
