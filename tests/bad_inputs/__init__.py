"""Inputs that are wrong, told once: `tests/cli/test_bad_inputs.py` tries them, `docs/bad_inputs.py` tells of them."""

from .case import Bad
from .commands import bad_files
from .make import make, make_good
from .places import paths
from .trial import Tried, alone, tried
from .words import bad_words

BAD = (*bad_files(), *bad_words())
"""All of them; they are meant to be run in the folder that `make` fills."""

EVERYWHERE = {file.kind for file in paths("")}
FIRST = {(bad.kind, bad.words[0] if bad.kind in EVERYWHERE and bad.words else ""): bad for bad in reversed(BAD)}
"""One of each kind, and of each bad path one for every command."""

__all__ = ["BAD", "FIRST", "Bad", "Tried", "alone", "make", "make_good", "tried"]
