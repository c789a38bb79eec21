"""What the commands print: one JSON object for programs, aligned columns for people."""

import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tensorbrain.cli.record import run_record
from tensorbrain.printing import one_line

__all__ = ["columns", "one_line", "print_json", "probability", "warn"]


def print_json(data: Mapping[str, Any]) -> None:
    """Print ``data`` as one JSON object on one line, and in it how it was made; numbers that JSON lacks become null.

    >>> print_json({"share": float("nan"), "counts": (1, 2)})
    {"share": null, "counts": [1, 2]}
    """
    print(json.dumps(_plain({**data, **run_record()}), allow_nan=False))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if hasattr(value, "tolist"):  # NumPy's numbers and arrays
        return _plain(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value


def warn(sentence: str) -> None:
    """Say something on stderr that does not stop the command."""
    print(f"tensorbrain: {one_line(sentence)}", file=sys.stderr)


def columns(rows: Iterable[Sequence[str]]) -> str:
    """Rows of text with their columns aligned, two spaces between them.

    >>> print(columns([["0.94", "Sparky", "is a"], ["0.06", "Rex", "likes"]]))
    0.94  Sparky  is a
    0.06  Rex     likes
    """
    clean = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*clean, strict=True)]
    lines = ("  ".join(f"{cell:<{wide}}" for cell, wide in zip(row, widths, strict=True)) for row in clean)
    return "\n".join(line.rstrip() for line in lines)


def probability(p: float) -> str:
    """A probability as people write it: two decimals, and small ones as a power of ten.

    >>> probability(0.943), probability(0.0042), probability(3.2e-7)
    ('0.94', '4e-03', '3e-07')
    """
    return f"{p:.2f}" if p >= 0.01 or p == 0 else f"{p:.0e}"
