"""The app's entry point: what all pages share, and the way between them. Start it with ``tensorbrain app``."""

import streamlit as st

st.set_page_config(page_title="tensorbrain", page_icon=":material/neurology:", layout="wide", initial_sidebar_state=280)

st.navigation(
    [st.Page("views/recall.py", title="Recall", icon=":material/play_circle:", default=True)],
    position="top",
).run()
