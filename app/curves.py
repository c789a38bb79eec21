"""The curves of a contest: the loss of each model while it is taught, told apart by colour and by dash."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from contest import seconds
from standings import TITLES

AGAINST = {
    "passes": ("pass", "passes through the statements"),
    "seconds": ("seconds", "seconds since its program was compiled"),
}
# Colour and dash of each line: those that are compared are never alike in both.
LINES = {
    "brain": ("#3b86dd", [1, 0]),
    "complex": ("#d9772b", [6, 3]),
    "distmult": ("#2f9f78", [2, 2]),
    "cp": ("#8f5bd0", [8, 2, 2, 2]),
    "rescal": ("#c39a1c", [10, 4]),
    "tucker": ("#c2557f", [4, 2, 1, 2, 1, 2]),
    "nonnegative-tucker": ("#6f7f99", [1, 3]),
    "tcomplex": ("#d9772b", [6, 3]),
    "tntcomplex": ("#2f9f78", [2, 2]),
    "cont": ("#8f5bd0", [8, 2, 2, 2]),
}
POINTS = 120  # of a curve: more cannot be told apart
HEIGHT = 320

News = Mapping[str, Sequence[dict[str, Any]]]


def points(news: News) -> pa.Table:
    """The curves as a table with a row a point; of long ones some points, and always the last.

    Seconds are counted from the first report on: before it, a program was compiled.

    >>> points({"brain": [{"epoch": 0.5, "seconds": 1.0, "loss": 3.0, "done": 0.1}]}).to_pylist()
    [{'model': 'brain', 'pass': 0.5, 'seconds': 0.0, 'loss': 3.0}]
    """
    rows = []
    for name, records in news.items():
        step = -(-len(records) // POINTS)
        for record in [*records[:-1:step], *records[-1:]] if records else []:
            rows.append((TITLES[name], record["epoch"], seconds([records[0], record]), record["loss"]))
    kinds = (pa.string(), pa.float64(), pa.float64(), pa.float64())
    columns = zip(*rows, strict=True) if rows else [()] * 4
    named = zip(("model", "pass", "seconds", "loss"), columns, kinds, strict=True)
    return pa.table({name: pa.array(list(column), kind) for name, column, kind in named})


def drawing(models: Sequence[str], against: str, passes: int) -> dict[str, Any]:
    """How the points are drawn, in Vega-Lite: the same from the first point to the last, so that nothing is built anew.

    >>> drawing(["brain"], "passes", 20)["encoding"]["x"]["scale"]
    {'domain': [0, 20]}
    """
    field, title = AGAINST[against]
    names = [TITLES[name] for name in models]
    legend = {
        "title": None,
        "orient": "top",
        "direction": "horizontal",
        "columns": 2 if len(models) > 3 else 3,
        "symbolStrokeWidth": 3,
    }
    colours = {"domain": names, "range": [LINES[name][0] for name in models]}
    dashes = {"domain": names, "range": [LINES[name][1] for name in models]}
    width = {"domain": [0, passes]} if against == "passes" else {"zero": True}
    return {
        "mark": {"type": "line", "strokeWidth": 2.5, "clip": True},
        "encoding": {
            "x": {"field": field, "type": "quantitative", "title": title, "scale": width},
            "y": {"field": "loss", "type": "quantitative", "title": "loss, nats a statement", "scale": {"zero": True}},
            "color": {"field": "model", "type": "nominal", "scale": colours, "legend": legend},
            "strokeDash": {"field": "model", "type": "nominal", "scale": dashes, "legend": legend},
            "tooltip": [
                {"field": "model", "type": "nominal", "title": "Model"},
                {"field": field, "type": "quantitative", "title": against.capitalize(), "format": ".3~r"},
                {"field": "loss", "type": "quantitative", "title": "Loss", "format": ".3~f"},
            ],
        },
    }


def told(name: str, records: Sequence[dict[str, Any]], state: str) -> str:
    """How far one model is, in a line of words beside the curves; ``state`` is waits, taught, done or left out.

    >>> first = {"epoch": 0.0, "loss": 9.0, "seconds": 2.0, "done": 0.0}
    >>> told("brain", [first, {"epoch": 2.0, "loss": 1.5, "seconds": 5.2, "done": 0.5}], "taught")
    '**brain** · pass 2, loss 1.50, about 3 s left'
    >>> told("cp", [], "waits")
    '**CP** · waits'
    """
    title = f"**{TITLES[name]}**"
    if not records:
        return f"{title} · {'its program is compiled' if state == 'taught' else state}"
    last = records[-1]
    if state == "left out":
        return f"{title} · stopped in pass {last['epoch']:.3g}, and left out"
    if state == "done":
        return f"{title} · done in {seconds(records):.1f} s, loss {records[0]['loss']:.2f} → {last['loss']:.2f}"
    if last["done"] >= 1:
        return f"{title} · taught, and now it is asked ..."
    left = seconds(records) * (1 - last["done"]) / max(last["done"] - records[0]["done"], 1e-6)
    return f"{title} · pass {last['epoch']:.3g}, loss {last['loss']:.2f}, about {max(1, round(left))} s left"
