"""A life on disk: the brain it began with, and a journal of every experience since, safe at any moment."""

import contextlib
import os
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from tensorbrain.array_file import writable, write_whole
from tensorbrain.brain import Brain
from tensorbrain.checkpoint import load_brain
from tensorbrain.errors import BrainFileError, SettingsError
from tensorbrain.journal import Episode, Record, diary, folder, is_life
from tensorbrain.journal.diary import BEGINNING, EXPERIENCE, to_rdf, to_trig
from tensorbrain.journal.frames import Place
from tensorbrain.journal.lock import LOCK, locked
from tensorbrain.memory.changes import difference, replayed
from tensorbrain.memory.experience import Lived, live

if TYPE_CHECKING:
    import rdflib


class _Now(NamedTuple):
    """Where a life stands, on disk and in memory: one value, so that Ctrl-C finds all of it old or all of it new."""

    brain: Brain
    generation: int
    place: Place
    episodes: dict[str, Episode]


class Life:
    """A brain that lives in a folder: whatever it experiences is safe on the disk before the call returns.

    A process that is killed, at whatever moment, loses at most the experience that it was writing; the life is
    opened again, bit for bit, at the last whole one. One process writes at a time, and any number may read
    meanwhile. Brains stay immutable values: ``life.brain`` is the one of this moment. Begin a life with
    ``Life.create``, go on with ``open_life``; both are closed at the end of a ``with`` block.

    >>> import jax, tempfile, numpy as np
    >>> from tensorbrain.brain import TensorBrain
    >>> from tensorbrain.graph import Vocabulary
    >>> from tensorbrain.memory.experience import write_instant
    >>> from tensorbrain.settings import Settings
    >>> small = Settings(dim=4, context=4)
    >>> brain = Brain(TensorBrain.create((0, 0, 0), small, key=jax.random.key(0)), Vocabulary(), small)
    >>> home = tempfile.TemporaryDirectory()
    >>> with Life.create(f"{home.name}/life", brain) as life:
    ...     nothing, q = np.zeros((0, 3), np.int32), np.ones(4, np.float32)
    ...     life.write(write_instant(life.brain, nothing, q, q, rule="copy", label="the first day"), "dream")
    >>> with open_life(f"{home.name}/life") as life:
    ...     life.brain
    Brain(0 concepts, 0 predicates, 1 instants, dim 4)
    >>> home.cleanup()
    """

    def __init__(self, path: Path, now: _Now, lock: IO[bytes] | None, notes: tuple[str, ...] = ()) -> None:
        self.path = path.absolute()
        self.notes = notes
        self._now = now
        self._lock = lock

    @classmethod
    def create(cls, path: str | Path, brain: Brain) -> "Life":
        """Begin a life with ``brain`` in a new or empty folder, and open it.

        BrainFileError where there is a life already, the folder holds other files or cannot be written, and for a
        brain that cannot be saved (see ``save_brain``); nothing is left behind then.
        """
        home = Path(path)
        if is_life(home):
            raise BrainFileError(f"there is a life in {home} already: open it, or name another folder")
        check_new(home)
        created = _made(home)
        lock = locked(home)
        try:
            if is_life(home):
                raise BrainFileError(f"another process has just begun a life in {home}: open it")
            folder.renew(home, 1, brain.save, [Record(BEGINNING, {"episodes": []}, {})])
            return _opened(home, lock)
        except BaseException:
            if not is_life(home):
                with contextlib.suppress(OSError):
                    (home / LOCK).unlink()
                    if created:
                        home.rmdir()
            lock.close()
            raise

    @property
    def brain(self) -> Brain:
        """The brain as it is now."""
        return self._now.brain

    @property
    def episodes(self) -> tuple[Episode, ...]:
        """What was lived and is not forgotten, in its order."""
        return tuple(self._now.episodes.values())

    def experience(
        self,
        picture: Any,
        boxes: Any = None,
        *,
        rule: str = "learned",
        label: str | None = None,
        time: str | None = None,
        seed: int = 0,
    ) -> str:
        """Perceive a picture and remember it, as ``tensorbrain.experience`` does: the label by which to recall it.

        BrainFileError where it cannot be written; the life is then as it was before.
        """
        self._writes()
        brain, lived = live(self.brain, picture, boxes, rule=rule, label=label, time=time, seed=seed)
        self.write(brain, EXPERIENCE, lived)
        return lived.instant

    def write(self, brain: Brain, kind: str, lived: Lived | None = None) -> None:
        """Go on with ``brain``, and keep in the journal what changed: ``kind`` says by what, such as consolidation.

        ``lived`` tells of the episode, where it is one. SettingsError for a brain of other layers or settings, and for
        a life that is closed or was opened to be read; BrainFileError as in ``experience``.
        """
        self._writes()
        if not kind.isidentifier() or kind == BEGINNING:
            raise SettingsError(f"a kind of change is one word, such as consolidation, and not {kind[:40]!r}")
        about, arrays = difference(self.brain, brain)
        if lived is not None:
            about["episode"] = _told(brain, lived).to_json()
        record, now = Record(kind, about, arrays), self._now
        place = folder.append(self.path, now.generation, now.place, record)
        self._now = _Now(brain, now.generation, place, diary([record], now.episodes))

    def compact(self) -> None:
        """Fold the journal into a new brain to begin with; the brain and the diary stay as they are.

        A crash at any moment leaves the life as it was before or as it is afterwards. What was forgotten is no
        longer on the disk then. BrainFileError where it cannot be written; nothing was changed then.
        """
        self._writes()
        now = self._now
        try:
            place = folder.renew(self.path, now.generation + 1, now.brain.save, [_beginning(now)])
            self._now = now._replace(generation=now.generation + 1, place=place)
        except BaseException:
            if folder.latest(self.path) != now.generation:  # stopped just behind the last step
                self.close()
            raise

    def to_rdf(self) -> "rdflib.Dataset":
        """What was lived as RDF: every episode a named graph, with its time stamp in the default graph.

        The default graph also has the labels of what is spoken of. ``load_graph`` reads it all again.
        """
        return to_rdf(self.episodes, self._labels())

    def export(self, path: str | Path) -> None:
        """Write the same to one file in TriG, whole or not at all; BrainFileError where it cannot be written.

        The files of the life itself are not written over.
        """
        target = writable(path)
        if target.parent == self.path.resolve() and target.name in folder.ours(self.path):
            raise BrainFileError(f"{path} is a file of this life, and would be written over: name another")
        write_whole(target, to_trig(self.episodes, self._labels()))

    def _labels(self) -> dict[str, str]:
        words = self.brain.vocabulary
        return {concept.iri: concept.label for concept in (*words.concepts, *words.predicates)}

    def close(self) -> None:
        """Let another process write. The brain can still be looked at."""
        if self._lock is not None:
            self._lock.close()
        self._lock = None

    def __enter__(self) -> "Life":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Life({str(self.path)!r}, {len(self._now.episodes)} experiences, {self.brain})"

    def _writes(self) -> None:
        if self._lock is None:
            raise SettingsError(f"the life {self.path} is closed, or was opened to be read: open it to write")


