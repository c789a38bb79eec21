"""The objective of perception: moment, things, labels and predicates named from what is seen (TB23, Algorithm 1)."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from tensorbrain.brain import TensorBrain
from tensorbrain.layers import BrainState
from tensorbrain.learning.observing import Seen
from tensorbrain.modes.choices import Choices
from tensorbrain.modes.looking import Sight, feed_back, look, moment, pair_senses, read_labels, region_senses, relate
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray


class Terms(NamedTuple):
    """The parts of the loss, each a mean -log P in nats: instant, thing, labels, object, predicate."""

    instant: Float[Array, ""]
    thing: Float[Array, ""]
    labels: Float[Array, ""]
    object: Float[Array, ""]
    predicate: Float[Array, ""]


def perception_terms(
    brain: TensorBrain, seen: Seen, choices: Choices, *, key: PRNGKeyArray, dropout: float = 0.0
) -> Terms:
    """The losses of a batch of scenes, windows as in Algorithm 1 with attention as feedback.

    The instant of a picture is masked while its own scene is decoded: when a moment is lived it is no memory yet.
    ``dropout`` is the share of blackboard units that are wiped before the feedback writes (the authors' code: .5), so
    that what follows learns to rest on the indices.
    """
    keys = jax.random.split(key, len(seen.thing))
    per_scene = jax.vmap(lambda one, key: _scene(brain, one, choices, key, dropout))(seen, keys)
    totals = jax.tree_util.tree_map(lambda a: a.sum(), per_scene)
    return Terms(*(total / jnp.maximum(count, 1.0) for total, count in totals))


def _scene(
    brain: TensorBrain, seen: Seen, choices: Choices, key: PRNGKeyArray, dropout: float
) -> tuple[tuple[Array, Array], ...]:
    """Summed -log P and number of terms of each kind in one scene."""
    instants = brain.index.capacity[2]
    known = jnp.arange(instants) != seen.instant
    _, start, _ = moment(brain, Sight(seen.features[0], seen.boxes[0]), known=known)
    log_t = moment(brain, Sight(seen.features[0], seen.boxes[0]), attention=False)[2]
    t_told = seen.instant >= 0

    def wiped(state: BrainState, key: PRNGKeyArray) -> BrainState:
        kept = jax.random.bernoulli(key, 1 - dropout, state.q.shape)
        return BrainState(jnp.where(kept, state.q / (1 - dropout), 0.0), state.h)

    def region(
        features: Float[Array, " feature"],
        box: Float[Array, "4"],
        thing: Int[Array, ""],
        labels: Int[Array, " group"],
        key: PRNGKeyArray,
    ) -> tuple[BrainState, Float[Array, ""], Float[Array, ""]]:
        senses = region_senses(brain, Sight(features, box))
        state, log_pi = look(brain, start, senses, choices.candidates[0])
        state, _ = feed_back(brain, wiped(state, key), log_pi, "attend")
        log_labels = read_labels(brain, state, choices.members)
        is_label = (choices.members == labels[:, None]) & (labels >= 0)[:, None]
        return state, jnp.where(thing >= 0, log_pi[thing], 0.0), jnp.where(is_label, log_labels, 0.0).sum()

    states, log_thing, log_labels = jax.vmap(region)(
        seen.features, seen.boxes, seen.thing, seen.labels, jax.random.split(key, len(seen.thing))
    )

    def statement(
        row: Int[Array, "5"], union: Float[Array, " feature"], key: PRNGKeyArray
    ) -> tuple[Float[Array, ""], Float[Array, ""]]:
        i, j, _, p, o = row
        before = jax.tree_util.tree_map(lambda leaf: leaf[i], states)
        senses = region_senses(brain, Sight(seen.features[j], seen.boxes[j]))
        state, log_o = look(brain, before, senses, choices.candidates[choices.group_of[o]])
        state, _ = feed_back(brain, wiped(state, key), log_o, "attend")
        _, log_p = relate(brain, state, pair_senses(brain, union, seen.boxes[i], seen.boxes[j]))
        return log_o[o], log_p[jnp.where(p == -2, log_p.shape[0] - 1, p)]

    log_o, log_p = jax.vmap(statement)(
        jnp.maximum(seen.statements, -2), seen.unions, jax.random.split(jax.random.fold_in(key, 1), len(seen.unions))
    )
    told = seen.statements[:, 3] >= 0
    weight = seen.weight
    visible = (seen.thing >= 0).astype(log_thing.dtype)
    return (
        (-jnp.where(t_told, log_t[seen.instant], 0.0), t_told.astype(log_t.dtype)),
        (-log_thing.sum(), visible.sum()),
        (-log_labels.sum(), (seen.labels >= 0).sum().astype(log_labels.dtype)),
        (-jnp.where(told, log_o, 0.0).sum(), told.sum().astype(log_o.dtype)),
        (-(weight * jnp.where(weight > 0, log_p, 0.0)).sum(), weight.sum()),
    )
