"""From a path to an open file, within safe bounds: what pictures and their boxes are read from."""

import io
import stat
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tensorbrain.errors import PictureError


def shown(source: object) -> str:
    """A path as errors name it: on one line, and cut where it is very long.

    >>> shown("pictures/dog\\n.png")
    'pictures/dog?.png'
    """
    text = "".join(letter if letter.isprintable() else "?" for letter in str(source))
    return (text if len(text) <= 200 else f"{text[:200]}...") or "."


@contextmanager
def opened(source: str | Path, most_bytes: int) -> Generator[io.BufferedReader, None, None]:
    """Open a regular file of 1 to ``most_bytes`` bytes; PictureError for everything else, and nothing is fetched.

    >>> with opened("https://example.org/dog.png", 100):
    ...     pass
    Traceback (most recent call last):
    tensorbrain.errors.PictureError: https://example.org/dog.png is an address, and nothing is fetched: save it ...
    """
    name = shown(source)
    if isinstance(source, str) and "://" in source:
        raise PictureError(f"{name} is an address, and nothing is fetched: save it as a file, and give its path")
    try:
        found = Path(source).stat()
        if stat.S_ISDIR(found.st_mode):
            raise PictureError(f"{name} is a folder: name a file in it")
        if not stat.S_ISREG(found.st_mode):  # to open a pipe would wait for somebody to write
            raise PictureError(f"{name} is not a regular file: copy its contents to one, and name that")
        if found.st_size == 0:
            raise PictureError(f"{name} is an empty file: fetch it or save it again")
        if found.st_size > most_bytes:
            size, most = (f"{count / 1e6:.3g} MB" for count in (found.st_size, most_bytes))
            raise PictureError(f"{name} is a file of {size}, and at most {most} are read: make it smaller")
        file = Path(source).open("rb")
    except FileNotFoundError as error:
        raise PictureError(f"{name} does not exist: check the path") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise PictureError(f"{name} cannot be opened ({reason}): check the path and its permissions") from error
    with file:
        yield file
