"""Literals as concepts: dropped, kept where a predicate repeats few values, or binned where they are
numbers.
"""

import dataclasses
import math
from collections.abc import Callable
from urllib.parse import quote

import numpy as np
import pyoxigraph as ox
from jaxtyping import Bool, Int32

from tensorbrain.graph.names import PLAIN, XSD, short_label
from tensorbrain.graph.terms import O, P, Terms

MOST_VALUES = 50
"""A predicate's literals are kept when it has at most so many distinct values, each twice on average."""

MOST_BINS = 5
LONGEST_VALUE = 100

_NUMBERS = frozenset(
    XSD + name
    for name in (
        *("integer", "decimal", "double", "float", "int", "long", "short", "byte", "gYear"),
        *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
        *("unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte"),
    )
)


@dataclasses.dataclass(frozen=True)
class Literals:
    """What became of the statements with literals.

    ``objects`` are the rows' new objects (term ids, or ``len(terms) + i`` for the i-th of ``bins``);
    ``dropped`` and ``binned`` are masks; ``bins`` are (IRI, label) of concepts made of numbers;
    ``by_predicate`` says why."""

    objects: Int32[np.ndarray, "statement"]
    dropped: Bool[np.ndarray, "statement"]
    binned: Bool[np.ndarray, "statement"]
    bins: tuple[tuple[str, str], ...]
    by_predicate: dict[str, str]


def interpret_literals(
    rows: Int32[np.ndarray, "statement 4"],
    literal: Bool[np.ndarray, "statement"],
    terms: Terms,
    mode: str,
    name: Callable[[int], str],
) -> Literals:
    """Decide over the statements ``literal``, predicate by predicate; ``name`` gives the label of a term.

    >>> from tensorbrain.graph.quads import quads_of
    >>> nothing = quads_of([])
    >>> interpret_literals(nothing.rows, np.zeros(0, bool), Terms(nothing), "keep", str).bins
    ()
    """
    objects = rows[:, O].copy()
    dropped, binned = literal.copy(), np.zeros(len(rows), bool)
    bins: list[tuple[str, str]] = []
    why: dict[str, str] = {}
    for predicate in np.unique(rows[literal, P]).tolist() if mode != "drop" else ():
        here = np.flatnonzero(literal & (rows[:, P] == predicate))
        values = objects[here]
        distinct = np.unique(values)
        label = name(predicate)
        numbers = np.asarray([_number(terms.terms[i]) for i in distinct.tolist()])
        of_row = numbers[np.searchsorted(distinct, values)]
        finite = np.isfinite(of_row)
        if mode == "bin" and finite.mean() >= 0.9:
            chosen, names = _binned(of_row[finite], label)
            objects[here[finite]] = len(terms) + len(bins) + chosen
            # The predicate's own IRI keeps bins of two predicates with one label apart.
            bins += [(f"{PLAIN}bin:{quote(terms.texts[predicate], safe='')}:{i}", n) for i, n in enumerate(names)]
            dropped[here[finite]] = False
            binned[here[finite]] = True
            why[label] = f"{finite.sum()} numbers in {len(names)} bins"
        elif max(len(terms.texts[i]) for i in distinct.tolist()) > LONGEST_VALUE:
            why[label] = f"dropped: values longer than {LONGEST_VALUE} characters"
        elif len(distinct) > MOST_VALUES:
            why[label] = f"dropped: {len(distinct)} distinct values, more than {MOST_VALUES}"
        elif len(values) < 2 * len(distinct):
            why[label] = f"dropped: {len(distinct)} distinct values in {len(values)} statements, hardly repeated"
        else:
            dropped[here] = False
            why[label] = f"{len(values)} statements with {len(distinct)} values kept"
    return Literals(objects, dropped, binned, tuple(bins), why)


def literal_iri(term: ox.Literal) -> str:
    """The IRI of the attribute concept that stands for a literal.

    >>> literal_iri(ox.Literal("dark red", language="en"))
    'urn:tensorbrain:literal:dark%20red@en'
    """
    base = f"{PLAIN}literal:{quote(term.value, safe='')}"
    if term.language:
        return f"{base}@{term.language}"
    kind = term.datatype.value
    return base if kind == XSD + "string" else f"{base}^^{quote(kind.removeprefix(XSD), safe='')}"


def _number(term: object) -> float:
    if not isinstance(term, ox.Literal) or term.datatype.value not in _NUMBERS:
        return math.nan
    try:
        return float(term.value)
    except ValueError:
        return math.nan


def _binned(numbers: np.ndarray, label: str) -> tuple[np.ndarray, list[str]]:
    """The bin of each number, by quantiles, and the bins' labels such as ``age 3-7``."""
    distinct = np.unique(numbers)
    if len(distinct) <= MOST_BINS:
        found = np.searchsorted(distinct, numbers)
    else:
        edges = np.unique(np.quantile(numbers, np.arange(1, MOST_BINS) / MOST_BINS))
        found = np.unique(np.searchsorted(edges, numbers), return_inverse=True)[1]
    names: list[str] = []
    for i in range(int(found.max()) + 1):
        low, high = (_plain(float(edge)) for edge in (numbers[found == i].min(), numbers[found == i].max()))
        to = " to " if "-" in low + high else "-"
        names.append(short_label(f"{label} {low}" if low == high else f"{label} {low}{to}{high}"))
    return found.astype(np.int32), names


def _plain(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else format(number, ".6g")
