"""Many small brains taught at once: the whole training of one is a compiled function, and seeds run side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import optax

from tensorbrain.brain import TensorBrain
from tensorbrain.learning.objectives import statement_loss, trainable
from tensorbrain.learning.schooling import descend, optimiser
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float, Int, Key, PRNGKeyArray


def newborn(counts: tuple[int, int, int], settings: Settings, seeds: tuple[int, ...]) -> TensorBrain:
    """Untrained brains, one a seed, as one tree whose arrays have the seed as their first axis.

    >>> newborn((5, 3, 4), Settings(dim=8, context=8), (0, 1)).index.A.shape
    (2, 12, 8)
    """
    return jax.vmap(lambda key: TensorBrain.create(counts, settings, key=key))(keys(seeds))


def keys(seeds: tuple[int, ...]) -> Key[Array, " seed"]:
    """One random key a seed.

    >>> keys((0, 1)).shape
    (2,)
    """
    return jax.vmap(jax.random.key)(jnp.asarray(seeds, jnp.uint32))


def fit(
    brains: TensorBrain,
    lessons: Any,
    loss: Callable[[TensorBrain, Any, PRNGKeyArray], Float[Array, ""]],
    seeds: tuple[int, ...],
    *,
    steps: int,
    rate: float = 1e-2,
    weight_decay: float = 0.0,
    learns: Callable[[TensorBrain], TensorBrain] | None = None,
) -> tuple[TensorBrain, Float[Array, "seed step"]]:
    """Take ``steps`` steps of Adam down ``loss(brain, lessons, key)`` for every seed; the brains and their losses.

    ``lessons`` is a tree of arrays whose first axis is the seed, as that of ``brains``. The rate falls along a cosine
    to a twentieth. ``learns(brain)`` is the tree of booleans of what may change (default: what `train` changes). For
    small worlds, where one compiled scan is all there is; `train` shows progress and can be stopped.

    >>> brains = newborn((5, 3, 0), Settings(dim=8, context=8), (0, 1))
    >>> rows = jnp.broadcast_to(jnp.array([[0, 1, 2, -1], [3, 2, 4, -1]]), (2, 2, 4))
    >>> _, losses = fit(brains, rows, SampledStatements(2), (0, 1), steps=60)
    >>> losses.shape, bool((losses[:, -1] < losses[:, 0]).all())
    ((2, 60), True)
    """
    mask = (learns or partial(trainable, learn_beta=False))(jax.tree.map(lambda leaf: leaf[0], brains))
    params, frozen = eqx.partition(brains, mask)
    return _fit(params, frozen, lessons, keys(seeds), loss, jnp.float32(rate), steps=steps, weight_decay=weight_decay)


@partial(jax.jit, static_argnames=("loss", "steps", "weight_decay"))
def _fit(
    params: TensorBrain,
    frozen: TensorBrain,
    lessons: Any,
    keys: Key[Array, " seed"],
    loss: Callable[[TensorBrain, Any, PRNGKeyArray], Float[Array, ""]],
    peak: Float[Array, ""],
    *,
    steps: int,
    weight_decay: float,
) -> tuple[TensorBrain, Float[Array, "seed step"]]:
    adam = optimiser(weight_decay)
    rates = peak * (0.05 + 0.475 * (1 + jnp.cos(jnp.pi * jnp.arange(steps, dtype=peak.dtype) / steps)))

    def one(params: Any, frozen: TensorBrain, lessons: Any, key: PRNGKeyArray):
        def step(carry: tuple[TensorBrain, optax.OptState], each: tuple[Float[Array, ""], PRNGKeyArray]):
            rate, key = each
            params, state = carry
            value, gradient = jax.value_and_grad(lambda params: loss(eqx.combine(params, frozen), lessons, key))(params)
            return descend(adam, params, gradient, state, rate), value

        (params, _), losses = jax.lax.scan(step, (params, adam.init(params)), (rates, jax.random.split(key, steps)))
        return eqx.combine(params, frozen), losses

    return jax.vmap(one)(params, frozen, lessons, keys)


def one_of(brains: TensorBrain, n: int) -> TensorBrain:
    """The n-th of several brains.

    >>> one_of(newborn((5, 3, 4), Settings(dim=8, context=8), (0, 1)), 1).index.A.shape
    (12, 8)
    """
    return jax.tree.map(lambda leaf: leaf[n], brains)


@dataclass(frozen=True)
class SampledStatements:
    """The loss -log P(s, p, o | start) of ``batch`` random rows (s, p, o, t) a step; t = -1 stands for a-bar (TB23).

    A value rather than a closure: losses of the same batch size share their compiled training.

    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> SampledStatements(4)(brain, jnp.array([[0, 1, 2, -1]]), jax.random.key(0)).shape
    ()
    """

    batch: int

    def __call__(self, brain: TensorBrain, rows: Int[Array, "row 4"], key: PRNGKeyArray) -> Float[Array, ""]:
        few = rows[jax.random.randint(key, (self.batch,), 0, len(rows))]
        return statement_loss(brain, few, jnp.ones(self.batch))
