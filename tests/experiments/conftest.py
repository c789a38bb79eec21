"""Short days at school: what the experiments share."""

import jax
import pytest

from tensorbrain.datasets.scenes import episode_scripts
from tensorbrain.experiments import schooling
from tensorbrain.learning import joint, revision


@pytest.fixture(scope="module")
def short_days():
    """Ten of the 694 episodes are drawn, and a step sees few of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schooling, "episode_scripts", lambda graph, seed: episode_scripts(graph, range(10), seed=seed))
        for name, size in (("SCENES", 4), ("ROWS", 16), ("LIVED", 3), ("TOLD", 2)):
            patch.setattr(joint, name, size)
        patch.setattr(revision, "ROWS", 16)
        jax.config.update("jax_disable_most_optimizations", True)
        yield
        jax.config.update("jax_disable_most_optimizations", False)
