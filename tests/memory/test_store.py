"""A life on disk: killed, cut, changed, out of room or opened twice, it is what it was after its last whole record."""

import dataclasses
import importlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

import tensorbrain as tb
from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import BrainFileError, SettingsError
from tensorbrain.graph import Concept, Vocabulary, read_graph
from tensorbrain.journal import Episode, Record, folder, frames
from tensorbrain.memory import Life, experience, open_life
from tensorbrain.memory.experience import NAMESPACE, Lived, write_instant
from tensorbrain.memory.forget import forget
from tensorbrain.memory.write import with_row
from tensorbrain.pictures.scenes import LabelGroup
from tensorbrain.settings import Settings

SETTINGS = Settings(
    dim=8, context=64, reserve=(30, 0, 30)
)  # its matrix B, which consolidation changes, takes several pages
WORDS = Vocabulary(
    tuple(Concept(f"urn:x:{name}", name, group) for name, group in (("Rex", "entity"), ("Dog", "class"))),
    (Concept("urn:x:at", "is at", "predicate"),),
    (Concept("urn:x:first", "first", "instant"),),
    ("2026-05-01T08:00:00",),
)
LONG = 30


def same(one: Brain, other: Brain) -> bool:
    """Whether two brains are one, bit for bit."""
    leaves = zip(jax.tree.leaves(one.model), jax.tree.leaves(other.model), strict=True)
    return (
        jax.tree.structure(one.model) == jax.tree.structure(other.model)
        and all(np.asarray(a).tobytes() == np.asarray(b).tobytes() for a, b in leaves)
        and (one.vocabulary, one.history, one.settings) == (other.vocabulary, other.history, other.settings)
    )


def newborn() -> Brain:
    return Brain(TensorBrain.create((2, 1, 1), SETTINGS, key=jax.random.key(1)), WORDS, SETTINGS, source="town")


def lived(brain: Brain, n: int) -> tuple[Brain, Lived]:
    """An experience without eyes: somebody new, one statement, and an instant."""
    k = len(brain.vocabulary.concepts)
    model, _ = with_row(brain.model, jnp.linspace(-1.0, n, 8), "concept")
    words = brain.vocabulary.with_concept(Concept(f"{NAMESPACE}individual:{k}", f"new Dog {k}", "entity"))
    brain = dataclasses.replace(brain, model=model, vocabulary=words)
    rows, q = np.array([[k, 0, n % 2]], np.int32), np.full(8, n, np.float32)
    time = f"2026-06-{n + 1:02}T09:00:00"
    brain = write_instant(brain, rows, q, q, rule="copy", label=f"day {n}", time=time)
    return brain, Lived(f"day {n}", rows, (k,))


def consolidated(brain: Brain, n: int) -> Brain:
    model = brain.model
    changed = (model.memory.B * 0.9, model.a_bar + n)
    return dataclasses.replace(brain, model=eqx.tree_at(lambda m: (m.memory.B, m.a_bar), model, changed))


class Past(NamedTuple):
    """A life that was lived to its end: its folder, its brain after each record, and its episodes after each."""

    home: Path
    brains: list[Brain]
    episodes: list[tuple[Episode, ...]]

    def __repr__(self) -> str:
        return f"Past({self.home})"

    def again(self, home: Path, records: int = 0) -> Path:
        """A copy of the life as it was after some records."""
        home.mkdir()
        shutil.copy(self.home / "brain-1.safetensors", home)
        payloads = frames.read(self.home / "journal-1").payloads[: records + 1]
        frames.begin(home / "journal-1", folder.digest(home / "brain-1.safetensors"), map(bytes, payloads))
        return home

    def stands(self, life: Life) -> int:
        """After how many records the life is what it was then, bit for bit."""
        found = [n for n, brain in enumerate(self.brains) if len(brain.history) == len(life.brain.history)]
        (n,) = found
        assert same(life.brain, self.brains[n]) and life.episodes == self.episodes[n]
        return n


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Past:
    home = tmp_path_factory.mktemp("past") / "life"
    with Life.create(home, newborn()) as life:
        past = Past(home, [life.brain], [()])
        for n in range(LONG):
            brain, told = (consolidated(life.brain, n), None) if n % 3 == 2 else lived(life.brain, n)
            brain = dataclasses.replace(brain, history=(*brain.history, {"n": n}))  # by which to know it again
            life.write(brain, "experience" if told else "consolidation", told)
            past.brains.append(brain)
            past.episodes.append(life.episodes)
            if (n + 1) % 10 == 0:
                brain.save(home / f"brain-after-{n + 1}.safetensors")
    return past


