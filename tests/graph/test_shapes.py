"""The SHACL shapes that ship: the worlds conform to them, each shape bites, and they know what the reader knows."""

import pyshacl
import pytest
import rdflib

from tensorbrain.datasets.worlds import load_graph, shapes_file, world_graph
from tensorbrain.errors import GraphError
from tensorbrain.graph.episodes import STAMPS
from tensorbrain.graph.labels import LABELS
from tensorbrain.graph.times import seconds

# Those of rdflib about itself, a third of a million: to count them takes longer than the tests.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
PREFIXES = """
    @prefix : <https://example.org/> .
    @prefix owl: <http://www.w3.org/2002/07/owl#> .
    @prefix prov: <http://www.w3.org/ns/prov#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    @prefix time: <http://www.w3.org/2006/time#> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
GOOD = """
    :chases a owl:ObjectProperty ; rdfs:label "chases" .
    :rex rdfs:label "Rex" .
    :tom rdfs:label "Tom"@en, "Tomcat"@de .
    :morning { :rex :chases :tom . }
    :morning prov:generatedAtTime "2026-05-01T08:00:00"^^xsd:dateTime .
"""
TOWN, STATES = "https://tensorbrain.org/kg/neighbourhood/", "https://tensorbrain.org/kg/countries/"


def found(dataset: rdflib.Graph, name: str = "episodes", shape: str = "") -> list[tuple[str, str, str]]:
    """The shape, the severity and the sentence of every result, of all shapes or one."""
    shapes = rdflib.Graph().parse(shapes_file(name), format="turtle")
    conforms, report, text = pyshacl.validate(
        dataset, shacl_graph=shapes, use_shapes=[f"https://tensorbrain.org/shapes/{name}#{shape}"] if shape else None
    )
    assert isinstance(report, rdflib.Graph), text
    results = list(report.subjects(rdflib.RDF.type, SH.ValidationResult))
    assert conforms == (not results)
    owner = {inner: shape for shape, inner in shapes.subject_objects(SH.property)}
    return [
        (
            str(owner.get(source := report.value(result, SH.sourceShape), source)).split("#")[-1],
            str(report.value(result, SH.resultSeverity)).split("#")[-1],
            str(report.value(result, SH.resultMessage)),
        )
        for result in results
    ]


def trig(text: str) -> rdflib.Dataset:
    dataset = rdflib.Dataset()
    dataset.parse(data=PREFIXES + text, format="trig")
    return dataset


@pytest.fixture(scope="module")
def neighbourhood() -> rdflib.Dataset:
    dataset = rdflib.Dataset()
    dataset.parse(world_graph("neighbourhood"))
    return dataset


@pytest.fixture(scope="module")
def countries() -> rdflib.Graph:
    return rdflib.Graph().parse(world_graph("countries"))


def test_the_shipped_worlds_conform(neighbourhood, countries):
    assert found(neighbourhood) == []
    assert found(neighbourhood, "neighbourhood") == []
    assert found(countries, "countries") == []


def test_a_good_graph_conforms():
    assert found(trig(GOOD)) == []


@pytest.mark.parametrize(
    ("damage", "shape", "severity", "words"),
    [
        ((":morning { :rex :chases :tom . }", ":rex :chases :tom ."), "SomeEpisode", "Violation", "no episode here"),
        ((":morning prov:", ":mornin prov:"), "HasTime", "Violation", "https://example.org/morning has no time"),
        (("2026-05-01T08:00:00", "2026-13-01T08:00:00"), "ReadableTime", "Violation", '"2026-13-01T08:00:00", cannot'),
        (('"2026-05-01T08:00:00"^^xsd:dateTime', ":today"), "ReadableTime", "Violation", "example.org/today"),
        ((":rex :chases :tom .", ':rex :chases "Tom" .'), "ConceptsOnly", "Violation", 'the text "Tom"'),
        ((":rex :chases", ":rex :chaes"), "KnownPredicate", "Violation", "use https://example.org/chaes, which"),
        (('"Rex"', '"Tom"@en'), "OneNameOneThing", "Violation", 'are both called "Tom"'),
        ((':rex rdfs:label "Rex" .', ""), "HasName", "Warning", "https://example.org/rex has no label"),
        ((":rex :chases :tom .", ":rex :chases [] ."), "NoBlankNode", "Warning", "something without an IRI"),
    ],
)  # fmt: skip
def test_each_shape_of_episodes_bites_alone(damage, shape, severity, words):
    assert damage[0] in GOOD
    results = [result for result in found(trig(GOOD.replace(*damage))) if result[0] != "HasName" or shape == "HasName"]
    assert [(name, how) for name, how, _ in results] == [(shape, severity)]
    assert words in results[0][2]


@pytest.mark.parametrize("predicate", sorted(STAMPS))
def test_every_time_stamp_of_the_reader_is_known(predicate):
    dated = GOOD.replace("prov:generatedAtTime", f"<{predicate}>")
    assert found(trig(dated)) == []
    assert [shape for shape, _, _ in found(trig(dated.replace("2026-05-01T08", "8 am, 1 May")))] == ["ReadableTime"]


@pytest.mark.parametrize("predicate", sorted(LABELS))
def test_every_label_of_the_reader_is_known(predicate):
    assert found(trig(GOOD.replace('rdfs:label "Rex"', f'<{predicate}> "Rex"'))) == []
    assert found(trig(GOOD.replace(":chases :tom .", f':chases :tom . :tom <{predicate}> "Thomas" .'))) == []


@pytest.mark.parametrize(
    "stamp",
    [
        "2026", "-0044", "12026", "2026-05", "2026-5", "2026-05-01", "2026-05-32", "2026-00-01", "2026-05-01T08:00",
        "2026-05-01 08:00", "2026-05-01T08-00", "2026-05-01T24:00:00", "2026-05-01T25:00", "2026-05-01T08:60",
        "2026-05-01T08:00:60", "2026-05-01T08:00:61", "2026-05-01T08:00:00.123456789", "2026-05-01T08:00Z",
        "2026-05-01T08:00+02:00", "2026-05-01T08:00+0200", "2026-05-01T08", " 2026-05-01 ", "1 May 2026", "now", "",
    ],
)  # fmt: skip
def test_a_time_is_readable_where_the_reader_can_read_it(stamp):
    shapes = {shape for shape, _, _ in found(trig(GOOD.replace('"2026-05-01T08:00:00"^^xsd:dateTime', f'"{stamp}"')))}
    assert shapes == (set() if seconds(stamp) is not None else {"ReadableTime"})


def test_a_time_may_be_in_the_name_or_on_what_the_episode_leads_to():
    name = GOOD.replace(":morning {", "<https://example.org/2026-05-01T08-00> {")
    assert found(trig(name)) == []
    led = ":morning time:hasTime :may . :may time:hasBeginning :first . :first time:inXSDDate "
    assert found(trig(GOOD.replace(":morning prov:generatedAtTime", led))) == []
    assert [shape for shape, _, _ in found(trig(name.replace("T08-00> {", "T08-xx> {")))] == ["HasTime"]


def test_what_the_shape_says_of_texts_is_so(tmp_path):
    file = tmp_path / "farm.trig"
    texts = ':rex :chases "Tom", :tom . :tom :chases "Tom" .'
    file.write_text(PREFIXES + GOOD.replace(":rex :chases :tom .", texts), encoding="utf-8")
    assert [load_graph(file, literals=how).report.literals_dropped for how in ("drop", "keep")] == [2, 0]


# What is taken away from the neighbourhood (subject, predicate, object, graph), what comes instead, and who sees it.
EVENING = rdflib.URIRef(TOWN + "episode/2026-04-20T06-35")
NOT_SO = [
    ((":Rex", ":ownedBy", None, None), None, "Mammal", "has an owner"),
    ((":Anna", ":livesIn", None, None), None, "Person", "Everyone has a home"),
    (None, (":Anna", ":wears", ":Blue"), "Person", "wears one colour"),
    (
        None,
        (":Anna", ":ownedBy", ":Red"),
        "DomainAndRange",
        "goes from a https://tensorbrain.org/kg/neighbourhood/VisibleThing to a ",
    ),
    (None, (":Anna", "a", ":Dog"), "OneClass", "of one class alone"),
    ((":Apple", "label", None, None), None, "Named", "one label in English"),
    ((EVENING, "label", None, None), None, "Dated", "one label, in English"),
]


def copied(dataset: rdflib.Dataset) -> rdflib.Dataset:
    copy = rdflib.Dataset()
    copy.addN((s, p, o, copy.graph(g) if g else copy.default_graph) for s, p, o, g in dataset.quads())
    return copy


def iri(short):
    if short is None or isinstance(short, rdflib.URIRef):
        return short
    return {"a": rdflib.RDF.type, "label": rdflib.RDFS.label}.get(short) or rdflib.URIRef(TOWN + short[1:])


@pytest.mark.parametrize(("gone", "new", "shape", "words"), NOT_SO)
def test_what_is_not_so_in_the_neighbourhood_is_told(neighbourhood, gone, new, shape, words):
    damaged = copied(neighbourhood)
    if gone:
        damaged.remove(tuple(map(iri, gone)))
    if new:
        damaged.default_graph.add(tuple(map(iri, new)))
    results = found(damaged, "neighbourhood", shape)
    assert {result[:2] for result in results} == {(shape, "Violation")}
    assert any(words in message for _, _, message in results)


@pytest.mark.parametrize(
    ("statements", "shape", "words"),
    [
        (":Rex :near :Grace .", "FourToTen", "has 3 statements"),
        (":Grace :isAt :HillFarm . :Rex :near :Grace . :Grace :isAt :Bakery .", "OnePlace", "two places at once"),
    ],
)
def test_an_episode_that_cannot_be_is_told(neighbourhood, statements, shape, words):
    damaged = copied(neighbourhood)
    text = f"@prefix : <{TOWN}> . :new {{ :Rex :does :Running . :Rex :looksAt :Grace . {statements} }}"
    damaged.parse(data=text, format="trig")
    results = found(damaged, "neighbourhood", shape)
    assert [result[0] for result in results] == [shape]
    assert words in results[0][2]


@pytest.mark.parametrize(
    ("gone", "new", "shapes", "words"),
    [
        ((":Kenya", ":capital", ":Nairobi"), None, {"Country", "City"}, "A country has one capital"),
        (None, (":Kenya", ":capital", ":Swahili"), {"Country"}, "A country has one capital"),
        ((":Kenya", ":continent", ":Africa"), (":Kenya", ":continent", ":Asia"), {"Country"}, "that of its subregion"),
        ((":Kenya", ":borders", ":Uganda"), None, {"Country"}, "A border has two sides"),
        ((":Northern_Africa", ":partOf", None), None, {"Subregion", "Country"}, "part of one continent"),
        (None, (":Nairobi", ":officialLanguage", ":Swahili"), {"OfCountries"}, "Only a country"),
        ((None, ":officialLanguage", ":Hausa"), None, {"Language"}, "official somewhere"),
        ((None, ":currency", ":Kenyan_shilling"), None, {"Currency", "Country"}, "legal tender somewhere"),
        ((":Kenya", "label", None), None, {"Named"}, "one label in English"),
        (None, (":Kenya", "a", ":City"), {"OneClass", "City"}, "of one class alone"),
    ],
)
def test_what_is_not_so_of_the_countries_is_told(countries, gone, new, shapes, words):
    def full(short):
        found = iri(short)
        return found and rdflib.URIRef(found.replace(TOWN, STATES))

    damaged = rdflib.Graph()
    damaged += countries
    before = len(damaged)
    if gone:
        damaged.remove(tuple(map(full, gone)))
        assert len(damaged) < before
    if new:
        damaged.add(tuple(map(full, new)))
    results = found(damaged, "countries")
    assert {name for name, _, _ in results} == shapes
    assert any(words in message for _, _, message in results)


def test_there_are_no_shapes_of_an_unknown_world():
    with pytest.raises(GraphError, match="there is no world 'atlantis'"):
        shapes_file("atlantis")
