"""A claim about the Tensor Brain: how it is tested, what must fail beside it, and how its verdict is found."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from tensorbrain.brain import Brain
from tensorbrain.claims.chart import Chart

Status = Literal["paper", "qualitative", "extension"]
Row = dict[str, Any]  # plain JSON values; ``seed`` is always among them
Table = list[Row]
Trials = dict[str, Any]  # plain JSON values: what is run, the same for every seed


@dataclass(frozen=True)
class Config:
    """How large a claim is to be run: ``quick`` for a test of the machinery, ``dial`` where the claim's dial stands."""

    quick: bool = False
    dial: float | int | None = None


@dataclass(frozen=True)
class Dial:
    """The one number of a claim that a reader may move: its name, what it means, and the values it takes."""

    name: str
    says: str
    values: tuple[float | int, ...]
    default: float | int


class Part(NamedTuple):
    """One thing that a claim says: an effect a seed, and the range that it must lie in (``least``, ``most``).

    ``why`` is the reason for that range, which was fixed before the run.
    """

    says: str
    effects: tuple[float, ...]
    why: str
    least: float = -np.inf
    most: float = np.inf


class Measured(NamedTuple):
    """What a claim's table comes to: its parts, the first of which is its effect, and the control that must fail."""

    parts: tuple[Part, ...]
    control: Part


@dataclass(frozen=True)
class Claim:
    """A claim of the papers, or an extension, as a small experiment.

    ``number`` is its row in the list of claims, ``name`` its name on the command line and of its file, ``says`` the
    claim in a sentence, ``source`` who makes it, ``tested`` how it is tested here, ``control`` what must fail.
    ``design(config) -> trials`` lays out what is run; ``run(brain, trials, seeds) -> table`` runs it for all seeds
    (``brain`` is the shipped one of the neighbourhood: most claims teach small ones of their own);
    ``measure(table) -> Measured``; ``plot(table) -> Chart``. ``departs`` says what is not as in the paper.
    """

    number: int
    name: str
    says: str
    status: Status
    source: str
    tested: str
    control: str
    design: Callable[[Config], Trials]
    run: Callable[[Brain, Trials, tuple[int, ...]], Table]
    measure: Callable[[Table], Measured]
    plot: Callable[[Table], Chart]
    dial: Dial | None = None
    departs: str = ""
