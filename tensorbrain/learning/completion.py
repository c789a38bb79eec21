"""The training of tensor models: maximum likelihood of every slot, all candidates weighed by one product."""

import time
from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.sharding import Mesh
from tqdm.auto import tqdm

from tensorbrain.errors import SettingsError
from tensorbrain.factorization.protocol import TensorModel
from tensorbrain.learning.concept_rows import returned, spread, taken
from tensorbrain.learning.grouped import GroupedBatch, among, both_ways, grouped_batches, sizes_for
from tensorbrain.learning.recipes import Recipe
from tensorbrain.learning.room import check_room, free_bytes
from tensorbrain.learning.schooling import descend, learning_rate, optimiser, stop_on_ctrl_c
from tensorbrain.typing import Array, Float, Int32, PRNGKeyArray

CHUNK = 16  # batches in one compiled scan: long enough to hide dispatch, short enough to stop within a moment


def completion_loss(
    model: TensorModel, batch: GroupedBatch, recipe: Recipe, *, key: PRNGKeyArray | None = None
) -> Float[Array, ""]:
    """The mean over answers of -log P(o | s, p, t), plus the recipe's other terms.

    log P = theta - log sum exp theta over all candidates. What is summed over a query's answers needs its sum of
    exponentials once. Where the batch has a group, Z is estimated by its concepts, without bias (log Z is then too
    small on average, by half the relative variance of that estimate). With a ``key`` the recipe's dropout is on.
    Source: Lacroix et al. (2018); Chen et al. (2021); Bengio and Senecal (2008), sampled softmax.

    >>> from tensorbrain.factorization import create_model
    >>> model = create_model("complex", (5, 3, 0), rank=4, key=jax.random.key(0))
    >>> rows = np.array([[0, 1, 2, -1], [0, 1, 3, -1]], np.int32)
    >>> batch = jax.tree.map(jnp.asarray, next(grouped_batches(rows, batch=1, random=np.random.default_rng(0))))
    >>> completion_loss(model, batch, Recipe(rank=4)).shape
    ()
    """
    asked, rows, at, weights = map(jnp.asarray, batch[:4])
    queries = _dropped(model.query(asked, "o"), recipe.dropout, key)
    keys = model.keys("o")
    scores = queries @ keys.T
    if batch.group is not None:
        scores = scores + batch.group.log_weight[None]
    log_z = jax.nn.logsumexp(scores, axis=1)
    theta = (queries[at] * keys[rows[:, 2]]).sum(axis=1)
    loss = log_z[at] - theta
    for weight, slot in ((recipe.predicates, "p"), (recipe.instants, "t")):
        if weight:
            log_p = jax.nn.log_softmax(model.query(rows, slot) @ model.keys(slot).T)
            loss = loss - weight * jnp.take_along_axis(log_p, rows[:, "spot".index(slot), None], axis=1)[:, 0]
    if recipe.penalty:
        loss = loss + recipe.penalty * model.penalty(rows)
    loss = (weights * loss).sum() / jnp.maximum(weights.sum(), 1.0)
    if recipe.smooth:
        steps = jnp.diff(model.instants, axis=0)  # pyright: ignore[reportAttributeAccessIssue]
        loss = loss + recipe.smooth * (jnp.abs(steps) ** 3).sum(axis=1).mean()
    return loss


def _dropped(
    queries: Float[Array, "query width"], share: float, key: PRNGKeyArray | None
) -> Float[Array, "query width"]:
    if not share or key is None:
        return queries
    return jnp.where(jax.random.bernoulli(key, 1 - share, queries.shape), queries / (1 - share), 0.0)


def _optimiser(recipe: Recipe) -> optax.GradientTransformation:
    if recipe.optimiser == "adagrad":
        return optax.scale_by_rss(initial_accumulator_value=0.0, eps=1e-10)
    return optimiser(recipe.weight_decay, maps=("V", "B", "W"))


def _few(tree: Any, batch: GroupedBatch, model: Any) -> Any:
    """The parameters, or their moments, of the concepts that a batch weighs: what it does not weigh does not move."""
    if batch.group is None:
        return tree
    is_model = lambda part: isinstance(part, type(model))  # noqa: E731
    ids = jnp.asarray(batch.group.ids)
    return jax.tree.map(lambda part: taken(part, ids) if is_model(part) else part, tree, is_leaf=is_model)


