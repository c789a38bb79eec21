"""A town of eight concepts and a brain that was trained on it by the command line, once for all tests."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tensorbrain.cli import main

TOWN = """
@prefix : <https://example.org/tiny/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:Sparky a :Dog ; :ownedBy :Anna .
:Dog rdfs:subClassOf :Mammal .
:Anna a :Person . :Ben a :Person .
:ownedBy rdfs:label "owned by" .
:ball1 rdfs:label "ball" ; :ownedBy :Ben .
:ball2 rdfs:label "ball" ; :ownedBy :Anna .
:e1 prov:generatedAtTime "2026-05-03T08:10:00"^^xsd:dateTime .
:e2 prov:generatedAtTime "2026-05-04T09:00:00"^^xsd:dateTime .
:e1 { :Sparky :chases :ball1 . :Anna :likes :Sparky . }
:e2 { :Sparky :chases :ball2 . :Ben :likes :Anna . }
"""


class Result(NamedTuple):
    """What a command left behind."""

    status: int
    out: str
    err: str


@pytest.fixture
def tensorbrain(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Run a command in this process; a refusal is checked to be one line on stderr, with nothing on stdout."""

    def run(*arguments: str) -> Result:
        capsys.readouterr()
        status = main(arguments)
        result = Result(status, *capsys.readouterr())
        assert "Traceback" not in result.err
        return result

    return run


@pytest.fixture
def refused(tensorbrain: Callable[..., Result]) -> Callable[..., str]:
    """Run a command that must be refused: status 2, one line on stderr, nothing on stdout; gives the line."""

    def run(*arguments: str) -> str:
        status, out, err = tensorbrain(*arguments)
        assert (status, out) == (2, ""), (out, err)
        assert err.startswith("tensorbrain: ")
        assert err.count("\n") == 1
        return err

    return run


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the town's graph, tiny.trig, and its brain, tiny.brain.safetensors."""
    folder = tmp_path_factory.mktemp("town")
    (folder / "tiny.trig").write_text(TOWN)
    options = ("--dim", "16", "--epochs", "400", "--patience", "400", "--learning-rate", "0.02")
    assert main(["train", str(folder / "tiny.trig"), "-o", str(folder / "tiny.brain.safetensors"), *options]) == 0
    return folder


@pytest.fixture
def in_town(town: Path) -> Iterator[Path]:
    """The same folder as the current one."""
    before = Path.cwd()
    os.chdir(town)
    yield town
    os.chdir(before)
