"""What differs between two brains, to the last bit, and a brain to which such differences are added again."""

import dataclasses
from collections.abc import Iterable, Mapping
from itertools import takewhile
from typing import Any, NamedTuple

import equinox as eqx
import jax
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import BrainFileError, SettingsError
from tensorbrain.graph.vocabulary import Concept, Vocabulary
from tensorbrain.journal import Record
from tensorbrain.layers import BLOCKS
from tensorbrain.pictures.scenes import LabelGroup

COLUMN_OF = {"concept": "concepts", "predicate": "predicates", "instant": "instants"}
ROWS = "rows "  # before a parameter's name: which of its rows changed

# The parameters with a row for every index. Where words are dropped their rows go too, those behind them move up, and
# where a block grows its new rows are 0: so far this is no change of theirs.
_LAID_OUT = {"index.A": BLOCKS, "index.a0": BLOCKS, "index.in_use": BLOCKS, "p_t": ("instant",)}

# What a brain has beside its parameters, words, settings and history.
_BESIDE = ("graph_hash", "source", "seed", "held_out", "label_groups")


class Difference(NamedTuple):
    """What makes one brain another: plain JSON values, and arrays by the name of their parameter."""

    about: dict[str, Any]
    arrays: dict[str, np.ndarray]


def difference(before: Brain, after: Brain) -> Difference:
    """Every parameter of ``after`` that is not bit for bit that of ``before``, and every word, count or note.

    Of a parameter with few changed rows these alone are kept. Rows that only moved, as others were forgotten, and those
    that were added to a block as its reserve, cost nothing. Raises SettingsError for a brain of other layers or
    settings, and BrainFileError for one that is not finite, as when training diverges.

    >>> from tensorbrain.memory.write import with_row
    >>> from tensorbrain.settings import Settings
    >>> brain = Brain(TensorBrain.create((0, 0, 0), Settings(dim=4, context=4), key=jax.random.key(0)), Vocabulary(),
    ...               Settings(dim=4, context=4))
    >>> model, _ = with_row(brain.model, jax.numpy.ones(4), "concept")
    >>> changed = difference(brain, dataclasses.replace(brain, model=model))
    >>> changed.about, sorted(changed.arrays)
    ({'capacity': [8, 0, 0]}, ['index.A', 'index.in_use', 'rows index.A', 'rows index.in_use'])
    """
    old, new = before.model.index.capacity, after.model.index.capacity
    wider = _with_capacity(before.model, new)
    if before.settings != after.settings or jax.tree.structure(wider) != jax.tree.structure(after.model):
        raise SettingsError("a life keeps the layers and settings that it began with: this brain has others")
    about: dict[str, Any] = {} if old == new else {"capacity": list(new)}
    about |= _words(before.vocabulary, after.vocabulary)
    if any(getattr(before, name) is not getattr(after, name) for name in _BESIDE):
        held = _plain(before)
        about["brain"] = {name: value for name, value in _plain(after).items() if value != held[name]}
    if before.history is not after.history:
        pairs = zip(before.history, after.history, strict=False)
        kept = sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1] or pair[0] == pair[1], pairs))
        about["history"] = [kept, [dict(part) for part in after.history[kept:]]]
    arrays: dict[str, np.ndarray] = {}
    parameters = _named(before.model)
    for name, leaf in _named(after.model).items():
        if leaf is parameters[name] and not (name in _LAID_OUT and "dropped" in about):
            continue
        was = _laid_out(name, np.asarray(parameters[name]), old, new, about.get("dropped", {}))
        now = np.asarray(leaf)
        if now.dtype != was.dtype:
            raise SettingsError(f"{name} of the new brain is {now.dtype}, and was {was.dtype}: leave it so")
        if now.dtype.kind == "f" and not np.isfinite(now).all():
            raise BrainFileError(f"{name} of the new brain is not finite, as when training diverges: not written")
        arrays |= _changed(name, was, now)
    return Difference(about, arrays)


