"""Training in the background: it reports, stops, ends when nobody follows it, and only a few run at once."""

import doctest
import time
from pathlib import Path

import pytest

pytest.importorskip("streamlit", reason="streamlit is not installed: pip install '.[app]'")

import background
import lessons
import numpy as np
import teaching
from background import AT_ONCE
from teaching import Course, Teaching, blind, usual
from uploading import Brought, read

import tensorbrain as tb
from tensorbrain.errors import TensorBrainError

SMALL = Course(dim=32, epochs=200, seed=3)
ENDLESS = SMALL._replace(epochs=10**6)
FAMILY = b"""PREFIX : <urn:x:>
:Ada a :Person ; :motherOf :Ben , :Cleo ; :livesIn :Oslo . :Ben a :Person ; :likes :Chess .
:Cleo :likes :Ball ; :livesIn :Rome . :Sunday { :Ben :visits :Cleo }"""


@pytest.fixture(scope="module")
def family():
    return read([Brought("family.trig", FAMILY)])


@pytest.fixture(scope="module")
def done(family):
    """A training that has come to its end."""
    job = Teaching("my family", family, SMALL)
    until(lambda: job.follow() and not job.running)
    return job


def until(true, seconds: float = 60.0) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_docs_are_true():
    assert doctest.testmod(teaching).failed == 0


def test_it_learns_and_says_how_well_it_remembers(done, family):
    assert not done.error and done.learned and not done.stopped
    losses = [record["loss"] for record in done.news]
    assert losses[-1] < losses[0] - 2 and losses[0] > blind(family) - 1
    assert done.brain.vocabulary == family.vocabulary and done.brain.source == "family"
    assert done.remembered.share == 1.0 and done.remembered.asked == 8


def test_the_same_course_gives_the_same_brain(done, family):
    again = Teaching("family", family, SMALL)
    until(lambda: again.follow() and not again.running)
    assert again.brain is not None
    np.testing.assert_array_equal(np.asarray(again.brain.model.index.A), np.asarray(done.brain.model.index.A))


def test_it_stops_and_keeps_what_it_has_learned(family):
    job = Teaching("family", family, ENDLESS)
    until(lambda: len(job.follow()) > 5)
    assert lessons.progress(job).endswith("s left.")
    job.stop()
    until(lambda: not job.running)
    assert job.brain is not None and 5 <= len(job.brain.history) < 10**5 and job.stopped


def test_it_ends_when_nobody_follows(family, monkeypatch):
    monkeypatch.setattr(background, "UNFOLLOWED", 0.5)
    job = Teaching("family", family, ENDLESS)
    until(lambda: not job.running)
    assert job.stopped and job.brain is not None


def test_it_ends_when_its_time_is_over(family):
    job = Teaching("family", family, ENDLESS, seconds=0.5)
    until(lambda: job.follow() and not job.running)
    assert job.stopped and job.brain is not None and job.news[-1]["seconds"] < 30


def test_only_a_few_run_at_once_and_their_places_come_free(family):
    jobs = [Teaching("family", family, ENDLESS) for _ in range(AT_ONCE)]
    try:
        with pytest.raises(TensorBrainError, match="try again in a minute"):
            Teaching("family", family, SMALL)
    finally:
        for job in jobs:
            job.stop()
    until(lambda: not any(job.running for job in jobs))
    after = Teaching("family", family, SMALL)
    after.stop()
    until(lambda: not after.running)


def test_what_goes_wrong_is_one_sentence_and_frees_its_place(family):
    for _ in range(AT_ONCE + 1):
        job = Teaching("family", family, SMALL._replace(epochs=0))
        until(lambda job=job: not job.running)
        assert job.error == "epochs and batch must be at least 1, and validation a share between 0 and 1."
        assert job.brain is None


def test_a_graph_of_too_many_concepts_is_left_to_another_machine(family, monkeypatch):
    monkeypatch.setattr(teaching, "MOST_CONCEPTS", 3)
    with pytest.raises(TensorBrainError, match=r"family has 8 concepts .* on a machine of your own"):
        Teaching("family", family, SMALL)


def test_a_larger_graph_gets_more_units_and_fewer_passes(family):
    assert usual(family) == (64, 200, 0) and usual(tb.load_graph("neighbourhood")) == (256, 60, 0)


def test_a_brain_taken_home_is_the_same(done, tmp_path):
    path = Path(tmp_path, lessons.file_name("my family"))
    assert path.name == "my-family.brain.safetensors"
    path.write_bytes(lessons.file_of(done.brain))
    again = tb.load_brain(path)
    np.testing.assert_array_equal(np.asarray(again.model.index.A), np.asarray(done.brain.model.index.A))
    assert again.source == "family" and again.vocabulary == done.graph.vocabulary
