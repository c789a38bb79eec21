"""A brain file comes back as it was, is written whole or not at all, and is refused when anything about it is wrong."""

import dataclasses
import json
import os
import pickle
import subprocess
import sys
import textwrap
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open

from tensorbrain.array_file import as_bytes, digest
from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.checkpoint import FORMAT, load_brain, save_brain
from tensorbrain.errors import BrainFileError
from tensorbrain.graph.vocabulary import Concept, Vocabulary
from tensorbrain.presets import PRESETS
from tensorbrain.settings import Settings

WORDS = Vocabulary(
    concepts=(
        Concept("urn:x:Sparky", "Sparky", "entity"),
        Concept("urn:x:Åse", "Åse \u2028 日本", "entity"),
        Concept("urn:x:Dog", "Dog", "class"),
    ),
    predicates=(Concept("urn:x:likes", "likes", "predicate"),),
    instants=(Concept("urn:x:e1", "e1", "instant"), Concept("urn:x:e2", "e2", "instant")),
    times=("2026-05-03T08:10:00", None),
)


def some_brain(settings: Settings | None = None, **others) -> Brain:
    settings = settings or Settings(dim=6, context=5)
    model = TensorBrain.create((3, 1, 2), settings, key=jax.random.key(3))
    return Brain(model=model, vocabulary=WORDS, settings=settings, **others)


def rewritten(path: Path, arrays: dict | None = None, **header) -> Path:
    """The file with other contents and a checksum that fits them."""
    with safe_open(path, framework="numpy") as file:
        text = json.dumps(json.loads(file.metadata()["tensorbrain"]) | header)
        held = {name: file.get_tensor(name) for name in file.keys()}
    held = {name: array for name, array in (held | (arrays or {})).items() if array is not None}
    path.write_bytes(safetensors.numpy.save(held, metadata={"tensorbrain": text, "sha256": digest(text, held)}))
    return path


def with_first(column: str, value: object) -> np.ndarray:
    """The words with another value at the head of a column, as a file holds them."""
    told = WORDS.to_json()
    return as_bytes({**told, column: [value, *told[column][1:]]})


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "town.brain.safetensors"
    save_brain(some_brain(), path)
    return path


def same(one: Brain, other: Brain) -> bool:
    fields = ("vocabulary", "settings", "graph_hash", "source", "seed", "history")
    return (
        bool(eqx.tree_equal(one.model, other.model))
        and np.array_equal(one.held_out, other.held_out)
        and all(getattr(one, name) == getattr(other, name) for name in fields)
    )


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("reserve", [(0, 0, 0), (2, 1, 3)])
def test_a_brain_comes_back_as_it_was(name: str, reserve: tuple, tmp_path: Path):
    settings = dataclasses.replace(PRESETS[name], dim=6, context=5, reserve=reserve)
    brain = some_brain(
        settings,
        graph_hash="ab" * 32,
        source="town.trig",
        seed=7,
        held_out=np.array([[0, 0, 1], [1, 0, 2]], np.int32),
        history=({"epoch": 1, "loss": 3.5, "seconds": 0.1},),
    )
    brain.save(tmp_path / "b")
    again = load_brain(tmp_path / "b")
    assert same(brain, again)
    assert again.model.index.A.dtype == jnp.float32
    assert jax.tree.structure(again.model) == jax.tree.structure(brain.model)


def test_a_reserve_row_that_was_taken_stays_taken(tmp_path: Path):
    settings = Settings(dim=4, context=4, reserve=(1, 0, 0))
    model = TensorBrain.create((3, 1, 2), settings, key=jax.random.key(0))
    model = eqx.tree_at(lambda m: m.index.in_use, model, model.index.in_use.at[3].set(True))
    words = WORDS.with_concept(Concept("urn:x:Rex", "Rex", "entity"))
    brain = Brain(model=model, vocabulary=words, settings=settings)
    brain.save(tmp_path / "b")
    assert same(brain, load_brain(str(tmp_path / "b")))


