"""What a trace looks like outside the library: an xarray Dataset to compute with, a plotly figure to look at."""

import html
import importlib
import json
import textwrap
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from tensorbrain.errors import SettingsError
from tensorbrain.trace import Statement, Trace

if TYPE_CHECKING:
    import plotly.graph_objects
    import xarray

SLOTS = ("subject", "predicate", "object")
ROWS, BARS = 3, 6  # statements and candidates in a figure
LETTERS, TITLE = 24, 84  # letters in a line of a label and of the title
# Both stand out from a white and from a near-black page; all other colours are the page's own template.
CHOSEN, OTHER = "#3b86dd", "#868d98"


def trace_dataset(trace: Trace) -> "xarray.Dataset":
    """The recorded arrays of a trace with named axes, and labels as coordinates.

    Dimensions: statement, window, top, slot and, where states were recorded, dim and context; a label "" stands
    where nothing was chosen. The attributes say how the run was made (``memory`` is the trace's mode); ``cue`` and
    ``settings`` are JSON text, so that the Dataset can be written to a file. SettingsError without xarray.

    >>> import tensorbrain as tb
    >>> data = trace_dataset(tb.recall(tb.load_brain("countries"), subject="Kenya", predicate="capital", statements=2))
    >>> data.label.sel(slot="object").values[0].item(), data.sizes["window"]
    ('Nairobi', 4)
    """
    xarray = _library("xarray", "trace", "to turn a trace into a Dataset")
    sw = ("statement", "window")
    recorded = {
        "ids": (("statement", "slot"), trace.ids),
        "probability": (("statement",), trace.probability, {"long_name": "P(statement | cue)"}),
        "instant": (("statement",), trace.instant),
        "chosen": (sw, trace.chosen),
        "chosen_probability": (sw, trace.chosen_probability),
        "entropy": (sw, trace.entropy, {"units": "nat"}),
        "feedback": (sw, trace.feedback, {"long_name": "|beta a_k| / |q|"}),
        "top_ids": ((*sw, "top"), trace.top_ids),
        "top_probability": ((*sw, "top"), trace.top_probability),
    }
    for name, axis in (("q_before", "dim"), ("q_after", "dim"), ("h", "context")):
        if (array := getattr(trace, name)) is not None:
            recorded[name] = ((*sw, axis), array)
    labels = {
        "label": (("statement", "slot"), _labels(trace, trace.ids, SLOTS)),
        "instant_label": (("statement",), _labels(trace, trace.instant[:, None], ("instant",))[:, 0]),
        "chosen_label": (sw, _labels(trace, trace.chosen, trace.slots)),
        "top_label": ((*sw, "top"), _labels(trace, trace.top_ids, trace.slots)),
    }
    axes = {"statement": np.arange(len(trace)), "window": list(trace.slots), "slot": list(SLOTS)}
    how = {"memory": trace.mode}  # SciPy's writer of NetCDF stumbles over an attribute `mode`
    how |= {name: getattr(trace, name) for name in ("order", "selection", "a_bar", "seed")}
    how |= {"exact": int(trace.exact), "notes": "\n".join(trace.notes)}
    how |= {name: json.dumps(getattr(trace, name), ensure_ascii=False) for name in ("cue", "settings")}
    return xarray.Dataset(recorded, coords={**axes, **labels}, attrs=how)


def trace_figure(trace: Trace, *, statements: int = ROWS) -> "plotly.graph_objects.Figure":
    """The candidates of each window of the first ``statements`` statements as bars, in decode order.

    A row of panels is a statement, a panel a window. What was chosen is drawn in blue under a bold label, also
    where it is not among the most probable; the title says in words what was asked and what came first.
    SettingsError without plotly or for fewer than one statement.

    >>> import tensorbrain as tb
    >>> figure = trace_figure(tb.recall(tb.load_brain("countries"), subject="Kenya", predicate="capital", statements=1))
    >>> figure.layout.title.text
    'Semantic memory, given subject Kenya, predicate capital: “Kenya capital Nairobi”<br>comes first (probability ...).'
    """
    if statements < 1:
        raise SettingsError(f"a figure of {statements} statements is empty: draw at least 1.")
    _library("plotly", "plot", "to draw a trace")
    from plotly.subplots import make_subplots

    # Semantic recall starts from a-bar and chooses no instant: that window would say nothing.
    windows = [w for w in range(len(trace.slots)) if w > 0 or (trace.instant >= 0).any()]
    rows = max(1, min(statements, len(trace)))
    figure = make_subplots(
        rows, len(windows), horizontal_spacing=0.62 / (len(windows) + 1), vertical_spacing=0.34 / rows
    )
    for n in range(min(rows, len(trace))):
        for column, w in enumerate(windows):
            _draw_window(figure, trace, n, w, row=n + 1, column=column + 1)
            told = " (told)" if trace.slots[w] in trace.cue else ""
            _write_above(figure, trace.slots[w] + told, n * len(windows) + column, lift=4)
        s = trace.statements[n]
        _write_above(figure, f"<b>{n + 1}. {_said(s)} ({s.probability:.2f})</b>", n * len(windows), lift=22)
    words = "<br>".join(textwrap.wrap(_title(trace), TITLE))
    explained = "One row a statement, one panel a window, in the order of decoding; each panel has its own scale."
    figure.update_layout(
        title={"text": words, "subtitle_text": explained, "font_size": 15},
        title_x=0.01,
        title_y=1,
        title_yanchor="top",
        title_pad_t=18,
        height=165 + 235 * rows,
        margin={"l": 150, "r": 30, "t": 145, "b": 60},
        bargap=0.25,
        legend={"orientation": "h", "yref": "container", "y": 0.01, "yanchor": "bottom", "x": 0},
        plot_bgcolor="rgba(0,0,0,0)",
    )
    figure.update_xaxes(visible=False, rangemode="tozero")
    # The ticks are there for the gap that they make between a label and its bar.
    figure.update_yaxes(autorange="reversed", showgrid=False, zeroline=False)
    figure.update_yaxes(ticks="outside", tickcolor="rgba(0,0,0,0)")
    return figure


