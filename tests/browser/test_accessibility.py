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
# The page's own style, which makes captions darker, comes with a part of Streamlit that is loaded after the first
# words; what stands from the run before is pale until the next has come.
SETTLED = """() => document.querySelector('.stHtml style')
    && !document.querySelector('[data-testid=stStatusWidget], [data-stale=true]')"""

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
        page.wait_for_function(SETTLED)
        asked = {} if theme == "light" else {"options": {"runOnly": ["color-contrast"]}}  # the rest has no colour
        for wrong in Axe().run(page, **asked).response["violations"]:
            if wrong["impact"] in GRAVE:
                found[theme, wrong["id"]] = [node["html"][:160] for node in wrong["nodes"]]
    assert not found
