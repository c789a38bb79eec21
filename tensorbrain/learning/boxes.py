"""Teaching a brain whose senses are boxes to say how two objects relate: the classes are told, the boxes are seen."""

import dataclasses
import time
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from tqdm.auto import tqdm

from tensorbrain.brain import TensorBrain
from tensorbrain.graph.scene_files import Scene
from tensorbrain.layers import BrainState
from tensorbrain.learning.schooling import descend, learning_rate, optimiser
from tensorbrain.modes.looking import Sight, feed_back, look, moment, pair_senses, region_senses, relate
from tensorbrain.numerics.finite import a_number
from tensorbrain.settings import Settings
from tensorbrain.stopping import stop_on_ctrl_c
from tensorbrain.typing import Array, Bool, Float, Float32, Int, Int32, PRNGKeyArray

# A prototype's recipe, which had seen Visual Genome's test images; WIPED, UNREAD and CLASS_WEIGHT were then settled,
# and EPOCHS and WEIGHT_DECAY confirmed, on the last 400 training images alone.
BATCH, EPOCHS, PEAK, WEIGHT_DECAY = 512, 18, 3e-3, 1.0
CLASS_WEIGHT = 1.0  # of naming the classes, beside naming the predicate
# Shares that are missing in a step of learning: of the blackboard after each feedback, of what the predicate is read
# from, and of the numbers that tell how the boxes lie.
WIPED, UNREAD, UNSEEN = 0.4, 0.6, 0.05
CLASS_SCALE, KIND_SCALE = 0.15, 0.3  # of the first embeddings of classes, and of what the evidence for them adds


class Pairs(NamedTuple):
    """Pairs of objects that pictures relate: their classes, where they lie, and which predicates are true.

    Shapes: classes (pair, 2), boxes (pair, 2, 4) as left, top, right, bottom in shares of the picture, true
    (pair, predicate); the subject comes first.
    """

    classes: Int32[np.ndarray, "pair 2"]
    boxes: Float32[np.ndarray, "pair 2 4"]
    true: Bool[np.ndarray, "pair predicate"]


def pairs_of(scenes: Sequence[Scene], classes: Sequence[str], predicates: Sequence[str]) -> Pairs:
    """The distinct related pairs of ``scenes``, in their order; KeyError for a class or predicate not listed.

    >>> boxes = np.array([[5, 0, 9, 9], [0, 5, 20, 9]], np.float32)
    >>> scene = Scene("a.jpg", (20.0, 10.0), ("dog", "mat"), boxes, ((0, "on", 1), (0, "near", 1), (0, "on", 1)))
    >>> pairs = pairs_of([scene], ["dog", "mat"], ["near", "on", "under"])
    >>> pairs.classes.tolist(), pairs.boxes[0, 0].tolist(), pairs.true.astype(int).tolist()
    ([[0, 1]], [0.25, 0.0, 0.44999998807907104, 0.8999999761581421], [[1, 1, 0]])
    """
    class_of, number = ({name: i for i, name in enumerate(names)} for names in (classes, predicates))
    told: dict[tuple[int, int, int], list[int]] = {}
    for n, scene in enumerate(scenes):
        for s, predicate, o in scene.relations:
            told.setdefault((n, s, o), []).append(number[predicate])
    true = np.zeros((len(told), len(predicates)), bool)
    for row, stated in zip(true, told.values(), strict=True):
        row[stated] = True
    kinds = [[class_of[scenes[n].classes[i]] for i in pair] for n, *pair in told]
    boxes = [scenes[n].boxes[pair] / np.tile(np.asarray(scenes[n].size, np.float32), 2) for n, *pair in told]
    return Pairs(np.asarray(kinds, np.int32).reshape(-1, 2), np.asarray(boxes, np.float32).reshape(-1, 2, 4), true)


def mirrored_predicates(predicates: Sequence[str]) -> Int32[np.ndarray, " predicate"]:
    """What each predicate becomes in a mirror: left is right there; -1 where the mirrored one is not listed.

    >>> mirrored_predicates(["on", "left of", "right of", "on the right of"]).tolist()
    [0, 2, 1, -1]
    """
    number = {name: i for i, name in enumerate(predicates)}
    swap = {"left": "right", "right": "left"}
    twins = (" ".join(swap.get(word, word) for word in name.split()) for name in predicates)
    return np.asarray([number.get(twin, -1) for twin in twins], np.int32)


