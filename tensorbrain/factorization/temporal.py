"""TComplEx and TNTComplEx: ComplEx whose predicates turn with time, and one beside it that does not."""

import equinox as eqx
import jax.numpy as jnp

from tensorbrain.factorization.complex import conjugate, dual, modulus, product
from tensorbrain.factorization.protocol import at_time, cubes, drawn
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray


class TComplEx(eqx.Module):
    """theta(s, p, o, t) = Re sum_r a_s,r b_p,r d_t,r conj(a_o,r): the instant is one more complex factor.

    ``concepts`` (concept, 2 rank), ``predicates`` (2 predicate, 2 rank), ``instants`` (instant, 2 rank), as in
    `ComplEx`. Where t = -1 the mean of the instants stands in its place, which sums time out. Penalty: N3 of a_s,
    b_p d_t and a_o, or DURA. Source: Lacroix, Obozinski, Usunier (2020).

    >>> import jax
    >>> model = TComplEx.create((5, 3, 4), rank=4, key=jax.random.key(0))
    >>> model.query(jnp.array([[0, 1, 2, -1]]), "t").shape, model.keys("t").shape
    ((1, 8), (4, 8))
    """

    temporal = True
    concepts: Float[Array, "concept two_rank"]
    predicates: Float[Array, "two_predicate two_rank"]
    instants: Float[Array, "instant two_rank"]

    @classmethod
    def create(cls, counts: tuple[int, int, int], *, rank: int, key: PRNGKeyArray, scale: float = 0.1) -> "TComplEx":
        """Embeddings drawn from N(0, scale^2) for the ``counts`` of concepts, predicates and instants.

        >>> import jax
        >>> TComplEx.create((5, 3, 4), rank=4, key=jax.random.key(0)).instants.shape
        (4, 8)
        """
        return cls(*drawn(key, scale, *((n, 2 * rank) for n in (counts[0], 2 * counts[1], counts[2]))))

    def query(self, rows: Int[Array, "row 4"], slot: str) -> Float[Array, "row two_rank"]:
        """a_s b_p d_t for an object; for a predicate or an instant conj(a_s times the other) a_o.

        >>> import jax
        >>> model = TComplEx.create((5, 3, 4), rank=4, key=jax.random.key(0))
        >>> row = jnp.array([[0, 1, 2, 3]])
        >>> by = [model.query(row, slot)[0] @ model.keys(slot)[k] for slot, k in (("o", 2), ("p", 1), ("t", 3))]
        >>> bool(jnp.allclose(jnp.array(by), by[0], atol=1e-6))
        True
        """
        s, o = self.concepts[rows[:, 0]], self.concepts[rows[:, 2]]
        if slot == "t":
            return product(conjugate(product(s, self.predicates[rows[:, 1]])), o)
        at = at_time(self.instants, rows[:, 3])
        if slot == "p":
            return product(conjugate(product(s, at)), o)
        return product(product(s, self.predicates[rows[:, 1]]), at)

    def keys(self, slot: str) -> Float[Array, "candidate two_rank"]:
        """The embeddings of the candidates.

        >>> import jax
        >>> TComplEx.create((5, 3, 4), rank=4, key=jax.random.key(0)).keys("p").shape
        (6, 8)
        """
        return {"p": self.predicates, "t": self.instants}.get(slot, self.concepts)

    def penalty(self, rows: Int[Array, "row 4"]) -> Float[Array, " row"]:
        """sum_r |a_s|^3 + |b_p d_t|^3 + |a_o|^3.

        >>> import jax
        >>> TComplEx.create((5, 3, 4), rank=4, key=jax.random.key(0)).penalty(jnp.array([[0, 1, 2, 3]])).shape
        (1,)
        """
        s, p, o = self.concepts[rows[:, 0]], self.predicates[rows[:, 1]], self.concepts[rows[:, 2]]
        return cubes(modulus(s), modulus(product(p, at_time(self.instants, rows[:, 3]))), modulus(o))

    def duality(self, rows: Int[Array, "row 4"]) -> Float[Array, " row"]:
        """DURA of a_s, a_o and b_p d_t, see `complex.dual`. Source: Zhang, Cai, Wang (2020).

        >>> import jax
        >>> TComplEx.create((5, 3, 4), rank=4, key=jax.random.key(0)).duality(jnp.array([[0, 1, 2, 3]])).shape
        (1,)
        """
        s, p, o = self.concepts[rows[:, 0]], self.predicates[rows[:, 1]], self.concepts[rows[:, 2]]
        return dual(s, o, product(p, at_time(self.instants, rows[:, 3])))


