"""The page of episodic memory without a browser: how it finds a moment, relives it, and what it says of it."""

import doctest
import json
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")

import ageing
import background
import keeping
import moments
import session
from components import timeline
from components.timeline import Heights, packet
from moments import by_cue, by_likeness, by_time, compare, in_words, told_of
from questions import Question
from session import Mind
from streamlit.testing.v1 import AppTest

import tensorbrain as tb
from tensorbrain.graph.vocabulary import Concept

FIRST = "Monday 20 April 2026, 07:05: a new week begins"
FED = "Wednesday 6 May 2026, 17:38: Mary feeds Sparky"
CUE = {"by": "cue", "subject": "Mary", "predicate": "feeds", "object": "Sparky"}


@pytest.fixture
def page(script):
    """The page after its first run, with a query."""

    def opened(**query: str) -> AppTest:
        at = AppTest.from_file(script, default_timeout=120)
        at.query_params.update(query)
        return at.switch_page("views/remember.py").run()

    return opened


@pytest.fixture(scope="module")
def mind(town):
    """The neighbourhood's brain as one of a visit's own, so that nothing is left in a shared cache."""
    return Mind("neighbourhood", town, None)


def relived(at) -> str:
    """The moment that the page relives."""
    assert not at.exception and not at.error
    return at.session_state.latest


def frame(at, column: str):
    return next(table.value for table in at.dataframe if column in table.value.columns)


def said(at) -> str:
    return " ".join(block.value for block in at.markdown)


@pytest.mark.parametrize("module", [ageing, moments, timeline])
def test_docs_are_true(module):
    assert doctest.testmod(module).failed == 0


def test_the_first_view_relives_a_moment_and_says_what_of_it_comes_back(page):
    at = page()
    assert relived(at) == FIRST and at.title[0].value == "Relive a moment"
    told = frame(at, "back")
    assert ["Jack", "feeds", "Sparky"] in told[["subject", "predicate", "object"]].values.tolist()
    assert set(told["back"]) == {"yes"}
    assert f"All {len(told)} statements come back when as many are asked for." in said(at)


def test_a_cue_reminds_of_a_moment_until_another_is_chosen_or_another_cue_told(page):
    at = page(**CUE)
    assert relived(at) == FED
    at.sidebar.selectbox(key="relived").select(FIRST).run()
    assert relived(at) == FIRST
    at.sidebar.selectbox(key="object").select("Luna").run()
    assert relived(at) not in (FIRST, FED) and at.sidebar.selectbox(key="relived").value.startswith("(what")


def test_recent_and_remote_moments(page):
    at = page(by="cue", recency="10")
    recent = at.session_state.latest
    assert relived(at).split(",")[0].endswith("May 2026") and "Recent moments come" in at.sidebar.caption[1].value
    at.sidebar.slider(key="recency").set_value(-10.0).run()
    assert relived(at).split(",")[0].endswith("April 2026") and relived(at) != recent
    assert "Remote moments come" in at.sidebar.caption[1].value


def test_what_was_found_by_a_cue_is_kept_when_its_likeness_is_asked_for(page):
    at = page(**CUE)
    at.sidebar.segmented_control(key="by").set_value("likeness").run()
    assert relived(at) == FED == at.sidebar.selectbox(key="instant").value


def test_what_is_lesioned_does_not_come_back(page):
    at = page(lesion="Jack", statements="4")
    assert relived(at) == FIRST and len(frame(at, "predicate")) > 4
    told = frame(at, "back")
    missing = told[(told[["subject", "object"]] == "Jack").any(axis=1)]
    assert len(missing) and "yes" not in set(missing["back"]) and "recalled that" in said(at)


