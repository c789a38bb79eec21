"""Lecture mode: the stage alone, as large as the screen allows, for whoever projects it before a class."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from address import OneOf, settle

KEY = "lecture"
# A player's place in a page, or a part of the page with one in it. The other components are controls.
CONTROLS = ".st-key-composer, .st-key-timeline"
PLACE = f".stElementContainer:not({CONTROLS})"
STAGE = f":is({PLACE}:has(> .stBidiComponent), :has({PLACE} > .stBidiComponent))"

# Rem that the player needs with its transport: the letters are as large as lets it fit on any screen.
HEIGHT, WIDTH = 38.5, 66

STYLE = f"""<style>
html {{ font-size: clamp(15px, min(100vh / {HEIGHT}, 100vw / {WIDTH}), 40px) !important; --projected: true; }}
.stSidebar, .stAppHeader, [data-testid="stExpandSidebarButton"] {{ display: none !important; }}
.stMainBlockContainer {{ padding: 0.5rem 1.25rem !important; }}
.stMainBlockContainer > .stVerticalBlock {{ gap: 0.25rem; }}
.stMainBlockContainer{STAGE} :is(h1, {CONTROLS}) {{ display: none; }}
.stMainBlockContainer {STAGE} ~ *:not({STAGE}) {{ display: none; }}
.st-key-leave-lecture {{ position: fixed; top: 0.2rem; right: 1rem; z-index: 10; width: auto !important; }}
.st-key-leave-lecture button {{ min-height: 0; padding: 0.2rem 0.4rem; }}
.st-key-leave-lecture p {{ font-size: 0.8rem; }}
</style>"""


@contextmanager
def lecture() -> Iterator[None]:
    """Around a page: in lecture mode the page is the stage alone; in the sidebar, below all else, the switch."""
    if is_on():
        st.html(STYLE)
        with st.container(key="leave-lecture"):
            st.button("Leave lecture mode", type="tertiary", icon=":material/close_fullscreen:", on_click=leave)
    try:
        yield
    finally:
        settle(KEY, OneOf(("true", "false")), "false")
        st.sidebar.toggle(
            "Lecture mode",
            key=KEY,
            bind="query-params",
            help="The stage alone, in large type, to be projected.",
        )


def is_on() -> bool:
    """Whether this visit is in lecture mode; before the switch is made for the first time, its link says so."""
    return bool(st.session_state.get(KEY, st.query_params.get(KEY) == "true"))


def leave() -> None:
    """Back to the page with all its controls."""
    st.session_state[KEY] = False
