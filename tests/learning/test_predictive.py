"""Predictive learning: walks are walks, the objective is that of the mode, and a taught brain goes on by itself."""

import dataclasses
from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.graph.knowledge_graph import example_graph
from tensorbrain.learning.fit import fit, newborn, one_of
from tensorbrain.learning.predictive import Succession, log_predicted, teach_chains, walk, ways_of
from tensorbrain.modes.paths import paths_from
from tensorbrain.modes.reasoning import reason, taught
from tensorbrain.settings import Settings

RING = 7
# Concept k leads by predicate 0 to the next on a ring and by predicate 1 to the one before; the last is a dead end.
FACTS = np.array([(k, p, (k + d) % RING) for k in range(RING) for p, d in ((0, 1), (1, -1))] + [(0, 2, RING)], np.int32)
SETTINGS = Settings(dim=32, context=32)


@pytest.fixture(scope="module")
def ways():
    return ways_of(FACTS, RING + 1)


def walks(ways, count: int, hops: int):
    chance = jax.random.uniform(jax.random.key(0), (count, hops))
    return jax.vmap(lambda chance: walk(ways, chance))(chance)


def test_walks_follow_the_facts_to_their_end(ways):
    s, p, o, there = (np.asarray(x) for x in walks(ways, 2000, 4))
    before = np.concatenate([s[:, None], o[:, :-1]], axis=1)
    known = {tuple(fact) for fact in FACTS.tolist()}
    walked = np.stack([before, p, o], axis=2)[there]
    assert {tuple(fact) for fact in walked.tolist()} == known
    first = np.unique(np.stack([s, p[:, 0]], axis=1), axis=0, return_counts=True)[1]
    assert 0.6 < first.min() * len(FACTS) / len(s) < first.max() * len(FACTS) / len(s) < 1.5  # all facts alike
    assert there[:, 0].all() and (there[:, 1:] == (there[:, :-1] & (o[:, :-1] < RING))).all()


@pytest.mark.parametrize("how", ["chain", "embedded"])
def test_what_is_learned_is_what_reasoning_reads(how, ways):
    brain = one_of(newborn((RING + 1, 3, 0), SETTINGS, (0,)), 0)
    events = jax.tree.map(lambda leaf: leaf[0], walks(ways, 1, 2))
    assert events.there.all()
    log_p, gamma = log_predicted(brain, events, jnp.asarray(how == "chain"))
    cue = brain.a_bar, events.subject, events.predicates
    every = paths_from(brain, *cue, how=how, beam=64, n=64)
    row = np.flatnonzero((np.asarray(every.objects) == np.asarray(events.objects)).all(axis=1))
    np.testing.assert_allclose(log_p[2::2], every.log_p[row[0]], rtol=1e-5)
    scores = jax.vmap(lambda g: jax.nn.log_softmax(brain.index.scores(g, "concept")))(gamma)
    np.testing.assert_allclose(scores[jnp.arange(2), events.objects], log_p[2::2], rtol=1e-5)
    shorter = events._replace(there=jnp.array([True, False]))
    assert (log_predicted(brain, shorter, jnp.asarray(True))[0][3:] == 0).all()


def test_a_taught_brain_goes_farther_than_it_ever_walked(ways):
    """Walks of two hops are taught and three are asked for; without feedback it gets lost."""
    rows = np.concatenate([FACTS, np.full((len(FACTS), 1), -1)], axis=1).astype(np.int32)
    lessons = jax.tree.map(lambda leaf: jnp.asarray(leaf)[None], (ways, rows))
    loss = Succession(batch=24, hops=2)
    brains, losses = fit(newborn((RING + 1, 3, 0), SETTINGS, (0,)), lessons, loss, (0,), steps=1500)
    assert losses[0, -1] < losses[0, 0] - 5
    along = jnp.array([[0, 0, 0], [1, 1, 0], [0, 0, 1], [1, 1, 1]])
    subjects = jnp.arange(1, RING)  # from 0 there is a way out of the ring
    ends = (np.arange(1, RING)[:, None] + np.array([3, -1, 1, -3])) % RING
    brain = one_of(brains, 0)

    def right(brain, how: str) -> float:
        follow = partial(paths_from, brain, brain.a_bar, how=how, beam=1)
        found = jax.vmap(jax.vmap(follow, (None, 0)), (0, None))(subjects, along)
        return float((np.asarray(found.objects[:, :, 0, -1]) == ends).mean())

    assert min(right(brain, how) for how in ("chain", "embedded", "symbolic")) > 0.8
    assert right(eqx.tree_at(lambda b: b.beta, brain, jnp.zeros(())), "chain") < 0.4


def test_a_brain_can_be_taught_chains():
    graph, settings = example_graph(), Settings(dim=8, context=8)
    words = graph.vocabulary

    def born(settings: Settings) -> Brain:
        counts = (len(words.concepts), len(words.predicates), len(words.instants))
        return Brain(TensorBrain.create(counts, settings, key=jax.random.key(0)), words, settings)

    brain = born(settings)
    wiser = teach_chains(brain, graph, steps=4, hops=2)
    told = {"subject": "Sparky", "predicate": "type", "hops": 2}
    assert not taught(brain) and taught(wiser) and wiser.history[-1]["chains"] == 2
    assert (reason(brain, **told).how, reason(wiser, **told).how) == ("symbolic", "chain")
    assert not any("guesses" in note for note in reason(wiser, **told).notes)
    other = dataclasses.replace(brain, vocabulary=dataclasses.replace(words, predicates=()))
    backwards = born(Settings(dim=8, context=8, orders=("sop",)))
    for wrong, arguments, said in (
        (other, {}, "other words"),
        (brain, {"steps": 0}, "at least 1"),
        (backwards, {}, "spo"),
    ):
        with pytest.raises(SettingsError, match=said):
            teach_chains(wrong, graph, **arguments)
