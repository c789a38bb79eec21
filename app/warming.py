"""Warming up: while the first visitor reads the tour, the server loads what all other views need, once."""

import logging
import threading

import streamlit as st
from streamlit import runtime

WORLD = "neighbourhood"


@st.cache_resource(show_spinner=False)
def warm_up() -> threading.Thread | None:
    """Begin, in the background of a server, to load the first world and compile its first recall; None elsewhere."""
    if not runtime.exists():
        return None
    thread = threading.Thread(target=_load, name="warming up", daemon=True)
    thread.start()
    return thread


def _load() -> None:
    from questions import prepare  # with it JAX, for which the first page does not wait

    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)
    try:
        prepare(WORLD)
    except Exception:
        logging.getLogger(__name__).warning("the first world could not be loaded: its pages say why")
