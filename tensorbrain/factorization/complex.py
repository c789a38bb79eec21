"""ComplEx: a product of complex embeddings, so that who does what to whom is not the same the other way round."""

import equinox as eqx
import jax.numpy as jnp

from tensorbrain.factorization.protocol import cubes, drawn, squares
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray


class ComplEx(eqx.Module):
    """theta(s, p, o) = Re sum_r a_s,r b_p,r conj(a_o,r), with complex a and b of ``rank`` numbers.

    ``concepts`` (concept, 2 rank) and ``predicates`` (2 predicate, 2 rank) hold real parts, then imaginary parts; the
    second half of the predicates are the reciprocal ones. Penalty: N3 on the moduli, or DURA. Source: Trouillon et
    al. (2016); Lacroix et al. (2018); Zhang et al. (2020).

    >>> import jax
    >>> model = ComplEx.create((5, 3, 0), rank=4, key=jax.random.key(0))
    >>> model.query(jnp.array([[0, 1, -1, -1]]), "o").shape, model.keys("p").shape
    ((1, 8), (6, 8))
    """

    temporal = False
    concepts: Float[Array, "concept two_rank"]
    predicates: Float[Array, "two_predicate two_rank"]

    @classmethod
    def create(cls, counts: tuple[int, int, int], *, rank: int, key: PRNGKeyArray, scale: float = 0.1) -> "ComplEx":
        """Embeddings drawn from N(0, scale^2) for the ``counts`` of concepts, predicates and instants (unused).

        >>> import jax
        >>> ComplEx.create((5, 3, 0), rank=4, key=jax.random.key(0)).concepts.shape
        (5, 8)
        """
        return cls(*drawn(key, scale, (counts[0], 2 * rank), (2 * counts[1], 2 * rank)))

    def query(self, rows: Int[Array, "row 4"], slot: str) -> Float[Array, "row two_rank"]:
        """a_s b_p for an object, conj(a_s) a_o for a predicate.

        >>> import jax
        >>> model = ComplEx.create((5, 3, 0), rank=4, key=jax.random.key(0))
        >>> row = jnp.array([[0, 1, 2, -1]])
        >>> by_o, by_p = (model.query(row, slot)[0] @ model.keys(slot)[k] for slot, k in (("o", 2), ("p", 1)))
        >>> bool(jnp.allclose(by_o, by_p, atol=1e-6))
        True
        """
        if slot == "p":
            return product(conjugate(self.concepts[rows[:, 0]]), self.concepts[rows[:, 2]])
        return product(self.concepts[rows[:, 0]], self.predicates[rows[:, 1]])

    def keys(self, slot: str) -> Float[Array, "candidate two_rank"]:
        """The embeddings: Re(q conj(k)) is the product of what is stored.

        >>> import jax
        >>> ComplEx.create((5, 3, 0), rank=4, key=jax.random.key(0)).keys("o").shape
        (5, 8)
        """
        return self.predicates if slot == "p" else self.concepts

    def penalty(self, rows: Int[Array, "row 4"]) -> Float[Array, " row"]:
        """sum_r |a_s|^3 + |b_p|^3 + |a_o|^3.

        >>> import jax
        >>> model = ComplEx.create((5, 3, 0), rank=4, key=jax.random.key(0))
        >>> model.penalty(jnp.array([[0, 1, 2, -1]])).shape
        (1,)
        """
        s, p, o = self.concepts[rows[:, 0]], self.predicates[rows[:, 1]], self.concepts[rows[:, 2]]
        return cubes(modulus(s), modulus(p), modulus(o))

    def duality(self, rows: Int[Array, "row 4"]) -> Float[Array, " row"]:
        """DURA of a_s, a_o and b_p, see `dual`. Source: Zhang, Cai, Wang (2020).

        >>> import jax
        >>> model = ComplEx.create((5, 3, 0), rank=4, key=jax.random.key(0))
        >>> model.duality(jnp.array([[0, 1, 2, -1]])).shape
        (1,)
        """
        s, p, o = self.concepts[rows[:, 0]], self.predicates[rows[:, 1]], self.concepts[rows[:, 2]]
        return dual(s, o, p)


def dual(
    s: Float[Array, "row two_rank"], o: Float[Array, "row two_rank"], *between: Float[Array, "row two_rank"]
) -> Float[Array, " row"]:
    """(|s|^2 + |o|^2) / 2 + 3/2 sum_b |s b|^2 + |o conj(b)|^2: DURA with its published weights.

    A score is the product of a query s b and a key o, and also of s and o conj(b): where these are short, so is what
    stands in no statement. Of a b that is a sum, each part is held short by itself. Source: Zhang, Cai, Wang (2020).

    >>> one, i = jnp.array([[1.0, 0.0]]), jnp.array([[0.0, 1.0]])
    >>> dual(one, one, i), dual(one, one, i, i)
    (Array([4.], dtype=float32), Array([7.], dtype=float32))
    """
    pairs = [each for b in between for each in (product(s, b), product(o, conjugate(b)))]
    return 0.5 * squares(s, o) + 1.5 * squares(*pairs)


def product(a: Float[Array, "row two_rank"], b: Float[Array, "row two_rank"]) -> Float[Array, "row two_rank"]:
    """The elementwise product of complex numbers whose real parts stand before their imaginary parts.

    >>> product(jnp.array([[0.0, 1.0]]), jnp.array([[0.0, 1.0]]))
    Array([[-1.,  0.]], dtype=float32)
    """
    (a_re, a_im), (b_re, b_im) = jnp.split(a, 2, axis=1), jnp.split(b, 2, axis=1)
    return jnp.concatenate([a_re * b_re - a_im * b_im, a_re * b_im + a_im * b_re], axis=1)


def conjugate(a: Float[Array, "row two_rank"]) -> Float[Array, "row two_rank"]:
    """The complex conjugates.

    >>> conjugate(jnp.array([[2.0, 1.0]]))
    Array([[ 2., -1.]], dtype=float32)
    """
    re, im = jnp.split(a, 2, axis=1)
    return jnp.concatenate([re, -im], axis=1)


def modulus(a: Float[Array, "row two_rank"]) -> Float[Array, "row rank"]:
    """The moduli; their gradient at 0 is 0.

    >>> modulus(jnp.array([[3.0, 4.0]]))
    Array([[5.]], dtype=float32)
    """
    re, im = jnp.split(a, 2, axis=1)
    return jnp.sqrt(re**2 + im**2 + 1e-20)