def test_nonsense_in_a_link_is_mended_and_said(page):
    at = page(by="smell", instant="Doomsday", statements="5000")
    assert relived(at) == FIRST
    toasts = " ".join(toast.value for toast in at.toast)
    assert all(f"The link says {wrong}" in toasts for wrong in ("by=smell", "instant=Doomsday", "statements=5000"))
    at = page(by="cue", recency="99", relived="never", subject="Nobody")
    toasts = " ".join(toast.value for toast in at.toast)
    assert all(f"The link says {wrong}" in toasts for wrong in ("recency=99", "relived=never", "subject=Nobody"))
    assert at.sidebar.slider(key="recency").value == 10.0 and not at.exception


def test_a_brain_without_moments_says_so_in_one_sentence(page):
    at = page(world="countries", by="cue")
    assert not at.exception and not at.error and len(at.dataframe) == 0
    assert "remembers no moments" in at.info[0].value


def test_an_experience_of_the_visit_is_relived_and_forgotten(script, newborn_file):
    def mine(view: str, **query: str) -> AppTest:
        at.query_params.update({"world": session.OWN_FILE, "statements": "4", **query})
        at.switch_page(view).run().run()  # at the first run a test still sees the widgets of the page before
        return at.sidebar.text_input(key="own").set_value(str(newborn_file)).run()

    at = AppTest.from_file(script, default_timeout=120)
    mine("views/perceive.py", picture="new", scene="3")
    next(button for button in at.button if button.label == "Remember this picture").click().run()
    label = at.session_state.lived.latest.label
    mine("views/remember.py")
    assert "In this visit the brain lived through" in said(at)
    at.sidebar.selectbox(key="instant").select(label).run()
    assert relived(at) == label
    assert set(frame(at, "back")["back"]) <= {"yes", "no", "not seen"}
    next(button for button in at.button if button.label == "Undo").click().run()
    assert relived(at) != label and "lived" not in at.session_state and "In this visit" not in said(at)
    assert len(session.mind_of(session.OWN_FILE, str(newborn_file)).brain.vocabulary.instants) == 694


def test_heights_are_the_prior_the_posterior_and_the_likeness(mind):
    town = mind.brain
    count = len(town.vocabulary.instants)
    prior = by_time(mind, Question(mode="episodic")).probability
    assert prior.shape == (count,) and abs(prior.sum() - 1) < 1e-5 and prior.std() > 0
    cue = Question(mode="episodic", subject="Sparky", predicate="chases", object="Luna")
    found = by_cue(mind, cue, recency=0.0)
    best = tb.ask(town, subject="Sparky", predicate="chases", object="Luna", answer="instant", top=3)
    np.testing.assert_allclose([found.probability[a.ids[0]] for a in best], [a.probability for a in best], rtol=1e-3)
    assert found.name == "P(t | Sparky chases Luna)" and found.most
    tilted = by_cue(mind, cue, recency=5.0).probability
    assert (tilted * np.arange(count)).sum() > (found.probability * np.arange(count)).sum()
    likeness = by_likeness(mind, Question(mode="episodic", instant=town.vocabulary.instants[3].iri)).probability
    assert likeness[3] == 0 and abs(likeness.sum() - 1) < 1e-5


@pytest.mark.parametrize(
    ("cue", "name"),
    [
        ({}, "P(t)"),
        ({"subject": "Mary"}, "P(t | Mary …)"),
        ({"subject": "Mary", "object": "Luna"}, "P(t | Mary … Luna)"),
    ],
)
def test_a_cue_is_named_as_it_is_told(mind, cue, name):
    assert by_cue(mind, Question(mode="episodic", **cue), recency=0.0).name == name


