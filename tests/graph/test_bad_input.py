"""Whatever is wrong with the input, one sentence says so: never another exception, a hang, or the network."""

import gzip
import json
import os
import socket
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tensorbrain.datasets.worlds import load_graph
from tensorbrain.errors import GraphError, SettingsError, TensorBrainError
from tensorbrain.graph import files, read_graph

RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:e:"'


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object):
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def refusal(path: Path, data: bytes | str | None = None, **options: str) -> str:
    """The sentence with which a file of this name and content is refused."""
    if data is not None:
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    start = time.perf_counter()
    with pytest.raises(GraphError) as failure:
        read_graph(path, **options)  # pyright: ignore
    assert time.perf_counter() - start < 10
    message = str(failure.value)
    assert "\n" not in message and len(message) < 500
    return message


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.ttl", "<urn:a> <urn:p> <urn:b> .\n<urn:a> <urn:p", "line 2"),
        ("a.ttl", "@prefix : <urn:x:> . :a :b", "line 1"),
        ("a.nt", "<urn:a> <urn:p> <urn:b> .\n<urn:a> <urn:p> <b> .\n", "line 2"),
        ("a.nt", "<urn:a> <urn:p> <urn:b> . <urn:a> <urn:p> <urn:c> .\n", "line 1"),
        ("a.nt", "<urn:a> _:p <urn:b> .\n", "line 1"),
        ("a.nt", '<urn:a> <urn:p> "open .\n', "line 1"),
        ("a.nq", "<urn:a> <urn:p> <urn:b> <urn:g> <urn:h> .\n", "line 1"),
        ("a.trig", "<urn:g> { <urn:a> <urn:p> <urn:b> .", "line 1"),
        ("a.rdf", f'<rdf:RDF {RDF}><rdf:Description rdf:about="urn:a"><e:p rdf:resource="urn:b"/>', "ends before"),
        ("a.rdf", f"<!-- <x> --><rdf:RDF {RDF}></rdf:RDF", "ends before"),
        ("a.rdf", "<html><body>no</body></html>", "RDF/XML"),
        ("a.rdf", "", "no statements at all"),
        ("a.jsonld", '{"@id": "urn:a", ', "line 1"),
        ("a.jsonld", "[" * 100_000, "JSON-LD"),
        ("a.ttl", bytes(range(256)) * 20, "line 1"),
        ("a.nt", bytes(range(256)) * 20, "line 1"),
        ("a.jsonld", bytes(range(256)) * 20, "JSON-LD"),
        ("a.rdf", bytes(range(256)) * 20, "RDF/XML"),
        ("a.tsv", bytes(range(256)) * 20, "line 2, is not UTF-8"),
        ("a.ttl", b'<urn:a> <urn:p> <urn:b> .\n<urn:a> <urn:p> "\xff" .', "line 2"),
        ("a.nt", b'<urn:a> <urn:p> <urn:b> .\n<urn:a> <urn:p> "\xff" .', "line 2"),
        ("a.tsv", b"a\tp\tb\na\tp\t\xff\n", "line 2"),
        ("a.tsv", "a\tp\tb\na\tp\n", "line 2, has 2 columns"),
        ("a.tsv", "a\tp\tb\n\na\tp\tb\tc\td\n", "line 3, has 5 columns"),
        ("a.tsv", "a\tp\tb\na\tp\tb\t2014\n", "line 2, has 4 columns where the file began with 3"),
        ("a.tsv", "a\tp\tb\na\t\tb\n", "line 2, has an empty column"),
        ("a.tsv", "just words\n", "line 1, has 1 columns"),
        ("a.tsv", "a\tp\tb\x00\n", "line 1, holds control characters"),
        ("a.ttl.gz", "not packed at all", "damaged gzip"),
        ("a.ttl.gz", gzip.compress(b"<urn:a> <urn:p> <urn:b> ." * 100, mtime=0)[:40], "damaged gzip"),
        ("a.nt.gz", gzip.compress(b"<urn:a> <urn:p> <urn:b> .\n" * 100, mtime=0)[:-9] + b"12345678\n", "damaged gzip"),
        ("a.nt", "", "no statements at all"),
        ("a.tsv", "\n\n", "no statements at all"),
        ("a.ttl", "# only a comment", "no statements at all"),
        ("a.ttl", "<urn:a> <urn:p> 1, 2, 3 .", 'literals="keep"'),
        ("a.ttl", "<urn:a> a <http://www.w3.org/2002/07/owl#Class> .", "used as declarations"),
        ("a.docx", "words", ".ttl"),
        ("words", "words", ".ttl"),
    ],
)
def test_one_sentence(tmp_path: Path, name: str, data: bytes | str, said: str):
    message = refusal(tmp_path / name, data)
    assert said in message and (name in message or said == ".ttl")


