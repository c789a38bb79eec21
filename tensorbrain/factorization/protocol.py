"""What all tensor models of statements share: a query, keys, and one product of the two for the scores."""

from typing import Protocol, runtime_checkable

import jax
import jax.numpy as jnp

from tensorbrain.typing import Array, Float, Int, PRNGKeyArray

SLOTS = "spot"
"""Subject, predicate, object, instant: the columns of a row. A row without a time has t = -1."""


@runtime_checkable
class TensorModel(Protocol):
    """A score of every statement (s, p, o, t) that is linear in each of its slots: theta = query . key.

    The column that is asked for is not looked at. Each predicate p has a ``reciprocal`` p + P, with which statements
    are learned the other way round too, as (o, p + P, s); a subject is then asked for as the object of that. Source:
    Lacroix et al. (2018), reciprocal predicates; TB20 (a knowledge graph as a tensor).
    """

    @property
    def temporal(self) -> bool:
        """Whether the score depends on the instant."""
        ...

    def query(self, rows: Int[Array, "row 4"], slot: str) -> Float[Array, "row width"]:
        """The vector that asks for the ``slot`` p, o or t of each row."""
        ...

    def keys(self, slot: str) -> Float[Array, "candidate width"]:
        """The vectors of all candidates of a slot; for p with the reciprocal predicates behind the others."""
        ...

    def penalty(self, rows: Int[Array, "row 4"]) -> Float[Array, " row"]:
        """What keeps each row's embeddings small; of which kind says each model."""
        ...


@runtime_checkable
class Probable(Protocol):
    """A tensor model whose products query . key are probabilities, up to a factor; their logs are then its scores."""

    def log(self, products: Float[Array, "row candidate"]) -> Float[Array, "row candidate"]:
        """The scores of the products."""
        ...


@runtime_checkable
class Dual(Protocol):
    """A tensor model that can also be held small by the norms of its two factors, the query and the key."""

    def duality(self, rows: Int[Array, "row 4"]) -> Float[Array, " row"]:
        """What the duality-induced regulariser adds for each row (Zhang, Cai, Wang, 2020)."""
        ...


def drawn(key: PRNGKeyArray, scale: float, *shapes: tuple[int, ...]) -> list[Float[Array, "..."]]:
    """Arrays of these shapes with entries from N(0, scale^2): how embeddings begin.

    >>> [a.shape for a in drawn(jax.random.key(0), 0.1, (2, 3), (4,))]
    [(2, 3), (4,)]
    """
    keys = jax.random.split(key, len(shapes))
    return [scale * jax.random.normal(k, shape) for k, shape in zip(keys, shapes, strict=True)]


def turned(rows: Int[Array, "row 4"], predicates: int) -> Int[Array, "row 4"]:
    """The rows the other way round, (o, p + P, s, t), for P predicates.

    >>> turned(jnp.array([[0, 1, 2, -1]]), 5)
    Array([[ 2,  6,  0, -1]], dtype=int32)
    """
    s, p, o, t = rows.T
    return jnp.stack([o, p + predicates, s, t], axis=1)


def scores(model: TensorModel, rows: Int[Array, "row 4"], slot: str) -> Float[Array, "row candidate"]:
    """The scores of all candidates of a slot s, p, o or t, given the three other columns: one matmul.

    >>> from tensorbrain.factorization import create_model
    >>> model = create_model("complex", (5, 3, 0), rank=4, key=jax.random.key(0))
    >>> [scores(model, jnp.array([[0, 1, 2, -1]]), slot).shape for slot in "spo"]
    [(1, 5), (1, 3), (1, 5)]
    """
    predicates = len(model.keys("p")) // 2
    if slot == "s":
        return scores(model, turned(rows, predicates), "o")
    keys = model.keys(slot)
    products = model.query(rows, slot) @ (keys[:predicates] if slot == "p" else keys).T
    return model.log(products) if isinstance(model, Probable) else products


def at_time(instants: Float[Array, "instant width"], t: Int[Array, " row"]) -> Float[Array, "row width"]:
    """The embeddings of the instants, or where t = -1 their mean a-bar: time summed out, up to a factor (TM17).

    >>> at_time(jnp.array([[1.0], [3.0]]), jnp.array([1, -1]))
    Array([[3.],
           [2.]], dtype=float32)
    """
    return jnp.where((t >= 0)[:, None], instants[jnp.maximum(t, 0)], instants.mean(axis=0)[None])


def cubes(*factors: Float[Array, "row _"]) -> Float[Array, " row"]:
    """The nuclear 3-norm's penalty sum_f sum_r |f_r|^3 of the factors of each row (Lacroix et al., 2018).

    >>> cubes(jnp.array([[1.0, -2.0]]), jnp.array([[1.0]]))
    Array([10.], dtype=float32)
    """
    return sum((jnp.abs(f) ** 3).sum(axis=1) for f in factors)  # pyright: ignore[reportReturnType]


def squares(*factors: Float[Array, "row _"]) -> Float[Array, " row"]:
    """The squared lengths sum_f |f|^2 of the factors of each row.

    >>> squares(jnp.array([[3.0, 4.0]]), jnp.array([[1.0]]))
    Array([26.], dtype=float32)
    """
    return sum((f**2).sum(axis=1) for f in factors)  # pyright: ignore[reportReturnType]
