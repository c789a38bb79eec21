"""A command is repeated from what it printed: the same, or what differs; and nothing that writes is repeated."""

import json
import shutil
from pathlib import Path

import pytest

from tensorbrain.cli.output import one_line
from tensorbrain.cli.rerun import differences


@pytest.fixture
def brain(town: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(town / "tiny.brain.safetensors", tmp_path / "copy.brain.safetensors"))


@pytest.fixture
def printed(tensorbrain, brain: Path, tmp_path: Path):
    """What a command printed with --json, in a file."""

    def run(*arguments: str) -> Path:
        done = tensorbrain(*arguments, "--json")
        assert done.status == 0
        file = tmp_path / "trace.json"
        file.write_text(done.out)
        return file

    return run


def test_reading_commands_say_the_same_again(tensorbrain, printed, brain, town):
    for arguments in (
        ("recall", str(brain), "--statements", "3", "--selection", "sample", "--seed", "7"),
        ("ask", str(brain), "--top", "2"),
        ("info", str(town / "tiny.trig")),
    ):
        done = tensorbrain("rerun", str(printed(*arguments)))
        assert (done.status, done.err) == (0, "") and done.out.startswith("the same as in "), arguments


def test_the_record_names_what_was_read_and_with_what(printed, brain):
    run = json.loads(printed("recall", str(brain)).read_text())["run"]
    assert run["arguments"] == ["recall", str(brain), "--json"] and len(run["inputs"][str(brain)]) == 64
    assert run["versions"].keys() == {"python", "tensorbrain", "jax", "jaxlib", "numpy"} and run["device"] == "cpu"


def test_what_differs_is_said(tensorbrain, printed, brain):
    file = printed("recall", str(brain), "--statements", "2")
    told = json.loads(file.read_text())
    told["statements"][1]["object"] = "nobody\x1b[31m"
    told["statements"][0]["probability"] += 0.01
    file.write_text(json.dumps(told))
    done = tensorbrain("rerun", str(file))
    assert done.status == 1 and done.out.startswith("2 differ: ") and "\x1b" not in done.out
    assert "statements[1].object: was" in done.out and "statements[0].probability: was" in done.out


def test_another_brain_under_the_name_is_noticed(tensorbrain, printed, brain, town):
    file = printed("recall", str(brain))
    told = json.loads(file.read_text())
    told["run"]["inputs"][str(brain)] = "0" * 64
    file.write_text(json.dumps(told))
    done = tensorbrain("rerun", str(file))
    assert done.status == 0 and "is not what it was when" in done.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "does not say by which arguments"),
        ('{"run": {"arguments": "recall"}}', "does not say by which arguments"),
        ('{"run": {"arguments": ["recall", "--json"], "inputs": {"a": 1}}}', "does not say what was read"),
        ('{"run": {"arguments": ["train", "neighbourhood", "--json"], "inputs": {}}}', "only what reads is repeated"),
        ('{"run": {"arguments": ["rerun", "x", "--json"], "inputs": {}}}', "only what reads is repeated"),
        ('{"run": {"arguments": ["recall", "neighbourhood"], "inputs": {}}}', "only what reads is repeated"),
        (
            '{"run": {"arguments": ["perceive", "b", "p.png", "--store=x", "--json"], "inputs": {}}}',
            "only what reads is repeated",
        ),
        ('{"run": {"arguments": ["recall", "no-such-brain", "--json"], "inputs": {}}}', "there is no brain"),
        ('{"run": {"arguments": ["info", "no-such-graph", "--json"], "inputs": {}}}', "no-such-graph"),
    ],
)
def test_what_is_refused(refused, tmp_path: Path, content: str, said: str):
    file = tmp_path / "trace.json"
    file.write_text(content)
    assert said in refused("rerun", str(file))


def test_no_file(refused, tmp_path: Path):
    for path in (tmp_path / "none.json", tmp_path):
        assert f"{path} is no file" in refused("rerun", str(path))


def test_rounding_and_time_do_not_count():
    was = {"seconds": 3, "run": 1, "p": [1.0, 1e-9], "true": True, "words": ["a"]}
    now = {"seconds": 9, "run": 2, "p": [1.00001, 0.0], "true": True, "words": ["a", "b"]}
    assert [at for at, *_ in differences(was, now)] == ["words"]
    assert [at for at, *_ in differences({"a": True}, {"a": 1.0})] == []  # JSON's true is Python's 1
    assert [at for at, *_ in differences({"a": 1}, {})] == ["a"]


def test_a_name_cannot_pass_for_another_on_the_terminal():
    assert one_line("Rex\u202exeR \u2066a\u2069") == "Rex xeR  a"
