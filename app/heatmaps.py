"""Slices of the adjacency tensor as heat maps: only rows and columns that hold something, with words on every cell."""

import re
from collections import Counter
from collections.abc import Iterable
from html import escape
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from tensorbrain.graph.adjacency import AdjacencyTensor
from tensorbrain.graph.vocabulary import CONCEPT_GROUPS, Vocabulary

LARGEST = 200  # rows or columns: more cannot be told apart
# One hue from faint to full, so that it is read on a light and on a dark ground alike.
SCALE = [[0.0, "rgba(59, 134, 221, 0.28)"], [1.0, "rgba(59, 134, 221, 1)"]]


class Slice(NamedTuple):
    """A matrix with words: ``values`` (rows, columns) with NaN for what is not stated.

    ``entries`` and ``cells`` are those of the whole slice; ``used`` how many rows and columns hold something, of
    which at most ``LARGEST`` each are kept. ``sentence`` is what a cell says, with {row}, {column} and {words}.
    """

    values: np.ndarray
    rows: list[str]
    columns: list[str]
    axes: tuple[str, str]
    used: tuple[int, int]
    entries: int
    cells: int
    sentence: str
    words: list[list[str]] | None = None


def by_predicate(tensor: AdjacencyTensor, words: Vocabulary, p: int) -> Slice:
    """Subjects x objects of one predicate."""
    part = tensor.slice(predicate=p)
    names = _unique(words, "concept")
    said = f"{{row}} <b>{escape(words.label('predicate', p))}</b> {{column}}"
    return _slice(part, ("subject", "object"), (names, names), said)


def by_subject(tensor: AdjacencyTensor, words: Vocabulary, s: int) -> Slice:
    """Predicates x objects of one subject."""
    part = tensor.slice(subject=s)
    said = f"<b>{escape(words.label('concept', s))}</b> {{row}} {{column}}"
    return _slice(part, ("predicate", "object"), (_unique(words, "predicate"), _unique(words, "concept")), said)


def by_moment(episodes: AdjacencyTensor, words: Vocabulary, t: int) -> Slice:
    """Subjects x objects of one moment; a cell says which predicates hold between the two."""
    part = episodes.slice(instant=t)
    names = _unique(words, "concept")
    found = _slice(
        part.marginal(("predicate", "instant")), ("subject", "object"), (names, names), "{row} {words} {column}"
    )
    said = [["" for _ in found.columns] for _ in found.rows]
    at = {name: i for i, name in enumerate(found.rows)}, {name: j for j, name in enumerate(found.columns)}
    for s, p, o, _ in part.coordinates.tolist():
        if names[s] in at[0] and names[o] in at[1]:
            i, j = at[0][names[s]], at[1][names[o]]
            predicate = words.label("predicate", p)
            said[i][j] = f"{said[i][j]}, {predicate}" if said[i][j] else predicate
    return found._replace(words=said, entries=len(part), cells=int(np.prod(part.shape[:3], dtype=object)))


def by_group(tensor: AdjacencyTensor, words: Vocabulary) -> Slice:
    """Predicates x kinds of pairs, such as entity to class: how many statements there are of each."""
    group = np.array([CONCEPT_GROUPS.index(c.group) for c in words.concepts], np.int32)
    s, p, o = tensor.coordinates[:, :3].T
    kinds = len(CONCEPT_GROUPS)
    pairs = [f"{one} to {other}" for one in CONCEPT_GROUPS for other in CONCEPT_GROUPS]
    rows = np.stack([p, kinds * group[s] + group[o]], axis=1) if len(tensor) else np.zeros((0, 2), np.int32)
    counted = AdjacencyTensor.from_statements(
        rows, (len(words.predicates), len(pairs)), tensor.values, ("subject", "object")
    )
    found = _slice(counted, ("subject", "object"), (_unique(words, "predicate"), pairs), "{row}, from {column}")
    return found._replace(axes=("predicate", "from group to group"))


def _slice(part: AdjacencyTensor, axes: tuple[str, str], names: tuple[list[str], list[str]], sentence: str) -> Slice:
    """The matrix of two axes of what is left of a tensor, its fullest rows and columns first."""
    rows, columns = (part.coordinates[:, part.axis(axis)] for axis in axes)
    kept, used = [], []
    for ids in (rows, columns):
        size = int(ids.max(initial=-1)) + 1
        counts, times = np.bincount(ids, minlength=size), np.bincount(ids, part.values, size)
        order = np.lexsort((-times, -counts))  # stable: what is equally full stays in the order of the vocabulary
        used.append(int(np.count_nonzero(counts)))
        kept.append(order[: min(used[-1], LARGEST)].tolist())
    place = [{k: i for i, k in enumerate(ids)} for ids in kept]
    values = np.full((len(kept[0]), len(kept[1])), np.nan, np.float32)
    for r, c, value in zip(rows.tolist(), columns.tolist(), part.values.tolist(), strict=True):
        if r in place[0] and c in place[1]:
            i, j = place[0][r], place[1][c]
            values[i, j] = value if np.isnan(values[i, j]) else values[i, j] + value
    sizes = [part.shape[part.axis(axis)] for axis in axes]
    return Slice(
        values,
        [names[0][k] for k in kept[0]],
        [names[1][k] for k in kept[1]],
        axes,
        (used[0], used[1]),
        len(part),
        sizes[0] * sizes[1],
        sentence,
    )


