"""Graph files that are wrong: empty, foreign, damaged, bombs, and those that want something from elsewhere."""

import gzip
import io
import json
import zipfile

from .case import File

RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:e:"'
PREFIXES = (
    "@prefix : <urn:x:> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . "
    "@prefix owl: <http://www.w3.org/2002/07/owl#> . "
)
NOISE = bytes(range(256)) * 20
PNG = b"\x89PNG\r\n\x1a\n" + NOISE
# A label is text that a stranger chose: a script, escapes of a terminal, and what turns the direction of writing round.
HOSTILE = '<script>alert("x")</script>\x1b]0;owned\x07\x1b[31mred\u202egnp.exe\u2066\x9b2J'


def xml(body: str, *entities: str) -> bytes:
    """RDF/XML with one statement, whose text is ``body``."""
    doctype = f"<!DOCTYPE r [{''.join(entities)}]>" if entities else ""
    inner = f'<rdf:Description rdf:about="urn:a"><e:p>{body}</e:p></rdf:Description>'
    return f"{doctype}<rdf:RDF {RDF}>{inner}</rdf:RDF>".encode()


def laughs() -> list[str]:
    """Entities each of which holds the one before ten times."""
    return ['<!ENTITY a0 "lol">', *(f'<!ENTITY a{k} "{f"&a{k - 1};" * 10}">' for k in range(1, 12))]


def zipped() -> bytes:
    """A zip archive with a graph in it."""
    with zipfile.ZipFile(file := io.BytesIO(), "w") as archive:
        archive.writestr("a.ttl", "<urn:a> <urn:p> <urn:b> .")
    return file.getvalue()


def quoted(text: str) -> str:
    """Text as a string of Turtle."""
    return json.dumps(text)


def hostile() -> str:
    """A graph all of whose labels are hostile."""
    named = {name: quoted(f"{name} {HOSTILE}") for name in ("Ada", "Ben", "likes", "Person", "day")}
    labels = " ".join(f":{name} rdfs:label {label} ." for name, label in named.items())
    return f"{PREFIXES}{labels} :Ada a :Person . :Ben a :Person . :day {{ :Ada :likes :Ben . :Ben :likes :Ada . }}"


def deep_json(depth: int) -> bytes:
    """A node within a node within a node."""
    return b'{"urn:p": ' * depth + b'{"@id": "urn:a"}' + b"}" * depth


