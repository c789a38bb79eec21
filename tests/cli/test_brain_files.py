"""A brain file that is missing, damaged, foreign or too new is refused by every command that reads one."""

import json
from pathlib import Path

import pytest
import safetensors.numpy
from safetensors import safe_open

COMMANDS = ("recall", "ask", "evaluate")


@pytest.fixture
def brain(town: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    path = tmp_path / "b.safetensors"
    path.write_bytes((town / "tiny.brain.safetensors").read_bytes())
    return path


@pytest.mark.parametrize("command", COMMANDS)
def test_a_missing_brain_is_refused(command: str, refused):
    assert "there is no brain no/such/brain" in refused(command, "no/such/brain")
    assert "name of a shipped world" in refused(command, "neigbourhood")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_damaged_brain_is_refused(command: str, refused, brain: Path):
    whole = brain.read_bytes()
    for content in (whole[:-1], whole[: len(whole) // 2], whole[:3], b"", b"garbage" * 999):
        brain.write_bytes(content)
        assert "damaged brain file" in refused(command, str(brain))


def test_numbers_that_are_none_are_refused(refused, brain: Path):
    with safe_open(brain, framework="numpy") as file:
        metadata, arrays = file.metadata(), safetensors.numpy.load_file(brain)
    arrays["index.A"][0, 0] = float("nan")
    brain.write_bytes(safetensors.numpy.save(arrays, metadata=metadata))
    assert "damaged brain file" in refused("recall", str(brain))


def test_a_newer_brain_asks_for_an_upgrade(refused, brain: Path):
    with safe_open(brain, framework="numpy") as file:
        header = json.loads(file.metadata()["tensorbrain"]) | {"format": 99, "library": "7.0"}
    arrays = safetensors.numpy.load_file(brain)
    brain.write_bytes(safetensors.numpy.save(arrays, metadata={"tensorbrain": json.dumps(header)}))
    line = refused("recall", str(brain))
    assert "made by tensorbrain 7.0" in line
    assert "upgrade" in line


def test_other_files_are_refused(refused, town: Path, brain: Path):
    assert "damaged" in refused("recall", str(town / "tiny.trig"))
    assert "not a file" in refused("recall", str(town))
    brain.write_bytes(safetensors.numpy.save(safetensors.numpy.load_file(brain)))
    assert "another program" in refused("recall", str(brain))
