"""The examples: each has its pictures, and its link opens the view without a complaint."""

import pytest

pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")

from PIL import Image
from showcase import EXAMPLES
from streamlit.testing.v1 import AppTest


def test_names_and_links_are_told_apart():
    assert len({example.name for example in EXAMPLES}) == len(EXAMPLES)
    assert len({(example.view, tuple(example.query.items())) for example in EXAMPLES}) == len(EXAMPLES)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_example_has_its_picture(theme):
    for example in EXAMPLES:
        image = Image.open(example.thumbnail(theme))
        assert image.size == (480, 300)


def test_the_gallery_links_to_all(script):
    at = AppTest.from_file(script, default_timeout=60).switch_page("views/examples.py").run()
    assert not at.exception
    assert len(at.get("page_link")) == len(EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_an_example_opens_what_it_says(script, example):
    at = AppTest.from_file(script, default_timeout=120)
    at.query_params.update(example.query)
    at.switch_page(f"views/{example.view}.py").run()
    assert not at.exception and not at.error and not at.toast
    assert any("probability" in frame.value.columns or "left" in frame.value.columns for frame in at.dataframe)