def test_pipes_and_devices_are_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.ttl")
    for name in ("endless.ttl", "endless.nt", "endless.tsv", "endless.nt.gz"):
        (tmp_path / name).symlink_to("/dev/zero")
        assert "not a regular file" in refusal(tmp_path / name)
    assert "not a regular file" in refusal(tmp_path / "pipe.ttl")


def test_missing_paths(tmp_path: Path):
    assert "does not exist" in refusal(tmp_path / "none.ttl")
    assert "holds no graph files" in refusal(tmp_path)
    for strange in ("a\0b.ttl", "x" * 100_000):
        with pytest.raises(GraphError):
            read_graph(strange)


def test_only_literals_that_do_not_repeat(tmp_path: Path):
    message = refusal(tmp_path / "a.ttl", "<urn:a> <urn:p> 1, 2, 3 .", literals="keep")
    assert "too many, too long or too seldom repeated" in message


def test_only_blank_nodes(tmp_path: Path):
    assert 'blank_nodes="keep"' in refusal(tmp_path / "a.ttl", "[] <urn:p> [] .", blank_nodes="skip")


def test_unknown_settings(tmp_path: Path):
    (tmp_path / "a.ttl").write_text("<urn:a> <urn:p> <urn:b> .")
    for wrong in ({"literals": "all"}, {"blank_nodes": "no"}, {"groups": {"urn:z": "entity"}}):
        with pytest.raises(SettingsError):
            read_graph(tmp_path / "a.ttl", **wrong)  # pyright: ignore
    with pytest.raises(SettingsError, match="animal"):
        read_graph(tmp_path / "a.ttl", groups={"urn:a": "animal"})


@pytest.mark.parametrize("characters", [True, 7, "Ada", {"name": "Ada"}, [None], [{"name": 3}]])
def test_scenes_whose_characters_are_no_list_of_names(characters: object, tmp_path: Path):
    scene = {"sceneStart": "0:01:45", "location": "Town", "characters": characters}
    (tmp_path / "a.json").write_text(json.dumps({"episodes": [{"seasonNum": 1, "episodeNum": 2, "scenes": [scene]}]}))
    with pytest.raises(GraphError, match="scenes without characters"):
        load_graph(tmp_path / "a.json")


# Bombs ----------------------------------------------------------------------------------------------------------


def laughs(*entities: str, body: str) -> str:
    doctype = f"<!DOCTYPE r [{''.join(entities)}]>"
    return f'{doctype}<rdf:RDF {RDF}><rdf:Description rdf:about="urn:a"><e:p>{body}</e:p></rdf:Description></rdf:RDF>'


def test_a_billion_laughs(tmp_path: Path):
    entities = ['<!ENTITY a0 "lol">']
    entities += [f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12)]
    assert "bomb" in refusal(tmp_path / "a.rdf", laughs(*entities, body="&a11;"))
    single = [entity.replace('"', "'") for entity in entities]
    assert "bomb" in refusal(tmp_path / "a.rdf", laughs(*single, body="&a11;"))


def test_entities_that_hold_themselves(tmp_path: Path):
    circle = ('<!ENTITY a "&b;">', '<!ENTITY b "&a;">')
    assert "holds itself" in refusal(tmp_path / "a.rdf", laughs(*circle, body="&a;"))


def test_one_large_entity_many_times(tmp_path: Path):
    entity = f'<!ENTITY a "{"x" * 1_900}">'
    assert "MB" in refusal(tmp_path / "a.rdf", laughs(entity, body="&a;" * 50_000))


def test_entities_from_elsewhere_are_not_fetched(tmp_path: Path):
    refusal(tmp_path / "a.rdf", laughs('<!ENTITY a SYSTEM "file:///etc/hostname">', body="&a;"))


