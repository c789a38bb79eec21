"""Arrays and a header of JSON as one file: safetensors, with a checksum, written whole or not at all."""

import hashlib
import importlib.metadata
import json
import os
import secrets
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import safetensors
import safetensors.numpy

from tensorbrain.errors import BrainFileError
from tensorbrain.typing import Float32, UInt8

Arrays = Mapping[str, np.ndarray]


def save_arrays(path: str | Path, header: Mapping[str, Any], arrays: Arrays) -> None:
    """Write a ``header`` with its ``format`` and the arrays, replacing what was there once the new file is safe.

    Raises BrainFileError, leaving nothing behind, where the disk is full, the folder missing or not writable, or a
    number not finite.

    >>> save_arrays("no/such/folder/a.safetensors", {"format": 1}, {})
    Traceback (most recent call last):
    tensorbrain.errors.BrainFileError: ...the folder no/such/folder does not exist...
    """
    target = writable(path)
    if wrong := not_finite(arrays):
        raise BrainFileError(f"{wrong} of the brain for {path} is not finite, as when training diverges: not saved")
    text = json.dumps({"library": importlib.metadata.version("tensorbrain"), **header}, default=float)
    metadata = {"tensorbrain": text, "sha256": digest(text, arrays)}
    write_whole(target, safetensors.numpy.save(dict(arrays), metadata=metadata))


def load_arrays(
    path: Path, name: str | Path, *, format: int, leave: Collection[str] = ()
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The header and the arrays of a file that ``save_arrays`` wrote, called ``name`` in what is said of it.

    Nothing in the file is executed. Arrays to ``leave`` stay on the disk; the checksum, which is over all, is then not
    looked at. Raises BrainFileError for a missing, damaged or foreign file and for one of a newer format than
    ``format``.

    >>> load_arrays(Path("no/such.safetensors"), "no/such.safetensors", format=1)
    Traceback (most recent call last):
    tensorbrain.errors.BrainFileError: there is no brain no/such.safetensors: give ...
    """
    metadata, arrays = _read(path, leave)
    text = metadata.get("tensorbrain")
    if text is None:
        raise BrainFileError(f"{name} holds arrays of another program, not a brain: train one with `tensorbrain train`")
    header = _header(text, name, format)
    if not leave and metadata.get("sha256") != digest(text, arrays):
        raise damaged(name, "its contents do not match its checksum")
    if wrong := not_finite(arrays):
        raise damaged(name, f"{wrong} is not finite")
    return header, arrays


def named_leaves(tree: Any) -> dict[str, np.ndarray]:
    """The arrays of a tree by their names in it, such as ``index.A``; numbers with a point as float32.

    >>> named_leaves({"A": np.ones(1)})["A"].dtype
    dtype('float32')
    """
    leaves = jax.tree_util.tree_flatten_with_path(tree)[0]
    arrays = {jax.tree_util.keystr(way, simple=True, separator="."): np.asarray(leaf) for way, leaf in leaves}
    return {name: a.astype(np.float32) if a.dtype.kind == "f" else a for name, a in arrays.items()}


def filled(skeleton: Any, arrays: Arrays) -> Any:
    """The tree of a ``skeleton`` of shapes with the arrays of their names; KeyError or ValueError where they misfit.

    >>> filled({"A": jax.ShapeDtypeStruct((1,), np.float32)}, {"A": np.ones(1, np.float32)})
    {'A': Array([1.], dtype=float32)}
    """
    ways, tree = jax.tree_util.tree_flatten_with_path(skeleton)
    leaves = []
    for way, leaf in ways:
        name = jax.tree_util.keystr(way, simple=True, separator=".")
        found = arrays[name]
        if found.shape != leaf.shape or found.dtype.kind != leaf.dtype.kind:
            raise ValueError(f"{name} has shape {found.shape}, not {leaf.shape}")
        leaves.append(jnp.asarray(found))
    return jax.tree.unflatten(tree, leaves)


def as_bytes(value: Any) -> UInt8[np.ndarray, " byte"]:
    """JSON as an array of bytes: what is too long for a header, which safetensors limits.

    >>> as_bytes([1])
    array([91, 49, 93], dtype=uint8)
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)


