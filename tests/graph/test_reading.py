"""Every format, packed or not, gives the same statements; tables and folders; and the fast path for lines."""

import gzip
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tensorbrain.graph import read_graph
from tensorbrain.graph.files import GraphFile
from tensorbrain.graph.rdf import read_file, read_quads

TURTLE = """
@prefix : <https://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:Sparky a :Dog ; :likes :Ball, _:someone ; rdfs:label "Sparky"@en .
:Dog rdfs:subClassOf :Mammal .
_:someone :likes :Ball .
"""
FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "rdf": ox.RdfFormat.RDF_XML,
    "owl": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}


def written(extension: str) -> bytes:
    quads = ox.parse(TURTLE, format=ox.RdfFormat.TURTLE)
    data = ox.serialize(quads, format=FORMATS[extension])
    assert data is not None
    return data


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("extension", FORMATS)
def test_every_format_gives_the_same_graph(tmp_path: Path, extension: str, packed: bool):
    path = tmp_path / (f"town.{extension}.gz" if packed else f"town.{extension}")
    path.write_bytes(gzip.compress(written(extension)) if packed else written(extension))
    graph = read_graph(path)
    assert [c.label for c in graph.vocabulary.concepts] == ["[blank 1]", "Ball", "Sparky", "Dog", "Mammal"]
    assert len(graph.facts) == 5 and graph.report.labels == 1
    assert graph.content_hash() == read_graph(path).content_hash()


def test_turtle_under_the_name_owl(tmp_path: Path):
    (tmp_path / "town.owl").write_text(TURTLE)
    assert len(read_graph(tmp_path / "town.owl").facts) == 5


def test_a_byte_order_mark_is_passed_over(tmp_path: Path):
    (tmp_path / "town.ttl").write_bytes(b"\xef\xbb\xbf" + TURTLE.encode())
    assert len(read_graph(tmp_path / "town.ttl").facts) == 5


def test_the_files_of_a_folder_are_one_graph_with_blank_nodes_apart(tmp_path: Path):
    for name in ("b.ttl", "a.nt"):
        text = "_:x <urn:likes> <urn:Ball> ."
        (tmp_path / name).write_text(text)
    for name in ("README.md", "LICENSE.txt", "notes.txt", "settings.json"):
        (tmp_path / name).write_text("words")
    graph = read_graph(tmp_path)
    assert graph.report.files == ("a.nt", "b.ttl")
    assert graph.report.files_passed_over == ("LICENSE.txt", "README.md", "notes.txt", "settings.json")
    assert [c.label for c in graph.vocabulary.concepts] == ["[blank 1]", "[blank 2]", "Ball"]


def test_a_link_that_leaves_its_folder_is_passed_over(tmp_path: Path):
    folder, secret = tmp_path / "sent", tmp_path / "secret.ttl"
    folder.mkdir()
    secret.write_text("<urn:a> <urn:knows> <urn:secret> .")
    (folder / "own.ttl").write_text("<urn:a> <urn:likes> <urn:b> .")
    (folder / "inside.ttl").symlink_to(folder / "own.ttl")
    (folder / "outside.ttl").symlink_to(secret)
    (folder / "loop.ttl").symlink_to(folder / "loop.ttl")
    graph = read_graph(folder)
    assert graph.report.files == ("inside.ttl", "own.ttl") and graph.report.files_passed_over == ("outside.ttl",)
    assert [p.label for p in graph.vocabulary.predicates] == ["likes"]
    (tmp_path / "linked").symlink_to(folder)  # whoever names a link means what it leads to
    assert read_graph(tmp_path / "linked").report.files == graph.report.files


def test_relative_iris_do_not_depend_on_the_place(tmp_path: Path):
    hashes = set()
    for folder in ("here", "there"):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "town.ttl"
        path.write_text("<Sparky> <likes> <../Ball>, <#me> .")
        hashes.add(read_graph(path).content_hash())
    assert len(hashes) == 1


def test_xml_in_another_encoding(tmp_path: Path):
    head = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:e:">'
    body = f'{head}<rdf:Description rdf:about="urn:é"><e:p rdf:resource="urn:b"/></rdf:Description></rdf:RDF>'
    for name, encoding in (("ISO-8859-1", "latin-1"), ("UTF-16", "utf-16")):
        (tmp_path / "town.rdf").write_bytes(f'<?xml version="1.0" encoding="{name}"?>{body}'.encode(encoding))
        assert {c.iri for c in read_graph(tmp_path / "town.rdf").vocabulary.concepts} == {"urn:é", "urn:b"}


