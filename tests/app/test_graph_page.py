"""The graph page without a browser: the graph, its tensor, and a graph of one's own that is taught and offered."""

import time

import pytest

pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")

from streamlit.testing.v1 import AppTest

TOWN = b"""PREFIX : <urn:x:>
:Ada a :Person ; :likes :Ben ; :age 7 . :Ben a :Person ; :likes :Chess . :Sun { :Ben :meets :Ada }"""


@pytest.fixture
def page(script):
    """The page as it opens with a query."""

    def opened(**query: str) -> AppTest:
        at = AppTest.from_file(script, default_timeout=60)
        at.query_params.update(query)
        return at.switch_page("views/graph.py").run()

    return opened


@pytest.fixture
def bring(page):
    """The page with what was brought of one's own."""

    def brought(*files: tuple[str, bytes], **query: str) -> AppTest:
        at = page(show="bring your own", **query)
        at.file_uploader(key="files").set_value([(name, content, "text/plain") for name, content in files]).run()
        return at

    return brought


def fine(at: AppTest) -> bool:
    return not at.exception and not at.error and not at.toast


def words(at: AppTest) -> str:
    return "\n".join(block.value for block in (*at.markdown, *at.caption))


def column(at: AppTest, name: str) -> list:
    """A column of the first table that has it."""
    return next(frame.value[name].tolist() for frame in at.dataframe if name in frame.value)


def test_the_graph_opens_with_counts_and_a_neighbourhood(page):
    at = page()
    assert fine(at)
    assert {metric.label: metric.value for metric in at.metric}["Statements in them"] == "5,052"
    assert at.selectbox(key="centre").value == "Sparky"
    assert "**Sparky**, an entity, stands in the middle. 37 concepts are one statement away." in words(at)
    assert column(at, "Predicate")[:2] == ["owned by", "owned by"]
    assert "between 2026-04-20 06:35 and 2026-05-31 19:52" in words(at)


def test_another_centre_and_other_statements(page):
    at = page(part="facts", centre="dog", hops="2")
    assert fine(at) and "**dog**, a class, stands in the middle." in words(at)
    assert set(column(at, "Times")) == {1}
    at.selectbox(key="centre").select("Luna").run()
    assert fine(at) and "**Luna**" in words(at)


def test_a_world_without_episodes(page):
    at = page(world="countries")
    assert fine(at) and at.selectbox(key="centre").value == "Kenya" and "two." not in words(at)
    assert not any(control.key == "part" for control in at.segmented_control)
    at.segmented_control(key="show").set_value("tensor").run()
    assert fine(at) and "moment" not in at.segmented_control(key="slice").options
    assert at.selectbox(key="of_predicate").value == "borders"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("predicate", "25,921 cells, of which 150 (0.58 %) hold something. Only the 48 x 17 that take part are drawn"),
        ("subject", "5,152 cells, of which"),
        ("moment", "829,472 cells, of which"),
        ("groups", "by the groups that it relates."),
    ],
)
def test_slices_of_the_tensor(page, kind, said):
    at = page(show="tensor", slice=kind)
    assert fine(at) and said in words(at)
    assert "161 x 32 x 161 x 694 cells, of which 5,052 (0.00088 %) hold something." in words(at)


def test_a_slice_from_a_link(page):
    at = page(show="tensor", of_predicate="owned by", part="facts")
    assert fine(at) and at.selectbox(key="of_predicate").value == "owned by"
    at = page(show="tensor", slice="subject", of_subject="Sparky")
    assert fine(at) and at.selectbox(key="of_subject").value == "Sparky"


def test_nonsense_in_a_link_is_mended_and_said(page):
    at = page(world="Atlantis", show="everything", centre="Nobody", hops="7", most="41", part="fiction")
    assert not at.exception and not at.error and len(at.toast) == 6
    assert at.selectbox(key="centre").value == "Sparky" and at.segmented_control(key="hops").value == 2
    assert at.select_slider(key="most").value == 40


def test_a_file_of_ones_own_is_read_and_told(bring):
    at = bring(("town.ttl.trig", TOWN))
    assert fine(at) and at.sidebar.selectbox(key="world").value == "town.ttl"
    assert "6 statements were read and 5 of them are kept to be remembered. Skipped: literals (1)." in words(at)
    assert column(at, "What became of them") == ["kept as facts", "kept in episodes", "skipped: literals"]
    assert ["Sun"] == [moment for moment in column(at, "Moment") if moment]
    at.segmented_control(key="show").set_value("graph").run()
    assert fine(at) and at.selectbox(key="centre").value in ("Ada", "Ben")
    at.segmented_control(key="show").set_value("tensor").run()
    assert fine(at) and at.selectbox(key="of_predicate").value == "likes"


