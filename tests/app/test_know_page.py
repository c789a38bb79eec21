"""The page of semantic memory without a browser: what it chooses, recalls, changes and says."""

import doctest
import re
import shutil

import pytest

pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")

import address
import beliefs
import session
import told
import wording
from streamlit.testing.v1 import AppTest

from tensorbrain.datasets.worlds import world_path
from tensorbrain.graph.vocabulary import Concept, Vocabulary


@pytest.fixture
def page(script):
    """The page before it has run, with a query."""

    def opened(**query: str | list[str]) -> AppTest:
        at = AppTest.from_file(script, default_timeout=90)
        at.query_params.update(query)
        return at.switch_page("views/know.py").run()

    return opened


def table(page) -> list[tuple[str, str, str]]:
    return [tuple(row) for row in page.dataframe[0].value[["subject", "predicate", "object"]].to_numpy()]


def box(page, key: str):
    return page.sidebar.selectbox(key=key)


@pytest.mark.parametrize(
    "label", ["![](http://x/y.png)", "[a](b)", "`![](x)", "``![](x)``", "`` ![](x) `", "`a` ![](x)"]
)
def test_no_error_becomes_a_picture_or_a_link(label):
    said = wording.sentence(f"there is no subject {label}: see `tensorbrain --help`")
    assert not re.search(r"(?<!\\)[\[\]]", re.sub(r"(?<!\\)`[^`]*`", "", said)), said


def test_what_a_link_says_again_and_again_is_said_once():
    words = tuple("abcdefgh")
    good, sentence = address.check("mute", [*words, *words, "x"], address.OneOf(words, many=True), "none")
    assert good == list(words) and sentence.endswith("a, b, c, d, e, ... is used.")


@pytest.mark.parametrize("module", [address, beliefs, session, told, wording])
def test_docs_are_true(module):
    assert doctest.testmod(module).failed == 0


def test_the_first_view_has_recalled_already(page):
    at = page()
    assert not at.exception and not at.error
    assert box(at, "world").value == "neighbourhood" and box(at, "subject").value == "Sparky"
    assert len(table(at)) == 8
    assert {subject for subject, _, _ in table(at)} == {"Sparky"}


def test_another_cue_gives_other_statements(page):
    at = page()
    box(at, "predicate").select("has colour").run()
    assert not at.exception and table(at)[0] == ("Sparky", "has colour", "Black")


def test_a_link_sets_every_choice(page):
    at = page(world="countries", subject="France", predicate="capital", statements="4")
    assert not at.exception and not at.toast and len(table(at)) == 4
    assert table(at)[0] == ("France", "capital", "Paris")


def test_nonsense_in_a_link_is_mended_and_said(page):
    at = page(
        world="Atlantis", subject="Nobody", statements="-3", a_bar="median", temperature="90", lesion="Moby", other="1"
    )
    assert not at.exception and len(table(at)) == 4
    said = " ".join(toast.value for toast in at.toast)
    for wrong in ("world=Atlantis", "subject=Nobody", "statements=-3", "a_bar=median", "temperature=90", "lesion=Moby"):
        assert f"The link says {wrong}" in said
    assert "other" not in said
    assert at.sidebar.slider(key="temperature").value == 5.0


def test_a_long_and_evil_link_is_cut_short_before_it_is_shown(page):
    at = page(subject="<script>*[x](y)*" * 50)
    assert not at.exception and all(len(toast.value) < 160 and "<" not in toast.value for toast in at.toast)


def test_a_lesioned_concept_is_never_recalled_and_a_link_says_which(page):
    at = page(lesion="Jack")
    assert not at.exception and at.sidebar.multiselect(key="lesion").value == ["Jack"]
    assert table(at) and all("Jack" not in row for row in table(at))
    at.sidebar.multiselect(key="lesion").set_value([]).run()
    assert ("Sparky", "owned by", "Jack") in table(at)


def test_dials_change_what_is_believed(page):
    at = page()
    before = at.dataframe[0].value["probability"].tolist()
    at.sidebar.slider(key="temperature").set_value(2.0).run()
    assert not at.exception and at.dataframe[0].value["probability"].tolist()[0] < before[0]


def test_a_seed_is_kept_and_the_dice_change_it(page):
    at = page(selection="by chance", seed="5")
    first = table(at)
    assert table(page(selection="by chance", seed="5")) == first != table(page(selection="by chance", seed="6"))
    at.sidebar.button(key="seed-dice").click().run()
    assert not at.exception and isinstance(at.sidebar.number_input(key="seed").value, int)


def test_what_is_believed_stands_beside_what_the_graph_says(page):
    at = page(predicate="owned by", beside="true")
    found = next(frame.value for frame in at.dataframe if "share" in frame.value.columns)
    owners = found.set_index("object")
    assert owners.loc["Jack", "episodes"] > 0 and owners.loc["Jack", "probability"] > 0.3
    assert any("most probable statements" in block.value for block in at.markdown)


def test_a_brain_file_of_ones_own(page, tmp_path):
    mine = shutil.copy(world_path("neighbourhood") / "brain.safetensors", tmp_path / "mine.brain")
    at = page(world=session.OWN_FILE)
    assert not at.exception and not at.error and len(at.dataframe) == 0
    at.sidebar.text_input(key="own").set_value(str(mine)).run()
    assert not at.exception and not at.error and len(table(at)) == 8
    assert len(at.dataframe) == 1  # nobody knows the graph of a file: no beliefs beside it


@pytest.mark.parametrize("content", [None, b"", b"not a brain at all"])
def test_a_file_that_is_no_brain_is_refused_in_one_sentence(page, tmp_path, content):
    path = tmp_path / "broken.brain"
    if content is not None:
        path.write_bytes(content)
    at = page(world=session.OWN_FILE)
    at.sidebar.text_input(key="own").set_value(str(path)).run()
    assert not at.exception and len(at.error) == 1
    assert "broken.brain" in at.error[0].value and "\n" not in at.error[0].value


def test_moments_are_named_with_their_time():
    moments = (Concept("urn:x:1", "breakfast", "instant"), Concept("urn:x:2", "lunch on 3 May 2026", "instant"))
    words = Vocabulary(instants=moments, times=("2026-05-03T08:10:00", "2026-05-03T12:00:00"))
    assert session.names(words, "instant") == {
        "2026-05-03 08:10: breakfast": "urn:x:1",
        "lunch on 3 May 2026": "urn:x:2",
    }
