"""The app's entry point: what all pages share, and the way between them. Start it with ``tensorbrain app``."""

from pathlib import Path

import streamlit as st

# Files of our own: the icons that Streamlit knows by name would be fetched from the internet by every visitor.
ICON = str(Path(__file__).parent / "icon.svg")

st.set_page_config(page_title="tensorbrain", page_icon=ICON, layout="wide", initial_sidebar_state=280)
st.logo(ICON, size="large")

# Streamlit leaves six empty rem above every page and has no setting for it.
st.html("<style>.stMainBlockContainer { padding: 3.75rem clamp(0.8rem, 2.5vw, 2.5rem) 3rem; }</style>")

st.navigation(
    [
        st.Page("views/recall.py", title="Recall", default=True),
        st.Page("views/perceive.py", title="Perceive"),
    ],
    position="top",
).run()
