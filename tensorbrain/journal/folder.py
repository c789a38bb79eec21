"""The folder of a life: a brain file and its journal, both of one generation; who writes there holds its lock."""

import contextlib
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple, TypeVar

import safetensors

from tensorbrain.errors import BrainFileError
from tensorbrain.journal import frames
from tensorbrain.journal.frames import Place
from tensorbrain.journal.lock import LOCK
from tensorbrain.journal.record import Record

_JOURNAL = re.compile(r"journal-([1-9]\d{0,8})")
_OURS = re.compile(r"lock|\.?(?:brain-\d+\.safetensors|journal-\d+)(?:\.[0-9a-f]{8})?")

T = TypeVar("T")


class Journal(NamedTuple):
    """A journal as it was read: its generation, its records, where the next one goes, and the bytes behind that."""

    generation: int
    records: tuple[Record, ...]
    place: Place
    torn: int


def files(folder: Path, generation: int) -> tuple[Path, Path]:
    """The brain that a generation begins with, and its journal, with which the generation comes to be.

    >>> [path.name for path in files(Path("my-life"), 2)]
    ['brain-2.safetensors', 'journal-2']
    """
    return folder / f"brain-{generation}.safetensors", folder / f"journal-{generation}"


def is_life(folder: str | Path) -> bool:
    """Whether a folder holds a life, whole or damaged.

    >>> is_life("no/such/folder")
    False
    """
    return bool(_generations(Path(folder)))


def latest(folder: Path) -> int:
    """The generation that counts; BrainFileError where the folder holds none."""
    if not (found := _generations(folder)):
        what = "holds no life" if folder.is_dir() else "is not a folder" if folder.exists() else "does not exist"
        if folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK):
            what = "may not be looked into"
        raise BrainFileError(f"{folder} {what}: name the folder of one, or begin one with `perceive --life`")
    return max(found)


def at_latest(folder: Path, look: Callable[[int], T]) -> T:
    """What ``look`` finds in the generation that counts; again, where a compaction took that away meanwhile."""
    while True:
        generation = latest(folder)
        try:
            return look(generation)
        except BrainFileError:
            if latest(folder) == generation:
                raise


def read_journal(folder: str | Path) -> Journal:
    """The journal of a life, up to its last whole record, also while another process writes there.

    Raises BrainFileError where there is none, or it is damaged, of another version, or of another brain than the
    one that lies beside it.

    >>> read_journal("no/such/folder")
    Traceback (most recent call last):
    tensorbrain.errors.BrainFileError: no/such/folder does not exist: name ...
    """
    return at_latest(Path(folder), lambda generation: journal_of(Path(folder), generation))


def journal_of(folder: Path, generation: int) -> Journal:
    """The journal of one generation; errors as in ``read_journal``."""
    brain, path = files(folder, generation)
    try:
        if not path.is_file():  # to open a pipe would wait for somebody to write
            raise BrainFileError(f"{path} is not a regular file: copy the journal again")
        found = frames.read(path)
    except OSError as error:
        raise BrainFileError(f"{path} cannot be read ({error.strerror}): check its permissions") from error
    if found.seed != digest(brain):
        raise BrainFileError(f"{path} is the journal of another brain than {brain.name} beside it: copy both again")
    try:
        records = tuple(Record.from_bytes(payload) for payload in found.payloads)
    except Exception as error:  # a crafted file can make any part of it fail
        raise BrainFileError(f"{path} is damaged ({' '.join(str(error).split())[:200]}): copy it again") from error
    return Journal(generation, records, found.place, found.torn)


def torn_note(journal: Journal) -> str:
    """What to say of the bytes behind the last whole record.

    >>> torn_note(Journal(1, (), Place(0, b""), 7))
    'the last 7 bytes of the journal are of a record that was not written to its end: they are left out'
    """
    return (
        f"the last {journal.torn} bytes of the journal are of a record that was not written to its end: "
        "they are left out"
    )


def digest(brain: Path) -> bytes:
    """The checksum that a brain file carries, by which its journal knows it."""
    try:
        if not brain.exists():
            raise BrainFileError(f"{brain}, the brain that this life began with, is not there: copy it back")
        if not brain.is_file():
            raise BrainFileError(f"{brain} is not a regular file: copy the brain back")
        with safetensors.safe_open(brain, framework="numpy") as file:
            return bytes.fromhex((file.metadata() or {})["sha256"])
    except OSError as error:
        raise BrainFileError(f"{brain} cannot be read ({error.strerror}): check its permissions") from error
    except (safetensors.SafetensorError, KeyError, ValueError) as error:
        raise BrainFileError(f"{brain} is a damaged brain file: copy it again") from error


def renew(folder: Path, generation: int, save: Callable[[Path], None], records: Iterable[Record]) -> Place:
    """Begin a generation: ``save`` writes its brain, whole or not at all, and then its journal comes to be.

    That last step is one renaming: before it the generation before counts, and after it the new one, whose
    predecessors are then removed. BrainFileError where anything fails before; then nothing was changed.
    """
    brain, path = files(folder, generation)
    unfinished = path.with_name(f".{path.name}")
    try:
        save(brain)
        place = frames.begin(unfinished, digest(brain), [record.to_bytes() for record in records])
        _sync(folder)
        unfinished.replace(path)
        _sync(folder)
    except BaseException as error:
        tidy(folder)
        if isinstance(error, OSError):
            raise _not_written(path, error) from error
        raise
    tidy(folder)
    return place


def append(folder: Path, generation: int, place: Place, record: Record) -> Place:
    """Write one record behind the last one, safe on the disk when this returns; BrainFileError where it cannot be."""
    _, path = files(folder, generation)
    try:
        return frames.append(path, place, record.to_bytes())
    except OSError as error:
        raise _not_written(path, error) from error


def tidy(folder: Path) -> None:
    """Remove the files of other generations than the one that counts, and what a stopped process left unfinished."""
    counting = {LOCK, *(path.name for path in files(folder, max(_generations(folder), default=0)))}
    for name in ours(folder) - counting:
        with contextlib.suppress(OSError):  # it takes room, and does no harm
            (folder / name).unlink()


def ours(folder: Path) -> set[str]:
    """The names in a folder that are those of a life's files."""
    return {name for name in os.listdir(folder) if _OURS.fullmatch(name)}


def _generations(folder: Path) -> list[int]:
    try:
        return [int(found[1]) for name in os.listdir(folder) if (found := _JOURNAL.fullmatch(name))]
    except (OSError, ValueError):  # there is none, it is a file, or it may not be looked into
        return []


def _not_written(path: Path, error: OSError) -> BrainFileError:
    return BrainFileError(
        f"{path} could not be written ({error.strerror}): the life is as it was before; make room, or check the disk"
    )


def _sync(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
