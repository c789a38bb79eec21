"""Whether Ctrl-C was pressed, also where other code dealt with it."""

import contextlib
import signal
import socket
from types import TracebackType

INTERRUPTED = 130
"""The exit status of a command that Ctrl-C ended."""


class Interruption:
    """After the block, ``happened`` tells whether Ctrl-C was pressed in it.

    Training takes Ctrl-C for the wish to stop, and returns as usual. The system reports every signal to the
    wake-up socket too, whatever its handler does with it.

    >>> with Interruption() as interruption:
    ...     pass
    >>> interruption.happened
    False
    """

    happened = False

    def __enter__(self) -> "Interruption":
        self._read, self._write = socket.socketpair()
        for end in (self._read, self._write):
            end.setblocking(False)
        self._previous: int | None = None
        with contextlib.suppress(ValueError):  # outside the main thread no Ctrl-C arrives
            self._previous = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._previous is not None:
            signal.set_wakeup_fd(self._previous)
        with contextlib.suppress(BlockingIOError):
            self.happened = signal.SIGINT in self._read.recv(4096)
        self._read.close()
        self._write.close()
