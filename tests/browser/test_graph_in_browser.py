"""The graph page in a real browser: walk through the graph, slice the tensor, teach a graph of one's own."""

import json
import re

import pytest

pytest.importorskip("playwright", reason="playwright is not installed: pip install '.[browser]'")

pytest.importorskip("axe_playwright_python", reason="axe is not installed: pip install '.[browser]'")

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

FAMILY = """PREFIX : <https://example.org/family/>
:Ada a :Person ; :motherOf :Ben , :Cleo ; :livesIn :Oslo ; :name "Ada" .
:Ben a :Person ; :likes :Chess ; :livesIn :Oslo . :Cleo a :Person ; :livesIn :Rome .
"""
MINE = "graph?show=bring+your+own&units=32"

expect.set_options(timeout=60_000)  # the first training waits for its compilation


def button(page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def upload(page, path) -> None:
    expect(page.get_by_text("Your files")).to_be_visible()
    page.locator("input[type=file]").set_input_files(path)


@pytest.fixture
def family(tmp_path):
    path = tmp_path / "my family.ttl"
    path.write_text(FAMILY)
    return path


def test_one_walks_through_the_graph_by_clicking(visit):
    page = visit("graph")
    expect(page.get_by_text("Sparky, an entity, stands in the middle.")).to_be_visible()
    expect(page.get_by_role("figure", name=re.compile("^38 concepts around Sparky"))).to_be_visible()
    dog = page.locator(".stPlotlyChart .textpoint text", has_text=re.compile("^dog$"))
    page.set_viewport_size({"width": 1280, "height": 1000})
    at = dog.bounding_box()
    page.mouse.click(at["x"] + at["width"] / 2, at["y"] + at["height"] + 10)  # its mark lies under its label
    expect(page.get_by_text("dog, a class, stands in the middle.")).to_be_visible()
    expect(page).to_have_url(re.compile("centre=dog"))
    again = visit(page.url.rpartition("/")[2])
    expect(again.get_by_text("dog, a class, stands in the middle.")).to_be_visible()


def test_slices_of_the_tensor(visit):
    page = visit("graph?show=tensor")
    expect(page.get_by_text("161 x 32 x 161 x 694 cells")).to_be_visible()
    expect(page.get_by_role("figure", name=re.compile("^A heat map of 48 subjects x 17 objects"))).to_be_visible()
    page.get_by_role("radio", name="moment").click()
    expect(page.get_by_text("829,472 cells, of which")).to_be_visible()
    expect(page).to_have_url(re.compile("slice=moment"))
    figure = page.get_by_role("figure", name=re.compile("^A heat map of 3 subjects x 7 objects"))
    figure.locator(".nsewdrag").hover(position={"x": 8, "y": 8})  # the fullest row and column
    expect(page.locator(".hoverlayer")).to_contain_text("Omar is at Bike Shop")


def test_a_graph_of_ones_own_is_read_taught_and_used(visit, family):
    page = visit(MINE)
    upload(page, family)
    expect(page.get_by_text("What was read of my family")).to_be_visible()
    expect(page.get_by_text("10 statements were read and 9 of them are kept")).to_be_visible()
    page.get_by_role("radio", name="graph").click()
    expect(page.get_by_text(re.compile("an entity, stands in the middle"))).to_be_visible()
    page.get_by_role("radio", name="bring your own").click()
    button(page, "Teach a brain").click()
    expect(button(page, "Stop, and keep the best so far")).to_be_visible()
    expect(page.get_by_text("my family is learned: after")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Show data: The loss goes from"))).to_have_count(1)
    expect(page.locator(".stVegaLiteChart")).to_contain_text("loss, nats a statement")
    with page.expect_download() as download:
        button(page, "Download the brain").click()
    assert download.value.suggested_filename == "my-family.brain.safetensors"
    with open(download.value.path(), "rb") as file:  # a safetensors file begins with the length of its JSON header
        assert "__metadata__" in json.loads(file.read(int.from_bytes(file.read(8), "little")))
    page.get_by_role("link", name="Ask what it knows").click()
    expect(page).to_have_url(re.compile(r"/know\?.*world=my\+family"))
    expect(page.get_by_role("combobox", name="World")).to_have_value("my family")
    expect(page.get_by_role("group", name=re.compile("^Player of the recall"))).to_be_visible()
    stranger = visit(MINE + "&world=my+family")  # what belongs to one visit is nobody else's
    expect(stranger.get_by_text("Nothing of your own is chosen yet")).to_be_visible()


def test_models_are_compared_with_live_curves(visit, fits):
    page = visit("graph?show=models&world=countries&models=DistMult&models=RESCAL&passes_each=12")
    button(page, "Teach and compare").click()
    curves = page.locator(".stVegaLiteChart")
    expect(curves).to_contain_text("loss, nats a statement")
    drawn = curves.locator("svg").element_handle()
    expect(page.get_by_text(re.compile("DistMult · done in"))).to_be_visible()
    assert drawn.evaluate("drawing => drawing.isConnected")  # points were added to it, and nothing was drawn anew
    page.get_by_role("radio", name="seconds").click()
    expect(curves).to_contain_text("seconds since its program was compiled")
    button(page, "Stop, and keep what is done").click()
    expect(page.get_by_text("DistMult has an MRR of")).to_be_visible()
    expect(page.get_by_text(re.compile("RESCAL · (stopped in pass|left out)"))).to_be_visible()
    expect(page).to_have_url(re.compile("against=seconds"))
    page.get_by_role("radio", name="tensor").click()
    page.get_by_role("radio", name="models").click()
    expect(page.get_by_text("DistMult has an MRR of")).to_be_visible()
    main = page.locator(".stMainBlockContainer")
    label = page.locator(".stVegaLiteChart .role-axis text").first
    for theme, ink in (("light", "rgb(29, 36, 51)"), ("dark", "rgb(232, 234, 238)")):
        page.emulate_media(color_scheme=theme)
        expect(label).to_have_css("fill", ink)
    found = Axe().run(page).response["violations"]
    assert [wrong["id"] for wrong in found if wrong["impact"] in ("serious", "critical")] == []
    page.set_viewport_size({"width": 390, "height": 800})
    fits(page, main)


def test_a_broken_file_is_one_sentence(visit, tmp_path):
    page = visit(MINE)
    entities = "".join(f'<!ENTITY e{k} "{f"&e{k - 1};" * 10}">' for k in range(1, 12))
    bomb = tmp_path / "bomb.rdf"
    bomb.write_text(f'<!DOCTYPE r [<!ENTITY e0 "ha">{entities}]><r xmlns="urn:x:">&e11;</r>')
    upload(page, bomb)
    expect(page.get_by_role("alert").filter(has_text="Bomb.rdf has an XML entity")).to_be_visible()
    assert "Traceback" not in page.inner_text("body")


@pytest.mark.parametrize("query", ["graph", "graph?show=tensor", MINE])
def test_it_fits_and_is_readable_in_both_themes(visit, query, fits):
    page = visit(query)
    expect(page.get_by_role("heading", name="The knowledge graph and its tensor")).to_be_visible()
    if query != MINE:
        label = page.locator(".stPlotlyChart :is(.textpoint, .xtick) text").first
        expect(label).to_be_visible()
        for theme, ink in (("dark", "rgb(232, 234, 238)"), ("light", "rgb(29, 36, 51)")):
            page.emulate_media(color_scheme=theme)
            expect(label).to_have_css("fill", ink)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        fits(page, page.locator(".stMainBlockContainer"))
