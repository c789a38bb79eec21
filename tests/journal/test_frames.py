"""A file of records holds whole records alone, whatever was cut off or changed."""

import os
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorbrain.errors import BrainFileError
from tensorbrain.journal.frames import FORMAT, Place, append, begin, read
from tensorbrain.journal.record import Record

PAYLOADS = [b"one", b"", b"\nrec" * 9, bytes(range(256))]


def payloads(path: Path) -> list[bytes]:
    return [bytes(payload) for payload in read(path).payloads]


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "journal-1"
    begin(path, b"s" * 32, PAYLOADS)
    return path


@settings(max_examples=25)
@given(written=st.lists(st.binary(max_size=64), max_size=5), first=st.integers(0, 5))
def test_what_was_written_is_read(written: list[bytes], first: int, tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("j") / "journal-1"
    place = begin(path, bytes(32), written[:first])
    for payload in written[first:]:
        place = append(path, place, payload)
    assert payloads(path) == written
    assert read(path)[2:] == (place, 0) and place.end == path.stat().st_size


def test_cut_at_every_byte_the_records_before_are_read(journal: Path):
    whole, ends = journal.stat().st_size, []
    for n in range(len(PAYLOADS) + 1):
        ends.append(begin(journal.with_name("other"), b"s" * 32, PAYLOADS[:n]).end)
    for size in range(whole, ends[0] - 1, -1):
        os.truncate(journal, size)
        count = sum(end <= size for end in ends) - 1
        assert payloads(journal) == PAYLOADS[:count]
        assert read(journal).torn == size - ends[count]
    for size in range(ends[0] - 1, -1, -1):  # no process leaves this behind: a file is there when its head is
        os.truncate(journal, size)
        with pytest.raises(BrainFileError, match="not the journal of a life, or its beginning is damaged"):
            read(journal)


@pytest.mark.parametrize("left", [1, 47, 200])
def test_a_torn_tail_is_cut_by_the_next_record(left: int, journal: Path):
    os.truncate(journal, journal.stat().st_size - left)
    place = read(journal).place
    place = append(journal, place, b"new")
    assert payloads(journal) == [*PAYLOADS[:-1], b"new"] and read(journal)[2:] == (place, 0)


@pytest.mark.parametrize("tail", [b"\0" * 5000, b"\nrec" * 50, os.urandom(300)], ids=["zeros", "marks", "noise"])
def test_a_tail_that_is_no_record_is_left_out(tail: bytes, journal: Path):
    """As when the power fails: the file has grown, and what was to be in it is not there."""
    with journal.open("ab") as file:
        file.write(tail)
    assert payloads(journal) == PAYLOADS and read(journal).torn == len(tail)


def test_no_changed_bit_is_read(journal: Path):
    """In the last record it is taken for torn; before that it is an error, which says how to keep what is whole."""
    content = journal.read_bytes()
    last = begin(journal.with_name("other"), b"s" * 32, PAYLOADS[:-1]).end
    with journal.open("r+b", buffering=0) as file:
        for at, bit in product(range(len(content)), (1, 128)):
            os.pwrite(file.fileno(), bytes([content[at] ^ bit]), at)
            if at >= last:
                assert payloads(journal) == PAYLOADS[:-1]
            else:
                with pytest.raises(BrainFileError, match=r"damaged|not the journal"):
                    read(journal)
            os.pwrite(file.fileno(), content[at : at + 1], at)


def test_the_way_out_of_damage_is_one(journal: Path):
    third = begin(journal.with_name("other"), b"s" * 32, PAYLOADS[:2]).end
    content = bytearray(journal.read_bytes())
    content[third + 50] ^= 1
    journal.write_bytes(content)
    with pytest.raises(BrainFileError, match=f"behind its first 2 records.*truncate -s {third} {journal}"):
        read(journal)
    os.truncate(journal, third)
    assert payloads(journal) == PAYLOADS[:2]


def test_records_of_another_file_do_not_fit(journal: Path):
    """Nor do records that were left out or have changed places: each one continues the digest before it."""
    other = journal.with_name("other")
    begin(other, b"o" * 32, PAYLOADS)
    head = begin(journal.with_name("empty"), b"s" * 32).end
    journal.write_bytes(journal.read_bytes()[:head] + other.read_bytes()[head:])
    with pytest.raises(BrainFileError, match="behind its first 0 records"):
        read(journal)


def test_another_version_and_a_file_that_was_cut_meanwhile(journal: Path, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patch:
        patch.setattr("tensorbrain.journal.frames.FORMAT", FORMAT + 1)
        begin(journal.with_name("newer"), bytes(32))
    with pytest.raises(BrainFileError, match=f"has journal format {FORMAT + 1}, and this .* reads format {FORMAT}"):
        read(journal.with_name("newer"))
    place = read(journal).place
    os.truncate(journal, place.end - 1)
    with pytest.raises(BrainFileError, match="cut by another program"):
        append(journal, place, b"new")


def test_an_interrupted_write_leaves_nothing(journal: Path, monkeypatch: pytest.MonkeyPatch):
    place, before = read(journal).place, journal.read_bytes()

    def interrupted(file: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(os, "fsync", interrupted)
        append(journal, place, b"new")
    assert journal.read_bytes() == before
    assert isinstance(append(journal, place, b"new"), Place)


def test_arrays_come_back_to_the_last_bit():
    odd = np.array([0.0, -0.0, 1e-45, np.nextafter(np.float32(1), np.float32(2))], np.float32)
    arrays = {"odd": odd, "scalar": np.asarray(np.float32(0.1)), "none": np.zeros((0, 3), np.int32)}
    arrays |= {"turned": np.arange(6, dtype=np.float32).reshape(2, 3).T, "told": np.array([True, False])}
    again = Record.from_bytes(Record("dream", {"names": ["Åse \u2028 \ud800", None]}, arrays).to_bytes())
    assert again.about == {"names": ["Åse \u2028 \ud800", None]}
    for name, array in arrays.items():
        assert (again.arrays[name].tobytes(), again.arrays[name].shape) == (array.tobytes(), array.shape)
        assert again.arrays[name].dtype == array.dtype
