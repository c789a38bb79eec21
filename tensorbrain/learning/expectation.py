"""Expectation-maximisation of the non-negative Tucker model on the statements of a split: whole steps, no rate."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from tqdm.auto import tqdm

from tensorbrain.errors import SettingsError
from tensorbrain.factorization.nonnegative_tucker import FLOOR, NonnegativeTucker, normalised, weights_of
from tensorbrain.factorization.probable import ProbableTucker
from tensorbrain.learning.recipes import Recipe
from tensorbrain.stopping import stop_on_ctrl_c
from tensorbrain.typing import Array, Float, Int, Int32

WITHOUT = {
    "predicates": 0.0, "instants": 0.0, "smooth": 0.0, "dropout": 0.0, "weight_decay": 0.0, "candidates": 0,
    "learning_rate": 1.0, "optimiser": "adagrad",
}  # fmt: skip
"""What of a recipe says nothing here, and what it must be left at."""


@jax.jit
def expected(
    model: NonnegativeTucker, rows: Int[Array, "part row 4"], weight: Float[Array, "part row"]
) -> tuple[NonnegativeTucker, Float[Array, ""]]:
    """How often each latent class is expected to stand behind the rows, and the sum of weight log P(row), in nats.

    theta d log P / d theta of every parameter, summed a part at a time, so that memory grows with a part alone. The
    model is to be a `normalised` one.

    >>> model = NonnegativeTucker.create((5, 3, 4), (2, 2, 2), key=jax.random.key(0))
    >>> counts, _ = expected(model, jnp.array([[[0, 1, 2, 3], [2, 0, 2, 3]]]), jnp.ones((1, 2)))
    >>> [round(float(count.sum()), 3) for count in (counts.entities, counts.predicates, counts.core)]
    [4.0, 2.0, 2.0]
    """

    def log_likelihood(model: NonnegativeTucker, rows: Array, weight: Array) -> Array:
        return (weight * jnp.log(jnp.maximum(weights_of(model, rows), FLOOR))).sum()

    def add(so_far: tuple[Float[Array, ""], NonnegativeTucker], part: tuple[Array, Array]):
        of_part = jax.value_and_grad(log_likelihood)(model, *part)
        return jax.tree.map(jnp.add, so_far, of_part), None

    nothing = (jnp.zeros(()), jax.tree.map(jnp.zeros_like, model))
    (log_p, gradient), _ = jax.lax.scan(add, nothing, (rows, weight))
    return jax.tree.map(jnp.multiply, model, gradient), log_p


@partial(jax.jit, donate_argnums=(0,))
def maximised(counts: NonnegativeTucker, told: Float[Array, ""]) -> NonnegativeTucker:
    """The model of greatest posterior given the expected ``counts``, each thing told ``told`` times more in each class.

    >>> ones = NonnegativeTucker(*(jnp.ones(shape) for shape in ((5, 2), (3, 1), (4, 1), (2, 1, 2, 1))))
    >>> maximised(ones, jnp.array(0.5)).core[0, 0, 0]
    Array([0.25], dtype=float32)
    """
    # The core is left as it is: most classes never meet, and need not.
    return normalised(jax.tree.map(lambda count: count + told if count.ndim == 2 else count, counts))


def complete_by_expectation(
    model: ProbableTucker,
    rows: Int32[np.ndarray, "row 4"],
    recipe: Recipe,
    *,
    progress: bool = False,
    report: Callable[[dict[str, Any]], bool | None] | None = None,
) -> tuple[ProbableTucker, list[dict[str, Any]]]:
    """Teach a model the ``rows`` (s, p, o, t): the model, and loss and seconds of every epoch, which is one step of EM.

    The loss is -log P(s, p, o, t), the mean in nats. Of the recipe count ``rank``, ``epochs``, ``batch``, the rows that
    are in memory at once, and ``penalty``, how often each thing is thought to have been told before in each of its
    latent classes. Ctrl-C and ``report`` are as in `learning.completion.complete`. SettingsError where nothing is to be
    learned, for rows of the other kind, and where the recipe asks for what this has no use for.

    >>> model = ProbableTucker.create((5, 3, 0), rank=2, key=jax.random.key(0))
    >>> rows = np.array([[0, 1, 2, -1], [3, 1, 4, -1]], np.int32)
    >>> _, history = complete_by_expectation(model, rows, Recipe(rank=2, epochs=9, penalty=0.0, learning_rate=1.0))
    >>> history[-1]["loss"] < history[0]["loss"]
    True
    """
    if not len(rows):
        raise SettingsError("nothing is left to learn: there is no training statement.")
    if (rows[:, 3] >= 0).any() != model.temporal:
        raise SettingsError("these statements and this model differ in whether there is a time: make one for them.")
    for name, value in WITHOUT.items():
        if getattr(recipe, name) != value:
            raise SettingsError(
                f"{name} {getattr(recipe, name)} means nothing to the non-negative Tucker model, which learns whole "
                f"statements in whole steps: leave it at {value}."
            )
    parts, weight = _parts(np.maximum(rows, 0), recipe.batch)
    joint, told = normalised(model.joint), jnp.asarray(recipe.penalty, jnp.float32)
    history: list[dict[str, Any]] = []
    started = time.perf_counter()
    with stop_on_ctrl_c() as stopped, tqdm(total=recipe.epochs, unit="epoch", disable=not progress) as bar:
        for epoch in range(1, recipe.epochs + 1):
            counts, log_p = expected(joint, parts, weight)
            joint, loss = maximised(counts, told), -float(log_p) / len(rows)
            elapsed = round(time.perf_counter() - started, 3)
            history.append({"epoch": epoch, "loss": round(loss, 5), "seconds": elapsed})
            bar.update()
            bar.set_postfix(loss=f"{loss:.3f}")
            if report is not None and report({**history[-1], "done": epoch / recipe.epochs}):
                stopped.set()
            if stopped.is_set():
                break
    return ProbableTucker(joint, model.temporal), history


def _parts(rows: np.ndarray, batch: int) -> tuple[Int[Array, "part row 4"], Float[Array, "part row"]]:
    """The rows in equal parts of at most ``batch``, and their weights: 0 for what fills up the last part."""
    count = -(-len(rows) // batch)
    size = -(-len(rows) // count)
    padded = np.concatenate([rows, np.repeat(rows[:1], count * size - len(rows), axis=0)])
    weight = (np.arange(len(padded)) < len(rows)).astype(np.float32)
    return jnp.asarray(padded.reshape(count, size, 4)), jnp.asarray(weight.reshape(count, size))
