"""Embeddings to and from other programs: NumPy arrays, and tables that name their rows as PyKEEN does."""

from dataclasses import fields
from pathlib import Path

import equinox as eqx
import jax
import numpy as np

from tensorbrain.array_file import filled, not_finite, resolved
from tensorbrain.brain import Brain
from tensorbrain.errors import BrainFileError, SettingsError
from tensorbrain.factorization import MODELS, create_model
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.layers import BLOCKS
from tensorbrain.named_rows import as_npy, as_table, load_npy, names_of, read_table, rows_for, write_folder
from tensorbrain.tensor_memory import TensorMemory

EXCHANGED = ("cp", "distmult", "complex", "rescal", "tucker")
"""The tensor models that PyKEEN has by the same formula, TuckER without PyKEEN's batch normalisation."""

TABLES = {"concept": "entity_to_id.tsv", "predicate": "relation_to_id.tsv", "instant": "instant_to_id.tsv"}
RECIPROCAL = "reciprocal_predicates"  # lie behind the predicates in a model, and in an array of their own outside
ARRAYS = ("concepts", "subjects", "objects", "predicates", RECIPROCAL, "core", "instants")
# The embedding of a predicate read backwards, in models where it follows from that of the predicate.
BACKWARDS = {"distmult": lambda b: b, "complex": np.conj, "rescal": lambda R: R.swapaxes(1, 2)}


def write_embeddings(taught: TensorMemory | Brain, folder: str | Path, *, replace: bool = False) -> list[str]:
    """Write the arrays of a tensor model, or of a brain's concept index, to a new ``folder``; the names of the files.

    One ``.npy`` for each array: of a model those of its fields, such as ``concepts`` (concept, rank), float32, for
    ComplEx complex64, with the reciprocal predicates apart; of a brain the rows of A, as ``concepts``, ``predicates``
    and ``instants`` (row, dim). Row k is what ``entity_to_id.tsv`` or ``relation_to_id.tsv`` names k: by its label, or
    by its IRI where others share the label. The folder appears whole or not at all; with ``replace``, one that holds
    such files alone gives way. Raises SettingsError for a model that is not one of EXCHANGED, and BrainFileError where
    the folder exists or cannot be written, or a number is not finite.

    >>> import tempfile
    >>> from tensorbrain.graph.splits import example_splits
    >>> words = example_splits().graph.vocabulary
    >>> model = create_model("distmult", (4, 1, 0), rank=2, key=jax.random.key(0))
    >>> with tempfile.TemporaryDirectory() as place:
    ...     write_embeddings(TensorMemory("distmult", model, words, {"rank": 2}), f"{place}/town")
    ['concepts.npy', 'entity_to_id.tsv', 'predicates.npy', 'reciprocal_predicates.npy', 'relation_to_id.tsv']
    """
    brain = isinstance(taught, Brain)
    arrays = _of_brain(taught) if brain else _of_model(taught)
    if wrong := not_finite(arrays):
        raise BrainFileError(f"{wrong} for {folder} is not finite, as when training diverges: not written")
    files = {f"{name}.npy": as_npy(array) for name, array in arrays.items()}
    blocks = BLOCKS if brain else BLOCKS[:2]
    files |= {TABLES[block]: as_table(names_of(taught.vocabulary.slot(block))) for block in blocks}
    write_folder(folder, files, replace=replace, known={*(f"{name}.npy" for name in ARRAYS), *TABLES.values()})
    return sorted(files)


