"""Examples: a gallery of states that open at once."""

import base64
from html import escape

import streamlit as st
from showcase import EXAMPLES, Example

COLUMNS = 3


def main() -> None:
    """The page, from top to bottom."""
    st.title("Examples", anchor=False)
    st.markdown("Each opens at once. What you change there stands in the address, as everything does.")
    theme = "dark" if st.context.theme.type == "dark" else "light"
    for start in range(0, len(EXAMPLES), COLUMNS):
        for column, example in zip(st.columns(COLUMNS, gap="medium"), EXAMPLES[start : start + COLUMNS], strict=False):
            with column.container(border=True):
                show(example, theme)


def show(example: Example, theme: str) -> None:
    """One example: its picture, its title as the link, and a sentence."""
    content = base64.b64encode(example.thumbnail(theme).read_bytes()).decode()
    words = escape(f"The stage of the example {example.title}")
    st.html(
        f'<img src="data:image/webp;base64,{content}" alt="{words}" '
        'style="display: block; width: 100%; aspect-ratio: 16 / 10; object-fit: cover; object-position: top; '
        'border-radius: 6px;">'
    )
    st.page_link(f"views/{example.view}.py", label=f"**{example.title}**", query_params=example.query)
    st.caption(example.words)


main()
