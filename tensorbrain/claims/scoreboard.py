"""The scoreboard: claims run over seeds, reusing what is on disk, each ending in one row."""

import multiprocessing
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tensorbrain.brain import Brain
from tensorbrain.checkpoint import load_brain
from tensorbrain.claims import NAMES, claim
from tensorbrain.claims.claim import Claim, Config, Measured, Table
from tensorbrain.claims.results import Kept, fingerprint
from tensorbrain.claims.verdict import fails, interval, verdict
from tensorbrain.compilation import set_up


@dataclass(frozen=True)
class Scored:
    """A claim that was run: its table, what it comes to, and the seconds that all its seeds took."""

    claim: Claim
    seeds: tuple[int, ...]
    table: Table
    measured: Measured
    seconds: float

    @property
    def verdict(self) -> str:
        """The verdict that the figures give."""
        return verdict(self.measured)

    def row(self) -> dict[str, Any]:
        """The row of the scoreboard, as plain JSON values; an interval that one seed cannot have is null."""
        effect, low, high = interval(self.measured.parts[0].effects)
        control = self.measured.control
        return {
            "id": self.claim.number,
            "claim": self.claim.name,
            "status": self.claim.status,
            "effect": effect,
            "low": low,
            "high": high,
            "seeds": list(self.seeds),
            "control": interval(control.effects).mean,
            "control_failed": fails(control),
            "verdict": self.verdict,
            "seconds": round(self.seconds, 2),
        }


def score(claim: Claim, brain: Brain, *, seeds: tuple[int, ...], config: Config, folder: Path | None = None) -> Scored:
    """Run a claim for the seeds that are not on disk yet, all of them at once, and measure all.

    ``folder`` None keeps nothing on disk. ResultsError where the folder cannot be used.
    """
    trials = claim.design(config)
    kept = Kept(folder, claim.name, fingerprint(claim, trials, brain)) if folder is not None else None
    found = {seed: result for seed in seeds if kept and (result := kept.read(seed)) is not None}
    missing = tuple(seed for seed in seeds if seed not in found)
    if missing:
        started = time.perf_counter()
        table = [{name: _plain(value) for name, value in row.items()} for row in claim.run(brain, trials, missing)]
        seconds = (time.perf_counter() - started) / len(missing)
        for seed in missing:
            rows = [row for row in table if row["seed"] == seed]
            found[seed] = rows, seconds
            if kept:
                kept.write(seed, rows, seconds=seconds)
    table = [row for seed in seeds for row in found[seed][0]]
    return Scored(claim, seeds, table, claim.measure(table), sum(found[seed][1] for seed in seeds))


def together(one: Scored, other: Scored) -> Scored:
    """Two runs of one claim as one, over the seeds of both."""
    table = one.table + other.table
    seconds = one.seconds + other.seconds
    return Scored(one.claim, one.seeds + other.seeds, table, one.claim.measure(table), seconds)


def _plain(value: Any) -> Any:
    """NumPy's and JAX's numbers as Python's, so that a table read back is the table that was written."""
    return value.item() if isinstance(value, np.generic) or hasattr(value, "block_until_ready") else value


def scores(
    brain: Brain,
    names: tuple[str, ...] = NAMES,
    *,
    seeds: tuple[int, ...],
    config: Config,
    folder: Path | None,
    starting: Callable[[Claim], None] = lambda claim: None,
    jobs: int = 1,
) -> Iterator[Scored]:
    """Run claims, ``jobs`` at a time; ``starting`` is told of each before it is run or waited for.

    More than one run in processes of their own, which leave their results in ``folder``, and of which none outlives
    the iteration: what they had not finished is lost.
    """
    chosen = [claim(name) for name in names]
    unfinished = [each for each in chosen if folder is None or not _on_disk(each, brain, seeds, config, folder)]
    jobs = min(jobs, len(unfinished)) if folder is not None else 1
    with _processes(jobs) as pool:
        runs = {each.name: pool.submit(_run, each.name, seeds, config, folder) for each in unfinished} if pool else {}
        for each in chosen:
            starting(each)
            if each.name in runs:
                runs[each.name].result()
            yield score(each, brain, seeds=seeds, config=config, folder=folder)


def _on_disk(claim: Claim, brain: Brain, seeds: tuple[int, ...], config: Config, folder: Path) -> bool:
    kept = Kept(folder, claim.name, fingerprint(claim, claim.design(config), brain))
    return all(kept.read(seed) is not None for seed in seeds)


@contextmanager
def _processes(jobs: int) -> Generator[ProcessPoolExecutor | None, None, None]:
    if jobs < 2:
        yield None
        return
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"), initializer=set_up)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()


def _run(name: str, seeds: tuple[int, ...], config: Config, folder: Path | None) -> None:
    score(claim(name), load_brain("neighbourhood"), seeds=seeds, config=config, folder=folder)