def _whole(tree: Any, few: Any, batch: GroupedBatch, model: Any) -> Any:
    """The tree once what was taken from it has moved: `_few` the other way round."""
    if batch.group is None:
        return few
    is_model = lambda part: isinstance(part, type(model))  # noqa: E731
    ids = jnp.asarray(batch.group.ids)
    return jax.tree.map(
        lambda part, own: returned(part, own, ids) if is_model(part) else own, tree, few, is_leaf=is_model
    )


@partial(jax.jit, static_argnames=("recipe",), donate_argnums=(0, 1))
def _learn_chunk(
    params: Any,
    state: optax.OptState,
    frozen: Any,
    batches: GroupedBatch,
    rate: Float[Array, ""],
    key: PRNGKeyArray,
    *,
    recipe: Recipe,
) -> tuple[Any, optax.OptState, Float[Array, ""]]:
    """One optimiser step a batch; the summed loss comes back. A batch of weight 0 moves nothing."""
    steps = _optimiser(recipe)

    def step(carry, batch):
        params, state, key = carry
        key, own = jax.random.split(key)
        few, few_state, few_frozen = (_few(tree, batch, params) for tree in (params, state, frozen))
        value, gradient = jax.value_and_grad(
            lambda few: completion_loss(eqx.combine(few, few_frozen), batch, recipe, key=own)
        )(few)
        total = batch.weight.sum()
        few, few_state = descend(steps, few, gradient, few_state, jnp.where(total > 0, rate, 0.0))
        return (_whole(params, few, batch, params), _whole(state, few_state, batch, params), key), value * total

    (params, state, _), losses = jax.lax.scan(step, (params, state, key), batches)
    return params, state, losses.sum()


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
    if not len(rows):
        raise SettingsError("nothing is left to learn: there is no training statement.")
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
    if recipe.instants and not model.temporal:
        recipe = recipe.with_(instants=0.0, smooth=0.0)
    concepts = len(model.keys("o"))
    check_room(model, recipe, free=free_bytes(), devices=1 if mesh is None else mesh.size)
    if mesh is not None:
        model = spread(model, mesh)
    params, frozen = eqx.partition(model, trainable if trainable is not True else eqx.is_inexact_array)
    params = jax.tree.map(jnp.copy, params)  # the chunk takes its arguments' memory: the given model keeps its own
    state = _optimiser(recipe).init(params)
    random, key = np.random.default_rng(seed), jax.random.key(seed)
    told = both_ways(rows, len(model.keys("p")) // 2)
    steps = len(np.unique(told[:, [0, 1, 3]], axis=0)) / sizes_for(told, recipe.batch)[0]
    size = int(np.ceil(steps / np.ceil(steps / CHUNK)))  # the epoch in equal chunks, so that hardly a batch is padding
    history: list[dict[str, Any]] = []
    started = time.perf_counter()
    with stop_on_ctrl_c() as stopped, tqdm(total=recipe.epochs, unit="epoch", disable=not progress) as bar:
        for epoch in range(recipe.epochs):
            batches, summed, seen = grouped_batches(told, batch=recipe.batch, random=random), 0.0, 0.0
            if recipe.candidates:
                batches = (among(batch, concepts, recipe.candidates, random=random) for batch in batches)
            while part := list(islice(batches, size)):
                weight = float(sum(b.weight.sum() for b in part))
                empty = part[-1]._replace(weight=np.zeros_like(part[-1].weight))
                chunk = jax.tree.map(lambda *leaves: np.stack(leaves), *part, *[empty] * (size - len(part)))
                rate = recipe.learning_rate
                if recipe.optimiser == "muon":  # Adagrad slows down by itself
                    rate = learning_rate(rate, (epoch + seen / len(told)) / recipe.epochs)
                key, own = jax.random.split(key)
                params, state, loss = _learn_chunk(
                    params, state, frozen, chunk, jnp.asarray(rate, jnp.float32), own, recipe=recipe
                )
                summed, seen = summed + float(loss), seen + weight
                if not np.isfinite(summed):
                    raise SettingsError(f"the loss is no number in epoch {epoch + 1}: choose a smaller learning rate.")
                elapsed, passes = time.perf_counter() - started, epoch + seen / len(told)
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