def test_saving_again_leaves_one_file(saved: Path):
    brain = load_brain(saved)
    save_brain(brain, saved)
    assert same(load_brain(saved), brain)
    assert os.listdir(saved.parent) == [saved.name]


def test_any_safetensors_reader_reads_the_arrays(saved: Path):
    arrays = safetensors.numpy.load_file(saved)
    assert arrays["index.A"].shape == (6, 6)
    assert arrays["memory.W"].dtype == np.float32


def test_double_precision_is_stored_as_single(tmp_path: Path):
    brain = some_brain()
    with jax.enable_x64(True):
        double = jax.tree.map(lambda a: a.astype(jnp.float64) if a.dtype == jnp.float32 else a, brain.model)
        save_brain(dataclasses.replace(brain, model=double), tmp_path / "b")
    assert same(brain, load_brain(tmp_path / "b"))


def test_a_new_file_has_the_usual_permissions_and_a_link_is_followed(tmp_path: Path):
    (tmp_path / "plain").touch()
    (tmp_path / "there").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "there" / "brain")
    save_brain(some_brain(), link)
    assert link.is_symlink()
    assert (tmp_path / "there" / "brain").stat().st_mode == (tmp_path / "plain").stat().st_mode


# What is wrong with a file


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "b"
    save_brain(some_brain(), path)
    return path.read_bytes()


