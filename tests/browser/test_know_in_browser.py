"""The recall page in a real browser: it plays, steps, scrubs, follows the cue, and is readable everywhere."""

import re

import pytest

pytest.importorskip("playwright", reason="playwright is not installed: pip install '.[browser]'")

from playwright.sync_api import expect

STEPS = 9  # of one statement: it opens, then three windows of three steps, the last without write back


expect.set_options(timeout=30_000)  # the first recall waits for its compilation


def player(page):
    return page.get_by_role("group", name=re.compile("^Player of the recall"))


def sentence(page):
    return player(page).get_by_role("status")


def button(page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def scrubber(page):
    return page.get_by_role("slider", name="Position in the recall")


def combobox(page, name: str):
    return page.get_by_role("combobox", name=name)


def choose(page, name: str, value: str) -> None:
    combobox(page, name).click()
    combobox(page, name).fill(value)
    page.get_by_role("option", name=value, exact=True).click()


def test_a_memory_happens_at_once_and_without_a_click(visit, tmp_path):
    page = visit()
    expect(sentence(page)).to_contain_text("opens")
    expect(button(page, "Pause")).to_be_visible()
    page.get_by_role("combobox", name="Speed").select_option("4")
    expect(sentence(page)).to_contain_text("The statement is complete")
    expect(button(page, "Play")).to_be_visible()  # one statement is told, then it rests
    expect(scrubber(page)).to_have_value(str(STEPS - 1))
    told = page.get_by_role("article", name="Statements").get_by_role("button").first
    expect(told).to_have_text(re.compile(r"^1Sparky .+0\.\d\d$"))
    for layer in ("Sensory buffer", "Blackboard", "Concept index", "Working memory"):
        expect(page.get_by_role("article", name=layer)).to_be_visible()
    assert page.screenshot(path=tmp_path / "recall.png")


def test_it_stops_steps_and_scrubs(visit):
    page = visit(motion="reduce")
    expect(scrubber(page)).to_have_value(str(STEPS - 1))  # where motion is unwelcome, nothing plays by itself
    expect(button(page, "Play")).to_be_visible()
    button(page, "Back to the start").click()
    expect(sentence(page)).to_contain_text("Semantic memory opens")
    button(page, "Step forward").click()
    button(page, "Step forward").click()
    expect(sentence(page)).to_contain_text("Window S: the subject Sparky is given")
    index = page.get_by_role("article", name="Concept index")
    expect(index.get_by_role("listitem").filter(has_text="given")).to_contain_text("◆Sparky")
    button(page, "Step back").click()
    expect(sentence(page)).to_contain_text("Evolve")
    scrubber(page).fill(str(2 * STEPS - 1))
    expect(sentence(page)).to_contain_text("Window O")
    expect(scrubber(page)).to_have_attribute("aria-valuetext", "Statement 2 of 8, object: read")
    page.get_by_role("article", name="Statements").get_by_role("button").first.click()
    expect(scrubber(page)).to_have_value(str(STEPS - 1))
    button(page, "Play").click()
    expect(button(page, "Pause")).to_be_visible()
    expect(scrubber(page)).to_have_value(str(STEPS))


def test_the_keyboard_is_enough(visit):
    page = visit(motion="reduce")
    expect(scrubber(page)).to_have_value(str(STEPS - 1))
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(scrubber(page)).to_have_value("1")
    page.keyboard.press("ArrowLeft")
    expect(scrubber(page)).to_have_value("0")
    page.keyboard.press("Space")
    expect(button(page, "Pause")).to_be_visible()
    page.keyboard.press("Space")
    expect(button(page, "Play")).to_be_visible()
    button(page, "Step forward").focus()
    position = int(scrubber(page).input_value())
    page.keyboard.press("Space")  # on a button it presses the button
    expect(scrubber(page)).to_have_value(str(position + 1))
    page.keyboard.press("ArrowRight")
    expect(scrubber(page)).to_have_value(str(position + 2))


def test_the_layers_move_with_the_steps(visit, pixels):
    page = visit(motion="reduce")
    expect(scrubber(page)).to_have_value(str(STEPS - 1))

    def board() -> str:
        return pixels(page.get_by_role("img", name=re.compile("^The blackboard's 384 units")))

    def lit() -> set[str]:
        return set(page.locator("[data-flow].lit").evaluate_all("flows => flows.map(flow => flow.dataset.flow)"))

    seen = {}
    page.keyboard.press("Home")
    for name, flows in (("open", set()), ("evolve", {"evolve"}), ("read", {"read"}), ("write", {"write"})):
        assert lit() == flows
        seen[name] = board()
        page.keyboard.press("ArrowRight")
    assert seen["open"] != seen["evolve"] == seen["read"] != seen["write"]


def test_a_new_cue_is_recalled_in_place_and_its_link_opens_the_same(visit):
    page = visit(motion="reduce")
    expect(scrubber(page)).to_have_value(str(STEPS - 1))
    before = player(page).element_handle()
    choose(page, "Subject", "Luna")
    expect(sentence(page)).to_contain_text("given Luna")
    choose(page, "Predicate", "is a")
    expect(sentence(page)).to_contain_text("Window O: given Luna, is a, the index reads dog")
    assert before.evaluate("element => element.isConnected")  # replaced in place: nothing flickers
    expect(page).to_have_url(re.compile("subject=Luna"))
    again = visit(page.url.rpartition("/")[2], motion="reduce")
    expect(sentence(again)).to_have_text(sentence(page).inner_text())


def test_episodic_memory_opens_with_its_moment(visit):
    page = visit("?mode=episodic&subject=(any)", motion="reduce")
    expect(page.get_by_text("Episodic recall · Monday 20 April 2026, 07:05: a new week begins")).to_be_visible()
    page.keyboard.press("Home")
    expect(sentence(page)).to_contain_text("is given and writes its embedding to the blackboard")
    expect(page.get_by_role("article", name="Concept index")).to_contain_text("instant · top 12 of")


@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_and_is_readable_in_both_themes(visit, width, fits, pixels, faint):
    page = visit(width=width, motion="reduce")
    expect(sentence(page)).to_contain_text("The statement is complete")
    fits(page, player(page))
    grounds = set()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        expect(page.locator(".stApp")).to_have_css("color-scheme", theme)
        assert not faint(player(page))
        grounds.add(pixels(page.locator("canvas.context")))
    assert len(grounds) == 2  # the canvases follow the theme too


def test_a_wrong_path_is_one_sentence(visit):
    page = visit("?world=a+file+of+my+own")
    field = page.get_by_role("textbox", name="Path of a brain file")
    field.fill("no/such.brain")
    field.press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("no/such.brain")
    assert "Traceback" not in page.inner_text("body")
