"""The film of a recall: its frames, its sentences, and the bytes that travel to the browser."""

import doctest
from collections import Counter

import numpy as np
import pytest
from components import film
from hypothesis import given
from hypothesis import strategies as st

import tensorbrain as tb
from tensorbrain.errors import SettingsError


@pytest.fixture(scope="module")
def semantic(town):
    return tb.recall(town, subject="Sparky")


@pytest.fixture(scope="module")
def episodic(town):
    return tb.recall(town, instant="2026-04-20T07:05")


@pytest.fixture(scope="module")
def filmed(town, unpacked):
    """The film of a trace, as its head and its arrays by name."""

    def film_of(trace, brain=town, **more):
        head, parts, behind = unpacked(film.packet(trace, brain, **more))
        assert not behind
        return head, parts

    return film_of


def label(head: dict, item: int) -> str:
    return head["items"][item][0]


def test_docs_are_true():
    assert doctest.testmod(film).failed == 0


def test_every_window_evolves_reads_and_writes_back_but_the_last(semantic):
    shown = film.frames(semantic)
    assert [(f.window, f.phase) for f in shown[:9]] == [
        (0, "open"),
        (1, "evolve"),
        (1, "read"),
        (1, "write"),
        (2, "evolve"),
        (2, "read"),
        (2, "write"),
        (3, "evolve"),
        (3, "read"),
    ]
    assert Counter(f.statement for f in shown) == dict.fromkeys(range(8), 9)


def test_a_sentence_names_what_is_given_what_is_read_and_what_comes_next(semantic):
    for n, said in enumerate(semantic.statements):
        read = {f.window: f.sentence for f in film.frames(semantic) if f.statement == n and f.phase == "read"}
        assert read[1].startswith("Window S: the subject Sparky is given")
        assert said.predicate in read[2] and said.object in read[3]
        assert f"probability {film.chance(said.probability)}" in read[3]


def test_the_object_window_of_a_most_probable_path_reads_as_a_sentence(semantic):
    said = semantic.statements[0]
    last = film.frames(semantic)[8].sentence
    assert last.startswith(f"Window O: given Sparky, {said.predicate}, the index reads {said.object} (")
    assert "; next " in last


def test_semantic_memory_opens_from_no_moment_and_episodic_memory_from_one(semantic, episodic):
    assert "Semantic memory opens" in film.frames(semantic)[0].sentence
    assert "a new week begins is given" in film.frames(episodic)[0].sentence
    assert film.frames(episodic)[0].words[1][1] == "instant"


def test_a_moment_that_is_found_is_said_to_be_found(town):
    found = tb.recall(town, mode="episodic", subject="Sparky")
    assert "the cue reminds of" in film.frames(found)[0].sentence


@pytest.mark.parametrize("fixture", ["semantic", "episodic"])
def test_the_packet_holds_every_state_as_one_byte_a_unit(fixture, filmed, request):
    trace = request.getfixturevalue(fixture)
    head, parts = filmed(trace)
    gamma = 1 / (1 + np.exp(-trace.q_before.astype(np.float64)))
    assert sorted(head["units"]) == list(range(head["dim"]))
    np.testing.assert_allclose(parts["before"] / 255, gamma[..., head["units"]], atol=0.5 / 255 + 1e-6)
    assert parts["h"].shape == trace.h.shape


def test_the_packet_names_what_each_statement_takes(episodic, filmed):
    head, parts = filmed(episodic)
    for said, taken in zip(episodic.statements, parts["chosen"], strict=True):
        words = dict(zip(head["slots"], (label(head, item) for item in taken), strict=True))
        assert (words["subject"], words["predicate"], words["object"]) == said[:3]
    assert len({tuple(item[2:]) for item in head["items"]}) == len(head["items"])  # each thing is numbered once


