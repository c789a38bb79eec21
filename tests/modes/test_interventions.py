"""Interventions against enumeration: a lesion conditions every softmax on the rest, a muted index writes 0."""

import dataclasses
import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import Brain
from tensorbrain.checkpoint import load_brain
from tensorbrain.errors import AmbiguousConceptError, BrainFileError, SettingsError, UnknownConceptError
from tensorbrain.evaluation.conditionals import statement_log_probabilities
from tensorbrain.graph import Concept, Vocabulary
from tensorbrain.layers import BrainState, SensoryBuffer
from tensorbrain.modes import ask, intervene, recall
from tensorbrain.modes.decoder import statement_log_probability
from tensorbrain.operations import attend
from tensorbrain.pictures.scenes import LabelGroup
from tensorbrain.settings import Settings

SETTINGS = Settings(dim=8, context=6, orders=("spo", "ops"))
EVERY = np.array(list(itertools.product(range(5), range(3), range(5))), np.int32)
SIZES = {"subject": 5, "predicate": 3, "object": 5, "instant": 4}
WHOLE = ("subject", "predicate", "object")


@pytest.fixture(scope="module")
def brain(make_model, name_all) -> Brain:
    return name_all(make_model(SETTINGS, seed=21), SETTINGS)


@pytest.fixture(scope="module")
def by_hand(brute_force, brain):
    """Enumeration of the whole brain's parameters, with concepts, predicates or instants (0, 1, 2) touched."""

    class Touched(brute_force):
        def __init__(self, lesion=None, mute=None, told=""):
            super().__init__(brain.model)
            self.gone, self.told = lesion or {}, told
            self.written = [rows.copy() for rows in self.A]
            for group, rows in (mute or {}).items():
                self.written[group][rows] = 0
            self.p_t[self.gone.get(2, [])] = 0
            self.p_t /= self.p_t.sum()

        def probabilities(self, q, group, told=None):
            p = super().probabilities(q, group)
            p[[k for k in self.gone.get(group, []) if k != told]] = 0
            return p / p.sum()

        def statement(self, q, row, order):
            q, h, product = q + self.voice[self.orders.index(order)], np.zeros(len(self.B)), 1.0
            for slot in order:
                q, h = self.evolve(q, h)
                group = 1 if slot == "p" else 0
                product *= self.probabilities(q, group, row[slot] if slot in self.told else None)[row[slot]]
                q = self.alpha * q + self.beta * self.written[group][row[slot]]
            return product

        def by_instant(self, order):
            return np.stack([self.joint(a, order) for a in self.written[2]])

        def semantic(self, a_bar, order):
            if a_bar == "mixture":
                return np.tensordot(self.p_t, self.by_instant(order), axes=1)
            return self.joint(self.a_bar if a_bar == "learned" else self.p_t @ self.written[2], order)

    return Touched


def equal(actual, expected) -> None:
    np.testing.assert_allclose(np.asarray(actual), expected, rtol=0, atol=1e-5)


def table(answers, slots=WHOLE) -> np.ndarray:
    P = np.zeros([SIZES[slot] for slot in slots])
    for answer in answers:
        P[answer.ids] = answer.probability
    return P


# Lesions


@pytest.mark.parametrize("a_bar", ["learned", "mean", "mixture"])
@pytest.mark.parametrize(
    ("names", "gone"),
    [
        (["c1"], {0: [1]}),
        (["c4", "urn:p0", "C0"], {0: [4, 0], 1: [0]}),
        (["t2", "2026-05-01", "c2"], {2: [2, 0], 0: [2]}),
    ],
)
def test_a_lesion_conditions_every_window_on_the_rest(a_bar, names, gone, brain, by_hand):
    P = table(ask(intervene(brain, lesion=names), a_bar=a_bar, order="spo", top=75))
    equal(P, by_hand(lesion=gone).semantic(a_bar, "spo"))
    equal(P.sum(), 1)
    for k in gone.get(0, []):
        assert (P[k] == 0).all() and (P[:, :, k] == 0).all()  # exactly
    assert (P[:, gone.get(1, [])] == 0).all()


def test_the_others_share_what_it_had(brain):
    cue = {"subject": "c0", "predicate": "p1", "order": "spo", "top": 5}
    before, after = (table(ask(b, **cue), ("object",)) for b in (brain, intervene(brain, lesion=["c3"])))
    assert before[3] > 1e-3 and after[3] == 0
    equal(after[[0, 1, 2, 4]], before[[0, 1, 2, 4]] / (1 - before[3]))


