"""The address: every choice stands in it, and what arrives in a link is checked, mended where it must be, and said."""

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import streamlit as st


class OneOf(NamedTuple):
    """A choice among words; ``many`` allows several of them."""

    words: tuple[str, ...]
    many: bool = False


class Within(NamedTuple):
    """A number between two others, both included; ``whole`` allows only integers."""

    low: float
    high: float
    whole: bool = False


class Nearest(NamedTuple):
    """One of a few numbers, from small to large: another becomes the nearest of them."""

    numbers: tuple[float, ...]


MOST_NAMED = 5  # of the choices that are used, in a sentence
Rule = OneOf | Within | Nearest


def check(key: str, said: list[str], rule: Rule, default: str) -> tuple[list[str], str]:
    """What a link says of a choice, mended: the values to be used, and a sentence where they are not what it says.

    Numbers are clamped, unknown words are left out; where nothing remains, ``default`` is named in the sentence.

    >>> check("seed", ["-3"], Within(0, 99, whole=True), "0")
    (['0'], 'The link says seed=-3, which is outside 0 to 99: 0 is used.')
    >>> check("statements", ["9"], Nearest((4, 8, 16)), "8")
    (['8'], 'The link says statements=9, which is none of 4, 8, 16: 8 is used.')
    >>> check("mode", ["psychic"], OneOf(("semantic", "episodic")), "semantic")
    ([], 'The link says mode=psychic, which is unknown here: semantic is used.')
    >>> check("seed", ["7"], Within(0, 99, whole=True), "0")
    (['7'], '')
    """
    if isinstance(rule, OneOf):
        wanted = list(dict.fromkeys(said)) if rule.many else said[-1:]
        good, bad = [w for w in wanted if w in rule.words], [w for w in wanted if w not in rule.words]
        used = ", ".join([*good[:MOST_NAMED], *(["..."] if len(good) > MOST_NAMED else [])]) or default
        return good, f"The link says {key}={_short(bad[0])}, which is unknown here: {used} is used." if bad else ""
    word = said[-1]
    whole = isinstance(rule, Within) and rule.whole
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    if math.isnan(number) or (whole and math.isfinite(number) and number % 1):
        kind = "whole number" if whole else "number"
        return [], f"The link says {key}={_short(word)}, which is no {kind}: {default} is used."
    if isinstance(rule, Within):
        used = min(rule.high, max(rule.low, number))
        wrong = f"outside {_written(rule.low)} to {_written(rule.high)}"
    else:
        used = min(rule.numbers, key=lambda n: abs(n - max(-1e9, min(1e9, number))))
        wrong = f"none of {', '.join(map(_written, rule.numbers))}"
    sentence = f"The link says {key}={_short(word)}, which is {wrong}: {_written(used)} is used."
    return [_written(used)], "" if used == number else sentence


def settle(key: str, rule: Rule, default: str) -> None:
    """Before a widget with this key is made for the first time: mend what the address says of it, and say so."""
    said = st.query_params.get_all(key)
    if key in st.session_state or not said:
        return
    good, sentence = check(key, said, rule, default)
    if not sentence:
        return
    del st.query_params[key]
    if good:
        st.session_state[key] = _typed(good, rule)
    st.toast(sentence, icon=":material/link_off:", duration="long")


def _typed(good: list[str], rule: Rule) -> Any:
    """Mended values as the widget has them."""
    if isinstance(rule, OneOf):
        return good if rule.many else good[-1]
    if isinstance(rule, Nearest):
        return next(number for number in rule.numbers if _written(number) == good[-1])
    return int(good[-1]) if rule.whole else float(good[-1])


def words(options: Iterable[str]) -> OneOf:
    """The rule of a choice among these options."""
    return OneOf(tuple(options))


def _written(number: float) -> str:
    return str(int(number)) if number == int(number) else f"{number:g}"


def _short(word: str) -> str:
    """A word of a link as it may be shown: a link can be as long as it likes, and say anything."""
    plain = "".join(c if c.isprintable() and c not in "*_`[]<>$\\:" else " " for c in word)
    return plain if len(plain) <= 40 else plain[:40] + "..."
