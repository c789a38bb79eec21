"""Finding concepts by every way of naming them, and what is said when that fails."""

import json

import pytest

from tensorbrain.errors import AmbiguousConceptError, SettingsError, UnknownConceptError
from tensorbrain.graph import Concept, Vocabulary

BASE = "https://example.org/"


@pytest.fixture
def town() -> Vocabulary:
    return Vocabulary(
        concepts=(
            Concept(BASE + "Sparky", "Sparky the dog", "entity"),
            Concept(BASE + "alex1", "Alex", "entity"),
            Concept(BASE + "alex2", "Alex", "entity"),
            Concept(BASE + "Dog", "dog", "class"),
            Concept(BASE + "red", "red", "attribute"),
        ),
        predicates=(Concept(BASE + "knows", "knows", "predicate"),),
        instants=tuple(Concept(f"{BASE}e{i}", f"walk {i}", "instant") for i in range(3)),
        times=("2026-05-03T08:10:00", "2026-05-03T09:00:00", None),
    )


@pytest.mark.parametrize(
    ("name", "slot", "found"),
    [
        (BASE + "Sparky", "subject", 0),
        ("Sparky the dog", "object", 0),
        ("SPARKY THE DOG", "subject", 0),
        ("Sparky", "subject", 0),
        ("alex2", "concept", 2),
        ("knows", "predicate", 0),
        ("walk 2", "instant", 2),
        ("2026-05-03T09:00:00", "instant", 1),
        ("2026-05-03T08", "instant", 0),
    ],
)
def test_every_way_of_naming(town: Vocabulary, name: str, slot: str, found: int):
    assert town.find(name, slot) == found


def test_an_exact_label_comes_before_one_without_case():
    both = Vocabulary((Concept("urn:x:1", "polish", "entity"), Concept("urn:x:2", "Polish", "entity")))
    assert [both.find(name, "subject") for name in ("polish", "Polish")] == [0, 1]
    with pytest.raises(AmbiguousConceptError):
        both.find("POLISH", "subject")


def test_an_unknown_name_is_offered_the_nearest_labels(town: Vocabulary):
    with pytest.raises(UnknownConceptError, match="did you mean Sparky the dog"):
        town.find("Sparky the god", "subject")
    with pytest.raises(UnknownConceptError, match="give a label or an IRI"):
        town.find("zzzzzzzzz", "subject")
    with pytest.raises(UnknownConceptError, match="holds nothing"):
        Vocabulary().find("Sparky", "subject")


def test_a_shared_label_shows_all_iris(town: Vocabulary):
    with pytest.raises(AmbiguousConceptError) as failure:
        town.find("Alex", "subject")
    assert BASE + "alex1" in str(failure.value) and BASE + "alex2" in str(failure.value)
    with pytest.raises(AmbiguousConceptError):
        town.find("2026-05-03", "instant")


def test_groups_and_labels(town: Vocabulary):
    assert town.group_ids("entity").tolist() == [0, 1, 2]
    assert town.group_ids("attribute").tolist() == [4]
    assert town.group_ids("instant").tolist() == [0, 1, 2]
    assert town.label("instant", 1) == "walk 1"
    assert len(town) == 9
    with pytest.raises(SettingsError):
        town.group_ids("animal")
    with pytest.raises(SettingsError):
        town.find("Sparky", "verb")
    with pytest.raises(UnknownConceptError):
        town.label("subject", 99)


def test_appending_leaves_the_old_ids_alone(town: Vocabulary):
    larger = town.with_concept(Concept(BASE + "Rex", "Rex", "entity"))
    larger = larger.with_concept(Concept(BASE + "e9", "new walk", "instant"), time="2026-06-01")
    assert larger.concepts[: len(town.concepts)] == town.concepts
    assert larger.find("Rex", "subject") == 5 and larger.find("2026-06-01", "instant") == 3
    with pytest.raises(SettingsError, match="already"):
        larger.with_concept(Concept(BASE + "Rex", "another Rex", "entity"))
    with pytest.raises(SettingsError):
        town.with_concept(Concept("urn:x", "x", "animal"))


def test_json_there_and_back(town: Vocabulary):
    again = Vocabulary.from_json(json.loads(json.dumps(town.to_json())))
    assert again == town and hash(again) == hash(town)


def test_a_whole_time_stamp_comes_before_longer_ones_that_begin_so():
    instants = tuple(Concept(f"urn:e{n}", f"episode {n}", "instant") for n in range(2))
    words = Vocabulary(instants=instants, times=("2026-05-03", "2026-05-03T08:10"))
    assert words.find("2026-05-03", "instant") == 0
