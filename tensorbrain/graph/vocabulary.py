"""The words behind the numbers: IRI, label and group of every row of the concept index."""

import dataclasses
import difflib
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Int32

from tensorbrain.errors import AmbiguousConceptError, SettingsError, UnknownConceptError
from tensorbrain.graph.names import local_name

CONCEPT_GROUPS = ("entity", "class", "attribute")
"""The groups of which a concept is one: it can be the subject and the object of a statement."""
GROUPS = (*CONCEPT_GROUPS, "predicate", "instant")
"""All groups that the vocabulary numbers: those of concepts, then predicates and instants."""

_COLUMN_OF_SLOT = {
    "subject": "concepts",
    "object": "concepts",
    "concept": "concepts",
    "predicate": "predicates",
    "instant": "instants",
}

_EVERYWHERE = ("concept", "predicate", "instant")
_WITHOUT_CASE = 2  # the way of naming, of those in `_indices`, that overlooks case
_WAYS = 5


@dataclasses.dataclass(frozen=True)
class Concept:
    """One row of the concept index: its IRI, the label a person reads, and its group.

    >>> Concept("https://example.org/Sparky", "Sparky", "entity").label
    'Sparky'
    """

    iri: str
    label: str
    group: str


_GROUPS_OF = {"concepts": CONCEPT_GROUPS, "predicates": ("predicate",), "instants": ("instant",)}
"""The groups that each column has."""


