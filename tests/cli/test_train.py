"""``train`` and ``evaluate``: from a graph to a saved brain and its figures."""

import dataclasses
import inspect
import json
import os
import re
from pathlib import Path

import pytest

from tensorbrain.checkpoint import load_brain
from tensorbrain.cli.sources import recipe
from tensorbrain.cli.train import Train
from tensorbrain.datasets.worlds import WORLDS
from tensorbrain.learning import train
from tensorbrain.presets import PRESETS
from tensorbrain.settings import Settings

QUICK = ("--dim", "16", "--epochs", "2")


@pytest.fixture
def graph(town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The town's graph alone in the current folder."""
    (tmp_path / "tiny.trig").write_bytes((town / "tiny.trig").read_bytes())
    monkeypatch.chdir(tmp_path)
    return "tiny.trig"


def test_training_saves_a_brain_beside_no_leftovers(tensorbrain, graph: str):
    status, out, _ = tensorbrain("train", graph, *QUICK, "--seed", "6")
    assert status == 0
    assert "saved in tiny.brain.safetensors" in out
    assert "8 concepts, 5 predicates, 2 instants" in out
    assert sorted(os.listdir()) == ["tiny.brain.safetensors", "tiny.trig"]
    brain = load_brain("tiny.brain.safetensors")
    assert (brain.seed, brain.source, brain.settings.dim, len(brain.history)) == (6, graph, 16, 2)


def test_training_replaces_what_was_there_and_reports_in_json(tensorbrain, graph: str):
    Path("b").write_text("old")
    options = ("--holdout", "0.2", "--holdout-predicate", "owned by", "--preset", "qtb2025")
    status, out, _ = tensorbrain("train", graph, "-o", "b", *QUICK, *options, "--json")
    assert status == 0
    figures = json.loads(out)
    brain = load_brain("b")
    assert figures["brain"] == "b"
    assert figures["epochs"] == len(figures["history"]) == 2
    assert figures["held_out"] == len(brain.held_out) == 1
    assert 0 < figures["heldout_mrr"] <= 1
    assert figures["interrupted"] is False
    assert brain.settings.evolution == PRESETS["qtb2025"].evolution


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("-o", "none/b"), "the folder none does not exist"),
        (("-o", "."), "it is a folder"),
        (("-o", "/dev/null"), "not a regular file"),
        (("--preset", "tb1999"), "tb2023"),
        (("--epochs", "0"), "at least 1"),
        (("--dim", "0"), "at least 1"),
        (("--holdout", "2"), "between 0 and 1"),
        (("--holdout-predicate", "owns"), "did you mean owned by"),
        (("--learning-rate", "nan"), "--learning-rate"),
        (("--seconds", "-1"), "--seconds"),
    ],
)
def test_what_cannot_be_trained_is_refused(options: tuple, words: str, refused, graph: str):
    assert words in refused("train", graph, *options)
    assert os.listdir() == [graph]


@pytest.mark.parametrize("command", ["train", "info"])
def test_an_unusable_graph_is_refused(command: str, refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("cut.ttl").write_text("<urn:a> <urn:b> ")
    Path("empty.ttl").touch()
    Path("data.xls").touch()
    for name in ("no.ttl", "no-world", "cut.ttl", "empty.ttl", "data.xls"):
        refused(command, name)
    assert not list(tmp_path.glob("*brain*"))


def test_evaluate_prints_figures(tensorbrain, in_town: Path):
    status, out, err = tensorbrain("evaluate", "tiny.brain.safetensors", "--json")
    assert (status, err) == (0, "")
    figures = json.loads(out)
    assert figures["episodic_recall_at_n"] == 1
    assert figures["parent_class_accuracy"] == 1
    assert "episodic recall" in tensorbrain("evaluate", "tiny.brain.safetensors", "tiny.trig").out


def test_evaluate_warns_of_another_graph(tensorbrain, in_town: Path, tmp_path: Path):
    changed = tmp_path / "changed.trig"
    town = (in_town / "tiny.trig").read_text()
    changed.write_text(town + ":e1 { :Ben :likes :Sparky }")
    status, _, err = tensorbrain("evaluate", "tiny.brain.safetensors", str(changed))
    assert status == 0
    assert err.count("\n") == 1
    assert "when this brain was trained" in err


def test_evaluate_asks_for_a_graph_that_is_gone(refused, town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b").write_bytes((town / "tiny.brain.safetensors").read_bytes())
    dataclasses.replace(load_brain("b"), source="gone.trig").save("b")
    assert "tensorbrain evaluate b GRAPH" in refused("evaluate", "b")


def test_another_vocabulary_cannot_be_evaluated(refused, in_town: Path):
    assert "trained on" in refused("evaluate", "tiny.brain.safetensors", "countries")


def test_the_defaults_in_the_help_are_those_of_the_library():
    taken = {name: p.default for name, p in inspect.signature(train).parameters.items()}
    taken |= {"dim": Settings().dim, "preset": "default"}
    for field in Train.__dataclass_fields__.values():
        said = re.search(r"\(default: ([\d.]+)\)", str(field.type))
        if said:
            assert float(said[1]) == taken[field.name], field.name


@pytest.mark.parametrize("world", WORLDS)
def test_the_recipe_of_a_world_is_understood(world: str):
    arguments = Train(graph=world)._arguments(recipe(world))
    assert arguments.keys() <= inspect.signature(train).parameters.keys()


def test_the_command_line_wins_over_a_recipe():
    usual = {"epochs": 9, "batch": 64, "holdout": {"predicate": "borders", "share": 0.1, "one_direction": True}}
    usual["settings"] = {"context": 32}
    arguments = Train(graph="countries", epochs=3, dim=8)._arguments(usual)
    assert (arguments["epochs"], arguments["batch"]) == (3, 64)
    assert arguments["holdout"].predicate == "borders"
    assert arguments["settings"].dim == arguments["settings"].context == 8
    assert Train(graph="countries")._arguments(usual)["settings"].context == 32
