"""``reason``: what it prints for people and for programs, and what it refuses."""

import json

import numpy as np
import pytest

BRAIN = "tiny.brain.safetensors"
SPARKY = ("reason", BRAIN, "--subject", "sparky")

pytestmark = pytest.mark.usefixtures("in_town")


def test_reason_prints_a_hop_a_line(tensorbrain):
    status, out, err = tensorbrain(*SPARKY, "--predicate", "type", "subClassOf")
    assert (status, err) == (0, "")
    head, note, *hops = out.splitlines()
    assert head == "semantic memory, given subject Sparky, predicate type, then subClassOf: symbolic"
    assert note.startswith("(the path as a whole has probability 0.")
    assert [hop.split()[1:] for hop in hops] == [
        ["Sparky", "type", "Dog"],
        ["Dog", "subClassOf", "Mammal"],
    ]


def test_reason_gives_one_json_object(tensorbrain):
    command = (*SPARKY, "--predicate", "owned by", "--hops", "3", "--how", "chain", "--selection", "sample", "--json")
    first, again = (tensorbrain(*command, "--seed", "3") for _ in range(2))
    assert (first.status, first.err, first.out) == (0, "", again.out)
    answer = json.loads(first.out)
    assert (answer["how"], answer["mode"], answer["seed"], len(answer["statements"])) == ("chain", "semantic", 3, 3)
    one, two, three = answer["statements"]
    assert (two["subject"], three["subject"]) == (one["object"], two["object"])
    whole = np.prod([hop["probability"] for hop in answer["statements"]])
    assert f"{whole:.2g}" in answer["notes"][0]
    assert "guesses" in answer["notes"][1]  # the town's brain was taught single statements


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--predicate", "own by"), "did you mean owned by"),
        (("--predicate", "owned by", "likes", "--hops", "3"), "leave hops out"),
        (("--predicate", "owned by", "--hops", "0"), "at least 1"),
        (("--predicate", "owned by", "--instant", "1999"), "there is no instant"),
    ],
)
def test_what_cannot_be_followed_is_refused(options: tuple, words: str, refused):
    assert words in refused(*SPARKY, *options)
