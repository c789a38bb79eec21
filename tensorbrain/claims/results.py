"""Results on disk: one small JSON file a claim and seed, kept for as long as code and trials stay what they were."""

import hashlib
import importlib
import importlib.metadata
import inspect
import json
import os
import secrets
from pathlib import Path
from typing import Any

import numpy as np

from tensorbrain.brain import Brain
from tensorbrain.claims.claim import Claim, Table, Trials
from tensorbrain.errors import TensorBrainError

SHARED = ("tensorbrain.claims.tables", "tensorbrain.learning.fit", "tensorbrain.modes.decoder", "tensorbrain.brain")


class ResultsError(TensorBrainError):
    """The folder of results cannot be read or written."""


def default_folder() -> Path:
    """Where results are kept unless another folder is named: beside the compiled programs, in the user's cache.

    >>> default_folder().name
    'claims'
    """
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tensorbrain" / "claims"


def fingerprint(claim: Claim, trials: Trials, brain: Brain) -> str:
    """What a result depends on, as twelve letters: version, sources of the claim and of what it uses, trials, brain.

    Where any of it changes the claim is run again, and the older result stays where it is.

    >>> from tensorbrain.claims import claim
    >>> from tensorbrain.claims.claim import Config
    >>> from tensorbrain.checkpoint import load_brain
    >>> bayes, brain = claim("bayes"), load_brain("countries")
    >>> trials = bayes.design(Config())
    >>> fingerprint(bayes, trials, brain) == fingerprint(bayes, {**trials, "models": 3}, brain)
    False
    """
    digest = hashlib.sha256(importlib.metadata.version("tensorbrain").encode())
    own = importlib.import_module(f"tensorbrain.claims.{claim.name}")
    used = {str(getattr(value, "__module__", "")) for value in vars(own).values()}
    used = {name for name in used if name.startswith("tensorbrain.")}
    for name in sorted({own.__name__, *SHARED, *used}):
        digest.update(inspect.getsource(importlib.import_module(name)).encode())
    digest.update(json.dumps(trials, sort_keys=True).encode())
    digest.update(np.asarray(brain.model.index.A).tobytes())
    return digest.hexdigest()[:12]


class Kept:
    """The results of one claim under one fingerprint: what seeds are there, and writing one more.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     kept = Kept(Path(folder), "bayes", "0123456789ab")
    ...     kept.write(3, [{"seed": 3, "kl": 0.4}], seconds=1.5)
    ...     kept.read(3), kept.read(4)
    (([{'seed': 3, 'kl': 0.4}], 1.5), None)
    """

    def __init__(self, folder: Path, name: str, mark: str) -> None:
        self.folder = folder / name / mark

    def path(self, seed: int) -> Path:
        return self.folder / f"seed-{seed}.json"

    def read(self, seed: int) -> tuple[Table, float] | None:
        """Table and seconds of a seed, or None where there is no whole file of it."""
        try:
            data: dict[str, Any] = json.loads(self.path(seed).read_text(encoding="utf-8"))
            return data["rows"], float(data["seconds"])
        except (FileNotFoundError, json.JSONDecodeError, KeyError, TypeError, ValueError):
            return None  # absent, or torn by hand: it is computed again
        except OSError as error:
            raise ResultsError(f"{self.path(seed)}: {error.strerror}: name another folder with --results") from error

    def write(self, seed: int, rows: Table, *, seconds: float) -> None:
        """Write the result of a seed, whole or not at all; ResultsError where the disk is full or the folder closed."""
        text = json.dumps({"seed": seed, "seconds": round(seconds, 3), "rows": rows}, allow_nan=False)
        whole(self.path(seed), text)


def whole(path: Path, text: str) -> None:
    """Write a text file whole or not at all; ResultsError where it cannot be written.

    >>> whole(Path("/dev/null/here"), "")
    Traceback (most recent call last):
    tensorbrain.claims.results.ResultsError: /dev/null/here cannot be written (...): what was finished before is ...
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        try:
            part.unlink(missing_ok=True)
        except OSError:
            pass
        raise ResultsError(
            f"{path} cannot be written ({error.strerror}): what was finished before is kept; "
            "make room or name another folder, and run again"
        ) from error