GOOD = b"<urn:a> <urn:p> <urn:b> .\n"
TOLD = f"{PREFIXES}:o a owl:Ontology ; owl:imports <https://example.org/other> . :a :p :b ."
GRAPHS = (
    File("an empty file", "empty.ttl", b"", "no statements at all"),
    File("only a comment", "comment.ttl", b"# nothing", "no statements at all"),
    File("an unknown extension", "words.docx", b"words", ".ttl"),
    File("no extension", "words", b"words", ".ttl"),
    File("prose", "prose.ttl", b"Once upon a time", "line 1"),
    File("a web page", "page.rdf", b"<html><body>no</body></html>", "RDF/XML"),
    File("a picture", "picture.ttl", PNG, "line 1"),
    File("a picture", "picture.tsv", PNG, "picture.tsv"),
    File("a zip archive", "zip.ttl", zipped(), "line 1"),
    File("random bytes", "noise.nt", NOISE, "line 1"),
    File("random bytes", "noise.jsonld", NOISE, "JSON-LD"),
    File("random bytes", "noise.rdf", NOISE, "RDF/XML"),
    File("random bytes", "noise.json", NOISE, "noise.json"),
    File("random bytes, packed", "noise.ttl.gz", gzip.compress(NOISE, mtime=0), "line 1"),
    File("what is not packed under the name of gzip", "plain.ttl.gz", GOOD, "damaged gzip"),
    File("gzip that was cut off", "cut.nt.gz", gzip.compress(GOOD * 99, mtime=0)[:40], "damaged gzip"),
    File("a file that was cut off", "cut.ttl", b"<urn:a> <urn:p> <urn:b> .\n<urn:a> <urn:p", "line 2"),
    File("a file that was cut off", "cut.rdf", xml("x")[:-12], "ends before"),
    File("a file that was cut off", "cut.jsonld", b'{"@id": "urn:a", ', "line 1"),
    File("text that is not UTF-8", "latin.nt", GOOD + b'<urn:a> <urn:p> "\xff" .', "line 2"),
    File("text that is not UTF-8", "latin.tsv", b"a\tp\tb\na\tp\t\xff\n", "line 2, is not UTF-8"),
    File("an unknown encoding", "klingon.rdf", b'<?xml version="1.0" encoding="klingon"?><r/>', "klingon"),
    File("control characters", "control.tsv", b"a\tp\tb\x00\n", "line 1, holds control"),
    File("lines with other numbers of columns", "columns.tsv", b"a\tp\tb\na\tp\n", "line 2, has 2 columns"),
    File("triples and quadruples mixed", "mixed.tsv", b"a\tp\tb\na\tp\tb\t2014\n", "line 2, has 4 columns"),
    File("an empty cell", "hole.tsv", b"a\tp\tb\na\t\tb\n", "line 2, has an empty column"),
    File("an over-long line", "long.tsv", b"x" * (4 << 20), "has 1 columns"),
    File("an over-long line", "long.nt", b"<urn:" + b"x" * (4 << 20), "line 1"),
    File("numbers alone", "numbers.ttl", b"<urn:a> <urn:p> 1, 2, 3 .", "literals"),
    File("declarations alone", "declared.ttl", b"<urn:a> a <http://www.w3.org/2002/07/owl#Class> .", "declarations"),
    File("an entity bomb", "laughs.rdf", xml("&a11;", *laughs()), "bomb"),
    File("entities that hold themselves", "circle.rdf", xml("&a;", '<!ENTITY a "&b;">', '<!ENTITY b "&a;">'), "itself"),
    File("an entity from elsewhere", "outside.rdf", xml("&a;", '<!ENTITY a SYSTEM "file:///etc/passwd">'), "outside"),
    File("a gzip bomb", "bomb.ttl.gz", 70 * gzip.compress(b" " * (1 << 20), 9, mtime=0), "bomb"),
    File("JSON nested too deep", "deep.jsonld", deep_json(100_000), "deep.jsonld"),
    File("JSON nested too deep", "deep.json", b"[" * 100_000, "deep.json"),
    File("elements nested too deep", "deep.rdf", b"<a>" * 100_000, "deep"),
    File("quoted triples nested too deep", "deep.ttl", b"<urn:a> <urn:b> " + b"<<( <urn:c> <urn:c> " * 50_000, "flat"),
    File("a @context from elsewhere", "far.jsonld", b'{"@context": "https://example.org/c", "p": "b"}', "fetched"),
    File("other JSON", "other.json", b'{"colour": "red"}', "other.json"),
    File("JSON with a number too long to read", "digits.json", b"[" + b"9" * 10_000 + b"]", "digits.json"),
    File("scenes that name by number, without the names", "scene/scenes.json",
         b'[["a.jpg", {"objs": [{"cls": 3, "bbox": [0, 0, 9, 9]}], "rels": []}]]', "put the list of names there"),
)  # fmt: skip
TOLD_ABOUT = (
    File("owl:imports, of which nothing is fetched", "imports.ttl", TOLD.encode(), "https://example.org/other", 0),
    File("hostile labels", "hostile.trig", hostile().encode(), "episodes", 0),
)


def splits() -> tuple[File, ...]:
    """Folders of link prediction, each wrong in another way; the last file of each says which."""
    row = [f"T{k}\tborders\tT{(k + step) % 20}\n".encode() for step in (1, 2) for k in range(20)]
    dated = [line.replace(b"\n", b"\t2026-05-%02d\n" % (k % 30 + 1)) for k, line in enumerate(row)]
    said = {
        "ring": ("", [b"".join(row[:38]), row[38], row[39]]),
        "leak": ("leaks", [b"".join(row[:38]), row[38], row[17]]),
        "half": ("no file test", [b"".join(row[:38]), row[38]]),
        "bare": ("", [b"".join(row[:38]), row[38], b""]),
        "mixed": ("mixes statements with a time", [b"".join(dated[:38]), dated[38], row[39]]),
        "dates": ("mixed formats", [b"".join(dated[:38]), dated[38], row[39].replace(b"\n", b"\tsome day\n")]),
        "stranger": ("training never meets", [b"".join(row[:38]), row[38], b"Nowhere\tborders\tT1\n"]),
    }
    kinds = {
        "ring": "", "leak": "a split that leaks", "half": "a split without the part test",
        "bare": "a split with an empty part", "mixed": "a split of triples and quadruples",
        "dates": "a split of mixed dates", "stranger": "an entity in test alone",
    }  # fmt: skip
    return tuple(
        File(kinds[name], f"{name}/{part}.tsv", content, says)
        for name, (says, parts) in said.items()
        for part, content in zip(("train", "valid", "test"), parts, strict=False)
    )
