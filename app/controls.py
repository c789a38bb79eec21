"""Controls that all pages share: the choice of a brain, and how an error is said."""

import streamlit as st
from session import OWN_FILE, PLACES, brain_file, brain_of

from tensorbrain.brain import Brain


def choose_brain() -> Brain:
    """The brain of the chosen world, or of the file whose path is typed."""
    world = st.selectbox("World", PLACES, key="world", bind="query-params")
    own = ""
    if world == OWN_FILE:
        own = st.text_input("Path of a brain file", key="own", placeholder="my.brain.safetensors").strip()
        if not own:
            st.caption("Train one with `tensorbrain train GRAPH -o FILE`, then type its path here.")
            st.stop()
    return brain_of(brain_file(world, own))


def show_error(error: Exception) -> None:
    """The one sentence of an error that the visitor can mend."""
    sentence = str(error)
    st.error(sentence[:1].upper() + sentence[1:])
