"""How well a brain perceives: individuals, classes, attributes, predicates and whole statements of new scenes."""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import TensorBrain
from tensorbrain.graph.vocabulary import Vocabulary
from tensorbrain.layers import BrainState
from tensorbrain.modes.choices import Choices
from tensorbrain.modes.looking import Sight, feed_back, look, moment, pair_senses, read_labels, region_senses, relate
from tensorbrain.pictures.scenes import LabelGroup
from tensorbrain.typing import Array, Bool, Float, Int, Int32

KEYS = ("individual_known", "class_novel", "attributes", "predicate_at_1", "predicate_at_10", "statement_at_1")
BATCH = 32  # scenes decoded at once


class Decoded(NamedTuple):
    """What a brain makes of scenes whose regions and told pairs are given; ids, and ranks from 1.

    ``thing`` (scene, region), ``labels`` (scene, region, group), ``subject``, ``object`` and ``predicate_rank``
    (scene, statement): in the rank the other true predicates of the pair are left out.
    """

    thing: Int32[np.ndarray, "scene region"]
    labels: Int32[np.ndarray, "scene region group"]
    subject: Int32[np.ndarray, "scene statement"]
    object: Int32[np.ndarray, "scene statement"]
    predicate_rank: Int32[np.ndarray, "scene statement"]


def decode(brain: TensorBrain, seen: Any, choices: Choices, *, attention: bool = True) -> Decoded:
    """Decode all told statements of ``seen`` (`learning.observing.Seen`) from their regions, under attention.

    Nothing but pixels and boxes is used: the subject of a statement is what its region was taken for. The rank of
    the predicate is filtered.
    """
    parts = []
    count = len(seen.thing)
    for start in range(0, count, BATCH):
        rows = np.minimum(np.arange(start, start + BATCH), count - 1)
        parts.append(jax.device_get(_decode(brain, seen.pick(rows), choices, attention=attention)))
    return Decoded(*(np.concatenate(fields)[:count] for fields in zip(*parts, strict=True)))


def _one(
    brain: TensorBrain, scene: tuple[Array, Array, Array, Array], choices: Choices, attention: bool
) -> tuple[Array, ...]:
    features, boxes, statements, unions = scene
    _, start, _ = moment(brain, Sight(features[0], boxes[0]), attention=attention)

    def region(
        features: Float[Array, " feature"], box: Float[Array, "4"]
    ) -> tuple[BrainState, Int[Array, ""], Int[Array, " group"]]:
        state, log_pi = look(brain, start, region_senses(brain, Sight(features, box)), choices.candidates[0])
        state, k = feed_back(brain, state, log_pi, "attend")
        best = jnp.argmax(read_labels(brain, state, choices.members), axis=1)
        return state, k, jnp.take_along_axis(choices.members, best[:, None], axis=1)[:, 0]

    states, thing, labels = jax.vmap(region)(features, boxes)

    def statement(row: Int[Array, "5"], union: Float[Array, " feature"]):
        i, j, _, p, o = row
        before = jax.tree_util.tree_map(lambda leaf: leaf[i], states)
        group = choices.group_of[o]
        senses = region_senses(brain, Sight(features[j], boxes[j]))
        state, log_o = look(brain, before, senses, choices.candidates[group])
        state, k = feed_back(brain, state, log_o, "attend")
        _, log_p = relate(brain, state, pair_senses(brain, union, boxes[i], boxes[j]))
        same = (statements[:, 0] == i) & (statements[:, 1] == j) & (statements[:, 4] == o) & (statements[:, 3] >= 0)
        also: Bool[Array, " predicate"] = jnp.zeros(len(log_p) - 1, bool)
        also = also.at[jnp.where(same, statements[:, 3], len(log_p))].set(True, mode="drop")
        better = (log_p[:-1] > log_p[p]) & ~also
        return thing[i], k, better.sum() + 1

    subject, object_, rank = jax.vmap(statement)(jnp.maximum(statements, 0), unions)
    return thing, labels, subject, object_, rank