def test_what_was_told_is_compared_with_as_many_statements(mind):
    told = told_of(mind, 1)
    words = mind.brain.vocabulary.with_concept(Concept("urn:x:new", "a new moment", "instant"), None)
    later = replace(mind.brain, vocabulary=words)
    assert (
        told
        and told_of(mind._replace(brain=later), 694) is None
        and told_of(Mind(session.OWN_FILE, mind.brain, None), 1) is None
    )
    trace = tb.recall(mind.brain, instant=FIRST, statements=16)
    whole = compare(trace, told)
    assert (whole.told, whole.back, whole.strange) == (len(told), len(told), 0)
    never = (0, 0, 0)
    changed = compare(trace, [never, *told[1:]], "seen")
    assert (changed.told, changed.back, changed.strange) == (len(told), len(told) - 1, 1)
    assert changed.rows[0]["back"] == "no" and changed.rows[-1]["back"] == "not seen"
    assert changed.rows[0]["probability"] is None or changed.rows[0]["probability"] < 0.01
    assert in_words(changed).endswith("; one more is recalled that was not seen.")


DAY = """@prefix : <https://example.org/> . @prefix dct: <http://purl.org/dc/terms/> .
:walk { :Sparky :chases :ball } :meal { :Sparky :eats :bone . :Sparky :chases :ball } :day dct:hasPart :walk, :meal .
"""


def test_of_an_episode_what_its_parts_tell_is_told(mind, tmp_path, monkeypatch):
    (tmp_path / "day.trig").write_text(DAY)
    graph = tb.load_graph(tmp_path / "day.trig")
    words = graph.vocabulary
    monkeypatch.setattr(moments, "graph_of", lambda world: graph)
    told = told_of(mind._replace(brain=replace(mind.brain, vocabulary=words)), words.find("day", "instant")) or []
    said = [[words.label("object", o), words.label("predicate", p), words.label("subject", s)] for s, p, o in told]
    assert sorted(said) == [["ball", "chases", "Sparky"], ["bone", "eats", "Sparky"]]


def test_the_packet_brings_every_height(mind):
    heights = Heights(np.linspace(0, 1, 5, dtype=np.float64), "P(t)", "the prior", recency=-2.0)
    content = packet(list("abcde"), [None, *["2026-05-03"] * 4], 4, 2, heights)
    length = int.from_bytes(content[:4], "little")
    head = json.loads(content[4 : 4 + length])
    assert (head["labels"], head["learned"], head["chosen"], head["recency"]) == (list("abcde"), 4, 2, -2.0)
    np.testing.assert_allclose(np.frombuffer(content[4 + length :], "<f4"), heights.probability)


def press(at: AppTest, label: str) -> None:
    next(button for button in at.button if button.label.startswith(label)).click().run()


def test_a_moment_is_consolidated_and_others_forgotten_until_it_is_undone(page, monkeypatch):
    monkeypatch.setattr(keeping, "STEPS", 20)
    monkeypatch.setattr(ageing, "STEPS", 20)
    monkeypatch.setattr(background, "UNFOLLOWED", 300.0)  # no browser asks how it goes
    at = page()
    press(at, "Consolidate this moment")
    at.session_state.consolidation.wait(120)
    at.run()
    assert not at.exception and not at.error and "consolidated a moment" in said(at)
    told = frame(at, "now")
    assert (told["now"] > told["before"]).all() and "was consolidated. In general" in said(at)
    at.selectbox(key="policy").select("the rarest").run()
    at.slider(key="keep694").set_value(500).run()
    press(at, "Forget 194")
    own = at.session_state.lived
    assert not at.exception and "forgot all but 500 moments" in said(at) and len(own.history) == 2
    assert len(own.brain.vocabulary.instants) == 500
    assert relived(at) in moments.shown_names(Mind("neighbourhood", own.brain, None))
    assert set(frame(at, "back")["back"]) == {"yes"}
    press(at, "Undo")
    assert "lived" not in at.session_state and "In this visit" not in said(at)


def test_a_stopped_consolidation_changes_nothing(page):
    at = page()
    press(at, "Consolidate this moment")
    at.session_state.consolidation.stop()
    at.session_state.consolidation.wait(120)
    at.run()
    assert not at.exception and "lived" not in at.session_state
    assert any("It was stopped" in caption.value for caption in at.caption)
