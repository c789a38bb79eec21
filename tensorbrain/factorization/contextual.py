"""ConT: each instant is a context of its own, a core in which subjects, predicates and objects meet."""

import equinox as eqx
import jax
import jax.numpy as jnp

from tensorbrain.factorization.protocol import at_time, cubes
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray


class ConT(eqx.Module):
    """theta(s, p, o, t) = sum_ijk G_t,ijk a_s,i b_p,j a_o,k: the embedding of an instant is a whole core.

    ``concepts`` (concept, rank), ``predicates`` (2 predicate, rank), ``instants`` (instant, rank^3). Where t = -1 their
    mean stands in its place. Penalty: N3 of the embeddings of concepts and predicates. Source: Ma, Tresp, Daxberger
    (2018), Embedding models for episodic knowledge graphs.

    >>> model = ConT.create((5, 3, 4), rank=2, key=jax.random.key(0))
    >>> model.query(jnp.array([[0, 1, 2, -1]]), "t").shape, model.keys("t").shape
    ((1, 8), (4, 8))
    """

    temporal = True
    concepts: Float[Array, "concept rank"]
    predicates: Float[Array, "two_predicate rank"]
    instants: Float[Array, "instant rank_cubed"]

    @classmethod
    def create(cls, counts: tuple[int, int, int], *, rank: int, key: PRNGKeyArray, scale: float = 0.3) -> "ConT":
        """Embeddings drawn from N(0, scale^2), and cores near a common one, so that an instant begins as any other.

        >>> ConT.create((5, 3, 4), rank=2, key=jax.random.key(0)).predicates.shape
        (6, 2)
        """
        a, b, c, d = jax.random.split(key, 4)
        common = jax.random.normal(c, (1, rank**3)) / rank
        return cls(
            scale * jax.random.normal(a, (counts[0], rank)),
            scale * jax.random.normal(b, (2 * counts[1], rank)),
            common + 0.1 * jax.random.normal(d, (counts[2], rank**3)) / rank,
        )

    def query(self, rows: Int[Array, "row 4"], slot: str) -> Float[Array, "row width"]:
        """The core of the instant contracted with the other two, or for an instant the product of all three.

        >>> model = ConT.create((5, 3, 4), rank=2, key=jax.random.key(0))
        >>> row = jnp.array([[0, 1, 2, 3]])
        >>> by = [model.query(row, slot)[0] @ model.keys(slot)[k] for slot, k in (("o", 2), ("p", 1), ("t", 3))]
        >>> bool(jnp.allclose(jnp.array(by), by[0], atol=1e-6))
        True
        """
        s, o, p = self.concepts[rows[:, 0]], self.concepts[rows[:, 2]], self.predicates[rows[:, 1]]
        if slot == "t":
            return jnp.einsum("ni,nj,nk->nijk", s, p, o).reshape(len(rows), -1)
        rank = s.shape[1]
        core = at_time(self.instants, rows[:, 3]).reshape(-1, rank, rank, rank)
        met = jnp.einsum("ni,nijk->njk", s, core)
        return jnp.einsum("njk,nk->nj", met, o) if slot == "p" else jnp.einsum("njk,nj->nk", met, p)

    def keys(self, slot: str) -> Float[Array, "candidate width"]:
        """The embeddings of the candidates, those of instants being their cores.

        >>> ConT.create((5, 3, 4), rank=2, key=jax.random.key(0)).keys("p").shape
        (6, 2)
        """
        return {"p": self.predicates, "t": self.instants}.get(slot, self.concepts)

    def penalty(self, rows: Int[Array, "row 4"]) -> Float[Array, " row"]:
        """sum_r |a_s|^3 + |b_p|^3 + |a_o|^3.

        >>> ConT.create((5, 3, 4), rank=2, key=jax.random.key(0)).penalty(jnp.array([[0, 1, 2, 3]])).shape
        (1,)
        """
        return cubes(self.concepts[rows[:, 0]], self.predicates[rows[:, 1]], self.concepts[rows[:, 2]])