def test_the_statements_that_stand_there_are_read(page):
    at = page(show="bring your own")
    assert "Nothing of your own is chosen yet" in at.info[0].value
    next(button for button in at.button if button.label == "Read these statements").click().run()
    assert fine(at) and at.sidebar.selectbox(key="world").value == "my graph"
    assert "16 statements were read and 15 of them are kept" in words(at)
    at.text_area(key="written").set_value("Ada likes Ben").run()
    next(button for button in at.button if button.label == "Read these statements").click().run()
    assert len(at.error) == 1 and at.error[0].value.startswith("My graph.trig, line 1, is not valid TriG")


def test_what_is_written_does_not_bring_the_file_back(bring):
    at = bring(("town.trig", TOWN))
    next(button for button in at.button if button.label == "Read these statements").click().run()
    assert fine(at) and at.sidebar.selectbox(key="world").value == "my graph"
    at.run()
    assert at.sidebar.selectbox(key="world").value == "my graph"


def test_a_broken_file_is_one_sentence_until_it_is_taken_away(bring):
    at = bring(("broken.ttl", b"no turtle"))
    assert not at.exception and len(at.error) == 1 and "\n" not in at.error[0].value
    assert at.error[0].value.startswith("Broken.ttl, line 1,") and "tmp" not in at.error[0].value
    at.file_uploader(key="files").set_value([("town.trig", TOWN, "text/plain")]).run()
    assert fine(at) and "What was read of town" in at.subheader[0].value


def test_names_do_not_clash_and_a_visit_keeps_a_few_graphs(bring):
    at = bring(("countries.trig", TOWN))
    assert fine(at) and at.sidebar.selectbox(key="world").value == "countries 2"
    for number in range(5):
        at.file_uploader(key="files").set_value([(f"town{number}.trig", TOWN, "text/plain")]).run()
    assert len(at.error) == 1 and at.error[0].value.startswith("A visit keeps 5 graphs")
    next(button for button in at.sidebar.button if button.label == "Let it go").click().run()
    assert at.sidebar.selectbox(key="world").value == "neighbourhood"
    worlds = ["neighbourhood", "countries", "countries 2", "town0", "town1", "town2"]
    assert at.sidebar.selectbox(key="world").options == worlds


def test_a_brain_is_taught_and_belongs_to_this_visit(bring, page):
    at = bring(("town.trig", TOWN), units="32")
    at.button(key="teach").click().run()
    assert fine(at) and at.button(key="teach").disabled
    job = at.session_state["teaching"]
    ends = time.monotonic() + 60
    while job.running and time.monotonic() < ends:
        time.sleep(0.1)
        at.run()
    at.run()
    assert fine(at) and "**town** is learned: after" in words(at) and "it answers 100% rightly." in words(at)
    known = at.session_state["taught"]["town"]
    assert known.brain.settings.dim == 32 and known.graph.source == "town"
    assert [link.label for link in at.page_link] == ["Ask what it knows", "Relive a moment"]
    assert 'tb.load_brain("town.brain.safetensors")' in at.code[0].value
    assert [button.label for button in at.download_button] == ["Download the brain"]
    # Another content under the same name does not take the place of what was taught.
    at.file_uploader(key="files").set_value([("town.trig", TOWN + b" :Ben :owns :Chess .", "text/plain")]).run()
    assert fine(at) and at.sidebar.selectbox(key="world").value == "town 2" and "town" in at.session_state["taught"]
    other = page(show="bring your own", world="town")
    assert other.sidebar.selectbox(key="world").options == ["neighbourhood", "countries"]


def test_a_training_can_be_stopped(bring):
    at = bring(("town.trig", TOWN), units="32", passes="2000")
    at.button(key="teach").click().run()
    job = at.session_state["teaching"]
    stop = next(button for button in at.button if button.label == "Stop, and keep the best so far")
    stop.click().run()
    job.wait(60)
    at.run()
    assert fine(at) and job.stopped and "town" in at.session_state["taught"] and "was stopped" in words(at)