def replayed(brain: Brain, records: Iterable[Record]) -> Brain:
    """The brain with the differences in ``records`` added one after another, each as ``difference`` found it.

    TypeError, KeyError or ValueError where a record tells of something else.
    """
    model, plain, history = brain.model, _plain(brain), list(brain.history)
    words = {column: _rows(brain.vocabulary, column) for column in COLUMN_OF.values()}
    capacity, start = model.index.capacity, _named(model)
    held: dict[str, np.ndarray] = {}

    def array(name: str) -> np.ndarray:
        """The parameter as it stands, in a copy that may be changed."""
        if name not in held:
            held[name] = np.array(start[name])
        return held[name]

    for record in records:
        about, dropped = record.about, record.about.get("dropped", {})
        if "capacity" in about or dropped:
            new = tuple(about.get("capacity", capacity))
            for name in _LAID_OUT:
                held[name] = _laid_out(name, array(name), capacity, new, dropped)
            capacity = new
        for name, values in record.arrays.items():
            if f"{ROWS}{name}" in record.arrays:
                array(name)[record.arrays[f"{ROWS}{name}"]] = values
            elif not name.startswith(ROWS):
                held[name] = np.array(values)
        for column, ids in dropped.items():
            gone = set(ids)
            words[column] = [row for k, row in enumerate(words[column]) if k not in gone]
        for column, rows in about.get("added", {}).items():
            words[column] += [(Concept(iri, label, group), *time) for iri, label, group, *time in rows]
        plain |= about.get("brain", {})
        if "history" in about:
            kept, parts = about["history"]
            history[kept:] = parts
    leaves = [jax.device_put(held[name]) if name in held else leaf for name, leaf in start.items()]
    model = jax.tree.unflatten(jax.tree.structure(_with_capacity(model, capacity)), leaves)
    columns = {column: tuple(row[0] for row in rows) for column, rows in words.items()}
    vocabulary = Vocabulary(**columns, times=tuple(row[1] for row in words["instants"])).checked()
    return dataclasses.replace(brain, model=model, vocabulary=vocabulary, history=tuple(history), **_from_plain(plain))


def _named(model: TensorBrain) -> dict[str, Any]:
    leaves = jax.tree_util.tree_flatten_with_path(model)[0]
    return {jax.tree_util.keystr(way, simple=True, separator="."): leaf for way, leaf in leaves}


def _with_capacity(model: TensorBrain, capacity: tuple[int, int, int]) -> TensorBrain:
    """The model as the tree of one with other rows; its arrays are as they were."""
    return eqx.tree_at(lambda m: m.index, model, dataclasses.replace(model.index, capacity=capacity))


def _laid_out(
    name: str, array: np.ndarray, old: tuple[int, ...], new: tuple[int, ...], dropped: Mapping[str, list[int]]
) -> np.ndarray:
    """A parameter with a row for every index, without the rows of dropped words, in blocks of other sizes."""
    if name not in _LAID_OUT or (old == new and not dropped):
        return array
    parts, start = [], 0
    for block in _LAID_OUT[name]:
        had, has = (sizes[BLOCKS.index(block)] for sizes in (old, new))
        rows = np.delete(array[start : start + had], dropped.get(COLUMN_OF[block], []), axis=0)[:has]
        parts += [rows, np.zeros((has - len(rows), *array.shape[1:]), array.dtype)]
        start += had
    return np.concatenate(parts)


def _changed(name: str, was: np.ndarray, now: np.ndarray) -> dict[str, np.ndarray]:
    """The rows of a parameter that differ in any bit, or all of it where they are many."""
    if was.shape != now.shape:
        return {name: now}
    differs = was.view(np.uint32) != now.view(np.uint32) if now.dtype.itemsize == 4 else was != now
    if not differs.any():
        return {}
    if now.ndim == 0:
        return {name: now}
    rows = np.flatnonzero(differs.any(axis=tuple(range(1, now.ndim))))
    if 2 * len(rows) > len(now):
        return {name: now}
    return {name: now[rows], f"{ROWS}{name}": rows.astype(np.int32)}


def _words(before: Vocabulary, after: Vocabulary) -> dict[str, Any]:
    """By column the ids that were dropped and the words that came behind the others; and which instants are gone."""
    dropped: dict[str, list[int]] = {}
    added: dict[str, list[tuple[Any, ...]]] = {}
    for column in COLUMN_OF.values():
        rows, kept = _rows(after, column), 0
        for k, row in enumerate(_rows(before, column)):
            if kept < len(rows) and rows[kept] == row:
                kept += 1
            else:
                dropped.setdefault(column, []).append(k)
        if kept < len(rows):
            added[column] = [(c.iri, c.label, c.group, *time) for c, *time in rows[kept:]]
    stay = {instant.iri for instant in after.instants} if "instants" in dropped else set()
    gone = [iri for k in dropped.get("instants", []) if (iri := before.instants[k].iri) not in stay]
    told = {"dropped": dropped, "added": added, "gone": gone}
    return {name: value for name, value in told.items() if value}


def _rows(words: Vocabulary, column: str) -> list[tuple[Any, ...]]:
    """The words of a column, with the time of each where it has one."""
    told = getattr(words, column)
    return list(zip(told, words.times, strict=True)) if column == "instants" else [(word,) for word in told]


def _plain(brain: Brain) -> dict[str, Any]:
    """What a brain has beside parameters, words, settings and history, as plain JSON values."""
    return {name: getattr(brain, name) for name in _BESIDE} | {
        "held_out": np.asarray(brain.held_out).tolist(),
        "label_groups": [[group.name, list(group.members)] for group in brain.label_groups],
    }


def _from_plain(plain: dict[str, Any]) -> dict[str, Any]:
    return plain | {
        "held_out": np.asarray(plain["held_out"], np.int32).reshape(-1, 3),
        "label_groups": tuple(LabelGroup(name, tuple(members)) for name, members in plain["label_groups"]),
    }