def read_embeddings(name: str, folder: str | Path, graph: KnowledgeGraph) -> TensorMemory:
    """The model called ``name`` for the words of ``graph``, from a ``folder`` as `write_embeddings` writes it.

    Rows are found by their names, in whatever order they are; names that the graph does not have are passed over. A
    table may be packed (``.tsv.gz``), as in a folder of PyKEEN's triples. Where there are no reciprocal predicates,
    those of DistMult, ComplEx and RESCAL are the predicates read backwards. Raises SettingsError for a model that is
    not one of EXCHANGED, BrainFileError for a file that is missing, damaged or pickled, and for names, shapes and
    numbers that misfit.

    >>> from tensorbrain.graph.splits import example_splits
    >>> read_embeddings("distmult", "no/such/folder", example_splits().graph)
    Traceback (most recent call last):
    tensorbrain.errors.BrainFileError: there is no folder no/such/folder: give one that holds arrays and their names
    """
    _check(name)
    place, words = resolved(folder), graph.vocabulary
    if not place.is_dir():
        raise BrainFileError(f"there is no folder {folder}: give one that holds arrays and their names")
    tables = {block: read_table(place, TABLES[block]) for block in BLOCKS[:2]}
    rows = {block: rows_for(words.slot(block), table, place / TABLES[block]) for block, table in tables.items()}
    counts = (len(words.concepts), len(words.predicates), 0)
    kind, key = "c" if name == "complex" else "f", jax.random.key(0)
    shapes = eqx.filter_eval_shape(create_model, name, counts, rank=2, key=key)

    def array(field: str, axes: int) -> np.ndarray:
        """The array of a field, its rows in the order of the words."""
        found = load_npy(place / f"{field}.npy", kind, axes)
        if field == "core":
            return found
        block = "predicate" if "predicates" in field else "concept"
        if len(found) != len(tables[block]):
            raise BrainFileError(
                f"{place / field}.npy has {len(found)} rows, and {TABLES[block]} names {len(tables[block])}: give both "
                "from one model"
            )
        return found[rows[block]]

    arrays = {field.name: array(field.name, getattr(shapes, field.name).ndim) for field in fields(MODELS[name])}
    predicates = arrays["predicates"]
    if (place / f"{RECIPROCAL}.npy").exists():
        backwards = array(RECIPROCAL, predicates.ndim)
    elif name in BACKWARDS:
        backwards = BACKWARDS[name](predicates)
    else:
        raise BrainFileError(f"{folder} has no {RECIPROCAL}.npy, without which {name} knows no subjects: put it there")
    if backwards.shape != predicates.shape:
        raise BrainFileError(f"{place / RECIPROCAL}.npy has other shapes than predicates.npy: give both from one model")
    arrays["predicates"] = np.concatenate([predicates, backwards])
    rank = next(iter(arrays.values())).shape[1]
    if kind == "c":
        arrays = {field: np.concatenate([np.real(a), np.imag(a)], axis=1) for field, a in arrays.items()}
    try:
        model = filled(eqx.filter_eval_shape(create_model, name, counts, rank=rank, key=key), arrays)
    except ValueError as error:
        raise BrainFileError(f"{folder} holds no {name} of rank {rank} ({error}): give arrays of that model") from error
    return TensorMemory(name, model, words, {"rank": rank}, graph_hash=graph.content_hash(), source=graph.source)


def _of_model(memory: TensorMemory) -> dict[str, np.ndarray]:
    """The arrays of a tensor model by their names outside."""
    _check(memory.name)
    arrays = {field.name: np.asarray(getattr(memory.model, field.name)) for field in fields(MODELS[memory.name])}
    if memory.name == "complex":
        pairs = {name: np.stack(np.split(a, 2, axis=1), axis=-1) for name, a in arrays.items()}
        arrays = {name: pair.view(np.complex64)[..., 0] for name, pair in pairs.items()}
    arrays["predicates"], arrays[RECIPROCAL] = np.split(arrays["predicates"], 2)
    return arrays


def _of_brain(brain: Brain) -> dict[str, np.ndarray]:
    """The rows of A that are in use, by blocks."""
    index, words = brain.model.index, brain.vocabulary
    return {f"{block}s": np.asarray(index.A[index.block(block)])[: len(words.slot(block))] for block in BLOCKS}


def _check(name: str) -> None:
    if name not in EXCHANGED:
        known = ", ".join(EXCHANGED)
        raise SettingsError(f"the model {name!r} has no counterpart elsewhere to exchange with: choose one of {known}.")
