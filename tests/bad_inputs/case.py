"""One bad input: what is bad about it, the command that meets it, and what is to come back."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

REFUSED = 2  # the exit status


class Bad(NamedTuple):
    """A command line that is wrong, by ``kind``: what is wrong about it.

    ``says`` stands in what comes back. Status 0 is that of what is read all the same, and said.
    """

    kind: str
    words: tuple[str, ...]
    says: str = ""
    status: int = REFUSED


class File(NamedTuple):
    """A bad file: its kind, its name in the folder, its content, and what is said of it."""

    kind: str
    name: str
    content: bytes = b""
    says: str = ""
    status: int = REFUSED


def over(files: Iterable[File], *commands: str, gap: str = "{}") -> Iterator[Bad]:
    """Every file in the gap of every command.

    >>> [bad.words for bad in over([File("empty", "a b.ttl")], "info {}", "train {} -o x")]
    [('info', 'a b.ttl'), ('train', 'a b.ttl', '-o', 'x')]
    """
    for command in commands:
        for file in files:
            words = tuple(word.replace(gap, file.name) for word in command.split())
            yield Bad(file.kind, words, file.says, file.status)