def test_it_is_opened_as_it_was(past: Past, tmp_path: Path):
    with open_life(past.home, write=False) as life:
        assert past.stands(life) == LONG and life.notes == ()
        assert repr(life).startswith("Life(") and len(life.episodes) == 20
    new = f"{NAMESPACE}individual:5"
    told = ((new, "urn:x:at", "urn:x:Rex"),)
    expected = Episode(f"{NAMESPACE}instant:5", "day 4", "2026-06-05T09:00:00", told, ((new, "new Dog 5", "entity"),))
    assert life.episodes[3] == expected
    home = past.again(tmp_path / "life", 12)
    with open_life(home) as life:
        for n in range(12, LONG):
            before = life.brain
            life.write(past.brains[n + 1], "experience")
            assert life.brain is past.brains[n + 1] and before is not life.brain
            if n in (12, 20):
                life.compact()
    assert same(open_life(home, write=False).brain, past.brains[LONG])
    assert sorted(os.listdir(home)) == ["brain-3.safetensors", "journal-3", "lock"]


# Killed, cut, changed -------------------------------------------------------------------------------------------------


@pytest.fixture
def killed_and_reborn(past: Past) -> Iterator[subprocess.Popen]:
    program = [sys.executable, str(Path(__file__).with_name("living.py")), str(past.home)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        yield process
        process.stdin.close()


def test_killed_a_hundred_times_it_has_all_that_was_said_to_be_written(past: Past, killed_and_reborn, tmp_path: Path):
    dice, home, stands, lives = random.Random(0), past.again(tmp_path / "life 0"), 0, 1
    for _ in range(100):
        print(home, file=killed_and_reborn.stdin)
        writer = int(killed_and_reborn.stdout.readline().split()[1])
        done, wait_for = stands, min(stands + dice.randrange(4), LONG)
        while done < wait_for:
            done = int(killed_and_reborn.stdout.readline())
        time.sleep(dice.uniform(0, 0.01))
        os.kill(writer, signal.SIGKILL)
        while (line := killed_and_reborn.stdout.readline()) != "dead\n":
            done = int(line)
        with open_life(home) as life:
            stands = past.stands(life)
        assert done <= stands <= done + 1
        if stands == LONG:
            home, stands, lives = past.again(tmp_path / f"life {lives}"), 0, lives + 1
    assert lives > 4  # all records and compactions were under way when it was killed


def test_torn_it_says_so_and_goes_on(past: Past, tmp_path: Path):
    home = past.again(tmp_path / "life", 5)
    os.truncate(home / "journal-1", (home / "journal-1").stat().st_size - 1)
    for _ in range(2):
        with open_life(home) as life:
            assert past.stands(life) == 4
            assert "not written to its end" in life.notes[0]
    with open_life(home) as life:
        life.write(past.brains[5], "experience")
    assert open_life(home, write=False).notes == ()


@examples(max_examples=60)
@given(data=st.data())
def test_a_changed_bit_never_makes_another_brain(data: st.DataObject, past: Past, tmp_path_factory):
    home = past.again(tmp_path_factory.mktemp("bits") / "life", 4)
    name = data.draw(st.sampled_from(["brain-1.safetensors", "journal-1", "journal-1"]))
    content = bytearray((home / name).read_bytes())
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=3, unique=True)):
        content[at] ^= 1 << data.draw(st.integers(0, 7))
    (home / name).write_bytes(content)
    try:
        life = open_life(home, write=False)
    except BrainFileError as error:
        assert str(home) in str(error)
    else:
        assert past.stands(life) < 4 and life.notes


def test_stopped_at_any_step_a_compaction_leaves_a_whole_life(past: Past, tmp_path: Path, monkeypatch):
    home, after = past.again(tmp_path / "life", 8), []

    def watched(step):
        def with_pictures(*arguments, **options):
            for moment in (None, step):
                result = moment and moment(*arguments, **options)
                after.append(shutil.copytree(home, tmp_path / f"{len(after)}", copy_function=shutil.copyfile))
            return result

        return with_pictures

    with open_life(home) as life, monkeypatch.context() as patch:
        patch.setattr(os, "fsync", watched(os.fsync))
        patch.setattr(Path, "replace", watched(Path.replace))
        patch.setattr(Path, "unlink", watched(Path.unlink))
        life.compact()
        assert past.stands(life) == 8
    generations = [folder.latest(left) for left in after]
    assert generations == sorted(generations) and set(generations) == {1, 2} and len(after) > 12
    for left in after:
        with open_life(left) as life:
            assert past.stands(life) == 8
            life.write(past.brains[9], "consolidation")
        assert past.stands(open_life(left, write=False)) == 9
        assert len(os.listdir(left)) == 3