def test_a_statement_with_a_lesioned_index_is_impossible(brain, by_hand):
    model = intervene(brain, lesion=["c1"]).model
    q = jnp.broadcast_to(model.a_bar, (75, 8))
    P = np.exp(np.asarray(statement_log_probabilities(model, q, jnp.asarray(EVERY), order="ops"))).reshape(5, 3, 5)
    equal(P, by_hand(lesion={0: [1]}).semantic("learned", "ops"))


@pytest.mark.parametrize("order", ["spo", "ops"])
@pytest.mark.parametrize("told", [{"subject": 1}, {"object": 1}, {"predicate": 2}, {"subject": 1, "object": 1}])
def test_what_is_lesioned_can_still_be_told(told, order, brain, by_hand):
    """There alone it is a candidate: in the window in which it is told."""
    cue = {slot: ("p" if slot == "predicate" else "c") + str(k) for slot, k in told.items()}
    lesioned = intervene(brain, lesion=["c1", "p2"])
    P = by_hand(lesion={0: [1], 1: [2]}, told="".join(slot[0] for slot in told)).semantic("learned", order)
    for slot, k in told.items():
        axis = WHOLE.index(slot)
        P = np.where(np.arange(P.shape[axis]).reshape([-1 if i == axis else 1 for i in range(3)]) == k, P, 0)
    P /= P.sum()
    trace = recall(lesioned, **cue, order=order, statements=5)
    equal(trace.probability, np.sort(P[P > 0])[::-1][:5])
    equal(trace.probability, P[tuple(trace.ids.T)])
    windows = [trace.slots.index(slot) for slot in told]
    assert (trace.chosen_probability[:, windows] == 0).all()  # it was told, not read
    assert all(
        1 not in ids
        for ids, slot in zip(trace.top_ids[0], trace.slots, strict=True)
        if slot in told and told[slot] == 1
    )
    assert trace.notes[0] == "lesioned: c1, p2"


def test_a_lesioned_index_that_is_told_speaks_for_its_moments(brain, by_hand):
    truth = by_hand(lesion={0: [1]}, told="o")
    weight = truth.p_t * truth.by_instant("ops")[..., 1].sum(axis=(1, 2))
    lesioned = intervene(brain, lesion=["c1"])
    answers = ask(lesioned, object="c1", answer="instant", order="ops", top=4)
    equal(table(answers, ("instant",)), weight / weight.sum())


def test_nothing_reminds_of_a_lesioned_moment_but_it_can_be_told(brain, by_hand):
    cue = {"subject": "c1", "answer": "instant", "top": 4}
    t = ask(brain, **cue)[0].ids[0]
    lesioned = intervene(brain, lesion=[f"t{t}"])
    truth = by_hand(lesion={2: [t]})
    weight = truth.p_t * truth.by_instant("spo")[:, 1].sum(axis=(1, 2))
    equal(table(ask(lesioned, **cue), ("instant",)), weight / weight.sum())
    found = recall(lesioned, subject="c1", mode="episodic", statements=5)
    assert (found.instant == weight.argmax()).all() and t not in found.top_ids[:, 0]
    told, before = (recall(b, instant=f"t{t}", statements=5) for b in (lesioned, brain))
    assert told.statements == before.statements and (told.chosen_probability[:, 0] == 0).all()
    assert t not in recall(lesioned, subject="c1", a_bar="mixture", statements=5).instant


def test_lesions_add_up(brain):
    at_once = intervene(brain, lesion=["c1", "t0"], mute=["c2", "p1"])
    in_turn = intervene(intervene(brain, lesion=["c1"], mute=["p1"]), lesion=["t0"], mute=["c2"])
    for one, other in zip(jax.tree.leaves(at_once.model), jax.tree.leaves(in_turn.model), strict=True):
        equal(one, other)
    assert in_turn.lesioned == ("c1", "t0") and in_turn.muted == ("c2", "p1")
    assert brain.lesioned == brain.muted == ()


# Muted indices


@pytest.mark.parametrize("a_bar", ["learned", "mean", "mixture"])
def test_a_muted_index_writes_0(a_bar, brain, by_hand):
    P = table(ask(intervene(brain, mute=["c1", "p2", "t3"]), a_bar=a_bar, order="spo", top=75))
    equal(P, by_hand(mute={0: [1], 1: [2], 2: [3]}).semantic(a_bar, "spo"))
    assert np.abs(P - by_hand().semantic(a_bar, "spo")).max() > 1e-3


