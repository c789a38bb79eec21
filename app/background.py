"""Work in the background of a visit: it can be followed and stopped, and ends when nobody follows it."""

import logging
import threading
import time
from collections.abc import Callable

from tensorbrain.errors import TensorBrainError

AT_ONCE = 2
UNFOLLOWED = 15.0  # after so many seconds in which nobody asked how it goes, a job ends
_places = threading.BoundedSemaphore(AT_ONCE)


class Job:
    """Work in a thread of its own. Raises TensorBrainError with the sentence ``full`` where the server has no place.

    ``stopped`` says whether it ends, or has ended, before its time: the work looks at ``ends()`` wherever it can stop.
    ``error`` says what went wrong, ``failed`` where that is nothing that the visitor could mend.
    """

    def __init__(self, name: str, work: Callable[[], None], *, full: str, failed: str) -> None:
        if not _places.acquire(blocking=False):
            raise TensorBrainError(full)
        self.name, self.error, self.stopped = name, "", False
        self._work, self._failed = work, failed
        self._followed = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the thread is still at work."""
        return self._thread.is_alive()

    def followed(self) -> None:
        """Somebody looks: that keeps the work alive."""
        self._followed = time.monotonic()

    def stop(self) -> None:
        """End the work where it can next be stopped."""
        self.stopped = True

    def ends(self) -> bool:
        """Whether the work is to end here, because it was stopped or nobody follows it any more."""
        self.stopped |= time.monotonic() - self._followed > UNFOLLOWED
        return self.stopped

    def wait(self, seconds: float) -> None:
        """Wait for the end, at most so long."""
        self._thread.join(seconds)

    def _run(self) -> None:
        try:
            self._work()
        except TensorBrainError as error:
            self.error = str(error)
        except Exception:
            logging.getLogger(__name__).exception("%s failed", self.name)
            self.error = self._failed
        finally:
            _places.release()
