"""The page that compares two recalls, without a browser."""

import doctest

import pytest

pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")

import comparing
from streamlit.testing.v1 import AppTest


@pytest.fixture
def page(script):
    def opened(**query: str) -> AppTest:
        at = AppTest.from_file(script, default_timeout=90)
        at.query_params.update(query)
        return at.switch_page("views/compare.py").run()

    return opened


def sides(at) -> dict[tuple[str, str, str], tuple[float, float]]:
    table = at.dataframe[0].value
    return {tuple(row[:3]): tuple(row[3:]) for row in table.to_numpy().tolist()}


def test_docs_are_true():
    assert doctest.testmod(comparing).failed == 0


def test_the_first_view_compares_with_and_without_feedback(page):
    at = page()
    assert not at.exception and not at.error
    assert at.sidebar.slider(key="right_beta").value == 0.0 and at.sidebar.slider(key="left_beta").value == 1.0
    rows = sides(at)
    assert rows and any(left != right for left, right in rows.values())
    assert "statements" in at.markdown[0].value and "recalled on both sides" in at.markdown[0].value


def test_equal_sides_say_the_same(page):
    rows = sides(page(right_beta="1.0"))
    assert all(left == right for left, right in rows.values())


def test_a_comparison_opens_at_once_and_resets_the_last(page):
    at = page()
    next(button for button in at.button if button.label == "two seeds").click().run()
    assert not at.exception and at.sidebar.slider(key="right_beta").value == 1.0
    assert at.sidebar.number_input(key="right_seed").value == 1
    assert any(
        left != left or right != right for left, right in sides(at).values()
    )  # one side said what the other did not


def test_a_world_that_lacks_the_cue_is_one_sentence(page):
    at = page(right_world="countries")
    assert not at.exception and len(at.error) == 1
    assert "Sparky" in at.error[0].value and "\n" not in at.error[0].value


def test_two_moments_are_compared_by_their_address(page):
    at = page(instant="Sunday 3 May 2026, 08:10: breakfast at the Millers", right_temperature="3.0")
    assert not at.exception and not at.toast
    assert any(left != right for left, right in sides(at).values())
