"""New pictures of the neighbourhood, as the shipped brain sees them: what the claims that ask it have in common."""

from typing import NamedTuple

import numpy as np

from tensorbrain.brain import Brain
from tensorbrain.datasets.scenes import Dials, draw, new_scripts
from tensorbrain.datasets.worlds import load_graph
from tensorbrain.evaluation.perception import Masks, masks
from tensorbrain.experiments.schooling import SECOND_LOOK
from tensorbrain.learning.observing import Seen, observe
from tensorbrain.modes.choices import Choices, choices
from tensorbrain.pictures.scenes import Scenes

REGIONS = 7  # the place and six things, the most that new scenes have: one shape, compiled once


class Pictures(NamedTuple):
    """New scenes, what the brain's eye sees in them, what may be read there, and which regions show whom."""

    scenes: Scenes
    seen: Seen
    choices: Choices
    truth: Masks


def new_pictures(brain: Brain, count: int, *, seed: int, nameless: float = 0.5, dials: Dials = SECOND_LOOK) -> Pictures:
    """Draw so many new scenes of the neighbourhood, a share ``nameless`` of strangers never seen in training, and look.

    >>> from tensorbrain.checkpoint import load_brain
    >>> new_pictures(load_brain("neighbourhood"), 2, seed=0).seen.thing.shape
    (2, 7)
    """
    graph = load_graph("neighbourhood")
    scripts = new_scripts(graph, count, seed=seed + 30_000, nameless=nameless, novel="test")
    scenes = _wide(draw(scripts, graph, seed=seed + 30_000, dials=dials))
    seen = observe(brain.model, scenes, seed=seed)
    options = choices(brain.vocabulary, brain.label_groups, brain.model.index.size("concept"))
    return Pictures(scenes, seen.pick(np.arange(count)), options, masks(seen, brain.vocabulary))


def _wide(scenes: Scenes) -> Scenes:
    """The scenes with room for ``REGIONS`` regions and ten statements in each."""
    room = {"boxes": (0, REGIONS), "thing": (-1, REGIONS), "labels": (-1, REGIONS), "statements": (-1, 10)}

    def padded(name: str) -> np.ndarray:
        array = getattr(scenes, name)
        if name not in room:
            return array
        fill, wide = room[name]
        shape = [(0, 0), (0, wide - array.shape[1]), *[(0, 0)] * (array.ndim - 2)]
        return np.pad(array, shape, constant_values=fill)

    return Scenes(*(padded(name) for name in scenes.__dataclass_fields__))
