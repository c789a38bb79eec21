"""The neighbourhood of a concept as a picture of nodes and links, and in words."""

from collections import defaultdict
from collections.abc import Iterator
from html import escape
from typing import Any

import networkx
import numpy as np
import plotly.graph_objects as go
from wording import plain

from tensorbrain.graph.adjacency import AdjacencyTensor
from tensorbrain.graph.views import ego_graph, layout
from tensorbrain.graph.vocabulary import CONCEPT_GROUPS, Vocabulary

MOST = (20, 40, 60, 100)
HEIGHT = 560
# Readable on both grounds; the shape says the group too.
MARKS = {"entity": ("circle", "#3b86dd"), "class": ("square", "#d9772b"), "attribute": ("diamond", "#2f9f78")}
PLURAL = {"entity": "entities", "class": "classes", "attribute": "attributes"}
NEAR, FAR = "rgba(128, 136, 150, 0.9)", "rgba(128, 136, 150, 0.22)"  # links of the centre, and the others
RINGS = {  # of a picture that reaches 0, 1 or 2 statements far: the distances at which the concepts of a hop take turns
    0: {},
    1: {1: (0.5, 0.95, 0.73)},
    2: {1: (0.34, 0.5), 2: (0.75, 0.98)},
}
REACH = 1.1
SIZE = {0: 24, 1: 14, 2: 10}  # of a mark, by the statements between it and the centre
WIDE = 520  # pixels that the picture is taken to have when labels are laid: a little less than it mostly has
NARROW = 366  # as on a telephone: there too no label is cut off
LETTER, LINE = 6.6, 15  # pixels of a label


def neighbours(
    tensor: AdjacencyTensor, vocabulary: Vocabulary, centre: int, hops: int, most: int
) -> networkx.MultiDiGraph:
    """The concepts within ``hops`` statements of the centre, with their places around it, in [-1, 1], as ``at``."""
    view = ego_graph(tensor, vocabulary, centre, hops, most)
    for node, place in _around(view, centre).items():
        view.nodes[node]["at"] = place
    return view


def _around(view: networkx.MultiDiGraph, centre: int) -> dict[int, tuple[float, float]]:
    """Rings around the centre: each hop on its own, in the order in which springs would lay its concepts out."""
    places = {centre: (0.0, 0.0)}
    sprung = layout(view)
    angles = {node: np.arctan2(y - sprung[centre][1], x - sprung[centre][0]) for node, (x, y) in sprung.items()}
    for hop, radii in RINGS[max((data["hop"] for _, data in view.nodes(data=True)), default=0)].items():
        ring = [node for node, data in view.nodes(data=True) if data["hop"] == hop]
        ring.sort(key=lambda node: angles[node])
        few = radii if len(ring) > 12 else radii[-1:]
        for number, node in enumerate(ring):
            angle, radius = 2 * np.pi * (number + 0.5) / len(ring), few[number % len(few)]
            places[node] = (float(radius * np.cos(angle)), float(radius * np.sin(angle)))
    return places


def picture(view: networkx.MultiDiGraph) -> go.Figure:
    """Marks and arrows: one kind of mark a group, with the concept's id as ``customdata``."""
    sides = dict(_labelled(view))
    links = [*_links(view, near=False), *_links(view, near=True)]
    figure = go.Figure([*links, *(_marks(view, group, sides) for group in CONCEPT_GROUPS)])
    hidden = {"visible": False, "fixedrange": True}
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 0, "t": 30, "b": 0},
        dragmode=False,
        hovermode="closest",
        xaxis={**hidden, "range": [-REACH, REACH]},
        yaxis={**hidden, "range": [-REACH, REACH]},
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "itemclick": False, "itemdoubleclick": False},
    )
    return figure


def _links(view: networkx.MultiDiGraph, *, near: bool) -> tuple[go.Scatter, go.Scatter]:
    """A line a pair of concepts with an arrow head past its middle, and what the head says on hover.

    Those of the centre are ``near``; the others are fainter.
    """
    said: dict[tuple[int, int], list[str]] = defaultdict(list)
    for s, o, data in view.edges(data=True):
        if s != o and (0 in (view.nodes[s]["hop"], view.nodes[o]["hop"])) == near:
            said[s, o].append(data["label"])
    xs, ys, sizes, words = [], [], [], []
    for (s, o), predicates in said.items():
        (x0, y0), (x1, y1) = view.nodes[s]["at"], view.nodes[o]["at"]
        xs += [x0, 0.4 * x0 + 0.6 * x1, x1, None]
        ys += [y0, 0.4 * y0 + 0.6 * y1, y1, None]
        sizes += [0, 10 if near else 7, 0, 0]
        ends = (view.nodes[s]["label"], view.nodes[o]["label"])
        words.append("<br>".join(escape(f"{ends[0]} {p} {ends[1]}") for p in predicates[:12]))
    colour = NEAR if near else FAR
    lines = go.Scatter(
        x=xs,
        y=ys,
        mode="lines+markers",
        line={"width": 1.4 if near else 0.8, "color": colour},
        marker={"size": sizes, "symbol": "arrow", "angleref": "previous", "color": colour, "opacity": 1},
        hoverinfo="skip",  # the ends of a line lie on the marks and would hide them from the pointer
        unselected={"marker": {"opacity": 1}},
        showlegend=False,
    )
    heads = go.Scatter(
        x=xs[1::4],
        y=ys[1::4],
        mode="markers",
        marker={"size": 12, "opacity": 0},
        hovertext=words,
        hovertemplate="%{hovertext}<extra></extra>",
        unselected={"marker": {"opacity": 0}},
        showlegend=False,
    )
    return lines, heads