def test_a_reader_goes_on_where_a_compaction_took_the_files_away(past: Past, tmp_path: Path):
    home, seen = past.again(tmp_path / "life", 3), []

    def look(generation: int) -> folder.Journal:
        seen.append(generation)
        if len(seen) == 1:
            with open_life(home) as life:
                life.compact()
        return folder.journal_of(home, generation)

    assert folder.at_latest(home, look).generation == 2 and seen == [1, 2]


def test_interrupted_behind_its_last_step_a_compaction_closes_the_life(past: Past, tmp_path: Path, monkeypatch):
    home = past.again(tmp_path / "life", 3)

    def interrupted(home: Path) -> None:
        raise KeyboardInterrupt

    with open_life(home) as life, monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(folder, "tidy", interrupted)
        life.compact()
    with pytest.raises(SettingsError, match="closed"):
        life.write(past.brains[4], "experience")
    with open_life(home) as life:
        assert past.stands(life) == 3


# Refused --------------------------------------------------------------------------------------------------------------


def test_one_process_writes_and_others_read(past: Past, tmp_path: Path):
    home = past.again(tmp_path / "life", 3)
    code = (
        "import sys; from pathlib import Path; from tensorbrain.journal.lock import locked;"
        "held = locked(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(BrainFileError, match=f"the life {home} is being written by process {other.pid}:"):
            open_life(home)
        assert past.stands(open_life(home, write=False)) == 3
        other.kill()
    with open_life(home) as life:
        with pytest.raises(BrainFileError, match="written by this process"):
            open_life(home)
        assert past.stands(life) == 3


def test_without_room_it_is_as_it_was(past: Past, tmp_path: Path):
    home = past.again(tmp_path / "life", 3)
    before = {path.name: path.read_bytes() for path in home.iterdir()}
    with open_life(home) as life:
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before["journal-1"]) + 500, limits[1]))
        try:
            with pytest.raises(
                BrainFileError, match=r"journal-1 could not be written \(File too large\): the life is as"
            ):
                life.write(past.brains[4], "experience")
            with pytest.raises(BrainFileError, match="could not be written"):
                life.compact()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert past.stands(life) == 3
        assert {name: (home / name).read_bytes() for name in os.listdir(home) if name != "lock"} == before
        life.write(past.brains[4], "experience")
    assert len(open_life(home, write=False).brain.history) == 4