@partial(jax.jit, static_argnames=("attention",))
def _decode(brain: TensorBrain, seen: Any, choices: Choices, *, attention: bool) -> Decoded:
    scenes = (seen.features, seen.boxes, seen.statements, seen.unions)
    found = jax.vmap(lambda *scene: _one(brain, scene, choices, attention))(*scenes)
    return Decoded(*(a.astype(jnp.int32) for a in found))  # pyright: ignore[reportArgumentType]


def perception_figures(
    decoded: Decoded, seen: Any, vocabulary: Vocabulary, groups: tuple[LabelGroup, ...]
) -> dict[str, float]:
    """The figures of new scenes: ``KEYS``, and the parts that they are made of.

    ``individual_known``: known individuals named; ``class_novel``: basic class of things that are no known
    individual; ``attributes``: mean over the attribute groups; ``predicate_at_k``: of the told pairs, filtered;
    ``statement_at_1``: subject, predicate and object all right. Attributes are no pairs and count in
    ``attributes`` alone.
    """
    truth = masks(seen, vocabulary)
    named = decoded.thing == seen.thing
    figures = {
        "individual_known": _mean(named, truth.known),
        "place": _mean(named, truth.place),
    }
    attributes = []
    for g, group in enumerate(groups):
        right = decoded.labels[..., g] == seen.labels[..., g]
        told = seen.labels[..., g] >= 0
        if vocabulary.concepts[group.members[0]].group == "attribute":
            figures[f"attribute_{group.name}"] = _mean(right, told & truth.known)
            attributes.append(figures[f"attribute_{group.name}"])
        else:
            figures[f"class_{group.name}_known"] = _mean(right, told & truth.known)
            figures[f"class_{group.name}_novel"] = _mean(right, told & truth.novel)
    figures["class_novel"] = figures.get("class_basic_novel", float("nan"))
    figures["attributes"] = float(np.mean(attributes)) if attributes else float("nan")
    s, o = seen.statements[..., 2], seen.statements[..., 4]
    right = (decoded.subject == s) & (decoded.object == o) & (decoded.predicate_rank == 1)
    figures["predicate_at_1"] = _mean(decoded.predicate_rank <= 1, truth.pairs)
    figures["predicate_at_10"] = _mean(decoded.predicate_rank <= 10, truth.pairs)
    figures["statement_at_1"] = _mean(right, truth.pairs)
    figures["statement_at_1_known"] = _mean(right, truth.pairs & truth.pair_known)
    figures["statements"], figures["regions_novel"] = int(truth.pairs.sum()), int(truth.novel.sum())
    return figures


class Masks(NamedTuple):
    """Which regions and statements a figure is about."""

    known: Bool[np.ndarray, "scene region"]
    novel: Bool[np.ndarray, "scene region"]
    place: Bool[np.ndarray, "scene region"]
    pairs: Bool[np.ndarray, "scene statement"]
    pair_known: Bool[np.ndarray, "scene statement"]


def masks(seen: Any, vocabulary: Vocabulary) -> Masks:
    """Regions of known individuals, of nameless things, places; told pairs, and those between known individuals."""
    entity = np.asarray([concept.group == "entity" for concept in vocabulary.concepts])
    whole = np.arange(seen.thing.shape[1])[None] == 0
    is_known = (seen.thing >= 0) & entity[np.maximum(seen.thing, 0)]
    rows = seen.statements
    pairs = (rows[..., 3] >= 0) & (rows[..., 0] != rows[..., 1])
    both = entity[np.maximum(rows[..., 2], 0)] & entity[np.maximum(rows[..., 4], 0)]
    return Masks(is_known & ~whole, (seen.thing >= 0) & ~is_known & ~whole, is_known & whole, pairs, pairs & both)


def _mean(right: np.ndarray, which: np.ndarray) -> float:
    return float(right[which].mean()) if which.any() else float("nan")
