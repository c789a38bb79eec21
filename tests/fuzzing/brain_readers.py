"""Readers of brains, tensor models and lives."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from tensorbrain.errors import AmbiguousConceptError, UnknownConceptError

from .readers import Read, Reader, at


def brain(path: Path) -> object:
    from tensorbrain.checkpoint import load_brain

    return names(load_brain(path))


def names(brain: Any) -> object:
    """What is asked of the words of every brain."""
    for slot in ("subject", "predicate", "instant"):
        with suppress(UnknownConceptError, AmbiguousConceptError):
            brain.vocabulary.find("nobody", slot)
    return [*brain.vocabulary.concepts], hash(brain.vocabulary), str(brain)


def memory(path: Path) -> object:
    from tensorbrain.tensor_memory import is_tensor_memory, load_tensor_memory

    return is_tensor_memory(path), load_tensor_memory(path)


def header(whole: bytes) -> bytes:
    """What stands at the head of a brain file, as JSON."""
    size = int.from_bytes(whole[:8], "little")
    return json.loads(whole[8 : 8 + size])["__metadata__"]["tensorbrain"].encode()


def words(whole: bytes) -> bytes:
    """The vocabulary of a brain file, as JSON."""
    import safetensors.numpy

    return safetensors.numpy.load(whole)["vocabulary"].tobytes()


def sealed(path: Path, part: str, read: Callable[[Path], object]) -> Read:
    """A brain file with another header or vocabulary and a checksum that fits it: nobody but a person does that."""
    import numpy as np
    import safetensors.numpy

    from tensorbrain.array_file import digest

    whole = path.read_bytes()
    arrays = safetensors.numpy.load(whole)

    def seal(data: bytes) -> object:
        text = data.decode(errors="replace") if part == "header" else header(whole).decode()
        held = arrays if part == "header" else arrays | {"vocabulary": np.frombuffer(data, np.uint8)}
        metadata = {"tensorbrain": text, "sha256": digest(text, held)}
        path.write_bytes(safetensors.numpy.save(held, metadata=metadata))
        return read(path)

    return seal


def life(home: Path, name: str) -> Read:
    """A life one of whose files is these bytes."""

    def look(data: bytes) -> object:
        from tensorbrain.cli.life import contents, table, torn
        from tensorbrain.memory import open_life

        (home / name).write_bytes(data)
        torn(str(home)), table(contents(str(home)))
        opened = open_life(home, write=False)
        opened.export(home.with_suffix(".trig"))
        return names(opened.brain)

    return look


def record(home: Path) -> Read:
    """A life whose last record says this, in a journal whose digests fit it."""
    import numpy as np
    import safetensors.numpy

    from tensorbrain.journal import frames

    before = frames.read(home / "journal-1")
    payloads = [bytes(payload) for payload in before.payloads]
    arrays = safetensors.numpy.load(payloads[-1])
    again = life(home, "journal-1")

    def look(data: bytes) -> object:
        last = safetensors.numpy.save({**arrays, "about": np.frombuffer(data, np.uint8)})
        frames.begin(home / "told", before.seed, [*payloads[:-1], last])
        return again((home / "told").read_bytes())

    return look


def about(home: Path) -> bytes:
    """What the last record of a life says."""
    import safetensors.numpy

    from tensorbrain.journal import frames

    return safetensors.numpy.load(bytes(frames.read(home / "journal-1").payloads[-1]))["about"].tobytes()


def readers(good: Path) -> Iterator[tuple[str, Callable[[], Reader]]]:
    """All of these by name."""
    now, town, model, home = good / "now", good / "town.brain", good / "stranger.cp", good / "life"
    held, blind = town.read_bytes(), (good / "blind.brain").read_bytes()
    yield "brain", lambda: Reader(at(now / "a.brain", brain), (held, blind))
    yield "brain header", lambda: Reader(sealed(town, "header", brain), (header(held),))
    yield "brain words", lambda: Reader(sealed(town, "words", brain), (words(held),))
    yield "model", lambda: Reader(at(now / "a.cp", memory), (model.read_bytes(),))
    yield "model header", lambda: Reader(sealed(model, "header", memory), (header(model.read_bytes()),))
    yield "journal", lambda: Reader(life(home, "journal-1"), ((home / "journal-1").read_bytes(),))
    yield "journal record", lambda: Reader(record(home), (about(home),))
