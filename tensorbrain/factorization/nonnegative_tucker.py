"""The non-negative Tucker model: a probabilistic episodic memory in which time can be summed out exactly (TM17)."""

from functools import partial
from itertools import accumulate
from math import prod

import equinox as eqx
import jax
import jax.numpy as jnp

from tensorbrain.errors import SettingsError
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray

SLOTS = "spot"  # subject, predicate, object, instant: the columns of a row
FLOOR = 1e-30  # below it a latent class is empty


class NonnegativeTucker(eqx.Module):
    """Parameters of P(s, p, o, t) ~ sum_r a_s,r1 a_p,r2 a_o,r3 a_t,r4 G(r1, r2, r3, r4), all of them >= 0.

    A thing has one embedding, as subject and as object. ``entities`` (entity, r1), ``predicates`` (predicate, r2),
    ``instants`` (instant, r4) and ``core`` (r1, r2, r1, r4) have no units; only P is normalised. Source: TM17.

    >>> model = NonnegativeTucker.create((5, 3, 4), (2, 2, 2), key=jax.random.key(0))
    >>> model.entities.shape, model.core.shape
    ((5, 2), (2, 2, 2, 2))
    """

    entities: Float[Array, "entity rank_e"]
    predicates: Float[Array, "predicate rank_p"]
    instants: Float[Array, "instant rank_t"]
    core: Float[Array, "rank_e rank_p rank_e rank_t"]

    @classmethod
    def create(
        cls, counts: tuple[int, int, int], ranks: tuple[int, int, int], *, key: PRNGKeyArray
    ) -> "NonnegativeTucker":
        """A random model of ``counts`` entities, predicates, instants, each with its rank; SettingsError for none.

        >>> float(NonnegativeTucker.create((5, 3, 4), (2, 1, 2), key=jax.random.key(0)).core.min()) > 0
        True
        """
        if min(*counts, *ranks) < 1:
            raise SettingsError(f"counts {counts} and ranks {ranks} must all be at least 1.")
        e, p, t = ranks
        shapes = (*zip(counts, ranks, strict=True), (e, p, e, t))
        sizes = [prod(shape) for shape in shapes]
        # Uniform from 1/2 on: EM needs classes that differ, and none that is empty.
        drawn = jax.random.uniform(key, (sum(sizes),), minval=0.5, maxval=1.5)
        ends = list(accumulate(sizes))
        parts = [drawn[end - size : end].reshape(shape) for end, size, shape in zip(ends, sizes, shapes, strict=True)]
        return normalised(cls(*parts))

    def factor(self, slot: str) -> Float[Array, "row rank"]:
        """The embeddings a of one of the slots s, p, o, t.

        >>> model = NonnegativeTucker.create((5, 3, 4), (2, 2, 2), key=jax.random.key(0))
        >>> model.factor("o") is model.factor("s")
        True
        """
        return {"s": self.entities, "p": self.predicates, "o": self.entities, "t": self.instants}[slot]


def normalised(model: NonnegativeTucker) -> NonnegativeTucker:
    """The same with columns and core that sum to 1: core and columns are then probabilities of latent classes.

    Of a normalised model sum_r ... of ``NonnegativeTucker`` is P itself. This is no reparametrisation: what the sums
    of the columns weighed is dropped.

    >>> ones = NonnegativeTucker(*(jnp.ones(shape) for shape in ((5, 2), (3, 1), (4, 1), (2, 1, 2, 1))))
    >>> float(normalised(ones).core[0, 0, 0, 0])
    0.25
    """

    def shares(a: Array) -> Array:
        return a / jnp.maximum(a.sum(axis=None if a.ndim == 4 else 0, keepdims=True), FLOOR)

    return jax.tree.map(shares, model)


def marginal(model: NonnegativeTucker, kept: str) -> Float[Array, "*kept"]:
    """P of the ``kept`` slots, every other one summed out exactly: a sum of embeddings takes its place.

    With n = 4 slots kept this enumerates all statements, which is for small worlds. SettingsError for an unknown or
    doubled slot. Source: TM17.

    >>> model = NonnegativeTucker.create((5, 3, 4), (2, 2, 2), key=jax.random.key(0))
    >>> p = marginal(model, "spot")
    >>> p.shape, bool(jnp.allclose(p.sum(axis=(1, 3)), marginal(model, "so"), atol=1e-6))
    ((5, 3, 5, 4), True)
    """
    if not kept or len(set(kept)) < len(kept) or set(kept) - set(SLOTS):
        raise SettingsError(f"slots '{kept}' must be distinct ones of s, p, o, t.")
    terms, arrays = [], []
    for slot, r in zip(SLOTS, "abcd", strict=True):
        factor = model.factor(slot)
        terms.append(slot + r if slot in kept else r)
        arrays.append(factor if slot in kept else factor.sum(axis=0))
    p = jnp.einsum(f"{','.join(terms)},abcd->{kept}", *arrays, model.core)
    return p / p.sum()


