"""TuckER: one core in which every feature of a subject, a predicate and an object meet."""

import equinox as eqx
import jax
import jax.numpy as jnp

from tensorbrain.factorization.protocol import cubes
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray

SHARE = 0.5  # of a concept's numbers: so many a predicate has


class TuckER(eqx.Module):
    """theta(s, p, o) = sum_ijk G_ijk a_s,i b_p,j a_o,k.

    ``concepts`` (concept, rank), ``predicates`` (2 predicate, half the rank), ``core`` (rank, half the rank, rank).
    Penalty: N3 of the embeddings. Source: Tucker (1966); Balazevic et al. (2019).

    >>> model = TuckER.create((5, 3, 0), rank=4, key=jax.random.key(0))
    >>> model.core.shape, model.keys("p").shape
    ((4, 2, 4), (6, 2))
    """

    temporal = False
    concepts: Float[Array, "concept rank"]
    predicates: Float[Array, "two_predicate rank_p"]
    core: Float[Array, "rank rank_p rank"]

    @classmethod
    def create(cls, counts: tuple[int, int, int], *, rank: int, key: PRNGKeyArray, scale: float = 0.3) -> "TuckER":
        """Embeddings drawn from N(0, scale^2), and a core whose products keep their size.

        >>> TuckER.create((5, 3, 0), rank=4, key=jax.random.key(0)).concepts.shape
        (5, 4)
        """
        a, b, c = jax.random.split(key, 3)
        of_predicates = max(1, round(SHARE * rank))
        return cls(
            scale * jax.random.normal(a, (counts[0], rank)),
            scale * jax.random.normal(b, (2 * counts[1], of_predicates)),
            jax.random.normal(c, (rank, of_predicates, rank)) / of_predicates,
        )

    def query(self, rows: Int[Array, "row 4"], slot: str) -> Float[Array, "row width"]:
        """G contracted with a_s and b_p for an object, with a_s and a_o for a predicate.

        >>> model = TuckER.create((5, 3, 0), rank=4, key=jax.random.key(0))
        >>> model.query(jnp.array([[0, -1, 2, -1]]), "p").shape
        (1, 2)
        """
        s = self.concepts[rows[:, 0]]
        met = (s @ self.core.reshape(self.core.shape[0], -1)).reshape(len(rows), *self.core.shape[1:])
        if slot == "p":
            return jnp.einsum("njk,nk->nj", met, self.concepts[rows[:, 2]])
        return jnp.einsum("njk,nj->nk", met, self.predicates[rows[:, 1]])

    def keys(self, slot: str) -> Float[Array, "candidate width"]:
        """The embeddings of the candidates.

        >>> TuckER.create((5, 3, 0), rank=4, key=jax.random.key(0)).keys("o").shape
        (5, 4)
        """
        return self.predicates if slot == "p" else self.concepts

    def penalty(self, rows: Int[Array, "row 4"]) -> Float[Array, " row"]:
        """sum_r |a_s|^3 + |b_p|^3 + |a_o|^3.

        >>> TuckER.create((5, 3, 0), rank=4, key=jax.random.key(0)).penalty(jnp.array([[0, 1, 2, -1]])).shape
        (1,)
        """
        return cubes(self.concepts[rows[:, 0]], self.predicates[rows[:, 1]], self.concepts[rows[:, 2]])
