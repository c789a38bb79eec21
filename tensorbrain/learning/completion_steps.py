"""Steps of the training of tensor models: the likelihood of every slot, all candidates weighed by one product."""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from tensorbrain.factorization.protocol import TensorModel
from tensorbrain.learning.concept_rows import returned, taken
from tensorbrain.learning.grouped import Grouped, GroupedBatch, among, grouped_batches
from tensorbrain.learning.recipes import Recipe
from tensorbrain.learning.schooling import descend, optimiser
from tensorbrain.typing import Array, Float, PRNGKeyArray

CHUNK = 16  # batches in one compiled scan: long enough to hide dispatch, short enough to stop within a moment


def completion_loss(
    model: TensorModel,
    batch: GroupedBatch,
    recipe: Recipe,
    *,
    key: PRNGKeyArray | None = None,
    penalty: Float[Array, ""] | None = None,
) -> Float[Array, ""]:
    """The mean over answers of -log P(o | s, p, t), plus the recipe's other terms.

    log P = theta - log sum exp theta over all candidates. What is summed over a query's answers needs its sum of
    exponentials once. Where the batch has a group, Z is estimated by its concepts, without bias (log Z is then too
    small on average, by half the relative variance of that estimate). With a ``key`` the recipe's dropout is on; a
    ``penalty`` replaces the recipe's.
    Source: Lacroix et al. (2018); Chen et al. (2021); Bengio and Senecal (2008), sampled softmax.

    >>> from tensorbrain.factorization import create_model
    >>> from tensorbrain.learning.grouped import grouped
    >>> model = create_model("complex", (5, 3, 0), rank=4, key=jax.random.key(0))
    >>> rows = np.array([[0, 1, 2, -1], [0, 1, 3, -1]], np.int32)
    >>> batch = jax.tree.map(jnp.asarray, next(grouped_batches(grouped(rows, 1), random=np.random.default_rng(0))))
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
        weight = recipe.penalty if penalty is None else penalty
        dura = recipe.regulariser == "dura"
        held = model.duality if dura else model.penalty  # pyright: ignore[reportAttributeAccessIssue]
        loss = loss + weight * held(rows)
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


def optimiser_of(recipe: Recipe) -> optax.GradientTransformation:
    """Adagrad, or Muon for the maps of a brain and Adam for the rest; the rate is applied by the step.

    >>> optimiser_of(Recipe(rank=4)).init(jnp.zeros(2)).sum_of_squares.tolist()
    [0.0, 0.0]
    """
    if recipe.optimiser == "adagrad":
        return optax.scale_by_rss(initial_accumulator_value=0.0, eps=1e-10)
    return optimiser(recipe.weight_decay, maps=("V", "B", "W"))


def _is_like(model: Any, part: Any) -> bool:
    """Whether a part of a tree has the shape of the model: parameters, or moments of them."""
    return isinstance(part, type(model))


def _few(tree: Any, batch: GroupedBatch, model: Any) -> Any:
    """The parameters, or their moments, of the concepts that a batch weighs: what it does not weigh does not move."""
    if batch.group is None:
        return tree
    ids, is_model = jnp.asarray(batch.group.ids), partial(_is_like, model)
    return jax.tree.map(lambda part: taken(part, ids) if is_model(part) else part, tree, is_leaf=is_model)


def _whole(tree: Any, few: Any, batch: GroupedBatch, model: Any) -> Any:
    """The tree once what was taken from it has moved: `_few` the other way round."""
    if batch.group is None:
        return few
    ids, is_model = jnp.asarray(batch.group.ids), partial(_is_like, model)
    return jax.tree.map(
        lambda part, own: returned(part, own, ids) if is_model(part) else own, tree, few, is_leaf=is_model
    )


def chunk_of_steps(
    params: Any,
    state: optax.OptState,
    frozen: Any,
    batches: GroupedBatch,
    rate: Float[Array, ""],
    penalty: Float[Array, ""],
    key: PRNGKeyArray,
    *,
    recipe: Recipe,
) -> tuple[Any, optax.OptState, Float[Array, ""]]:
    """One optimiser step for each of the stacked batches; the summed loss comes back. One of weight 0 moves nothing.

    ``rate`` and ``penalty`` stand in place of the recipe's, so that one program serves all of them.

    >>> from tensorbrain.factorization import create_model
    >>> from tensorbrain.learning.grouped import both_ways, grouped
    >>> model, recipe = create_model("complex", (5, 3, 0), rank=4, key=jax.random.key(0)), Recipe(rank=4, batch=2)
    >>> told = grouped(both_ways(np.array([[0, 1, 2, -1]], np.int32), 3), 2)
    >>> (chunk, weight), = epoch_chunks(told, recipe, 5, size=1, random=np.random.default_rng(0))
    >>> state, now = optimiser_of(recipe).init(model), jnp.asarray(0.1)
    >>> nothing = jax.tree.map(lambda _: None, model)  # all of it learns
    >>> _, _, loss = chunk_of_steps(model, state, nothing, chunk, now, now, jax.random.key(0), recipe=recipe)
    >>> weight, bool(loss > 0)
    (2.0, True)
    """
    steps = optimiser_of(recipe)

    def step(carry: tuple[Any, optax.OptState, PRNGKeyArray], batch: GroupedBatch):
        params, state, key = carry
        key, own = jax.random.split(key)
        few, few_state, few_frozen = (_few(tree, batch, params) for tree in (params, state, frozen))
        value, gradient = jax.value_and_grad(
            lambda few: completion_loss(eqx.combine(few, few_frozen), batch, recipe, key=own, penalty=penalty)
        )(few)
        total = batch.weight.sum()
        few, few_state = descend(steps, few, gradient, few_state, jnp.where(total > 0, rate, 0.0))
        return (_whole(params, few, batch, params), _whole(state, few_state, batch, params), key), value * total

    (params, state, _), losses = jax.lax.scan(step, (params, state, key), batches)
    return params, state, losses.sum()


def chunk_size(told: Grouped) -> int:
    """How many batches make a chunk: at most ``CHUNK``, and so that an epoch has equal ones, hardly any of it padding.

    >>> from tensorbrain.learning.grouped import grouped
    >>> chunk_size(grouped(np.array([[0, 0, 1, -1], [0, 0, 2, -1], [1, 0, 2, -1]], np.int32), 1))
    2
    """
    return int(np.ceil(told.steps / np.ceil(told.steps / CHUNK)))


def epoch_chunks(
    told: Grouped, recipe: Recipe, concepts: int, *, size: int, random: np.random.Generator
) -> Iterator[tuple[GroupedBatch, float]]:
    """One epoch's batches in stacks of ``size``, each with its weight; the last one is filled up with some of weight 0.

    >>> from tensorbrain.learning.grouped import grouped
    >>> told = grouped(np.array([[0, 0, 1, -1], [0, 0, 2, -1], [1, 0, 2, -1]], np.int32), 1)
    >>> chunks = epoch_chunks(told, Recipe(rank=4, batch=1), 3, size=2, random=np.random.default_rng(0))
    >>> [(chunk.queries.shape, weight) for chunk, weight in chunks]
    [((2, 1, 4), 3.0)]
    """
    batches = grouped_batches(told, random=random)
    if recipe.candidates:
        batches = (among(batch, concepts, recipe.candidates, random=random) for batch in batches)
    while part := list(islice(batches, size)):
        empty = part[-1]._replace(weight=np.zeros_like(part[-1].weight))
        chunk = jax.tree.map(lambda *leaves: np.stack(leaves), *part, *[empty] * (size - len(part)))
        yield chunk, float(sum(batch.weight.sum() for batch in part))
