"""The world of countries: its shape, and facts typed here from knowledge, not taken from its tables."""

import shutil
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, Graph, Literal, Namespace, URIRef

WORLD = Path(__file__).resolve().parents[2] / "kg_data" / "countries"
KG = Namespace("https://tensorbrain.org/kg/countries/")
INDIVIDUAL_CLASSES = (KG.Country, KG.City, KG.Continent, KG.Subregion, KG.Language, KG.Currency)

# All that the world shall say of a country in that respect, by English labels.
CAPITALS = """
Australia: Canberra; Bolivia: Sucre; Brazil: Brasília; Burundi: Gitega; Canada: Ottawa; China: Beijing
Côte d'Ivoire: Yamoussoukro; Fiji: Suva; Germany: Berlin; Ghana: Accra; Kazakhstan: Astana; Kenya: Nairobi
Myanmar: Nay Pyi Taw; Netherlands: Amsterdam; New Zealand: Wellington; Nigeria: Abuja; Pakistan: Islamabad
Palau: Ngerulmud; Singapore: Singapore (city); South Africa: Pretoria; Sri Lanka: Sri Jayawardenepura Kotte
Switzerland: Bern; Tanzania: Dodoma; Turkey: Ankara; Vietnam: Hanoi
"""
SUBREGIONS = """
Algeria: Northern Africa; Sudan: Northern Africa; Zimbabwe: Eastern Africa; Angola: Middle Africa
Botswana: Southern Africa; Mauritania: Western Africa; Cuba: Caribbean; Mexico: Central America
United States: Northern America; Guyana: South America (subregion); Uzbekistan: Central Asia
Mongolia: Eastern Asia; Timor-Leste: South-eastern Asia; Iran: Southern Asia; Cyprus: Western Asia
Turkey: Western Asia; Russia: Eastern Europe; Estonia: Northern Europe; Slovenia: Southern Europe
Austria: Western Europe; Australia: Australia and New Zealand; Papua New Guinea: Melanesia
Kiribati: Micronesia; Tonga: Polynesia
"""
CONTINENTS = """
Egypt: Africa; Russia: Europe; Turkey: Asia; Georgia: Asia; Mexico: North America; Jamaica: North America
Panama: North America; Colombia: South America; Indonesia: Asia; Samoa: Oceania; Iceland: Europe
Madagascar: Africa
"""
LANGUAGES = """
Belgium: Dutch, French, German; Brazil: Portuguese; Canada: English, French; Cyprus: Greek, Turkish
Finland: Finnish, Swedish; Haiti: French, Haitian Creole; Angola: Portuguese; Iran: Persian
Iraq: Arabic, Kurdish; Paraguay: Guarani, Spanish; Sri Lanka: Sinhala, Tamil; Moldova: Romanian
Singapore: English, Malay, Mandarin Chinese, Tamil; Switzerland: French, German, Italian, Romansh
Suriname: Dutch; Vanuatu: Bislama, English, French; Cameroon: English, French; Austria: German
Equatorial Guinea: French, Portuguese, Spanish; Mexico: Spanish; Andorra: Catalan
Ethiopia: Afar, Amharic, Oromo, Somali, Tigrinya
Lesotho: English, Lesotho Sign Language, Phuthi, Sotho, Xhosa
"""
CURRENCIES = """
Bulgaria: euro; Croatia: euro; Montenegro: euro; Ecuador: US dollar; Liechtenstein: Swiss franc
Grenada: East Caribbean dollar; Senegal: West African CFA franc; Gabon: Central African CFA franc
Guinea: Guinean franc; Ghana: Ghanaian cedi; Nauru: Australian dollar; Japan: Japanese yen
Denmark: Danish krone; United Kingdom: pound sterling; Vietnam: Vietnamese dong; Tonga: Tongan paʻanga
Lesotho: Lesotho loti, South African rand; Panama: Panamanian balboa, US dollar; Poland: Polish złoty
"""
BORDERS = """
Switzerland: Austria, France, Germany, Italy, Liechtenstein; Portugal: Spain
Spain: Andorra, France, Morocco, Portugal; Lesotho: South Africa; Haiti: Dominican Republic
Germany: Austria, Belgium, Czechia, Denmark, France, Luxembourg, Netherlands, Poland, Switzerland
Niger: Algeria, Benin, Burkina Faso, Chad, Libya, Mali, Nigeria
Paraguay: Argentina, Bolivia, Brazil; Nepal: China, India; South Korea: North Korea; Gambia: Senegal
Suriname: Brazil, France, Guyana; Laos: Cambodia, China, Myanmar, Thailand, Vietnam
Azerbaijan: Armenia, Georgia, Iran, Russia, Turkey; Israel: Egypt, Jordan, Lebanon, Syria
Zambia: Angola, Botswana, Democratic Republic of the Congo, Malawi, Mozambique, Namibia, Tanzania, Zimbabwe
Indonesia: Malaysia, Papua New Guinea, Timor-Leste; Lithuania: Belarus, Latvia, Poland, Russia
Honduras: El Salvador, Guatemala, Nicaragua; Jordan: Iraq, Israel, Saudi Arabia, Syria
Japan:; Iceland:; Madagascar:; New Zealand:; Cuba:; Bahrain:; Singapore:; Malta:; Sri Lanka:
"""
NO_BORDER = """
Zimbabwe: Namibia; Chile: Brazil; Ecuador: Brazil; Thailand: Vietnam; Thailand: China; India: Afghanistan
Serbia: Albania; Serbia: Slovenia; Morocco: Mauritania; Denmark: Sweden; Canada: Denmark; Egypt: Jordan
United Kingdom: Spain; United Kingdom: France; Armenia: Russia; Kazakhstan: Mongolia; Kazakhstan: Tajikistan
Kuwait: Iran; Nigeria: Burkina Faso; Gabon: Central African Republic; Malaysia: Singapore
Saudi Arabia: Bahrain; Italy: Malta; Kenya: Rwanda; Bangladesh: Nepal; Bangladesh: Bhutan
Guatemala: Nicaragua; Guyana: Colombia; Netherlands: Luxembourg; Netherlands: France; Poland: Latvia
"""
GERMAN = """
Côte d'Ivoire: Elfenbeinküste; Nay Pyi Taw: Naypyidaw; Germany: Deutschland; United States: Vereinigte Staaten
Cabo Verde: Kap Verde; Timor-Leste: Osttimor; Beijing: Peking; Warsaw: Warschau; Dutch: Niederländisch
pound sterling: Pfund Sterling; Swiss franc: Schweizer Franken; Middle Africa: Zentralafrika; Asia: Asien
Southern Africa: Südliches Afrika; South Africa: Südafrika; country: Staat; Singapore (city): Singapur (Stadt)
"""


