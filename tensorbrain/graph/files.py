"""From a path to the graph files behind it, and from a file to its bytes, within safe bounds."""

import dataclasses
import gzip
import re
import stat
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, runtime_checkable

from tensorbrain.errors import GraphError

FORMATS = {
    ".ttl": "Turtle",
    ".turtle": "Turtle",
    ".nt": "N-Triples",
    ".nq": "N-Quads",
    ".trig": "TriG",
    ".rdf": "RDF/XML",
    ".owl": "RDF/XML",
    ".xml": "RDF/XML",
    ".jsonld": "JSON-LD",
    ".json": "JSON-LD",
    ".tsv": "TSV",
    ".txt": "TSV",
}

_WITH_QUOTES = ("Turtle", "N-Triples", "N-Quads", "TriG")
_OTHER_USES = (".txt", ".json", ".xml")

LARGEST_UNPACKED = 2 << 30
"""A gzip file may unpack to so many bytes and no more."""

_SUSPICIOUS_RATIO, _SUSPICIOUS_FROM = 300, 64 << 20
_NOT_A_GRAPH = re.compile(r"(readme|licen[cs]e|copying|notice|changelog)\b.*", re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class GraphFile:
    """One file, the format that its name says, and whether it is packed with gzip.

    >>> GraphFile(Path("town.ttl.gz"), "Turtle", True).name
    'town.ttl.gz'
    """

    path: Path
    format: str
    packed: bool

    @property
    def name(self) -> str:
        """The file's name without its folder, as errors show it."""
        return self.path.name


def graph_files(source: str | Path) -> tuple[list[GraphFile], list[str]]:
    """The graph files at ``source``, a file or a folder (sorted by name), and the names passed over in a folder.

    A link in a folder that leads out of it is passed over: who sends a folder does not choose what else is read.
    Raises GraphError for a missing path, an unknown format, and a folder without graph files.

    >>> graph_files("no/such/town.ttl")
    Traceback (most recent call last):
    tensorbrain.errors.GraphError: no/such/town.ttl does not exist: check the path
    """
    path = Path(source)
    try:
        if path.is_dir():
            return _of_folder(path)
        if not path.exists():
            raise GraphError(f"{source} does not exist: check the path")
    except (OSError, ValueError) as error:
        raise GraphError(f"{str(source)[:200]!r} cannot be used as a path ({error}): check it") from error
    file = _of_name(path)
    if file is None:
        known = " ".join(FORMATS)
        raise GraphError(f"{path.name} has no known extension: name it after its format, one of {known} (.gz too)")
    return [file], []


def _of_name(path: Path) -> GraphFile | None:
    packed = path.suffix.lower() == ".gz"
    suffix = Path(path.stem).suffix if packed else path.suffix
    format = FORMATS.get(suffix.lower())
    return GraphFile(path, format, packed) if format else None


def _of_folder(folder: Path) -> tuple[list[GraphFile], list[str]]:
    files: list[GraphFile] = []
    passed_over: list[str] = []
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if not path.is_file() or path.name.startswith("."):
            continue
        leaves = path.is_symlink() and not path.resolve().is_relative_to(folder.resolve())
        file = None if leaves or _NOT_A_GRAPH.fullmatch(path.name) else _of_name(path)
        if file:
            files.append(file)
        else:
            passed_over.append(path.name)
    sure = [file for file in files if Path(file.name.removesuffix(".gz")).suffix.lower() not in _OTHER_USES]
    if sure:
        # Beside graph files, a .txt or .json is more likely a note or a setting.
        passed_over += [file.name for file in files if file not in sure]
        files = sure
    if not files:
        raise GraphError(f"the folder {folder} holds no graph files: they end in one of {' '.join(FORMATS)} (.gz too)")
    return files, sorted(passed_over)


@runtime_checkable
class Readable(Protocol):
    """Anything with a ``read``: an open file, a gzip file, bytes in memory."""

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes."""
        ...


class Bytes:
    """The unpacked bytes of one file, a read at a time; refuses to unpack a gzip bomb.

    ``guard_nesting`` also refuses quoted triples nested so deep that the parser would run out of stack.

    >>> import io
    >>> Bytes(GraphFile(Path("a.nt"), "N-Triples", False), io.BytesIO(b"<a>")).read(2)
    b'<a'
    """

    DEEPEST_QUOTE = 4_000

    def __init__(self, file: GraphFile, stream: Readable, packed_size: int = 0, guard_nesting: bool = False):
        self._file, self._stream, self._packed_size = file, stream, packed_size
        self._guard_nesting = guard_nesting
        self._seen = self._open_quotes = 0

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes, all that is left for -1; raises GraphError for damage and for bombs."""
        try:
            if size < 0:
                return b"".join(iter(lambda: self.read(1 << 20), b""))
            block = self._stream.read(size)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise GraphError(f"{self._file.name} is a damaged gzip file ({error}): fetch or pack it again") from error
        except OSError as error:
            raise GraphError(f"{self._file.name} cannot be read ({error.strerror}): check the disk") from error
        if not self._seen and block.startswith(b"\xef\xbb\xbf"):
            self._seen = 3
            return block[3:] or self.read(size)
        self._seen += len(block)
        if self._file.packed:
            self._refuse_bomb()
        if self._guard_nesting and b"<<" in block:
            self._refuse_deep_quotes(block)
        return block

    def _refuse_bomb(self) -> None:
        ratio = self._seen / max(self._packed_size, 1)
        if self._seen > LARGEST_UNPACKED or (self._seen > _SUSPICIOUS_FROM and ratio > _SUSPICIOUS_RATIO):
            raise GraphError(
                f"{self._file.name} unpacks from {self._packed_size >> 10} kB to more than "
                f"{self._seen >> 20} MB, like a gzip bomb: unpack it yourself if you trust it"
            )

    def _refuse_deep_quotes(self, block: bytes) -> None:
        for part_number, part in enumerate(block.split(b">>")):
            self._open_quotes = part.count(b"<<") + (self._open_quotes if part_number == 0 else 0)
            if self._open_quotes > self.DEEPEST_QUOTE:
                raise GraphError(
                    f"{self._file.name} nests more than {self.DEEPEST_QUOTE} quoted triples: write them flat"
                )


@contextmanager
def opened(file: GraphFile) -> Generator[Bytes, None, None]:
    """Open a regular ``file`` for reading, unpacked; raises GraphError for all else and where the system refuses.

    >>> with opened(GraphFile(Path("missing.ttl"), "Turtle", False)):
    ...     pass
    Traceback (most recent call last):
    tensorbrain.errors.GraphError: missing.ttl cannot be opened (No such file or directory): ...
    """
    try:
        found = file.path.stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe would wait for somebody to write, a device may never end
            raise GraphError(f"{file.name} is not a regular file: copy its contents to one, and name that")
        stream, size = file.path.open("rb"), found.st_size
    except OSError as error:
        raise GraphError(
            f"{file.name} cannot be opened ({error.strerror}): check the path and its permissions"
        ) from error
    with stream:
        unpacked = gzip.GzipFile(fileobj=stream, mode="rb") if file.packed else stream
        yield Bytes(file, unpacked, size, guard_nesting=file.format in _WITH_QUOTES)
