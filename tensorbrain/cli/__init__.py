"""The command line: one file a command, and nothing heavy imported before a command needs it."""

from tensorbrain.cli.entry import main

__all__ = ["main"]
