"""Recall: what it finds, draws and chooses, against the brute-force decoder."""

import jax
import numpy as np
import pytest

from tensorbrain.errors import SettingsError, UnknownConceptError
from tensorbrain.modes import recall
from tensorbrain.settings import Settings
from tensorbrain.trace import Record

SETTINGS = Settings(dim=8, context=6, orders=("spo", "ops"))
BRIEF = Record(top=2, states=False)
DRAWS = 4000


@pytest.fixture(scope="module")
def brain(make_model, name_all):
    return name_all(make_model(SETTINGS, seed=8), SETTINGS)


@pytest.fixture(scope="module")
def truth(brain, brute_force):
    return brute_force(brain.model)


def best(P: np.ndarray, count: int) -> np.ndarray:
    return np.sort((P / P.sum()).reshape(-1))[::-1][:count]


def check_top(trace, P: np.ndarray, given: dict[int, int]) -> None:
    """The listed statements are the most probable ones that agree with the cue, each with P(statement | cue)."""
    agrees = np.ones(P.shape, bool)
    for axis, k in given.items():
        agrees &= (np.arange(P.shape[axis]) == k).reshape([-1 if i == axis else 1 for i in range(3)])
    P = np.where(agrees, P, 0)
    np.testing.assert_allclose(trace.probability, best(P, len(trace)), atol=1e-5)
    np.testing.assert_allclose(trace.probability, (P / P.sum())[tuple(trace.ids.T)], atol=1e-5)
    assert len({tuple(row) for row in trace.ids.tolist()}) == len(trace)


@pytest.mark.parametrize("a_bar", ["learned", "mean"])
def test_semantic_top(a_bar, brain, truth):
    trace = recall(brain, subject="c1", a_bar=a_bar, statements=8, record=BRIEF)
    assert (trace.mode, trace.order, trace.exact, len(trace)) == ("semantic", "spo", True, 8)
    assert (trace.instant == -1).all() and (trace.chosen[:, 0] == -1).all()
    check_top(trace, truth.semantic(a_bar, "spo"), {0: 1})


def test_the_mixture_recalls_all_its_statements_when_all_are_asked_for(brain, truth):
    trace = recall(brain, subject="c1", a_bar="mixture", statements=15, record=BRIEF)
    check_top(trace, truth.semantic("mixture", "spo"), {0: 1})
    each = truth.p_t[:, None, None, None] * truth.by_instant("spo")  # through the instant that says it the loudest
    np.testing.assert_array_equal(trace.instant, [each[(slice(None), *row)].argmax() for row in trace.ids.tolist()])


def test_episodic_top(brain, truth):
    trace = recall(brain, object="c2", instant="t3", statements=8, record=BRIEF)
    assert (trace.mode, trace.order) == ("episodic", "ops") and (trace.instant == 3).all()
    check_top(trace, truth.by_instant("ops")[3], {2: 2})


@pytest.mark.parametrize("recency", [0.0, 30.0, -30.0])
def test_the_cue_reminds_of_an_instant(recency, brain, truth):
    trace = recall(brain, object="c2", mode="episodic", recency=recency, statements=8, record=BRIEF)
    weight = truth.p_t * truth.by_instant("ops")[..., 2].sum(axis=(1, 2)) * np.exp(recency * np.arange(4) / 3)
    t = int(weight.argmax())
    assert (trace.instant == t).all() and (trace.chosen[:, 0] == t).all()
    assert f"t{t}" in trace.notes[0] and f"{weight[t] / weight.sum():.2f}" in trace.notes[0]
    check_top(trace, truth.by_instant("ops")[t], {2: 2})


def test_no_more_statements_than_there_are(brain):
    trace = recall(brain, subject="c1", predicate="p0", statements=500, record=BRIEF)
    assert len(trace) == 5
    np.testing.assert_allclose(trace.probability.sum(), 1, atol=1e-5)


def total_variation(trace, P: np.ndarray) -> float:
    drawn = np.zeros(P.shape)
    np.add.at(drawn, tuple(trace.ids.T), 1 / len(trace))
    return np.abs(drawn - P / P.sum()).sum() / 2


@pytest.mark.parametrize("cue", [{}, {"subject": "c1"}, {"instant": "t2"}], ids=str)
def test_samples_follow_the_distribution(cue, brain, truth):
    trace = recall(brain, **cue, selection="sample", statements=DRAWS, seed=11, record=BRIEF)
    P = truth.by_instant("spo")[2] if "instant" in cue else truth.semantic("learned", "spo")
    if "subject" in cue:
        P = np.where(np.arange(5)[:, None, None] == 1, P, 0)
    # the expected total variation of 4,000 draws over 75 cells is at most sqrt(75 / 4000) / 2 = .07
    assert total_variation(trace, P) < 0.07
    np.testing.assert_allclose(trace.probability, (P / P.sum())[tuple(trace.ids.T)], atol=1e-5)


