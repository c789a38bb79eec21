"""A command run in this process: without the network, in bounded time, and what it says."""

import io
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from types import FrameType
from typing import Any, NamedTuple
from unittest.mock import patch

from tensorbrain.cli import main

SECONDS = 10
HERE = ("127.0.0.1", "localhost", None)


class Tried(NamedTuple):
    """What a command left behind."""

    status: int
    out: str
    err: str
    seconds: float


class TooLong(BaseException):  # none of the errors that a command turns into a sentence
    """A command took longer than it may."""


def tried(words: Sequence[str]) -> Tried:
    """Run a command; TooLong where it takes more than ``SECONDS``, as far as Python can end it."""
    out, err, start = io.StringIO(), io.StringIO(), time.perf_counter()
    with redirect_stdout(out), redirect_stderr(err), bounded():
        status = main(list(words))
    return Tried(status, out.getvalue(), err.getvalue(), time.perf_counter() - start)


@contextmanager
def bounded() -> Iterator[None]:
    """Ends what goes on for too long; on systems and in threads without such a signal nothing does."""

    def end(number: int, frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def alone() -> Iterator[None]:
    """Nothing is asked of the network but this machine itself."""
    connect, find = socket.socket.connect, socket.getaddrinfo

    def connect_here(self: socket.socket, address: Any) -> None:
        assert address[0] in HERE, f"the network was asked for: {address}"
        connect(self, address)

    def find_here(host: Any, *others: Any, **named: Any) -> Any:
        assert host in HERE, f"the network was asked for {host}"
        return find(host, *others, **named)

    with patch.object(socket.socket, "connect", connect_here), patch.object(socket, "getaddrinfo", find_here):
        yield
