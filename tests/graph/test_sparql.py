"""A graph read from a real SPARQL endpoint equals the same graph read from its file; and what can go wrong there."""

import dataclasses
import json
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import rdflib

from tensorbrain.checkpoint import load_brain
from tensorbrain.cli import main
from tensorbrain.cli.evaluate import learned_graph
from tensorbrain.datasets.worlds import load_graph, world_graph
from tensorbrain.errors import GraphError
from tensorbrain.graph import KnowledgeGraph, posting, read_graph, sparql
from tensorbrain.graph.rdf import read_quads
from tensorbrain.graph.rdf_out import dataset_of
from tensorbrain.modes.sparql import sparql_dataset

FARM = """
    @prefix : <https://example.org/farm/> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    @prefix owl: <http://www.w3.org/2002/07/owl#> .
    @prefix prov: <http://www.w3.org/ns/prov#> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

    :Dog a owl:Class ; rdfs:subClassOf :Animal ; rdfs:label "dog"@en , "Hund"@de , "quote \\" and \\\\u0041"@fr .
    :Cat rdfs:subClassOf :Animal .
    :rex a :Dog ; rdfs:label "Rex" ; :livesWith :tom ; :weight 12 , "12" , 12.0 ; :colour "brown" .
    :tom a :Cat ; rdfs:label "Tom" ; :colour "brown" , "grey" ; :weight 4 .
    :rex :chases :tom .

    :evening { :rex :sleepsBeside :tom . :tom :sleepsBeside :rex }
    :morning { :rex :chases :tom . :tom :sitsOn :roof . }
    :evening prov:generatedAtTime "2026-05-01T20:00:00"^^xsd:dateTime .
    :morning prov:generatedAtTime "2026-05-01T08:00:00"^^xsd:dateTime .
"""
NAMELESS = (
    "<urn:x:rex> <urn:x:livesIn> [ <urn:x:street> <urn:x:MainStreet> ] . <urn:x:rex> <urn:x:chases> <urn:x:tom> ."
)


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[..., str]]:
    """Serves an rdflib Dataset on a free port of this machine, and says by what name it is read."""
    uvicorn = pytest.importorskip("uvicorn", reason="uvicorn is not installed: pip install '.[test]'")
    endpoint = pytest.importorskip("rdflib_endpoint", reason="rdflib-endpoint is not installed: pip install '.[test]'")
    with ExitStack() as running:

        @contextmanager
        def served(dataset: rdflib.Dataset) -> Iterator[int]:
            app = endpoint.SparqlEndpoint(graph=dataset, path="/query")
            # Its own logging would shut down all other handlers, one of which closes the stream that pytest captures.
            server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None))
            thread = threading.Thread(target=server.run, daemon=True)
            thread.start()
            end = time.monotonic() + 20
            while not server.started and time.monotonic() < end:
                time.sleep(0.01)
            yield server.servers[0].sockets[0].getsockname()[1]
            server.should_exit = True
            thread.join(10)

        yield lambda dataset: f"sparql:http://127.0.0.1:{running.enter_context(served(dataset))}/query"


def dataset(path: Path) -> rdflib.Dataset:
    return dataset_of(read_quads(path)[0].to_oxigraph())


