"""A chart as data: what a claim plots, drawn by plotly in the app and by matplotlib in the documentation."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from scipy.stats import t as student

if TYPE_CHECKING:
    import plotly.graph_objects

Role = str  # claim, control or other
# Told apart by lightness and by the shape of their marks too; each stands out from a white and from a dark page.
COLOURS = {"claim": "#2f7de1", "control": "#c77700", "other": "#7b8794"}
NEUTRAL = "#868d98"  # stands out from both pages
MARKS = ("o", "s", "D", "^", "v", "P")
SHAPES = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross")


class Series(NamedTuple):
    """One line or one set of bars: ``y`` is the mean over seeds at every ``x``, ``low`` and ``high`` its interval."""

    name: str
    x: tuple[Any, ...]
    y: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    role: Role = "claim"


class Chart(NamedTuple):
    """Lines over a number, or bars over words, with the threshold that was fixed before the run."""

    title: str
    x: str
    y: str
    series: tuple[Series, ...]
    kind: Literal["line", "bar"] = "line"
    threshold: float | None = None
    log_x: bool = False


def series(
    table: Sequence[dict[str, Any]],
    name: str,
    x: str,
    y: str,
    *,
    role: Role = "claim",
    where: Callable[[dict[str, Any]], bool] | None = None,
) -> Series:
    """A series from the rows of a table: at every x the mean of y over seeds, with Student's 95 % interval.

    >>> rows = [{"seed": seed, "hops": hops, "hit": 1 / hops} for seed in (0, 1) for hops in (1, 2)]
    >>> series(rows, "with feedback", "hops", "hit")[:3]
    ('with feedback', (1, 2), (1.0, 0.5))
    """
    rows = [row for row in table if where is None or where(row)]
    places = list(dict.fromkeys(row[x] for row in rows))
    if all(isinstance(place, int | float) for place in places):
        places.sort()
    means, lows, highs = [], [], []
    for place in places:
        seeds: dict[int, list[float]] = {}
        for row in rows:
            if row[x] == place:
                seeds.setdefault(row["seed"], []).append(float(row[y]))
        values = np.asarray([np.mean(each) for each in seeds.values()])
        spread = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else 0.0
        half = student.ppf(0.975, len(values) - 1) * spread if len(values) > 1 else 0.0
        means.append(float(values.mean()))
        lows.append(float(values.mean() - half))
        highs.append(float(values.mean() + half))
    return Series(name, tuple(places), tuple(means), tuple(lows), tuple(highs), role)


def to_plotly(chart: Chart) -> "plotly.graph_objects.Figure":
    """The chart for the app: hover names every point; colours fit both themes."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for n, each in enumerate(chart.series):
        colour = COLOURS[each.role]
        error = {
            "type": "data", "symmetric": False, "thickness": 1.5, "width": 4, "color": NEUTRAL,
            "array": [high - y for high, y in zip(each.high, each.y, strict=True)],
            "arrayminus": [y - low for low, y in zip(each.low, each.y, strict=True)],
        }  # fmt: skip
        if chart.kind == "bar":
            words = [str(x) for x in each.x]
            pattern = {"shape": "/" if each.role == "control" else "", "solidity": 0.35}
            figure.add_bar(
                x=words, y=each.y, name=each.name, error_y=error, marker={"color": colour, "pattern": pattern}
            )
        else:
            line = {"color": colour, "width": 2.5, "dash": "dot" if each.role == "control" else "solid"}
            marker = {"symbol": SHAPES[n % len(SHAPES)], "size": 8}
            figure.add_scatter(
                x=each.x, y=each.y, name=each.name, error_y=error, line=line, marker=marker, mode="lines+markers"
            )
    if chart.threshold is not None:
        figure.add_hline(
            y=chart.threshold, line_dash="dash", line_width=1, line_color=NEUTRAL, annotation_text="threshold"
        )
    figure.update_layout(
        xaxis_title=chart.x, yaxis_title=chart.y, margin={"l": 10, "r": 10, "t": 10, "b": 10}, height=360,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        barmode="overlay" if _apart(chart) else "group",
    )  # fmt: skip
    if chart.log_x:
        figure.update_xaxes(type="log")
    return figure


def _apart(chart: Chart) -> bool:
    """Whether no word has the bars of two series, so that none need stand beside another."""
    words = [str(x) for each in chart.series for x in each.x]
    return len(words) == len(set(words))


def to_svg(chart: Chart) -> str:
    """The chart for the documentation, as SVG text that is the same from run to run."""
    import io

    import matplotlib
    from matplotlib.figure import Figure

    style: Any = {
        "svg.hashsalt": "claims", "svg.fonttype": "none", "font.size": 10,
        "axes.spines.top": False, "axes.spines.right": False,
    }  # fmt: skip
    with matplotlib.rc_context(style):
        figure = Figure(figsize=(6.4, 3.6), layout="constrained")
        axes = figure.add_subplot()
        beside = 1 if _apart(chart) else len(chart.series)
        wide = 0.8 / beside
        words = list(dict.fromkeys(str(x) for each in chart.series for x in each.x))
        for n, each in enumerate(chart.series):
            colour = COLOURS[each.role]
            errors = np.maximum([np.subtract(each.y, each.low), np.subtract(each.high, each.y)], 0.0)
            if chart.kind == "bar":
                shift = (n % beside - (beside - 1) / 2) * wide
                places = [words.index(str(x)) + shift for x in each.x]
                hatch = "//" if each.role == "control" else None
                axes.bar(
                    places, each.y, wide * 0.92, yerr=errors, label=each.name, color=colour, hatch=hatch,
                    edgecolor="white", capsize=3,
                )  # fmt: skip
            else:
                axes.errorbar(
                    each.x, each.y, yerr=errors, label=each.name, color=colour, marker=MARKS[n % len(MARKS)],
                    linestyle=":" if each.role == "control" else "-", capsize=3,
                )  # fmt: skip
        if chart.kind == "bar":
            axes.set_xticks(range(len(words)), words)
        if chart.threshold is not None:
            axes.axhline(chart.threshold, linestyle="--", linewidth=1, color="#555555")
        if chart.log_x:
            axes.set_xscale("log")
        axes.set_xlabel(chart.x)
        axes.set_ylabel(chart.y)
        figure.legend(loc="outside upper left", ncols=3, frameon=False)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Title": chart.title})
    return text.getvalue()
