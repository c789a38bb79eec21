"""A brain as one file: safetensors with its words and settings beside the arrays, written whole or not at all."""

import contextlib
import hashlib
import importlib.metadata
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import safetensors
import safetensors.numpy

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import BrainFileError, SettingsError
from tensorbrain.graph.vocabulary import Vocabulary
from tensorbrain.layers import BLOCKS
from tensorbrain.settings import Settings

FORMAT = 1
"""The version of the file format, raised by whatever an older reader would misread."""

# Beside the parameters, which go by their names in the tree, such as "index.A".
HELD_OUT, VOCABULARY = "held_out", "vocabulary"

Arrays = Mapping[str, np.ndarray]


def save_brain(brain: Brain, path: str | Path) -> None:
    """Write ``brain`` to one file, replacing what was there only once the new file is safe on the disk.

    Arrays are stored as float32 under their names in the tree (``index.A``), the vocabulary as JSON text in an array
    of bytes (a header of safetensors is limited, a vocabulary is not). Raises BrainFileError, and leaves no half-written file, where the disk is
    full, the folder missing or not writable, or the parameters not finite.

    >>> import tempfile
    >>> brain = Brain(TensorBrain.create((0, 0, 0), Settings(dim=4, context=4), key=jax.random.key(0)),
    ...               Vocabulary(), Settings(dim=4, context=4))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     brain.save(f"{folder}/town.brain.safetensors")
    ...     load_brain(f"{folder}/town.brain.safetensors")
    Brain(0 concepts, 0 predicates, 0 instants, dim 4)
    """
    target = writable(path)
    capacity = brain.model.index.capacity
    if jax.tree.structure(brain.model) != jax.tree.structure(_skeleton(brain.settings, capacity)):
        raise BrainFileError(f"the brain for {path} has other layers than its settings say: it cannot be saved")
    words = json.dumps(brain.vocabulary.to_json(), ensure_ascii=False, separators=(",", ":"))
    arrays = {
        **_named(brain.model),
        HELD_OUT: np.asarray(brain.held_out, np.int32).reshape(-1, 3),
        VOCABULARY: np.frombuffer(words.encode("utf-8", "surrogatepass"), np.uint8),
    }
    if wrong := _not_finite(arrays):
        raise BrainFileError(f"{wrong} of the brain for {path} is not finite, as when training diverges: not saved")
    header = {
        "format": FORMAT,
        "library": importlib.metadata.version("tensorbrain"),
        "settings": brain.settings.to_json(),
        "capacity": dict(zip(BLOCKS, capacity, strict=True)),
        "graph_hash": brain.graph_hash,
        "source": brain.source,
        "seed": brain.seed,
        "history": list(brain.history),
    }
    text = json.dumps(header, default=float)
    metadata = {"tensorbrain": text, "sha256": _digest(text, arrays)}
    _write_whole(target, safetensors.numpy.save(dict(arrays), metadata=metadata))


def load_brain(path: str | Path) -> Brain:
    """The brain that ``save_brain`` wrote to ``path``; nothing in the file is executed.

    Raises BrainFileError for a missing, damaged or foreign file and for one of a newer format.

    >>> load_brain("no/such/town.brain.safetensors")
    Traceback (most recent call last):
    tensorbrain.errors.BrainFileError: there is no brain file no/such/town.brain.safetensors: train one, or check the path
    """
    metadata, arrays = _read(Path(path))
    text = metadata.get("tensorbrain")
    if text is None:
        raise BrainFileError(f"{path} holds arrays of another program, not a brain: train one with `tensorbrain train`")
    header = _header(text, path)
    if metadata.get("sha256") != _digest(text, arrays):
        raise _damaged(path, "its contents do not match its checksum")
    if wrong := _not_finite(arrays):
        raise _damaged(path, f"{wrong} is not finite")
    try:
        return _assembled(header, arrays)
    except (KeyError, TypeError, ValueError, RecursionError, SettingsError) as error:
        raise _damaged(path, str(error)) from error


def writable(path: str | Path) -> Path:
    """Where a file at ``path`` would be written, symbolic links followed; raises BrainFileError where it cannot be.

    >>> writable("no/such/folder/town.brain.safetensors")
    Traceback (most recent call last):
    tensorbrain.errors.BrainFileError: ...the folder no/such/folder does not exist...
    """
    refusal = f"{path} cannot be written"
    try:
        target = Path(path).resolve()
        if target.is_dir():
            raise BrainFileError(f"{refusal}: it is a folder, name a file in it")
        if target.exists() and not target.is_file():
            raise BrainFileError(f"{refusal}: it is not a regular file, name another")
        folder = target.parent
        if not folder.is_dir():
            raise BrainFileError(f"{refusal}: the folder {Path(path).parent} does not exist, create it first")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise BrainFileError(f"{refusal}: the folder {Path(path).parent} is not writable for you, name another")
        if len(os.fsencode(target.name)) > 240:  # most systems stop at 255, and the temporary name is longer
            raise BrainFileError(f"{refusal}: the name is too long, shorten it")
    except (OSError, RuntimeError, ValueError) as error:
        raise BrainFileError(f"{str(path)[:200]!r} cannot be used as a path ({error}): name another") from error
    return target


def _named(model: TensorBrain) -> dict[str, np.ndarray]:
    leaves = jax.tree_util.tree_flatten_with_path(model)[0]
    arrays = {jax.tree_util.keystr(way, simple=True, separator="."): np.asarray(leaf) for way, leaf in leaves}
    return {name: a.astype(np.float32) if a.dtype.kind == "f" else a for name, a in arrays.items()}


def _skeleton(settings: Settings, capacity: tuple[int, ...]) -> TensorBrain:
    """The tree of a brain with shapes in place of arrays; all its rows count as in use, none as a reserve."""
    whole = eqx.tree_at(lambda s: s, settings, settings) if False else settings
    return eqx.filter_eval_shape(TensorBrain.create, capacity, whole, key=jax.random.key(0))


def _digest(text: str, arrays: Arrays) -> str:
    """SHA-256 of the header's text and of every array with its name, in the order of the names."""
    digest = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        digest.update(f"\n{name} {arrays[name].dtype} {arrays[name].shape}\n".encode())
        digest.update(np.ascontiguousarray(arrays[name]).data)
    return digest.hexdigest()


def _not_finite(arrays: Arrays) -> str | None:
    return next((name for name, a in arrays.items() if a.dtype.kind == "f" and not np.isfinite(a).all()), None)
