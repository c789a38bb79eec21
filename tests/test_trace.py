"""The trace: its numbers hang together, and it reads and writes what it should."""

import csv
import io
import json

import jax
import numpy as np
import pytest

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.graph import Concept, Vocabulary
from tensorbrain.modes import recall
from tensorbrain.settings import Settings
from tensorbrain.trace import Record, Trace

SETTINGS = Settings(dim=8, context=6, alpha=0.75, beta=1.5, orders=("spo", "ops"))
WORDS = Vocabulary(
    tuple(Concept(f"urn:{x}", x, "entity") for x in ("Sparky", "Mary", "ball", "Rex", "park")),
    tuple(Concept(f"urn:{x}", x, "predicate") for x in ("likes", "chases", "visits")),
    tuple(Concept(f"urn:day{k}", f"day {k}", "instant") for k in range(4)),
    (None,) * 4,
)


@pytest.fixture(scope="module")
def brain() -> Brain:
    return Brain(TensorBrain.create((5, 3, 4), SETTINGS, key=jax.random.key(0)), WORDS, SETTINGS)


@pytest.fixture(scope="module")
def trace(brain) -> Trace:
    return recall(brain, instant="day 2", statements=8, record=Record(top=6), seed=4)


def test_shapes_and_types(trace):
    assert trace.ids.shape == (8, 3) and trace.instant.shape == (8,) and len(trace) == 8
    for name in ("chosen", "chosen_probability", "entropy", "feedback"):
        assert getattr(trace, name).shape == (8, 4)
    assert trace.top_ids.shape == trace.top_probability.shape == (8, 4, 6)
    assert trace.q_before.shape == trace.q_after.shape == (8, 4, 8) and trace.h.shape == (8, 4, 6)
    arrays = {name: x for name, x in vars(trace).items() if isinstance(x, np.ndarray)}
    assert len(arrays) == 12 and {x.dtype for x in arrays.values()} == {np.dtype("int32"), np.dtype("float32")}


def test_statements_come_most_probable_first_and_by_label(trace):
    probabilities = [statement.probability for statement in trace.statements]
    assert probabilities == sorted(probabilities, reverse=True) and 0 < probabilities[0] <= 1
    for statement, (s, p, o) in zip(trace.statements, trace.ids.tolist(), strict=True):
        assert statement[:3] == (WORDS.concepts[s].label, WORDS.predicates[p].label, WORDS.concepts[o].label)
    assert trace.cue == {"instant": "day 2"} and (trace.instant == 2).all() and trace.seed == 4


def test_windows_belong_to_their_slots(trace):
    assert trace.slots == ("instant", "subject", "predicate", "object")
    np.testing.assert_array_equal(trace.chosen[:, 0], 2)
    np.testing.assert_array_equal(trace.chosen[:, 1:], trace.ids)


def test_windows_of_another_order(brain):
    trace = recall(brain, instant="day 2", order="ops", statements=8, record=Record(top=6))
    assert trace.slots == ("instant", "object", "predicate", "subject")
    np.testing.assert_array_equal(trace.chosen[:, 1:], trace.ids[:, ::-1])


def test_probabilities_of_the_windows_multiply_to_that_of_the_statement(trace):
    np.testing.assert_allclose(trace.chosen_probability[:, 1:].prod(axis=1), trace.probability, rtol=1e-4)


def test_candidates_entropies_and_choices_agree(trace):
    p = trace.top_probability  # six hold all five concepts, three predicates and four instants
    np.testing.assert_allclose(p.sum(axis=2), 1, atol=1e-5)
    assert (np.diff(p, axis=2) <= 0).all()
    np.testing.assert_array_equal((trace.top_ids >= 0).sum(axis=2), np.tile([4, 5, 3, 5], (8, 1)))
    entropy = -(p * np.log(np.where(p > 0, p, 1))).sum(axis=2)
    np.testing.assert_allclose(trace.entropy, entropy, atol=1e-4)
    chosen = trace.top_ids == trace.chosen[:, :, None]
    np.testing.assert_allclose(p[chosen].reshape(8, 4), trace.chosen_probability, rtol=1e-5)


def test_states_are_written_back_through_the_gates(trace, brain):
    index = brain.model.index
    for window, block in ((1, "concept"), (2, "predicate")):
        rows = np.asarray(index.A[index.block(block)])[trace.chosen[:, window]]
        q = trace.q_before[:, window]
        np.testing.assert_allclose(trace.q_after[:, window], 0.75 * q + 1.5 * rows, atol=1e-5)
        ratio = 1.5 * np.linalg.norm(rows, axis=1) / np.linalg.norm(q, axis=1)
        np.testing.assert_allclose(trace.feedback[:, window], ratio, rtol=1e-4)
    np.testing.assert_array_equal(trace.q_after[:, 3], trace.q_before[:, 3])  # nothing reads the last window
    assert (trace.feedback[:, [0, 3]] == 0).all()
    instant = np.asarray(index.A[index.block("instant")])[2]
    np.testing.assert_array_equal(trace.q_before[:, 0], np.tile(instant, (8, 1)))


