"""A sweep: one model taught with many seeds, rates and penalties at once, as one program with an axis more."""

import time
from collections.abc import Sequence
from functools import partial
from itertools import zip_longest
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from tensorbrain.errors import SettingsError
from tensorbrain.factorization import create_model
from tensorbrain.graph.splits import Splits
from tensorbrain.learning.completion import fitting
from tensorbrain.learning.completion_steps import chunk_of_steps, chunk_size, epoch_chunks, optimiser_of
from tensorbrain.learning.grouped import GroupedBatch, both_ways, grouped
from tensorbrain.learning.recipes import Recipe
from tensorbrain.learning.room import check_room, free_bytes
from tensorbrain.tensor_memory import TensorMemory
from tensorbrain.typing import Array, Float, Key


class Member(NamedTuple):
    """What differs from one model of a sweep to the next."""

    seed: int
    learning_rate: float
    penalty: float


@partial(jax.jit, static_argnames=("recipe",), donate_argnums=(0, 1))
def _learn_all(
    params: Any,
    state: optax.OptState,
    frozen: Any,
    batches: GroupedBatch,
    rate: Float[Array, " member"],
    penalty: Float[Array, " member"],
    keys: Key[Array, " member"],
    *,
    recipe: Recipe,
) -> tuple[Any, optax.OptState, Float[Array, " member"]]:
    """`chunk_of_steps` of every member, side by side."""
    step = partial(chunk_of_steps, recipe=recipe)
    return jax.vmap(step, in_axes=(0, 0, None, 0, 0, 0, 0))(params, state, frozen, batches, rate, penalty, keys)


def sweep(name: str, splits: Splits, recipe: Recipe, members: Sequence[Member]) -> list[TensorMemory]:
    """Teach the tensor model called ``name`` once for each member, all together: what `teach_completion` gives for it.

    Each member has its own start, its own order of statements, its rate and its penalty; rank, epochs, batch and all
    else are the ``recipe``'s. What it saves is the overhead of a step, which a processor hardly has: on two cores eight
    took as long as one after the other. SettingsError for no member, for a brain, and for what `complete` refuses.

    >>> from tensorbrain.graph.splits import example_splits
    >>> members = [Member(seed, 0.1, penalty) for seed in (0, 1) for penalty in (0.01, 0.1)]
    >>> taught = sweep("complex", example_splits(), Recipe(rank=4, epochs=3), members)
    >>> [memory.recipe["penalty"] for memory in taught]
    [0.01, 0.1, 0.01, 0.1]
    """
    if not members:
        raise SettingsError("a sweep of no member teaches nothing: give one or more.")
    if recipe.optimiser != "adagrad":
        raise SettingsError("a sweep is for tensor models, which step by Adagrad: teach brains one after the other.")
    models = [create_model(name, splits.counts, rank=recipe.rank, key=jax.random.key(m.seed)) for m in members]
    recipe = fitting(models[0], splits.train, recipe).with_(penalty=max(m.penalty for m in members))
    check_room(models[0], recipe, free=free_bytes(), copies=len(members))
    params, frozen = eqx.partition(jax.tree.map(lambda *leaves: jnp.stack(leaves), *models), eqx.is_inexact_array)
    state = jax.vmap(optimiser_of(recipe).init)(params)
    randoms = [np.random.default_rng(m.seed) for m in members]
    keys = [jax.random.key(m.seed) for m in members]
    rates, penalties = (
        jnp.asarray([getattr(m, of) for m in members], jnp.float32) for of in ("learning_rate", "penalty")
    )
    told = grouped(both_ways(splits.train, splits.counts[1]), recipe.batch)
    size = chunk_size(told)
    history: list[list[dict[str, Any]]] = [[] for _ in members]
    started = time.perf_counter()
    for epoch in range(recipe.epochs):
        summed = np.zeros(len(members))
        each = [epoch_chunks(told, recipe, splits.counts[0], size=size, random=random) for random in randoms]
        for chunks in zip_longest(*each):
            batches = _side_by_side([chunk and chunk[0] for chunk in chunks])
            parts = [jax.random.split(key) for key in keys]
            keys = [part[0] for part in parts]
            own = jnp.stack([part[1] for part in parts])
            params, state, loss = _learn_all(params, state, frozen, batches, rates, penalties, own, recipe=recipe)
            summed += np.asarray(loss)
        for records, loss in zip(history, summed / len(told.rows), strict=True):
            seconds = round(time.perf_counter() - started, 3)
            records.append({"epoch": epoch + 1, "loss": round(float(loss), 5), "seconds": seconds})
    graph = splits.graph
    return [
        TensorMemory(
            name=name,
            model=jax.tree.map(lambda leaf, k=k: leaf[k], eqx.combine(params, frozen)),
            vocabulary=graph.vocabulary,
            recipe=recipe.with_(learning_rate=member.learning_rate, penalty=member.penalty).to_json(),
            graph_hash=graph.content_hash(),
            source=graph.source,
            seed=member.seed,
            history=tuple(history[k]),
        )
        for k, member in enumerate(members)
    ]


def _side_by_side(chunks: Sequence[GroupedBatch | None]) -> GroupedBatch:
    """The chunks of all members, stacked; one whose epoch is over repeats another's with weight 0."""
    some = next(chunk for chunk in chunks if chunk is not None)
    nothing = some._replace(weight=np.zeros_like(some.weight))
    return jax.tree.map(lambda *leaves: np.stack(leaves), *(chunk or nothing for chunk in chunks))
