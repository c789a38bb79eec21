"""The tour in a real browser: pages complete when their deeds are done, with the mouse and with the keyboard alone."""

import re

import pytest

pytest.importorskip("playwright", reason="playwright is not installed: pip install '.[browser]'")

from playwright.sync_api import expect

PAGES = 12

expect.set_options(timeout=60_000)


def player(page):
    return page.get_by_role("group", name=re.compile("^Player of the")).first


def button(page, name: str):
    return page.get_by_role("button", name=name, exact=True).first


def done(page, number: int):
    return page.get_by_role("radio", name=f"{number} ✓", exact=True)


DEEDS = {
    "complete": lambda page: page.keyboard.press("ArrowDown"),
    "play": lambda page: button(page, "Play").click(),
    "next": lambda page: button(page, "Step forward").click(),
    "back": lambda page: button(page, "Step back").click(),
    "ask": lambda page: page.locator(".bars li:not(.empty) button").nth(1).click(),
    "weigh": lambda page: button(page, "On the blackboard").click(),
    "find": lambda page: page.get_by_role("searchbox", name="Find a concept").fill("m"),
    "scrub": lambda page: page.get_by_role("slider", name=re.compile("^Position in the")).first.fill("5"),
    "statement": lambda page: player(page).locator(".statements button").last.click(),
    "all": lambda page: (player(page).focus(), page.keyboard.press("End")),
}
TASKS = (
    ("complete", "play"), ("next", "back"), ("ask",), ("weigh", "find"), ("scrub",), ("statement",),
    ("all",), ("scrub",), ("next", "ask"), ("complete",), ("statement",),
)  # fmt: skip


def test_the_tour_is_walked_to_its_end(visit):
    page = visit(motion="reduce")
    for number, deeds in enumerate(TASKS, 1):
        expect(page.get_by_role("heading", name=re.compile(f"^{number} · "))).to_be_visible()
        expect(page.locator(f".st-key-tour-{number}-0 .player")).to_be_visible()  # not that of the page before
        expect(page.locator(f".st-key-tour-{number - 1}-0")).to_have_count(0)
        for deed in deeds:
            DEEDS[deed](page)
        expect(done(page, number)).to_be_visible()
        button(page, "Next").click()
    expect(page.get_by_role("heading", name="12 · Your turn")).to_be_visible()
    page.get_by_role("link", name="Know", exact=True).last.click()
    expect(page.get_by_role("heading", name="See what a brain knows")).to_be_visible()


def test_a_page_opens_by_its_link_and_the_tour_is_skipped(visit):
    page = visit("?page=9", motion="reduce")
    expect(page.get_by_role("heading", name="9 · Seeing")).to_be_visible()
    expect(page.get_by_text("Perception · new scene 3")).to_be_visible()
    page.get_by_role("link", name="Skip the tour and explore").click()
    expect(page.get_by_role("heading", name="See what a brain knows")).to_be_visible()


def test_two_films_stand_at_one_step(visit):
    page = visit("?page=8", motion="reduce")
    expect(page.get_by_role("slider", name="Position in the recall")).to_have_count(1)  # one scrubber
    page.get_by_role("slider", name="Position in the recall").fill("8")
    sentences = page.locator(".sentence")
    expect(sentences.first).to_contain_text("the index reads Jack")
    expect(sentences.last).to_contain_text("the index reads Mary")


@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_and_is_readable_in_both_themes(visit, width, fits, faint):
    page = visit("?page=5", width=width, motion="reduce")
    expect(page.locator(".sentence").last).to_contain_text("The statement is complete")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        expect(page.locator(".stApp")).to_have_css("color-scheme", theme)
        for number in (0, 1):
            fits(page, page.locator(".player").nth(number))
            assert not faint(page.locator(".player").nth(number))