@dataclasses.dataclass(frozen=True)
class Vocabulary:
    """Every concept, predicate and instant with its id: the position in its tuple.

    ``concepts`` hold entities, then classes, then attributes (appended ones come last whatever their
    group); ``times`` holds the ISO stamp of each instant, or None. A resource used both as a predicate and
    as a subject or object owns one row in each. Equal contents compare equal.

    >>> town = Vocabulary(
    ...     concepts=(Concept("urn:x:Sparky", "Sparky", "entity"), Concept("urn:x:Dog", "Dog", "class")),
    ...     predicates=(Concept("urn:x:type", "is a", "predicate"),),
    ... )
    >>> town.find("sparky", "subject"), town.label("predicate", 0), len(town)
    (0, 'is a', 3)
    """

    concepts: tuple[Concept, ...] = ()
    predicates: tuple[Concept, ...] = ()
    instants: tuple[Concept, ...] = ()
    times: tuple[str | None, ...] = ()

    def __post_init__(self) -> None:
        if len(self.times) != len(self.instants):
            raise SettingsError(f"{len(self.instants)} instants need as many times, and {len(self.times)} are given")

    def __len__(self) -> int:
        return len(self.concepts) + len(self.predicates) + len(self.instants)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.concepts, self.predicates, self.instants, self.times))

    def slot(self, slot: str) -> tuple[Concept, ...]:
        """The concepts that may fill ``slot``: subject, object, concept, predicate or instant.

        Raises SettingsError for another slot.

        >>> Vocabulary().slot("subject")
        ()
        """
        if slot not in _COLUMN_OF_SLOT:
            raise SettingsError(f"there is no slot {slot!r}: choose one of {', '.join(_COLUMN_OF_SLOT)}")
        return getattr(self, _COLUMN_OF_SLOT[slot])

    def label(self, slot: str, index: int) -> str:
        """The label of row ``index`` of ``slot``; raises UnknownConceptError outside the rows.

        >>> Vocabulary(concepts=(Concept("urn:x:Dog", "Dog", "class"),)).label("object", 0)
        'Dog'
        """
        rows = self.slot(slot)
        if not 0 <= index < len(rows):
            raise UnknownConceptError(f"there is no {slot} number {index}: the vocabulary holds {len(rows)} of them")
        return rows[index].label

    def find(self, name: str, slot: str) -> int:
        """The id of ``name`` in ``slot``, tried as IRI, label, label without case, local name, then time
        stamp.

        A time stamp may be shortened as long as one instant fits. Raises UnknownConceptError, offering the
        nearest labels, and AmbiguousConceptError, showing the IRIs.

        >>> days = Vocabulary(
        ...     instants=tuple(Concept(f"urn:x:e{i}", f"episode {i}", "instant") for i in range(2)),
        ...     times=("2026-05-03T08:10:00", "2026-05-04T09:00:00"),
        ... )
        >>> days.find("2026-05-04", "instant")
        1
        """
        rows = self.slot(slot)
        for way, index in enumerate(self._indices(_COLUMN_OF_SLOT[slot])):
            if found := index.get(name.casefold() if way == _WITHOUT_CASE else name):
                return _only(name, slot, found, rows)
        if rows and rows is self.instants:
            fitting = [i for i, time in enumerate(self.times) if time and name and time.startswith(name)]
            if fitting:
                return _only(name, slot, fitting, rows)
        raise UnknownConceptError(_unknown(name, slot, rows))

    def find_everywhere(self, name: str) -> dict[str, int]:
        """The rows of ``name`` by slot, concept, predicate or instant: a resource may own one in more than one of them.

        Tried as in ``find``, each way of naming in all three at once. Raises UnknownConceptError, offering the
        nearest labels, and AmbiguousConceptError, showing the IRIs, where the name is that of several resources.

        >>> rows = [(Concept("urn:x:likes", "likes", group),) for group in ("entity", "predicate")]
        >>> Vocabulary(*rows).find_everywhere("likes")
        {'concept': 0, 'predicate': 0}
        """
        for way in range(_WAYS):
            key = name.casefold() if way == _WITHOUT_CASE else name
            ways = {slot: self._indices(_COLUMN_OF_SLOT[slot]) for slot in _EVERYWHERE}
            found = [(slot, k) for slot in _EVERYWHERE if way < len(ways[slot]) for k in ways[slot][way].get(key, [])]
            rows = {self.slot(slot)[k].iri: self.slot(slot)[k] for slot, k in found}
            if len(rows) > 1:
                _only(name, "", list(range(len(rows))), tuple(rows.values()))
            if found:
                return dict(found)
        try:
            return {"instant": self.find(name, "instant")}  # the beginning of a time stamp
        except UnknownConceptError:
            everything = (*self.concepts, *self.predicates, *self.instants)
            raise UnknownConceptError(_unknown(name, "concept", everything)) from None

    def group_ids(self, group: str) -> Int32[np.ndarray, "concept"]:
        """The ids of all rows of ``group``, each within its own tuple; raises SettingsError for another
        group.

        >>> Vocabulary(concepts=(Concept("urn:x:Dog", "Dog", "class"),)).group_ids("class")
        array([0], dtype=int32)
        """
        if group not in GROUPS:
            raise SettingsError(f"there is no group {group!r}: choose one of {', '.join(GROUPS)}")
        rows = self.concepts if group in CONCEPT_GROUPS else self.slot(group)
        return np.asarray([i for i, concept in enumerate(rows) if concept.group == group], dtype=np.int32)

    def with_concept(self, concept: Concept, time: str | None = None) -> "Vocabulary":
        """A new vocabulary with ``concept`` appended to the tuple of its group; the ids of the old ones stay.

        Raises SettingsError for an IRI that is there already, and for an unknown group.

        >>> Vocabulary().with_concept(Concept("urn:x:Rex", "Rex", "entity")).find("Rex", "subject")
        0
        """
        if concept.group not in GROUPS:
            raise SettingsError(f"{concept.label} has the group {concept.group!r}: choose one of {', '.join(GROUPS)}")
        column = "concepts" if concept.group in CONCEPT_GROUPS else _COLUMN_OF_SLOT[concept.group]
        if concept.iri in self._indices(column)[0]:
            raise SettingsError(f"{concept.iri} is in the vocabulary already: give the new {concept.group} its own IRI")
        changes: dict[str, Any] = {column: (*getattr(self, column), concept)}
        if column == "instants":
            changes["times"] = (*self.times, time)
        return dataclasses.replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        """Plain lists and strings that ``from_json`` reads back.

        >>> Vocabulary(concepts=(Concept("urn:x:Dog", "Dog", "class"),)).to_json()["concepts"]
        [['urn:x:Dog', 'Dog', 'class']]
        """
        rows = {name: [[c.iri, c.label, c.group] for c in getattr(self, name)] for name in _GROUPS_OF}
        return {**rows, "times": list(self.times)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Vocabulary":
        """The vocabulary written by ``to_json``; raises KeyError or TypeError for anything else.

        >>> Vocabulary.from_json(Vocabulary().to_json()) == Vocabulary()
        True
        """
        columns = {name: tuple(Concept(*row) for row in data[name]) for name in _GROUPS_OF}
        return cls(**columns, times=tuple(data["times"])).checked()

    def checked(self) -> "Vocabulary":
        """The same, where all its names and times are texts and each concept is of its column; else TypeError.

        >>> Vocabulary(predicates=(Concept("urn:x:Dog", "Dog", "class"),)).checked()
        Traceback (most recent call last):
        TypeError: the predicates are not rows of IRI, label and group
        """
        for name, groups in _GROUPS_OF.items():
            if not all(type(c.iri) is type(c.label) is str and c.group in groups for c in getattr(self, name)):
                raise TypeError(f"the {name} are not rows of IRI, label and group")
        if not all(time is None or type(time) is str for time in self.times):
            raise TypeError("the times are not texts")
        return self

    @cached_property
    def _lookup(self) -> dict[str, tuple[dict[str, list[int]], ...]]:
        return {}

    def _indices(self, column: str) -> tuple[dict[str, list[int]], ...]:
        """From name to ids, one dictionary a way of naming, in the order in which they are tried."""
        if column not in self._lookup:
            rows: tuple[Concept, ...] = getattr(self, column)
            names = [
                (c.iri for c in rows),
                (c.label for c in rows),
                (c.label.casefold() for c in rows),
                (local_name(c.iri) for c in rows),
            ]
            if column == "instants":
                names.append(time or "" for time in self.times)
            self._lookup[column] = tuple(_positions(way) for way in names)
        return self._lookup[column]


def _positions(names: Iterable[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        if name:
            found.setdefault(name, []).append(index)
    return found


def _only(name: str, slot: str, found: list[int], rows: tuple[Concept, ...]) -> int:
    if len(found) == 1:
        return found[0]
    iris = [rows[i].iri for i in found]
    more = f" and {len(iris) - 4} more" if len(iris) > 4 else ""
    role = f" for the {slot}" if slot else ""
    raise AmbiguousConceptError(f"{name!r} names {len(iris)} concepts{role}: give one of {', '.join(iris[:4])}{more}")


def _unknown(name: str, slot: str, rows: tuple[Concept, ...]) -> str:
    what = f"there is no {slot} {name[:80]!r}"
    if not rows:
        return f"{what}: this vocabulary holds nothing for that slot"
    by_case = {row.label.casefold(): row.label for row in rows}
    near = difflib.get_close_matches(name[:80].casefold(), by_case, n=4, cutoff=0.5)
    if near:
        return f"{what}: did you mean {' or '.join(by_case[label] for label in near)}?"
    return f"{what}: give a label or an IRI of this graph, such as {rows[0].label} or {rows[-1].label}"
