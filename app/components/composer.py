"""The composer: a Streamlit component in which sprites are put into a scene, without asking the server meanwhile."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from streamlit.components.v2 import component

from tensorbrain.datasets.composing import LONGEST, SHORTEST, Placement

MOST = 6
"""How many things a scene may hold: as many as the scenes of which brains are taught."""

_HERE = Path(__file__).parent


def _text(*names: str) -> str:
    return "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names)


_mount = component(
    "tensorbrain_composer",
    html=_text("composer.html"),
    css=_text("composer.css"),
    js=_text("packet.js", "writing.js", "wardrobe.js", "figures.js", "composer.js"),
)


class Sprite(NamedTuple):
    """Somebody or something that can be put into a scene: ``length`` is its natural one, as a share of the picture, the
    ``size`` that of its image, which is ``pixels`` long.
    """

    name: str
    label: str
    kind: str
    group: str
    length: float
    pixels: int
    size: tuple[int, int]
    content: bytes


class Backdrop(NamedTuple):
    """A place without anybody in it."""

    name: str
    label: str
    content: bytes


class Opening(NamedTuple):
    """The scene with which the composer opens; only one with another number replaces what stands there."""

    number: int
    place: str
    placements: Sequence[Placement]


def packet(sprites: Sequence[Sprite], places: Sequence[Backdrop], opening: Opening) -> bytes:
    """All that travels to the browser: the length of a JSON head, the head, then the images, one behind the other.

    As long as the opening stays, the bytes stay the same, so that Streamlit sends them to a browser only once.
    """
    head: dict[str, Any] = {
        "most": MOST,
        "lengths": [SHORTEST, LONGEST],
        "opening": opening._replace(placements=[one._asdict() for one in opening.placements])._asdict(),
        "sprites": [{**one._asdict(), "content": len(one.content)} for one in sprites],
        "places": [{**one._asdict(), "content": len(one.content)} for one in places],
    }
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    images = b"".join(one.content for one in (*sprites, *places))
    return len(text).to_bytes(4, "little") + text + images


def composer(content: bytes, *, on_change: Callable[[], None], key: str = "composer") -> None:
    """Show the composer; what is composed lies in ``st.session_state[key]["scene"]``, as the browser says it."""
    _mount(data=content, key=key, on_scene_change=on_change)