class TNTComplEx(eqx.Module):
    """theta(s, p, o, t) = Re sum_r a_s,r (b_p,r d_t,r + e_p,r) conj(a_o,r): what changes, and what does not.

    As `TComplEx`, with the ``lasting`` part e (2 predicate, 2 rank) of each predicate. Penalty: N3 of a_s, b_p d_t,
    e_p and a_o, or DURA. Source: Lacroix, Obozinski, Usunier (2020).

    >>> import jax
    >>> model = TNTComplEx.create((5, 3, 4), rank=4, key=jax.random.key(0))
    >>> model.query(jnp.array([[0, 1, 2, -1]]), "t").shape, model.keys("p").shape
    ((1, 9), (6, 16))
    """

    temporal = True
    concepts: Float[Array, "concept two_rank"]
    predicates: Float[Array, "two_predicate two_rank"]
    lasting: Float[Array, "two_predicate two_rank"]
    instants: Float[Array, "instant two_rank"]

    @classmethod
    def create(cls, counts: tuple[int, int, int], *, rank: int, key: PRNGKeyArray, scale: float = 0.1) -> "TNTComplEx":
        """Embeddings drawn from N(0, scale^2) for the ``counts`` of concepts, predicates and instants.

        >>> import jax
        >>> TNTComplEx.create((5, 3, 4), rank=4, key=jax.random.key(0)).lasting.shape
        (6, 8)
        """
        predicates = 2 * counts[1]
        return cls(*drawn(key, scale, *((n, 2 * rank) for n in (counts[0], predicates, predicates, counts[2]))))

    def query(self, rows: Int[Array, "row 4"], slot: str) -> Float[Array, "row width"]:
        """As `TComplEx`; a predicate is asked for by both its parts, an instant with what does not depend on it.

        >>> import jax
        >>> model = TNTComplEx.create((5, 3, 4), rank=4, key=jax.random.key(0))
        >>> row = jnp.array([[0, 1, 2, 3]])
        >>> by = [model.query(row, slot)[0] @ model.keys(slot)[k] for slot, k in (("o", 2), ("p", 1), ("t", 3))]
        >>> bool(jnp.allclose(jnp.array(by), by[0], atol=1e-6))
        True
        """
        s, o = self.concepts[rows[:, 0]], self.concepts[rows[:, 2]]
        p, lasting = self.predicates[rows[:, 1]], self.lasting[rows[:, 1]]
        if slot == "t":
            always = (product(s, lasting) * o).sum(axis=1, keepdims=True)
            return jnp.concatenate([product(conjugate(product(s, p)), o), always], axis=1)
        at = at_time(self.instants, rows[:, 3])
        if slot == "p":
            return jnp.concatenate([product(conjugate(product(s, at)), o), product(conjugate(s), o)], axis=1)
        return product(s, product(p, at) + lasting)

    def keys(self, slot: str) -> Float[Array, "candidate width"]:
        """The embeddings of the candidates; of instants with a 1 behind, of predicates both parts.

        >>> import jax
        >>> TNTComplEx.create((5, 3, 4), rank=4, key=jax.random.key(0)).keys("t").shape
        (4, 9)
        """
        if slot == "t":
            return jnp.pad(self.instants, ((0, 0), (0, 1)), constant_values=1.0)
        return jnp.concatenate([self.predicates, self.lasting], axis=1) if slot == "p" else self.concepts

    def penalty(self, rows: Int[Array, "row 4"]) -> Float[Array, " row"]:
        """sum_r |a_s|^3 + |b_p d_t|^3 + |e_p|^3 + |a_o|^3.

        >>> import jax
        >>> TNTComplEx.create((5, 3, 4), rank=4, key=jax.random.key(0)).penalty(jnp.array([[0, 1, 2, 3]])).shape
        (1,)
        """
        s, p, o = self.concepts[rows[:, 0]], self.predicates[rows[:, 1]], self.concepts[rows[:, 2]]
        turning = product(p, at_time(self.instants, rows[:, 3]))
        return cubes(*map(modulus, (s, turning, self.lasting[rows[:, 1]], o)))

    def duality(self, rows: Int[Array, "row 4"]) -> Float[Array, " row"]:
        """DURA of a_s, a_o and both b_p d_t and e_p, see `complex.dual`. Source: Zhang, Cai, Wang (2020).

        >>> import jax
        >>> TNTComplEx.create((5, 3, 4), rank=4, key=jax.random.key(0)).duality(jnp.array([[0, 1, 2, 3]])).shape
        (1,)
        """
        s, p, o = self.concepts[rows[:, 0]], self.predicates[rows[:, 1]], self.concepts[rows[:, 2]]
        return dual(s, o, product(p, at_time(self.instants, rows[:, 3])), self.lasting[rows[:, 1]])
