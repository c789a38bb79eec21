"""Streams of events: what is asked, what counts answer, how a brain foresees, and that it learns to."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tensorbrain.errors import GraphError, SettingsError
from tensorbrain.evaluation.foreseen import matched, open_futures
from tensorbrain.evaluation.likeness import likeness_figures, overlap, stories
from tensorbrain.evaluation.ranking import realistic_rank
from tensorbrain.evaluation.streams import Answers, candidates, counted, judged, questions, rank_figures
from tensorbrain.experiments.streams import split_at, timed
from tensorbrain.graph.streams import Stream, stream
from tensorbrain.graph.timed_scenes import TimedScene, timed_scenes_graph
from tensorbrain.layers.concept_index import NEVER
from tensorbrain.learning.fit import one_of
from tensorbrain.learning.streams import NextEvent, learn_stream, lessons_of, stream_brains
from tensorbrain.modes.next_event import DURATIONS, OWN, RECENT, asked, foresee, instants_of, told
from tensorbrain.settings import Settings

SMALL = Settings(dim=16, context=32)


@jax.jit
def look(brain, stage, asked):
    """Everything that is foreseen of many questions."""
    a = instants_of(brain, stage)
    return jax.vmap(lambda asked: foresee(brain, stage, a, asked))(asked)


def film(seed: int, scenes: int, people: int = 5, places: int = 4, alone: bool = False) -> Stream:
    """People who go round the places, by turns by chance, and who meet whom they find there, unless ``alone``."""
    random = np.random.default_rng(seed)
    at = random.integers(places, size=people)
    made = []
    for start in range(scenes):
        who = int(random.integers(people))
        at[who] = (at[who] + 1) % places
        cast = tuple(f"person {k}" for k in np.flatnonzero(at == at[who]) if k == who or not alone)
        made.append(TimedScene(1 + start // 20, 1, start, f"place {at[who]}", "", cast))
    return stream(timed_scenes_graph(made))


@pytest.fixture(scope="module")
def events() -> Stream:
    return film(0, 40)


@pytest.fixture(scope="module")
def brain(events):
    return one_of(stream_brains(len(events.vocabulary.concepts), SMALL), 0)


def test_what_is_asked_is_what_a_look_through_the_stream_finds(events):
    every = questions(events)
    columns = [np.asarray(column) for column in asked(events, every.who, every.next)]
    for who, now, own, since in zip(*columns, strict=True):
        lived = [e for e in range(now) if who in events.cast[e]][::-1]
        assert own.tolist() == (lived[:OWN] + [-1] * OWN)[:OWN]
        later = []
        for other in events.cast[lived[0]].tolist() if lived else []:
            theirs = [e for e in range(now) if other in events.cast[e]]
            if other >= 0 and other != who and theirs[-1] > lived[0]:
                later.append(theirs[-1])
        assert [e for e in since.tolist() if e >= 0] == later


def test_an_instant_is_the_weighed_sum_of_what_takes_part(events, brain):
    a, A = np.asarray(instants_of(brain, told(events))), np.asarray(brain.index.A)
    for event in range(len(events)):
        cast = events.cast[event][events.cast[event] >= 0]
        expected = A[events.place[event]] + A[cast].sum(axis=0) / len(cast) ** 0.5
        np.testing.assert_allclose(a[event], expected, atol=1e-5)


def test_what_is_foreseen_is_a_mixture_of_what_is_remembered(events, brain):
    every = questions(events)
    found = jax.device_get(look(brain, told(events), asked(events, every.who, every.next)))
    for n in np.flatnonzero(every.next == 39).tolist():
        for log_p, among in ((found.log_place[n], events.places), (found.log_company[n], events.people)):
            np.testing.assert_allclose(np.exp(log_p).sum(), 1, atol=1e-4)
            assert (np.exp(log_p)[~among] == 0).all()
        assert found.log_company[n, every.who[n]] <= NEVER / 2
        there = found.instants[n] >= 0
        known = found.instants[n][there]
        assert len(set(known.tolist())) == len(known) and set(range(39 - RECENT, 39)) <= set(known.tolist())
        weight = np.exp(found.log_recalled[n])
        assert not weight[:-1][~there].any()
        remembered = np.zeros(len(events.places))
        np.add.at(remembered, events.place[known], weight[:-1][there])
        usual = np.exp(found.log_place[n]) - remembered  # what semantic memory adds
        assert (usual > -1e-5).all()
        np.testing.assert_allclose(usual.sum(), weight[-1], atol=1e-4)


def test_nothing_that_comes_later_changes_what_is_foreseen(events, brain):
    later = np.r_[np.arange(21), np.random.default_rng(0).permutation(np.arange(21, 40))]
    other = Stream(events.vocabulary, events.instant, events.place[later], events.cast[later])
    found = []
    for each in (events, other):
        every = questions(each)
        log_place = look(brain, told(each), asked(each, every.who, every.next)).log_place
        found.append(np.asarray(log_place)[every.next <= 20])
    np.testing.assert_allclose(*found, atol=1e-5)


def test_a_brain_learns_rounds_that_last_seen_misses():
    rounds = film(3, 160, alone=True)
    every = questions(rounds)
    every = every.some(every.last >= 0)
    stage = told(rounds)
    part, rest = every.some(every.next < 120), every.some(every.next >= 120)
    brain = one_of(stream_brains(len(rounds.vocabulary.concepts), Settings(dim=32, context=64, temperature=2.0)), 0)
    lessons = lessons_of(rounds, part)
    loss = NextEvent(batch=64, strangers=0.2)
    brain, losses = learn_stream(brain, lessons, steps=100, rate=5e-3, loss=loss, progress=False)
    assert len(losses) == 100 and np.mean(losses[-20:]) < 0.8 * np.mean(losses[:20])
    found = look(brain, stage, asked(rounds, rest.who, rest.next))
    answers = Answers(np.asarray(found.log_place, float), np.asarray(found.log_company, float))
    assert judged(rounds, rest, counted(rounds, rest)["last_seen"])["place_hits1"] == 0
    assert judged(rounds, rest, answers)["place_hits1"] > 0.5


@pytest.mark.parametrize("how", [{"steps": 0}, {"minutes": 0.0}, {"minutes": float("nan")}])
def test_lessons_without_end_or_beginning_are_refused(events, brain, how):
    with pytest.raises(SettingsError):
        learn_stream(brain, lessons_of(events, questions(events)), **how)


def test_counts_know_only_what_came_before(events):
    every = questions(events)
    for name, answers in counted(events, every).items():
        cut = Stream(events.vocabulary, events.instant[:20], events.place[:20], events.cast[:20])
        short = counted(cut, questions(cut))[name]
        np.testing.assert_array_equal(short.place, answers.place[: len(short.place)], err_msg=name)
    last = counted(events, every)["last_seen"].place
    can, _ = candidates(events, every)
    asked_twice = every.last >= 0
    best = np.where(can, last, -np.inf).argmax(axis=1)
    np.testing.assert_array_equal(best[asked_twice], events.place[every.last[asked_twice]])


def test_company_that_has_gone_elsewhere_is_followed():
    names = (("Inn", ("Ada", "Bob")), ("Inn", ("Ada", "Bob")), ("Mill", ("Bob",)), ("Mill", ("Ada", "Bob")))
    went = stream(timed_scenes_graph([TimedScene(1, 1, n, place, "", cast) for n, (place, cast) in enumerate(names)]))
    every = questions(went)
    last = every.some((every.next == 3) & (every.who == went.vocabulary.find("Ada", "concept")))
    best = {
        name: went.vocabulary.label("concept", int(each.place[0].argmax()))
        for name, each in counted(went, last).items()
    }
    assert best == {"last_seen": "Inn", "most_frequent": "Inn", "count_table": "Mill"}


@settings(max_examples=15, deadline=None)
@given(some.integers(0, 10**6))
def test_ranks_are_the_realistic_ones(seed):
    random = np.random.default_rng(seed)
    scores, can = random.integers(0, 4, (3, 8)).astype(float), random.random((3, 8)) < 0.8
    true = can & (random.random((3, 8)) < 0.4)
    true[:, 0] = can[:, 0] = True
    figures = rank_figures("x", scores, can, true)
    each = []
    for row in range(3):
        others = np.flatnonzero(~can[row] | true[row])
        ranks = [realistic_rank(scores[row], k, others.tolist()) for k in np.flatnonzero(true[row]).tolist()]
        each.append(np.mean([1 / rank for rank in ranks]))
    np.testing.assert_allclose(figures["x_mrr"], np.mean(each))


def test_the_most_alike_are_those_that_overlap_most(events):
    story = stories(events)
    one = overlap(story[10:12], story)
    for row, n in enumerate((10, 11)):
        for other in (0, 10, 25):
            expected = (story[n] & story[other]).sum() / (story[n] | story[other]).sum()
            np.testing.assert_allclose(one[row, other], expected)
    figures = likeness_figures(one, one, np.array([10, 11], np.int32))
    assert figures["ndcg10"] == pytest.approx(1)
    assert likeness_figures(-one, one, np.array([10, 11], np.int32))["ndcg10"] < 1


def test_the_future_of_somebody_is_what_was_written_last(events):
    every = questions(events)
    rows = open_futures(every, np.array([0, 30], np.int32), len(events.vocabulary.concepts))
    assert (rows[0] == -1).all()
    for who in np.flatnonzero(rows[1] >= 0):
        assert every.who[rows[1, who]] == who
        assert every.next[rows[1, who]] == max(e for e in range(30) if who in events.cast[e])
    there = np.zeros((1, rows.shape[1]), bool)
    there[0, np.flatnonzero(rows[1] >= 0)[0]] = True
    written = np.random.default_rng(0).normal(size=(len(every.who), 64)).astype(np.float32)
    own = written[rows[1][there[0]]]
    assert matched(written, own, rows[1:], there)["future_hits1"] == 1
    assert matched(written, -own, rows[1:], there)["future_hits1"] == 0


def test_a_stream_is_split_where_it_is_said(events):
    assert split_at(events, None) == split_at(events, "season 2") == split_at(events, "0.5") == 20
    with pytest.raises(SettingsError, match="no instant begins with 'season 7'"):
        split_at(events, "season 7")


def test_events_without_a_time_are_refused(tmp_path):
    from tensorbrain.graph import read_graph

    path = tmp_path / "town.trig"
    path.write_text("<urn:one> { <urn:Ada> <urn:isIn> <urn:Inn> } <urn:two> { <urn:Ada> <urn:isIn> <urn:Mill> }")
    with pytest.raises(GraphError, match="have no time"):
        timed(read_graph(path))


def test_a_memory_that_cannot_carry_is_refused():
    with pytest.raises(SettingsError, match="twice its dim"):
        stream_brains(3, Settings(dim=8, context=8))
    assert stream_brains(3, SMALL).index.size("concept") == 3 + DURATIONS
    assert jnp.isfinite(stream_brains(3, SMALL).memory.B).all()
