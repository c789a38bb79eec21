"""Fuzzing: valid inputs of every reader, and what is done to them; `tests/fuzz.py` runs it."""
