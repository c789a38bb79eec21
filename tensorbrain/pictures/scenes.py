"""Scenes: a stack of pictures with the regions in them and what is true of them, as arrays of one shape."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.typing import Float32, Int32, UInt8

WHOLE = 0
"""The region that is the whole picture: its thing is the place, and the place is seen there."""

LEVELS = ("basic", "parent", "top")
"""The label groups that are classes, from the individuals upwards; all others are attributes."""


class LabelGroup(NamedTuple):
    """A group of concepts of which one holds of a region, such as the colours: its name and its members' ids."""

    name: str
    members: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Scenes:
    """Pictures, their regions and statements; what is not there is -1 (ids, region numbers) or 0 (boxes).

    ``boxes`` are left, top, right, bottom as shares of the picture's width and height; region 0 is the whole
    picture. ``thing`` is the concept id of what a region shows: an individual, or for a nameless thing its basic
    class. ``labels`` has one concept id per label group. Rows of ``statements`` are (subject region, object region,
    subject, predicate, object); an attribute has the region of its subject. ``instant`` is the id of the episode
    that a picture shows, -1 for a new one.
    """

    pixels: UInt8[np.ndarray, "scene height width 3"]
    boxes: Float32[np.ndarray, "scene region 4"]
    thing: Int32[np.ndarray, "scene region"]
    labels: Int32[np.ndarray, "scene region group"]
    statements: Int32[np.ndarray, "scene statement 5"]
    instant: Int32[np.ndarray, " scene"]

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, which: slice | np.ndarray) -> "Scenes":
        return Scenes(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


def joined(parts: list[Scenes]) -> Scenes:
    """Several stacks as one; regions and statements are padded to the largest number of them."""

    def padded(arrays: list[np.ndarray], fill: int) -> np.ndarray:
        width = max(a.shape[1] for a in arrays)
        room = [((0, 0), (0, width - a.shape[1]), *[(0, 0)] * (a.ndim - 2)) for a in arrays]
        return np.concatenate([np.pad(a, r, constant_values=fill) for a, r in zip(arrays, room, strict=True)])

    return Scenes(
        pixels=np.concatenate([part.pixels for part in parts]),
        boxes=padded([part.boxes for part in parts], 0),
        thing=padded([part.thing for part in parts], -1),
        labels=padded([part.labels for part in parts], -1),
        statements=padded([part.statements for part in parts], -1),
        instant=np.concatenate([part.instant for part in parts]),
    )


def label_groups(graph: KnowledgeGraph) -> tuple[LabelGroup, ...]:
    """The label groups of a graph: the levels of its class tree, then every class whose members are attributes.

    ``basic`` holds the classes that have individuals, ``parent`` their parents, ``top`` the parents of those; then
    one group an attribute class, such as ``colour``, by its label. Groups of fewer than two members are left out.

    >>> from tensorbrain.graph.knowledge_graph import example_graph
    >>> label_groups(example_graph())
    ()
    """
    words = graph.vocabulary
    group_of = [concept.group for concept in words.concepts]
    parents: dict[int, list[int]] = {}
    for child, parent in graph.taxonomy.tolist():
        parents.setdefault(child, []).append(parent)
    attributes: dict[int, list[int]] = {}
    basic = set()
    for member, its_class in graph.membership.tolist():
        if group_of[member] == "attribute":
            attributes.setdefault(its_class, []).append(member)
        elif group_of[member] == "entity":
            basic.add(its_class)
    parent = {p for c in basic for p in parents.get(c, [])}
    top = {p for c in parent for p in parents.get(c, [])}
    levels = [(name, sorted(members)) for name, members in zip(LEVELS, (basic, parent, top), strict=True)]
    levels += [(words.concepts[c].label, sorted(members)) for c, members in sorted(attributes.items())]
    return tuple(LabelGroup(name, tuple(members)) for name, members in levels if len(members) > 1)
