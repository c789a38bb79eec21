"""Framed records in one file that only grows: whatever stops a write, every record before it stays whole."""

import contextlib
import hashlib
import os
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tensorbrain.errors import BrainFileError

FORMAT = 1
"""The version of the file format, raised by whatever an older reader would misread."""

_MAGIC, _MARK = b"tblife\r\n", b"\nrec"
_HEAD = struct.Struct("<8sI32s")  # magic, format, seed of the chain; then a CRC-32 of the three
_FRAME = struct.Struct("<4sQ32s")  # mark, length, digest; then a CRC-32 of the three and of the place in the file
_CRC = struct.Struct("<I")
_HEAD_SIZE, _FRAME_SIZE = _HEAD.size + _CRC.size, _FRAME.size + _CRC.size


class Place(NamedTuple):
    """Where the next record goes: behind the last whole one, whose digest its own continues."""

    end: int
    chain: bytes


class Frames(NamedTuple):
    """What a file holds: its seed, the whole records, where the next one goes, and how many bytes lie behind."""

    seed: bytes
    payloads: tuple[memoryview, ...]
    place: Place
    torn: int


def begin(path: Path, seed: bytes, payloads: Iterable[bytes] = ()) -> Place:
    """Write a new file with its first records, and wait for the disk; ``seed`` says in 32 bytes what it belongs to.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "journal-1")
    ...     place = append(path, begin(path, bytes(32), [b"one"]), b"two")
    ...     [bytes(payload) for payload in read(path).payloads], read(path).place == place
    ([b'one', b'two'], True)
    """
    head = _HEAD.pack(_MAGIC, FORMAT, seed)
    content, place = [head, _CRC.pack(zlib.crc32(head))], Place(_HEAD_SIZE, seed)
    for payload in payloads:
        frame, place = _framed(place, payload)
        content.append(frame)
    with path.open("wb") as file:
        file.writelines(content)
        file.flush()
        os.fsync(file.fileno())
    return place


def append(path: Path, place: Place, payload: bytes) -> Place:
    """Write one record at ``place``, cutting off what lies behind it, and wait for the disk; the place after it.

    Where that fails, as on a full disk, or is interrupted, the file is cut at ``place`` and the error goes on.
    BrainFileError where the file no longer reaches so far.
    """
    frame, after = _framed(place, payload)
    with path.open("r+b", buffering=0) as file:
        if os.fstat(file.fileno()).st_size < place.end:
            raise BrainFileError(f"{path} was cut by another program while it was open: open the life again")
        try:
            file.truncate(place.end)
            file.seek(place.end)
            left = memoryview(frame)
            while left:
                left = left[file.write(left) :]
            os.fsync(file.fileno())
        except BaseException:  # Ctrl-C too; where even this fails, the reader notices what is torn
            with contextlib.suppress(OSError):
                file.truncate(place.end)
            raise
    return after


def read(path: Path) -> Frames:
    """The whole records of a file; what a stopped write left behind them is counted in ``torn`` and not read.

    The digest of a record is SHA-256 of the one before it and its own bytes, so that none can be changed, left out
    or taken from another file. Raises BrainFileError for a file of another program or version, and where a record
    is damaged that others follow: that no stopped write can have done, and they are not to be lost unasked.
    """
    data = memoryview(path.read_bytes())
    seed = _seed(path, data)
    payloads: list[memoryview] = []
    place = Place(_HEAD_SIZE, seed)
    while found := _header(data, place.end):
        length, digest = found
        start = place.end + _FRAME_SIZE
        payload = data[start : start + length]
        if len(payload) < length or _digest(place.chain, payload) != digest:
            break
        payloads.append(payload)
        place = Place(start + length, digest)
    if _goes_on(data, place.end + 1):
        raise BrainFileError(
            f"{path} is damaged behind its first {len(payloads)} records: copy it again, or give up what follows "
            f"them with `truncate -s {place.end} {path}`"
        )
    return Frames(seed, tuple(payloads), place, len(data) - place.end)


def _seed(path: Path, data: memoryview) -> bytes:
    if len(data) < _HEAD_SIZE or bytes(data[: len(_MAGIC)]) != _MAGIC:
        raise BrainFileError(f"{path} is not the journal of a life, or its beginning is damaged: copy it again")
    _, format, seed = _HEAD.unpack_from(data)
    if _CRC.unpack_from(data, _HEAD.size)[0] != zlib.crc32(data[: _HEAD.size]):
        raise BrainFileError(f"the beginning of {path} is damaged: copy it again")
    if format != FORMAT:
        raise BrainFileError(
            f"{path} has journal format {format}, and this tensorbrain reads format {FORMAT}: open it with the "
            "tensorbrain that wrote it, or upgrade this one with `pip install --upgrade tensorbrain`"
        )
    return seed


def _framed(place: Place, payload: bytes) -> tuple[bytes, Place]:
    digest = _digest(place.chain, payload)
    frame = _FRAME.pack(_MARK, len(payload), digest)
    content = b"".join((frame, _CRC.pack(_check(frame, place.end)), payload))
    return content, Place(place.end + len(content), digest)


def _digest(chain: bytes, payload: bytes | memoryview) -> bytes:
    digest = hashlib.sha256(chain)
    digest.update(payload)
    return digest.digest()


def _check(frame: bytes | memoryview, at: int) -> int:
    return zlib.crc32(frame, zlib.crc32(at.to_bytes(8, "little")))


def _header(data: memoryview, at: int) -> tuple[int, bytes] | None:
    """Length and digest of the record at a place, or None where no header of a record stands there."""
    if at + _FRAME_SIZE > len(data):
        return None
    mark, length, digest = _FRAME.unpack_from(data, at)
    (check,) = _CRC.unpack_from(data, at + _FRAME.size)
    whole = mark == _MARK and check == _check(data[at : at + _FRAME.size], at)
    return (length, digest) if whole else None


def _goes_on(data: memoryview, start: int) -> bool:
    """Whether the header of a record stands anywhere from ``start`` on."""
    rest = bytes(data[start:])
    at = rest.find(_MARK)
    while at >= 0:
        if _header(data, start + at):
            return True
        at = rest.find(_MARK, at + 1)
    return False
