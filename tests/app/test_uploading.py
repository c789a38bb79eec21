"""What visitors bring: read under their names, within bounds, and refused in one sentence."""

import doctest
import gzip
import json
import tempfile
from pathlib import Path

import pytest
import uploading
from uploading import Brought, read

from tensorbrain.errors import GraphError

TURTLE = b"@prefix : <urn:x:> . :Ada a :Person ; :likes :Ben . :Ben :age 7 ."


def refused(*files: Brought) -> str:
    with pytest.raises(GraphError) as caught:
        read(files)
    sentence = str(caught.value)
    assert "\n" not in sentence and "brought-file" not in sentence and tempfile.gettempdir() not in sentence
    return sentence


def test_docs_are_true():
    assert doctest.testmod(uploading).failed == 0


def test_a_file_is_read_under_its_own_name_and_nothing_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    graph = read([Brought("../../My family.TTL", TURTLE)])
    assert graph.source == "My family" and graph.report.files == ("My family.TTL",)
    assert (len(graph.facts), graph.report.literals_dropped) == (2, 1)
    assert list(tmp_path.iterdir()) == []
    refused(Brought("broken.ttl", b"nonsense"))
    assert list(tmp_path.iterdir()) == []


def test_literals_are_kept_when_asked_for():
    people = b"".join(b":p%d :age %d . " % (k, k % 2) for k in range(8))
    graph = read([Brought("a.ttl", b"@prefix : <urn:x:> . " + people)], "keep")
    assert graph.report.literals_kept == 8


def test_several_files_make_one_graph():
    graph = read([Brought("a.nt", b"<urn:a> <urn:p> <urn:b> ."), Brought("b.tsv", b"c\tp\td\n")])
    assert graph.source == "a and 1 more" and graph.report.files == ("a.nt", "b.tsv") and len(graph.facts) == 2


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("notes.pdf", b"x", "notes.pdf has no known ending"),
        ("bad.ttl", b"x y", "bad.ttl, line 1, is not valid Turtle"),
        ("empty.ttl", b"", "holds no statements at all"),
        ("bad.ttl.gz", b"not gzip", "bad.ttl.gz is a damaged gzip file"),
        ("far.jsonld", b'{"@context": "https://example.org/c.jsonld", "@id": "urn:a", "p": "x"}', "nothing is fetched"),
        ("bad.tsv", b"a\tb\n", "has 2 columns"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(name, content, said):
    assert said in refused(Brought(name, content))


def test_sizes_are_bounded(monkeypatch):
    monkeypatch.setattr(uploading, "MEGABYTES", 1)
    assert "the most that is read here is 1 MB" in refused(Brought("big.nt", bytes(2 << 20)))
    monkeypatch.setattr(uploading, "MOST_STATEMENTS", 1)
    assert "holds 3 statements" in refused(Brought("family.ttl", TURTLE))


def test_an_entity_bomb_is_refused():
    entities = "".join(f'<!ENTITY e{k} "{f"&e{k - 1};" * 10}">' for k in range(1, 12))
    bomb = f'<!DOCTYPE r [<!ENTITY e0 "ha">{entities}]><r xmlns="urn:x:">&e11;</r>'
    assert "bomb.rdf" in refused(Brought("bomb.rdf", bomb.encode()))


def test_a_packed_file_is_tried_apart_and_then_read():
    graph = read([Brought("family.ttl.gz", gzip.compress(TURTLE))])
    assert graph.source == "family" and len(graph.facts) == 2


def test_what_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(uploading, "SECONDS", 2)
    terms = 15_000  # every node has a context of its own, which a parser makes of the large one: minutes of work
    nodes = [{"@context": {"z": "urn:z"}, "@id": f"urn:n{k}", "t1": "x"} for k in range(terms)]
    slow = {"@context": {f"t{k}": f"urn:t{k}" for k in range(terms)}, "@graph": nodes}
    sentence = refused(Brought("slow.jsonld", json.dumps(slow).encode()))
    assert sentence.startswith("slow.jsonld is more than can be read here within 2 seconds")


def test_what_takes_too_much_memory_is_ended(monkeypatch, tmp_path):
    monkeypatch.setattr(uploading, "_APART", "import os; os.abort()")  # as a parser does that gets no more memory
    with pytest.raises(GraphError, match=r"large\.nt is more than can be read here"):
        uploading._try_apart(Path(tmp_path, "large.nt"), "drop")
