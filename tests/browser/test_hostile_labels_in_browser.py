"""A graph whose labels are scripts, pictures and links of a stranger: on every page they are words, nothing runs."""

import json
import re

import pytest

pytest.importorskip("playwright", reason="playwright is not installed: pip install '.[browser]'")

from playwright.sync_api import expect

FAR = "http://127.0.0.1:9/seen.png"
LABELS = {
    "Ada": "Ada <script>window.hurt=1</script>",
    "Ben": "Ben <img src=x onerror=window.hurt=1>",
    "Cleo": f"Cleo ![]({FAR}) [a](javascript:window.hurt=1)",
    "likes": 'likes "><svg onload=window.hurt=1>',
    "day": f"day <b>bold</b> :red[r] $x$ ![]({FAR})",
    "Person": "Person **bold** `x` \u202egnp.exe \x1b[31m",
}
GRAPH = """@prefix : <urn:x:> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:Ada a :Person . :Ben a :Person . :Cleo a :Person . :Ada :likes :Ben . :Ben :likes :Cleo . :Cleo :likes :Ada .
:day { :Ada :likes :Cleo . :Cleo :likes :Ben . } :night { :Ben :likes :Ada . }
"""

expect.set_options(timeout=60_000)  # the training waits for its compilation


@pytest.fixture
def graph(tmp_path):
    labels = "\n".join(f":{name} rdfs:label {json.dumps(label)} ." for name, label in LABELS.items())
    path = tmp_path / "<b>hostile ![](x).trig"
    path.write_text(GRAPH + labels)
    return path


def unhurt(page, app: str, asked: list[str]) -> None:
    """No script of a label ran, none of its tags is there, and nothing was asked of anybody else."""
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    assert page.evaluate("window.hurt") is None
    assert (
        page.locator("img[src='x'], [onerror], [onload], a[href^='javascript'], .stMain b:text-is('bold')").count() == 0
    )
    assert page.locator(f"img[src='{FAR}']").count() == 0
    assert [address for address in asked if not address.startswith((app, "data:", "blob:"))] == []


def test_labels_are_words_on_every_page(visit, app, graph):
    page = visit("graph?show=bring+your+own&units=32&passes=3")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(f"a dialog: {dialog.message}") or dialog.dismiss())
    expect(page.get_by_text("Your files")).to_be_visible()
    page.locator("input[type=file]").set_input_files(graph)
    expect(page.get_by_text("What was read of")).to_be_visible()
    unhurt(page, app, asked)
    page.get_by_role("radio", name="graph").click()
    said = page.get_by_text(re.compile("stands in the middle"))
    expect(said).to_be_visible()
    expect(said).to_contain_text(re.compile(r"<(script|img)|!\[\]"))  # as it is written
    unhurt(page, app, asked)
    page.get_by_role("radio", name="tensor").click()
    figure = page.get_by_role("figure", name=re.compile("^A heat map"))
    ground = figure.locator(".nsewdrag")
    size = ground.bounding_box()
    ground.hover(position={"x": size["width"] / 6, "y": size["height"] / 2})  # the second of three rows
    expect(page.locator(".hoverlayer")).to_contain_text("<svg onload")
    unhurt(page, app, asked)
    page.get_by_role("radio", name="bring your own").click()
    page.get_by_role("button", name="Teach a brain", exact=True).click()
    expect(page.get_by_text(re.compile("is learned: after"))).to_be_visible()
    page.get_by_role("link", name="Ask what it knows").click()
    player = page.get_by_role("group", name=re.compile("^Player of the recall"))
    expect(player).to_be_visible()
    expect(player).to_contain_text("<script>window.hurt=1</script>")
    page.get_by_text("Beside what the graph says").click()
    expect(page.get_by_text("Believed, and said")).to_be_visible()
    unhurt(page, app, asked)
    for name, shown in (("Remember", "What was recalled"), ("Reason", "The same path, in every way")):
        page.get_by_role("link", name=name, exact=True).first.click()
        expect(page.get_by_role("heading", name=shown)).to_be_visible()
        unhurt(page, app, asked)
    page.goto(f"{page.url}&subject=%3Cscript%3Ewindow.hurt%3D1%3C%2Fscript%3E&seed=![]({FAR})")
    unhurt(page, app, asked)