def _draw_window(figure: Any, trace: Trace, n: int, w: int, *, row: int, column: int) -> None:
    """One panel: the bars of one window, the chosen one added where it is not among the best."""
    slot, chosen = trace.slots[w], int(trace.chosen[n, w])
    bars = [(int(k), float(p)) for k, p in zip(trace.top_ids[n, w], trace.top_probability[n, w], strict=True) if k >= 0]
    bars = bars[:BARS]
    if chosen >= 0 and chosen not in {k for k, _ in bars}:
        bars = [*bars[: BARS - 1], (chosen, float(trace.chosen_probability[n, w]))]
    for is_chosen, name, colour in ((True, "chosen", CHOSEN), (False, "other candidates", OTHER)):
        kept = [(place, k, p) for place, (k, p) in enumerate(bars) if (k == chosen) is is_chosen]
        figure.add_bar(
            x=[p for _, _, p in kept],
            y=[place for place, _, _ in kept],
            text=[f"{p:.3f}" if p >= 0.0005 else "<0.001" for _, _, p in kept],
            customdata=[html.escape(trace.label(slot, k)) for _, k, _ in kept],
            hovertemplate="%{customdata}<br>probability %{x:.4f}<extra></extra>",
            orientation="h",
            textposition="outside",
            cliponaxis=False,
            marker_color=colour,
            name=name,
            legendgroup=name,
            showlegend=row == 1 and column == 1,
            row=row,
            col=column,
        )
    words = [_in_lines(trace.label(slot, k)) for k, _ in bars]
    words = [f"<b>{word}</b>" if k == chosen else word for word, (k, _) in zip(words, bars, strict=True)]
    ticks = {"tickvals": list(range(len(bars))), "ticktext": words}
    small = 10 if any("<br>" in word for word in words) else None  # two lines in the room of one
    figure.update_yaxes(**ticks, tickfont_size=small, row=row, col=column)
    most = max((p for _, p in bars), default=1.0)
    figure.update_xaxes(range=[0, 1.5 * most], row=row, col=column)  # room for the figure at the end of a bar


def _write_above(figure: Any, words: str, panel: int, *, lift: int) -> None:
    """Words at the left, ``lift`` pixels above the given panel."""
    axis = "" if panel == 0 else str(panel + 1)
    figure.add_annotation(
        text=words, xref=f"x{axis} domain", yref=f"y{axis} domain", x=0, y=1, xanchor="left", yanchor="bottom",
        yshift=lift, showarrow=False,
    )  # fmt: skip


def _title(trace: Trace) -> str:
    """What was asked and what came first, in a sentence."""
    told = ", ".join(f"{slot} {_short(label)}" for slot, label in trace.cue.items()) or "nothing"
    asked = f"{trace.mode.capitalize()} memory, given {told}"
    if not len(trace):
        return f"{asked}: no statement was recalled."
    first = trace.statements[0]
    return f"{asked}: “{_said(first)}” comes first (probability {first.probability:.2f})."


def _said(statement: Statement) -> str:
    return " ".join(_short(label) for label in statement[:3])


def _labels(trace: Trace, ids: np.ndarray, slots: tuple[str, ...]) -> np.ndarray:
    """The labels of ids whose second axis runs over ``slots``, in an array of the same shape."""
    words = np.empty(ids.shape, object)
    for place in np.ndindex(*ids.shape):
        words[place] = trace.label(slots[place[1]], int(ids[place]))
    return words.astype(str)


def _short(label: str, most: int = 60) -> str:
    """A label that fits, in which plotly finds no markup."""
    return html.escape(label if len(label) <= most else label[: most - 1] + "…", quote=False)


def _in_lines(label: str) -> str:
    """A label in one line, or a long one in two."""
    lines = textwrap.wrap(label, LETTERS, max_lines=2, placeholder="…") or [""]
    return "<br>".join(_short(line) for line in lines)


def _library(name: str, extra: str, purpose: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise SettingsError(
            f"{name} is not installed and is needed {purpose}: pip install 'tensorbrain[{extra}]'."
        ) from error