def typed(lines: str) -> list[tuple[str, frozenset[str]]]:
    """Return (subject, objects) of "subject: object, object; subject: object"; a line ends a fact too."""
    facts = [fact.split(":") for fact in lines.strip().replace("\n", ";").split(";")]
    return [(name.strip(), frozenset(filter(None, values.strip().split(", ")))) for name, values in facts]


@cache
def graph() -> Graph:
    return Graph().parse(WORLD / "countries.ttl", format="turtle")


@cache
def concepts() -> tuple[URIRef, ...]:
    """Return individuals and classes, all that may stand as the subject or object of a fact."""
    kinds = (*INDIVIDUAL_CLASSES, OWL.Class)
    return tuple(URIRef(str(subject)) for kind in kinds for subject in graph().subjects(RDF.type, kind))


def label(resource: object, language: str = "en") -> str:
    found = [name for name in graph().objects(URIRef(str(resource)), RDFS.label)]
    (name,) = [str(name) for name in found if isinstance(name, Literal) and name.language == language]
    return name


@cache
def labelled() -> dict[str, URIRef]:
    return {label(concept): concept for concept in concepts()}


def told(subject: str, predicate: URIRef) -> frozenset[str]:
    """Return the English labels of all objects that the world gives."""
    return frozenset(label(value) for value in graph().objects(labelled()[subject], predicate))


def countries() -> list[URIRef]:
    return [URIRef(str(country)) for country in graph().subjects(RDF.type, KG.Country)]


def test_there_are_193_countries():
    assert len(countries()) == len(set(countries())) == 193


def test_un_subregions_have_their_numbers_of_members():
    members = Counter(label(graph().value(country, KG.subregion)) for country in countries())
    assert members == {
        "Northern Africa": 6, "Eastern Africa": 18, "Middle Africa": 9, "Southern Africa": 5,
        "Western Africa": 16, "Caribbean": 13, "Central America": 8, "South America (subregion)": 12,
        "Northern America": 2, "Central Asia": 5, "Eastern Asia": 5, "South-eastern Asia": 11,
        "Southern Asia": 9, "Western Asia": 17, "Eastern Europe": 10, "Northern Europe": 10,
        "Southern Europe": 14, "Western Europe": 9, "Australia and New Zealand": 2, "Melanesia": 4,
        "Micronesia": 5, "Polynesia": 3,
    }  # fmt: skip


def test_borders_are_symmetric_and_irreflexive():
    pairs = set(graph().subject_objects(KG.borders))
    assert len(pairs) == 618
    assert {(other, one) for one, other in pairs} == pairs
    assert not any(one == other for one, other in pairs)


