"""Perception: a picture is looked at region by region, and statements come out (TB23, Algorithm 1)."""

from functools import lru_cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from PIL import Image

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import PictureError, SettingsError
from tensorbrain.graph.vocabulary import Vocabulary
from tensorbrain.layers import BrainState
from tensorbrain.modes.choices import Choices, choices
from tensorbrain.modes.interventions import said
from tensorbrain.modes.looking import (
    Sight,
    feed_back,
    look,
    moment,
    pair_senses,
    read_labels,
    region_senses,
    relate,
    see,
    see_union,
)
from tensorbrain.modes.recording import best, entropy
from tensorbrain.pictures.boxes import fit_boxes, read_boxes
from tensorbrain.pictures.proposals import propose_boxes
from tensorbrain.pictures.reading import picture_size, read_picture
from tensorbrain.pictures.scenes import LabelGroup
from tensorbrain.trace import Record, Trace
from tensorbrain.trace import Sight as Seen
from tensorbrain.typing import Array, Float, Float32, Int, Int32, Key, PRNGKeyArray, UInt8

SIDE = 128  # pixels a side of the picture that the eye looks at; regions are looked at in a fixed size anyway
BUCKETS = (2, 4, 6, 8, 12, 16, 24)  # numbers of regions: few, because every number is compiled once
SELECTIONS = ("attend", "argmax", "sample")


def perceive(
    brain: Brain,
    picture: Any,
    boxes: Any = None,
    *,
    statements: int = 8,
    selection: str = "attend",
    attention: bool = True,
    seed: int = 0,
    record: Record | None = None,
) -> Trace:
    """Look at a picture and say what is seen: the most probable statements, with the regions that they speak of.

    First the scene and the moments it reminds of (``attention``), then every region, with its labels after the
    feedback, then every ordered pair of regions. A statement's probability is P(subject) P(object) P(predicate), the
    latter against saying nothing of this pair. ``picture`` is a path, bytes, a PIL image or an array; ``boxes`` a path
    or rows (left, top, right, bottom) in pixels or shares, by default proposed by scikit-image. ``selection``:
    attend (no outcome is revealed), argmax or sample. PictureError and SettingsError say in a sentence what is wrong.

    >>> from tensorbrain.checkpoint import load_brain
    >>> perceive(load_brain("countries"), np.zeros((64, 64, 3), np.uint8))
    Traceback (most recent call last):
    tensorbrain.errors.SettingsError: this brain has no eyes: ...
    """
    if selection not in SELECTIONS:
        raise SettingsError(f"selection '{selection}' is unknown: use {', '.join(SELECTIONS)}.")
    if statements < 1:
        raise SettingsError(f"{statements} statements are none: say at least 1.")
    record = record or Record()
    glance = look_at(brain, picture, boxes, selection=selection, attention=attention, seed=seed, top=record.top)
    run, chosen = glance.run, _distinct(glance.run["ids"], glance.probability, statements)
    return Trace(
        mode="perception",
        order="sop",
        selection=selection,
        a_bar="learned",
        seed=seed,
        cue={},
        vocabulary=brain.vocabulary,
        settings=brain.settings.to_json(),
        ids=run["ids"][chosen],
        probability=glance.probability[chosen],
        instant=np.full(len(chosen), -1, np.int32),
        chosen=run["chosen"][chosen],
        chosen_probability=run["chosen_probability"][chosen],
        entropy=run["entropy"][chosen],
        feedback=run["feedback"][chosen],
        top_ids=run["top_ids"][chosen],
        top_probability=run["top_probability"][chosen],
        q_before=run["q_before"][chosen] if record.states else None,
        q_after=run["q_after"][chosen] if record.states else None,
        h=run["h"][chosen] if record.states else None,
        notes=(*said(brain), *glance.notes),
        sight=glance.sight(chosen, tuple(group.name for group in brain.label_groups)),
    )


class Glance(NamedTuple):
    """A picture looked at: all windows of all questions (``look_around``), and what was asked of which regions."""

    run: dict[str, np.ndarray]
    probability: Float32[np.ndarray, " question"]
    asked: Int32[np.ndarray, "question 2"]
    boxes: Float32[np.ndarray, "region 4"]
    notes: tuple[str, ...]

    def sight(self, chosen: np.ndarray, groups: tuple[str, ...]) -> Seen:
        """What was seen, with the regions of the chosen questions."""
        count = len(self.boxes)
        names = ("things", "thing_probability", "familiarity", "labels", "label_probability")
        seen = {name: self.run[name][:count] for name in names}
        return Seen(boxes=self.boxes, groups=groups, regions=self.asked[chosen], **seen)


