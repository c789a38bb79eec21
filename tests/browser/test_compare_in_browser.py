"""Two recalls on one scrubber, in a real browser."""

import re

import pytest

pytest.importorskip("playwright", reason="playwright is not installed: pip install '.[browser]'")

from playwright.sync_api import expect

expect.set_options(timeout=60_000)


def scrubber(page):
    return page.get_by_role("slider", name="Position in the recall")


def test_one_scrubber_leads_both_sides_and_the_link_keeps_them(visit):
    page = visit("compare", motion="reduce")
    left, right = page.locator(".sentence").first, page.locator(".sentence").last
    expect(left).to_contain_text("The statement is complete")
    expect(scrubber(page)).to_have_count(1)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    for sentence in (left, right):
        expect(sentence).to_contain_text("Evolve")
    page.get_by_role("button", name="cool and hot").click()
    expect(page).to_have_url(re.compile("right_temperature=2"))
    again = visit(page.url.rpartition("/")[2], motion="reduce")
    expect(again.locator(".sentence").first).to_contain_text("The statement is complete")
    told = page.get_by_role("article", name="Statements")
    told.first.get_by_role("button").first.click()  # to the end of the first statement, as a fresh page stands there
    for side in (0, 1):
        expect(again.get_by_role("article", name="Statements").nth(side)).to_contain_text(
            told.nth(side).get_by_role("button").first.inner_text().split("\n")[1]
        )


@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_and_is_readable_in_both_themes(visit, width, fits, faint):
    page = visit("compare", width=width, motion="reduce")
    expect(page.locator(".sentence").last).to_contain_text("The statement is complete")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        expect(page.locator(".stApp")).to_have_css("color-scheme", theme)
        for side in (0, 1):
            fits(page, page.locator(".player").nth(side))
            assert not faint(page.locator(".player").nth(side))
