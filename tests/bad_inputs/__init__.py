"""Inputs that are wrong, told once: `tests/cli/test_bad_inputs.py` tries them, `docs/bad_inputs.py` tells of them."""

from .case import Bad
from .commands import files_by_topic
from .make import make, make_good
from .places import paths
from .trial import Tried, alone, tried
from .words import words_by_topic

TOPICS = {**dict(files_by_topic()), **dict(words_by_topic())}
"""All of them by what they are about; they are meant to be run in the folder that `make` fills."""

BAD = tuple(bad for topic in TOPICS.values() for bad in topic)
EVERYWHERE = {file.kind for file in paths("")}
FIRST = {(bad.kind, bad.words[0] if bad.kind in EVERYWHERE and bad.words else ""): bad for bad in reversed(BAD)}
"""One of each kind, and of each bad path one for every command."""

__all__ = ["BAD", "FIRST", "TOPICS", "Bad", "Tried", "alone", "make", "make_good", "tried"]
