"""The perceive page in a real browser: the eye moves, the film plays, and what was lived is recalled."""

import re

import pytest

pytest.importorskip("playwright", reason="playwright is not installed: pip install '.[browser]'")

from playwright.sync_api import expect

STEPS = 14  # of the first statement: the scene has three, two windows four, the last three without write back

expect.set_options(timeout=60_000)  # the first look waits for its compilation


@pytest.fixture
def look(visit, newborn_file):
    """Open the page with a brain that has eyes, and wait for its first look."""

    def open_page(*, width: int = 1280, motion: str = "reduce"):
        page = visit("perceive?world=a+file+of+my+own&statements=4&picture=new&scene=3", motion=motion)
        field = page.get_by_role("textbox", name="Path of a brain file")
        field.fill(str(newborn_file))
        field.press("Enter")
        expect(player(page)).to_be_visible()
        field.blur()
        page.set_viewport_size({"width": width, "height": 800})
        return page

    return open_page


def player(page, kind: str = "perception"):
    return page.get_by_role("group", name=re.compile(f"^Player of the {kind}"))


def sentence(page):
    return page.locator(".sentence")


def button(page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def scrubber(page, kind: str = "perception"):
    return page.get_by_role("slider", name=f"Position in the {kind}")


def gaze(page) -> list[float]:
    """Where the light of the eye falls, as shares of the picture: left, top, width, height."""
    styles = page.locator(".gaze").evaluate("g => [g.style.left, g.style.top, g.style.width, g.style.height]")
    return [float(style.rstrip("%")) / 100 for style in styles]


def test_it_plays_by_itself_and_rests_after_one_statement(look):
    page = look(motion="no-preference")
    expect(button(page, "Pause")).to_be_visible()
    page.get_by_role("combobox", name="Speed").select_option("4")
    expect(sentence(page)).to_contain_text("The statement is complete")
    expect(scrubber(page)).to_have_value(str(STEPS - 1))
    expect(button(page, "Play")).to_be_visible()
    for layer in ("Sensory buffer", "Blackboard", "Concept index", "Working memory", "Statements"):
        expect(page.get_by_role("article", name=layer)).to_be_visible()


def test_the_eye_moves_with_the_windows_and_back(look, pixels):
    page = look()
    expect(scrubber(page)).to_have_value(str(STEPS - 1))
    page.keyboard.press("Home")
    expect(sentence(page)).to_contain_text("Sense: the eye takes in the whole picture")
    assert gaze(page) == [0, 0, 1, 1]
    seen = {}
    for step in range(STEPS):
        lit = page.locator("[data-flow].lit").evaluate_all("flows => flows.map(flow => flow.innerText.trim())")
        seen[step] = (gaze(page), set(lit), pixels(page.locator(".glimpse")))
        page.keyboard.press("ArrowRight")
    assert seen[3][0] == [0, 0, 1, 1] and seen[3][1] == {"evolve"}  # the eye moves when it senses, not before
    assert seen[4][0] != [0, 0, 1, 1] and seen[4][1] == {"sense", "context"}
    assert seen[0][1] == {"sense"} and seen[5][1] == {"read"} and seen[6][1] == {"write back"}
    assert seen[3][2] != seen[4][2]  # and takes something else
    page.keyboard.press("Home")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert gaze(page) == seen[4][0]
    expect(page.locator(".region.subject")).to_have_count(1)
    told = re.compile(r"^A picture with \d regions. The eye looks at region \d")
    expect(page.get_by_role("img", name=told)).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".region.subject")).to_have_count(0)
    assert gaze(page) == [0, 0, 1, 1]


def test_the_blackboard_changes_when_sense_and_context_meet(look, pixels):
    page = look()
    boards = []
    page.keyboard.press("Home")
    for _ in range(7):
        boards.append(pixels(page.locator("canvas.gamma")))
        page.keyboard.press("ArrowRight")
    assert boards[0] == boards[1] != boards[2] == boards[3] != boards[4] == boards[5] != boards[6]


def test_another_view_replaces_the_picture_in_place(look):
    page = look()
    before, picture = player(page).element_handle(), page.locator("img.picture").get_attribute("src")
    button(page, "Look again").click()
    expect(page).to_have_url(re.compile("view=1"))
    expect(page.locator("img.picture")).not_to_have_attribute("src", picture)
    assert before.evaluate("element => element.isConnected")


def test_it_remembers_recalls_and_forgets(look):
    page = look()
    button(page, "Remember this picture").click()
    expect(player(page, "recall")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Episodic recall · experience \d+"))).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("^What comes back of experience"))).to_be_visible()
    expect(page.get_by_text("Closed: in memory nothing comes in from the senses.")).to_be_visible()
    expect(page.locator(".sight")).to_be_hidden()
    page.get_by_role("radio", name="perception").click()
    expect(player(page)).to_be_visible()
    expect(page.locator(".sight")).to_be_visible()
    button(page, "Forget").click()
    expect(button(page, "Forget")).to_have_count(0)
    expect(page.get_by_role("heading", name=re.compile("^What comes back"))).to_have_count(0)


def test_a_picture_of_ones_own(look, tmp_path):
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (300, 200), (235, 240, 250))
    ImageDraw.Draw(image).rectangle((60, 60, 140, 160), fill=(160, 40, 40))
    image.save(tmp_path / "mine.png")
    page = look()
    page.get_by_role("radio", name="upload").click()
    expect(page.get_by_text("Choose a picture in the sidebar")).to_be_visible()
    page.locator("input[type=file]").set_input_files(tmp_path / "mine.png")
    expect(page.get_by_text("Perception · a picture of your own")).to_be_visible()
    ratio = page.locator(".scene").evaluate("scene => scene.clientWidth / scene.clientHeight")
    assert abs(ratio - 1.5) < 0.02
    (tmp_path / "not.png").write_text("no picture")
    page.locator("input[type=file]").set_input_files(tmp_path / "not.png")
    expect(page.get_by_role("alert").filter(has_text="picture")).to_be_visible()


@pytest.mark.parametrize("width", [390, 700, 1280])
def test_it_fits_and_is_readable_in_both_themes(look, width, fits, faint):
    page = look(width=width)
    expect(sentence(page)).to_contain_text("The statement is complete")
    fits(page, player(page))
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        expect(page.locator(".stApp")).to_have_css("color-scheme", theme)
        assert not faint(player(page))
