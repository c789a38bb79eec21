"""Scene-graph files: the annotation JSON of VRD, of Visual Genome, and plain lists, read as scenes."""

import dataclasses
import json
from collections import Counter
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from tensorbrain.errors import GraphError
from tensorbrain.graph.files import GraphFile, opened
from tensorbrain.graph.names import short_label
from tensorbrain.graph.scene_formats import Entry, entries_of, is_number

LARGEST = 1 << 30
"""A file of scene graphs may hold so many bytes of JSON and no more."""


@dataclasses.dataclass(frozen=True, eq=False)
class Scene:
    """One picture as it was annotated: its objects' ``classes`` and ``boxes``, and what relates them.

    ``boxes`` (object, 4) are x0, y0, x1, y1 in pixels; ``relations`` are (subject, predicate, object) by the objects'
    positions, as often as the file says them; ``size`` is (width, height), where the file does not tell it the
    smallest that holds the boxes.
    """

    name: str
    size: tuple[float, float]
    classes: tuple[str, ...]
    boxes: Float32[np.ndarray, "object 4"]
    relations: tuple[tuple[int, str, int], ...]


def read_scenes(path: str | Path, images: slice = slice(None)) -> tuple[tuple[Scene, ...], dict[str, int]] | None:
    """The scenes of a file, and how many of its items were left out by reason; None where it holds other JSON.

    ``images`` chooses among the file's entries by position, null ones counted. Names of classes and predicates that are
    numbers are looked up in ``objects.json`` and ``predicates.json`` beside the file. Raises GraphError for what is
    no JSON, too large or too deep, and where names are missing.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "one.json")
    ...     told = {"objs": [{"cls": "dog", "bbox": [0, 0, 9, 9]}, {"cls": "mat"}],
    ...             "rels": [{"sub": 0, "obj": 1, "pred": ["on"]}]}
    ...     _ = path.write_text(json.dumps([["a.jpg", told]]))
    ...     scenes, skipped = read_scenes(path)
    >>> scenes[0].classes, skipped
    (('dog',), {'objects without a usable box': 1, 'relations of objects left out': 1})
    """
    path = Path(path)
    data = read_json(path)
    skipped: Counter[str] = Counter()
    entries = entries_of(data, images, skipped)
    if entries is None:
        return None
    classes, predicates = (_Names(path, file) for file in ("objects.json", "predicates.json"))
    scenes = tuple(_scene(entry, classes, predicates, skipped) for entry in entries)
    return scenes, dict(skipped.most_common())


def is_json(path: str | Path) -> bool:
    """Whether a file's name says JSON, packed or not (JSON-LD's own extension does not count).

    >>> is_json("relationships.json.gz"), is_json("town.jsonld")
    (True, False)
    """
    return Path(path).name.lower().removesuffix(".gz").endswith(".json")


def read_json(path: Path) -> Any:
    """The JSON value of a file, .json or .json.gz; raises GraphError, in one sentence, where it has none.

    >>> read_json(Path("missing.json"))
    Traceback (most recent call last):
    tensorbrain.errors.GraphError: missing.json does not exist or is no file: check the path
    """
    if not path.is_file():
        raise GraphError(f"{path} does not exist or is no file: check the path")
    parts, size = [], 0
    with opened(GraphFile(path, "JSON", path.suffix.lower() == ".gz")) as stream:
        while block := stream.read(1 << 20):
            parts.append(block)
            size += len(block)
            if size > LARGEST:
                raise GraphError(f"{path.name} holds more than {LARGEST >> 20} MB of JSON: split it into several files")
    try:
        return json.loads(b"".join(parts))
    except RecursionError as error:
        raise GraphError(f"{path.name} nests lists within lists too deep: write it flat") from error
    except UnicodeDecodeError as error:
        raise GraphError(f"{path.name} is not UTF-8 text: save it as UTF-8") from error
    except json.JSONDecodeError as error:
        raise GraphError(f"{path.name}, line {error.lineno}, is not valid JSON: {error.msg}; mend the file") from error
    except ValueError as error:  # a number of more digits than Python reads
        raise GraphError(f"{path.name} is not usable JSON: {error}; mend the file") from error


class _Names:
    """The names of one kind of thing: told in place, or by number in a list beside the annotations."""

    def __init__(self, annotations: Path, file: str):
        self._annotations, self._file = annotations, annotations.parent / file
        self._list: list[Any] | None = None

    def __call__(self, told: Any) -> str | None:
        if isinstance(told, str):
            return short_label(told) or None
        if not isinstance(told, int) or isinstance(told, bool):
            return None
        if self._list is None:
            self._list = self._read()
        name = self._list[told] if 0 <= told < len(self._list) else None
        return (short_label(name) or None) if isinstance(name, str) else None

    def _read(self) -> list[Any]:
        if not self._file.is_file():
            raise GraphError(
                f"{self._annotations.name} names by number and {self._file.name} is not beside it: "
                "put the list of names there"
            )
        names = read_json(self._file)
        if not isinstance(names, list):
            raise GraphError(f"{self._file} is no list of names: give a JSON list of texts")
        return names


def _scene(entry: Entry, classes: _Names, predicates: _Names, skipped: Counter[str]) -> Scene:
    """Keep of an entry what can be used, and count the rest by reason."""
    kept: dict[Hashable, tuple[str, list[float]]] = {}
    for key, (told, box) in entry.objects.items():
        name = classes(told)
        if name is None:
            skipped["objects without a known class"] += 1
        elif not _is_box(box):
            skipped["objects without a usable box"] += 1
        else:
            kept[key] = (name, box)
    place = {key: i for i, key in enumerate(kept)}
    relations = []
    for s, told, o in entry.relations:
        predicate = predicates(told)
        if predicate is None:
            skipped["relations without a known predicate"] += 1
        elif s not in place or o not in place:
            skipped["relations of objects left out"] += 1
        else:
            relations.append((place[s], predicate, place[o]))
    boxes = np.asarray([box for _, box in kept.values()], np.float32).reshape(-1, 4)
    return Scene(
        entry.name, _size(entry.told_size, boxes), tuple(name for name, _ in kept.values()), boxes, tuple(relations)
    )


def _size(told: tuple[Any, Any], boxes: np.ndarray) -> tuple[float, float]:
    held = boxes[:, 2:].max(axis=0, initial=1.0)
    width, height = (float(t) if is_number(t) and t > 0 else float(h) for t, h in zip(told, held, strict=True))
    return width, height


def _is_box(box: Any) -> bool:
    if not isinstance(box, list) or len(box) != 4 or not all(is_number(side) for side in box):
        return False
    return box[0] < box[2] and box[1] < box[3]


def scene_names(scenes: Iterable[Scene]) -> list[str]:
    """What to call each picture: its file name, or its whole name where file names repeat; all distinct.

    >>> scene_names([Scene(name, (1.0, 1.0), (), np.zeros((0, 4), np.float32), ()) for name in ("x/a.jpg", "x/b.jpg")])
    ['a.jpg', 'b.jpg']
    """
    whole = [scene.name for scene in scenes]
    short = [name.rsplit("/", 1)[-1] or name for name in whole]
    if len(set(short)) == len(short):
        return short
    times: Counter[str] = Counter()
    names = []
    for name in whole:
        times[name] += 1
        names.append(name if times[name] == 1 else f"{name} ({times[name]})")
    return names
