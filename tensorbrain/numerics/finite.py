"""Whether training is still about numbers."""

from typing import Any

import jax
import numpy as np

from tensorbrain.errors import SettingsError


def a_number(loss: float, where: str) -> float:
    """The loss, as long as it is a number; SettingsError where it is none, as after too long a step.

    >>> a_number(1.5, "step 3")
    1.5
    """
    if not np.isfinite(loss):
        raise SettingsError(f"the loss is no number in {where}: choose a smaller learning rate.")
    return loss


def finite(tree: Any) -> bool:
    """Whether the arrays of a tree hold numbers alone.

    >>> finite([np.ones(2), np.array([np.nan])])
    False
    """
    return all(bool(np.isfinite(leaf).all()) for leaf in jax.tree_util.tree_leaves(tree))