def union(path: Path) -> rdflib.Dataset:
    """A dataset whose default graph is the union of all graphs, as in many servers."""
    whole = rdflib.Dataset(store=dataset(path).store, default_union=True)
    assert len(whole.query("SELECT * { ?s <https://example.org/farm/sitsOn> ?o }")) == 1
    return whole


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("farm") / "farm.trig"
    path.write_text(FARM, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def served_farm(serve: Callable[..., str], farm: Path) -> str:
    return serve(dataset(farm))


def same(a: KnowledgeGraph, b: KnowledgeGraph) -> bool:
    return a.content_hash() == b.content_hash() and a.report.accounts == b.report.accounts


@pytest.mark.parametrize("page", [1000, 5])
@pytest.mark.parametrize("literals", ["drop", "bin"])
def test_it_equals_the_file(served_farm: str, farm: Path, page: int, literals: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sparql, "PAGE", page)
    assert same(read_graph(served_farm, literals=literals), read_graph(farm, literals=literals))


@pytest.mark.thorough
@pytest.mark.parametrize("world", ["neighbourhood", "countries"])
def test_it_equals_a_shipped_world(serve: Callable[..., str], world: str):
    assert same(load_graph(serve(dataset(world_graph(world)))), load_graph(world))


def test_a_union_of_all_graphs_is_no_fact(serve: Callable[..., str], tmp_path: Path):
    path = tmp_path / "farm.trig"
    path.write_text(FARM.replace(":rex :chases :tom .\n\n", "\n"), encoding="utf-8")
    assert same(load_graph(serve(union(path))), load_graph(path))


def test_episodes_without_a_time_come_in_the_order_of_their_names(serve: Callable[..., str], tmp_path: Path):
    path = tmp_path / "a.trig"
    path.write_text("<urn:z> { <urn:a> <urn:p> <urn:b> } <urn:y> { <urn:a> <urn:p> <urn:c> }", encoding="utf-8")
    read = load_graph(serve(dataset(path)))
    assert [instant.iri for instant in read.vocabulary.instants] == ["urn:y", "urn:z"]


def test_nameless_things(serve: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.ttl"
    path.write_text(NAMELESS, encoding="utf-8")
    source = serve(dataset(path))
    kept = read_graph(source)
    assert len(kept.facts) == 3 and len(kept.vocabulary.concepts) == len(read_graph(path).vocabulary.concepts)
    monkeypatch.setattr(sparql, "PAGE", 2)
    with pytest.raises(GraphError, match=r"nameless things .*--blank-nodes skip"):
        read_graph(source)
    skipped = read_graph(source, blank_nodes="skip")
    assert skipped.content_hash() == read_graph(path, blank_nodes="skip").content_hash()


def test_what_is_empty_is_named(serve: Callable[..., str]):
    source = serve(rdflib.Dataset())
    with pytest.raises(GraphError, match=f"^{source} holds no statements at all"):
        read_graph(source)


def test_too_many_statements(served_farm: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sparql, "MOST", 10)
    with pytest.raises(GraphError, match="statements, and at most 10 are read"):
        read_graph(served_farm)


def test_an_answer_that_is_too_large(served_farm: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(posting, "LARGEST", 1 << 8)
    with pytest.raises(GraphError, match="answers with more than"):
        read_graph(served_farm)


def test_the_command_line(served_farm: str, capsys: pytest.CaptureFixture[str]):
    assert main(["info", served_farm, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["source"] == served_farm and told["episodes"] == 2


def test_no_file_makes_a_command_ask_an_endpoint(served_farm: str):
    brain = dataclasses.replace(load_brain("neighbourhood"), source=served_farm)
    with pytest.raises(GraphError, match="what to measure the brain mine on"):
        learned_graph(brain, "mine")


@pytest.mark.thorough
def test_a_brain_learns_an_endpoint(served_farm: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    brain = str(tmp_path / "farm.brain.safetensors")
    assert main(["train", served_farm, "-o", brain, "--dim", "8", "--epochs", "1", "--json"]) == 0
    assert main(["evaluate", brain, served_farm, "--json"]) == 0


def table(*rows: dict[str, Any]) -> bytes:
    names = ["s", "p", "o", "g", "key", "count"]
    bound = [{name: {"type": "literal" if name in ("key", "count") else "uri", "value": value}
              for name, value in row.items()} for row in rows]  # fmt: skip
    return json.dumps({"head": {"vars": names}, "results": {"bindings": bound}}).encode()


def statement(number: int, key: int | None = None) -> dict[str, str]:
    return {"s": f"urn:s{number}", "p": "urn:p", "o": "urn:o", "key": f"{number if key is None else key:040x}"}


JSON = "application/sparql-results+json"


@pytest.fixture(scope="module")
def odd() -> Iterator[Callable[..., str]]:
    """Serves answers of our own choosing over real HTTP: the one to the count, and those to the pages in turn."""
    answers: dict[str, Iterator[Callable[[BaseHTTPRequestHandler], None]]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            next(answers[self.path])(self)

        def log_message(self, *_: Any):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def prepared(*given: Callable[[BaseHTTPRequestHandler], None]) -> str:
        path = f"/{len(answers)}"

        def endless():
            yield from given
            while True:
                yield given[-1]

        answers[path] = endless()
        return f"sparql:http://127.0.0.1:{server.server_port}{path}"

    yield prepared
    server.shutdown()
    server.server_close()


def says(body: bytes, *, kind: str = JSON, status: int = 200, length: int | None = None, **headers: str):
    def answer(to: BaseHTTPRequestHandler):
        to.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(length or len(body)), **headers}.items():
            to.send_header(name, value)
        to.end_headers()
        to.wfile.write(body)

    return answer


def drips(to: BaseHTTPRequestHandler):
    """One byte of a header at a time, for ever: no single wait is long."""
    end = time.monotonic() + 5
    try:
        while time.monotonic() < end:
            to.wfile.write(b"H")
            to.wfile.flush()
            time.sleep(0.05)
    except OSError:
        pass


def hangs_up(to: BaseHTTPRequestHandler):
    to.connection.close()


FIVE = says(table({"count": "5"}))


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([says(b"<html></html>", kind="text/html")], "is no SPARQL endpoint"),
        ([says(b"<html></html>")], "its answer is damaged"),
        ([says(b"", status=404)], "HTTP status 404"),
        ([says(b"", status=500)], "HTTP status 500"),
        ([says(b"", status=401)], "asks for a password"),
        ([says(b"", status=307, Location="http://127.0.0.1:1/other")], "sends on to http://127.0.0.1:1/other"),
        ([drips], "did not answer within 0.5 seconds"),
        ([lambda to: time.sleep(2)], "did not answer within 0.5 seconds"),
        ([hangs_up], "no answer from"),
        ([says(table({"count": "5"})[:-20], length=len(table({"count": "5"})))], "cut off"),
        ([says(b'{"head": {}, "boolean": true}')], "no table"),
        ([says(table({"count": "many"}))], "no count"),
        ([says(table())], "no count"),
        ([says(b"[" * 100_000)], "damaged"),
        ([says(b'{"\nhead": 1}')], "damaged"),  # the parser repeats the line break
        ([FIVE, says(table(statement(1), statement(2))[:-9])], "cut off"),
        ([FIVE, says(table({"count": "5"}))], "what are no statements"),
        ([FIVE, says(b'{"head": {"vars": ["x"]}, "results": {"bindings": [{}]}}')], "what are no statements"),
        ([FIVE, says(table({**statement(1), "key": '" || true'}))], "keys that are no hashes"),
        # A page that comes again and again; pages that take turns; an end before the end.
        ([FIVE, says(table(statement(1), statement(2)))], "counts 5 statements and gave 2"),
        ([FIVE, *[says(table(statement(n % 2))) for n in range(9)]], "not each of them once"),
        ([FIVE, *[says(table(statement(1, key=n))) for n in range(9)]], "not each of them once"),
        ([FIVE, says(table(statement(1))), says(table())], "counts 5 statements and gave 1"),
        ([FIVE, says(table(*map(statement, range(9))))], "counts 5 statements and gave 9"),
    ],
)  # fmt: skip
def test_one_sentence_says_what_is_wrong(
    odd: Callable[..., str],
    answers: list,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setattr(sparql, "PATIENCE", 0.5)
    source = odd(*answers)
    start = time.perf_counter()
    assert main(["info", source]) == 2
    assert time.perf_counter() - start < 5
    out, err = capsys.readouterr()
    assert said in err and err.count("\n") == 1 and len(err) < 500 and not out
    assert source.removeprefix(sparql.PREFIX) in err


@pytest.mark.parametrize(
    "address",
    [
        "http://ada:secret@127.0.0.1/query",
        "http://secret@127.0.0.1/query",
        "http://127.0.0.1/query?key=secret",
        "http://127.0.0.1/query#secret",
        "ftp://ada:secret@127.0.0.1/query",
        "http://ada:sec/ret@127.0.0.1/secret",
        "file:///etc/secret?secret",
        "http://[secret",
        "http://127.0.0.1:secret/",
        "",
        "http://",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/\r\nHost: secret@x",
    ],
)
def test_no_secret_is_kept_or_shown(address: str):
    with pytest.raises(GraphError) as failure:
        read_graph("sparql:" + address)
    assert "write it as" in str(failure.value) or "leave out" in str(failure.value)
    assert "secret" not in str(failure.value) or not set(address) & set("@?#")


def test_no_server(tmp_path: Path):
    with pytest.raises(GraphError, match=r"no answer from http://127\.0\.0\.1:1/query \(Connection refused\)"):
        read_graph("sparql:http://127.0.0.1:1/query")


def test_a_path_is_never_an_endpoint(served_farm: str):
    with pytest.raises(GraphError, match="does not exist"):
        read_graph(Path(served_farm))


def test_a_brain_answers_as_an_endpoint(serve):
    address = serve(sparql_dataset(load_brain("neighbourhood"), each_moment=False)).removeprefix("sparql:")
    query = """PREFIX : <https://tensorbrain.org/kg/neighbourhood/> PREFIX tb: <https://tensorbrain.org/ns#>
               SELECT ?o ?p { :Sparky :ownedBy ?o BIND(tb:probability(:Sparky, :ownedBy, ?o) AS ?p) }"""
    request = urllib.request.Request(
        f"{address}?{urllib.parse.urlencode({'query': query})}", headers={"Accept": "application/sparql-results+json"}
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        rows = json.load(response)["results"]["bindings"]
    assert [row["o"]["value"].rsplit("/", 1)[1] for row in rows] == ["Jack", "Mary"]
    assert sum(float(row["p"]["value"]) for row in rows) > 0.9