def test_a_muted_index_is_read_as_before(brain):
    before, after = (recall(b, subject="c1", statements=5) for b in (brain, intervene(brain, mute=["c1"])))
    equal(after.top_probability[0, 1], before.top_probability[0, 1])
    equal(after.q_before[0, 1], before.q_before[0, 1])
    equal(after.q_after[:, 1], 0.8 * after.q_before[:, 1])  # alpha q
    assert (after.feedback[:, 1] == 0).all() and after.notes == ("muted: c1",)
    assert np.abs(after.top_probability[0, 2] - before.top_probability[0, 2]).max() > 1e-3


def test_attention_leaves_muted_indices_out(brain):
    model, pi = intervene(brain, mute=["c1", "c4"]).model, jnp.array([0.1, 0.4, 0.2, 0.0, 0.3])
    state = attend(model.index, BrainState(jnp.ones(8), jnp.zeros(6)), jnp.log(pi), "concept", alpha=0.8, beta=1.3)
    A = np.asarray(brain.model.index.A)
    equal(state.q, 0.8 + 1.3 * (0.1 * A[0] + 0.2 * A[2]))


def test_a_muted_moment_leaves_the_blackboard_blank(brain, by_hand):
    truth, muted = by_hand(mute={2: [1]}), intervene(brain, mute=["t1"])
    trace = recall(muted, instant="t1", subject="c2", statements=5)
    assert (trace.q_before[:, 0] == 0).all()
    P = truth.joint(np.zeros(8), "spo")[2]
    equal(trace.probability, np.sort(P.reshape(-1))[::-1][:5] / P.sum())
    weight = truth.p_t * truth.by_instant("spo")[:, 2].sum(axis=(1, 2))
    equal(table(ask(muted, subject="c2", answer="instant", top=4), ("instant",)), weight / weight.sum())


# Gates


def test_gates_take_the_place_of_the_brains_own(brain, brute_force):
    other = intervene(brain, alpha=0.5, beta=-2.0, temperature=1.7)
    truth = brute_force(brain.model)
    truth.alpha, truth.beta, truth.temperature = 0.5, -2.0, 1.7
    equal(table(ask(other, order="ops", top=75)), truth.semantic("learned", "ops"))
    assert other.settings == dataclasses.replace(SETTINGS, alpha=0.5, beta=-2.0, temperature=1.7)
    assert recall(other, subject="c1", statements=5).settings["temperature"] == 1.7
    assert intervene(brain, beta=0.0).settings == dataclasses.replace(SETTINGS, beta=0.0)


def test_nothing_is_compiled_again(brain):
    """But for the first brain with a muted index, which has one more array."""

    @jax.jit
    @eqx.debug.assert_max_traces(max_traces=2)
    def read(model, statement):
        return statement_log_probability(model, model.a_bar, statement, "spo").sum()

    statement = jnp.array([0, 1, 2])
    for changes in ({}, {"alpha": 0.5}, {"beta": 3.0}, {"temperature": 0.2}, {"lesion": ["c1", "t0"]}):
        read(intervene(brain, **changes).model, statement)
    assert eqx.debug.get_num_traces(read) == 1
    for changes in ({"mute": ["c1"]}, {"mute": ["p1", "t0"], "temperature": 2.0}):
        read(intervene(brain, **changes).model, statement)


def test_the_brain_that_is_given_stays_as_it_is(brain):
    before = [np.array(leaf) for leaf in jax.tree.leaves(brain.model)]
    changed = intervene(brain, lesion=["c1", "t1"], mute=["c2"], alpha=0.1, beta=0.2, temperature=0.3)
    for leaf, old in zip(jax.tree.leaves(brain.model), before, strict=True):
        np.testing.assert_array_equal(leaf, old)
    assert brain.settings == SETTINGS and changed.vocabulary is brain.vocabulary
    assert intervene(brain) is brain


@pytest.mark.parametrize(
    "changes",
    [
        {"temperature": 0.0},
        {"temperature": -1.0},
        {"temperature": float("nan")},
        {"temperature": float("inf")},
        {"alpha": float("nan")},
        {"beta": float("-inf")},
        {"alpha": 1e30},
        {"mu": 0.5},
        {"lesion": ["c0", "c1", "c2", "c3", "c4"]},
        {"lesion": ["p0", "p1", "p2"]},
        {"lesion": ["t0", "t1", "t2", "t3"]},
    ],
    ids=str,
)
def test_what_cannot_be_done(changes, brain):
    with pytest.raises(SettingsError, match=r"\.$"):
        intervene(brain, **changes)


