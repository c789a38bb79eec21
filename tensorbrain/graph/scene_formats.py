"""The three formats of scene-graph files: which one a JSON value has, and what it says of each picture, unchecked."""

import dataclasses
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from typing import Any


@dataclasses.dataclass
class Entry:
    """What a file says of one picture, not yet checked: (class, box) by key, and (subject, predicate, object) keys."""

    name: str
    objects: dict[Hashable, tuple[Any, Any]] = dataclasses.field(default_factory=dict)
    relations: list[tuple[Hashable, Any, Hashable]] = dataclasses.field(default_factory=list)
    told_size: tuple[Any, Any] = (None, None)


def entries_of(data: Any, images: slice, skipped: Counter[str]) -> Iterator[Entry] | None:
    """The chosen entries of a JSON value in one of the formats, counting what is ``skipped``; None for another value.

    >>> next(entries_of([["a.jpg", {"objs": [], "rels": []}]], slice(None), Counter())).name
    'a.jpg'
    """
    if _is_list(data):
        found = (_of_list(told, skipped) for told in data[images])
    elif _is_genome(data):
        found = (_of_genome(told, skipped) for told in data[images])
    elif _is_vrd(data):
        found = (_of_vrd(name, told, skipped) for name, told in list(data.items())[images])
    else:
        return None
    return (entry for entry in found if entry is not None)


def _is_list(data: Any) -> bool:
    """``[["a.jpg", {"objs": ..., "rels": ...}], ...]``, or null in place of a name or of what is said."""
    if not isinstance(data, list) or not all(e is None or (isinstance(e, list) and len(e) == 2) for e in data):
        return False
    return any(e and isinstance(e[1], dict) and ("objs" in e[1] or "rels" in e[1]) for e in data)


def _is_genome(data: Any) -> bool:
    return isinstance(data, list) and any(isinstance(e, dict) and "relationships" in e for e in data)


def _is_vrd(data: Any) -> bool:
    if not isinstance(data, dict) or any(name.startswith("@") for name in data):
        return False
    told = (e for value in data.values() if isinstance(value, list) for e in value)
    return any(isinstance(e, dict) and "predicate" in e and ("subject" in e or "object" in e) for e in told)


def _of_list(told: Any, skipped: Counter[str]) -> Entry | None:
    match told:
        case [str(name), {"objs": list(objects), "rels": list(relations), **rest}]:
            entry = Entry(name, told_size=(rest.get("width"), rest.get("height")))
        case None | [_, None]:
            skipped["images that are null"] += 1
            return None
        case _:
            skipped["images without a name, objs or rels"] += 1
            return None
    entry.objects = {
        i: (said.get("cls"), said.get("bbox")) if isinstance(said, dict) else (None, None)
        for i, said in enumerate(objects)
    }
    for said in relations:
        match said:
            case {"sub": int(s), "obj": int(o), "pred": list(predicates)}:
                entry.relations += [(s, predicate, o) for predicate in predicates]
            case {"sub": int(s), "obj": int(o), "pred": predicate}:
                entry.relations.append((s, predicate, o))
            case _:
                skipped["relations with missing parts"] += 1
    return entry


def _of_vrd(name: str, told: Any, skipped: Counter[str]) -> Entry | None:
    if not isinstance(told, list):
        skipped["images that are null"] += 1
        return None
    entry = Entry(name)
    for said in told:
        match said:
            case {"predicate": predicate, "subject": dict(s), "object": dict(o)}:
                ends = [_vrd_object(entry, end) for end in (s, o)]
                entry.relations.append((ends[0], predicate, ends[1]))
            case _:
                skipped["relations with missing parts"] += 1
    return entry


def _vrd_object(entry: Entry, told: Mapping[str, Any]) -> Hashable:
    """VRD repeats an object in each of its relations: equal class and box are one object."""
    box = told.get("bbox")
    if isinstance(box, list) and len(box) == 4:
        y0, y1, x0, x1 = box
        box = [x0, y0, x1, y1]
    key = f"{told.get('category')} {box}"
    entry.objects[key] = (told.get("category"), box)
    return key


def _of_genome(told: Any, skipped: Counter[str]) -> Entry | None:
    match told:
        case {"image_id": int() | str() as name, "relationships": list(relations), **rest}:
            entry = Entry(f"{name}.jpg", told_size=(rest.get("width"), rest.get("height")))
        case None:
            skipped["images that are null"] += 1
            return None
        case _:
            skipped["images without image_id or relationships"] += 1
            return None
    for said in relations:
        match said:
            case {"predicate": predicate, "subject": dict(s), "object": dict(o)}:
                ends = [_genome_object(entry, end) for end in (s, o)]
                predicate = predicate.lower() if isinstance(predicate, str) else None
                entry.relations.append((ends[0], predicate, ends[1]))
            case _:
                skipped["relations with missing parts"] += 1
    return entry


def _genome_object(entry: Entry, told: Mapping[str, Any]) -> Hashable:
    names = told.get("names") or [told.get("name")]
    name = names[0] if isinstance(names, list) else names
    x, y, w, h = (told.get(side) for side in "xywh")  # anything, as the file says it
    box = [x, y, x + w, y + h] if all(is_number(side) for side in (x, y, w, h)) else None  # pyright: ignore
    key = str(told.get("object_id", (name, box)))
    entry.objects.setdefault(key, (name.lower() if isinstance(name, str) else None, box))
    return key


def is_number(value: Any) -> bool:
    """Whether a value can be a picture's coordinate: a number that 32 bits hold exactly, which infinity is not.

    >>> is_number(3.5), is_number(True), is_number(float("nan"))
    (True, False, False)
    """
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**24
