"""Questions with any slots hidden, against conditionals of the brute-force joint distribution."""

import json

import numpy as np
import pytest

from tensorbrain.errors import SettingsError, UnknownConceptError
from tensorbrain.modes import ask
from tensorbrain.settings import Settings

pytestmark = pytest.mark.usefixtures("float64")

SETTINGS = Settings(dim=8, context=6, orders=("spo", "ops"))
SLOTS = ("subject", "predicate", "object")
TOLD = {"subject": 1, "predicate": 2, "object": 4}
SUBSETS = ["", "s", "p", "o", "sp", "so", "po"]
INSTANT = 2


@pytest.fixture(scope="module")
def brain(make_model, name_all, float64):
    return name_all(make_model(SETTINGS, seed=6), SETTINGS)


@pytest.fixture(scope="module")
def truth(brain, brute_force):
    return brute_force(brain.model)


def names(letters: str) -> dict[str, str]:
    found = {slot: k for slot, k in TOLD.items() if slot[0] in letters}
    return {slot: f"{'p' if slot == 'predicate' else 'c'}{k}" for slot, k in found.items()}


def order_for(letters: str) -> str:
    """The order that hears what is told earliest, spo before ops."""
    return min(("spo", "ops"), key=lambda order: sum(order.index(slot) for slot in letters))


def select(P: np.ndarray, letters: str) -> np.ndarray:
    """P with the told slots put in: the last three axes are s, p, o."""
    return P[(..., *(TOLD[slot] if slot[0] in letters else slice(None) for slot in SLOTS))]


def check(answers, expected: np.ndarray) -> None:
    """Every answer has the expected probability, the best come first, and nothing is missing."""
    P = np.zeros(expected.shape)
    for answer in answers:
        P[answer.ids] = answer.probability
    np.testing.assert_allclose(P, expected, rtol=0, atol=1e-6)
    assert len(answers) == expected.size and answers.exact
    assert sorted((a.probability for a in answers), reverse=True) == [a.probability for a in answers]


@pytest.mark.parametrize("letters", SUBSETS)
def test_semantic_for_every_subset_told(letters, brain, truth):
    for a_bar in ("learned", "mean", "mixture"):
        joint = select(truth.semantic(a_bar, order_for(letters)), letters)
        answers = ask(brain, **names(letters), a_bar=a_bar, top=75)
        assert answers.slots == tuple(slot for slot in SLOTS if slot[0] not in letters)
        check(answers, joint / joint.sum())


@pytest.mark.parametrize("letters", SUBSETS)
def test_episodic_for_every_subset_told_and_the_instant(letters, brain, truth):
    joint = select(truth.by_instant(order_for(letters))[INSTANT], letters)
    answers = ask(brain, **names(letters), instant="2026-05-03", top=75)
    assert answers.mode == "episodic"
    check(answers, joint / joint.sum())


@pytest.mark.parametrize("letters", SUBSETS)
def test_episodic_for_every_subset_told_without_the_instant(letters, brain, truth):
    each = select(truth.by_instant(order_for(letters)), letters)
    joint = np.tensordot(truth.p_t, each, axes=1)
    check(ask(brain, **names(letters), mode="episodic", top=75), joint / joint.sum())


@pytest.mark.parametrize("letters", [*SUBSETS, "spo"])
def test_the_instant_that_a_cue_reminds_of(letters, brain, truth):
    each = select(truth.by_instant(order_for(letters)), letters)
    evidence = truth.p_t * each.reshape(4, -1).sum(axis=1)
    for recency in (0.0, 2.5, -4.0):
        expected = evidence * np.exp(recency * np.array([0, 1, 2, 3]) / 3)
        answers = ask(brain, **names(letters), answer="instant", recency=recency)
        assert answers.slots == ("instant",)
        check(answers, expected / expected.sum())


def test_the_instant_is_the_default_question_when_a_whole_statement_is_told(brain):
    whole = ask(brain, **names("spo"))
    assert whole.slots == ("instant",) and whole.mode == "episodic"
    assert whole.answers == ask(brain, **names("spo"), answer="instant").answers


def test_marginals_sum_the_other_slots_out(brain, truth):
    joint = select(truth.semantic("learned", "spo"), "s")
    joint = joint / joint.sum()
    check(ask(brain, **names("s"), answer="object", top=75), joint.sum(axis=0))
    check(ask(brain, **names("s"), answer=("predicate",), top=75), joint.sum(axis=1))
    check(ask(brain, **names("s"), answer=("object", "predicate"), top=75), joint.T)
    everything = truth.semantic("learned", "spo")
    check(ask(brain, answer="predicate", top=75), everything.sum(axis=(0, 2)))


def test_top_keeps_the_best(brain):
    everything = ask(brain, **names("sp"), top=75)
    best = ask(brain, **names("sp"), top=2)
    assert [a.labels for a in best] == [a.labels for a in everything][:2]
    np.testing.assert_allclose([a.probability for a in best], [a.probability for a in everything][:2], atol=1e-12)


def test_answers_read_well(brain):
    answers = ask(brain, **names("sp"), top=2)
    assert len(answers) == 2 and answers[0].labels[0].startswith("c")
    assert str(answers).splitlines()[0] == f"{answers[0].probability:.3f}  {answers[0].labels[0]}"
    told = json.loads(json.dumps(answers.to_json()))
    assert told["slots"] == ["object"] and told["exact"] is True and told["mode"] == "semantic"
    assert told["answers"][0] == {"object": answers[0].labels[0], "probability": answers[0].probability}


@pytest.mark.parametrize(
    "arguments",
    [
        {"answer": "colour"},
        {"subject": "c0", "answer": "subject"},
        {"answer": ("instant", "object")},
        {"subject": "c0", "predicate": "p0", "object": "c1", "instant": "t0"},
        {"answer": "instant", "mode": "semantic"},
        {"instant": "t0", "mode": "semantic"},
        {"mode": "dreaming"},
        {"a_bar": "median"},
        {"order": "sop"},
        {"order": "xyz"},
        {"top": 0},
    ],
    ids=str,
)
def test_what_cannot_be_asked(arguments, brain):
    with pytest.raises(SettingsError):
        ask(brain, **arguments)


def test_an_unknown_name(brain):
    with pytest.raises(UnknownConceptError, match="c77"):
        ask(brain, subject="c77")


def test_a_brain_without_instants(make_model, name_all):
    counts = (5, 3, 0)
    brain = name_all(make_model(SETTINGS, counts=counts), SETTINGS, counts)
    assert len(ask(brain, subject="c1", predicate="p0")) == 5
    for arguments in ({"mode": "episodic"}, {"a_bar": "mean"}, {"a_bar": "mixture"}, {"answer": "instant"}):
        with pytest.raises(SettingsError):
            ask(brain, **arguments)
