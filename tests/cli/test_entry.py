"""Help that teaches, options that are wrong, ``info``, ``app``, and the process around a command."""

import contextlib
import fcntl
import json
import os
import pty
import re
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
from importlib.metadata import version
from pathlib import Path

import pytest

from tensorbrain.checkpoint import load_brain
from tensorbrain.presets import PRESETS

COMMANDS = ("info", "train", "recall", "perceive", "life", "ask", "reason", "evaluate", "claims", "app")
PROGRAM = (sys.executable, "-m", "tensorbrain")


def test_help_names_every_command(tensorbrain):
    status, out, err = tensorbrain("--help")
    assert (status, err) == (0, "")
    assert all(f"• {command} " in out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_teaches_by_an_example_that_is_understood(command: str, tensorbrain):
    status, out, err = tensorbrain(command, "--help")
    assert (status, err) == (0, "")
    assert f"Example: tensorbrain {command}" in out
    if command != "app":
        assert "--json" in out
        assert "--seed" in out
    assert "None" not in out


def test_the_version_is_that_of_the_installed_package(tensorbrain):
    assert tensorbrain("--version") == (0, f"tensorbrain {version('tensorbrain')}\n", "")
    assert tensorbrain("recall", "--version").status == 2


def test_help_names_every_preset(tensorbrain):
    assert all(name in tensorbrain("train", "--help").out for name in PRESETS)


def test_help_and_info_do_not_wait_for_jax(town: Path):
    code = (
        "import sys; from tensorbrain.cli import main; main(sys.argv[1:]);"
        "print(*{'jax', 'equinox', 'rdflib', 'scipy'} & sys.modules.keys(), file=sys.stderr)"
    )
    for words in (["train", "--help"], ["info", str(town / "tiny.trig")]):
        done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, timeout=120)
        assert (done.returncode, done.stderr) == (0, "\n")


@pytest.mark.parametrize(
    "words",
    [(), ("bogus",), ("recall",), ("info", "x", "--bogus"), ("recall", "x", "--statements", "two"), ("app", "x")],
)
def test_wrong_options_end_in_a_short_message(words: tuple, tensorbrain):
    status, out, err = tensorbrain(*words)
    assert (status, out) == (2, "")
    assert len(err.splitlines()) < 12
    assert "--help" in err


def test_a_wrong_choice_is_told_what_there_is_to_choose(tensorbrain):
    _, _, err = tensorbrain("train", "neighbourhood", "--regulariser", "l2")
    assert err == "tensorbrain: --regulariser l2 is none of dura, n3. See `tensorbrain train --help`\n"


def test_info_says_what_a_graph_holds(tensorbrain, town: Path):
    out = tensorbrain("info", str(town / "tiny.trig")).out
    assert re.search(r"facts +7\b", out)
    counts = json.loads(tensorbrain("info", str(town / "tiny.trig"), "--json").out)
    assert counts["groups"]["instant"] == 2


def test_info_reads_as_it_is_told(tensorbrain, tmp_path: Path):
    graph = tmp_path / "a.ttl"
    graph.write_text('<urn:a> <urn:p> <urn:b>, "x" . <urn:b> <urn:p> "x" .')
    kept = [
        json.loads(tensorbrain("info", str(graph), "--literals", how, "--json").out)["groups"]["attribute"]
        for how in ("drop", "keep")
    ]
    assert kept == [0, 1]


def test_a_port_that_cannot_be_used_is_refused(refused):
    pytest.importorskip("streamlit")
    assert "65535" in refused("app", "--port", "99999")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert "choose another" in refused("app", "--port", str(taken.getsockname()[1]))


def test_without_streamlit_the_app_says_what_to_install(tmp_path: Path):
    # An environment that lacks it: importing it fails as it does where it is not installed.
    code = (
        "import importlib.util, sys; whole = importlib.util.find_spec;"
        "importlib.util.find_spec = lambda name, *a: None if name == 'streamlit' else whole(name, *a);"
        "from tensorbrain.cli import main; sys.exit(main(['app']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "pip install 'tensorbrain[app]'" in done.stderr


def test_who_reads_only_the_first_lines_is_not_bothered(town: Path):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*PROGRAM, "info", str(town / "tiny.trig")], stdout=writer, stderr=subprocess.PIPE, text=True, timeout=120
    )
    os.close(writer)
    assert done.stderr == ""


def test_output_that_cannot_be_written_is_one_line(town: Path):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*PROGRAM, "info", str(town / "tiny.trig")], stdout=full, stderr=subprocess.PIPE, text=True, timeout=120
        )
    assert done.returncode == 2
    assert done.stderr == "tensorbrain: [Errno 28] No space left on device\n"


def watch(terminal: int, words: bytes, seen: threading.Event) -> None:
    """Read what a process writes on its terminal until it ends; note when ``words`` are among it."""
    last = b""
    with contextlib.suppress(OSError):  # the other end is closed
        while new := os.read(terminal, 4096):
            last = (last + new)[-8192:]
            if words in last:
                seen.set()


def test_a_shipped_brain_recalls_anywhere(tmp_path: Path):
    command = [*PROGRAM, "recall", "neighbourhood", "--subject", "Sparky", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert {"subject", "predicate", "object", "probability"} <= answer["statements"][0].keys()
    assert {"mode": "semantic", "seed": 0}.items() <= answer.items()


def test_ctrl_c_keeps_the_best_brain(town: Path, tmp_path: Path):
    master, slave = pty.openpty()  # a terminal, as the progress bar shows on one alone
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
    command = [*PROGRAM, "train", str(town / "tiny.trig"), "-o", "b", "--dim", "16", "--epochs", "1000000"]
    with subprocess.Popen(
        [*command, "--patience", "1000000"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=slave, text=True
    ) as process:
        os.close(slave)
        learning = threading.Event()
        watcher = threading.Thread(target=watch, args=(master, b"loss=", learning))
        watcher.start()
        try:
            assert learning.wait(timeout=120), "no progress is shown"
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=60)
        finally:
            process.kill()
        watcher.join()
    os.close(master)
    assert process.returncode == 130
    assert "stopped; the best brain so far is saved in b" in out
    assert os.listdir(tmp_path) == ["b"]
    assert load_brain(tmp_path / "b").history