def test_a_full_disk(past: Past, tmp_path: Path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip("a small disk can only be mounted by root")
    try:
        with Life.create(disk / "life", past.brains[0]) as life:
            with pytest.raises(BrainFileError, match=r"No space left on device.*as it was before"):
                for brain in past.brains[1:]:
                    life.write(brain, "dream")
            stands = len(life.brain.history)
            assert 0 < stands < LONG
            with pytest.raises(BrainFileError, match="No space left on device"):
                life.compact()
        assert same(open_life(disk / "life").brain, past.brains[stands])
        with pytest.raises(BrainFileError, match="No space left on device"):
            Life.create(disk / "second", past.brains[0])
        assert os.listdir(disk) == ["life"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_what_is_no_life_is_refused(past: Past, tmp_path: Path):
    (tmp_path / "file").write_text("Once upon a time")
    for name, words in {"none": "does not exist", "file": "is not a folder", ".": "holds no life"}.items():
        with pytest.raises(BrainFileError, match=words):
            open_life(tmp_path / name)
    for name, words in {"none/life": "cannot be made", "file": "is a file", ".": "holds other files"}.items():
        with pytest.raises(BrainFileError, match=words):
            Life.create(tmp_path / name, past.brains[0])
    home = past.again(tmp_path / "life", 3)
    with pytest.raises(BrainFileError, match=r"a life in .* already"):
        Life.create(home, past.brains[0])
    shutil.copy(past.home / "brain-after-10.safetensors", home / "brain-1.safetensors")
    with pytest.raises(BrainFileError, match=r"another brain than brain-1\.safetensors beside it"):
        open_life(home)
    (home / "brain-1.safetensors").unlink()
    with pytest.raises(BrainFileError, match=r"brain-1\.safetensors, the brain .* is not there: copy it back"):
        open_life(home)
    broken = eqx.tree_at(lambda m: m.a_bar, newborn().model, jnp.full(8, jnp.nan))
    with pytest.raises(BrainFileError, match="not finite"):
        Life.create(tmp_path / "new", dataclasses.replace(newborn(), model=broken))
    assert sorted(os.listdir(tmp_path)) == ["file", "life"]


@pytest.mark.parametrize(
    "about",
    [
        {"episode": 7},
        {"episodes": [None]},
        {"gone": 3},
        {"episode": ["no IRI", "a", None, [], []]},
        {"episode": ["urn:a", "a", None, [["no IRI"] * 3], []]},
        {"episode": ["urn:a", "a", None, [["_:x"] * 3], []]},
        {"episode": ["urn:a", "a", None, [["urn:x:Rex"]], []]},
        {"episode": ["urn:a", 7, None, [], []]},
        {"episode": ["urn:a", "a", 0, [], []]},
        {"added": {"instants": [["urn:a", None, "instant", None]]}},
        {"added": {"instants": [[None, "a", "instant", None]]}},
        {"added": {"instants": [["urn:a", "a", "instant", 7]]}},
        {"added": {"concepts": [["urn:a", "a", "predicate"]]}},
    ],
)
def test_a_crafted_diary_ends_in_a_sentence(about: dict, past: Past, tmp_path: Path):
    home = past.again(tmp_path / "life")
    seed, payloads = frames.read(home / "journal-1")[:2]
    frames.begin(home / "journal-1", seed, [*map(bytes, payloads), Record("dream", about, {}).to_bytes()])
    with pytest.raises(BrainFileError, match=r"journal|diary"):
        open_life(home, write=False).export(tmp_path / "life.trig")
    assert not (tmp_path / "life.trig").exists()


def test_half_a_letter_in_a_label_is_exported_as_a_mark(past: Past, tmp_path: Path):
    home = past.again(tmp_path / "life")
    seed, payloads = frames.read(home / "journal-1")[:2]
    told = Record("dream", {"episode": ["urn:a", "\ud800", "\ud800", [], []]}, {}).to_bytes()
    frames.begin(home / "journal-1", seed, [*map(bytes, payloads), told])
    open_life(home, write=False).export(tmp_path / "life.trig")
    assert '"?"' in (tmp_path / "life.trig").read_text()


def test_what_is_no_regular_file_is_not_waited_for(past: Past, tmp_path: Path):
    for name in ("journal-1", "brain-1.safetensors"):
        home = past.again(tmp_path / name, 1)
        (home / name).unlink()
        os.mkfifo(home / name)
        with pytest.raises(BrainFileError, match=f"{name} is not a regular file"):
            open_life(home, write=False)


def test_its_own_files_are_not_written_over_by_an_export(past: Past, tmp_path: Path):
    home = past.again(tmp_path / "life", 2)
    for name in ("journal-1", "brain-1.safetensors"):
        with pytest.raises(BrainFileError, match="is a file of this life"):
            open_life(home, write=False).export(home / name)
    assert past.stands(open_life(home, write=False)) == 2


def test_what_a_killed_creation_left_is_begun_anew(past: Past, tmp_path: Path):
    home = tmp_path / "life"
    home.mkdir()
    for name in ("brain-1.safetensors", ".brain-1.safetensors.0a1b2c3d", ".journal-1", "lock"):
        (home / name).write_text("half")
    with Life.create(home, past.brains[0]) as life:
        assert same(life.brain, past.brains[0])
    assert sorted(os.listdir(home)) == ["brain-1.safetensors", "journal-1", "lock"]


def test_a_folder_that_may_not_be_written_is_only_read(past: Past):
    with tempfile.TemporaryDirectory() as place:
        home = past.again(Path(place) / "life", 3)
        for path, mode in ((Path(place), 0o755), (home, 0o555), *((file, 0o444) for file in home.iterdir())):
            path.chmod(mode)
        before = os.geteuid()
        try:
            os.seteuid(before or 65534)  # to root everything is allowed
            with pytest.raises(BrainFileError, match="cannot be written to"):
                open_life(home)
            assert past.stands(open_life(home, write=False)) == 3
        finally:
            os.seteuid(before)
            home.chmod(0o755)


def test_a_closed_life_and_one_that_is_read_are_not_written_to(past: Past, tmp_path: Path):
    home = past.again(tmp_path / "life", 3)
    with open_life(home) as life:
        for kind in ("", "two words", "beginning"):
            with pytest.raises(SettingsError, match="one word"):
                life.write(past.brains[4], kind)
    for shut in (life, open_life(home, write=False)):
        with pytest.raises(SettingsError, match="is closed, or was opened to be read"):
            shut.compact()
        with pytest.raises(SettingsError, match="is closed"):
            shut.experience("picture.png")
        with pytest.raises(SettingsError, match="is closed"):
            shut.write(past.brains[4], "dream")


# Told and forgotten ---------------------------------------------------------------------------------------------------


def test_its_diary_is_a_graph_that_can_be_read(past: Past, tmp_path: Path):
    life = open_life(past.home, write=False)
    life.export(tmp_path / "life.trig")
    assert len(list(life.to_rdf().quads())) == len(list(ox.parse(path=tmp_path / "life.trig")))
    graph = read_graph(tmp_path / "life.trig")
    assert [c.iri for c in graph.vocabulary.instants] == [episode.iri for episode in life.episodes]
    assert graph.vocabulary.times == tuple(episode.time for episode in life.episodes)
    assert [c.label for c in graph.vocabulary.instants] == [episode.label for episode in life.episodes]
    assert {"new Dog 3", "Rex", "Dog"} <= {c.label for c in graph.vocabulary.concepts}
    assert len(graph.tensor) == 20


def on_disk(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.iterdir())


def test_what_is_forgotten_leaves_the_diary_and_with_a_compaction_the_disk(past: Past, tmp_path: Path):
    home = past.again(tmp_path / "life", 4)
    with open_life(home) as life:
        life.write(forget(life.brain, keep=2, policy="random", seed=3), "forgetting")
        left = [instant.label for instant in life.brain.vocabulary.instants]
        assert [episode.label for episode in life.episodes] == [label for label in left if label != "first"]
        gone = {"first", "day 0", "day 1", "day 3"} - set(left)
        assert len(gone) == 2 and all(label.encode() in on_disk(home) for label in gone)
        life.compact()
        assert not any(label.encode() in on_disk(home) for label in gone)
        brain, episodes = life.brain, life.episodes
    again = open_life(home, write=False)
    assert same(again.brain, brain) and again.episodes == episodes


def test_a_picture_is_experienced(tmp_path: Path, monkeypatch):
    """With a brain of the shapes of the one in test_experience.py, for which JAX has compiled already."""
    monkeypatch.setattr(importlib.import_module("tensorbrain.memory.experience"), "FAMILIAR", 2.0)
    settings = Settings(dim=8, context=6, senses="pictures", feature=5, reserve=(3, 0, 1))
    words = Vocabulary(
        tuple(Concept(f"urn:{n}", f"c{n}", group) for n, group in enumerate(["entity"] * 3 + ["class"] * 4)),
        tuple(Concept(f"urn:p{n}", f"p{n}", "predicate") for n in range(3)),
        tuple(Concept(f"urn:t{n}", f"t{n}", "instant") for n in range(2)),
        (None, None),
    )
    groups = (LabelGroup("basic", (3, 4)), LabelGroup("colour", (5, 6)))
    brain = Brain(TensorBrain.create((7, 3, 2), settings, key=jax.random.key(2)), words, settings, label_groups=groups)
    pixels = np.random.default_rng(3).integers(0, 255, (96, 96, 3)).astype(np.uint8)
    boxes = [[0.1, 0.25, 0.4, 0.75], [0.5, 0.3, 0.9, 0.8]]
    expected, label = experience(brain, pixels, boxes, label="the walk", time="2026-06-01T09:00:00")
    with tb.Life.create(tmp_path / "life", brain) as life:
        assert life.experience(pixels, boxes, label="the walk", time="2026-06-01T09:00:00") == label
        assert same(life.brain, expected)
        with pytest.raises(SettingsError, match="'the walk' already"):
            life.experience(pixels, boxes, label="the walk")
    again = tb.open_life(tmp_path / "life", write=False)
    assert same(again.brain, expected)
    (episode,) = again.episodes
    assert (episode.label, episode.time) == ("the walk", "2026-06-01T09:00:00")
    assert [iri for iri, _, _ in episode.individuals] == [f"{NAMESPACE}individual:{k}" for k in (7, 8)]
