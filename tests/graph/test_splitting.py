"""A graph split by chance: all is kept, nothing leaks, every word that is asked for was met, seeds decide."""

import numpy as np
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorbrain.datasets.worlds import load_graph
from tensorbrain.errors import SettingsError
from tensorbrain.graph.interpretation import Settings
from tensorbrain.graph.knowledge_graph import example_graph, graph_of
from tensorbrain.graph.names import RDF
from tensorbrain.graph.quads import quads_of
from tensorbrain.graph.splitting import spared, split_graph

FACT = st.tuples(st.integers(0, 6), st.integers(0, 2), st.integers(0, 6), st.none() | st.integers(0, 3))


def graph_with(rows):
    """A graph of these statements; those with a number behind them in the episode of that number."""

    def named(kind, k):
        return ox.NamedNode(f"https://example.org/{kind}{k}")

    told = [(named("c", s), named("p", p), named("c", o), None if t is None else named("t", t)) for s, p, o, t in rows]
    return graph_of(quads_of(told), Settings(), "drawn", (), ())


def row_set(*parts):
    return [tuple(row) for part in parts for row in part.tolist()]


@given(
    st.lists(FACT, min_size=1, max_size=60, unique=True),
    st.booleans(),
    st.sampled_from([0.0, 0.1, 0.3]),
    st.sampled_from([0.1, 0.5]),
    st.integers(0, 9),
)
def test_nothing_is_lost_nothing_leaks_and_every_word_is_met(rows, time, valid, test, seed):
    graph = graph_with(rows)
    whole = graph.episodes if time else graph.semantic()
    try:
        splits = split_graph(graph, valid=valid, test=test, time=time, seed=seed)
    except SettingsError as error:
        assert "too few statements" in str(error) or not len(whole)
        return
    parts = (splits.train, splits.valid, splits.test)
    together = row_set(*parts)
    assert len(together) == len(set(together)) == len(whole)
    assert {row[: len(whole.shape)] for row in together} == set(map(tuple, whole.coordinates.tolist()))
    assert splits.temporal == time and len(splits.test) >= 1 and (len(splits.valid) >= 1) == (valid > 0)
    for part, share in zip(parts[1:], (valid, test), strict=True):
        assert len(part) <= max(1, round(share * len(whole)))
    held = np.concatenate(parts[1:])
    for columns in ([0, 2], [1], [3]):
        assert set(held[:, columns].ravel().tolist()) <= set(splits.train[:, columns].ravel().tolist())
    learned = splits.graph.episodes if time else splits.graph.facts
    assert len(learned) == len(splits.train) and not len(splits.graph.facts if time else splits.graph.episodes)
    again = split_graph(graph, valid=valid, test=test, time=time, seed=seed)
    assert all(np.array_equal(a, b) for a, b in zip(parts, (again.train, again.valid, again.test), strict=True))


@given(st.lists(FACT, min_size=1, max_size=40), st.integers(0, 40), st.integers(0, 3))
def test_as_many_are_spared_as_can_be(rows, most, seed):
    rows = np.array([(s, p, o, -1 if t is None else t) for s, p, o, t in rows], np.int32)
    free = spared(rows, most, np.random.default_rng(seed))
    assert len(set(free.tolist())) == len(free) <= most
    if len(free) < most:  # no other row could go, too
        kept = np.delete(rows, free, axis=0)
        assert all(len(spared(kept, 1, np.random.default_rng(k))) == 0 for k in range(2))


def test_the_same_seed_asks_the_same_whatever_is_chosen_by():
    graph = load_graph("countries")
    one, other = (split_graph(graph, valid=valid, seed=3) for valid in (0.0, 0.2))
    assert np.array_equal(one.test, other.test) and not np.array_equal(one.test, split_graph(graph, seed=4).test)
    assert len(one.valid) == 0 and not one.notes


def test_a_graph_with_a_time_is_split_with_it_or_without():
    graph = load_graph("neighbourhood")
    lived, said = split_graph(graph), split_graph(graph, time=False)
    assert lived.temporal and len(lived.known) == len(graph.episodes)
    assert not said.temporal and len(said.known) == len(graph.semantic()) and said.counts == (161, 32, 0)


def test_the_class_tree_of_what_is_learned_says_nothing_that_is_asked():
    splits = split_graph(load_graph("neighbourhood"), time=False, test=0.3)
    kind = [predicate.iri for predicate in splits.graph.vocabulary.predicates].index(RDF + "type")
    asked = {(s, o) for s, p, o, _ in splits.test.tolist() if p == kind}
    known = set(map(tuple, splits.graph.membership.tolist()))
    assert asked and known and not asked & known


def test_fewer_than_wished_are_said():
    graph = graph_with([(0, 0, 1, None), (1, 0, 0, None), (1, 0, 2, None), (0, 0, 3, None), (2, 0, 3, None)])
    splits = split_graph(graph, valid=0.0, test=0.8)
    assert 1 <= len(splits.test) < 4
    assert splits.notes[-1].startswith(f"Only {len(splits.test)} statements are held out, not 4")


@pytest.mark.parametrize(
    "how, sentence",
    [
        ({"time": True}, "drawn has no episodes"),
        ({}, "drawn has too few statements to hold some out: of its 2 only 0 can go"),
        ({"test": 0.0}, "valid 0.1 and test 0 are no shares"),
        ({"valid": 0.5, "test": 0.5}, "are no shares"),
    ],
)
def test_what_cannot_be_split_is_refused_in_a_sentence(how, sentence):
    with pytest.raises(SettingsError, match=sentence):
        split_graph(graph_with([(0, 0, 1, None), (2, 0, 1, None)]), **how)


def test_the_only_statement_of_a_moment_stays():
    with pytest.raises(SettingsError, match="of its 2 only 0"):
        split_graph(example_graph(), valid=0.0, time=True)