def test_what_remains_must_be_able_to_happen(brain):
    rare = eqx.tree_at(lambda b: b.p_t, brain.model, jnp.array([0.4, 0.0, 0.6, 0.0]))
    with pytest.raises(SettingsError, match="instants that can be remembered"):
        intervene(dataclasses.replace(brain, model=rare), lesion=["t0", "t2"])
    with pytest.raises(SettingsError, match="all predicates"):
        intervene(intervene(brain, lesion=["p0", "p1"]), lesion=["p2"])


# Names


def test_a_name_may_own_two_rows_or_be_unknown_or_ambiguous(make_model):
    words = Vocabulary(
        (Concept("urn:likes", "likes", "attribute"), *(Concept(f"urn:c{k}", f"c{k}", "entity") for k in range(4))),
        (
            Concept("urn:likes", "likes", "predicate"),
            Concept("urn:q", "C3", "predicate"),
            Concept("urn:p", "c2", "predicate"),
        ),
        tuple(Concept(f"urn:t{k}", f"t{k}", "instant") for k in range(4)),
        (None,) * 4,
    )
    brain = Brain(make_model(SETTINGS, seed=21), words, SETTINGS)
    assert intervene(brain, lesion="likes").lesioned == ("likes", "likes")
    assert intervene(brain, mute=["c3", "urn:p"]).muted == ("c3", "c2")  # as it is written comes first
    with pytest.raises(AmbiguousConceptError, match="'c2' names 2 concepts: give one of urn:c2, urn:p"):
        intervene(brain, mute=["c2"])
    for way in ("lesion", "mute"):
        with pytest.raises(UnknownConceptError, match="there is no concept 'likse': did you mean likes"):
            intervene(brain, **{way: ["c1", "likse"]})


# Files, and brains that see


def test_a_file_holds_whole_brains(brain, tmp_path):
    for changes, words in (({"lesion": ["c4"]}, "c4 is lesioned"), ({"mute": ["p2"]}, "p2 is muted")):
        with pytest.raises(BrainFileError, match=words):
            intervene(brain, **changes).save(tmp_path / "b")
    assert not list(tmp_path.iterdir())
    intervene(brain, temperature=0.25, alpha=0.5).save(tmp_path / "b")
    again = load_brain(tmp_path / "b")
    assert again.settings.temperature == float(again.model.temperature) == 0.25 and float(again.model.alpha) == 0.5


def test_mu_scales_what_every_sense_delivers(brain):
    senses = SensoryBuffer.create({"sight": 2, "sound": 3}, dim=8, key=jax.random.key(0))
    seeing = dataclasses.replace(brain, model=eqx.tree_at(lambda b: b.sensory, brain.model, senses))
    half, nu = intervene(seeing, mu=0.5), {"sight": jnp.arange(2.0), "sound": jnp.ones(3)}
    equal(half.model.sensory.encode(nu), 0.5 * senses.encode(nu))
    equal(intervene(half, mu=0.0).model.sensory.encode(nu), 0)
    assert half.settings == SETTINGS and all(float(gate) == 1 for gate in seeing.model.sensory.mu.values())


BASIC, COLOUR = LabelGroup("basic", (2,)), LabelGroup("colour", (3, 4))


@pytest.mark.parametrize(
    ("names", "groups", "what"),
    [
        ("red blue", (BASIC, COLOUR), "labels of the group colour"),
        ("rex mia dog", (BASIC, COLOUR), "labels of the group basic"),
        ("rex mia", (COLOUR,), "things"),
    ],
)
def test_every_window_of_perception_keeps_a_candidate(names, groups, what, brain):
    of_name = {"rex": "entity", "mia": "entity", "dog": "class", "red": "attribute", "blue": "attribute"}
    concepts = tuple(Concept(f"urn:{name}", name, group) for name, group in of_name.items())
    words = dataclasses.replace(brain.vocabulary, concepts=concepts)
    seeing = dataclasses.replace(brain, vocabulary=words, label_groups=groups)
    *others, last = names.split()
    assert intervene(seeing, lesion=others).lesioned == tuple(others)
    with pytest.raises(SettingsError, match=f"this lesions all {what}"):
        intervene(seeing, lesion=[*others, last])
