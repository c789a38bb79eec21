"""The shipped world `neighbourhood`: what is in the file is what its README says."""

import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox
import pytest

FOLDER = Path(__file__).parents[2] / "kg_data" / "neighbourhood"
TOWN = "https://tensorbrain.org/kg/neighbourhood/"
RDFS, OWL = "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/2002/07/owl#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
TIME = "http://www.w3.org/ns/prov#generatedAtTime"
SPATIAL = {"leftOf", "inFrontOf", "near", "on", "above"}
VISIBLE_VALUES = {"does", "hasColour", "hasSize", "wears"}


def short(iri):
    return iri.removeprefix(TOWN)


class World:
    """The file, read with an independent parser into plain sets."""

    def __init__(self, path):
        self.labels, self.times, self.graph_labels = defaultdict(set), {}, {}
        self.parents, self.types = {}, {}
        self.domains, self.ranges = defaultdict(set), defaultdict(set)
        self.facts, self.classes, self.predicates = set(), set(), set()
        episodes = defaultdict(set)
        for quad in ox.parse(path=str(path)):
            s, p, o = quad.subject.value, quad.predicate.value, quad.object.value
            if not isinstance(quad.graph_name, ox.DefaultGraph):
                episodes[quad.graph_name.value].add((short(s), short(p), short(o)))
            elif p == TIME:
                self.times[s] = datetime.fromisoformat(o)
            elif p == RDFS + "label":
                if "/episode/" in s:
                    self.graph_labels[s] = o
                else:
                    self.labels[short(s)].add((quad.object.language, o))
            elif p == RDFS + "subClassOf":
                assert short(s) not in self.parents, "direct parents only, and one each"
                self.parents[short(s)] = short(o)
            elif p == RDFS + "domain":
                self.domains[short(s)].add(short(o))
            elif p == RDFS + "range":
                self.ranges[short(s)].add(short(o))
            elif p == TYPE and o == OWL + "Class":
                self.classes.add(short(s))
            elif p == TYPE and o == OWL + "ObjectProperty":
                self.predicates.add(short(s))
            elif p == TYPE:
                assert short(s) not in self.types, "one leaf class each"
                self.types[short(s)] = short(o)
            else:
                self.facts.add((short(s), short(p), short(o)))
        self.episodes = {graph: episodes[graph] for graph in sorted(episodes, key=self.times.__getitem__)}

    def ancestors(self, cls):
        result = []
        while cls in self.parents:
            cls = self.parents[cls]
            result.append(cls)
        return result

    def kinds(self, name):
        return {self.types[name], *self.ancestors(self.types[name])}

    def now(self, subject, predicate):
        return {o for s, p, o in self.facts if (s, p) == (subject, predicate)}

    def then(self, subject, predicate, before=None, since=None):
        counts = Counter()
        for graph, statements in self.episodes.items():
            if (before is None or self.times[graph] < before) and (since is None or self.times[graph] >= since):
                counts.update(o for s, p, o in statements if (s, p) == (subject, predicate))
        return counts


@pytest.fixture(scope="module")
def world():
    return World(FOLDER / "neighbourhood.trig")


def test_build_writes_the_shipped_bytes(tmp_path):
    output = tmp_path / "again.trig"
    subprocess.run([sys.executable, "-B", str(FOLDER / "build.py"), str(output)], check=True)
    assert output.read_bytes() == (FOLDER / "neighbourhood.trig").read_bytes()


def test_examples_in_the_docstrings_hold():
    run = [sys.executable, "-B", "-m", "doctest", "schema.py", "state.py"]
    subprocess.run(run, check=True, cwd=FOLDER)


def test_episodes_have_three_to_ten_statements_and_rarely_repeat(world):
    assert len(world.episodes) >= 600
    assert all(3 <= len(statements) <= 10 for statements in world.episodes.values())
    repeated = len(world.episodes) - len({frozenset(statements) for statements in world.episodes.values()})
    assert repeated <= 0.03 * len(world.episodes)


def test_time_stamps_are_unique_and_within_the_six_weeks(world):
    stamps = [world.times[graph] for graph in world.episodes]
    assert len(set(stamps)) == len(stamps) == len(world.times)
    assert datetime(2026, 4, 20) <= min(stamps) and max(stamps) < datetime(2026, 6, 1)
    assert {stamp.date() for stamp in stamps} == {datetime.fromordinal(n).date() for n in range(739726, 739768)}
    third_of_may = world.episodes[TOWN + "episode/2026-05-03T08-10"]
    assert ("Sparky", "ownedBy", "Jack") in third_of_may and ("Mary", "feeds", "Sparky") in third_of_may