def mirrored(boxes: Float32[np.ndarray, "*many 4"]) -> Float32[np.ndarray, "*many 4"]:
    """The boxes of the picture seen in a mirror.

    >>> mirrored(np.array([0.25, 0.0, 0.5, 1.0], np.float32)).tolist()
    [0.5, 0.0, 0.75, 1.0]
    """
    return np.stack([1 - boxes[..., 2], boxes[..., 1], 1 - boxes[..., 0], boxes[..., 3]], axis=-1)


def box_brain(classes: int, predicates: int, settings: Settings, *, seed: int = 0) -> TensorBrain:
    """An untaught brain whose concepts are ``classes`` and that senses evidence for them and boxes; no instants.

    ``senses`` and ``classes`` of the settings become those of such a brain.

    >>> box_brain(3, 2, Settings(dim=8, context=8)).index.capacity
    (3, 2, 0)
    """
    settings = dataclasses.replace(settings, senses="boxes", classes=classes)
    key, kind = jax.random.split(jax.random.key(seed))
    brain = TensorBrain.create((classes, predicates, 0), settings, key=key)
    A = brain.index.A.at[brain.index.block("concept")].multiply(CLASS_SCALE / 0.5)
    G = KIND_SCALE * jax.random.normal(kind, brain.sensory.encoders["kind"].G.shape)
    return eqx.tree_at(lambda b: (b.index.A, b.sensory.encoders["kind"].G), brain, (A, G))


def read_pair(
    brain: TensorBrain, classes: Int[Array, "2"], boxes: Float[Array, "2 4"], *, key: PRNGKeyArray | None = None
) -> tuple[Float[Array, "2"], Float[Array, " predicate"]]:
    """Windows S, O and P of one pair with told classes: log P(class) of both, read before feedback, and log P(p).

    With a ``key`` a part of what the brain holds is missing, as in learning. Silence is no answer: the pair is related.

    >>> brain = box_brain(3, 2, Settings(dim=8, context=8))
    >>> read_pair(brain, jnp.array([0, 1]), jnp.array([[0.0, 0.0, 0.5, 0.5], [0.5, 0.5, 1.0, 1.0]]))[1].shape
    (2,)
    """
    keys = [None] * 4 if key is None else jax.random.split(key, 4)
    known = brain.index.in_use[brain.index.block("concept")]
    evidence = jax.nn.one_hot(classes, brain.sensory.encoders["kind"].G.shape[1])
    _, state, _ = moment(brain, None)
    log_class = []
    for n in range(2):
        state, log_pi = look(brain, state, region_senses(brain, Sight(evidence[n], boxes[n])), known)
        state, _ = feed_back(brain, state, log_pi, "teacher", teacher=classes[n])
        state = BrainState(state.q * _kept(WIPED, state.q.shape, keys[n]), state.h)
        log_class.append(log_pi[classes[n]])
    nu = pair_senses(brain, jnp.zeros(0), boxes[0], boxes[1])
    nu = {name: features * _kept(UNSEEN, features.shape, keys[2]) for name, features in nu.items()}
    _, log_p = relate(brain, state, nu, kept=_kept(UNREAD, state.q.shape, keys[3]))
    return jnp.stack(log_class), jax.nn.log_softmax(log_p[:-1])


def _kept(missing: float, shape: tuple[int, ...], key: PRNGKeyArray | None) -> Float[Array, "*shape"]:
    """A factor for each number: 0 for a share that is missing, more than 1 for the others to make up for it."""
    if key is None:
        return jnp.ones(shape)
    return jnp.where(jax.random.bernoulli(key, 1 - missing, shape), 1 / (1 - missing), 0.0)


@jax.jit
def predicate_log_probabilities(
    brain: TensorBrain, classes: Int[Array, "pair 2"], boxes: Float[Array, "pair 2 4"]
) -> Float[Array, "pair predicate"]:
    """log P(p | classes and boxes of subject and object) of every predicate, for many pairs.

    >>> brain = box_brain(3, 2, Settings(dim=8, context=8))
    >>> boxes = jnp.array([[[0.0, 0.0, 0.5, 0.5], [0.5, 0.5, 1.0, 1.0]]])
    >>> predicate_log_probabilities(brain, jnp.array([[0, 1]]), boxes).shape
    (1, 2)
    """
    return jax.lax.map(lambda pair: read_pair(brain, *pair)[1], (classes, boxes), batch_size=512)


