"""A brain as one file: safetensors, its words and settings beside the arrays, written whole or not at all."""

import dataclasses
import hashlib
import importlib.metadata
import json
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import safetensors
import safetensors.numpy

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import BrainFileError
from tensorbrain.graph.vocabulary import Vocabulary
from tensorbrain.layers import BLOCKS
from tensorbrain.pictures.scenes import LabelGroup
from tensorbrain.settings import Settings

FORMAT = 2
"""The version of the file format, raised by whatever an older reader would misread: 2 came with the senses."""

# Beside the parameters, which go by their names in the tree, such as "index.A".
HELD_OUT, VOCABULARY = "held_out", "vocabulary"

_NAME = re.compile(r"\w+(:\w+)?", re.ASCII)  # of a brain that ships

Arrays = Mapping[str, np.ndarray]


def save_brain(brain: Brain, path: str | Path) -> None:
    """Write ``brain`` to one file, replacing what was there only once the new file is safe on the disk.

    Arrays are stored as float32 under their names in the tree (``index.A``), the vocabulary as JSON text in
    an array of bytes, as the header of safetensors is limited. Raises BrainFileError, leaving nothing
    behind, where the disk is full, the folder missing or not writable, a parameter not finite, or an index lesioned
    or muted.

    >>> import tempfile
    >>> brain = Brain(TensorBrain.create((0, 0, 0), Settings(dim=4, context=4), key=jax.random.key(0)),
    ...               Vocabulary(), Settings(dim=4, context=4))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     brain.save(f"{folder}/town.brain.safetensors")
    ...     load_brain(f"{folder}/town.brain.safetensors")
    Brain(0 concepts, 0 predicates, 0 instants, dim 4)
    """
    target = writable(path)
    for state, labels in (("lesioned", brain.lesioned), ("muted", brain.muted)):
        if labels:
            raise BrainFileError(
                f"{labels[0]} is {state} in the brain for {path}, and a file holds whole brains: save the brain as it "
                "was, and repeat the intervention once it is loaded"
            )
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
        "label_groups": [[group.name, list(group.members)] for group in brain.label_groups],
    }
    text = json.dumps(header, default=float)
    metadata = {"tensorbrain": text, "sha256": _digest(text, arrays)}
    write_whole(target, safetensors.numpy.save(dict(arrays), metadata=metadata))


def load_brain(path: str | Path) -> Brain:
    """The brain that ``save_brain`` wrote to ``path``, or that ships with a world of that name.

    The neighbourhood has two: ``neighbourhood`` sees and remembers, ``neighbourhood:chains`` has no eyes and was taught
    to go on from one statement to the next (see ``tensorbrain.reason``).

    Nothing in the file is executed. Raises BrainFileError for a missing, damaged or foreign file and for one
    of a newer format.

    >>> load_brain("no/such/town.brain.safetensors")
    Traceback (most recent call last):
    tensorbrain.errors.BrainFileError: there is no brain no/such/town.brain.safetensors: give ...
    """
    metadata, arrays = _read(_shipped(path) if isinstance(path, str) and _NAME.fullmatch(path) else Path(path))
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
    except Exception as error:  # a crafted file can make any part of it fail
        raise _damaged(path, str(error)) from error


def writable(path: str | Path) -> Path:
    """Where a file at ``path`` would be written, links followed; BrainFileError where it cannot be.

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


def _shipped(name: str) -> Path:
    """The brain file of a shipped world, in the package or beside it in a clone; else the path.

    A world may have further brains, such as neighbourhood:chains.
    """
    world, _, which = name.partition(":")
    package = Path(__file__).resolve().parent
    for home in (package, package.parent):
        if (home / "kg_data" / world).is_dir():
            return home / "kg_data" / world / (f"{which}.brain.safetensors" if which else "brain.safetensors")
    return Path(name)


def _named(model: TensorBrain) -> dict[str, np.ndarray]:
    leaves = jax.tree_util.tree_flatten_with_path(model)[0]
    arrays = {jax.tree_util.keystr(way, simple=True, separator="."): np.asarray(leaf) for way, leaf in leaves}
    return {name: a.astype(np.float32) if a.dtype.kind == "f" else a for name, a in arrays.items()}


def _skeleton(settings: Settings, capacity: tuple[int, ...]) -> TensorBrain:
    """The tree of a brain with shapes in place of arrays; all its rows count as in use, none as a reserve."""
    whole = dataclasses.replace(settings, reserve=(0, 0, 0))
    return eqx.filter_eval_shape(TensorBrain.create, capacity, whole, key=jax.random.key(0))


def _digest(text: str, arrays: Arrays) -> str:
    """SHA-256 of the header's text and of every array with its name, in the order of the names."""
    digest = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        digest.update(f"\n{name} {arrays[name].dtype} {arrays[name].shape}\n".encode())
        digest.update(arrays[name].tobytes())
    return digest.hexdigest()