def test_samples_of_the_mixture_follow_it_given_a_cue_too(make_model, name_all, brute_force):
    """Brain and cue are such that P(t) and P(t | cue) give distributions .48 apart."""
    brain = name_all(make_model(SETTINGS, seed=13), SETTINGS)
    P = brute_force(brain.model).semantic("mixture", "spo")
    free = recall(brain, a_bar="mixture", selection="sample", statements=DRAWS, record=BRIEF)
    assert total_variation(free, P) < 0.07
    P[:4] = 0
    cued = recall(brain, subject="c4", a_bar="mixture", selection="sample", statements=DRAWS, record=BRIEF)
    assert total_variation(cued, P) < 0.07


def greedy(truth, q, order, *, attend):
    """The best index of every window, or, attending, the expected embedding fed back."""
    h, chosen, product = np.zeros(len(truth.B)), {}, 1.0
    q = q + truth.voice[truth.orders.index(order)]
    for slot in order:
        group = {"s": 0, "p": 1, "o": 0}[slot]
        q, h = truth.evolve(q, h)
        pi = truth.probabilities(q, group)
        chosen[slot] = int(pi.argmax())
        product *= pi.max()
        q = truth.alpha * q + truth.beta * (pi @ truth.A[group] if attend else truth.A[group][chosen[slot]])
    return [chosen[slot] for slot in "spo"], product


@pytest.mark.parametrize("selection", ["argmax", "attend"])
def test_argmax_and_attend_follow_their_definition(selection, brain, truth):
    semantic = recall(brain, selection=selection, record=BRIEF)
    episodic = recall(brain, selection=selection, instant="t2", record=BRIEF)
    for trace, q in ((semantic, truth.a_bar), (episodic, truth.A[2][2])):
        ids, product = greedy(truth, q, "spo", attend=selection == "attend")
        assert trace.ids.tolist() == [ids]
        np.testing.assert_allclose(trace.probability, [product], rtol=1e-4)


def test_a_told_slot_that_comes_late_is_clamped_and_said_so(brain):
    trace = recall(brain, object="c2", order="spo", selection="sample", statements=DRAWS, record=BRIEF)
    assert (trace.ids[:, 2] == 2).all() and "clamped" in trace.notes[0]


@pytest.mark.parametrize("selection", ["top", "sample", "argmax", "attend"])
def test_a_seed_gives_the_same_run(selection, brain):
    one, two = (recall(brain, selection=selection, statements=8, seed=5, record=Record(top=2)) for _ in range(2))
    assert one.to_json() == two.to_json()
    for a, b in ((one.q_before, two.q_before), (one.h, two.h), (one.top_probability, two.top_probability)):
        np.testing.assert_array_equal(a, b)
    other = recall(brain, selection=selection, statements=8, seed=6, record=Record(top=2))
    assert (one.ids.tolist() == other.ids.tolist()) == (selection != "sample")
    assert (one.seed, other.seed) == (5, 6)


def test_a_brain_with_reserve_rows_names_only_what_it_knows(make_model, name_all):
    settings = Settings(dim=8, context=6, reserve=(2, 1, 2))
    roomy = name_all(make_model(settings, seed=9), settings)
    trace = recall(roomy, a_bar="mixture", statements=50, record=Record(top=9))
    assert (trace.ids < [5, 3, 5]).all() and (trace.instant < 4).all()
    assert all(top["label"] for row in trace.to_json()["windows"] for window in row for top in window["top"])
    np.testing.assert_array_equal((trace.top_ids >= 0).sum(axis=2), np.tile([4, 5, 3, 5], (50, 1)))


@pytest.mark.parametrize(
    "arguments",
    [
        {"selection": "guess"},
        {"statements": 0},
        {"mode": "dreaming"},
        {"mode": "semantic", "instant": "t1"},
        {"a_bar": "median"},
        {"order": "pos"},
    ],
    ids=str,
)
def test_what_cannot_be_recalled(arguments, brain):
    with pytest.raises(SettingsError):
        recall(brain, **arguments)


def test_unknown_names(brain):
    with pytest.raises(UnknownConceptError, match="c9"):
        recall(brain, subject="c9")
    with pytest.raises(UnknownConceptError):
        recall(brain, instant="1999-01-01")


def test_a_time_stamp_names_its_instant(brain):
    assert recall(brain, instant="2026-05-04", statements=8).cue == {"instant": "t3"}


def test_a_brain_without_instants_recalls_what_is_always_true(make_model, name_all):
    counts = (5, 3, 0)
    settings = Settings(dim=8, context=6, orders=("spo", "ops"))
    brain = name_all(make_model(settings, counts=counts), settings, counts)
    trace = recall(brain, statements=3)
    assert len(trace) == 3 and (trace.chosen[:, 0] == -1).all() and (trace.top_ids[:, 0] == -1).all()
    assert jax.tree_util.tree_all([np.isfinite(x).all() for x in (trace.entropy, trace.feedback, trace.q_after)])
