"""What is done to valid inputs: bits turned, pieces cut, doubled, moved and exchanged, values of JSON replaced."""

import copy
import json
from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import strategies as st

PIECES = (
    b"", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\n", b"\r", b"\t", b"\x1b[31m", "\u202e\u2028".encode(), b'"', b"<",
    b">", b"{", b"}", b"[", b"]", b"_:b", b"<< ", b" >>", b"@prefix ", b"a ", b"1e999", b"-1", b"NaN", b"9" * 400,
    b"%00", b"\\u0000", b"\\ud800", b'<!ENTITY x "y">', b"&x;", b"]]>", b"<!--", b"^^<urn:t>", b"@en",
    b"2026-02-30T99:00:00", b"0001-01-01",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, float("inf"), float("nan"), 10**400, 2**63, "", "a", "\ud800", "\x00", "x" * 5000, [], {},
    [[]], {"a": None}, [None] * 50, "1e999", "http://127.0.0.1:1/", "\x1b[31m\u202e", [0, 0, 0, 0], {"@id": "_:b"},
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """One of the ``seeds`` after a few changes."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 4))):
        data = draw(changed(data, seeds))
    return data


@st.composite
def changed(draw: st.DrawFn, data: bytes, seeds: Sequence[bytes]) -> bytes:
    """One change of some bytes."""
    what = draw(st.sampled_from(("bit", "cut", "end", "twice", "piece", "noise", "splice", "swap", "json")))
    if what == "json" and (nodes := decoded(data)) is not None:
        return draw(replaced(nodes))
    start, stop = sorted(draw(st.tuples(place(data), place(data))))
    part = data[start:stop]
    if what == "bit" and data:
        at = draw(st.integers(0, len(data) - 1))
        return data[:at] + bytes([data[at] ^ 1 << draw(st.integers(0, 7))]) + data[at + 1 :]
    if what == "end":
        return data[:start]
    if what == "twice":
        return data[:start] + part * draw(st.integers(2, 40 if len(part) < 2000 else 2)) + data[stop:]
    if what == "piece":
        return data[:start] + draw(st.sampled_from(PIECES)) + data[start:]
    if what == "noise":
        return data[:start] + draw(st.binary(max_size=16)) + data[start:]
    if what == "splice":
        other = draw(st.sampled_from(seeds))
        return data[:start] + other[draw(place(other)) :]
    if what == "swap":
        return part + data[:start] + data[stop:]
    return data[:start] + data[stop:]


def place(data: bytes) -> st.SearchStrategy[int]:
    """A position in some bytes, often near an end."""
    size = len(data)
    return st.one_of(st.integers(0, size), st.integers(0, min(16, size)), st.integers(max(0, size - 16), size))


def decoded(data: bytes) -> Any:
    """The JSON in some bytes, or None."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


@st.composite
def replaced(draw: st.DrawFn, value: Any) -> bytes:
    """A value of JSON with one of its parts replaced, left out or doubled."""
    value = copy.deepcopy(value)
    spots = list(parts(value))
    if not spots:
        return json.dumps(draw(st.sampled_from(VALUES))).encode()
    holder, key = draw(st.sampled_from(spots))
    what = draw(st.sampled_from(("replace", "replace", "leave", "double", "move")))
    if what == "leave":
        del holder[key]
    elif what == "double" and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    elif what == "move":
        other, there = draw(st.sampled_from(spots))
        holder[key] = copy.deepcopy(other[there])
    else:
        holder[key] = copy.deepcopy(draw(st.sampled_from(VALUES)))
    return json.dumps(value).encode("utf-8", "surrogatepass")


def parts(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every part of a value of JSON: what holds it, and by which key."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from parts(value[key])
