"""The scoreboard in a real browser: a claim is opened by its link, its dial moved, and it is run."""

import re

import pytest

pytest.importorskip("playwright", reason="playwright is not installed: pip install '.[browser]'")

from playwright.sync_api import expect

expect.set_options(timeout=60_000)  # a claim is run


def heading(page, name: str):
    return page.get_by_role("heading", name=re.compile(name))


def choose(page, name: str, number: int) -> None:
    box = page.get_by_role("combobox", name="Claim")
    box.click()
    box.fill(name)
    page.get_by_role("option", name=name, exact=True).click()
    expect(heading(page, f"^{number} ")).to_be_visible()


def test_a_claim_opens_from_the_list_and_its_link_opens_it_again(visit):
    page = visit("claims")
    expect(heading(page, "^1 ")).to_be_visible()
    choose(page, "bayes", 23)
    expect(page.get_by_text("Control.", exact=True)).to_be_visible()
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    expect(page).to_have_url(re.compile("claim=bayes"))
    again = visit(page.url.split("/", 3)[3])
    expect(heading(again, "^23 ")).to_be_visible()


def test_a_claim_is_run_here(visit):
    page = visit("claims?claim_seeds=2")
    choose(page, "bayes", 23)
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text(re.compile(r"^Run here.*: (reproduced|partly|not reproduced)"))).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    expect(page.get_by_text(re.compile("tensorbrain claims .* --seeds 2"))).to_be_visible()


@pytest.mark.parametrize("theme, width", [("light", 1280), ("dark", 390)])
def test_nothing_stands_out_or_is_faint(visit, faint, theme, width):
    page = visit("claims", theme=theme, width=width)
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth <= innerWidth")
    assert faint(main.get_by_test_id("stMarkdownContainer").filter(has_text="Control.")) == []
