"""``recall`` and ``ask``: what they print for people and for programs, and what they refuse."""

import json

import numpy as np
import pytest

BRAIN = "tiny.brain.safetensors"

pytestmark = pytest.mark.usefixtures("in_town")


def test_recall_prints_a_table(tensorbrain):
    status, out, err = tensorbrain("recall", BRAIN, "--subject", "sparky")
    assert (status, err) == (0, "")
    head, *rows = out.splitlines()
    assert head == "semantic memory, given subject Sparky"
    assert len(rows) == 8
    cells = [row.split() for row in rows]
    assert all(row[1] == "Sparky" for row in cells)
    assert len({row.index("Sparky") for row in rows}) == 1
    probabilities = [float(row[0]) for row in cells]
    assert probabilities == sorted(probabilities, reverse=True)


def test_recall_gives_one_json_object(tensorbrain):
    command = ("recall", BRAIN, "--subject", "Sparky", "--seed", "5", "--json")
    status, out, err = tensorbrain(*command)
    assert (status, err) == (0, "")
    answer = json.loads(out)
    assert (answer["mode"], answer["seed"], answer["cue"]) == ("semantic", 5, {"subject": "Sparky"})
    for statement in answer["statements"]:
        assert {"subject", "predicate", "object", "probability"} <= statement.keys()
        assert statement["subject"] == "Sparky"
        assert 0 <= statement["probability"] <= 1
    assert tensorbrain(*command).out == out


def test_recall_of_an_episode_says_when(tensorbrain):
    out = tensorbrain("recall", BRAIN, "--instant", "2026-05-03").out
    head, *rows = out.splitlines()
    assert head == "episodic memory, given instant e1, at 2026-05-03T08:10:00"
    assert {tuple(row.split()[1:4]) for row in rows[:2]} == {
        ("Sparky", "chases", "ball"),
        ("Anna", "likes", "Sparky"),
    }


def test_recall_finds_the_episode_by_itself(tensorbrain):
    command = ("recall", BRAIN, "--subject", "Ben", "--mode", "episodic")
    lines = tensorbrain(*command).out.splitlines()
    assert lines[0] == "episodic memory, given subject Ben"
    assert "e2" in lines[1]
    assert lines[2].split()[1:] == ["Ben", "likes", "Anna", "e2"]
    answer = json.loads(tensorbrain(*command, "--json").out)
    assert answer["statements"][0]["instant"] == "e2"


def test_a_seed_repeats_what_is_drawn(tensorbrain):
    drawn = [
        tensorbrain("recall", BRAIN, "--selection", "sample", "--statements", "12", "--seed", seed).out
        for seed in ("1", "1", "2")
    ]
    assert drawn[0] == drawn[1] != drawn[2]


def test_ask_ranks_the_answers(tensorbrain):
    command = ("ask", BRAIN, "--subject", "Sparky", "--predicate", "owned by")
    head, first, *_ = tensorbrain(*command).out.splitlines()
    assert head == "semantic memory, given subject Sparky, predicate owned by: object?"
    assert first.split()[1:] == ["Anna"]
    answer = json.loads(tensorbrain(*command, "--json", "--seed", "4").out)
    assert answer["slots"] == ["object"]
    assert answer["cue"] == {"subject": "Sparky", "predicate": "owned by"}
    assert (answer["mode"], answer["seed"]) == ("semantic", 4)
    assert np.isclose(sum(each["probability"] for each in answer["answers"]), 1, atol=1e-3)


def test_ask_says_when(tensorbrain):
    told = ("--subject", "Ben", "--predicate", "likes", "--object", "https://example.org/tiny/Anna")
    out = tensorbrain("ask", BRAIN, *told, "--top", "1").out
    assert out.splitlines()[0].endswith("object Anna: instant?")
    assert out.split()[-1] == "e2"


def test_ask_fills_the_gaps_that_are_named(tensorbrain):
    out = tensorbrain("ask", BRAIN, "--answer", "object", "--subject", "Sparky", "--top", "3").out
    assert out.splitlines()[0].endswith(": object?")
    assert len(out.splitlines()) == 4


@pytest.mark.parametrize("command", ["recall", "ask"])
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--subject", "Spraky"), "did you mean Sparky"),
        (("--subject", "zzzz"), "such as"),
        (("--predicate", "own by"), "did you mean owned by"),
        (("--object", "ball"), "https://example.org/tiny/ball1, https://example.org/tiny/ball2"),
        (("--instant", "1999"), "there is no instant"),
        (("--instant", "2026"), "2 concepts"),
        (("--instant", "e1", "--mode", "semantic"), "no instant"),
        (("--subject", "\x1b[31mred"), "there is no subject"),
        (("--seed", "-1"), "--seed"),
    ],
)
def test_an_unusable_cue_is_refused(command: str, options: tuple, words: str, refused):
    assert words in refused(command, BRAIN, *options)


def test_impossible_numbers_are_refused(refused):
    assert "at least 1" in refused("recall", BRAIN, "--statements", "0")
    assert "at least 1" in refused("ask", BRAIN, "--top", "0")
    assert "not told" in refused("ask", BRAIN, "--subject", "Sparky", "--answer", "subject")
