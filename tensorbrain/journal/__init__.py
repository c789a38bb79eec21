"""A journal on disk: a brain file, and a file of records of every change since. Bytes alone, without JAX."""

from tensorbrain.journal.diary import Episode, diary
from tensorbrain.journal.folder import Journal, files, is_life, read_journal, torn_note
from tensorbrain.journal.record import Record

__all__ = ["Episode", "Journal", "Record", "diary", "files", "is_life", "read_journal", "torn_note"]
