"""New pictures of the neighbourhood, as the shipped brain sees them: what the claims that ask it have in common."""

from typing import NamedTuple

import jax
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.datasets.scenes import Dials, draw, new_scripts
from tensorbrain.datasets.worlds import load_graph
from tensorbrain.evaluation.perception import Masks, masks
from tensorbrain.experiments.schooling import SECOND_LOOK
from tensorbrain.learning.observing import Seen, observe
from tensorbrain.modes.choices import Choices, choices
from tensorbrain.modes.looking import Sight, look, moment, region_senses
from tensorbrain.pictures.scenes import Scenes
from tensorbrain.typing import Array, Float, Int

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


@jax.jit
def named_things(brain: TensorBrain, seen: Seen, options: Choices) -> Int[Array, "scene region"]:
    """What each region is taken for in the window of a subject, an individual or a class (TB23, Algorithm 1)."""

    def one(features: Float[Array, "region feature"], boxes: Float[Array, "region 4"]) -> Int[Array, " region"]:
        _, start, _ = moment(brain, Sight(features[0], boxes[0]))
        looked = jax.vmap(lambda nu: look(brain, start, region_senses(brain, nu), options.candidates[0])[1])
        return looked(Sight(features, boxes)).argmax(axis=-1)

    return jax.vmap(one)(seen.features, seen.boxes)
