"""axe-core finds nothing serious on any view, in either theme."""

import pytest

pytest.importorskip("playwright", reason="playwright is not installed: pip install '.[browser]'")
pytest.importorskip("axe_playwright_python", reason="axe is not installed: pip install '.[browser]'")

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

VIEWS = {
    "": "1 · A memory happens",
    "know": "See what a brain knows",
    "perceive": "See a picture become a memory",
    "remember": "Relive a moment",
    "reason": "Follow a thought",
    "graph": "The knowledge graph",
    "claims": "What is claimed",
    "compare": "Compare two recalls",
}
GRAVE = ("serious", "critical")
# What stands from the run before is pale until the next has come, and words fade in: neither is what a reader reads.
SETTLED = """() => !document.querySelector('[data-testid=stStatusWidget], [data-stale=true]')
    && !document.getAnimations().some(moving => moving instanceof CSSTransition)"""

expect.set_options(timeout=60_000)


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_serious_is_wrong(visit, view):
    page = visit(view, motion="reduce")
    expect(page.get_by_role("heading", name=VIEWS[view])).to_be_visible()
    if view not in ("graph", "claims"):
        expect(page.locator(".player").last).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    found = {}
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        expect(page.locator(".stApp")).to_have_css("color-scheme", theme)
        for _ in range(4):  # a run of the page may begin between two looks: what is wrong has to stay wrong
            page.wait_for_timeout(500)
            page.wait_for_function(SETTLED)
            wrong = [each for each in Axe().run(page).response["violations"] if each["impact"] in GRAVE]
            if not wrong:
                break
        found |= {(theme, each["id"]): [node["html"][:160] for node in each["nodes"]] for each in wrong}
    assert not found