def _not_finite(arrays: Arrays) -> str | None:
    return next((name for name, a in arrays.items() if a.dtype.kind == "f" and not np.isfinite(a).all()), None)


def write_whole(target: Path, content: bytes) -> None:
    """Write beside ``target``, wait for the disk, then rename: a reader sees the old file or the new one."""
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with unfinished.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    except BaseException as error:  # Ctrl-C too leaves nothing half-written
        unfinished.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise BrainFileError(
                f"{target} could not be written ({error.strerror}): nothing was changed, make room or choose "
                "another place"
            ) from error
        raise


def _damaged(path: str | Path, reason: str) -> BrainFileError:
    reason = " ".join(reason.split())[:200]
    return BrainFileError(f"{path} is a damaged brain file ({reason}): copy it again or train it again")


def _read(path: Path) -> tuple[dict[str, str], dict[str, np.ndarray]]:
    try:
        if not path.exists():
            raise BrainFileError(
                f"there is no brain {path}: give the name of a shipped world, or a file that `tensorbrain train` wrote"
            )
        if not path.is_file():
            raise BrainFileError(f"{path} is not a file: a brain is one file, which `tensorbrain train` writes")
        with safetensors.safe_open(path, framework="numpy") as file:
            return file.metadata() or {}, {name: file.get_tensor(name) for name in file.keys()}
    except OSError as error:
        raise BrainFileError(
            f"{path} cannot be read ({error.strerror or error}): check the path and its permissions"
        ) from error
    except (safetensors.SafetensorError, TypeError, ValueError) as error:
        raise _damaged(path, str(error)) from error


def _header(text: str, path: str | Path) -> dict[str, Any]:
    try:
        header = json.loads(text)
        format = int(header["format"])
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise _damaged(path, "its header is not readable") from error
    if format > FORMAT:
        raise BrainFileError(
            f"{path} has brain format {format}, made by tensorbrain {header.get('library', '?')}, and "
            f"this one reads up to format {FORMAT}: upgrade it with `pip install --upgrade tensorbrain`"
        )
    return header


def _assembled(header: Mapping[str, Any], arrays: Arrays) -> Brain:
    """The brain of a header and its arrays; raises KeyError, TypeError or ValueError where they misfit."""
    settings = Settings.from_json(header["settings"])
    vocabulary = Vocabulary.from_json(json.loads(arrays[VOCABULARY].tobytes().decode("utf-8", "surrogatepass")))
    capacity = tuple(int(header["capacity"][block]) for block in BLOCKS)
    if sum(capacity) != len(arrays["index.in_use"]):
        raise ValueError(f"the blocks have {sum(capacity)} rows and the index {len(arrays['index.in_use'])}")
    skeleton = _skeleton(settings, capacity)
    ways, tree = jax.tree_util.tree_flatten_with_path(skeleton)
    leaves = []
    for way, leaf in ways:
        name = jax.tree_util.keystr(way, simple=True, separator=".")
        found = arrays[name]
        if found.shape != leaf.shape or found.dtype.kind != leaf.dtype.kind:
            raise ValueError(f"{name} has shape {found.shape}, not {leaf.shape}")
        leaves.append(jnp.asarray(found))
    model: TensorBrain = jax.tree.unflatten(tree, leaves)
    _check_rows(model, vocabulary)
    held_out = arrays[HELD_OUT]
    limits = (len(vocabulary.concepts), len(vocabulary.predicates), len(vocabulary.concepts))
    if held_out.shape[1:] != (3,) or (held_out < 0).any() or (held_out >= limits).any():
        raise ValueError(f"{HELD_OUT} names concepts that are not in the vocabulary")
    return Brain(
        model=model,
        vocabulary=vocabulary,
        settings=settings,
        graph_hash=str(header["graph_hash"]),
        source=str(header["source"]),
        seed=int(header["seed"]),
        held_out=held_out,
        history=tuple(dict(epoch) for epoch in header["history"]),
        label_groups=_groups(header.get("label_groups", []), len(vocabulary.concepts)),
    )


def _groups(rows: list[Any], concepts: int) -> tuple[LabelGroup, ...]:
    groups = tuple(LabelGroup(str(name), tuple(int(k) for k in members)) for name, members in rows)
    if any(not 0 <= k < concepts for group in groups for k in group.members):
        raise ValueError("a label group names concepts that are not in the vocabulary")
    return groups


def _check_rows(model: TensorBrain, vocabulary: Vocabulary) -> None:
    """In every block, the rows in use are the first ones, one for each word."""
    in_use = np.asarray(model.index.in_use)
    columns = (vocabulary.concepts, vocabulary.predicates, vocabulary.instants)
    for block, words in zip(BLOCKS, columns, strict=True):
        rows = in_use[model.index.block(block)]
        if not np.array_equal(rows, np.arange(len(rows)) < len(words)):
            raise ValueError(f"{rows.sum()} {block} rows are in use for {len(words)} words")