def test_labels_are_unique_in_both_languages(world):
    names = {*world.classes, *world.types, *world.predicates}
    for language in ("en", "de"):
        labels = {name: [text for lang, text in world.labels[name] if lang == language] for name in names}
        assert all(len(found) == 1 for found in labels.values())
        assert len({found[0].casefold() for found in labels.values()}) == len(names)
    titles = list(world.graph_labels.values())
    assert len(titles) == len(set(titles)) == len(world.episodes)
    assert world.graph_labels[TOWN + "episode/2026-05-03T08-10"] == "Sunday 3 May 2026, 08:10: breakfast at the Millers"


def test_class_tree_has_three_levels_and_individuals_sit_on_leaves(world):
    leaves = world.classes - set(world.parents.values())
    assert set(world.types.values()) == leaves
    tops = {"LivingBeing", "Object", "Place", "Attribute"}
    for leaf in leaves:
        middle, top, *rest = world.ancestors(leaf)
        assert middle in world.classes and top in tops and rest in ([], ["VisibleThing"])
    assert world.ancestors("Dog")[:2] == ["Mammal", "LivingBeing"]
    assert world.parents["Colour"] == "VisibleAttribute" and world.parents["Age"] == "HiddenAttribute"


def test_every_statement_respects_domain_and_range(world):
    assert set(world.domains) == set(world.ranges) == world.predicates
    statements = world.facts.union(*world.episodes.values())
    assert {p for _, p, _ in statements} == world.predicates
    for s, p, o in statements:
        assert world.domains[p] <= world.kinds(s), (s, p, o)
        assert world.ranges[p] <= world.kinds(o), (s, p, o)


def test_the_town_has_the_promised_size(world):
    attributes = [name for name in world.types if "Attribute" in world.kinds(name)]
    individuals = [name for name in world.types if name not in attributes]
    visible = [name for name in individuals if "VisibleThing" in world.kinds(name)]
    people = [name for name in individuals if "Person" in world.kinds(name)]
    assert len(people) == 20 and len(visible) >= 30 and 70 <= len(individuals) <= 90
    animals = [name for name in visible if world.kinds(name) & {"Mammal", "Bird"}]
    assert len(animals) == 10 and "Sparky" in animals
    assert 120 <= len(individuals) + len(attributes) + len(world.classes) <= 165
    seen = {name for statements in world.episodes.values() for s, _, o in statements for name in (s, o)}
    assert set(world.types) - seen <= {name for name in attributes if world.kinds(name) & {"Danger", "Age"}}


@pytest.mark.parametrize(
    ("subject", "predicate", "old", "new", "change"),
    [
        ("Sparky", "ownedBy", "Jack", "Mary", datetime(2026, 5, 9, 16)),
        ("Fatima", "livesIn", "StationHouse", "GardenHouse", datetime(2026, 5, 16, 15)),
        ("Comet", "hasColour", "Red", "Green", datetime(2026, 5, 20, 16, 30)),
    ],
)
def test_now_then_and_usually_differ(world, subject, predicate, old, new, change):
    assert world.now(subject, predicate) == {new}
    before, since = (
        world.then(subject, predicate, before=change),
        world.then(subject, predicate, since=change),
    )
    assert set(before) == {old} and set(since) == {new}
    assert before[old] >= 5 and since[new] >= 5
    usual = world.then(subject, predicate)
    assert usual.most_common(1)[0][0] == old, "most of the six weeks had the old state"


def test_the_whole_family_moves(world):
    for name in ("Fatima", "Omar", "Leila", "Sami", "Hopper"):
        assert world.now(name, "livesIn") == {"GardenHouse"}
        assert set(world.then(name, "livesIn", before=datetime(2026, 5, 16, 15))) == {"StationHouse"}
        assert set(world.then(name, "livesIn", since=datetime(2026, 5, 16, 15))) == {"GardenHouse"}


def test_unchanging_facts_agree_with_the_episodes(world):
    changing = {("Sparky", "ownedBy"), ("Sparky", "livesIn"), ("Comet", "hasColour")}
    changing |= {(name, "livesIn") for name in ("Fatima", "Omar", "Leila", "Sami", "Hopper")}
    stated = {(s, p) for s, p, _ in world.facts}
    for s, p, o in set().union(*world.episodes.values()):
        if (s, p) in stated and (s, p) not in changing:
            assert (s, p, o) in world.facts


