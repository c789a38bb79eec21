"""The rows of a model that belong to concepts: taken a few at a time, or spread over several devices."""

from typing import Any, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from tensorbrain.layers import ConceptIndex
from tensorbrain.modes.completing import SerialDecoder
from tensorbrain.numerics.sharding import AXIS, divided
from tensorbrain.typing import Array, Int

TABLES = ("concepts", "subjects", "objects")
"""The fields of a tensor model that have a row for each concept; of a brain it is the concept index."""

ARRAYS = ("A", "a0", "in_use")
"""The arrays of a concept index that have a row for each concept, predicate and instant."""

Tree = TypeVar("Tree")
"""A model, or what is shaped like one: its parameters, their moments; a leaf may stand empty."""


def taken(tree: Tree, ids: Int[Array, " few"]) -> Tree:
    """The same model of the concepts ``ids`` alone, renumbered by their place: the papers' post-selection.

    >>> from tensorbrain.factorization import create_model
    >>> model = create_model("complex", (5, 3, 0), rank=4, key=jax.random.key(0))
    >>> taken(model, jnp.array([4, 1])).keys("o").shape
    (2, 8)
    """
    if not isinstance(tree, SerialDecoder):
        return eqx.tree_at(_tables, tree, [_rows(a, ids) for a in _tables(tree)], is_leaf=_empty)
    index = tree.brain.index
    rows = _index_rows(index, ids)
    few = _index(index, [_rows(getattr(index, name), rows) for name in ARRAYS], (len(ids), *index.capacity[1:]))
    return eqx.tree_at(lambda decoder: decoder.brain.index, tree, few)  # pyright: ignore[reportReturnType]


def returned(tree: Tree, few: Tree, ids: Int[Array, " few"]) -> Tree:
    """The model ``tree`` once what was `taken` from it has become ``few``: its rows, and all that is no concept's.

    >>> from tensorbrain.factorization import create_model
    >>> model = create_model("complex", (5, 3, 0), rank=4, key=jax.random.key(0))
    >>> few = jax.tree.map(jnp.zeros_like, taken(model, jnp.array([4, 1])))
    >>> returned(model, few, jnp.array([4, 1])).concepts.any(axis=1).tolist()
    [True, False, True, True, False]
    """
    if not isinstance(tree, SerialDecoder):
        tables = [_put(a, ids, b) for a, b in zip(_tables(tree), _tables(few), strict=True)]
        return eqx.tree_at(_tables, few, tables, is_leaf=_empty)
    whole, part = tree.brain.index, few.brain.index  # pyright: ignore[reportAttributeAccessIssue]
    rows = _index_rows(whole, ids)
    index = _index(whole, [_put(getattr(whole, name), rows, getattr(part, name)) for name in ARRAYS], whole.capacity)
    return eqx.tree_at(lambda decoder: decoder.brain.index, few, index)


def spread(tree: Tree, mesh: Mesh) -> Tree:
    """The model with the rows of its concepts shared out among the devices of a `concept_mesh`, and the rest on each.

    Every function of the model then runs as it is: JAX splits each product and sends what has to be summed.
    SettingsError where the devices do not divide the rows.

    >>> from tensorbrain.factorization import create_model
    >>> from tensorbrain.numerics.sharding import concept_mesh
    >>> model = spread(create_model("complex", (5, 3, 0), rank=4, key=jax.random.key(0)), concept_mesh(1))
    >>> model.concepts.sharding.spec
    P('concept', None)
    """
    tables = {id(table) for table in _tables(tree)}

    def place(leaf: Any) -> Any:
        if not eqx.is_array(leaf):
            return leaf
        if id(leaf) not in tables:
            return jax.device_put(leaf, NamedSharding(mesh, PartitionSpec()))
        divided(len(leaf), mesh.size, "rows of concepts")
        return jax.device_put(leaf, NamedSharding(mesh, PartitionSpec(AXIS, *[None] * (leaf.ndim - 1))))

    return jax.tree.map(place, tree)


def _empty(leaf: Any) -> bool:
    """Whether a place holds nothing: a parameter that does not learn, or another optimiser's."""
    return leaf is None or isinstance(leaf, optax.MaskedNode)


def _tables(tree: Any) -> list[Any]:
    if isinstance(tree, SerialDecoder):
        return [tree.brain.index.A]
    return [getattr(tree, name) for name in TABLES if hasattr(tree, name)]


def _index(like: ConceptIndex, arrays: list[Any], capacity: tuple[int, int, int]) -> ConceptIndex:
    """An index of other arrays, some of which may be empty places, as those of parameters and moments are."""
    one = jnp.zeros(1)
    shape = jax.tree.structure(ConceptIndex(one[:, None], one, one > 0, capacity, like.scoring))
    return jax.tree.unflatten(shape, arrays)


def _index_rows(index: ConceptIndex, ids: Int[Array, " few"]) -> Int[Array, " row"]:
    """The rows of the given concepts, and behind them those of all predicates and instants."""
    others = jnp.arange(index.capacity[0], sum(index.capacity), dtype=ids.dtype)
    return jnp.concatenate([ids, others])


def _rows(array: Any, rows: Int[Array, " row"]) -> Any:
    return array[rows] if eqx.is_array(array) else array


def _put(array: Any, rows: Int[Array, " row"], values: Any) -> Any:
    return array.at[rows].set(values, unique_indices=True) if eqx.is_array(array) else array