def _unique(words: Vocabulary, slot: str) -> list[str]:
    """The labels of a slot, those that several rows share told apart by a number."""
    return _apart(row.label for row in words.slot(slot))


def _apart(names: Iterable[str]) -> list[str]:
    seen: Counter[str] = Counter()
    told = []
    for name in names:
        seen[name] += 1
        told.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return told


def picture(shown: Slice) -> go.Figure:
    """The slice as a heat map; a cell says its sentence on hover, what is not stated stays empty."""
    most = float(np.nanmax(shown.values)) if shown.entries else 1.0
    heat = go.Heatmap(
        z=shown.values,
        x=_short(shown.columns),
        y=_short(shown.rows),
        hovertext=_said(shown),
        hovertemplate="%{hovertext}<br>%{z:,} ×<extra></extra>",
        hoverongaps=False,
        colorscale=SCALE,
        zmin=1 if most > 1 else 0,
        zmax=most,
        xgap=1 if len(shown.columns) <= 60 else 0,
        ygap=1 if len(shown.rows) <= 60 else 0,
        showscale=most > 1,
        colorbar={
            "title": {"text": "times", "side": "right"},
            "thickness": 12,
            "outlinewidth": 0,
            "len": 0.9,
            **({"dtick": 1} if most <= 6 else {}),
        },
    )
    figure = go.Figure(heat)
    angle = {"tickangle": -60 if len(shown.columns) > 6 else 0}
    figure.update_layout(
        height=int(np.clip(130 + 19 * len(shown.rows), 260, 960)),
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        dragmode=False,
        xaxis=_axis(shown.axes[1]) | angle,
        yaxis=_axis(shown.axes[0]) | {"autorange": "reversed"},
    )
    return figure


def _axis(title: str) -> dict[str, Any]:
    bare = {"showgrid": False, "zeroline": False, "fixedrange": True, "automargin": True}
    return {"type": "category", "title": {"text": title}, "tickfont": {"size": 11}, **bare}


def _said(shown: Slice) -> list[list[str]]:
    """What every cell says that holds something."""
    said = [["" for _ in shown.columns] for _ in shown.rows]
    for i, j in np.argwhere(~np.isnan(shown.values)).tolist():
        words = shown.words[i][j] if shown.words else ""
        signs = {"{row}": shown.rows[i], "{column}": shown.columns[j], "{words}": words}
        parts = re.split(r"(\{row\}|\{column\}|\{words\})", shown.sentence)
        said[i][j] = "".join(escape(signs[part]) if part in signs else part for part in parts)
    return said


def _short(names: list[str], most: int = 18) -> list[str]:
    """Names for an axis: cut where they are long, and yet no two alike.

    >>> _short(["an", "an unusually long name of a thing", "an unusually long name of another"])
    ['an', 'an unusually long…', 'an unusually long… (2)']
    """
    return _apart(escape(name if len(name) <= most else name[: most - 1] + "…") for name in names)


def told(shown: Slice) -> str:
    """How much of the slice is stated, and what of it is drawn."""
    if not shown.entries:
        return "Nothing of this slice is stated: all its cells are empty."
    rows, columns = shown.used
    one, other = shown.axes
    lines = [f"{shown.cells:,} cells, of which {shown.entries:,} ({share(shown.entries, shown.cells)}) hold something."]
    if max(rows, columns) > LARGEST:
        lines.append(
            f"{rows:,} {one}s and {columns:,} {other}s take part: the {min(rows, LARGEST)} x {min(columns, LARGEST)} "
            "with most entries are drawn."
        )
    else:
        lines.append(f"Only the {rows} x {columns} that take part are drawn, the fullest first.")
    return " ".join(lines)


def share(part: int, whole: int) -> str:
    """A share in percent, with two digits however small it is.

    >>> share(5052, 575_655_808), share(1, 4), share(3, 3)
    ('0.00088 %', '25 %', '100 %')
    """
    percent = 100 * part / max(whole, 1)
    if percent >= 10:
        return f"{percent:.0f} %"
    text = np.format_float_positional(percent, precision=2, unique=False, fractional=False, trim="-")
    return f"{text} %"


def entries(shown: Slice, most: int = 1000) -> list[dict[str, Any]]:
    """The cells that hold something, a row each, the largest first."""
    found = np.argwhere(~np.isnan(shown.values))
    order = np.argsort(-shown.values[found[:, 0], found[:, 1]], kind="stable")[:most]
    one, other = (axis.capitalize() for axis in shown.axes)
    return [
        {
            one: shown.rows[i],
            **({"Predicates": shown.words[i][j]} if shown.words else {}),
            other: shown.columns[j],
            "Times": int(shown.values[i, j]),
        }
        for i, j in found[order].tolist()
    ]