def test_entities_of_a_document_type_expand(tmp_path: Path):
    (tmp_path / "town.rdf").write_text(
        """<?xml version="1.0"?>
        <!DOCTYPE rdf:RDF [ <!-- our names --> <!ENTITY e 'urn:e:'> <!ENTITY deep "&e;deep:"> ]>
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:e:">
        <rdf:Description rdf:about="&deep;a"><e:p rdf:resource="&e;b"/></rdf:Description></rdf:RDF>"""
    )
    assert {c.iri for c in read_graph(tmp_path / "town.rdf").vocabulary.concepts} == {"urn:e:deep:a", "urn:e:b"}


# Tables ---------------------------------------------------------------------------------------------------------

names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12).filter(
    lambda name: name.strip() and not name.startswith("urn:")
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(st.tuples(names, names, names), min_size=1, max_size=12))
def test_tables_keep_every_name(tmp_path: Path, rows: list[tuple[str, str, str]]):
    path = tmp_path / "table.tsv"
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8", newline="")
    graph = read_graph(path)
    words = graph.vocabulary
    again = {
        tuple(words.slot(slot)[i].iri for slot, i in zip(("subject", "predicate", "object"), row, strict=True))
        for row in graph.facts.coordinates.tolist()
    }
    expected = read_quads(path)[0].terms
    assert {tuple(map(_name, row)) for row in again} == set(rows)
    assert len(expected) == len({name for row in rows for name in row})


def _name(iri: str) -> str:
    from urllib.parse import unquote

    return unquote(iri.removeprefix("urn:tensorbrain:"))


def test_quadruples_are_episodes_in_time_order(tmp_path: Path):
    path = tmp_path / "events.txt.gz"
    path.write_bytes(gzip.compress(b"Ann\tmeets\tBob\t2014-02-01\r\nBob\tmeets\tAnn\t2013-12-31\r\n\r\n"))
    graph = read_graph(path)
    assert graph.vocabulary.times == ("2013-12-31", "2014-02-01") and len(graph.facts) == 0
    assert graph.report.episode_order == {"graph name": 2}
    assert graph.episodes.coordinates.tolist() == [[0, 0, 1, 1], [1, 0, 0, 0]]


def test_numbered_quadruples_count_up(tmp_path: Path):
    (tmp_path / "events.tsv").write_text("a\tp\tb\t10\nb\tp\ta\t9\n")
    graph = read_graph(tmp_path / "events.tsv")
    assert [c.label for c in graph.vocabulary.instants] == ["9", "10"]
    assert graph.vocabulary.times == (None, None)
    assert graph.report.episode_order == {"number in the graph name": 2}


def test_iris_in_tables_stay_as_they_are(tmp_path: Path):
    (tmp_path / "t.tsv").write_text("https://example.org/Ann\tknows\tBob: the builder\n")
    assert [c.iri for c in read_graph(tmp_path / "t.tsv").vocabulary.concepts] == [
        "https://example.org/Ann",
        "urn:tensorbrain:Bob%3A%20the%20builder",
    ]


# Lines ----------------------------------------------------------------------------------------------------------

iris = st.sampled_from(["<urn:a>", "<urn:b>", "<https://example.org/c#d>", r"<urn:\u00e9>"])
blanks = st.sampled_from(["_:x", "_:y1"])
literals = st.sampled_from(['"word"', '"two words"@en', r'"a \"quoted\" . one"', '"1"^^<urn:int>', '"<urn:a> ."'])
spaces = st.sampled_from([" ", "  ", "\t"])
line = st.builds(
    lambda s, a, p, b, o, c, end: f"{s}{a}{p}{b}{o}{c}.{end}",
    iris | blanks,
    spaces,
    iris,
    spaces,
    iris | blanks | literals,
    spaces | st.just(""),
    st.sampled_from(["", " ", " # a comment . ", "\r"]),
)
lines = st.lists(line | st.sampled_from(["", "# only a comment ."]), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(lines, st.booleans())
def test_the_fast_path_equals_the_parser(tmp_path: Path, text: list[str], ends: bool):
    path = tmp_path / "a.nt"
    data = ("\n".join(text) + "\n" * ends).encode()
    path.write_bytes(data)
    own = [(q.subject, q.predicate, q.object) for q in ox.parse(data, format=ox.RdfFormat.N_TRIPLES)]
    quads = read_file(GraphFile(path, "N-Triples", False))
    assert [(q.subject, q.predicate, q.object) for q in quads.to_oxigraph()] == own


def test_quads_by_lines(tmp_path: Path):
    data = b'<urn:a> <urn:p> <urn:b> <urn:g> .\n<urn:a> <urn:p> "b" .\n<urn:a> <urn:p> "b c" _:g .\n'
    (tmp_path / "a.nq").write_bytes(data)
    quads = read_file(GraphFile(tmp_path / "a.nq", "N-Quads", False))
    assert list(quads.to_oxigraph()) == list(ox.parse(data, format=ox.RdfFormat.N_QUADS))
