"""A small world to be seen: individuals of classes, their looks, how two of them relate; and brains that look at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import TensorBrain
from tensorbrain.layers import BrainState, SensoryBuffer
from tensorbrain.layers.concept_index import NEVER
from tensorbrain.learning.fit import keys, newborn
from tensorbrain.learning.objectives import trainable
from tensorbrain.modes.looking import feed_back, look, read_labels, relate
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Bool, Float, Int, PRNGKeyArray


@dataclass(frozen=True)
class Sizes:
    """How large a small world is: classes, individuals of each, features of a look, relations, and ``deviation``, how
    far individuals lie from the prototype of their class (prototypes are drawn from N(0, 1)). With 2 ``faces`` every
    concept has a second row of A, so that one may be read and the other written.

    Concepts are the individuals, class by class, then the classes, then the two traits; predicates are four to a
    relation: who leads (of two), and of which trait the subject is.

    >>> Sizes(classes=3, each=4).counts
    (17, 16, 0)
    """

    classes: int = 8
    each: int = 4
    feature: int = 32
    relations: int = 4
    deviation: float = 0.5
    faces: int = 1

    @property
    def individuals(self) -> int:
        """The number of known individuals, and the id of the first class."""
        return self.classes * self.each

    @property
    def counts(self) -> tuple[int, int, int]:
        """Concepts, predicates and instants, as brains are created with."""
        return self.faces * (self.individuals + self.classes + 2), 4 * self.relations, 0

    @property
    def things(self) -> Bool[np.ndarray, " concept"]:
        """What a region may be taken for: an individual, or where it is none, a class."""
        return np.arange(self.counts[0]) < self.individuals + self.classes

    @property
    def groups(self) -> Int[np.ndarray, "group member"]:
        """The label groups, classes and traits, with -1 for padding."""
        rows = np.full((2, max(2, self.classes)), -1, np.int32)
        rows[0, : self.classes] = self.individuals + np.arange(self.classes)
        rows[1, :2] = self.individuals + self.classes + np.arange(2)
        return rows


class World(NamedTuple):
    """What is so in a small world: ``trait`` cannot be seen, ``leads`` says whether one class leads another."""

    prototype: Float[Array, "class feature"]
    face: Float[Array, "individual feature"]
    trait: Int[Array, " individual"]
    leads: Int[Array, "class class"]
    relation: Float[Array, "relation feature"]


class Scene(NamedTuple):
    """Two things seen and how they relate; of two entries the first is the subject, the second the object.

    ``thing`` is the individual, or the class of a stranger; ``labels`` are class and trait of each.
    """

    looks: Float[Array, "2 feature"]
    union: Float[Array, " feature"]
    thing: Int[Array, "2"]
    labels: Int[Array, "2 group"]
    predicate: Int[Array, ""]


def worlds(sizes: Sizes, seeds: tuple[int, ...]) -> World:
    """A world for every seed; the arrays have the seed as their first axis.

    >>> world = worlds(Sizes(classes=3, each=4), (0, 1))
    >>> world.face.shape, bool((world.leads[0] + world.leads[0].T == 1 - jnp.eye(3, dtype=int)).all())
    ((2, 12, 32), True)
    """
    each = [_world(sizes, np.random.default_rng((seed, 1))) for seed in seeds]
    return World(*(jnp.asarray(np.stack(part)) for part in zip(*each, strict=True)))


def _world(sizes: Sizes, random: np.random.Generator) -> World:
    """One world, drawn with NumPy: to compile random numbers of odd shapes takes longer than to teach a brain."""
    prototype = random.normal(size=(sizes.classes, sizes.feature))
    deviation = sizes.deviation * random.normal(size=(sizes.individuals, sizes.feature))
    rank = random.permutation(sizes.classes)
    arrays = (
        prototype,
        np.repeat(prototype, sizes.each, axis=0) + deviation,
        random.integers(0, 2, sizes.individuals),
        rank[:, None] < rank,
        random.normal(size=(sizes.relations, sizes.feature)),
    )
    return World(*(a.astype(np.float32 if a.dtype.kind == "f" else np.int32) for a in arrays))  # pyright: ignore


def scene(
    world: World,
    z: Float[Array, "6 feature"],
    *,
    noise: Float[Array, ""] | float,
    strange: Float[Array, ""] | float = 0.0,
) -> Scene:
    """The scene that random numbers z ~ N(0, 1) make: two things of different classes.

    A share ``strange`` of the things were never seen before.

    What is seen of a thing is its face, and of a pair the mean of their faces and the prototype of their relation, each
    with noise of N(0, noise^2); so the union does not tell subject from object. The predicate is 4 relation + 2 (does
    the subject's class lead) + trait of the subject: the first is seen, the second needs to know who is who, the third
    whom one sees.

    >>> world = jax.tree_util.tree_map(lambda leaf: leaf[0], worlds(Sizes(), (0,)))
    >>> scene(world, jnp.zeros((6, 32)), noise=0.5).looks.shape
    (2, 32)
    """
    classes, each = len(world.prototype), len(world.face) // len(world.prototype)
    u = jax.scipy.stats.norm.cdf(z[5])
    kind = jnp.cumsum(jnp.stack([_one_of(u[0], classes), 1 + _one_of(u[1], classes - 1)])) % classes
    who = kind * each + _one_of(u[2:4], each)
    stranger = u[4:6] < strange
    spread = (world.face - jnp.repeat(world.prototype, each, axis=0)).std()
    face = jnp.where(stranger[:, None], world.prototype[kind] + spread * z[:2], world.face[who])
    trait = jnp.where(stranger, _one_of(u[6:8], 2), world.trait[who])
    relation = _one_of(u[8], len(world.relation))
    first = len(world.face)
    return Scene(
        looks=face + noise * z[2:4],
        union=world.relation[relation] + face.mean(axis=0) + noise * z[4],
        thing=jnp.where(stranger, first + kind, who),
        labels=jnp.stack([first + kind, first + classes + trait], axis=1),
        predicate=4 * relation + 2 * world.leads[kind[0], kind[1]] + trait[0],
    )


def _one_of(u: Float[Array, "*many"], n: int) -> Int[Array, "*many"]:
    """A whole number below n for each number u in 0..1."""
    return jnp.minimum((u * n).astype(jnp.int32), n - 1)


class Read(NamedTuple):
    """What a brain reads in a scene: log P of things, labels and predicates, and the state after the feedback at O."""

    thing: Float[Array, "2 concept"]
    labels: Float[Array, "2 group member"]
    predicate: Float[Array, " predicate"]


def read(
    brain: TensorBrain,
    seen: Scene,
    sizes: Sizes,
    *,
    selection: str = "attend",
    teacher: Int[Array, "2"] | None = None,
    untied: Float[Array, ""] | float = 0.0,
) -> Read:
    """Look at a scene window by window (TB23, Algorithm 1): subject, object, predicate; labels after the feedback.

    ``selection`` is attend, argmax or teacher, which writes the indices ``teacher``. Where indices have two faces and
    ``untied`` is 1, the second is written in place of the first, which is read.
    """
    candidates, groups = jnp.asarray(sizes.things), jnp.asarray(sizes.groups)
    state = BrainState(brain.board.blank(), jnp.zeros(brain.memory.B.shape[0]))
    things, labels = [], []
    for n in range(2):
        state, log_pi = look(brain, state, {"region": seen.looks[n]}, candidates)
        writes = log_pi if sizes.faces == 1 else jnp.where(untied > 0, jnp.roll(log_pi, len(log_pi) // 2), log_pi)
        state, _ = feed_back(brain, state, writes, selection, teacher=None if teacher is None else teacher[n])
        things.append(log_pi)
        labels.append(read_labels(brain, state, groups))
    _, log_p = relate(brain, state, {"union": seen.union})
    return Read(jnp.stack(things), jnp.stack(labels), log_p[:-1])


class Condition(NamedTuple):
    """What a brain learns and looks under: whether what its working memory writes and its feedback take part (each 1 or
    0), the noise of the looks, and whether the second face of an index is written. Numbers all, so that brains of all
    kinds are taught side by side."""

    context: Float[Array, "*many"]
    feedback: Float[Array, "*many"]
    noise: Float[Array, "*many"]
    untied: Float[Array, "*many"]


def conditions(rows: Sequence[tuple[float | int, ...]], seeds: tuple[int, ...]) -> Condition:
    """Several conditions (context, feedback, noise, untied), all seeds of the first one first.

    >>> conditions([(0, 0, 0.5, 0), (1, 0, 0.5, 0)], (5, 6)).context
    Array([0., 0., 1., 1.], dtype=float32)
    """
    each = np.repeat(np.asarray(rows, np.float32), len(seeds), axis=0)
    return Condition(*(jnp.asarray(column) for column in each.T))


def gated(brain: TensorBrain, condition: Condition) -> TensorBrain:
    """The brain with working memory and feedback let through or not; shut, they learn nothing either.

    As `without_working_memory` and `without_feedback` do.
    """
    memory = brain.memory
    return eqx.tree_at(
        lambda b: (b.memory.W, b.memory.w0, b.beta),
        brain,
        (condition.context * memory.W, condition.context * memory.w0, condition.feedback * brain.beta),
    )


@dataclass(frozen=True)
class Looks:
    """The loss of ``batch`` new scenes a step: mean -log P of things, labels and predicate, under attention."""

    sizes: Sizes
    batch: int = 32
    strange: float = 0.25

    def __call__(self, brain: TensorBrain, lesson: tuple[World, Condition], key: PRNGKeyArray) -> Float[Array, ""]:
        world, condition = lesson
        brain = gated(brain, condition)

        def one(z: Float[Array, "6 feature"]) -> Float[Array, ""]:
            seen = scene(world, z, noise=condition.noise, strange=self.strange)
            return -told(read(brain, seen, self.sizes, untied=condition.untied), seen, self.sizes)

        return jax.vmap(one)(jax.random.normal(key, (self.batch, 6, self.sizes.feature))).mean()


def told(said: Read, seen: Scene, sizes: Sizes) -> Float[Array, ""]:
    """The summed log P of all that is true of a scene: two things, two labels of each, one predicate."""
    things = jnp.take_along_axis(said.thing, seen.thing[:, None], axis=1).sum()
    is_label = jnp.asarray(sizes.groups)[None] == seen.labels[:, :, None]
    labels = jnp.where(is_label, said.labels, 0.0).sum()
    return things + labels + said.predicate[seen.predicate]


def brains_that_see(sizes: Sizes, settings: Settings, seeds: tuple[int, ...]) -> TensorBrain:
    """Untaught brains, one a seed, with the modalities region and union, and nothing but statements to say."""
    brains = newborn(sizes.counts, settings, seeds)

    def with_senses(brain: TensorBrain, key: PRNGKeyArray) -> TensorBrain:
        features = {"region": sizes.feature, "union": sizes.feature}
        senses = SensoryBuffer.create(features, dim=settings.dim, key=jax.random.fold_in(key, 2))
        silence = jnp.zeros(settings.dim + 1).at[-1].set(NEVER)
        return eqx.tree_at(lambda b: (b.sensory, b.silence), brain, (senses, silence), is_leaf=lambda x: x is None)

    return jax.vmap(with_senses)(brains, keys(seeds))


def learns_to_see(brain: TensorBrain) -> TensorBrain:
    """What may change in a small brain that sees: what memory learns, and the encoders."""
    mask = trainable(brain, learn_beta=False)
    every = jax.tree_util.tree_map(lambda _: True, brain.sensory.encoders)
    return eqx.tree_at(lambda b: b.sensory.encoders, mask, every)


def drawn(sizes: Sizes, seeds: tuple[int, ...], count: int) -> Float[Array, "seed scene 6 feature"]:
    """The random numbers of so many new scenes for every seed.

    >>> drawn(Sizes(), (0, 0), 3).shape
    (2, 3, 6, 32)
    """
    shape = (count, 6, sizes.feature)
    return jnp.asarray(np.stack([np.random.default_rng((seed, 2)).normal(size=shape) for seed in seeds]), jnp.float32)