@given(share=st.floats(0, 1, exclude_max=True))
def test_a_truncated_file_is_refused(share: float, content: bytes, tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("cut") / "b"
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(BrainFileError, match="damaged"):
        load_brain(path)


@given(share=st.floats(0, 1, exclude_max=True))
def test_a_changed_byte_is_noticed(share: float, content: bytes, tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("flip") / "b"
    changed = bytearray(content)
    changed[int(share * len(content))] ^= 0xFF
    path.write_bytes(changed)
    with pytest.raises(BrainFileError):
        load_brain(path)


@pytest.mark.parametrize("garbage", [b"", b"\x00" * 100, b"garbage " * 50, pickle.dumps({"a": 1}), b"\xff" * 9])
def test_garbage_is_refused(garbage: bytes, tmp_path: Path):
    (tmp_path / "b").write_bytes(garbage)
    with pytest.raises(BrainFileError, match="damaged"):
        load_brain(tmp_path / "b")


def test_foreign_arrays_are_refused(tmp_path: Path):
    (tmp_path / "b").write_bytes(safetensors.numpy.save({"x": np.ones(3, np.float32)}, metadata={"format": "pt"}))
    with pytest.raises(BrainFileError, match="another program"):
        load_brain(tmp_path / "b")


def test_a_newer_format_asks_for_an_upgrade(saved: Path):
    path = rewritten(saved, format=FORMAT + 1, library="9.1.0")
    with pytest.raises(BrainFileError, match=r"made by tensorbrain 9\.1\.0.*pip install --upgrade"):
        load_brain(path)


@pytest.mark.parametrize(
    ("arrays", "header"),
    [
        ({"index.A": np.where(np.eye(6) > 0, np.nan, 0).astype(np.float32)}, {}),
        ({"index.A": np.where(np.eye(6) > 0, np.inf, 0).astype(np.float32)}, {}),
        ({"index.A": np.zeros((6, 7), np.float32)}, {}),
        ({"index.A": np.zeros((6, 6), np.int32)}, {}),
        ({"index.A": None}, {}),
        ({"index.in_use": np.zeros(6, bool)}, {}),
        ({"index.in_use": np.zeros(7, bool)}, {}),
        ({"vocabulary": np.frombuffer(b"{}", np.uint8)}, {}),
        ({"vocabulary": np.frombuffer(b"\xff\xff", np.uint8)}, {}),
        ({"vocabulary": with_first("concepts", ["urn:x:Sparky", 7, "entity"])}, {}),
        ({"vocabulary": with_first("concepts", ["urn:x:Sparky", "Sparky", "predicate"])}, {}),
        ({"vocabulary": with_first("times", 2026)}, {}),
        ({"held_out": np.array([[0, 0, 9]], np.int32)}, {}),
        ({"held_out": np.zeros((2, 2), np.int32)}, {}),
        ({}, {"settings": {"dim": 6}}),
        ({}, {"settings": {"dim": "six", "context": 5}}),
        ({}, {"settings": {"bogus": 1}}),
        ({}, {"capacity": {"concept": 10**12, "predicate": 1, "instant": 2}}),
        ({}, {"capacity": {"concept": 2, "predicate": 2, "instant": 2}}),
        ({}, {"capacity": [3, 1, 2]}),
        ({}, {"format": "one"}),
        ({}, {"format": 1e999}),
        ({}, {"history": [1]}),
    ],
)
def test_contents_that_do_not_fit_are_refused(arrays: dict, header: dict, saved: Path):
    with pytest.raises(BrainFileError, match="damaged"):
        load_brain(rewritten(saved, arrays, **header))


def test_what_is_no_file_is_refused(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    for name, words in (("nothing", "there is no brain"), ("", "not a file"), ("pipe", "not a file")):
        with pytest.raises(BrainFileError, match=words):
            load_brain(tmp_path / name)
    with pytest.raises(BrainFileError):
        load_brain("a\0b")


# What can be wrong with a place


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").touch()
    places = {
        "": "it is a folder",
        "pipe": "not a regular file",
        "none/b": "the folder .* does not exist",
        "file/b": "the folder .* does not exist",
        "x" * 250: "too long",
    }
    for name, words in places.items():
        with pytest.raises(BrainFileError, match=words):
            save_brain(some_brain(), tmp_path / name)
    with pytest.raises(BrainFileError):
        save_brain(some_brain(), "a\0b")
    assert sorted(os.listdir(tmp_path)) == ["file", "pipe"]


def test_a_brain_that_diverged_is_not_saved(saved: Path):
    brain, before = some_brain(), saved.read_bytes()
    broken = eqx.tree_at(lambda m: m.a_bar, brain.model, brain.model.a_bar.at[0].set(jnp.nan))
    with pytest.raises(BrainFileError, match=r"a_bar .* not finite"):
        save_brain(dataclasses.replace(brain, model=broken), saved)
    assert saved.read_bytes() == before


def test_a_brain_of_other_layers_than_its_settings_is_not_saved(tmp_path: Path):
    with pytest.raises(BrainFileError, match="other layers"):
        save_brain(dataclasses.replace(some_brain(), settings=Settings(dim=6, evolution="recurrent")), tmp_path / "b")


def save_in_subprocess(path: Path, *, largest: int = -1) -> subprocess.CompletedProcess:
    """Save in a process of its own, whose files may have at most ``largest`` bytes (-1: any number)."""
    code = textwrap.dedent("""
        import resource, signal, sys, jax
        from tensorbrain.brain import Brain, TensorBrain
        from tensorbrain.errors import BrainFileError
        from tensorbrain.graph.vocabulary import Vocabulary
        from tensorbrain.settings import Settings
        model = TensorBrain.create((0, 0, 0), settings := Settings(dim=200, context=200), key=jax.random.key(0))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
        try:
            Brain(model, Vocabulary(), settings).save(sys.argv[1])
        except BrainFileError as error:
            print(error)
    """)
    command = [sys.executable, "-c", code, str(path), str(largest)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_write_that_fails_halfway_changes_nothing(saved: Path):
    before = saved.read_bytes()
    done = save_in_subprocess(saved, largest=20_000)
    assert "could not be written" in done.stdout, done.stderr
    assert saved.read_bytes() == before
    assert os.listdir(saved.parent) == [saved.name]


def test_a_full_disk_changes_nothing(tmp_path: Path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip("a small disk can only be mounted by root")
    try:
        (disk / "b").write_bytes(b"old")
        done = save_in_subprocess(disk / "b")
        assert "No space left on device" in done.stdout, done.stderr
        assert (disk / "b").read_bytes() == b"old"
        assert os.listdir(disk) == ["b"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)