def test_the_symmetry_of_borders_is_left_to_be_learnt():
    assert set(graph().objects(KG.borders, RDF.type)) == {OWL.ObjectProperty}


@pytest.mark.parametrize("predicate", ["capital", "continent", "subregion", "officialLanguage", "currency"])
def test_every_country_has_one(predicate: str):
    numbers = {len(list(graph().objects(country, KG[predicate]))) for country in countries()}
    assert min(numbers) == 1
    assert max(numbers) == 1 or predicate in ("officialLanguage", "currency")


def test_capitals_belong_to_one_country_each():
    capitals = list(graph().objects(None, KG.capital))
    assert len(capitals) == len(set(capitals))


def test_the_continent_is_what_the_subregion_is_part_of():
    for country in countries():
        subregion = graph().value(country, KG.subregion)
        assert graph().value(subregion, KG.partOf) == graph().value(country, KG.continent)


def test_everything_is_labelled_in_english_and_german():
    predicates = [URIRef(str(predicate)) for predicate in graph().subjects(RDF.type, OWL.ObjectProperty)]
    for resource in (*concepts(), *predicates, RDF.type, RDFS.subClassOf):
        assert label(resource, "en") and label(resource, "de")


def test_english_labels_are_unique_whatever_their_case():
    assert len({label(concept).casefold() for concept in concepts()}) == len(concepts())
    predicates = [label(predicate) for predicate in graph().subjects(RDF.type, OWL.ObjectProperty)]
    assert len(set(predicates)) == len(predicates)


def test_every_individual_has_one_class_and_every_class_leads_up_to_thing():
    individuals = {resource for kind in INDIVIDUAL_CLASSES for resource in graph().subjects(RDF.type, kind)}
    assert all(len(list(graph().objects(individual, RDF.type))) == 1 for individual in individuals)
    for kind in graph().subjects(RDF.type, OWL.Class):
        assert KG.Thing in set(graph().transitive_objects(kind, RDFS.subClassOf))


def test_subjects_and_objects_are_of_the_declared_domain_and_range():
    for predicate in graph().subjects(RDF.type, OWL.ObjectProperty):
        domain, range_ = graph().value(predicate, RDFS.domain), graph().value(predicate, RDFS.range)
        assert list(graph().subject_objects(predicate))
        for subject, value in graph().subject_objects(predicate):
            assert graph().value(subject, RDF.type) == domain and graph().value(value, RDF.type) == range_


@pytest.mark.parametrize(
    ("predicate", "lines"),
    [
        (KG.capital, CAPITALS),
        (KG.subregion, SUBREGIONS),
        (KG.continent, CONTINENTS),
        (KG.officialLanguage, LANGUAGES),
        (KG.currency, CURRENCIES),
        (KG.borders, BORDERS),
    ],
)
def test_typed_facts(predicate: URIRef, lines: str):
    wrong = [(subject, true) for subject, true in typed(lines) if told(subject, predicate) != true]
    assert not wrong


def test_countries_that_do_not_touch():
    for subject, (other,) in typed(NO_BORDER):
        assert other in labelled() and other not in told(subject, KG.borders), (subject, other)


def test_german_labels():
    for english, (german,) in typed(GERMAN):
        assert label(labelled()[english], "de") == german


def test_parts_and_seats_of_government():
    assert told("Polynesia", KG.partOf) == {"Oceania"}
    assert told("Caribbean", KG.partOf) == {"North America"}
    assert told("Bolivia", KG.otherSeatOfGovernment) == {"La Paz"}
    assert told("South Africa", KG.otherSeatOfGovernment) == {"Cape Town", "Bloemfontein"}
    assert told("Netherlands", KG.otherSeatOfGovernment) == {"The Hague"}
    assert told("France", KG.otherSeatOfGovernment) == frozenset()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the source of the world, without its result."""
    shutil.copy(WORLD / "build.py", tmp_path)
    shutil.copytree(WORLD / "tables", tmp_path / "tables")
    return tmp_path


def run_build(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, folder / "build.py"], capture_output=True, text=True, cwd=folder)


def test_the_script_rewrites_the_same_bytes(copied: Path):
    assert run_build(copied).returncode == 0
    assert (copied / "countries.ttl").read_bytes() == (WORLD / "countries.ttl").read_bytes()


@pytest.mark.parametrize("line", ["Spain\tPortugal", "Spain\tSpain", "Spain\tAtlantis", "Spain"])
def test_the_script_refuses_a_wrong_border(copied: Path, line: str):
    with open(copied / "tables" / "borders.tsv", "a", encoding="utf-8") as table:
        table.write(line + "\n")
    done = run_build(copied)
    assert done.returncode == 2 and "borders.tsv" in done.stderr and "Traceback" not in done.stderr
    assert not (copied / "countries.ttl").exists()
