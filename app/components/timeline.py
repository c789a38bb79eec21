"""The timeline: a Streamlit component that shows all moments in the order of time, and lets one be chosen."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from streamlit.components.v2 import component

_HERE = Path(__file__).parent


class Heights(NamedTuple):
    """How high the marks are: a probability of every moment, its name, and in words what it means.

    ``most`` is the heading of the few most probable ones, empty where they are not worth a list; ``recency`` is the
    lambda by which recent moments count more, None where it has no part.
    """

    probability: np.ndarray
    name: str
    means: str
    most: str = ""
    recency: float | None = None


def _text(*names: str) -> str:
    return "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names)


_mount = component(
    "tensorbrain_timeline",
    html=_text("timeline.html"),
    css=_text("timeline.css"),
    js=_text("calendar.js", "marks.js", "timeline.js"),
)


def packet(labels: list[str], times: list[str | None], learned: int, chosen: int, heights: Heights) -> bytes:
    """What the timeline shows as one run of bytes: the length of a JSON head, the head, then one float32 a moment.

    >>> rare = Heights(np.array([0.25, 0.75]), "P(t)", "the prior")
    >>> content = packet(["breakfast", "lunch"], [None, None], 2, 1, rare)
    >>> len(content) - 4 - int.from_bytes(content[:4], "little")
    8
    """
    told = {"labels": labels, "times": times, "learned": learned, "chosen": chosen, **heights._asdict()}
    del told["probability"]
    head = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return len(head).to_bytes(4, "little") + head + np.asarray(heights.probability, "<f4").tobytes()


def timeline(
    labels: list[str],
    times: list[str | None],
    learned: int,
    chosen: int,
    heights: Heights,
    *,
    on_choose: Callable[[], None],
    key: str = "timeline",
) -> None:
    """Show moments by label and time stamp, with the ``chosen`` one marked.

    Those after the first ``learned`` were lived in this visit and stand apart. ``on_choose`` is called when a moment is
    clicked or taken with Enter; its row is then ``st.session_state[key].chosen``.
    """
    _mount(data=packet(labels, times, learned, chosen, heights), key=key, on_chosen_change=on_choose)