def look_at(brain: Brain, picture: Any, boxes: Any, *, selection: str, attention: bool, seed: int, top: int) -> Glance:
    """Read a picture and its boxes, and run all windows of Algorithm 1 on it."""
    if brain.model.sensory.eye is None:
        raise SettingsError(
            "this brain has no eyes: train one on pictures, as `tensorbrain train neighbourhood --pictures`."
        )
    pixels, size = read_picture(picture), picture_size(picture)
    regions, notes = _regions(pixels, size, boxes)
    count = len(regions)
    room = next(bucket for bucket in BUCKETS if bucket >= count)
    padded = np.zeros((room + 1, 4), np.float32)
    padded[0] = (0, 0, 1, 1)
    padded[1 : count + 1] = regions
    asked, groups = questions(room, brain.label_groups, brain.vocabulary)
    run = look_around(
        brain.model,
        jnp.asarray(shrunk(pixels)),
        jnp.asarray(padded),
        _choices(brain.vocabulary, brain.label_groups, brain.model.index.size("concept")),
        jnp.asarray(asked),
        jnp.asarray(groups),
        jax.random.split(jax.random.key(seed), len(asked) + 1),
        selection=selection,
        attention=attention,
        top=top,
    )
    run = {name: a.astype(np.float32) if a.dtype.kind == "f" else a for name, a in jax.device_get(run).items()}
    real = (asked <= count).all(axis=1)
    probability = np.where(real, run["probability"], 0.0).astype(np.float32)
    return Glance(run, probability, asked, padded[: count + 1], notes)


def _regions(
    pixels: UInt8[np.ndarray, "height width 3"], size: tuple[int, int], boxes: Any
) -> tuple[Float32[np.ndarray, "region 4"], tuple[str, ...]]:
    if boxes is None:
        found = propose_boxes(pixels)
        if not len(found):
            raise PictureError("nothing stands out in this picture: say where to look, with boxes.")
        return found, (f"{len(found)} regions were proposed, as no boxes were given",)
    rows = read_boxes(boxes) if isinstance(boxes, str) or hasattr(boxes, "__fspath__") else boxes
    return fit_boxes(rows, *size)


def shrunk(pixels: UInt8[np.ndarray, "height width 3"]) -> UInt8[np.ndarray, "side side 3"]:
    """A picture in the size that the eye looks at.

    >>> shrunk(np.zeros((300, 400, 3), np.uint8)).shape
    (128, 128, 3)
    """
    if pixels.shape[:2] == (SIDE, SIDE):
        return pixels
    return np.asarray(Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.LANCZOS))


def questions(
    regions: int, groups: tuple[LabelGroup, ...], vocabulary: Vocabulary
) -> tuple[Int32[np.ndarray, "question 2"], Int32[np.ndarray, " question"]]:
    """What is asked of a picture: every ordered pair of regions, every region in its place, every attribute.

    Returns the regions of subject and object, and the row of ``Choices.candidates`` that the object is read from.

    >>> questions(2, (), Vocabulary())[0].tolist()
    [[1, 0], [1, 2], [2, 0], [2, 1]]
    """
    pairs = [(i, j, 0) for i in range(1, regions + 1) for j in range(regions + 1) if i != j]
    attributes = [g + 1 for g, group in enumerate(groups) if vocabulary.concepts[group.members[0]].group == "attribute"]
    pairs += [(i, i, row) for i in range(1, regions + 1) for row in attributes]
    table = np.asarray(pairs, np.int32).reshape(-1, 3)
    return table[:, :2], table[:, 2]


@lru_cache(maxsize=8)
def _choices(vocabulary: Vocabulary, groups: tuple[LabelGroup, ...], capacity: int) -> Choices:
    return choices(vocabulary, groups, capacity)


def _distinct(ids: np.ndarray, probability: np.ndarray, most: int) -> np.ndarray:
    """The rows of the most probable statements, each statement once, best first."""
    best_first = np.argsort(-probability, kind="stable")
    best_first = best_first[probability[best_first] > 0]
    _, first = np.unique(ids[best_first], axis=0, return_index=True)
    return best_first[np.sort(first)][:most]


