"""A town, a brain of it that has learned nothing, a life of that brain, and what is wrong with copies of them."""

import json
import os
import pickle
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .case import File

TOWN = """
@prefix : <https://example.org/tiny/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix prov: <http://www.w3.org/ns/prov#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:Sparky a :Dog ; :ownedBy :Anna . :Dog rdfs:subClassOf :Mammal . :Anna a :Person . :Ben a :Person .
:ownedBy rdfs:label "owned by" . :ball1 rdfs:label "ball" ; :ownedBy :Ben . :ball2 rdfs:label "ball" .
:e1 prov:generatedAtTime "2026-05-03T08:10:00"^^xsd:dateTime . :e1 { :Sparky :chases :ball1 . :Anna :likes :Sparky . }
:e2 prov:generatedAtTime "2026-05-04T09:00:00"^^xsd:dateTime . :e2 { :Sparky :chases :ball2 . :Ben :likes :Anna . }
"""
DAMAGED = "damaged brain file"


class Made(NamedTuple):
    """A bad file or folder that is made from good ones: kind, name, how, and what is said of it."""

    kind: str
    name: str
    make: Callable[[Path, Path], object]
    says: str = ""


def teach_nothing(graph: Path, brain: Path, senses: str = "pictures") -> None:
    """Write a brain of a graph's words, all weights at random."""
    import jax

    import tensorbrain as tb
    from tensorbrain.brain import Brain, TensorBrain
    from tensorbrain.pictures.scenes import label_groups
    from tensorbrain.settings import Settings

    read = tb.load_graph(graph)
    words = read.vocabulary
    settings = Settings(dim=16, context=16, senses=senses, feature=8, reserve=(0, 0, 2))  # pyright: ignore
    counts = (len(words.concepts), len(words.predicates), len(words.instants))
    model = TensorBrain.create(counts, settings, key=jax.random.key(0))
    Brain(model, words, settings, source=graph.name, label_groups=label_groups(read)).save(brain)


def model_of(split: Path, model: Path) -> None:
    """Write a tensor model of a split's words, which has learned nothing."""
    import jax

    from tensorbrain.factorization import create_model
    from tensorbrain.graph.splits import read_splits
    from tensorbrain.tensor_memory import TensorMemory, save_tensor_memory

    splits = read_splits(split)
    taught = create_model("cp", splits.counts, rank=4, key=jax.random.key(0))
    save_tensor_memory(TensorMemory("cp", taught, splits.graph.vocabulary, {"rank": 4}), model)


def live(brain: Path, home: Path, label: str = "walk") -> None:
    """Write a life of two experiences."""
    import tensorbrain as tb
    from tensorbrain.memory.experience import Lived, write_instant

    with tb.Life.create(home, tb.load_brain(brain)) as life:
        rows = np.array([[0, 0, 1]], np.int32)
        q = np.linspace(-1, 1, 16).astype(np.float32)
        for n in range(2):
            lived = write_instant(life.brain, rows, (n + 1) * q, q, rule="copy", label=f"{label} {n}", time=None)
            life.write(lived, "experience", Lived(f"{label} {n}", rows, ()))


# Each of these makes `bad` of what is in `town`, the folder with the good ones.


def again(change: Callable[[bytes], bytes], town: Path, bad: Path) -> None:
    """The brain with its bytes changed."""
    bad.write_bytes(change((town / "town.brain").read_bytes()))


def written(content: bytes, town: Path, bad: Path) -> None:
    """Other bytes in its place."""
    bad.write_bytes(content)


def changed(header: dict, arrays: dict[str, Callable[[np.ndarray], np.ndarray]], town: Path, bad: Path) -> None:
    """The brain with another header or arrays, and a checksum that fits them: nobody but a person does that."""
    import safetensors.numpy
    from safetensors import safe_open

    from tensorbrain.array_file import digest

    with safe_open(town / "town.brain", framework="numpy") as file:
        text = json.dumps(json.loads(file.metadata()["tensorbrain"]) | header)
        held = {name: file.get_tensor(name) for name in file.keys()}
    held |= {name: change(held[name]) for name, change in arrays.items()}
    bad.write_bytes(safetensors.numpy.save(held, metadata={"tensorbrain": text, "sha256": digest(text, held)}))