def test_a_score_is_the_sum_of_its_terms_and_its_softmax_is_the_probability(town, filmed):
    """What the page works out in the browser, worked out here: n = a_0 + a . (gamma - c) = T (log p + log Z)."""
    warm = tb.intervene(town, temperature=2.0)
    trace = tb.recall(warm, subject="Sparky", record=tb.Record(top=300))
    head, parts = filmed(trace, warm)
    row = {item: i for i, item in enumerate(parts["of"].tolist())}
    checked = 0
    for n, w in [(0, 2), (0, 3), (5, 3)]:
        log_p = parts["log_p"][n, w].astype(np.float64)
        gamma = 1 / (1 + np.exp(-trace.q_before[n, w].astype(np.float64)))
        items = parts["candidates"][n, w]
        assert np.exp(log_p[items >= 0]).sum() == pytest.approx(1, abs=1e-4)
        for item, lp in zip(items[items >= 0][:20], log_p, strict=False):
            a = parts["a"][row[int(item)]] / 32767 * head["scale"]
            score = parts["a0"][item] + a @ (gamma[head["units"]] - head["centre"])
            assert head["temperature"] * (lp + parts["log_z"][n, w]) == pytest.approx(score, abs=0.01)
            checked += 1
    assert head["temperature"] == 2.0 and checked == 60


def test_a_word_that_is_given_is_shown_even_where_the_index_would_never_read_it(town, filmed):
    _, parts = filmed(tb.recall(town, subject="Sparky", predicate="has size", object="Large"))
    for taken, candidates in zip(parts["chosen"][0, 1:], parts["candidates"][0, 1:], strict=True):
        assert taken >= 0 and taken in candidates


def test_semantic_memory_reads_no_moment(semantic, episodic, filmed):
    assert (filmed(semantic)[1]["candidates"][:, 0] < 0).all() and (filmed(semantic)[1]["chosen"][:, 0] < 0).all()
    head, parts = filmed(episodic)
    assert label(head, parts["chosen"][0, 0]).endswith("a new week begins")


def test_the_way_of_the_blackboard_lies_on_the_map_of_its_concepts(semantic, filmed, town):
    _, parts = filmed(semantic)
    plane = film.chart_of(town).plane
    np.testing.assert_allclose(parts["way"][2, 1, 1], plane.place(semantic.q_after[2, 1]), atol=1e-5)
    assert parts["places"].shape[1] == 2 and np.isfinite(parts["places"]).all()


def test_the_graph_around_a_recall_holds_what_is_said_and_what_is_known(semantic, filmed):
    graph = tb.load_graph("neighbourhood")
    head, _ = filmed(semantic, graph=graph)
    around = head["graph"]
    nodes = [label(head, item) for item, *_ in around["nodes"]]
    assert "Sparky" in nodes and around["known"] and len(nodes) <= 36
    assert all(0 <= x <= 1 and 0 <= y <= 1 for _, x, y in around["nodes"])
    said = {(nodes[s], label(head, p), nodes[o]): n for s, o, p, n in around["edges"]}
    for n, statement in enumerate(semantic.statements):
        if statement.subject != statement.object:
            assert said[statement[:3]] == n
    known = {(s, p, o) for (s, p, o), n in said.items() if n < 0}
    words = graph.vocabulary
    facts = {
        (words.label("subject", s), words.label("predicate", p), words.label("object", o))
        for s, p, o in graph.facts.coordinates.tolist()
    }
    assert known and known <= facts
    assert not filmed(semantic)[0]["graph"]["known"]


def test_equal_films_have_equal_names_and_others_do_not(semantic, episodic, town, filmed):
    again = tb.recall(town, subject="Sparky")
    assert filmed(again)[0]["name"] == filmed(semantic)[0]["name"] != filmed(episodic)[0]["name"]


def test_a_run_without_states_cannot_be_filmed(town):
    bare = tb.recall(town, subject="Sparky", record=tb.Record(states=False))
    with pytest.raises(SettingsError, match="states"):
        film.packet(bare, town)


@given(st.floats(0, 1))
def test_a_chance_is_never_rounded_to_certainty(probability):
    assert film.chance(probability) not in ("0.00", "1.00")
