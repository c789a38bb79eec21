"""The app's entry point: what all pages share, and the way between them. Start it with ``tensorbrain app``."""

from pathlib import Path

import streamlit as st
from lecture import lecture
from warming import warm_up

# Files of our own: the icons that Streamlit knows by name would be fetched from the internet by every visitor.
ICON = str(Path(__file__).parent / "icon.svg")

st.set_page_config(page_title="tensorbrain", page_icon=ICON, layout="wide", initial_sidebar_state=280)
st.logo(ICON, size="large")

# Streamlit leaves six empty rem above every page, its captions are too pale to be read by everybody, and so is white on
# the light blue that buttons have in the dark theme.
STYLE = """<style>
.stMainBlockContainer { padding: 3.75rem clamp(0.8rem, 2.5vw, 2.5rem) 3rem; }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] * { color: inherit; }
[data-testid="stCaptionContainer"] { opacity: 0.82; }
[data-testid="stBaseButton-primary"]:not(:disabled) { color: light-dark(#ffffff, #14171d); }
</style>"""
st.html(STYLE)

PAGES = ("tour", "examples", "perceive", "remember", "know", "reason", "graph", "claims", "compare")
page = st.navigation(
    [st.Page(f"views/{name}.py", title=name.capitalize(), default=name == "tour") for name in PAGES], position="top"
)
with lecture():
    page.run()
warm_up()
