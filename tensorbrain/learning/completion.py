"""The training of tensor models and of brains that complete statements: epochs that report and can be stopped."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh
from tqdm.auto import tqdm

from tensorbrain.errors import SettingsError
from tensorbrain.factorization.protocol import Dual, Probable, TensorModel
from tensorbrain.learning.completion_steps import chunk_of_steps, chunk_size, epoch_chunks, optimiser_of
from tensorbrain.learning.concept_rows import spread
from tensorbrain.learning.grouped import both_ways, grouped
from tensorbrain.learning.recipes import Recipe
from tensorbrain.learning.room import check_room, free_bytes
from tensorbrain.learning.schooling import learning_rate
from tensorbrain.numerics.finite import a_number
from tensorbrain.stopping import stop_on_ctrl_c
from tensorbrain.typing import Int32

_learn_chunk = partial(jax.jit, static_argnames=("recipe",), donate_argnums=(0, 1))(chunk_of_steps)


def complete(
    model: TensorModel,
    rows: Int32[np.ndarray, "row 4"],
    recipe: Recipe,
    *,
    seed: int = 0,
    trainable: Any = True,
    mesh: Mesh | None = None,
    progress: bool = False,
    report: Callable[[dict[str, Any]], bool | None] | None = None,
) -> tuple[TensorModel, list[dict[str, Any]]]:
    """Teach a model the ``rows`` (s, p, o, t): the model, and loss and seconds of every epoch.

    Each row is learned both ways. Ctrl-C ends the training after the current chunk of batches, and so does a
    ``report`` that returns True: it is called after every chunk with ``epoch`` (passes so far), ``loss`` (nats a
    statement), ``seconds`` and ``done``. ``trainable`` is a tree of booleans like the model, or True for all of it. On
    a ``mesh`` (`numerics.sharding.concept_mesh`) the rows of concepts are shared out, and come back so.
    SettingsError where nothing is to be learned, where a model without time is given quadruples or one with time
    triples, where there is not the memory, where a mesh does not divide the concepts, and where the loss is no longer
    a number.

    >>> from tensorbrain.factorization import create_model
    >>> model = create_model("complex", (5, 3, 0), rank=4, key=jax.random.key(0))
    >>> rows = np.array([[0, 1, 2, -1], [3, 1, 4, -1]], np.int32)
    >>> _, history = complete(model, rows, Recipe(rank=4, epochs=20))
    >>> history[-1]["loss"] < history[0]["loss"]
    True
    """
    recipe = fitting(model, rows, recipe)
    concepts = len(model.keys("o"))
    check_room(model, recipe, free=free_bytes(), devices=1 if mesh is None else mesh.size)
    if mesh is not None:
        model = spread(model, mesh)
    params, frozen = eqx.partition(model, trainable if trainable is not True else eqx.is_inexact_array)
    params = jax.tree.map(jnp.copy, params)  # the chunk takes its arguments' memory: the given model keeps its own
    state = optimiser_of(recipe).init(params)
    random, key = np.random.default_rng(seed), jax.random.key(seed)
    told = grouped(both_ways(rows, len(model.keys("p")) // 2), recipe.batch)
    size = chunk_size(told)
    history: list[dict[str, Any]] = []
    started = time.perf_counter()
    with stop_on_ctrl_c() as stopped, tqdm(total=recipe.epochs, unit="epoch", disable=not progress) as bar:
        for epoch in range(recipe.epochs):
            summed, seen = 0.0, 0.0
            for chunk, weight in epoch_chunks(told, recipe, concepts, size=size, random=random):
                rate = recipe.learning_rate
                if recipe.optimiser == "muon":  # Adagrad slows down by itself
                    rate = learning_rate(rate, (epoch + seen / len(told.rows)) / recipe.epochs)
                key, own = jax.random.split(key)
                now = jnp.asarray(rate, jnp.float32), jnp.asarray(recipe.penalty, jnp.float32)
                params, state, loss = _learn_chunk(params, state, frozen, chunk, *now, own, recipe=recipe)
                summed, seen = summed + a_number(float(loss), f"epoch {epoch + 1}"), seen + weight
                elapsed, passes = time.perf_counter() - started, epoch + seen / len(told.rows)
                news = {"epoch": passes, "loss": summed / seen, "seconds": elapsed, "done": passes / recipe.epochs}
                if report is not None and report(news):
                    stopped.set()
                if stopped.is_set():
                    break
            history.append(
                {
                    "epoch": epoch + 1,
                    "loss": round(summed / seen, 5),
                    "seconds": round(time.perf_counter() - started, 3),
                }
            )
            bar.update()
            bar.set_postfix(loss=f"{summed / seen:.3f}")
            if stopped.is_set():
                break
    return eqx.combine(params, frozen), history


def fitting(model: TensorModel, rows: Int32[np.ndarray, "row 4"], recipe: Recipe) -> Recipe:
    """The recipe without what the model has not; SettingsError for rows that do not fit the model, or none.

    >>> from tensorbrain.factorization import create_model
    >>> model = create_model("complex", (5, 3, 0), rank=4, key=jax.random.key(0))
    >>> fitting(model, np.array([[0, 1, 2, -1]], np.int32), Recipe(rank=4, smooth=1.0)).smooth
    0.0
    """
    if not len(rows):
        raise SettingsError("nothing is left to learn: there is no training statement.")
    if isinstance(model, Probable):
        raise SettingsError("this model is fitted by expectation-maximisation: call teach_completion.")
    if (rows[:, 3] >= 0).any() and not model.temporal:
        raise SettingsError(
            "these statements have a time, and this model knows none: choose tcomplex, tntcomplex, cont, "
            "nonnegative-tucker or brain."
        )
    if (rows[:, 3] < 0).all() and model.temporal:
        raise SettingsError(
            "these statements have no time, and this model needs one: choose cp, distmult, complex, rescal, tucker, "
            "nonnegative-tucker or brain."
        )
    if recipe.regulariser == "dura" and not isinstance(model, Dual):
        raise SettingsError(
            "this model is held small in one way alone: leave the regulariser out, or choose complex, tcomplex or "
            "tntcomplex."
        )
    if not model.temporal:
        recipe = recipe.with_(instants=0.0, smooth=0.0)
    return recipe
