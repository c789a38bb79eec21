"""The timeline of the page of episodic memory in a real browser: hand, keyboard, cue, link, themes and widths."""

import re

import pytest

pytest.importorskip("playwright", reason="playwright is not installed: pip install '.[browser]'")

from playwright.sync_api import expect

expect.set_options(timeout=30_000)  # the first recall waits for its compilation

FED = "Wednesday 6 May 2026, 17:38: Mary feeds Sparky"
CUE = "remember?by=cue&subject=Mary&predicate=feeds&object=Sparky"
HEIGHTS = "cells => cells.map(cell => cell.querySelector('u').style.transform).join()"


def timeline(page):
    return page.get_by_role("group", name="Timeline of moments")


def moments(page):
    return page.get_by_role("slider", name="Moment", exact=True)


def told(page):
    """The line over the stage that says which moment is relived."""
    return page.locator(".where")


def says(page, words: str) -> None:
    expect(moments(page)).to_have_attribute("aria-valuetext", re.compile(words))


def heights(page) -> str:
    return timeline(page).locator(".cell").evaluate_all(HEIGHTS)


def choose(page, name: str, value: str) -> None:
    box = page.get_by_role("combobox", name=name)
    box.click()
    box.fill(value)
    page.get_by_role("option", name=value, exact=True).click()


def test_the_keyboard_is_enough_to_relive_another_moment(visit):
    page = visit("remember", motion="reduce")
    says(page, r"a new week begins, P\(t\) 0\.00\d\d, moment 2 of 694, relived below$")
    expect(told(page)).to_contain_text("a new week begins")
    before = timeline(page).element_handle()
    moments(page).focus()
    page.keyboard.press("ArrowRight")
    says(page, "^Monday 20 April 2026, 07:32: .+ moment 3 of 694$")
    page.keyboard.press("PageUp")
    says(page, r"^Tuesday 21 April 2026, \d\d:\d\d: ")
    page.keyboard.press("PageDown")
    says(page, "moment 1 of 694$")
    page.keyboard.press("End")
    says(page, "^Sunday 31 May 2026, .+ moment 694 of 694$")
    page.keyboard.press("Escape")
    says(page, "moment 2 of 694, relived below$")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(told(page)).to_contain_text("Sunday 31 May 2026, 19:52: bedtime story for Leila")
    expect(page).to_have_url(re.compile(r"instant=Sunday\+31\+May"))
    says(page, "moment 694 of 694, relived below$")
    assert before.evaluate("element => element.isConnected")  # nothing was built anew: nothing flickers


def test_a_hand_points_and_chooses(visit):
    page = visit("remember", motion="reduce")
    expect(told(page)).to_contain_text("a new week begins")
    box = moments(page).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    says(page, "May 2026, .+ of 694$")
    shown = timeline(page).locator(".flag").inner_text()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] - 200)
    says(page, "moment 2 of 694, relived below$")  # at rest it is the chosen one again
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    expect(told(page)).to_contain_text(re.sub(r"\s+0\.\d+$", "", shown.strip()))
    near = timeline(page).locator(".cell").nth(3)
    name = near.get_attribute("title")
    near.click()
    expect(told(page)).to_contain_text(name)


def test_heights_follow_the_cue_and_what_comes_to_mind_most_is_relived(visit, pixels):
    page = visit(CUE)
    expect(told(page)).to_contain_text(FED)
    says(page, rf"^{FED}, P\(t \| Mary feeds Sparky\) 0\.\d\d, .+ relived below$")
    best = timeline(page).get_by_role("listitem")
    expect(best).to_have_count(5)
    expect(best.first).to_contain_text(FED)
    best.nth(1).get_by_role("button").click()
    expect(told(page)).to_contain_text("Sunday 3 May 2026, 08:10: breakfast at the Millers")
    marks = pixels(timeline(page).locator("canvas"))
    before = timeline(page).element_handle()
    choose(page, "With whom or what", "Luna")
    says(page, r"P\(t \| Mary feeds Luna\)")
    expect(best.first).not_to_contain_text(FED)
    expect(told(page)).not_to_contain_text("Millers")
    assert pixels(timeline(page).locator("canvas")) != marks
    assert before.evaluate("element => element.isConnected")


