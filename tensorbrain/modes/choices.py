"""What may be read in the windows of perception: things, and the label groups."""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np

from tensorbrain.graph.vocabulary import Vocabulary
from tensorbrain.pictures.scenes import LabelGroup
from tensorbrain.typing import Array, Bool, Int


class Choices(NamedTuple):
    """What may be read in each window: which concepts are candidates, and what the label groups hold.

    ``members`` (group, member) are the ids of each label group, -1 for padding; ``candidates`` (group + 1, concept)
    masks first the things (entities and basic classes), then each label group; ``group_of`` (concept,) is the row of
    ``candidates`` in which a concept is an outcome; ``individuals`` (concept,) marks the entities.
    """

    members: Int[Array, "group member"]
    candidates: Bool[Array, "row concept"]
    group_of: Int[Array, " concept"]
    individuals: Bool[Array, " concept"]


def choices(vocabulary: Vocabulary, groups: tuple[LabelGroup, ...], capacity: int) -> Choices:
    """The choices of a vocabulary with these label groups, over a concept block of ``capacity`` rows.

    >>> choices(Vocabulary(), (), 3).candidates.shape
    (2, 3)
    """
    widest = max((len(group.members) for group in groups), default=1)
    members = np.full((max(1, len(groups)), widest), -1, np.int32)
    candidates = np.zeros((len(members) + 1, capacity), bool)
    group_of = np.zeros(capacity, np.int32)
    names = [concept.group for concept in vocabulary.concepts]
    candidates[0, [k for k, name in enumerate(names) if name == "entity"]] = True
    for g, group in enumerate(groups):
        ids = list(group.members)
        members[g, : len(ids)] = ids
        candidates[g + 1, ids] = True
        if group.name == "basic":
            candidates[0, ids] = True
        group_of[[k for k in ids if names[k] == "attribute"]] = g + 1
    individuals = np.asarray([name == "entity" for name in names] + [False] * (capacity - len(names)))
    return Choices(jnp.asarray(members), jnp.asarray(candidates), jnp.asarray(group_of), jnp.asarray(individuals, bool))
