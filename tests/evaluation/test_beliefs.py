"""Beliefs beside the graph: counts and shares by hand, probabilities as ask gives them, concepts matched by IRI."""

from pathlib import Path

import numpy as np
import pytest

from tensorbrain.datasets.worlds import load_graph
from tensorbrain.errors import SettingsError, UnknownConceptError
from tensorbrain.evaluation.beliefs import beliefs
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.learning.batches import training_rows
from tensorbrain.modes import ask, intervene

TOP = 4
SLOTS = ("subject", "predicate", "object")
CUES = ({"subject": "tom"}, {"object": "tom"}, {"predicate": "chases"}, {"subject": "rex", "predicate": "chases"})


def told(belief) -> tuple[str, str, str]:
    return belief[:3]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory) -> KnowledgeGraph:
    """The village as somebody else knows it: other concepts, in another order, two of them under the same IRIs."""
    path = Path(tmp_path_factory.mktemp("elsewhere"), "other.trig")
    path.write_text("""@prefix : <urn:village:> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:aaron :chases :tom . :zoe :feeds :tom . :tom rdfs:label "Thomas" . :zoe :chases :zoe .
:day7 { :rex :chases :tom . :zoe :chases :tom . } :day8 { :rex :chases :tom . }
""")
    return load_graph(path)


@pytest.mark.parametrize(("cue", "a_bar"), [*((cue, "learned") for cue in CUES), (CUES[0], "mixture")], ids=str)
def test_probabilities_are_those_of_ask(cue, a_bar, ignorant, village):
    free = tuple(slot for slot in SLOTS if slot not in cue)
    answers = ask(ignorant, **cue, a_bar=a_bar, answer=free, top=1000)
    expected = {answer.labels: answer.probability for answer in answers}
    rows = beliefs(ignorant, village, **cue, a_bar=a_bar, top=TOP)
    assert len(rows) >= TOP
    for row in rows:
        labels = tuple(getattr(row, slot) for slot in free)
        assert row.probability == pytest.approx(expected[labels], rel=1e-3)
    first = [row.probability for row in rows[:TOP]]
    assert first == sorted(first, reverse=True)
    if a_bar == "learned":
        assert first == pytest.approx(sorted(expected.values(), reverse=True)[:TOP], rel=1e-3)


@pytest.mark.parametrize("cue", [{}, *CUES], ids=str)
def test_shares_are_those_that_training_sees(cue, ignorant, village):
    """The semantic rows of training, by weight: what a brain that has learned all frequencies believes."""
    rows, weights = training_rows(village, np.zeros((0, 3), np.int32))
    words = village.vocabulary
    weight = {}
    for (s, p, o, t), w in zip(rows.tolist(), weights.tolist(), strict=True):
        labels = (words.label("subject", s), words.label("predicate", p), words.label("object", o))
        if t < 0 and all(labels[SLOTS.index(slot)] == name for slot, name in cue.items()):
            weight[labels] = weight.get(labels, 0) + w
    found = beliefs(ignorant, village, **cue, top=TOP)
    assert sum(row.share > 0 for row in found) >= min(TOP, len(weight))
    for row in found:
        assert row.share == pytest.approx(weight.get(told(row), 0) / sum(weight.values()))
        assert row.facts + row.episodes == weight.get(told(row), 0)


def test_counts_by_hand(knowing, village):
    rows = {told(row): row for row in beliefs(knowing, village, subject="tom", top=TOP)}
    assert (rows["tom", "sees", "mary"].facts, rows["tom", "sees", "mary"].episodes) == (0, 1)
    assert (rows["tom", "ownedBy", "jack"].facts, rows["tom", "ownedBy", "jack"].episodes) == (1, 0)
    assert rows["tom", "sees", "mary"].share == 0.25  # beside: is a cat, owned by jack, sees rex
    chased = beliefs(knowing, village, subject="rex", predicate="chases", top=TOP)[0]
    assert told(chased) == ("rex", "chases", "tom") and chased[4:] == (1.0, 0, 2) and chased.probability > 0.8


def test_a_brain_that_knows_its_graph_believes_the_shares(knowing, village):
    rows = beliefs(knowing, village, subject="tom", top=TOP)
    assert len(rows) == 4  # nothing is missed
    assert all(row.probability == pytest.approx(row.share, abs=0.05) for row in rows)


def test_what_is_said_but_not_believed_comes_behind_the_largest_shares_first(ignorant, village):
    rows = beliefs(ignorant, village, top=TOP)
    assert len(rows) == 2 * TOP
    believed, missed = rows[:TOP], rows[TOP:]
    assert not any(row.share for row in believed)  # an ignorant brain
    assert told(missed[0]) == ("rex", "chases", "tom")  # the one statement that is said twice
    assert [row.facts + row.episodes for row in missed] == [2, 1, 1, 1]
    assert max(row.probability for row in missed) <= min(row.probability for row in believed)


def test_a_told_statement_is_believed_with_certainty(ignorant, village):
    (row,) = beliefs(ignorant, village, subject="rex", predicate="chases", object="tom", top=TOP)
    assert row[3:] == (pytest.approx(1), 1.0, 0, 2)


def test_brain_and_graph_are_matched_by_iri(knowing, elsewhere):
    rows = beliefs(knowing, elsewhere, predicate="chases", top=TOP)
    by_name = {told(row): row for row in rows}
    seen = by_name["rex", "chases", "tom"]  # the label is the brain's own, the counts are the graph's
    assert seen.probability > 0.8 and (seen.facts, seen.episodes, seen.share) == (0, 2, 2 / 5)
    strangers = {row for row in rows if row.probability == 0}
    assert {told(row) for row in strangers} == {
        *(("aaron", "chases", "tom"), ("zoe", "chases", "tom"), ("zoe", "chases", "zoe"))
    }
    assert all(row.share == 1 / 5 for row in strangers)
    unheard = beliefs(knowing, elsewhere, subject="mary", top=TOP)
    assert len(unheard) == TOP and all(row[4:] == (0, 0, 0) for row in unheard)


def test_the_ids_of_brain_and_graph_do_differ(knowing, elsewhere):
    mine, theirs = knowing.vocabulary, elsewhere.vocabulary
    assert mine.find("urn:village:tom", "subject") != theirs.find("urn:village:tom", "subject")


def test_a_lesioned_object_is_not_believed_though_the_graph_says_it(knowing, village):
    lesioned = intervene(knowing, lesion=["tom"])
    rows = {told(row): row for row in beliefs(lesioned, village, subject="rex", predicate="chases", top=TOP)}
    assert rows["rex", "chases", "tom"].probability == 0 and rows["rex", "chases", "tom"].share == 1
    assert sum(row.probability for row in rows.values()) > 0.9
    still = beliefs(lesioned, village, subject="tom", predicate="ownedBy", top=TOP)[0]  # it can be told
    assert still.object == "jack" and still.probability > 0.5


def test_what_cannot_be_asked(knowing, village):
    with pytest.raises(SettingsError, match="top 0"):
        beliefs(knowing, village, top=0)
    with pytest.raises(SettingsError, match="a-bar"):
        beliefs(knowing, village, a_bar="median")
    with pytest.raises(UnknownConceptError, match="tom"):
        beliefs(knowing, village, subject="tmo")
