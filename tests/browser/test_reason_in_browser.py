"""The page of reasoning in a real browser: the path plays, steps back, is scrubbed, and its link opens the same."""

import re

import pytest

pytest.importorskip("playwright", reason="playwright is not installed: pip install '.[browser]'")

from playwright.sync_api import expect

expect.set_options(timeout=30_000)  # the first path waits for its compilation


def player(page):
    return page.get_by_role("group", name=re.compile("^Player of"))


def sentence(page):
    return player(page).get_by_role("status")


def scrubber(page):
    return page.get_by_role("slider", name="Position in the recall")


def told(page):
    """The path in words above the player."""
    return page.get_by_test_id("stMarkdownContainer").filter(has_text="Sparky").first


def test_a_path_plays_steps_back_and_is_scrubbed(visit):
    page = visit("reason", motion="reduce")
    expect(told(page)).to_contain_text("Mammal", ignore_case=True)
    last = int(scrubber(page).get_attribute("max"))
    page.keyboard.press("Home")
    expect(scrubber(page)).to_have_value("0")
    begins = sentence(page).inner_text()
    page.keyboard.press("ArrowRight")
    expect(sentence(page)).not_to_have_text(begins)
    page.keyboard.press("ArrowLeft")
    expect(sentence(page)).to_have_text(begins)
    scrubber(page).fill(str(last))
    expect(scrubber(page)).to_have_attribute("aria-valuetext", "Statement 3 of 3, object: read")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()


def test_fewer_hops_shorten_the_path_and_the_link_opens_it(visit):
    page = visit("reason", motion="reduce")
    expect(told(page)).to_contain_text("Mammal", ignore_case=True)
    longest = int(scrubber(page).get_attribute("max"))
    page.get_by_role("slider", name="Hops").focus()
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("hops=2"))
    expect(page.get_by_role("combobox", name="Hop 3, along")).to_have_count(0)
    expect(scrubber(page)).not_to_have_attribute("max", str(longest))
    again = visit(page.url.split("/", 3)[3], motion="reduce")
    expect(scrubber(again)).to_have_attribute("max", scrubber(page).get_attribute("max"))
    expect(again.get_by_role("combobox", name="Hop 2, along")).to_have_value("is a kind of")


@pytest.mark.parametrize("theme, width", [("light", 1280), ("dark", 390)])
def test_nothing_stands_out_or_is_faint(visit, fits, faint, theme, width):
    page = visit("reason", theme=theme, width=width, motion="reduce")
    expect(told(page)).to_contain_text("Mammal", ignore_case=True)
    fits(page, player(page))
    assert faint(player(page)) == []
