"""Link prediction from the command line: taught, saved, measured, and what is refused."""

import json
from typing import get_args

import pytest

from tensorbrain.checkpoint import load_brain
from tensorbrain.cli import main
from tensorbrain.cli.completing import Model
from tensorbrain.errors import BrainFileError
from tensorbrain.learning.taught import NAMES
from tensorbrain.tensor_memory import is_tensor_memory, load_tensor_memory


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A ring of twenty towns: each borders on the next and on the one before, and some borders are asked."""
    monkeypatch.chdir(tmp_path)
    town = tmp_path / "ring"
    town.mkdir()
    rows = [f"T{k}\tborders\tT{(k + 1) % 20}\nT{(k + 1) % 20}\tborders\tT{k}\n" for k in range(20)]
    rows += [f"T{k}\tnorth of\tT{(k + 2) % 20}\n" for k in range(20)]
    (town / "train.txt").write_text("".join(rows[:38]))
    (town / "valid.txt").write_text(rows[38])
    (town / "test.txt").write_text(rows[39])
    return town


def spoken(capsys, *words):
    status = main(list(words))
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.mark.parametrize("name", ["complex", "nonnegative-tucker", "brain"])
def test_a_model_is_taught_saved_and_measured(folder, capsys, name):
    size = ["--dim", "8", "--epochs", "3", "--batch", "16"]
    status, out, _ = spoken(capsys, "train", "kge:ring", "--model", name, *size, "--json")
    taught = json.loads(out)
    assert status == 0 and taught["epochs"] == 3 and taught["recipe"]["rank"] == 8 and 0 < taught["valid"]["mrr"] <= 1
    assert taught["file"] == f"ring.{name}.safetensors" and is_tensor_memory(taught["file"]) == (name != "brain")
    status, out, _ = spoken(capsys, "evaluate", taught["file"], "kge:ring", "--json")
    figures = json.loads(out)
    assert status == 0 and set(figures["by_slot"]) == {"subject", "predicate", "object"}
    assert set(figures["hits"]) == {"1", "3", "10"} and figures["unseen"] == 0 and "counts" in figures["baseline"]
    status, out, _ = spoken(capsys, "evaluate", taught["file"], "kge:ring")
    assert status == 0 and "subject and object" in out and "1 statements of test" in out


def test_the_command_line_knows_every_model():
    assert get_args(Model) == NAMES


def test_a_brain_taught_so_recalls_and_is_asked_as_any_other(folder, capsys):
    assert main(["train", "kge:ring", "--dim", "8", "--epochs", "1", "--first", "concept"]) == 0
    assert load_brain("ring.brain.safetensors").settings.orders == ("spo", "ops", "sop")
    assert main(["train", "kge:ring", "--dim", "8", "--epochs", "2"]) == 0
    assert load_brain("ring.brain.safetensors").settings.orders == ("pso", "pos", "sop")
    capsys.readouterr()
    assert main(["ask", "ring.brain.safetensors", "--subject", "T1", "--predicate", "borders"]) == 0


def test_what_does_not_fit_is_refused_in_one_line(folder, capsys):
    main(["train", "kge:ring", "--model", "complex", "--dim", "4", "--epochs", "1"])
    other = folder.parent / "other"
    other.mkdir()
    for part, text in (("train", "A\tp\tB\n"), ("valid", "B\tp\tA\n"), ("test", "B\tp\tC\n")):
        (other / f"{part}.txt").write_text(text)
    timed = folder.parent / "timed"
    timed.mkdir()
    for part, day in (("train", 1), ("valid", 2), ("test", 3)):
        (timed / f"{part}.txt").write_text(f"A\tp\tB\t2026-01-0{day}\n")
    capsys.readouterr()
    for words, sentence in (
        (("train", "kge:nowhere", "--model", "complex"), "nowhere is not a folder"),
        (("train", "kge:ring", "--model", "complex", "--holdout", "0.1"), "--holdout does not go with"),
        (("train", "kge:ring", "--patience", "3"), "--patience does not go with"),
        (("train", "kge:ring", "--epochs", "0"), "epochs 0 must be at least 1"),
        (("train", "kge:ring", "--model", "tntcomplex"), "have no time, and this model needs one: choose cp"),
        (("train", "kge:ring", "--model", "cp", "--regulariser", "dura"), "held small in one way alone"),
        (("train", "kge:ring", "--model", "cp", "--first", "concept"), "the model cp hears nothing first"),
        (("train", "kge:ring", "--dropout", "1"), "dropout 1.0 must be a share of at least 0 and below 1"),
        (("train", "countries", "--first", "concept"), "--first goes with the split of a folder"),
        (("train", "countries", "--regulariser", "dura"), "--regulariser goes with the split of a folder"),
        (("train", "countries", "--model", "complex"), "--model goes with the split of a folder"),
        (("train", "kge:timed", "--model", "complex"), "this model knows none: choose tcomplex"),
        (("evaluate", "ring.complex.safetensors", "kge:other"), "learned kge:ring, not kge:other"),
        (("evaluate", "neighbourhood", "kge:ring"), "neighbourhood learned neighbourhood, not kge:ring"),
        (("recall", "ring.complex.safetensors"), "holds the tensor model complex, not a brain"),
    ):
        status, _, err = spoken(capsys, *words)
        last = err.strip().splitlines()[-1]
        assert status == 2 and sentence in last and "Traceback" not in err, (words, err)


def test_a_damaged_file_is_refused(folder):
    main(["train", "kge:ring", "--model", "complex", "--dim", "4", "--epochs", "1"])
    path = folder.parent / "ring.complex.safetensors"
    whole = path.read_bytes()
    for wrong in (whole[:-3], whole[:-1] + bytes([whole[-1] ^ 1]), b"", whole[:40]):
        path.write_bytes(wrong)
        with pytest.raises(BrainFileError):
            load_tensor_memory(path)