def open_life(path: str | Path, *, write: bool = True) -> Life:
    """Open the life in a folder at its last whole record; without ``write`` it is only read, and needs no lock.

    Where a process was stopped in the middle of writing, ``notes`` say so. Raises BrainFileError where there is no
    life, another process writes it, or a file is damaged, missing or of another version.

    >>> open_life("no/such/life")
    Traceback (most recent call last):
    tensorbrain.errors.BrainFileError: no/such/life does not exist: name ...
    """
    home = Path(path)
    if not write:
        return _opened(home, None)
    folder.latest(home)  # before a lock is put where there is no life
    lock = locked(home)
    try:
        folder.tidy(home)
        return _opened(home, lock)
    except BaseException:
        lock.close()
        raise


def _opened(home: Path, lock: IO[bytes] | None) -> Life:
    journal, base = folder.at_latest(
        home, lambda generation: (folder.journal_of(home, generation), load_brain(folder.files(home, generation)[0]))
    )
    try:
        brain, episodes = replayed(base, journal.records), diary(journal.records)
    except Exception as error:  # a crafted record can make any part of it fail
        raise BrainFileError(f"the journal of {home} does not fit its brain ({error}): copy both again") from error
    notes = (folder.torn_note(journal),) if journal.torn else ()
    return Life(home, _Now(brain, journal.generation, journal.place, episodes), lock, notes)


def check_new(home: Path) -> None:
    """BrainFileError where no life can begin in a folder: it is a file, holds other files, or cannot be made.

    >>> check_new(Path("no/such/life"))
    Traceback (most recent call last):
    tensorbrain.errors.BrainFileError: the folder no/such/life cannot be made (there is no folder no/such): name another
    """
    try:
        if home.is_dir():
            if set(os.listdir(home)) - folder.ours(home):
                raise BrainFileError(f"{home} holds other files already: name a new folder")
        elif home.exists():
            raise BrainFileError(f"{home} is a file: name a folder")
        elif not home.parent.is_dir():
            reason = f"there is no folder {home.parent}"
            raise BrainFileError(f"the folder {str(home)[:200]} cannot be made ({reason}): name another")
    except OSError as error:
        raise BrainFileError(f"the folder {str(home)[:200]} cannot be made ({error.strerror}): name another") from error


def _made(home: Path) -> bool:
    """Make the folder, unless it is there; whether it was made."""
    try:
        home.mkdir()
    except FileExistsError as error:
        if home.is_dir():
            return False
        raise BrainFileError(f"{home} is a file: name a folder") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BrainFileError(f"the folder {str(home)[:200]} cannot be made ({reason}): name another") from error
    return True


def _beginning(now: _Now) -> Record:
    return Record(BEGINNING, {"episodes": [episode.to_json() for episode in now.episodes.values()]}, {})


def _told(brain: Brain, lived: Lived) -> Episode:
    """An experience by its words, which stay what they are when ids change."""
    words = brain.vocabulary
    at = next(k for k in reversed(range(len(words.instants))) if words.instants[k].label == lived.instant)
    concepts, predicates = words.concepts, words.predicates
    statements = tuple((concepts[s].iri, predicates[p].iri, concepts[o].iri) for s, p, o in lived.statements.tolist())
    new = tuple((concepts[k].iri, concepts[k].label, concepts[k].group) for k in lived.individuals)
    return Episode(words.instants[at].iri, lived.instant, words.times[at], statements, new)
