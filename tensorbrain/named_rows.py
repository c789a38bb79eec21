"""A folder of NumPy arrays whose rows are named by tables beside them, written whole or not at all."""

import csv
import io
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from tensorbrain.array_file import resolved, writable
from tensorbrain.errors import BrainFileError
from tensorbrain.graph.files import GraphFile, opened
from tensorbrain.graph.vocabulary import Concept
from tensorbrain.typing import Int

HEADER = ["id", "label"]  # of PyKEEN's tables


def names_of(words: Sequence[Concept]) -> list[str]:
    """What each is called in a table: its label, or its IRI where the label does not tell it from the others.

    >>> names_of([Concept("urn:a", "A", "entity"), Concept("urn:b1", "B", "entity"), Concept("urn:b2", "B", "class")])
    ['A', 'urn:b1', 'urn:b2']
    """
    count = Counter(concept.label for concept in words) + Counter(concept.iri for concept in words)
    alone = [concept.label and (count[concept.label] == 1 or concept.label == concept.iri) for concept in words]
    return [concept.label if once else concept.iri for concept, once in zip(words, alone, strict=True)]


def as_table(names: Sequence[str]) -> bytes:
    """A table of ids and names between tabs, as PyKEEN writes them.

    >>> as_table(["Rex", "Tom"])
    b'id\\tlabel\\n0\\tRex\\n1\\tTom\\n'
    """
    text = io.StringIO()
    csv.writer(text, delimiter="\t", lineterminator="\n").writerows([HEADER, *enumerate(names)])
    return text.getvalue().encode("utf-8", "surrogatepass")


def read_table(folder: Path, name: str) -> dict[str, int]:
    """The row of each name in the table ``name``, packed (``.gz``) or not; BrainFileError for anything else.

    >>> read_table(Path("no/such"), "entity_to_id.tsv")
    Traceback (most recent call last):
    tensorbrain.errors.BrainFileError: no/such has no entity_to_id.tsv: put a table of id and label there, ...
    """
    path = next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)
    if path is None:
        raise BrainFileError(f"{folder} has no {name}: put a table of id and label there, which names the rows")
    with opened(GraphFile(path, "TSV", path.suffix == ".gz")) as stream:
        content = stream.read()
    try:
        text = io.StringIO(content.decode("utf-8", "surrogatepass"), newline="")
        header, *lines = csv.reader(text, delimiter="\t")
        rows = [(int(number), label) for number, label in lines]
    except (ValueError, csv.Error) as error:
        raise BrainFileError(f"{path} is no table of numbers and names ({error}): write number, tab, name") from error
    if header != HEADER or sorted(number for number, _ in rows) != list(range(len(rows))):
        raise BrainFileError(
            f"{path} does not number rows from 0 on: begin with id, tab, label, and name each row once"
        )
    found = {label: number for number, label in rows}
    if len(found) < len(rows):
        twice = Counter(label for _, label in rows).most_common(1)[0][0]
        raise BrainFileError(f"{path} names {twice!r} twice: give each row a name of its own")
    return found


def rows_for(words: Sequence[Concept], table: Mapping[str, int], where: Path) -> Int[np.ndarray, " word"]:
    """The row of each word, by its name in a table or by its IRI; BrainFileError where one is missing.

    >>> rows_for([Concept("urn:b", "B", "entity")], {"A": 0, "B": 1}, Path("entity_to_id.tsv"))
    array([1])
    """
    found = [table.get(name, table.get(word.iri)) for name, word in zip(names_of(words), words, strict=True)]
    missing = [word.label for word, row in zip(words, found, strict=True) if row is None]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise BrainFileError(f"{where} does not name {missing[0]!r}{more}: give arrays that were made of this graph")
    return np.asarray(found, np.int64).reshape(-1)


def as_npy(array: np.ndarray) -> bytes:
    """The bytes that `numpy.save` writes, never pickled.

    >>> len(as_npy(np.zeros((2, 3), np.float32)))
    152
    """
    content = io.BytesIO()
    np.save(content, np.ascontiguousarray(array), allow_pickle=False)
    return content.getvalue()


def load_npy(path: Path, kind: str, axes: int) -> np.ndarray:
    """An array of ``kind`` f (real) or c (complex) numbers with so many ``axes``, in single precision.

    Nothing in the file is executed. Raises BrainFileError for a missing, damaged or pickled file, and for numbers that
    misfit or are not finite.

    >>> load_npy(Path("no/such/concepts.npy"), "f", 2)
    Traceback (most recent call last):
    tensorbrain.errors.BrainFileError: no/such has no concepts.npy: write it there with numpy.save
    """
    if not path.is_file():
        raise BrainFileError(f"{path.parent} has no {path.name}: write it there with numpy.save")
    try:
        # Mapped, a header that promises more than the file holds asks for no memory.
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError, SyntaxError) as error:
        raise BrainFileError(
            f"{path} is not an array of numbers as numpy.save writes it with allow_pickle=False ({_line(error)}): "
            "write it again, as nothing pickled is read"
        ) from error
    if not isinstance(array, np.ndarray) or array.dtype.kind != kind or array.ndim != axes:
        said = f"{array.ndim} axes of {array.dtype}" if isinstance(array, np.ndarray) else "several arrays"
        numbers = {"f": "real", "c": "complex"}[kind]
        raise BrainFileError(f"{path} has {said}, and {axes} axes of {numbers} numbers are asked: write it so")
    with np.errstate(over="ignore"):  # what is too large is found below
        array = np.array(array, np.float32 if kind == "f" else np.complex64)
    if not np.isfinite(array).all():
        row = int(np.argwhere(~np.isfinite(array))[0, 0])
        raise BrainFileError(f"{path} is not finite in row {row}, as when training diverges: train again")
    return array


def write_folder(folder: str | Path, files: Mapping[str, bytes], *, replace: bool, known: Collection[str]) -> None:
    """Write all ``files`` as a new folder, which appears at once; with ``replace`` one of ``known`` files gives way.

    >>> write_folder("no/such/place/town", {}, replace=False, known=())
    Traceback (most recent call last):
    tensorbrain.errors.BrainFileError: ...the folder no/such/place does not exist...
    """
    target = resolved(folder)
    unfinished, old = (target.with_name(f".{target.name}.{secrets.token_hex(4)}") for _ in range(2))
    there = target.exists()
    if there:
        if not replace:
            raise BrainFileError(f"{folder} exists and is not written over: name another folder, or say replace=True")
        strange = sorted(path.name for path in target.iterdir()) if target.is_dir() else [target.name]
        strange = [name for name in strange if name not in known]
        if strange:
            raise BrainFileError(
                f"{folder} is not replaced, as {strange[0]} is none of its arrays: name another folder"
            )
    writable(unfinished if there else folder)
    try:
        unfinished.mkdir()
        for name, content in files.items():
            with (unfinished / name).open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        if there:
            target.rename(old)
        unfinished.rename(target)
    except BaseException as error:  # Ctrl-C too leaves nothing half-written
        if old.exists() and not target.exists():
            old.rename(target)
        shutil.rmtree(unfinished, ignore_errors=True)
        if isinstance(error, OSError):
            raise BrainFileError(
                f"{folder} could not be written ({error.strerror}): nothing was changed, make room or choose another "
                "place"
            ) from error
        raise
    shutil.rmtree(old, ignore_errors=True)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:120]
