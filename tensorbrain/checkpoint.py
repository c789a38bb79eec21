"""A brain as one file: safetensors, its words and settings beside the arrays, written whole or not at all."""

import dataclasses
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import numpy as np

from tensorbrain.array_file import (
    Arrays,
    as_bytes,
    damaged,
    filled,
    from_bytes,
    load_arrays,
    named_leaves,
    save_arrays,
    writable,
)
from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import BrainFileError
from tensorbrain.graph.vocabulary import Vocabulary
from tensorbrain.layers import BLOCKS
from tensorbrain.pictures.scenes import LabelGroup
from tensorbrain.settings import Settings

FORMAT = 2
"""The version of the file format, raised by whatever an older reader would misread: 2 came with the senses."""

# Beside the parameters, which go by their names in the tree, such as "index.A".
HELD_OUT, VOCABULARY = "held_out", "vocabulary"

_NAME = re.compile(r"\w+(:\w+)?", re.ASCII)  # of a brain that ships


def save_brain(brain: Brain, path: str | Path) -> None:
    """Write ``brain`` to one file, replacing what was there only once the new file is safe on the disk.

    Arrays are stored as float32 under their names in the tree (``index.A``), the vocabulary as JSON text in
    an array of bytes, as the header of safetensors is limited. Raises BrainFileError, leaving nothing
    behind, where the disk is full, the folder missing or not writable, a parameter not finite, or an index lesioned
    or muted.

    >>> import tempfile
    >>> brain = Brain(TensorBrain.create((0, 0, 0), Settings(dim=4, context=4), key=jax.random.key(0)),
    ...               Vocabulary(), Settings(dim=4, context=4))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     brain.save(f"{folder}/town.brain.safetensors")
    ...     load_brain(f"{folder}/town.brain.safetensors")
    Brain(0 concepts, 0 predicates, 0 instants, dim 4)
    """
    writable(path)
    for state, labels in (("lesioned", brain.lesioned), ("muted", brain.muted)):
        if labels:
            raise BrainFileError(
                f"{labels[0]} is {state} in the brain for {path}, and a file holds whole brains: save the brain as it "
                "was, and repeat the intervention once it is loaded"
            )
    capacity = brain.model.index.capacity
    if jax.tree.structure(brain.model) != jax.tree.structure(skeleton(brain.settings, capacity)):
        raise BrainFileError(f"the brain for {path} has other layers than its settings say: it cannot be saved")
    arrays = {
        **named_leaves(brain.model),
        HELD_OUT: np.asarray(brain.held_out, np.int32).reshape(-1, 3),
        VOCABULARY: as_bytes(brain.vocabulary.to_json()),
    }
    header = {
        "format": FORMAT,
        "settings": brain.settings.to_json(),
        "capacity": dict(zip(BLOCKS, capacity, strict=True)),
        "graph_hash": brain.graph_hash,
        "source": brain.source,
        "seed": brain.seed,
        "history": list(brain.history),
        "label_groups": [[group.name, list(group.members)] for group in brain.label_groups],
    }
    save_arrays(path, header, arrays)


def load_brain(path: str | Path) -> Brain:
    """The brain that ``save_brain`` wrote to ``path``, or that ships with a world of that name.

    The neighbourhood has two: ``neighbourhood`` sees and remembers, ``neighbourhood:chains`` has no eyes and was taught
    to go on from one statement to the next (see ``tensorbrain.reason``).

    Nothing in the file is executed. Raises BrainFileError for a missing, damaged or foreign file and for one
    of a newer format.

    >>> load_brain("no/such/town.brain.safetensors")
    Traceback (most recent call last):
    tensorbrain.errors.BrainFileError: there is no brain no/such/town.brain.safetensors: give ...
    """
    header, arrays = brain_arrays(path)
    try:
        return _assembled(header, arrays)
    except Exception as error:  # a crafted file can make any part of it fail
        raise damaged(path, str(error)) from error