def test_heights_glide_where_motion_is_welcome(visit):
    page = visit("remember")
    expect(told(page)).to_contain_text("a new week begins")
    page.evaluate(
        """root => {
          window.seen = new Set();
          const look = () => {
            const cell = root.querySelector('.cell u');
            window.seen.add(cell.style.transform);
            requestAnimationFrame(look);
          };
          look();
        }""",
        timeline(page).element_handle(),
    )
    page.get_by_role("radio", name="likeness").click()
    says(page, r"γ\(aₜ\)")
    page.wait_for_function("() => window.seen.size > 2")  # not only the height before and the one after


def test_recent_moments_come_to_mind_more_easily(visit):
    page = visit("remember?by=cue&recency=-8", motion="reduce")
    says(page, "April 2026, .+ relived below$")
    remote = heights(page)
    slider = page.get_by_role("slider", name="Remote or recent")
    slider.focus()
    page.keyboard.press("End")
    says(page, "May 2026, .+ relived below$")
    expect(page).to_have_url(re.compile("recency=10"))
    assert heights(page) != remote
    expect(timeline(page).locator(".dial .more")).to_have_text("recent")


def test_a_link_opens_the_same(visit):
    page = visit(CUE, motion="reduce")
    says(page, "Mary feeds Sparky")
    timeline(page).get_by_role("listitem").nth(2).get_by_role("button").click()
    expect(page).to_have_url(re.compile("relived="))
    says(page, "^Monday 25 May 2026, .+ relived below$")
    expect(told(page)).to_contain_text("Monday 25 May 2026")
    again = visit(page.url.rpartition("/")[2], motion="reduce")
    says(again, re.escape(moments(page).get_attribute("aria-valuetext") or ""))
    expect(told(again)).to_have_text(told(page).inner_text())


def test_a_finger_points_first_and_chooses_in_the_lens(browser, app):
    with browser.new_context(has_touch=True, viewport={"width": 390, "height": 800}) as context:
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.goto(f"{app}/remember")
        says(page, "relived below$")
        box = moments(page).bounding_box()
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + 20)
        says(page, "May 2026, .+ of 694$")
        near = timeline(page).locator(".cell").nth(1)
        name = near.get_attribute("title")
        near.tap()
        says(page, f"^{re.escape(name)}, .+ relived below$")
        expect(told(page)).to_contain_text(name)


def test_a_brain_without_moments_leads_on_to_what_it_knows(visit):
    page = visit("remember?world=countries", motion="reduce")
    page.get_by_role("link", name="See what a brain knows").click()
    expect(page).to_have_url(re.compile("/know"))
    expect(page.get_by_role("group", name=re.compile("^Player of the recall"))).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_and_is_readable_in_both_themes(visit, width, fits, pixels, faint):
    page = visit(f"{CUE}&recency=2", width=width, motion="reduce")
    says(page, "relived below$")
    fits(page, timeline(page))
    grounds = set()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        expect(page.locator(".stApp")).to_have_css("color-scheme", theme)
        assert not faint(timeline(page))
        page.wait_for_timeout(200)
        grounds.add(pixels(timeline(page).locator("canvas")))
    assert len(grounds) == 2  # the canvas follows the theme too


def test_a_moment_is_consolidated_shown_and_undone(visit):
    page = visit("remember", motion="reduce")
    expect(told(page)).to_contain_text("a new week begins")
    page.get_by_role("button", name="Consolidate this moment").click()
    expect(page.get_by_text("was consolidated. In general")).to_be_visible(timeout=120_000)
    expect(page.get_by_text("In this visit the brain consolidated a moment.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("In this visit the brain consolidated a moment.")).to_have_count(0)
    expect(page.get_by_text("was consolidated. In general")).to_have_count(0)
