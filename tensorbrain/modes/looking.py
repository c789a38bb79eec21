"""The windows of perception: the moment, a region looked at, its labels, and how two regions relate (TB23, Alg. 1)."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from tensorbrain.brain import TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.layers import BrainState
from tensorbrain.layers.concept_index import NEVER
from tensorbrain.layers.eye import glimpse
from tensorbrain.layers.geometry import between, where
from tensorbrain.layers.geometry import union as union_box
from tensorbrain.operations import attend, evolve, log_probabilities, measure, sense
from tensorbrain.typing import Array, Bool, Float, Int, PRNGKeyArray


class Sight(NamedTuple):
    """What the senses hold of one region: features of its pixels or evidence for its kind, and its box.

    Shapes: features (feature,), box (4,).
    """

    features: Float[Array, "*many feature"]
    box: Float[Array, "*many 4"]


def see(
    brain: TensorBrain, picture: Float[Array, "height width 3"], boxes: Float[Array, "region 4"]
) -> Float[Array, "region feature"]:
    """The eye's features of every box of a picture with values in 0..1; SettingsError for a brain without eyes.

    >>> from tensorbrain.settings import Settings
    >>> settings = Settings(dim=8, context=8, senses="pictures", feature=16)
    >>> brain = TensorBrain.create((5, 3, 4), settings, key=jax.random.key(0))
    >>> see(brain, jnp.zeros((64, 64, 3)), jnp.array([[0.0, 0.0, 1.0, 1.0]])).shape
    (1, 16)
    """
    if brain.sensory.eye is None:
        raise SettingsError("this brain has no eyes: train one on pictures, as with `tensorbrain train --pictures`.")
    return jax.vmap(lambda box: brain.sensory.eye(glimpse(picture, box)))(boxes)  # type: ignore[misc]


def see_union(
    brain: TensorBrain,
    picture: Float[Array, "height width 3"],
    boxes: Float[Array, "region 4"],
    pairs: Int[Array, "pair 2"],
) -> Float[Array, "pair feature"]:
    """The eye's features of the union box of every pair of regions."""
    unions = jax.vmap(lambda pair: union_box(boxes[pair[0]], boxes[pair[1]]))(pairs)
    return see(brain, picture, unions)


def moment(
    brain: TensorBrain,
    scene: Sight | None,
    *,
    attention: bool = True,
    known: Bool[Array, " instant"] | None = None,
) -> tuple[BrainState, BrainState, Float[Array, " instant"]]:
    """Window T: q = g(scene), then the instants it reminds of write back: state before, state after, log P(t | scene).

    Without a scene the blackboard stays empty. ``attention`` False leaves memory out; ``known`` masks instants.
    """
    before = BrainState(brain.board.blank(), jnp.zeros(brain.memory.B.shape[0]))
    if scene is not None and "scene" in brain.sensory.encoders:
        before = sense(brain.sensory, before, {"scene": scene.features})
    if brain.index.capacity[2] == 0:
        return before, before, jnp.zeros(0, before.q.dtype)
    log_t = log_probabilities(
        brain.index, brain.board.gamma(before.q), "instant", temperature=brain.temperature, candidates=known
    )
    after = attend(brain.index, before, log_t, "instant", alpha=brain.alpha, beta=brain.beta) if attention else before
    return before, after, log_t


def region_senses(brain: TensorBrain, region: Sight) -> dict[str, Array]:
    """What a region delivers, by modality: its features (or evidence), and where it lies."""
    modality = "kind" if "kind" in brain.sensory.encoders else "region"
    return {modality: region.features, "where": where(region.box)}


def pair_senses(
    brain: TensorBrain, union: Float[Array, " feature"], one: Float[Array, "4"], other: Float[Array, "4"]
) -> dict[str, Array]:
    """What a pair of regions delivers: the look and place of their union box (TB23), or without eyes their geometry.

    The union box does not tell which of the two is the subject: that the working memory has to know.
    """
    if "union" in brain.sensory.encoders:
        return {"union": union, "where": where(union_box(one, other))}
    return {"between": between(one, other)}


def look(
    brain: TensorBrain, state: BrainState, nu: dict[str, Array], candidates: Bool[Array, " concept"]
) -> tuple[BrainState, Float[Array, " concept"]]:
    """Evolve into a window, sense a region, and read what it is among the candidates: (state, log P(k))."""
    state = sense(brain.sensory, evolve(brain.board, brain.memory, state), nu)
    gamma = brain.board.gamma(state.q)
    log_pi = log_probabilities(brain.index, gamma, "concept", temperature=brain.temperature, candidates=candidates)
    return state, log_pi


def feed_back(
    brain: TensorBrain,
    state: BrainState,
    log_pi: Float[Array, " concept"],
    selection: str,
    *,
    key: PRNGKeyArray | None = None,
    teacher: Int[Array, ""] | None = None,
) -> tuple[BrainState, Int[Array, ""]]:
    """The outcome of a window writes back: by attention (no outcome is revealed), argmax, sample or teacher.

    Under attention the most probable index is named. Returns the state and the index.
    """
    gates = {"alpha": brain.alpha, "beta": brain.beta}
    if selection == "attend":
        return attend(brain.index, state, log_pi, "concept", **gates), jnp.argmax(log_pi)
    return measure(brain.index, state, log_pi, "concept", selection=selection, key=key, teacher=teacher, **gates)  # type: ignore[arg-type]


def read_labels(
    brain: TensorBrain, state: BrainState, members: Int[Array, "group member"]
) -> Float[Array, "group member"]:
    """Unary labels, read after the feedback: log P(label) by one softmax per group; padding (-1) gets ``NEVER``.

    Source: TB23, Algorithm 1; the authors' code has a softmax per label group.
    """
    n = brain.index.scores(brain.board.gamma(state.q), "concept") / brain.temperature
    return jax.nn.log_softmax(jnp.where(members >= 0, n[jnp.maximum(members, 0)], NEVER), axis=1)


def relate(
    brain: TensorBrain, state: BrainState, nu: dict[str, Array], *, kept: Float[Array, " dim"] | None = None
) -> tuple[BrainState, Float[Array, " predicate_and_silence"]]:
    """Window P: evolve, sense the pair, and read the predicate; the last entry is silence, P(nothing is said).

    Silence is an index like any other, n_0 = a_0 + a . (gamma - 1/2), that names no relation: it lets a brain
    tell which pairs are worth a statement (ours). No feedback follows (TB23). ``kept`` weighs how far each unit's
    gamma is from 1/2 as it is read: learning wipes some of them.
    """
    state = sense(brain.sensory, evolve(brain.board, brain.memory, state), nu)
    gamma = brain.board.gamma(state.q)
    if kept is not None:
        gamma = 0.5 + kept * (gamma - 0.5)
    n = brain.index.scores(gamma, "predicate")
    assert brain.silence is not None
    silence = brain.silence[:-1] @ (gamma - 0.5) + brain.silence[-1]
    return state, jax.nn.log_softmax(jnp.append(n, silence) / brain.temperature)


def without_feedback(brain: TensorBrain) -> TensorBrain:
    """The same brain with the gate beta shut: indices are read and write nothing back."""
    return eqx.tree_at(lambda b: b.beta, brain, jnp.zeros(()))


def without_working_memory(brain: TensorBrain) -> TensorBrain:
    """The same brain with its working memory silent: every window knows only what is sensed in it."""
    memory = brain.memory
    return eqx.tree_at(
        lambda b: (b.memory.W, b.memory.w0), brain, (jnp.zeros_like(memory.W), jnp.zeros_like(memory.w0))
    )