def _changing(brain: TensorBrain) -> TensorBrain:
    """A tree of booleans, True at what learning changes: embeddings, working memory and encoders."""
    mask = jax.tree_util.tree_map(lambda _: False, brain)
    parts = (brain.index.A, brain.memory, brain.sensory.encoders)
    return eqx.tree_at(
        lambda b: (b.index.A, b.memory, b.sensory.encoders), mask, jax.tree_util.tree_map(lambda _: True, parts)
    )


@partial(jax.jit, donate_argnums=(0, 1))
def _learn(
    params: TensorBrain,
    state: optax.OptState,
    frozen: TensorBrain,
    classes: Int[Array, "statement 2"],
    boxes: Float[Array, "statement 2 4"],
    predicates: Int[Array, " statement"],
    rate: Float[Array, ""],
    key: PRNGKeyArray,
) -> tuple[TensorBrain, optax.OptState, Float[Array, ""]]:
    """One step on a batch of statements: the parameters, the optimiser's state, the mean of -log P(p)."""

    def loss(params: TensorBrain) -> tuple[Float[Array, ""], Float[Array, ""]]:
        brain = eqx.combine(params, frozen)
        keys = jax.random.split(key, len(classes))
        log_class, log_p = jax.vmap(lambda c, b, k: read_pair(brain, c, b, key=k))(classes, boxes, keys)
        named = -jnp.take_along_axis(log_p, predicates[:, None], axis=1).mean()
        return named - CLASS_WEIGHT * log_class.sum(axis=1).mean(), named

    (_, named), gradient = jax.value_and_grad(loss, has_aux=True)(params)
    return *descend(optimiser(WEIGHT_DECAY), params, gradient, state, rate), named


def learn_pairs(
    brain: TensorBrain,
    pairs: Pairs,
    mirror: Int32[np.ndarray, " predicate"],
    *,
    epochs: int = EPOCHS,
    batch: int = BATCH,
    seed: int = 0,
    progress: bool = True,
) -> tuple[TensorBrain, list[dict[str, Any]]]:
    """Teach a brain every true statement of the ``pairs``, half of them at random as seen in a mirror.

    ``mirror`` is what `mirrored_predicates` gives. Ctrl-C ends the lessons early. Returns the brain and, for every
    epoch, the mean of -log P(p) in nats.
    """
    random = np.random.default_rng(seed)
    row, predicate = np.nonzero(pairs.true)
    batch = min(batch, len(row))
    steps = len(row) // batch
    params, frozen = eqx.partition(brain, _changing(brain))
    params = jax.tree_util.tree_map(jnp.copy, params)  # the steps reuse their memory
    state = optimiser(WEIGHT_DECAY).init(params)
    history: list[dict[str, Any]] = []
    started = time.perf_counter()
    with (
        stop_on_ctrl_c() as stopped,
        tqdm(total=epochs * steps, unit="step", desc="boxes", disable=not progress) as bar,
    ):
        for epoch in range(epochs):
            shuffled = random.permutation(len(row))[: steps * batch].reshape(steps, batch)
            named = []
            for step, which in enumerate(shuffled):
                if stopped.is_set():
                    break
                p, boxes = predicate[which], pairs.boxes[row[which]]
                turned = (random.random(batch) < 0.5) & (mirror[p] >= 0)
                params, state, value = _learn(
                    params, state, frozen,
                    jnp.asarray(pairs.classes[row[which]]),
                    jnp.asarray(np.where(turned[:, None, None], mirrored(boxes), boxes)),
                    jnp.asarray(np.where(turned, mirror[p], p)),
                    jnp.asarray(learning_rate(PEAK, (epoch + step / steps) / epochs), jnp.float32),
                    jax.random.fold_in(jax.random.key(seed), epoch * steps + step),
                )  # fmt: skip
                named.append(value)
                bar.update()
            else:
                loss = a_number(float(np.mean(jax.device_get(named))), f"epoch {epoch + 1}")
                history.append({"epoch": epoch + 1, "loss": loss, "seconds": round(time.perf_counter() - started, 3)})
                bar.set_postfix(loss=f"{loss:.3f}")
                continue
            break
    return eqx.combine(params, frozen), history
