"""From the effects of several seeds to an interval, and from intervals to a verdict."""

from typing import NamedTuple

import numpy as np
from scipy.stats import t as student

from tensorbrain.claims.claim import Measured, Part

CONFIDENCE = 0.95
REPRODUCED, PARTLY, NOT_REPRODUCED, UNTESTABLE = (
    "reproduced",
    "partly",
    "not reproduced",
    "cannot be tested as stated",
)


class Interval(NamedTuple):
    """A mean over seeds with its 95 % interval."""

    mean: float
    low: float
    high: float


def interval(effects: tuple[float, ...]) -> Interval:
    """The mean of the effects of several seeds and Student's 95 % interval of it; of one seed, no interval at all.

    >>> interval((1.0, 2.0, 3.0))
    Interval(mean=2.0, low=-0.484..., high=4.484...)
    >>> interval((0.5,))
    Interval(mean=0.5, low=-inf, high=inf)
    """
    values = np.asarray(effects, float)
    mean = float(values.mean())
    if len(values) < 2:
        return Interval(mean, -np.inf, np.inf)
    half = float(student.ppf(0.5 + CONFIDENCE / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return Interval(mean, mean - half, mean + half)


def holds(part: Part) -> bool:
    """Whether the whole interval of a part lies in its range.

    >>> holds(Part("better", (0.2, 0.21), "a tenth can be seen", least=0.1))
    True
    """
    _, low, high = interval(part.effects)
    return part.least <= low and high <= part.most


def leans(part: Part) -> bool:
    """Whether the mean of a part lies in its range.

    >>> leans(Part("better", (0.0, 0.21), "a tenth can be seen", least=0.1))
    True
    """
    return part.least <= interval(part.effects).mean <= part.most


def fails(control: Part) -> bool:
    """Whether the whole interval of a control lies outside of the range that it must not reach.

    >>> fails(Part("no better", (0.01, 0.012), "a tenth can be seen", least=0.1))
    True
    """
    _, low, high = interval(control.effects)
    return high < control.least or low > control.most


def verdict(measured: Measured) -> str:
    """What the figures say: nobody writes a verdict by hand.

    Reproduced: every part holds and the control fails. Cannot be tested as stated: the control does on average what
    the claim says, so that this measure tells nothing. Partly: some part lies in its range, at least on average. Else
    not reproduced.

    >>> better = Part("better", (0.2, 0.21), "a tenth can be seen", least=0.1)
    >>> control = better._replace(effects=(0.0, 0.01))
    >>> [verdict(Measured((part,), control)) for part in (better, control)], verdict(Measured((better,), better))
    (['reproduced', 'not reproduced'], 'cannot be tested as stated')
    """
    if leans(measured.control):
        return UNTESTABLE
    if all(holds(part) for part in measured.parts) and fails(measured.control):
        return REPRODUCED
    return PARTLY if any(leans(part) for part in measured.parts) else NOT_REPRODUCED
