"""RESCAL: a matrix for each predicate, in which every feature of a subject meets every feature of an object."""

import equinox as eqx
import jax.numpy as jnp

from tensorbrain.factorization.protocol import drawn, squares
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray


class RESCAL(eqx.Module):
    """theta(s, p, o) = a_s^T R_p a_o.

    ``concepts`` (concept, rank), ``predicates`` (2 predicate, rank, rank), the reciprocal ones behind. Penalty: of the
    statement read both ways, |a_s^T R_p|^2 + |a_o|^2 and |R_p a_o|^2 + |a_s|^2, the halves of its duality (DURA).
    Source: Nickel, Tresp, Kriegel (2011); Zhang et al. (2020), DURA.

    >>> import jax
    >>> model = RESCAL.create((5, 3, 0), rank=4, key=jax.random.key(0))
    >>> model.query(jnp.array([[0, 1, -1, -1]]), "o").shape, model.keys("p").shape
    ((1, 4), (6, 16))
    """

    temporal = False
    concepts: Float[Array, "concept rank"]
    predicates: Float[Array, "two_predicate rank rank"]

    @classmethod
    def create(cls, counts: tuple[int, int, int], *, rank: int, key: PRNGKeyArray, scale: float = 0.1) -> "RESCAL":
        """Entries drawn from N(0, scale^2) for the ``counts`` of concepts, predicates and instants (unused).

        >>> import jax
        >>> RESCAL.create((5, 3, 0), rank=4, key=jax.random.key(0)).predicates.shape
        (6, 4, 4)
        """
        return cls(*drawn(key, scale, (counts[0], rank), (2 * counts[1], rank, rank)))

    def query(self, rows: Int[Array, "row 4"], slot: str) -> Float[Array, "row width"]:
        """a_s^T R_p for an object, the outer product of a_s and a_o for a predicate.

        >>> import jax
        >>> model = RESCAL.create((5, 3, 0), rank=4, key=jax.random.key(0))
        >>> model.query(jnp.array([[0, -1, 2, -1]]), "p").shape
        (1, 16)
        """
        s = self.concepts[rows[:, 0]]
        if slot == "p":
            return (s[:, :, None] * self.concepts[rows[:, 2]][:, None, :]).reshape(len(rows), -1)
        return jnp.einsum("na,nab->nb", s, self.predicates[rows[:, 1]])

    def keys(self, slot: str) -> Float[Array, "candidate width"]:
        """The embeddings of the concepts, the flattened matrices of the predicates.

        >>> import jax
        >>> RESCAL.create((5, 3, 0), rank=4, key=jax.random.key(0)).keys("o").shape
        (5, 4)
        """
        return self.predicates.reshape(len(self.predicates), -1) if slot == "p" else self.concepts

    def penalty(self, rows: Int[Array, "row 4"]) -> Float[Array, " row"]:
        """|a_s^T R_p|^2 + |a_o|^2 + |R_p a_o|^2 + |a_s|^2.

        >>> import jax
        >>> RESCAL.create((5, 3, 0), rank=4, key=jax.random.key(0)).penalty(jnp.array([[0, 1, 2, -1]])).shape
        (1,)
        """
        s, R, o = self.concepts[rows[:, 0]], self.predicates[rows[:, 1]], self.concepts[rows[:, 2]]
        forth, back = jnp.einsum("na,nab->nb", s, R), jnp.einsum("nab,nb->na", R, o)
        return squares(s, o, forth, back)