def test_attention_reports_what_it_writes(brain):
    trace = recall(brain, selection="attend", instant="day 2", record=Record(top=6))
    written = trace.q_after[:, 1:3] - 0.75 * trace.q_before[:, 1:3]
    ratio = np.linalg.norm(written, axis=2) / np.linalg.norm(trace.q_before[:, 1:3], axis=2)
    np.testing.assert_allclose(trace.feedback[:, 1:3], ratio, rtol=1e-4)


def test_json(trace):
    told = json.loads(json.dumps(trace.to_json(), allow_nan=False))
    assert (told["mode"], told["order"], told["seed"], told["exact"]) == ("episodic", "spo", 4, True)
    assert told["statements"][0]["subject"] == trace.statements[0].subject
    assert told["statements"][0]["instant"] == "day 2"
    assert [window["slot"] for window in told["windows"][0]] == list(trace.slots)
    assert told["windows"][0][1]["top"][0]["label"] == trace.top(0, 1)[0][0]
    assert Settings.from_json(told["settings"]) == SETTINGS


def test_semantic_json_has_no_instant(brain):
    told = json.loads(json.dumps(recall(brain, statements=8, record=Record(top=6)).to_json()))
    assert told["cue"] == {} and "instant" not in told["statements"][0]
    assert told["windows"][0][0]["chosen"] == ""


def test_top_and_label(trace):
    best = trace.top(0, 2)
    assert {label for label, _ in best} == {"likes", "chases", "visits"}
    assert [p for _, p in best] == sorted((p for _, p in best), reverse=True)
    assert trace.label("subject", -1) == "" and trace.label("instant", 3) == "day 3"


def test_a_record_without_states_keeps_the_rest(brain, trace):
    brief = recall(brain, instant="day 2", statements=8, record=Record(top=6, states=False), seed=4)
    assert brief.q_before is None and brief.q_after is None and brief.h is None
    assert brief.to_json() == trace.to_json()


def test_a_record_keeps_as_many_candidates_as_told(brain):
    trace = recall(brain, statements=8, record=Record(top=2))
    assert trace.top_ids.shape == (8, 4, 2) and len(trace.top(0, 1)) == 2
    with pytest.raises(SettingsError):
        Record(top=0)


@pytest.mark.parametrize("form", ["reification", "named graphs"])
def test_rdf_holds_every_statement(trace, form):
    quads = list(trace.to_rdf(form).quads())
    words = {str(term) for quad in quads for term in quad if term is not None}
    for s, p, o in trace.ids.tolist():
        assert {WORDS.concepts[s].iri, WORDS.predicates[p].iri, WORDS.concepts[o].iri} <= words


def test_rows_hold_every_candidate_that_was_kept(trace):
    rows = trace.to_rows()
    assert len(rows) == (trace.top_ids >= 0).sum() == 8 * (4 + 5 + 3 + 5)
    assert [row["statement"] for row in rows] == np.repeat(np.arange(1, 9), 17).tolist()
    assert {type(row[name]) for row in rows for name in ("statement", "chosen", "probability", "entropy")} == {
        *(int, bool, float)
    }
    iris = {concept.iri: (concept.label, concept.group) for slot in trace.slots for concept in WORDS.slot(slot)}
    told = trace.to_json()
    for n in range(8):
        for w, slot in enumerate(trace.slots):
            part = [row for row in rows if row["statement"] == n + 1 and row["slot"] == slot]
            assert [(row["candidate"], row["probability"]) for row in part] == trace.top(n, w)
            assert [row["candidate"] for row in part if row["chosen"]] == [told["windows"][n][w]["chosen"]]
            assert {row["entropy"] for row in part} == {float(trace.entropy[n, w])}
            assert {row["statement_probability"] for row in part} == {float(trace.probability[n])}
            assert all(iris[row["iri"]] == (row["candidate"], row["group"]) for row in part)


def test_rows_name_what_was_chosen_even_where_it_was_not_kept(brain):
    best, *_, least = [label for label, _ in recall(brain, statements=8, record=Record(top=6)).top(0, 1)]
    trace = recall(brain, subject=least, order="spo", statements=8, record=Record(top=1))
    subjects = [row for row in trace.to_rows() if row["slot"] == "subject"]
    assert [row["candidate"] for row in subjects] == [best, least] * 8
    assert [row["chosen"] for row in subjects] == [False, True] * 8
    assert subjects[0]["probability"] > subjects[1]["probability"] == float(trace.chosen_probability[0, 1])
    assert not any(row["chosen"] for row in trace.to_rows() if row["slot"] == "instant")  # semantic: none is chosen


def test_rows_can_be_written_as_csv_and_read_back(trace):
    rows = trace.to_rows()
    file = io.StringIO()
    writer = csv.DictWriter(file, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    file.seek(0)
    again = list(csv.DictReader(file))
    assert [float(row["probability"]) for row in again] == [row["probability"] for row in rows]
    assert [row["chosen"] == "True" for row in again] == [row["chosen"] for row in rows]
