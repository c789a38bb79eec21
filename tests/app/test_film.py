"""The film of a recall: its frames, its sentences, and the bytes that travel to the browser."""

import doctest
import json
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


def unpacked(packet: bytes) -> tuple[dict, np.ndarray]:
    length = int.from_bytes(packet[:4], "little")
    head = json.loads(packet[4 : 4 + length])
    return head, np.frombuffer(packet[4 + length :], np.uint8)


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
def test_the_packet_holds_every_state_as_one_byte_a_unit(fixture, town, request):
    trace = request.getfixturevalue(fixture)
    head, states = unpacked(film.packet(trace))
    n, windows, dim, context = len(trace), 4, head["dim"], head["context"]
    assert states.size == n * windows * (2 * dim + context)
    before = states[: n * windows * dim].reshape(n, windows, dim) / 255
    gamma = 1 / (1 + np.exp(-trace.q_before.astype(np.float64)))
    np.testing.assert_allclose(before, gamma, atol=0.5 / 255 + 1e-6)


def test_the_packet_names_every_word_once_and_marks_the_one_taken(episodic, town):
    head, _ = unpacked(film.packet(episodic))
    assert len(set(head["labels"])) == len(head["labels"])
    for said, windows in zip(episodic.statements, head["windows"], strict=True):
        rows = {slot: w["rows"][w["chosen"]] for slot, w in zip(head["slots"], windows, strict=True)}
        taken = {slot: head["labels"][number] for slot, (number, _, _) in rows.items()}
        assert (taken["subject"], taken["predicate"], taken["object"]) == said[:3]


def test_a_word_that_is_given_is_shown_even_where_the_index_would_never_read_it(town):
    unlikely = tb.recall(town, subject="Sparky", predicate="has size", object="Large")
    head, _ = unpacked(film.packet(unlikely))
    for window in head["windows"][0][1:]:
        assert window["chosen"] >= 0 and len(window["rows"]) <= 12


def test_equal_films_have_equal_names_and_others_do_not(semantic, episodic, town):
    again = tb.recall(town, subject="Sparky")
    name = unpacked(film.packet(semantic))[0]["name"]
    assert unpacked(film.packet(again))[0]["name"] == name
    assert unpacked(film.packet(episodic))[0]["name"] != name


def test_a_run_without_states_cannot_be_filmed(town):
    bare = tb.recall(town, subject="Sparky", record=tb.Record(states=False))
    with pytest.raises(SettingsError, match="states"):
        film.packet(bare)


@given(st.floats(0, 1))
def test_a_chance_is_never_rounded_to_certainty(probability):
    assert film.chance(probability) not in ("0.00", "1.00")
