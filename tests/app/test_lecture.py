"""Lecture mode without a browser: who is in it, how one gets out, and where its switch stands."""

import pytest

pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")

from streamlit.testing.v1 import AppTest


def page(ends: str):
    import streamlit as st
    from lecture import lecture

    with lecture():
        st.sidebar.selectbox("World", ["a", "b"])
        st.write("the stage")
        if ends == "stops":
            st.stop()
        if ends == "fails":
            raise ValueError("something")


def opened(ends: str = "well", **query: str) -> AppTest:
    at = AppTest.from_function(page, kwargs={"ends": ends})
    at.query_params.update(query)
    return at.run()


def is_bare(at: AppTest) -> bool:
    """Whether the page is told to show the stage alone, and offers the way back."""
    leave = [button for button in at.button if button.label == "Leave lecture mode"]
    styles = [element.proto.body for element in at.get("html")]
    assert len(leave) == sum(".stSidebar" in style for style in styles)
    return bool(leave)


def test_a_visit_begins_with_all_controls():
    at = opened()
    assert not at.exception and not is_bare(at)
    assert [element.label for element in at.sidebar.toggle] == ["Lecture mode"] and not at.sidebar.toggle[0].value


def test_the_switch_turns_it_on_and_the_button_off():
    at = opened()
    at.sidebar.toggle[0].set_value(True).run()
    assert is_bare(at)
    at.button[0].click().run()
    assert not is_bare(at) and not at.sidebar.toggle[0].value


@pytest.mark.parametrize(("said", "on"), [("true", True), ("false", False), ("perhaps", False)])
def test_a_link_opens_it(said, on):
    at = opened(lecture=said)
    assert not at.exception and is_bare(at) == on and at.sidebar.toggle[0].value == on
    assert [toast.value for toast in at.toast] == (
        ["The link says lecture=perhaps, which is unknown here: false is used."] if said == "perhaps" else []
    )
    at.run()
    assert is_bare(at) == on


def test_a_page_that_fails_has_its_switch():
    at = opened("fails", lecture="true")
    assert at.exception and is_bare(at) and at.sidebar.toggle[0].value


def test_a_page_that_stops_has_its_way_back():
    at = opened("stops", lecture="true")
    assert not at.exception and is_bare(at)
    at.button[0].click().run()
    assert not is_bare(at)


def test_the_switch_stands_below_all_else():
    assert [element.type for element in opened().sidebar][-2:] == ["selectbox", "toggle"]
