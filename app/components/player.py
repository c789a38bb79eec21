"""The player: a Streamlit component that shows a recorded run, played in the browser without asking the server."""

import json
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from streamlit.components.v2 import component

_HERE = Path(__file__).parent
ACTS = ("cue", "clamp", "lesion", "mute")


def _text(*names: str) -> str:
    return "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names)


_mount = component(
    "tensorbrain_player",
    html=_text("player.html"),
    css=_text("player.css", "senses.css", "linked.css"),
    js=_text(
        *("packet.js", "film.js", "writing.js", "clock.js", "rooms.js", "layers.js", "senses.js", "why.js"),
        *("drawing.js", "graph.js", "map.js", "course.js", "steps.js", "snapshot.js", "transport.js", "player.js"),
    ),
)


def player(
    film: bytes,
    *,
    key: str = "player",
    acts: Collection[str] = (),
    on_act: Callable[[], None] | None = None,
    watch: Collection[str] = (),
    task: str = "",
    group: str = "",
    follows: bool = False,
    still: bool = False,
    stay: bool = False,
    glossary: dict[str, str] | None = None,
) -> Any:
    """Show a film made by ``film.packet``; with the same ``key`` a new film replaces the old one in place.

    ``acts`` are what may be done to a concept (of ``ACTS``): ``on_act`` is called, and ``act`` of the result says what
    was done to which. ``watch`` are deeds of the visitor that the page waits for, such as play or ask: ``done`` of the
    result says which were done for this ``task``. Players of one ``group`` stand at the same step: one leads, the
    others ``follow`` and have no transport. ``still``: it does not play by itself; ``stay``: a new film opens at the
    step at which the old one stood. ``glossary`` says what the words on the stage mean.
    """
    options = {
        "acts": list(acts),
        "watch": list(watch),
        "task": task,
        "group": group,
        "follows": follows,
        "still": still,
        "stay": stay,
        "glossary": glossary or {},
    }
    head = json.dumps(options, ensure_ascii=False).encode()
    return _mount(
        data=len(head).to_bytes(4, "little") + head + film,
        key=key,
        on_act_change=on_act or (lambda: None),
        on_done_change=lambda: None,
    )
