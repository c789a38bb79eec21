"""Sharing in a real browser: what is taken home says what the page says, and a lecture fits one screen."""

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="playwright is not installed: pip install '.[browser]'")

from playwright.sync_api import expect

ROOT = Path(__file__).parents[2]
ASKED = "subject=Mary&statements=4&temperature=0.5&lesion=Jack"

expect.set_options(timeout=30_000)  # the first recall waits for its compilation


def player(page):
    return page.get_by_role("group", name=re.compile("^Player of the"))


def button(page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def downloaded(page, name: str) -> Path:
    """The file behind one of the buttons, under the name that it comes with."""
    with page.expect_download() as found:
        button(page, name).click()
    path = Path(found.value.path())
    return path.rename(path.with_name(found.value.suggested_filename))


def told(file: Path) -> list[tuple[str, ...]]:
    """The statements in a downloaded table: subject, predicate, object."""
    with file.open(encoding="utf-8", newline="") as lines:
        taken = [row for row in csv.DictReader(lines) if row["chosen"] == "True"]
    words = {(row["statement"], row["slot"]): row["candidate"] for row in taken}
    numbers = dict.fromkeys(row["statement"] for row in taken)
    return [tuple(words[n, slot] for slot in ("subject", "predicate", "object")) for n in numbers]


def opened(visit, query: str, **options):
    page = visit(query, **options)
    expect(player(page).get_by_role("status")).not_to_be_empty()
    button(page, "Take it home").click()
    expect(page.get_by_text("import tensorbrain as tb")).to_be_visible()
    return page


def test_what_is_taken_home_says_what_the_page_says(visit):
    page = opened(visit, f"know?{ASKED}", motion="reduce")
    table = downloaded(page, "CSV")
    statements = told(table)
    assert table.name == "tensorbrain-know-mary.csv" and len(statements) == 4
    first = page.get_by_role("article", name="Statements").get_by_role("button").first
    expect(first).to_contain_text(" ".join(statements[0]))
    assert "Jack" not in {subject for subject, _, _ in statements}

    names = downloaded(page, "RDF").read_text(encoding="utf-8")
    assert all(f'"{name}"' in names for statement in statements for name in statement)
    assert names.count("probability") >= 4
    assert downloaded(page, "Parquet").read_bytes()[:4] == b"PAR1"

    script = downloaded(page, "Python")
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    environment = os.environ | {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, encoding="utf-8", env=environment, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert [line[7:] for line in done.stdout.splitlines()] == [" ".join(statement) for statement in statements]

    link = page.locator("code").filter(has_text="http").first.inner_text()
    assert link == page.url
    again = opened(visit, link.partition("/know")[2].join(["know", ""]), motion="reduce")
    assert told(downloaded(again, "CSV")) == statements


def test_the_words_are_explained_by_keyboard_alone(visit):
    page = visit("know", motion="reduce")
    expect(player(page).get_by_role("status")).not_to_be_empty()
    button(page, "Words").focus()
    page.keyboard.press("Enter")
    find = page.get_by_role("textbox", name="Find a word")
    expect(find).to_be_visible()
    find.press_sequentially("feedback")
    glossary = page.get_by_role("region", name="Glossary")
    expect(glossary.get_by_role("term")).to_have_text(["beta", "write back"])
    expect(glossary).to_contain_text("q ← α q + β a_k")


@pytest.mark.parametrize(
    ("query", "width", "height", "theme"),
    [
        ("know?subject=Sparky", 1280, 720, "light"),
        ("know?subject=Sparky", 1920, 1080, "dark"),
        ("perceive?picture=new", 1280, 720, "dark"),
    ],
)
def test_a_lecture_shows_the_stage_alone_on_one_screen(visit, faint, query, width, height, theme):
    page = visit(f"{query}&lecture=true", motion="reduce", theme=theme)
    page.set_viewport_size({"width": width, "height": height})
    sentence = player(page).get_by_role("status")
    expect(sentence).not_to_be_empty()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.get_by_role("link", name="Compare")).to_be_hidden()
    expect(page.get_by_test_id("stDataFrame").first).to_be_hidden()
    expect(button(page, "Take it home")).to_be_hidden()
    assert sentence.evaluate("element => parseFloat(getComputedStyle(element).fontSize)") >= 24
    for part in (sentence, page.get_by_role("article", name="Concept index"), button(page, "Play")):
        expect(part).to_be_in_viewport(ratio=1)
    memory, play = (
        page.get_by_role("article", name="Working memory").bounding_box(),
        button(page, "Play").bounding_box(),
    )
    assert memory["y"] + memory["height"] <= play["y"]
    assert faint(player(page)) == [] and faint(page.locator(".st-key-leave-lecture")) == []


def test_one_enters_and_leaves_a_lecture_where_one_is(visit):
    page = visit("know?subject=Mary", motion="reduce")
    scrubber = page.get_by_role("slider", name="Position in the recall")
    scrubber.fill("12")
    page.get_by_text("Lecture mode").click()
    expect(button(page, "Leave lecture mode")).to_be_visible()
    expect(page).to_have_url(re.compile("[?&]lecture=true"))
    expect(scrubber).to_have_value("12")
    button(page, "Leave lecture mode").click()
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    expect(page).not_to_have_url(re.compile("lecture"))
    expect(button(page, "Take it home")).to_be_visible()
    expect(scrubber).to_have_value("12")


def test_the_world_stays_when_the_page_changes(visit):
    page = visit("know?world=countries", motion="reduce")
    expect(player(page).get_by_role("status")).not_to_be_empty()
    page.get_by_role("link", name="Graph").click()
    expect(page.get_by_role("combobox", name="World")).to_have_value("countries")
    expect(page).to_have_url(re.compile("/graph.*world=countries"))