def test_each_episode_is_one_possible_scene(world):
    for graph, statements in world.episodes.items():
        places = {o for _, p, o in statements if p == "isAt"}
        assert len(places) == 1, graph
        pairs = [frozenset((s, o)) for s, p, o in statements if p in SPATIAL]
        assert len(pairs) == len(set(pairs)), graph
        assert all(s != o for s, _, o in statements), graph
        left = {(s, o) for s, p, o in statements if p == "leftOf"}
        while grown := {(a, d) for a, b in left for c, d in left if b == c} - left:
            left |= grown
        assert not any((b, a) in left for a, b in left), graph
        poses = [s for s, p, _ in statements if p == "does"]
        assert len(poses) == len(set(poses)), graph
        holders = Counter(o for _, p, o in statements if p in ("holds", "drives"))
        assert all(count == 1 for count in holders.values()), graph
        seats = Counter(s for s, p, _ in statements if p in ("rides", "drives"))
        assert all(count == 1 for count in seats.values()), graph
        held = {o for _, p, o in statements if p == "holds"}
        assert not held & {x for s, p, o in statements if p in SPATIAL - {"above"} for x in (s, o)}, graph
        asleep = {s for s, p, o in statements if (p, o) == ("does", "Sleeping")}
        awake = VISIBLE_VALUES | SPATIAL | {"isAt", "ownedBy", "livesIn", "friendOf", "likes", "siblingOf"}
        assert not [s for s, p, _ in statements if s in asleep and p not in awake], graph


def test_nobody_is_at_two_places_within_a_quarter_of_an_hour(world):
    whereabouts = defaultdict(list)
    for graph, statements in world.episodes.items():
        (place,) = {o for _, p, o in statements if p == "isAt"}
        people = {x for s, p, o in statements if p not in ("likes", "friendOf", "ownedBy") for x in (s, o)}
        for name in people:
            if name in world.types and world.kinds(name) & {"Person", "Mammal", "Bird", "Vehicle"}:
                whereabouts[name].append((world.times[graph], place))
    for name, visits in whereabouts.items():
        for (before, place), (after, other) in pairwise(visits):
            assert place == other or (after - before).total_seconds() >= 15 * 60, (name, before, after)


def test_fixed_things_stay_where_they_are(world):
    fixed = {s: o for s, p, o in world.facts if p == "isAt"}
    assert fixed["OldOak"] == "LongMeadow" and len(fixed) == 6
    for graph, statements in world.episodes.items():
        (place,) = {o for _, p, o in statements if p == "isAt"}
        things = {x for s, p, o in statements if p != "likes" for x in (s, o)}
        assert all(fixed[name] == place for name in things & set(fixed)), graph


def test_pictures_can_be_made_of_most_episodes(world):
    episodes = list(world.episodes.values())
    spatial = sum(any(p in SPATIAL for _, p, _ in statements) for statements in episodes)
    visible = sum(any(p in VISIBLE_VALUES for _, p, _ in statements) for statements in episodes)
    assert spatial >= 0.8 * len(episodes) and visible >= 0.8 * len(episodes)
    assert all(any(world.kinds(s) & {"VisibleThing"} for s, _, _ in statements) for statements in episodes)


def test_roles_matter(world):
    chases = Counter((s, o) for statements in world.episodes.values() for s, p, o in statements if p == "chases")
    assert chases["Sparky", "Tom"] > chases["Tom", "Sparky"] >= 2
    directed = {
        "feeds",
        "walks",
        "chases",
        "talksTo",
        "helps",
        "holds",
        "eats",
        "rides",
        "drives",
        "looksAt",
        "playsWith",
    }
    assert all(any(p in directed for _, p, _ in statements) for statements in world.episodes.values())


def test_most_questions_have_one_true_answer(world):
    answers = Counter((s, p) for s, p, _ in world.facts)
    assert sum(count == 1 for count in answers.values()) >= 0.9 * len(answers)


def test_readme_states_the_counts(world):
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    statements = [statement for episode in world.episodes.values() for statement in episode]
    owners = world.then("Sparky", "ownedBy")
    for text in (
        f"**{len(world.episodes)} named graphs**",
        f"| episodes | {len(world.episodes)} |",
        f"({len(set(statements)):,} different ones;",
        f"| {len(statements):,} |",
        f"{len(statements) / len(world.episodes):.1f} on average",
        f"| classes | {len(world.classes)} |",
        f"without types, taxonomy and labels | {len(world.facts)} |",
        f"Jack in {owners['Jack']} episodes, Mary in {owners['Mary']}",
    ):
        assert text in readme, text