def _marks(view: networkx.MultiDiGraph, group: str, sides: dict[int, str]) -> go.Scatter:
    symbol, colour = MARKS[group]
    nodes = [node for node, data in view.nodes(data=True) if data["group"] == group]
    told = [view.nodes[node] for node in nodes]
    hops = ["in the middle", "one statement away", "two statements away"]
    return go.Scatter(
        x=[data["at"][0] for data in told],
        y=[data["at"][1] for data in told],
        mode="markers+text",
        name=PLURAL[group],
        marker={
            "symbol": symbol,
            "color": colour,
            "opacity": 1,
            "size": [SIZE[data["hop"]] for data in told],
            "line": {"width": [3 if data["hop"] == 0 else 0 for data in told], "color": "rgba(128, 136, 150, 0.9)"},
        },
        text=[_cut(data["label"]) if node in sides else "" for node, data in zip(nodes, told, strict=True)],
        textposition=[sides.get(node, "top center") for node in nodes],
        textfont={"size": 12},
        customdata=[[node] for node in nodes],
        hovertext=[
            f"<b>{escape(data['label'])}</b><br>{group}, {hops[data['hop']]}<br>"
            f"{_counted(view.degree(node), 'statement')} here"
            for node, data in zip(nodes, told, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        unselected={"marker": {"opacity": 1}},
        showlegend=bool(nodes),
    )


def _labelled(view: networkx.MultiDiGraph) -> Iterator[tuple[int, str]]:
    """Which concepts have room for their label, and on which side of their mark: the nearest first."""
    order = sorted(view.nodes, key=lambda node: (view.nodes[node]["hop"], -view.degree(node)))
    scale = WIDE / (2 * REACH), HEIGHT / (2 * REACH)
    at = {node: tuple(np.multiply(view.nodes[node]["at"], scale)) for node in order}
    radius = {node: SIZE[view.nodes[node]["hop"]] / 2 for node in order}
    taken = [(x - radius[n], y - radius[n], x + radius[n], y + radius[n]) for n, (x, y) in at.items()]
    for node in order:
        (x, y), r = at[node], radius[node] + 2
        wide = LETTER * len(_cut(view.nodes[node]["label"]))
        boxes = {
            "top center": (x - wide / 2, y + r, x + wide / 2, y + r + LINE),
            "bottom center": (x - wide / 2, y - r - LINE, x + wide / 2, y - r),
            "middle right": (x + r, y - LINE / 2, x + r + wide, y + LINE / 2),
            "middle left": (x - r - wide, y - LINE / 2, x - r, y + LINE / 2),
        }
        for side, box in boxes.items():
            inside = max(-box[0], box[2]) - abs(x) * (1 - NARROW / WIDE) < NARROW / 2
            if inside and not any(_meet(box, other) for other in taken):
                taken.append(box)
                yield node, side
                break


def _meet(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def statements(view: networkx.MultiDiGraph) -> list[dict[str, Any]]:
    """What the picture shows, a row a statement; those of the centre come first, then the most frequent."""
    rows = sorted(
        view.edges(data=True), key=lambda e: (view.nodes[e[0]]["hop"] + view.nodes[e[1]]["hop"], -e[2]["weight"])
    )
    labels = view.nodes
    return [
        {
            "Subject": labels[s]["label"],
            "Predicate": d["label"],
            "Object": labels[o]["label"],
            "Times": int(d["weight"]),
        }
        for s, o, d in rows
    ]


def told(view: networkx.MultiDiGraph, centre: int, most: int) -> str:
    """What the picture shows, in a few sentences of Markdown."""
    name = plain(view.nodes[centre]["label"])
    of_hop = [sum(data["hop"] == hop for _, data in view.nodes(data=True)) for hop in range(3)]
    lines = [f"**{name}**, {_a(view.nodes[centre]['group'])}, stands in the middle."]
    if of_hop[1] == 0:
        return f"{lines[0]} No statement of this kind relates it to anything else."
    lines.append(f"{_counted(of_hop[1], 'concept')} {'is' if of_hop[1] == 1 else 'are'} one statement away")
    lines[-1] += f", {of_hop[2]} two." if of_hop[2] else "."
    if len(view) == most:
        lines.append(f"No more than {most} are drawn: the nearest, and of these the ones with most statements.")
    about: dict[str, int] = defaultdict(int)
    for s, o, data in view.edges(data=True):
        if centre in (s, o):
            about[data["label"]] += int(data["weight"])
    top = sorted(about.items(), key=lambda item: -item[1])[:3]
    lines.append(f"What is said of it most: {', '.join(f'*{plain(p)}* ({n})' for p, n in top)}.")
    return " ".join(lines)


def _cut(label: str, most: int = 22) -> str:
    return escape(label if len(label) <= most else label[: most - 1] + "…")


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _counted(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
