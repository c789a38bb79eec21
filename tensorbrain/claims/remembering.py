"""Small episodic worlds, and what a brain of such a world remembers, by enumeration of all statements."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import BLOCK_OF, TensorBrain
from tensorbrain.layers.concept_index import NEVER
from tensorbrain.modes.decoder import close_window, open_window
from tensorbrain.typing import Array, Bool, Float, Int, Int32


class World(NamedTuple):
    """What happened, once a seed: which statements (s, p, o) were true in which instant, all of them distinct there.

    ``counts`` are the numbers of entities, predicates and instants, as `newborn` takes them.
    """

    statements: Int32[np.ndarray, "seed instant statement 3"]
    counts: tuple[int, int, int]


def world(
    seeds: tuple[int, ...], counts: tuple[int, int, int], *, each: int, pool: int, habit: float = 1.0, members: int = 1
) -> World:
    """Worlds in which every instant has ``each`` statements out of a pool; what is common there happens often.

    The n-th statement of the ``pool`` is drawn in proportion to n^-habit (habit 0: all alike), without repetition
    within an instant; nothing is said of itself. With ``members`` entities in a class (entity // members) the pool has
    rules: what one member of a class may do to one of another, all of them may do to all. What a seed gives depends on
    no other seed.

    >>> world((0, 1), (6, 2, 5), each=3, pool=20).statements.shape
    (2, 5, 3, 3)
    """
    drawn = [_one(np.random.default_rng(seed), counts, each, pool, habit, members) for seed in seeds]
    return World(np.stack(drawn), counts)


def _one(
    random: np.random.Generator, counts: tuple[int, int, int], each: int, pool: int, habit: float, members: int
) -> Int32[np.ndarray, "instant statement 3"]:
    entities, predicates, instants = counts
    every = np.argwhere(np.ones((entities, predicates, entities)))
    every = random.permutation(every[every[:, 0] != every[:, 2]])
    rule = np.unique(every // [members, 1, members], axis=0, return_inverse=True)[1].reshape(-1)
    whole = np.argsort(random.permutation(rule.max() + 1)[rule], kind="stable")  # rule after rule
    chosen = random.permutation(every[whole][:pool]) if members > 1 else every[:pool]
    log_p = -habit * np.log(np.arange(1, len(chosen) + 1))
    drawn = np.argsort(-(log_p + random.gumbel(size=(instants, len(chosen)))), axis=1)[:, :each]
    return chosen[drawn].astype(np.int32)


def rows(world: World) -> Int32[np.ndarray, "seed row 4"]:
    """What there is to learn, as rows (s, p, o, t): every statement from its instant, and again from a-bar, t = -1.

    As `learning.batches.training_rows` has it, so that semantic memory sees the frequencies of the episodes.

    >>> rows(world((0,), (6, 2, 5), each=3, pool=20)).shape
    (1, 30, 4)
    """
    told = world.statements
    t = np.broadcast_to(np.arange(told.shape[1])[None, :, None, None], (*told.shape[:3], 1))
    episodic = np.concatenate([told, t], axis=-1).reshape(len(told), -1, 4)
    semantic = np.concatenate([episodic[..., :3], np.full_like(episodic[..., 3:], -1)], axis=-1)
    return np.concatenate([episodic, semantic], axis=1).astype(np.int32)


def every_statement(
    brain: TensorBrain, q: Float[Array, " dim"], order: str
) -> Float[Array, "concept predicate concept"]:
    """log P(s, p, o | q) of all statements, by enumeration; every beginning of a statement is decoded once.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> log_p = every_statement(brain, brain.a_bar, "spo")
    >>> log_p.shape, round(float(jnp.exp(log_p).sum()), 4)
    ((5, 3, 5), 1.0)
    """
    first, second, third = order
    state, log_1 = open_window(brain, brain.start(q, order), first)

    def begun(k: Int[Array, ""]) -> Float[Array, "second third"]:
        after, log_2 = open_window(brain, close_window(brain, state, k, first), second)

        def followed(k: Int[Array, ""]) -> Float[Array, " third"]:
            return open_window(brain, close_window(brain, after, k, second), third)[1]

        return log_2[:, None] + jax.vmap(followed)(_every(brain, second))

    log_p = log_1[:, None, None] + jax.vmap(begun)(_every(brain, first))
    return log_p.transpose(tuple(order.index(slot) for slot in "spo"))


def _every(brain: TensorBrain, slot: str) -> Int[Array, " row"]:
    return jnp.arange(brain.index.size(BLOCK_OF[slot]))


def recalled_at_n(
    log_p: Float[Array, "start concept predicate concept"], told: Int[Array, "start statement 3"]
) -> Float[Array, " start"]:
    """Of the n statements told of each start, the share that is among its n most probable ones; -1 pads a list.

    >>> log_p = jnp.log(jnp.array([0.1, 0.4, 0.3, 0.2])).reshape(1, 2, 1, 2)
    >>> recalled_at_n(log_p, jnp.array([[[0, 0, 1], [1, 0, 1]]])).tolist()
    [0.5]
    """
    _, predicates, concepts = log_p.shape[1:]
    there = told[..., 0] >= 0
    flat = log_p.reshape(len(log_p), -1)
    s, p, o = jnp.moveaxis(told, -1, 0)
    its = jnp.take_along_axis(flat, jnp.where(there, (s * predicates + p) * concepts + o, 0), axis=1)
    better = (flat[:, None, :] > its[..., None]).sum(axis=-1)
    n = there.sum(axis=1)
    return (there & (better < n[:, None])).sum(axis=1) / n


def divergence(log_p: Float[Array, "*any"], log_q: Float[Array, "*any"]) -> Float[Array, ""]:
    """KL(p || q) in nats, of two distributions over the same outcomes; rounding may not make it negative.

    >>> log_p, log_q = jnp.log(jnp.array([0.5, 0.5])), jnp.log(jnp.array([0.25, 0.75]))
    >>> round(float(divergence(log_p, log_q)), 4)
    0.1438
    """
    terms = jnp.where(log_p > NEVER / 2, jnp.exp(log_p) * (log_p - log_q), 0.0)
    return jnp.maximum(terms.sum(), 0.0)


def beside(brains: TensorBrain, conditions: int) -> TensorBrain:
    """The same brains once for each of several conditions, to be taught at once: all of the first condition first.

    >>> from tensorbrain.learning.fit import newborn
    >>> from tensorbrain.settings import Settings
    >>> beside(newborn((5, 3, 4), Settings(dim=8, context=8), (0, 1)), 3).index.A.shape
    (6, 12, 8)
    """
    return jax.tree.map(lambda leaf: jnp.concatenate([leaf] * conditions), brains)


@partial(jax.jit, static_argnames=("order",))
def last_window(
    brain: TensorBrain, q: Float[Array, " dim"], statement: Int[Array, "3"], order: str
) -> Float[Array, " row"]:
    """log P(. | q, the first two of ``order``): what fills the last slot of a statement of which the others are told.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> last_window(brain, brain.a_bar, jnp.array([0, 1, 2]), "spo").shape
    (5,)
    """
    state = brain.start(q, order)
    for slot in order[:2]:
        state, _ = open_window(brain, state, slot)
        state = close_window(brain, state, statement["spo".index(slot)], slot)
    return open_window(brain, state, order[2])[1]


@jax.jit
def known(brains: TensorBrain, facts: Int[Array, "brain fact 3"]) -> Bool[Array, "brain fact"]:
    """Whether semantic memory's best object of each (s, p, ?) is the one that is told, of several brains.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> every = jnp.stack([jnp.array([0, 1, o]) for o in range(5)])
    >>> int(known(jax.tree.map(lambda leaf: leaf[None], brain), every[None]).sum())
    1
    """

    def one(brain: TensorBrain, fact: Int[Array, "3"]) -> Bool[Array, ""]:
        return last_window(brain, brain.a_bar, fact, "spo").argmax() == fact[2]

    return jax.vmap(lambda brain, facts: jax.vmap(lambda fact: one(brain, fact))(facts))(brains, facts)
