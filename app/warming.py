"""Warming up: while the first visitor reads the tour, the server loads what all other views need, once."""

import gc
import logging
import threading

import streamlit as st
from streamlit import runtime

WORLD = "neighbourhood"


@st.cache_resource(show_spinner=False)
def warm_up() -> threading.Thread | None:
    """Begin, in a server's background, to load the first world, its first recall and the claims; None elsewhere."""
    if not runtime.exists():
        return None
    thread = threading.Thread(target=_load, name="warming up", daemon=True)
    thread.start()
    return thread


def _load() -> None:
    from questions import prepare  # with it JAX, for which the first page does not wait
    from scoreboard import board

    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)
    try:
        prepare(WORLD)
        board()
        gc.collect()
        gc.freeze()  # no later collection looks at JAX and the brain again, a third of a second in which all would wait
    except Exception:
        logging.getLogger(__name__).warning("the first world or the claims could not be loaded: their pages say why")
