"""Time stamps as text and as a number to sort by."""

import re

_STAMP = re.compile(
    r"(-?\d{4,9})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)[:-](\d\d)(?:[:-](\d\d)(\.\d{1,9})?)?)?)?)?"
    r"(Z|[+-]\d\d:?\d\d)?"
)
_DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)


def seconds(stamp: str) -> float | None:
    """The seconds from 1970 to an ISO 8601 ``stamp`` (year, month, day or time; UTC unless said), or None.

    >>> seconds("1970-01-02"), seconds("1970-01-01T01:00:00+01:00"), seconds("yesterday")
    (86400.0, 0.0, None)
    """
    found = _STAMP.fullmatch(stamp.strip())
    if not found:
        return None
    year, month, day, hour, minute, second = (
        int(part) if part else default for part, default in zip(found.groups()[:6], (0, 1, 1, 0, 0, 0), strict=True)
    )
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour <= 24 and minute <= 59 and second <= 60):
        return None
    since = ((_days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second + float(found[7] or 0)
    return since - _offset(found[8])


def tidy(stamp: str) -> str:
    """The stamp as it is kept: without outer space, the time of day written with colons.

    >>> tidy(" 2026-05-03T08-10 ")
    '2026-05-03T08:10'
    """
    day, mark, time = stamp.strip().partition("T")
    return day + mark + re.sub(r"^(\d\d)-(\d\d)(?:-(\d\d))?", lambda m: ":".join(p for p in m.groups() if p), time)


def _days(year: int, month: int, day: int) -> int:
    """Days from 1 January 1970 in the Gregorian calendar, any year (0 is 1 BCE)."""
    leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
    before = year - 1
    years = 365 * before + before // 4 - before // 100 + before // 400 - 719162
    return years + _DAYS_BEFORE[month - 1] + (leap and month > 2) + day - 1


def _offset(zone: str | None) -> int:
    if zone in (None, "Z"):
        return 0
    digits = zone[1:].replace(":", "")
    return (1 if zone[0] == "+" else -1) * (int(digits[:2]) * 3600 + int(digits[2:]) * 60)
