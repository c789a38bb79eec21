"""The stage, on the page of semantic memory, in a real browser: it plays, steps, scrubs and answers why."""

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
    page = visit("know")
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
    page = visit("know", motion="reduce")
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
    page = visit("know", motion="reduce")
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
    page = visit("know", motion="reduce")
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
    page = visit("know", motion="reduce")
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


def article(page, name: str):
    return page.get_by_role("article", name=name, exact=True)


def bar(page, name: str):
    return article(page, "Concept index").get_by_role("button", name=re.compile(name))


def test_a_click_on_a_bar_says_why_and_shows_it_on_the_blackboard(visit, pixels):
    page = visit("know?predicate=owned+by", motion="reduce")
    why = article(page, "Why")
    expect(why).to_contain_text("Why Jack and not Mary?")
    board = page.locator("canvas.gamma")
    before = pixels(board)
    bar(page, "Mary").click()
    expect(why).to_contain_text("Why Mary and not Jack?")
    expect(bar(page, "Mary")).to_have_attribute("aria-pressed", "true")
    rows = why.get_by_role("row").all_inner_texts()
    parts = {
        row.split("\t")[0]: [float(v.replace("−", "-").lstrip("<>")) for v in row.split("\t")[1:]] for row in rows[1:]
    }
    for side in (0, 1):  # the sum that is shown is the score that is shown
        total = parts["units that speak for it"][side] + parts["units that speak against it"][side]
        assert abs(total - parts["score n"][side]) < 0.12  # one byte a unit is what the picture has
    why.get_by_role("button", name="On the blackboard").click()
    expect(article(page, "Blackboard")).to_contain_text("what speaks for Mary")
    assert pixels(board) != before
    bar(page, "Mary").click()
    expect(article(page, "Blackboard")).to_contain_text("384 units")
    assert pixels(board) == before


def test_concepts_are_found_and_pinned(visit):
    page = visit("know?predicate=owned+by", motion="reduce")
    index = article(page, "Concept index")
    page.get_by_role("searchbox", name="Find a concept").fill("bever")
    expect(index).to_contain_text("0 found")
    page.get_by_role("searchbox", name="Find a concept").fill("park b")
    expect(index).to_contain_text("1 found")
    bar(page, "Park Bench").click()
    page.get_by_role("button", name="Pin").click()
    page.get_by_role("searchbox", name="Find a concept").fill("")
    expect(index).to_contain_text("●Park Bench")
    page.keyboard.press("Escape")


def test_a_concept_is_asked_about_told_and_lesioned_from_the_stage(visit):
    page = visit("know?predicate=owned+by", motion="reduce")
    bar(page, "Mary").click()
    page.get_by_role("button", name="Lesion", exact=True).click()
    expect(page).to_have_url(re.compile("lesion=Mary"))
    expect(bar(page, "Mary")).to_have_count(0)
    bar(page, "Jack").click()
    page.get_by_role("button", name="Tell it").click()
    expect(page).to_have_url(re.compile("object=Jack"))
    page.get_by_role("button", name="Ask about it").click()
    expect(page).to_have_url(re.compile("subject=Jack"))
    expect(sentence(page)).to_contain_text("Jack")


def test_the_linked_views_follow_the_cursor_and_lead_it(visit, pixels):
    page = visit("know", motion="reduce")
    expect(scrubber(page)).to_have_value(str(STEPS - 1))
    graph, course = article(page, "Knowledge graph"), page.locator("canvas.boards")
    expect(graph.locator("line.now")).to_have_count(1)
    way = page.locator(".map .way").get_attribute("points")
    seen = pixels(course)
    page.keyboard.press("Home")
    expect(graph.locator("line.now")).to_have_count(0)
    assert page.locator(".map .way").get_attribute("points") != way and pixels(course) != seen
    box = course.bounding_box()
    course.click(position={"x": box["width"] - 2, "y": box["height"] / 2})
    expect(scrubber(page)).to_have_value(str(8 * STEPS - 1))


def test_the_stage_is_saved_as_a_picture(visit, tmp_path):
    page = visit("know", motion="reduce")
    expect(scrubber(page)).to_have_value(str(STEPS - 1))
    for kind, begin in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with page.expect_download() as saved:
            button(page, f"Save the stage as {kind}").click()
        path = tmp_path / saved.value.suggested_filename
        saved.value.save_as(path)
        assert path.read_bytes().startswith(begin) and path.suffix == f".{kind.lower()}"
    text = (tmp_path / "recall.svg").read_text()
    assert "Blackboard" in text and "Sparky" in text


def test_the_question_mark_tells_the_keys(visit):
    page = visit("know", motion="reduce")
    expect(scrubber(page)).to_have_value(str(STEPS - 1))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("a step forward or back")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    expect(scrubber(page)).to_have_value(str(2 * STEPS - 1))
    page.keyboard.press("End")
    expect(scrubber(page)).to_have_value(str(8 * STEPS - 1))


def test_a_dial_shows_the_same_step_of_the_new_recall(visit):
    page = visit("know", motion="reduce")
    expect(scrubber(page)).to_have_value(str(STEPS - 1))
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.get_by_text("Change the brain").click()
    page.get_by_role("slider", name="Temperature").press("ArrowRight")
    expect(page).to_have_url(re.compile("temperature=1.1"))
    expect(scrubber(page)).to_have_value("1")


@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_and_is_readable_in_both_themes(visit, width, fits, pixels, faint):
    page = visit("know", width=width, motion="reduce")
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
    page = visit("know?world=a+file+of+my+own")
    field = page.get_by_role("textbox", name="Path of a brain file")
    field.fill("no/such.brain")
    field.press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("no/such.brain")
    assert "Traceback" not in page.inner_text("body")
