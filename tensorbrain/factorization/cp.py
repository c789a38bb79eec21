"""CP and DistMult: a statement's score is a sum of products of its parts' embeddings."""

import equinox as eqx

from tensorbrain.factorization.protocol import cubes, drawn
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray


class CP(eqx.Module):
    """theta(s, p, o) = sum_r a_s,r b_p,r c_o,r: two embeddings of each concept, as subject and as object.

    ``subjects`` and ``objects`` (concept, rank), ``predicates`` (2 predicate, rank), the reciprocal ones behind.
    Penalty: N3. Source: Hitchcock (1927); Lacroix et al. (2018).

    >>> import jax
    >>> model = CP.create((5, 3, 0), rank=4, key=jax.random.key(0))
    >>> model.query(jax.numpy.array([[0, 1, -1, -1]]), "o").shape
    (1, 4)
    """

    temporal = False
    subjects: Float[Array, "concept rank"]
    predicates: Float[Array, "two_predicate rank"]
    objects: Float[Array, "concept rank"]

    @classmethod
    def create(cls, counts: tuple[int, int, int], *, rank: int, key: PRNGKeyArray, scale: float = 0.1) -> "CP":
        """Embeddings drawn from N(0, scale^2) for the ``counts`` of concepts, predicates and instants (unused).

        >>> import jax
        >>> CP.create((5, 3, 0), rank=4, key=jax.random.key(0)).objects.shape
        (5, 4)
        """
        return cls(*drawn(key, scale, (counts[0], rank), (2 * counts[1], rank), (counts[0], rank)))

    def query(self, rows: Int[Array, "row 4"], slot: str) -> Float[Array, "row rank"]:
        """a_s b_p for an object, a_s c_o for a predicate.

        >>> import jax
        >>> model = CP.create((5, 3, 0), rank=4, key=jax.random.key(0))
        >>> model.query(jax.numpy.array([[0, -1, 2, -1]]), "p").shape
        (1, 4)
        """
        other = self.objects[rows[:, 2]] if slot == "p" else self.predicates[rows[:, 1]]
        return self.subjects[rows[:, 0]] * other

    def keys(self, slot: str) -> Float[Array, "candidate rank"]:
        """The embeddings of the candidates, as objects.

        >>> import jax
        >>> CP.create((5, 3, 0), rank=4, key=jax.random.key(0)).keys("p").shape
        (6, 4)
        """
        return self.predicates if slot == "p" else self.objects

    def penalty(self, rows: Int[Array, "row 4"]) -> Float[Array, " row"]:
        """sum_r |a_s|^3 + |b_p|^3 + |c_o|^3.

        >>> import jax
        >>> CP.create((5, 3, 0), rank=4, key=jax.random.key(0)).penalty(jax.numpy.array([[0, 1, 2, -1]])).shape
        (1,)
        """
        return cubes(self.subjects[rows[:, 0]], self.predicates[rows[:, 1]], self.objects[rows[:, 2]])


class DistMult(eqx.Module):
    """theta(s, p, o) = sum_r a_s,r b_p,r a_o,r: one embedding a concept, so that a predicate alone is symmetric.

    ``concepts`` (concept, rank), ``predicates`` (2 predicate, rank), the reciprocal ones behind. Penalty: N3. Source:
    Yang et al. (2015).

    >>> import jax
    >>> model = DistMult.create((5, 3, 0), rank=4, key=jax.random.key(0))
    >>> model.keys("o") is model.concepts
    True
    """

    temporal = False
    concepts: Float[Array, "concept rank"]
    predicates: Float[Array, "two_predicate rank"]

    @classmethod
    def create(cls, counts: tuple[int, int, int], *, rank: int, key: PRNGKeyArray, scale: float = 0.1) -> "DistMult":
        """Embeddings drawn from N(0, scale^2) for the ``counts`` of concepts, predicates and instants (unused).

        >>> import jax
        >>> DistMult.create((5, 3, 0), rank=4, key=jax.random.key(0)).predicates.shape
        (6, 4)
        """
        return cls(*drawn(key, scale, (counts[0], rank), (2 * counts[1], rank)))

    def query(self, rows: Int[Array, "row 4"], slot: str) -> Float[Array, "row rank"]:
        """a_s b_p for an object, a_s a_o for a predicate.

        >>> import jax
        >>> model = DistMult.create((5, 3, 0), rank=4, key=jax.random.key(0))
        >>> model.query(jax.numpy.array([[0, -1, 2, -1]]), "p").shape
        (1, 4)
        """
        other = self.concepts[rows[:, 2]] if slot == "p" else self.predicates[rows[:, 1]]
        return self.concepts[rows[:, 0]] * other

    def keys(self, slot: str) -> Float[Array, "candidate rank"]:
        """The embeddings of the candidates.

        >>> import jax
        >>> DistMult.create((5, 3, 0), rank=4, key=jax.random.key(0)).keys("p").shape
        (6, 4)
        """
        return self.predicates if slot == "p" else self.concepts

    def penalty(self, rows: Int[Array, "row 4"]) -> Float[Array, " row"]:
        """sum_r |a_s|^3 + |b_p|^3 + |a_o|^3.

        >>> import jax
        >>> DistMult.create((5, 3, 0), rank=4, key=jax.random.key(0)).penalty(jax.numpy.array([[0, 1, 2, -1]])).shape
        (1,)
        """
        return cubes(self.concepts[rows[:, 0]], self.predicates[rows[:, 1]], self.concepts[rows[:, 2]])