def from_bytes(array: UInt8[np.ndarray, " byte"]) -> Any:
    """What ``as_bytes`` was given; ValueError where it is no JSON.

    >>> from_bytes(as_bytes({"a": "é"}))
    {'a': 'é'}
    """
    return json.loads(array.tobytes().decode("utf-8", "surrogatepass"))


def rows_of(path: Path, name: str, start: int, stop: int) -> Float32[np.ndarray, "row column"]:
    """Some rows of an array, read from the disk now; BrainFileError where they cannot be.

    >>> rows_of(Path("no/such.safetensors"), "index.A", 0, 1)
    Traceback (most recent call last):
    tensorbrain.errors.BrainFileError: ...
    """
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            return file.get_slice(name)[start:stop]
    except (OSError, safetensors.SafetensorError) as error:
        raise BrainFileError(f"{path} can no longer be read ({error}): leave the file where it is") from error


def writable(path: str | Path) -> Path:
    """Where a file at ``path`` would be written, links followed; BrainFileError where it cannot be.

    >>> writable("no/such/folder/town.brain.safetensors")
    Traceback (most recent call last):
    tensorbrain.errors.BrainFileError: ...the folder no/such/folder does not exist...
    """
    refusal, target = f"{path} cannot be written", resolved(path)
    try:
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
    except (OSError, ValueError) as error:
        raise _no_path(path, error) from error
    return target


def resolved(path: str | Path) -> Path:
    """The path with links followed; BrainFileError where it is none, or a link that leads to itself.

    >>> resolved("/tmp/../dev").name
    'dev'
    """
    try:
        found = Path(path).resolve()
        if found.is_symlink():  # Python 3.11 and 3.12 say so themselves, by a RuntimeError
            raise OSError("a link that leads to itself")
    except (OSError, RuntimeError, ValueError) as error:
        raise _no_path(path, error) from error
    return found


def _no_path(path: str | Path, error: Exception) -> BrainFileError:
    return BrainFileError(f"{str(path)[:200]!r} cannot be used as a path ({error}): name another")


def digest(text: str, arrays: Arrays) -> str:
    """SHA-256 of the header's text and of every array with its name, in the order of the names."""
    digest = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        digest.update(f"\n{name} {arrays[name].dtype} {arrays[name].shape}\n".encode())
        digest.update(arrays[name].tobytes())
    return digest.hexdigest()


def not_finite(arrays: Arrays) -> str | None:
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


def damaged(path: str | Path, reason: str) -> BrainFileError:
    reason = " ".join(reason.split())[:200]
    return BrainFileError(f"{path} is a damaged brain file ({reason}): copy it again or train it again")


def _read(path: Path, leave: Collection[str]) -> tuple[dict[str, str], dict[str, np.ndarray]]:
    try:
        if not path.exists():
            raise BrainFileError(
                f"there is no brain {path}: give the name of a shipped world, or a file that `tensorbrain train` wrote"
            )
        if not path.is_file():
            raise BrainFileError(f"{path} is not a file: a brain is one file, which `tensorbrain train` writes")
        with safetensors.safe_open(path, framework="numpy") as file:
            return file.metadata() or {}, {name: file.get_tensor(name) for name in file.keys() if name not in leave}
    except OSError as error:
        raise BrainFileError(
            f"{path} cannot be read ({error.strerror or error}): check the path and its permissions"
        ) from error
    except (safetensors.SafetensorError, TypeError, ValueError) as error:
        raise damaged(path, str(error)) from error


def _header(text: str, path: str | Path, known: int) -> dict[str, Any]:
    try:
        header = json.loads(text)
        format = int(header["format"])
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise damaged(path, "its header is not readable") from error
    if format > known:
        raise BrainFileError(
            f"{path} has brain format {format}, made by tensorbrain {header.get('library', '?')}, and "
            f"this one reads up to format {known}: upgrade it with `pip install --upgrade tensorbrain`"
        )
    return header