def brain_arrays(path: str | Path, *, leave: Collection[str] = ()) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The header and the arrays of a brain, but those to ``leave`` on the disk; errors as in ``load_brain``.

    >>> brain_arrays("countries", leave=("index.A",))[0]["settings"]["dim"]
    256
    """
    header, arrays = load_arrays(brain_file(path), path, format=FORMAT, leave=leave)
    if "model" in header:
        raise BrainFileError(
            f"{path} holds the tensor model {header['model']}, not a brain: `tensorbrain evaluate` alone can use it"
        )
    return header, arrays


def brain_file(path: str | Path) -> Path:
    """The file of a brain: the path itself, or that of a shipped brain by its name, such as neighbourhood:chains.

    It lies in the package, or beside it in a clone.

    >>> brain_file("countries").name, brain_file("a.brain.safetensors").name
    ('brain.safetensors', 'a.brain.safetensors')
    """
    if not isinstance(path, str) or not _NAME.fullmatch(path):
        return Path(path)
    world, _, which = path.partition(":")
    package = Path(__file__).resolve().parent
    for home in (package, package.parent):
        if (home / "kg_data" / world).is_dir():
            return home / "kg_data" / world / (f"{which}.brain.safetensors" if which else "brain.safetensors")
    return Path(path)


def skeleton(settings: Settings, capacity: tuple[int, ...]) -> TensorBrain:
    """The tree of a brain with shapes in place of arrays; all its rows count as in use, none as a reserve."""
    whole = dataclasses.replace(settings, reserve=(0, 0, 0))
    return eqx.filter_eval_shape(TensorBrain.create, capacity, whole, key=jax.random.key(0))


def _assembled(header: Mapping[str, Any], arrays: Arrays) -> Brain:
    """The brain of a header and its arrays; raises KeyError, TypeError or ValueError where they misfit."""
    settings = Settings.from_json(header["settings"])
    vocabulary = Vocabulary.from_json(from_bytes(arrays[VOCABULARY]))
    capacity = tuple(int(header["capacity"][block]) for block in BLOCKS)
    if sum(capacity) != len(arrays["index.in_use"]):
        raise ValueError(f"the blocks have {sum(capacity)} rows and the index {len(arrays['index.in_use'])}")
    model: TensorBrain = filled(skeleton(settings, capacity), arrays)
    _check_rows(model, vocabulary)
    held_out = arrays[HELD_OUT]
    limits = (len(vocabulary.concepts), len(vocabulary.predicates), len(vocabulary.concepts))
    if held_out.shape[1:] != (3,) or (held_out < 0).any() or (held_out >= limits).any():
        raise ValueError(f"{HELD_OUT} names concepts that are not in the vocabulary")
    return Brain(
        model=model,
        vocabulary=vocabulary,
        settings=settings,
        graph_hash=str(header["graph_hash"]),
        source=str(header["source"]),
        seed=int(header["seed"]),
        held_out=held_out,
        history=tuple(dict(epoch) for epoch in header["history"]),
        label_groups=_groups(header.get("label_groups", []), len(vocabulary.concepts)),
    )


def _groups(rows: list[Any], concepts: int) -> tuple[LabelGroup, ...]:
    groups = tuple(LabelGroup(str(name), tuple(int(k) for k in members)) for name, members in rows)
    if any(not 0 <= k < concepts for group in groups for k in group.members):
        raise ValueError("a label group names concepts that are not in the vocabulary")
    return groups


def _check_rows(model: TensorBrain, vocabulary: Vocabulary) -> None:
    """In every block, the rows in use are the first ones, one for each word."""
    in_use = np.asarray(model.index.in_use)
    columns = (vocabulary.concepts, vocabulary.predicates, vocabulary.instants)
    for block, words in zip(BLOCKS, columns, strict=True):
        rows = in_use[model.index.block(block)]
        if not np.array_equal(rows, np.arange(len(rows)) < len(words)):
            raise ValueError(f"{rows.sum()} {block} rows are in use for {len(words)} words")
