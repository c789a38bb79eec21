"""Models compared on a graph, without a browser: chosen, taught, stopped, measured, and told in words."""

import doctest
import time
from functools import partial

import pytest

pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")

import contest
import contest_script
import curves
import equinox as eqx
import jax
import numpy as np
import standings
from bringing import FAMILY
from contest import Contest, Plan, Result
from streamlit.testing.v1 import AppTest
from teaching import MOST_CONCEPTS
from uploading import Brought, read

from tensorbrain.errors import TensorBrainError
from tensorbrain.evaluation.answers import Guess
from tensorbrain.factorization import MODELS, create_model
from tensorbrain.learning.taught import NAMES

PLAN = Plan(("distmult", "cp"), held=0.2, passes=200)


@pytest.fixture
def page(script):
    def opened(**query: str | list[str]) -> AppTest:
        at = AppTest.from_file(script, default_timeout=60)
        at.query_params.update({"show": "models", **query})
        return at.switch_page("views/graph.py").run()

    return opened


@pytest.fixture(scope="module")
def job():
    """Two models compared on the family of the page, after hardly a lesson."""
    return ended(Contest("my graph", read([Brought("my graph.trig", FAMILY.encode())]), PLAN))


def ended(job: Contest) -> Contest:
    ends = time.monotonic() + 60
    while job.running and time.monotonic() < ends:
        job.followed()
        time.sleep(0.05)
    return job


def named(at: AppTest, label: str):
    return next(button for button in at.button if button.label == label)


def words(at: AppTest) -> str:
    return "\n".join(block.value for block in (*at.markdown, *at.caption))


@pytest.mark.parametrize("module", [contest, contest_script, curves, standings])
def test_docs_are_true(module):
    assert doctest.testmod(module).failed == 0


def test_every_model_of_the_library_is_offered_where_it_fits():
    assert {*contest.TIMELESS, *contest.TIMED} == set(standings.TITLES) == set(curves.LINES) == set(NAMES)
    for known, timed in ((contest.TIMELESS, False), (contest.TIMED, True)):
        create = partial(create_model, counts=(3, 2, 4 * timed), rank=2, key=jax.random.key(0))
        models = {name: eqx.filter_eval_shape(create, name) for name in MODELS}
        assert {name for name, model in models.items() if model.temporal is timed} == set(known) - {"brain"}
        assert len({str(curves.LINES[name]) for name in known}) == len(known)


def test_it_opens_with_three_models_that_fit(page):
    at = page(world="countries")
    assert not at.exception and not at.error and "How well is it known?" in words(at)
    assert at.pills(key="models").value == ["brain", "ComplEx", "DistMult"]
    assert at.number_input(key="passes_each").value == 16
    assert not any(control.key == "times" for control in at.segmented_control)
    at = page(times="with time")
    assert not at.exception and at.pills(key="models_in_time").options == [
        "brain",
        "TComplEx",
        "TNTComplEx",
        "ConT",
        "non-negative Tucker",
    ]


def test_a_link_says_what_is_compared_and_nonsense_is_mended(page):
    at = page(
        world="countries", models=["CP", "TuckER"], held="20", passes_each="7", contest_seed="3", against="seconds"
    )
    assert not at.exception and not at.toast and at.pills(key="models").value == ["CP", "TuckER"]
    assert at.select_slider(key="held").value == 20 and at.number_input(key="passes_each").value == 7
    at = page(world="countries", models=["CP", "GPT"], held="21", passes_each="0", contest_seed="x")
    assert not at.exception and len(at.toast) == 4 and at.pills(key="models").value == ["CP"]


def test_without_a_model_there_is_one_sentence(page):
    at = page(world="countries")
    at.pills(key="models").set_value([]).run()
    at.button(key="compare").click().run()
    assert not at.exception and [error.value for error in at.error] == ["No model is chosen: choose one at least"]


