"""What the claims share to lay out trials and to read tables."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from tensorbrain.claims.claim import Config, Table, Trials


def by_seed(table: Table, value: str, **where: Any) -> tuple[float, ...]:
    """One value a seed: the mean of a column over the rows of that seed in which ``where`` holds, seeds in order.

    >>> table = [{"seed": 0, "beta": 1, "hit": 1}, {"seed": 0, "beta": 0, "hit": 0}, {"seed": 1, "beta": 1, "hit": 0}]
    >>> by_seed(table, "hit", beta=1)
    (1.0, 0.0)
    """
    found: dict[int, list[float]] = {}
    for row in table:
        if all(row[name] == wanted for name, wanted in where.items()):
            found.setdefault(row["seed"], []).append(float(row[value]))
    if not found:
        raise KeyError(f"no row of the table has {where}")
    return tuple(float(np.mean(found[seed])) for seed in sorted(found))


def difference(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    """By how much one is larger than the other, seed by seed.

    >>> difference((1.0, 0.5), (0.5, 0.5))
    (0.5, 0.0)
    """
    return tuple(a - b for a, b in zip(one, other, strict=True))


def pick(config: Config, full: Mapping[str, Any], quick: Mapping[str, Any]) -> Trials:
    """The trials of a config: the full ones, with what is smaller in quick ones.

    >>> pick(Config(quick=True), {"dims": [8, 16, 32], "steps": 100}, {"dims": [8]})
    {'dims': [8], 'steps': 100}
    """
    return {**full, **quick} if config.quick else dict(full)
