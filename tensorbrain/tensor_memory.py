"""A tensor model with its words: what can be measured beside a brain, as one file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import safetensors

from tensorbrain.array_file import as_bytes, damaged, filled, from_bytes, load_arrays, named_leaves, save_arrays
from tensorbrain.errors import BrainFileError
from tensorbrain.factorization import TensorModel, create_model, scores
from tensorbrain.graph.vocabulary import Vocabulary
from tensorbrain.typing import Array, Float, Int32

FORMAT = 1
VOCABULARY = "vocabulary"  # beside the parameters


@dataclass(frozen=True, eq=False)
class TensorMemory:
    """A model of the tensor of statements, by the ``name`` that it has in `factorization.MODELS`, with its words.

    ``recipe`` says how it was taught, ``history`` how that went.

    >>> from tensorbrain.graph.splits import example_splits
    >>> words = example_splits().graph.vocabulary
    >>> TensorMemory("complex", create_model("complex", (4, 1, 0), rank=2, key=jax.random.key(0)), words, {"rank": 2})
    TensorMemory(complex, rank 2, 4 concepts, 1 predicates, 0 instants)
    """

    name: str
    model: TensorModel
    vocabulary: Vocabulary
    recipe: Mapping[str, Any]
    graph_hash: str = ""
    source: str = ""
    seed: int = 0
    history: tuple[dict[str, Any], ...] = field(default_factory=tuple)

    def __repr__(self) -> str:
        words = self.vocabulary
        return (
            f"TensorMemory({self.name}, rank {self.recipe['rank']}, {len(words.concepts)} concepts, "
            f"{len(words.predicates)} predicates, {len(words.instants)} instants)"
        )

    def scores(self, rows: Int32[np.ndarray, "row 4"], slot: str) -> Float[Array, "row candidate"]:
        """The scores of all candidates of a slot s, p, o or t, given the other columns of rows (s, p, o, t).

        >>> from tensorbrain.graph.splits import example_splits
        >>> model = create_model("complex", (4, 1, 0), rank=2, key=jax.random.key(0))
        >>> memory = TensorMemory("complex", model, example_splits().graph.vocabulary, {"rank": 2})
        >>> memory.scores(np.array([[0, 0, -1, -1]], np.int32), "o").shape
        (1, 4)
        """
        return model_scores(self.model, jnp.asarray(rows), slot)


model_scores = partial(jax.jit, static_argnames=("slot",))(scores)
"""`factorization.scores`, compiled once for a shape."""


def save_tensor_memory(memory: TensorMemory, path: str | Path) -> None:
    """Write a tensor model to one file, whole or not at all; errors as in `checkpoint.save_brain`.

    >>> from tensorbrain.graph.splits import example_splits
    >>> model = create_model("complex", (4, 1, 0), rank=2, key=jax.random.key(0))
    >>> memory = TensorMemory("complex", model, example_splits().graph.vocabulary, {"rank": 2})
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_tensor_memory(memory, f"{folder}/town.tensor.safetensors")
    ...     load_tensor_memory(f"{folder}/town.tensor.safetensors")
    TensorMemory(complex, rank 2, 4 concepts, 1 predicates, 0 instants)
    """
    header = {
        "format": FORMAT,
        "model": memory.name,
        "recipe": dict(memory.recipe),
        "graph_hash": memory.graph_hash,
        "source": memory.source,
        "seed": memory.seed,
        "history": list(memory.history),
    }
    save_arrays(path, header, {**named_leaves(memory.model), VOCABULARY: as_bytes(memory.vocabulary.to_json())})


def load_tensor_memory(path: str | Path) -> TensorMemory:
    """What ``save_tensor_memory`` wrote; BrainFileError for a missing, damaged or foreign file.

    >>> load_tensor_memory("no/such.tensor.safetensors")
    Traceback (most recent call last):
    tensorbrain.errors.BrainFileError: there is no brain no/such.tensor.safetensors: give ...
    """
    header, arrays = load_arrays(Path(path), path, format=FORMAT)
    if "model" not in header:
        raise BrainFileError(f"{path} holds a brain, not a tensor model: `tensorbrain train --model` writes those")
    try:
        words = Vocabulary.from_json(from_bytes(arrays[VOCABULARY]))
        counts = (len(words.concepts), len(words.predicates), len(words.instants))
        rank = int(header["recipe"]["rank"])
        skeleton = eqx.filter_eval_shape(
            partial(create_model, header["model"], counts, rank=rank), key=jax.random.key(0)
        )
        return TensorMemory(
            name=str(header["model"]),
            model=filled(skeleton, arrays),
            vocabulary=words,
            recipe=dict(header["recipe"]),
            graph_hash=str(header["graph_hash"]),
            source=str(header["source"]),
            seed=int(header["seed"]),
            history=tuple(dict(epoch) for epoch in header["history"]),
        )
    except Exception as error:  # a crafted file can make any part of it fail
        raise damaged(path, str(error)) from error


def is_tensor_memory(path: str | Path) -> bool:
    """Whether a file says that it holds a tensor model; False for whatever cannot be read.

    >>> is_tensor_memory("no/such/file")
    False
    """
    try:
        if not Path(path).is_file():  # to open a pipe would wait for somebody to write
            return False
        with safetensors.safe_open(path, framework="numpy") as file:
            return "model" in json.loads((file.metadata() or {}).get("tensorbrain", "{}"))
    except (OSError, RecursionError, TypeError, ValueError, safetensors.SafetensorError):
        return False
