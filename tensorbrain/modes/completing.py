"""Completing: the serial decoder asked as tensor models are, for one slot of a statement whose others are known."""

from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp

from tensorbrain.brain import BLOCK_OF, TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.factorization.protocol import at_time, cubes
from tensorbrain.layers import BrainState
from tensorbrain.modes.decoder import close_window
from tensorbrain.operations import evolve
from tensorbrain.typing import Array, Float, Int

First = Literal["predicate", "concept"]
READINGS: dict[First, tuple[str, str, str]] = {"predicate": ("pso", "pos", "sop"), "concept": ("spo", "ops", "sop")}
"""What is heard first of a statement -> how it is read towards its object, its subject and its predicate."""
ORDERS = READINGS["predicate"]
"""The orders of a brain that is taught to complete, where nothing else is said (`learning.recipes.Recipe.first`)."""


class SerialDecoder(eqx.Module):
    """A brain behind the protocol of `factorization.TensorModel`: query = gamma - c in the last window, keys = a_k.

    The known slots are told in the first windows, and the last is read: theta = a_k . (gamma - c) + a_0k, with a_0
    as one more number of the keys. They are told as in the first of the ``READINGS`` whose orders the brain has. A
    reciprocal predicate p + P is no predicate of its own: the statement is read in the other direction. A recall
    starts from a_t, or where t = -1 from a-bar. Penalty: that of the embeddings, sum_l |a_l|^3. Source: TB23
    (Algorithm 1).

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 0), Settings(dim=8, context=8, orders=ORDERS), key=jax.random.key(0))
    >>> SerialDecoder(brain).query(jnp.array([[0, 1, -1, -1]]), "o").shape
    (1, 9)
    """

    brain: TensorBrain

    def __check_init__(self) -> None:
        if not any(set(orders) <= set(self.brain.orders) for orders in READINGS.values()):
            ways = " or ".join(", ".join(orders) for orders in READINGS.values())
            raise SettingsError(
                f"this brain reads in the orders {', '.join(self.brain.orders)}: to complete statements it needs "
                f"{ways}."
            )

    @property
    def orders(self) -> tuple[str, str, str]:
        """In which it reads towards the object, the subject and the predicate.

        >>> from tensorbrain.settings import Settings
        >>> settings = Settings(dim=8, context=8, orders=READINGS["concept"])
        >>> SerialDecoder(TensorBrain.create((5, 3, 0), settings, key=jax.random.key(0))).orders
        ('spo', 'ops', 'sop')
        """
        return next(orders for orders in READINGS.values() if set(orders) <= set(self.brain.orders))

    @property
    def temporal(self) -> bool:
        """Whether it knows instants.

        >>> from tensorbrain.settings import Settings
        >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8, orders=ORDERS), key=jax.random.key(0))
        >>> SerialDecoder(brain).temporal
        True
        """
        return self.brain.index.size("instant") > 0

    @property
    def instants(self) -> Float[Array, "instant dim"]:
        """The embeddings of the instants in their order, which training may hold near the next one.

        >>> from tensorbrain.settings import Settings
        >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8, orders=ORDERS), key=jax.random.key(0))
        >>> SerialDecoder(brain).instants.shape
        (4, 8)
        """
        return self.brain.index.embeddings("instant")

    def query(self, rows: Int[Array, "row 4"], slot: str) -> Float[Array, "row width"]:
        """gamma - c in the window of the slot p, o or t, once all other slots are told.

        For an instant the three others are told from a-bar, and a fourth window reads when that was.

        >>> from tensorbrain.settings import Settings
        >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8, orders=ORDERS), key=jax.random.key(0))
        >>> [SerialDecoder(brain).query(jnp.array([[0, 1, 2, 3]]), slot).shape for slot in "pot"]
        [(1, 9), (1, 9), (1, 9)]
        """
        brain, predicates = self.brain, self.brain.index.size("predicate")
        s, p, o, t = rows.T
        back = p >= predicates
        forth, backwards, between = self.orders
        known = {"s": jnp.where(back, o, s), "p": p % predicates, "o": jnp.where(back, s, o)}
        if slot == "p":
            voice, told = self._voice(between)[None], between[:2]
        elif slot == "o":  # what the row calls s is told as such, whichever way it is read
            voice = jnp.where(back[:, None], self._voice(backwards)[None], self._voice(forth)[None])
            known, told = known | {"s": s}, forth[:2]
        else:
            voice, told = self._voice(forth)[None], forth
        q = jnp.broadcast_to(brain.a_bar, (len(rows), brain.board.dim))
        if self.temporal and slot != "t":
            q = jnp.where((t >= 0)[:, None], at_time(self.instants, t), q)

        def read(q: Float[Array, " dim"], *ks: Int[Array, ""]) -> Float[Array, " dim"]:
            state = BrainState(q, jnp.zeros(brain.memory.B.shape[0]))
            for k, which in zip(ks, told, strict=True):
                state = close_window(brain, evolve(brain.board, brain.memory, state), k, which)
            return brain.board.gamma(evolve(brain.board, brain.memory, state).q)

        gamma = jax.vmap(read)(q + voice, *(known[which] for which in told))
        centre = brain.index.terms(BLOCK_OF[slot])[2]
        return jnp.pad((gamma - centre) / brain.temperature, ((0, 0), (0, 1)), constant_values=1.0)

    def _voice(self, order: str) -> Float[Array, " dim"]:
        return self.brain.voice[self.brain.orders.index(order)]

    def keys(self, slot: str) -> Float[Array, "candidate width"]:
        """The embeddings a_k with a_0k behind; of predicates twice, as reading the other way asks for the same ones.

        >>> from tensorbrain.settings import Settings
        >>> brain = TensorBrain.create((5, 3, 0), Settings(dim=8, context=8, orders=ORDERS), key=jax.random.key(0))
        >>> SerialDecoder(brain).keys("p").shape
        (6, 9)
        """
        A, a0, _ = self.brain.index.terms(BLOCK_OF[slot])
        rows = jnp.concatenate([A, (a0 / self.brain.temperature)[:, None]], axis=1)
        return jnp.concatenate([rows, rows]) if slot == "p" else rows

    def penalty(self, rows: Int[Array, "row 4"]) -> Float[Array, " row"]:
        """sum_l |a_s|^3 + |a_p|^3 + |a_o|^3.

        >>> from tensorbrain.settings import Settings
        >>> brain = TensorBrain.create((5, 3, 0), Settings(dim=8, context=8, orders=ORDERS), key=jax.random.key(0))
        >>> SerialDecoder(brain).penalty(jnp.array([[0, 1, 2, -1]])).shape
        (1,)
        """
        concepts, predicates = (self.brain.index.embeddings(block) for block in ("concept", "predicate"))
        return cubes(concepts[rows[:, 0]], predicates[rows[:, 1] % len(predicates)], concepts[rows[:, 2]])