@partial(jax.jit, static_argnames=("selection", "attention", "top"))
def look_around(
    brain: TensorBrain,
    pixels: UInt8[Array, "side side 3"],
    boxes: Float[Array, "region 4"],
    choices: Choices,
    asked: Int[Array, "question 2"],
    rows: Int[Array, " question"],
    keys: Key[Array, " question_and_one"],
    *,
    selection: str,
    attention: bool,
    top: int,
) -> dict[str, Array]:
    """All windows of a picture: the moment, every region once, then two more windows for each question.

    Returns what ``Trace`` and its ``sight`` document, a row a question; ``probability`` is P(s) P(o) P(p).
    """
    picture = pixels.astype(jnp.float32) / 255
    features = see(brain, picture, boxes)
    unions = see_union(brain, picture, boxes, asked)
    before, start, log_t = moment(brain, Sight(features[0], boxes[0]), attention=attention)

    def region(
        features: Float[Array, " feature"], box: Float[Array, "4"], key: PRNGKeyArray
    ) -> tuple[BrainState, BrainState, Array, Array, Array]:
        state, log_pi = look(brain, start, region_senses(brain, Sight(features, box)), choices.candidates[0])
        after, k = feed_back(brain, state, log_pi, selection, key=key)
        return state, after, log_pi, k, read_labels(brain, after, choices.members)

    region_keys = jax.vmap(lambda n: jax.random.fold_in(keys[-1], n))(jnp.arange(len(boxes)))
    seen, fed, log_s, s, log_labels = jax.vmap(region)(features, boxes, region_keys)

    def question(
        pair: Int[Array, "2"], row: Int[Array, ""], union: Float[Array, " feature"], key: PRNGKeyArray
    ) -> dict[str, Array]:
        i, j = pair[0], pair[1]
        subject = jax.tree_util.tree_map(lambda leaf: leaf[i], fed)
        senses = region_senses(brain, Sight(features[j], boxes[j]))
        state, log_o = look(brain, subject, senses, choices.candidates[row])
        after, o = feed_back(brain, state, log_o, selection, key=key)
        last, log_p = relate(brain, after, pair_senses(brain, union, boxes[i], boxes[j]))
        p = jnp.argmax(log_p[:-1])
        if selection == "sample":
            p = jax.random.categorical(jax.random.fold_in(key, 1), log_p[:-1])
        windows = [(before, start), (seen_of(i), subject), (state, after), (last, last)]
        logs = [log_t, log_s[i], log_o, log_p[:-1]]
        picked = jnp.stack([jnp.argmax(log_t) if len(log_t) else jnp.asarray(-1), s[i], o, p]).astype(jnp.int32)
        chances = [jnp.exp(a[k]) if a.shape[0] else jnp.zeros(()) for a, k in zip(logs, picked, strict=True)]
        tops = [best(a, top) for a in logs]
        return {
            "ids": jnp.stack([s[i], p, o]).astype(jnp.int32),
            "probability": chances[1] * chances[2] * chances[3],
            "chosen": picked,
            "chosen_probability": jnp.stack(chances),
            "entropy": jnp.stack([entropy(a) for a in logs]),
            "feedback": jnp.stack([_strength(brain, a.q, b.q) for a, b in windows]),
            "top_ids": jnp.stack([ids for ids, _ in tops]),
            "top_probability": jnp.stack([chance for _, chance in tops]),
            "q_before": jnp.stack([a.q for a, _ in windows]),
            "q_after": jnp.stack([b.q for _, b in windows]),
            "h": jnp.stack([a.h for a, _ in windows]),
        }

    def seen_of(i: Int[Array, ""]) -> BrainState:
        return jax.tree_util.tree_map(lambda leaf: leaf[i], seen)

    run = jax.vmap(question)(asked, rows, unions, keys[:-1])
    label = jnp.argmax(log_labels, axis=-1)
    individuals = choices.individuals
    run["things"], run["thing_probability"] = s.astype(jnp.int32), jnp.exp(jax.vmap(lambda a, k: a[k])(log_s, s))
    run["familiarity"] = jnp.where(individuals, jnp.exp(log_s), 0.0).sum(axis=1)
    run["labels"] = jax.vmap(lambda k: jax.vmap(lambda m, g: m[g])(choices.members, k))(label).astype(jnp.int32)
    run["label_probability"] = jnp.exp(log_labels.max(axis=-1))
    run["region_q"], run["scene_q"] = fed.q, before.q
    return run


def _strength(brain: TensorBrain, q_before: Float[Array, " dim"], q_after: Float[Array, " dim"]) -> Float[Array, ""]:
    written = q_after - brain.alpha * q_before
    changed = jnp.any(q_after != q_before)
    return jnp.where(changed, jnp.linalg.norm(written) / jnp.maximum(jnp.linalg.norm(q_before), 1e-9), 0.0)
