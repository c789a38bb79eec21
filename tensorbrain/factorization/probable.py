"""The non-negative Tucker model, asked as the other tensor models are: its products are probabilities."""

import equinox as eqx
import jax.numpy as jnp

from tensorbrain.factorization.nonnegative_tucker import FLOOR, NonnegativeTucker
from tensorbrain.factorization.protocol import at_time
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray


class ProbableTucker(eqx.Module):
    """theta(s, p, o, t) = log P(s, p, o, t), of the non-negative Tucker model ``joint``, up to a constant.

    Here query . key is P itself, as P is linear in each embedding, and its `log` the score: a softmax over the
    candidates of a slot then gives exactly P(slot | the others). A reciprocal predicate p + P is p read backwards and
    has no embedding of its own. Where t = -1 time is summed out; a model of triples has one instant. ``rank`` is that
    of entities; predicates have as many latent classes, if they are as many, and instants half of them. Penalty: -log
    of the embeddings, a Dirichlet prior. Source: TM17.

    >>> import jax
    >>> model = ProbableTucker.create((5, 3, 0), rank=4, key=jax.random.key(0))
    >>> model.joint.core.shape, model.temporal
    ((4, 3, 4, 1), False)
    """

    joint: NonnegativeTucker
    temporal: bool = eqx.field(static=True)

    @classmethod
    def create(cls, counts: tuple[int, int, int], *, rank: int, key: PRNGKeyArray) -> "ProbableTucker":
        """A random model for the ``counts`` of concepts, predicates and instants, 0 of them for triples.

        >>> import jax
        >>> ProbableTucker.create((5, 3, 4), rank=2, key=jax.random.key(0)).temporal
        True
        """
        concepts, predicates, instants = counts
        ranks = (rank, min(rank, max(predicates, 1)), min((rank + 1) // 2, max(instants, 1)))
        counts = (concepts, predicates, max(instants, 1))
        return cls(NonnegativeTucker.create(counts, ranks, key=key), instants > 0)

    def query(self, rows: Int[Array, "row 4"], slot: str) -> Float[Array, "row width"]:
        """The core contracted with the three others; of a predicate, read forwards and then backwards.

        >>> import jax
        >>> model = ProbableTucker.create((5, 3, 4), rank=4, key=jax.random.key(0))
        >>> row = jnp.array([[0, 1, 2, 3]])
        >>> by = [model.query(row, slot)[0] @ model.keys(slot)[k] for slot, k in (("o", 2), ("p", 1), ("t", 3))]
        >>> bool(jnp.allclose(jnp.array(by), by[0]))
        True
        """
        model, core = self.joint, self.joint.core
        first, last = model.entities[rows[:, 0]], model.entities[rows[:, 2]]
        when = at_time(model.instants, rows[:, 3])
        if slot == "p":
            read = "na,nc,nd,abcd->nb"
            ways = (jnp.einsum(read, *ends, when, core) for ends in ((first, last), (last, first)))
            return jnp.concatenate(list(ways), axis=1)
        predicates = len(model.predicates)
        p, backwards = model.predicates[rows[:, 1] % predicates], (rows[:, 1] >= predicates)[:, None]
        if slot == "t":
            s, o = jnp.where(backwards, last, first), jnp.where(backwards, first, last)
            return jnp.einsum("na,nb,nc,abcd->nd", s, p, o, core)
        there, back = (jnp.einsum(read, first, p, when, core) for read in ("na,nb,nd,abcd->nc", "nc,nb,nd,abcd->na"))
        return jnp.where(backwards, back, there)

    def keys(self, slot: str) -> Float[Array, "candidate width"]:
        """The embeddings of the candidates; of predicates those read forwards, then those read backwards.

        >>> import jax
        >>> ProbableTucker.create((5, 3, 0), rank=4, key=jax.random.key(0)).keys("p").shape
        (6, 6)
        """
        if slot != "p":
            return self.joint.factor(slot)
        b = self.joint.predicates
        return jnp.block([[b, jnp.zeros_like(b)], [jnp.zeros_like(b), b]])

    def log(self, products: Float[Array, "row candidate"]) -> Float[Array, "row candidate"]:
        """The scores of products of queries and keys; what cannot be is held to be about one in 10^30.

        >>> import jax
        >>> model = ProbableTucker.create((5, 3, 0), rank=4, key=jax.random.key(0))
        >>> row = jnp.array([[0, 1, -1, -1]])
        >>> given = jax.nn.softmax(model.log(model.query(row, "o") @ model.keys("o").T))[0]
        >>> joint = jnp.einsum("a,b,oc,d,abcd->o", *(model.joint.factor(slot)[k] for slot, k in zip("sp", (0, 1))),
        ...                    model.joint.entities, model.joint.instants[0], model.joint.core)
        >>> bool(jnp.allclose(given, joint / joint.sum()))
        True
        """
        return jnp.log(jnp.maximum(products, FLOOR))

    def penalty(self, rows: Int[Array, "row 4"]) -> Float[Array, " row"]:
        """-sum log of the embeddings of s, p, o, and t where there is one: no class is to be impossible for anything.

        >>> import jax
        >>> ProbableTucker.create((5, 3, 0), rank=4, key=jax.random.key(0)).penalty(jnp.array([[0, 1, 2, -1]])).shape
        (1,)
        """
        model = self.joint
        factors = [model.entities[rows[:, 0]], model.predicates[rows[:, 1] % len(model.predicates)]]
        factors += [model.entities[rows[:, 2]], *([at_time(model.instants, rows[:, 3])] if self.temporal else [])]
        return -jnp.sum(self.log(jnp.concatenate(factors, axis=1)), axis=1)