def test_a_graph_of_ones_own_is_compared_and_kept_when_one_looks_elsewhere(page):
    at = page(show="bring your own", models=["DistMult", "CP"], passes_each="200", held="20")
    named(at, "Read these statements").click().run()
    at.segmented_control(key="show").set_value("models").run()
    assert at.number_input(key="passes_each").value == 200
    at.button(key="compare").click().run()
    assert not at.exception and not at.error and at.button(key="compare").disabled
    job = ended(at.session_state["contests"]["my graph"])
    at.run()
    at.run()
    assert not at.exception and not at.error and list(job.results) == ["distmult", "cp"]
    figures, guesses = (frame.value for frame in at.dataframe)
    assert list(figures["Model"])[-1] == "counting alone" and set(figures["Model"][:2]) == {"DistMult", "CP"}
    assert list(guesses.columns) == ["Model", "First", "Second", "Third"]
    assert "Counting alone, without any model" in words(at) and "were held out by seed 0" in words(at)
    at.segmented_control(key="show").set_value("tensor").run()
    at.segmented_control(key="show").set_value("models").run()
    assert len(at.dataframe) == 2 and named(at, "Compare again")
    at.session_state["sharing"] = True  # opened
    at.run()
    assert "tb.load_graph(sys.argv[1])" in at.code[1].value
    assert [element.proto.label for element in at.get("download_button")] == ["CSV", "Graph", "Python"]
    named(at, "Let it go").click().run()
    assert not at.exception and not at.session_state["contests"]


def test_too_few_statements_are_said(page):
    at = page(show="bring your own")
    at.text_area(key="written").set_value("<urn:x:Ada> <urn:x:likes> <urn:x:Ben> .").run()
    named(at, "Read these statements").click().run()
    at.segmented_control(key="show").set_value("models").run()
    at.button(key="compare").click().run()
    ended(at.session_state["contests"]["my graph"])
    at.run()
    at.run()
    assert not at.exception and len(at.error) == 1
    assert at.error[0].value.startswith("My graph has too few statements to hold some out")


def test_a_stopped_contest_keeps_what_is_done(job):
    made = Contest("my graph", job.graph, PLAN)
    while "distmult" not in made.results and made.running:
        made.followed()
        time.sleep(0.0005)
    made.stop()
    made.wait(30)
    assert list(made.results) == ["distmult"]
    assert [made.state(name) for name in PLAN.models] == ["done", "left out"]
    assert "CP** · left out" in curves.told("cp", [], made.state("cp"))


def test_what_cannot_be_compared_is_refused(job):
    with pytest.raises(TensorBrainError, match="no model is chosen"):
        Contest("countries", job.graph, Plan(()))

    class Large:
        class vocabulary:
            concepts = range(MOST_CONCEPTS + 1)

    with pytest.raises(TensorBrainError, match="the most that are compared here are 50,000"):
        Contest("all", Large(), Plan(("cp",)))  # pyright: ignore


def test_what_is_told_agrees_with_what_was_measured(job):
    assert not job.error and len(job.splits.test) == len(job.questions) == 3
    rows = standings.table(job.results)
    assert rows[0]["MRR"] >= rows[1]["MRR"] and rows[2] == rows[2] | {"Model": "counting alone"}
    for result in job.results.values():
        assert result.reciprocal.mean() == pytest.approx(result.figures["mrr"])
    concepts, predicates, _ = job.splits.counts
    assert job.results["distmult"].numbers == 64 * (concepts + 2 * predicates)
    known = standings.questions(job)
    text, k = next(iter(known.items()))
    assert text.endswith(" · ?") and len(standings.answers(job, k)) == 2
    true = job.splits.graph.vocabulary.label("object", int(job.questions[k, 2]))
    assert standings.why(job, k).startswith(f"The graph says **{true}**.")
    points = curves.points(job.news).to_pylist()
    assert len(points) <= 2 * (curves.POINTS + 1) and points[-1]["loss"] == job.news["cp"][-1]["loss"]


def test_a_verdict_knows_chance_and_counting():
    def result(ranks: list[float], counts: float) -> Result:
        base = {"mrr": float((1 / np.array(ranks)).mean()), "asked": 2, "baseline": {"counts": {"mrr": counts}}}
        return Result(base, 1.0, 1, 1 / np.array(ranks), [[Guess(0, 1.0, True)]])

    said = standings.verdict({"brain": result([1, 2, 1, 9], 0.9), "cp": result([2, 1, 1, 9], 0.9)})
    assert said.startswith("The **brain** is first, and hardly ahead") and "may be chance" in said
    assert "**more than any model that was taught here**" in said
    assert standings.verdict({"cp": result([1, 1], 0.1)}).startswith("**CP** has an MRR of **1.000**")
