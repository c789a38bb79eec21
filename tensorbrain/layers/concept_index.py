"""The concept index: one row of A per concept, read bottom-up as a score and written top-down as an embedding."""

from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.errors import SettingsError
from tensorbrain.typing import Array, Bool, Float, Int, PRNGKeyArray

Scoring = Literal["direct", "centered", "softplus", "learned"]
BLOCKS = ("concept", "predicate", "instant")
"""The blocks of rows of the concept index, in their order; a read-out runs over one of them."""
NEVER = -1e30  # the score of a row that holds no concept: probability exactly 0, gradients finite


class ConceptIndex(eqx.Module):
    """The index layer: an index k and its embedding a_k are two faces of one row of A.

    Rows lie in three blocks, concepts (entities, classes, attributes), predicates and instants; each block is a
    candidate group. Rows beyond those in use are a reserve for concepts not met yet: shapes stay fixed when a
    brain learns a new index, and a mask keeps the probability of an unused row at 0.

    Attributes: ``A`` (rows, dim); ``a0`` (rows,) used by ``scoring="learned"`` alone; ``in_use`` (rows,);
    ``capacity`` rows of each block; ``muted`` (rows,) where an intervention silenced some: they are read by their a_k
    and write 0. Source: TB20 (index layer), TB23 (dual representation), QTB25 (a_0).

    >>> index = ConceptIndex.create((3, 2, 1), dim=8, key=jax.random.key(0))
    >>> index.A.shape, index.block("predicate")
    ((6, 8), slice(3, 5, None))
    """

    A: Float[Array, "row dim"]
    a0: Float[Array, " row"]
    in_use: Bool[Array, " row"]
    capacity: tuple[int, int, int] = eqx.field(static=True)
    scoring: Scoring = eqx.field(static=True, default="centered")
    muted: Bool[Array, " row"] | None = None

    @classmethod
    def create(
        cls,
        counts: tuple[int, int, int],
        *,
        dim: int,
        key: PRNGKeyArray,
        reserve: tuple[int, int, int] = (0, 0, 0),
        scoring: Scoring = "centered",
        scale: float = 0.5,
    ) -> "ConceptIndex":
        """Random embeddings a_k ~ N(0, scale^2) for ``counts`` concepts, predicates, instants, and reserve rows.

        >>> ConceptIndex.create((3, 2, 1), dim=4, key=jax.random.key(0), reserve=(1, 0, 2)).in_use.astype(int)
        Array([1, 1, 1, 0, 1, 1, 1, 0, 0], dtype=int32)
        """
        if scoring not in ("direct", "centered", "softplus", "learned"):
            raise SettingsError(f"scoring '{scoring}' is unknown: use direct, centered, softplus or learned.")
        capacity = tuple(int(n + r) for n, r in zip(counts, reserve, strict=True))
        in_use = np.concatenate([np.arange(c) < n for n, c in zip(counts, capacity, strict=True)])
        rows = len(in_use)
        A = scale * jax.random.normal(key, (rows, dim))
        return cls(A, jnp.zeros(rows), jnp.asarray(in_use), capacity, scoring)  # type: ignore[arg-type]

    def block(self, name: str) -> slice:
        """The rows of a block, as a slice of A.

        >>> ConceptIndex.create((3, 2, 1), dim=8, key=jax.random.key(0)).block("instant")
        slice(5, 6, None)
        """
        k = BLOCKS.index(name)
        start = sum(self.capacity[:k])
        return slice(start, start + self.capacity[k])

    def size(self, name: str) -> int:
        """The number of rows of a block, in use or in reserve.

        >>> ConceptIndex.create((3, 2, 1), dim=8, key=jax.random.key(0)).size("predicate")
        2
        """
        return self.capacity[BLOCKS.index(name)]

    def scores(self, gamma: Float[Array, " dim"], block: str) -> Float[Array, " concept"]:
        """Bottom-up: n_k = a_0k + a_k . (gamma - c) for every row of one block; unused rows get ``NEVER``.

        ``direct``: a_0 = 0, c = 0 (TB23 as printed). ``centered``: a_0 = 0, c = 1/2. ``softplus``:
        a_0k = -sum_l softplus(a_lk), c = 0 (QTB25). ``learned``: a_0 a parameter, c = 0. Shapes: gamma (dim,)
        -> (rows of the block,).

        >>> index = ConceptIndex.create((2, 1, 0), dim=4, key=jax.random.key(0))
        >>> index.scores(jnp.full(4, 0.5), "concept")
        Array([0., 0.], dtype=float32)
        """
        A, a0, c = self.terms(block)
        rows = self.block(block)
        # Most of the rows are not cut out, which would copy them for every product: all are scored, and some dropped.
        n = ((gamma - c) @ self.A.T)[rows] if 2 * len(A) > len(self.A) else (gamma - c) @ A.T
        return jnp.where(self.in_use[rows], n + a0, NEVER)

    def terms(self, block: str) -> tuple[Float[Array, "concept dim"], Float[Array, " concept"], float]:
        """What the score n_k = a_0k + a_k . (gamma - c) of a block is made of: rows a_k, offsets a_0k, and c.

        Shapes: (rows of the block, dim), (rows of the block,). Source: as ``scores``.

        >>> index = ConceptIndex.create((2, 1, 0), dim=4, key=jax.random.key(0))
        >>> A, a0, c = index.terms("concept")
        >>> A.shape, a0.shape, c
        ((2, 4), (2,), 0.5)
        """
        rows = self.block(block)
        A = self.A[rows]
        if self.scoring == "softplus":
            return A, -jax.nn.softplus(A).sum(axis=1), 0.0
        if self.scoring == "learned":
            return A, self.a0[rows], 0.0
        return A, jnp.zeros(len(A), A.dtype), 0.5 if self.scoring == "centered" else 0.0

    def hearing(self, k: Int[Array, ""], block: str) -> "ConceptIndex":
        """The index in a window in which row k of a block is told (-1: nothing is): k is a candidate there, even where
        its row is not in use.

        >>> index = ConceptIndex.create((2, 1, 0), dim=4, key=jax.random.key(0), reserve=(1, 0, 0))
        >>> [index.hearing(jnp.asarray(k), "concept").in_use.tolist() for k in (2, -1)]
        [[True, True, True, True], [True, True, False, True]]
        """
        rows = jnp.arange(len(self.in_use), dtype=k.dtype)
        told = (k >= 0) & (rows == self.block(block).start + k)
        return eqx.tree_at(lambda index: index.in_use, self, self.in_use | told)

    def embedding(self, k: Int[Array, ""], block: str) -> Float[Array, " dim"]:
        """Top-down: the embedding a_k of row k of a block, or 0 where it is muted.

        >>> index = ConceptIndex.create((2, 1, 0), dim=4, key=jax.random.key(0))
        >>> bool((index.embedding(jnp.asarray(0), "predicate") == index.A[2]).all())
        True
        """
        row = self.block(block).start + k
        return self.A[row] if self.muted is None else jnp.where(self.muted[row], 0.0, self.A[row])

    def embeddings(self, block: str) -> Float[Array, "concept dim"]:
        """Top-down: the embeddings of all rows of a block as they are written, 0 where they are muted.

        >>> index = ConceptIndex.create((2, 1, 0), dim=4, key=jax.random.key(0))
        >>> bool((index.embeddings("concept") == index.A[:2]).all())
        True
        """
        rows = self.block(block)
        return self.A[rows] if self.muted is None else jnp.where(self.muted[rows, None], 0.0, self.A[rows])

    def mixture(self, pi: Float[Array, " concept"], block: str) -> Float[Array, " dim"]:
        """Top-down under attention: sum_k pi_k a_k over one block.

        >>> index = ConceptIndex.create((2, 1, 0), dim=4, key=jax.random.key(0))
        >>> bool(jnp.allclose(index.mixture(jnp.array([0.0, 1.0]), "concept"), index.A[1]))
        True
        """
        return pi @ self.embeddings(block)
