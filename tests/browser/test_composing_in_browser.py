"""The composer in a real browser: sprites are put into a scene with mouse, finger and keys, and the film follows."""

import re

import pytest

pytest.importorskip("playwright", reason="playwright is not installed: pip install '.[browser]'")

from playwright.sync_api import expect

expect.set_options(timeout=60_000)  # the first look waits for its compilation


@pytest.fixture
def compose(visit, newborn_file):
    """Open the page with a brain that has eyes, and wait for its look at the composed scene."""

    def open_page(words: str = "", *, width: int = 1280):
        page = visit(f"perceive?world=a+file+of+my+own&statements=4&picture=compose{words}", motion="reduce")
        field = page.get_by_role("textbox", name="Path of a brain file")
        field.fill(str(newborn_file))
        field.press("Enter")
        expect(page.get_by_text("Perception · a scene of your own")).to_be_visible()
        field.blur()
        page.set_viewport_size({"width": width, "height": 800})
        return page

    return open_page


def thing(page, name: str):
    return page.locator(".ground").get_by_role("button", name=name, exact=True)


def entry(page, name: str):
    return page.locator(".groups").get_by_role("button", name=re.compile(rf"^(Put )?{name}\b"))


def said(page, words: str):
    """Wait until the address says this of the scene."""
    expect(page).to_have_url(re.compile(re.escape(f"composed={words}".replace(" ", "+").replace(";", "%3B")) + "$"))


def middle(page, name: str) -> tuple[float, float]:
    box = thing(page, name).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def side(page) -> float:
    return page.locator(".ground").bounding_box()["width"]


def test_a_drag_is_heard_only_when_it_ends_and_the_film_is_replaced_in_place(compose):
    page = compose()
    expect(page.locator(".cast")).to_have_text("Sparky and Mary in Town Park")
    expect(page.locator(".region")).to_have_count(3)
    film, picture = page.locator(".player").element_handle(), page.locator("img.picture").get_attribute("src")
    words = page.get_by_role("textbox", name="The scene in words")
    x, y = middle(page, "Mary")
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 11):
        page.mouse.move(x + 0.02 * step * side(page), y - 0.01 * step * side(page))
    page.wait_for_timeout(700)
    expect(words).to_have_value("")  # nobody has heard of it
    assert abs(middle(page, "Mary")[0] - x - 0.2 * side(page)) < 2
    page.mouse.up()
    said(page, "TownPark; Sparky .36 .88 .31 flip; Mary .82 .8 .36")
    expect(words).to_have_value("TownPark; Sparky .36 .88 .31 flip; Mary .82 .8 .36")
    expect(page.locator("img.picture")).not_to_have_attribute("src", picture)
    assert film.evaluate("element => element.isConnected")
    page.go_back()  # the way back through the address undoes it
    expect(words).to_have_value("")
    expect(thing(page, "Mary")).to_have_attribute("style", re.compile("left: 52"))


def test_a_finger_drags_too(compose):
    page = compose(width=390)
    page.locator(".ground").scroll_into_view_if_needed()
    x, y = middle(page, "Sparky")
    device = page.context.new_cdp_session(page)
    for kind, step in (("touchStart", 0), *(("touchMove", n) for n in range(1, 6)), ("touchEnd", None)):
        points = [] if step is None else [{"x": x + 0.04 * step * side(page), "y": y}]
        device.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    said(page, "TownPark; Sparky .56 .88 .31 flip; Mary .62 .9 .36")


def test_everything_can_be_done_with_the_keyboard_alone(compose):
    page = compose("&composed=TownPark%3B+Sparky+.36+.88+.31")
    page.locator(".search").focus()
    page.keyboard.type("horse")
    expect(page.locator(".told")).to_contain_text("1 found; Enter takes Bella.")
    page.keyboard.press("Enter")
    said(page, "TownPark; Sparky .36 .88 .31; Bella .77 .9 .46")
    expect(thing(page, "Bella")).to_be_focused()
    for key in ("ArrowLeft", "Shift+ArrowUp", "-", "-", "f"):
        page.keyboard.press(key)
    said(page, "TownPark; Sparky .36 .88 .31; Bella .76 .85 .42 flip")
    page.keyboard.press("Shift+Tab")
    expect(thing(page, "Sparky")).to_be_focused()
    page.keyboard.press("t")
    said(page, "TownPark; Bella .76 .85 .42 flip; Sparky .36 .88 .31")
    page.keyboard.press("Delete")
    expect(thing(page, "Sparky")).to_have_count(0)
    expect(thing(page, "Bella")).to_be_focused()
    said(page, "TownPark; Bella .76 .85 .42 flip")
    page.keyboard.press("Escape")
    expect(entry(page, "Bella")).to_be_focused()
    page.locator(".search").fill("")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator(".thing")).to_have_count(2)
    page.get_by_role("combobox", name="Place").select_option("Hill Farm")
    expect(page).to_have_url(re.compile("composed=HillFarm"))
    expect(page.get_by_role("group", name=re.compile("^The scene: Bella and .* in Hill Farm$"))).to_be_visible()


def test_a_link_is_shown_words_are_followed_and_six_are_enough(compose):
    page = compose("&composed=Bakery%3B+Rex+.2+.9+.4%3B+Bread+.5+.9+.2")
    expect(page.locator(".cast")).to_have_text("Rex and Bread in Bakery")
    words = page.get_by_role("textbox", name="The scene in words")
    words.fill("Bakery; Rex .2 .9 .4; Chidi .5 .9 .3; Corn .7 .9 .2; Cake .8 .9 .2; Otto .9 .9 .3")
    words.press("Control+Enter")
    expect(page.locator(".cast")).to_have_text("Rex, Chidi, Corn, Cake and Otto in Bakery")
    entry(page, "Mary").click()
    expect(page.locator(".thing")).to_have_count(6)
    entry(page, "Jack").click()
    expect(page.locator(".told")).to_contain_text("A scene holds 6 things")
    expect(page.locator(".thing")).to_have_count(6)
    thing(page, "Otto").focus()
    page.get_by_role("button", name="Remove", exact=True).click()
    entry(page, "Jack").click()
    expect(page.locator(".cast")).to_have_text("Rex, Chidi, Corn, Cake, Mary and Jack in Bakery")
    expect(page).to_have_url(re.compile("Jack"))
    page.get_by_role("button", name="Look again").click()
    expect(page).to_have_url(re.compile("view=1"))
    expect(page.locator(".thing")).to_have_count(6)


def test_it_fits_and_is_readable_in_both_themes(compose, fits, faint):
    page = compose()
    composer = page.locator(".composer")
    thing(page, "Mary").focus()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        fits(page, composer)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            expect(page.locator(".stApp")).to_have_css("color-scheme", theme)
            assert not faint(composer)
    composer.locator("summary").click()
    expect(page.locator(".ground")).to_be_hidden()
    composer.locator("summary").click()
    expect(page.locator(".ground")).to_be_visible()
