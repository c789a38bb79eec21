"""The wheel works without the clone: it holds the worlds and the app, recalls, and serves the page."""

import importlib.metadata
import json
import os
import signal
import site
import socket
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import tensorbrain

ROOT = Path(__file__).parents[2]
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
# -S passes over the path files of the environment, an editable install of the clone among them.
PYTHON = (sys.executable, "-S", "-P")


def run(*command: str, **options) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(*PIP, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(folder), str(ROOT))
    (built,) = folder.glob("tensorbrain-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    run(*PIP, "install", "--no-deps", "--no-index", "--target", str(folder), str(wheel))
    return folder


@pytest.fixture
def elsewhere(installed: Path, tmp_path: Path) -> dict:
    """How to start a command as a stranger: in an empty folder, with the wheel and its dependencies."""
    path = os.pathsep.join([str(installed), *site.getsitepackages()])
    alone = {"PYTHONPATH": path, "PYTHONSAFEPATH": "1", "HOME": str(tmp_path)}
    return {"cwd": tmp_path, "env": os.environ | alone}


def sources_only(path: Path) -> bool:
    """What a world is built from stays in the clone, its scripts, lists and tables, and how the app is checked."""
    world = path.parts[0] == "kg_data"
    built = world and (path.suffix in {".py", ".txt"} or "tables" in path.parts)
    return built or "__pycache__" in path.parts or path.name == "pyrightconfig.json"


def test_wheel_holds_the_worlds_and_the_app(wheel: Path):
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = {
        f"tensorbrain/{path.relative_to(ROOT)}"
        for folder in ("kg_data", "app")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not sources_only(path.relative_to(ROOT))
    }
    assert shipped <= names
    assert {"tensorbrain/app/app.py", "tensorbrain/py.typed", "tensorbrain/graph/episodes.shacl"} <= names
    worlds = {name.split("/")[2] for name in names if name.startswith("tensorbrain/kg_data/")}
    assert worlds == {"neighbourhood", "countries"}
    for world in worlds:
        held = {Path(name).suffix for name in names if name.startswith(f"tensorbrain/kg_data/{world}/")}
        assert held & {".ttl", ".trig"}, f"the wheel holds no graph of {world}"
        assert ".safetensors" in held, f"the wheel holds no brain of {world}"
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/")) or "__pycache__" in name]


def test_the_sdist_holds_the_project_alone_and_one_version(tmp_path: Path):
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path), cwd=ROOT)
    (built,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(built) as archive:
        names = [Path(name).parts[1:] for name in archive.getnames()]
    version = built.name.removesuffix(".tar.gz").removeprefix("tensorbrain-")
    assert {parts[0] for parts in names} == {
        *("tensorbrain", "kg_data", "app", "tests", "docs", "benchmarks", "conftest.py", "constraints.txt"),
        *(
            "Makefile",
            "CHANGELOG.md",
            "CITATION.cff",
            "README.md",
            "LICENSE",
            "pyproject.toml",
            "PKG-INFO",
            ".gitignore",
        ),
    }
    assert ("tensorbrain", "py.typed") in names and not [parts for parts in names if "_build" in parts]
    assert version == tensorbrain.__version__ == importlib.metadata.version("tensorbrain")
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"\n## {version}" in (ROOT / "CHANGELOG.md").read_text()


def test_the_clone_is_out_of_reach(installed: Path, elsewhere: dict):
    code = "import sys, tensorbrain; print(tensorbrain.__file__); print(*sys.path, sep='\\n')"
    file, *path = run(*PYTHON, "-c", code, **elsewhere).splitlines()
    assert Path(file).is_relative_to(installed)
    assert str(ROOT) not in path


def test_recall_without_the_clone(elsewhere: dict):
    cue = ("recall", "neighbourhood", "--subject", "Sparky", "--json")
    answer = json.loads(run(*PYTHON, "-m", "tensorbrain", *cue, **elsewhere))
    assert (answer["mode"], answer["seed"]) == ("semantic", 0)
    assert answer["statements"]
    for statement in answer["statements"]:
        assert {"subject", "predicate", "object", "probability"} <= statement.keys()
        assert statement["subject"] == "Sparky"
        assert 0 <= statement["probability"] <= 1


@contextmanager
def served(port: int, elsewhere: dict, log: Path) -> Iterator[subprocess.Popen]:
    command = (*PYTHON, "-m", "tensorbrain", "app", "--port", str(port), "--headless")
    with log.open("wb") as output:
        app = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, process_group=0, **elsewhere
        )
        try:
            yield app
        finally:
            # The whole group, and to the end: the command may have started the server as a child.
            for ending in (signal.SIGTERM, signal.SIGKILL):
                with suppress(ProcessLookupError):
                    os.killpg(app.pid, ending)
                with suppress(subprocess.TimeoutExpired):
                    app.wait(timeout=20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_app_without_the_clone(elsewhere: dict, tmp_path: Path):
    port, log = free_port(), tmp_path / "app.log"
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with served(port, elsewhere, log) as app:
        deadline = time.monotonic() + 90
        while True:
            assert app.poll() is None, f"the app ended by itself:\n{log.read_text()}"
            assert time.monotonic() < deadline, f"the app did not answer:\n{log.read_text()}"
            try:
                with direct.open(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as answer:
                    assert answer.status == 200
                    assert answer.read() == b"ok"
                break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.3)
