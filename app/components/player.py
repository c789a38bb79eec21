"""The player: a Streamlit component that shows a recorded run, played in the browser without asking the server."""

from pathlib import Path

from streamlit.components.v2 import component

_HERE = Path(__file__).parent


def _text(*names: str) -> str:
    return "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names)


_mount = component(
    "tensorbrain_player",
    html=_text("player.html"),
    css=_text("player.css", "senses.css"),
    js=_text("layers.js", "senses.js", "player.js"),
)


def player(film: bytes, *, key: str = "player") -> None:
    """Show a film made by ``film.packet``; with the same ``key`` a new film replaces the old one in place."""
    _mount(data=film, key=key)