def a_bar(model: NonnegativeTucker) -> Float[Array, " rank_t"]:
    """The start of semantic recall, a-bar = sum_t a_t (TM17).

    >>> model = NonnegativeTucker.create((5, 3, 4), (2, 2, 2), key=jax.random.key(0))
    >>> bool((a_bar(model) == model.instants.sum(axis=0)).all())
    True
    """
    return model.instants.sum(axis=0)


def recalled(model: NonnegativeTucker, a: Float[Array, " rank_t"]) -> Float[Array, "entity predicate entity"]:
    """P(s, p, o | a) of a recall that starts from a: episodic from a_t, semantic from a-bar.

    Started from a-bar = sum_t a_t it is sum_t P(s, p, o, t), exactly: the identity of TM17.

    >>> model = NonnegativeTucker.create((5, 3, 4), (2, 2, 2), key=jax.random.key(0))
    >>> bool(jnp.allclose(recalled(model, a_bar(model)), marginal(model, "spo"), atol=1e-7))
    True
    """
    p = jnp.einsum("sa,pb,oc,d,abcd->spo", model.entities, model.predicates, model.entities, a, model.core)
    return p / p.sum()


def weights_of(model: NonnegativeTucker, rows: Int[Array, "row 4"]) -> Float[Array, " row"]:
    """sum_r a_s a_p a_o a_t G of rows (s, p, o, t); of a normalised model this is P(s, p, o, t).

    >>> model = NonnegativeTucker.create((5, 3, 4), (2, 2, 2), key=jax.random.key(0))
    >>> row = jnp.array([[0, 1, 2, 3]])
    >>> bool(jnp.allclose(weights_of(model, row)[0], marginal(model, "spot")[0, 1, 2, 3], atol=1e-7))
    True
    """
    s, p, o, t = (model.factor(slot)[rows[:, column]] for column, slot in enumerate(SLOTS))
    return jnp.einsum("na,nb,nc,nd,abcd->n", s, p, o, t, model.core)


@partial(jax.jit, static_argnames=("count",))
def sample(model: NonnegativeTucker, count: int, *, key: PRNGKeyArray) -> Int[Array, "count 4"]:
    """Draw ``count`` rows (s, p, o, t) from P, independently: first their latent classes, then one of each class.

    >>> model = NonnegativeTucker.create((5, 3, 4), (2, 2, 2), key=jax.random.key(0))
    >>> sample(model, 7, key=jax.random.key(1)).shape
    (7, 4)
    """
    sums = [model.factor(slot).sum(axis=0) for slot in SLOTS]
    latent = jnp.einsum("a,b,c,d,abcd->abcd", *sums, model.core)
    u, *others = jax.random.uniform(key, (5, count))
    classes = jnp.unravel_index(_drawn(latent.reshape(1, -1), u), latent.shape)
    columns = [_drawn(model.factor(slot).T[r], u) for slot, r, u in zip(SLOTS, classes, others, strict=True)]
    return jnp.stack(columns, axis=1).astype(jnp.int32)


def _drawn(p: Float[Array, "_ k"], u: Float[Array, " count"]) -> Int[Array, " count"]:
    """The outcome that a uniform u stands for, of one distribution or one each; they need not be normalised."""
    below = jnp.cumsum(p, axis=1)
    passed = u[:, None] * below[:, -1:] >= below
    return jnp.minimum(passed.sum(axis=1), p.shape[1] - 1)


@partial(jax.jit, static_argnames=("steps",))
def fit(
    model: NonnegativeTucker, rows: Int[Array, "row 4"], weight: Float[Array, " row"], *, steps: int
) -> tuple[NonnegativeTucker, Float[Array, " step"]]:
    """``steps`` of expectation-maximisation; the model, and the mean log P of the rows before every step, in nats.

    log P is a logarithm of a polynomial with non-negative terms, so that theta d log P / d theta is the expected
    count of the latent class that theta stands for: each step multiplies by the gradient and normalises, and the
    likelihood never falls. ``weight`` says how often each row was told.

    >>> model = NonnegativeTucker.create((5, 3, 4), (2, 2, 2), key=jax.random.key(0))
    >>> _, log_p = fit(model, jnp.array([[0, 1, 2, 3], [2, 0, 2, 3]]), jnp.ones(2), steps=50)
    >>> log_p.shape, bool(log_p[-1] > log_p[0])
    ((50,), True)
    """

    def log_likelihood(model: NonnegativeTucker) -> Float[Array, ""]:
        return (weight * jnp.log(weights_of(model, rows))).sum() / weight.sum()

    def step(model: NonnegativeTucker, _: None) -> tuple[NonnegativeTucker, Float[Array, ""]]:
        value, gradient = jax.value_and_grad(log_likelihood)(model)
        return normalised(jax.tree.map(jnp.multiply, model, gradient)), value

    return jax.lax.scan(step, normalised(model), None, length=steps)
