"""The board: claims that were run, in one file that the app opens with; verdicts are found anew when it is read."""

import gzip
import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from tensorbrain.claims import NAMES, claim
from tensorbrain.claims.results import ResultsError
from tensorbrain.claims.scoreboard import Scored


def write_board(scored: Sequence[Scored], path: Path) -> None:
    """Write claims with their tables, whole or not at all; ResultsError where the file cannot be written."""
    data = [
        {"claim": each.claim.name, "seeds": each.seeds, "seconds": round(each.seconds, 2), "table": each.table}
        for each in scored
    ]
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        part.write_bytes(gzip.compress(json.dumps(data, allow_nan=False).encode(), mtime=0))
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ResultsError(f"{path} cannot be written ({error.strerror}): make room, or name another file") from error


def read_board(path: Path) -> list[Scored]:
    """The claims of a board, measured anew; a claim that is no longer there is left out.

    >>> import tempfile
    >>> from tensorbrain.claims.claim import Config
    >>> from tensorbrain.claims.scoreboard import score
    >>> from tensorbrain.checkpoint import load_brain
    >>> bayes = score(claim("bayes"), load_brain("countries"), seeds=(0, 1), config=Config(quick=True))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_board([bayes], Path(folder, "board.json.gz"))
    ...     read_board(Path(folder, "board.json.gz"))[0].row() == bayes.row()
    True
    """
    try:
        data = json.loads(gzip.decompress(path.read_bytes()))
    except (OSError, EOFError, ValueError) as error:
        raise ResultsError(f"{path} is no board of claims: write it anew with `tensorbrain claims`") from error
    found = []
    for each in data:
        if each["claim"] in NAMES:
            one = claim(each["claim"])
            table = each["table"]
            found.append(Scored(one, tuple(each["seeds"]), table, one.measure(table), each["seconds"]))
    return found
