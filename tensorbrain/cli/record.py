"""What a command's JSON says of its own run, so that it can be repeated: arguments, inputs by content, versions."""

import hashlib
import platform
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

INPUTS = ("brain", "graph", "image", "boxes")
"""The arguments of commands that name what is read."""
PACKAGES = ("tensorbrain", "jax", "jaxlib", "numpy")

_run: ContextVar[tuple[list[str], Any] | None] = ContextVar("run", default=None)


@contextmanager
def being_run(arguments: Sequence[str], command: Any) -> Generator[None, None, None]:
    """Until the end of the block, `run_record` describes this command, as parsed from these ``arguments``."""
    before = _run.set((list(arguments), command))
    try:
        yield
    finally:
        _run.reset(before)


def run_record() -> dict[str, Any]:
    """``run``: arguments, SHA-256 of every input that is a file, versions, machine; empty outside a command.

    >>> run_record()
    {}
    """
    if (now := _run.get()) is None:
        return {}
    arguments, command = now
    jax = sys.modules.get("jax")  # a command that has not needed it does not begin to
    return {
        "run": {
            "arguments": arguments,
            "inputs": {name: sha256 for name in _names(command) if (sha256 := content_of(name))},
            "versions": {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}},
            "machine": f"{platform.system()} {platform.machine()}",
            "device": jax.default_backend() if jax else None,
        }
    }


def content_of(name: str) -> str | None:
    """The SHA-256 of a file, or of the brain of a shipped world by its name; None for a folder or an address.

    >>> content_of("no/such/file") is None
    True
    """
    with suppress(OSError, ValueError):
        path = Path(name)
        if not path.exists():
            from tensorbrain.checkpoint import brain_file

            path = brain_file(name)
        if path.is_file():
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
    return None


def _names(command: Any) -> list[str]:
    named = (getattr(command, field, None) for field in INPUTS)
    return [name for name in named if isinstance(name, str)]


def _version(package: str) -> str | None:
    with suppress(PackageNotFoundError):
        return version(package)
    return None