def foreign(town: Path, bad: Path) -> None:
    """Arrays of another program."""
    import safetensors.numpy

    bad.write_bytes(safetensors.numpy.save({"x": np.ones(3, np.float32)}, metadata={"format": "pt"}))


def flipped(content: bytes) -> bytes:
    """One bit in the middle turned."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 4]) + content[middle + 1 :]


def broken(array: np.ndarray) -> np.ndarray:
    """With one number that is none."""
    array = array.copy()
    array.flat[0] = np.nan
    return array


BRAINS = (
    Made("an empty file", "empty.brain", partial(written, b""), DAMAGED),
    Made("prose", "prose.brain", partial(written, b"Once upon a time"), DAMAGED),
    Made("a picture", "picture.brain", partial(written, b"\x89PNG\r\n\x1a\n" + bytes(99)), DAMAGED),
    Made("random bytes", "noise.brain", partial(written, bytes(range(256)) * 20), DAMAGED),
    Made("a pickle, which could run code", "pickle.brain", partial(written, pickle.dumps({"a": 1})), DAMAGED),
    Made("a brain that was cut off", "cut.brain", partial(again, lambda whole: whole[:-1]), DAMAGED),
    Made("a brain that was cut off", "half.brain", partial(again, lambda whole: whole[: len(whole) // 2]), DAMAGED),
    Made("a brain with one bit turned", "flipped.brain", partial(again, flipped), DAMAGED),
    Made("a brain with a number that is none", "nan.brain", partial(changed, {}, {"index.A": broken}), DAMAGED),
    Made("a brain of a newer format", "newer.brain", partial(changed, {"format": 99, "library": "9.1"}, {}), "upgrade"),
    Made("a brain of an endless format", "endless.brain", partial(changed, {"format": 1e999}, {}), DAMAGED),
    Made("a brain that says to be huge", "huge.brain", partial(changed, {"capacity": dict.fromkeys(
        ("concept", "predicate", "instant"), 10**12)}, {}), DAMAGED),
    Made("a brain whose settings do not fit", "misfit.brain", partial(changed, {"settings": {"dim": 6}}, {}), DAMAGED),
    Made("arrays of another program", "foreign.brain", foreign, "another program"),
)  # fmt: skip


def copied(change: Callable[[Path], object], town: Path, bad: Path) -> None:
    """The life with its files changed."""
    shutil.copytree(town / "life", bad)
    change(bad)


def flip_journal(home: Path) -> None:
    (home / "journal-1").write_bytes(flipped((home / "journal-1").read_bytes()))


def behead_journal(home: Path) -> None:
    (home / "journal-1").write_bytes(b"x" + (home / "journal-1").read_bytes()[1:])


def other_brain(home: Path) -> None:
    changed({"seed": 9}, {}, home.parent, home / "brain-1.safetensors")


def pipe_journal(home: Path) -> None:
    (home / "journal-1").unlink()
    os.mkfifo(home / "journal-1")


def endless_journal(home: Path) -> None:
    (home / "journal-1").unlink()
    (home / "journal-1").symlink_to("/dev/zero")


def pipe_brain(home: Path) -> None:
    (home / "brain-1.safetensors").unlink()
    os.mkfifo(home / "brain-1.safetensors")


LIVES = (
    Made("a life with a bit of its journal turned", "flipped.life", partial(copied, flip_journal), "damaged"),
    Made("a life whose journal begins with other bytes", "other.life", partial(copied, behead_journal),
         "not the journal"),
    Made("a life without its brain", "brainless.life", partial(copied, lambda h: (h / "brain-1.safetensors").unlink()),
         "is not there: copy it back"),
    Made("a life with the brain of another", "stolen.life", partial(copied, other_brain), "another brain"),
    Made("a life whose journal is a pipe", "piped.life", partial(copied, pipe_journal), "journal-1"),
    Made("a life whose journal never ends", "endless.life", partial(copied, endless_journal), "journal-1"),
    Made("a life whose brain is a pipe", "pipes.life", partial(copied, pipe_brain), "brain-1"),
    Made("a folder with other files", "others.life", lambda town, bad: (bad.mkdir(), (bad / "a").touch())),
)  # fmt: skip


def files(made: tuple[Made, ...]) -> tuple[File, ...]:
    """As files, for a command to meet."""
    return tuple(File(each.kind, each.name, b"", each.says) for each in made)