def test_many_elements_beside_each_other_are_not_deep(tmp_path: Path):
    path = tmp_path / "wide.rdf"
    inside = '<e:p rdf:resource="urn:b"/><e:q><rdf:Description/></e:q>'
    one = f'<rdf:Description rdf:about="urn:a{{0}}">{inside}</rdf:Description>'
    wide = "".join(one.format(k) for k in range(3_000))
    path.write_text(f"<?xml version='1.0'?><!-- wide --><rdf:RDF {RDF}>{wide}</rdf:RDF>")
    assert read_graph(path).facts.nnz == 6_000


def test_elements_and_quotes_nested_deep(tmp_path: Path):
    deep = '<rdf:Description rdf:about="urn:a"><e:p>' * 50_000
    assert "deep" in refusal(tmp_path / "a.rdf", f"<rdf:RDF {RDF}>{deep}")  # parsed, it takes minutes
    aside = f"<rdf:RDF {RDF}>{'<!-- a < b -->' * 3_000}</rdf:RDF>"
    assert "no statements at all" in refusal(tmp_path / "a.rdf", aside)
    quotes = "<<( <urn:c> <urn:c> " * 50_000 + "<urn:c>" + " )>>" * 50_000
    assert "quoted triples" in refusal(tmp_path / "a.ttl", f"<urn:a> <urn:b> {quotes} .")
    assert "quoted triples" in refusal(tmp_path / "a.nt", f"<urn:a> <urn:b> {quotes} .\n")


def test_a_gzip_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    spaces = gzip.compress(b" " * (70 << 20), 9, mtime=0)
    assert "bomb" in refusal(tmp_path / "a.ttl.gz", spaces)
    monkeypatch.setattr(files, "LARGEST_UNPACKED", 1000)
    data = "".join(f"<urn:a{i}> <urn:p> <urn:b> .\n" for i in range(1000))
    assert "bomb" in refusal(tmp_path / "b.nt.gz", gzip.compress(data.encode(), mtime=0))


@pytest.mark.parametrize(
    "context",
    ['"https://schema.example/ctx"', '[{}, "https://schema.example/ctx"]', '{"@import": "https://schema.example/ctx"}'],
)
def test_a_remote_context_is_named_and_not_fetched(tmp_path: Path, context: str):
    message = refusal(tmp_path / "a.jsonld", f'{{"@context": {context}, "@id": "urn:a", "p": "b"}}')
    assert "https://schema.example/ctx" in message


def test_imports_are_reported_and_not_fetched(tmp_path: Path):
    (tmp_path / "a.ttl").write_text(
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "<urn:o> a owl:Ontology ; owl:imports <https://example.org/other> . <urn:a> <urn:p> <urn:b> ."
    )
    report = read_graph(tmp_path / "a.ttl").report
    assert report.imports == ("https://example.org/other",) and report.declarations == 2


# Large but legal ------------------------------------------------------------------------------------------------


def test_a_million_characters_are_fine(tmp_path: Path):
    long = "x" * 1_000_000
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    text = f'<urn:a> <urn:p> <urn:{long}> .\n<urn:a> <urn:note> "{long}" .\n<urn:a> {label} "{long}" .\n'
    for name in ("a.nt", "a.ttl"):
        (tmp_path / name).write_text(text)
        for mode in ("drop", "keep", "bin"):
            graph = read_graph(tmp_path / name, literals=mode)
            assert len(graph.facts) == 1 and graph.report.literals_dropped == 1
            assert max(len(c.label) for c in graph.vocabulary.concepts) == 200
    (tmp_path / "a.tsv").write_text(f"a\tp\t{long}\n")
    assert len(read_graph(tmp_path / "a.tsv").facts) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(
    st.sampled_from(["a.ttl", "a.nt", "a.nq", "a.trig", "a.rdf", "a.jsonld", "a.tsv", "a.ttl.gz"]),
    st.binary(max_size=60) | st.text('<>"{}[]:@_.;,#^\\ \n\tab1', max_size=60).map(str.encode),
)
@example("a.tsv", b"\x1c")  # blank as text, not as bytes
@example("a.tsv", b"a\tp\thttps://[b\n")  # an IRI at first sight alone
def test_nothing_but_our_own_errors(tmp_path: Path, name: str, data: bytes):
    (tmp_path / name).write_bytes(data)
    try:
        read_graph(tmp_path / name, literals="bin")
    except TensorBrainError as error:
        assert "\n" not in str(error)
