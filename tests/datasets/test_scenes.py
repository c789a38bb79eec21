"""Scripts: the episodes as they are told, and new scenes made up in their way."""

import random
from collections import Counter

import numpy as np
import pytest

from tensorbrain.datasets.digits import digit_graph
from tensorbrain.datasets.layout import holds_in, laid_out, measured
from tensorbrain.datasets.scenes import Dials, episode_scripts, new_scripts
from tensorbrain.datasets.scripts import ACTIONS, HIDDEN, LOOKS, SPATIAL, Thing, town_of
from tensorbrain.datasets.sheet import index
from tensorbrain.datasets.worlds import load_graph
from tensorbrain.errors import GraphError, SettingsError


@pytest.fixture(scope="module")
def graph():
    return load_graph("neighbourhood")


@pytest.fixture(scope="module")
def town(graph):
    return town_of(graph)


@pytest.fixture(scope="module")
def episodes(graph):
    return episode_scripts(graph, seed=0)


@pytest.fixture(scope="module")
def new(graph):
    return new_scripts(graph, 1500, seed=0)


def told(town, script):
    """(number of the subject, predicate, number of the object or None, object) of each statement."""
    for s, o, _, p, concept in script.statements:
        yield s - 1, town.predicate_names[p], o - 1 if o > 0 and o != s else None, concept


def test_the_same_seed_gives_the_same_scripts(graph, episodes, new):
    assert episode_scripts(graph, [5, 300], seed=0) == [episodes[5], episodes[300]]
    assert new_scripts(graph, 20, seed=0) == new[:20]
    assert new_scripts(graph, 20, seed=1) != new[:20]


def test_an_episode_shows_all_it_names_and_tells_all_that_its_picture_can(town, episodes):
    for script in episodes:
        rows = {(s, town.predicate_names[p], o) for _, _, s, p, o in script.statements}
        shown = {thing.concept for thing in script.things}
        for s, p, o in town.episodes[script.instant]:
            assert s in shown
            if town.within(town.kind[o], {"VisibleThing"}):
                assert o in shown
            elsewhere = o in town.places and o != script.place
            assert ((s, p, o) in rows) != elsewhere


def test_regions_name_the_things_of_the_statement(episodes, new):
    for script in [*episodes, *new]:
        concepts = [script.place, *(thing.concept for thing in script.things)]
        for s_region, o_region, s, _, o in script.statements:
            assert concepts[s_region] == s
            assert o_region == s_region or concepts[o_region] == o


def test_the_looks_that_are_told_are_the_looks_that_are_drawn(town, episodes, new):
    for script in [*episodes, *new]:
        for s, p, _, value in told(town, script):
            if p in LOOKS:
                drawn = {"does": script.things[s].activity, "hasSize": script.things[s].size}
                assert drawn.get(p, script.things[s].colour) == value


def test_comet_is_red_before_its_new_paint_and_green_after_it(graph, town, episodes, new):
    comet, seen = town.concept["Comet"], {"before": set(), "after": set(), "new": set()}
    for script in [*episodes, *new]:
        when = "new" if script.instant < 0 else "before"
        if script.instant >= 0 and graph.vocabulary.times[script.instant] > "2026-05-20T16:30":
            when = "after"
        seen[when] |= {town.names[thing.colour] for thing in script.things if thing.concept == comet}
    assert seen == {"before": {"Red"}, "after": {"Green"}, "new": {"Green"}}


def test_spatial_statements_are_true_where_the_things_stand(town, episodes, new):
    wrong, count = 0, 0
    for script in episodes:
        for s, p, o, _ in told(town, script):
            if p in SPATIAL:
                count, wrong = count + 1, wrong + (not holds_in(script.things, (s, p, o)))
    assert count > 800 and wrong <= 4  # a few episodes say more at once than one row of figures can show
    for script in new:
        assert all(holds_in(script.things, (s, p, o)) for s, p, o, _ in told(town, script) if p in SPATIAL)


def test_left_of_is_never_against_the_order_of_the_feet(town, episodes, new):
    for script in [*episodes, *new]:
        for s, p, o, _ in told(town, script):
            if p == "leftOf":
                assert script.things[s].x < script.things[o].x


