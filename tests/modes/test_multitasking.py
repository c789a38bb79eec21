"""Multitasking: streams in turns against the same streams alone, and against NumPy one window at a time."""

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.errors import SettingsError, UnknownConceptError
from tensorbrain.modes import multitask, recall
from tensorbrain.modes.multitasking import interleaved
from tensorbrain.settings import Settings
from tensorbrain.trace import Record

SETTINGS = Settings(dim=8, context=6, orders=("spo", "ops"))
CUES = [{"subject": "c3", "predicate": "p1"}, {"object": "c2", "instant": "t1"}]
RECORD = Record(top=3)
ARRAYS = ("ids", "probability", "entropy", "feedback", "top_ids", "top_probability", "q_before", "q_after", "h")


@pytest.fixture(scope="module")
def brain(make_model, name_all):
    return name_all(make_model(SETTINGS, seed=3), SETTINGS)


def same(one, other) -> None:
    assert (one.order, one.mode, one.cue) == (other.order, other.mode, other.cue)
    for name in (*ARRAYS, "chosen", "chosen_probability", "instant"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-4, atol=1e-5)


def test_an_index_carries_a_stream_across_where_q_is_all_there_is(make_model, name_all):
    """In a feed-forward brain the state is q alone: interrupted streams say what they say alone, to the last number."""
    settings = dataclasses.replace(SETTINGS, evolution="feedforward")
    brain = name_all(make_model(settings, seed=3), settings)
    together = multitask(brain, CUES, record=RECORD)
    assert [trace.order for trace in together] == ["spo", "ops"]
    for trace, cue in zip(together, CUES, strict=True):
        same(trace, recall(brain, **cue, selection="argmax", record=RECORD))
        assert "1 other stream," in trace.notes[-1]


def test_a_single_stream_is_a_recall(brain):
    same(multitask(brain, CUES[:1], record=RECORD)[0], recall(brain, **CUES[0], selection="argmax", record=RECORD))


@pytest.mark.parametrize("saved", [True, False])
def test_turns_are_taken_as_they_are_described(saved, brain, brute_force):
    truth = brute_force(brain.model)
    orders, given = ("spo", "ops"), [(3, 1, -1), (-1, -1, 2)]
    starts = [truth.a_bar, truth.A[2][1]]
    told = jnp.asarray(given, jnp.int32)
    run = interleaved(brain.model, jnp.asarray(starts, jnp.float32), told, orders=orders, saved=saved)
    memo, q, h = [None, None], np.zeros(8), np.zeros(6)
    for position in range(3):
        for stream, order in enumerate(orders):
            slot = order[position]
            if position == 0:
                q, h = starts[stream] + truth.voice[stream], np.zeros(6)
            elif saved:
                q, h = memo[stream], np.zeros(6)
            q, h = truth.evolve(q, h)
            window = run[stream][position]
            np.testing.assert_allclose(window.q_before, q, rtol=1e-3, atol=1e-4)
            np.testing.assert_allclose(window.h, h, rtol=1e-3, atol=1e-4)
            group = {"s": 0, "p": 1, "o": 0}[slot]
            pi = truth.probabilities(q, group)
            np.testing.assert_allclose(jnp.exp(window.log_pi), pi, rtol=1e-3, atol=1e-5)
            k = given[stream]["spo".index(slot)]
            k = int(pi.argmax()) if k < 0 else k
            assert int(window.chosen) == k
            q = truth.alpha * q + truth.beta * truth.A[group][k]
            memo[stream] = q


def test_what_is_not_kept_is_lost(brain):
    """The control: without an index, what the second stream says depends on what the first one was told."""
    first = [{"subject": "c3", "predicate": name} for name in ("p1", "p2")]
    kept, lost = (
        [multitask(brain, [cue, CUES[1]], saved=saved, record=RECORD)[1] for cue in first] for saved in (True, False)
    )
    same(*kept)
    assert np.abs(lost[0].q_before[0, 2] - lost[1].q_before[0, 2]).max() > 0.01
    assert "not kept" in lost[0].notes[-1]


def test_other_ways_to_choose(brain):
    attend = multitask(brain, CUES[:1], selection="attend", record=RECORD)[0]
    same(attend, recall(brain, **CUES[0], selection="attend", record=RECORD))
    drawn = [multitask(brain, CUES, selection="sample", seed=seed, record=RECORD) for seed in (1, 1, *range(2, 9))]
    said = [[trace.ids.tolist() for trace in traces] for traces in drawn]
    assert said[0] == said[1] and any(other != said[0] for other in said[2:])


def test_what_cannot_be_done_is_refused(brain):
    for wrong, words in (([], "at least one cue"), ([{"colour": "red"}], "colour"), (CUES, "argmax, sample")):
        with pytest.raises(SettingsError, match=words):
            multitask(brain, wrong, selection="top" if wrong is CUES else "argmax")
    with pytest.raises(UnknownConceptError):
        multitask(brain, [{"subject": "nobody"}])