def test_a_row_too_long_for_the_picture_still_fits_into_it():
    kinds = ("Woman", "Man", "Girl", "Boy", "Dog", "Horse", "Bus")
    tiles = [index()["novel"]["train"][kind][0] for kind in kinds]
    row = [measured(Thing(0, kind, tile, 0, 0, -1), "Large", "") for kind, tile in zip(kinds, tiles, strict=True)]
    chain = [(i, "leftOf", i + 1) for i in range(6)]
    placed = laid_out(row, chain, random.Random(0))
    assert all(holds_in(placed, relation) for relation in chain)
    assert min(t.x - t.width / 2 for t in placed) > 0 and max(t.x + t.width / 2 for t in placed) < 1


def test_new_scenes_are_of_the_asked_size(new):
    assert {len(script.things) for script in new} == {2, 3, 4, 5, 6}
    assert {len(script.statements) for script in new} == set(range(4, 11))
    assert {script.instant for script in new} == {-1}


def test_new_scenes_respect_domains_ranges_and_one_relation_of_a_kind_a_pair(town, new):
    for script in new:
        pairs = Counter()
        for s, p, o, value in told(town, script):
            thing = script.things[s]
            assert town.within(thing.kind, town.domains[p])
            if p in (*ACTIONS, *SPATIAL):
                assert o is not None and town.within(script.things[o].kind, town.ranges[p])
                pairs[frozenset((s, o)), p in SPATIAL] += 1
            elif o is None and value in town.kind:
                assert town.within(town.kind[value], town.ranges[p])
        assert all(n == 1 for n in pairs.values())


def test_hidden_facts_are_true_and_between_those_present(town, new):
    count = 0
    for script in new:
        for s, p, _, value in told(town, script):
            if p in HIDDEN:
                count += 1
                assert value in town.facts[script.things[s].concept, p]
    assert count > 300


def test_predicates_are_as_frequent_given_the_classes_as_in_the_episodes(town, episodes, new):
    def shares(scripts, names):
        counts: dict[tuple[str, str], Counter] = {}
        for script in scripts:
            for s, p, o, _ in told(town, script):
                if p in names and o is not None:
                    pair = (script.things[s].kind, script.things[o].kind)
                    counts.setdefault(pair, Counter())[p] += 1
        return counts

    for names, most in ((ACTIONS, 0.17), (("leftOf", "near", "inFrontOf"), 0.17)):
        here, there, far, weight = shares(episodes, names), shares(new, names), 0.0, 0
        for pair in here.keys() & there.keys():
            n, m = here[pair].total(), there[pair].total()
            if n >= 20 and m >= 20:
                far += n * sum(abs(here[pair][p] / n - there[pair][p] / m) for p in names) / 2
                weight += n
        assert weight > 200 and far / weight < most


def test_many_combinations_are_new(graph, town, new):
    known = {tuple(row) for row in graph.episodes.coordinates[:, :3].tolist()}
    rows = {row[2:] for script in new for row in script.statements if town.predicate_names[row[3]] in ACTIONS}
    named = {row for row in rows if row[0] in town.kind and row[2] in town.kind}
    assert 0.4 < np.mean([row not in known for row in named]) < 1


def test_the_families_of_looks_share_nobody(graph, town):
    sheet = index()
    individuals = set(sheet["individuals"].values())
    train, test = ({n for tiles in sheet["novel"][f].values() for n in tiles} for f in ("train", "test"))
    assert len(individuals) == 62 and not individuals & train and not individuals & test and not train & test
    for family, tiles in (("train", train), ("test", test)):
        shown = [t for s in new_scripts(graph, 300, seed=3, nameless=0.5, novel=family) for t in s.things]
        nameless = [thing for thing in shown if thing.concept not in town.kind]
        assert 0.35 < len(nameless) / len(shown) < 0.65
        assert {thing.tile for thing in nameless} <= tiles
        assert all(town.names[thing.concept] == thing.kind for thing in nameless)
        assert len({thing.colour for thing in nameless}) == 9
    strangers = [
        t for s in new_scripts(graph, 100, seed=3, nameless=0.0) for t in s.things if t.concept not in town.kind
    ]
    assert len(strangers) < 40  # only where all individuals of a class are in the picture already


@pytest.mark.parametrize("wrong", [{"novel": "other"}, {"nameless": 1.5}])
def test_settings_that_make_no_sense(graph, wrong):
    with pytest.raises(SettingsError):
        new_scripts(graph, 1, seed=0, **wrong)
    with pytest.raises(SettingsError):
        Dials(clutter=-0.1)


def test_another_world_cannot_be_drawn():
    with pytest.raises(GraphError, match="has no predicate"):
        episode_scripts(digit_graph(), seed=0)
