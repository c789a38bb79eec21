"""A trace as a film: one frame an operation, each with the sentence that says what happens, packed for the browser."""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from components import perceiving, reasoning, remembering
from components.items import BLOCK_OF, Items
from components.surroundings import surroundings
from components.words import Frame, Words, chance

from tensorbrain.brain import Brain
from tensorbrain.errors import SettingsError
from tensorbrain.evaluation.embedding_map import EmbeddingMap, embedding_map, unit_order
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.trace import Trace

__all__ = ["GLIMPSE", "Frame", "Picture", "chance", "frames", "packet", "reading"]

GLIMPSE = 32
"""Pixels a side in which a brain's eye takes every region (``tensorbrain.layers.eye``)."""
FEW = 12  # candidates that are always on the stage; of moments, which have long names, no more travel
EXPLAINED = 320  # in a brain with more concepts, only those on the stage bring what their score is made of

Parts = dict[str, np.ndarray]


class Picture(NamedTuple):
    """The picture of a perception as it travels: an image file, its media type and size, and its title."""

    content: bytes
    media: str
    size: tuple[int, int]
    title: str


def frames(trace: Trace) -> list[Frame]:
    """All frames of a run, one an operation."""
    if trace.sight is not None:
        return perceiving.frames(trace)
    return reasoning.frames(trace) if trace.how else remembering.frames(trace)


def reading(trace: Trace, n: int, window: int) -> Words:
    """The sentence about what the concept index reads in a window of statement ``n``."""
    told = perceiving if trace.sight is not None else remembering
    return told.reading(trace, n, window)


def packet(
    trace: Trace,
    brain: Brain,
    graph: KnowledgeGraph | None = None,
    *,
    chart: "Chart | None" = None,
    picture: Picture | None = None,
    imagined: Mapping[int, np.ndarray] | None = None,
) -> bytes:
    """The film as one run of bytes: the length of a JSON head, the head, then arrays, one behind the other.

    ``parts`` in the head names them, with type and shape: the states gamma before and after the write back and |h|
    (statement, window, unit), one byte a unit scaled over the range in the head, the blackboard's units in the order
    ``units``; of each window the candidates by item and their log-probabilities, the item taken, and log Z, so that a
    score is n = T (log p + log Z); of each item the row a_k and a_0k of its score, and its place on the map, where
    the states are too. The head lists the items, the frames, and the statements around what is spoken of, from
    ``graph`` if there is one. Last travel the ``picture`` of a perception, or the patches (side, side, 3) that a brain
    ``imagined`` of concepts. ``chart`` is that of a brain that differs only in what was done to it. Raises
    SettingsError for a run recorded without states.
    """
    if trace.q_before is None or trace.q_after is None or trace.h is None:
        raise SettingsError("a film needs the states of a run: record it with Record(states=True).")
    items = Items(trace.vocabulary)
    plane, order = chart or chart_of(brain)
    gamma, spread = _activity(trace, trace.q_before, trace.q_after)
    strength = np.abs(trace.h)
    peak = float(np.quantile(strength, 0.995)) or 1.0  # a single loud unit must not darken all the others
    candidates = _candidates(trace, items)
    around = surroundings(trace, items, graph)
    terms, scale, centre = _terms(brain, items, candidates["candidates"])
    terms["a"] = terms["a"][:, order]
    head: dict[str, Any] = {
        "mode": trace.mode,
        "slots": trace.slots,
        "given": list(trace.cue),
        "sizes": {slot: len(trace.vocabulary.slot(slot)) for slot in trace.slots},
        "temperature": trace.settings.get("temperature", 1.0),
        "dim": gamma.shape[-1],
        "context": trace.h.shape[-1],
        "gamma_range": spread,
        "moments": [trace.label("instant", int(t)) for t in trace.instant],
        "frames": frames(trace),
        "probability": [round(float(p), 4) for p in trace.probability],
        "centre": centre,
        "scale": scale,
        "explained": round(plane.explained, 4),
        "graph": around,
        "units": order.tolist(),
    }
    low, high = spread
    parts: Parts = {
        "before": _byte((gamma[0][..., order] - low) / (high - low)),
        "after": _byte((gamma[1][..., order] - low) / (high - low)),
        "h": _byte(strength / peak),
        **candidates,
        "log_z": _log_z(trace, brain, gamma[0]),
        **terms,
        "places": items.rows(brain, plane.places),
        "way": np.stack([plane.place(trace.q_before), plane.place(trace.q_after)], axis=2),
    }
    behind = b""
    if trace.sight is not None:
        head["sight"] = _sight(trace, picture)
        behind = picture.content if picture else b""
    elif imagined:
        side = len(next(iter(imagined.values())))
        head["imagined"] = {"side": side, "of": [items.number("concept", k) for k in imagined]}
        behind = b"".join(np.ascontiguousarray(patch, np.uint8).tobytes() for patch in imagined.values())
    head["items"] = items.listed()
    return _packed(head, parts, behind)


def _packed(head: dict[str, Any], parts: Parts, behind: bytes) -> bytes:
    head["parts"] = [[name, array.dtype.str, array.shape] for name, array in parts.items()]
    body = b"".join(np.ascontiguousarray(array).tobytes() for array in parts.values()) + behind
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    name = hashlib.sha256(text.encode() + body).hexdigest()[:16]
    named = (f'{{"name":"{name}",' + text[1:]).encode()
    return len(named).to_bytes(4, "little") + named + body


def _activity(trace: Trace, before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    """Gamma of the blackboards, stacked, and the range in which its units lie."""
    gamma = np.stack([trace.gamma(before), trace.gamma(after)])
    if trace.settings.get("activation", "sigmoid") == "sigmoid":
        return gamma, (0.0, 1.0)
    reach = float(np.abs(gamma).max()) or 1.0
    return gamma, (-reach, reach)


def _candidates(trace: Trace, items: Items) -> Parts:
    """Of each window the candidates, best first, as items (-1 behind the last), log p, and the item that was taken.

    What was given but is not among the best takes the last place, so that it is always there to be seen.
    """
    ids, p = trace.top_ids.copy(), trace.top_probability.copy()
    ids[p <= 0] = -1
    chosen = np.full(ids.shape[:2], -1, np.int32)
    for w, slot in enumerate(trace.slots):
        if slot == "instant":
            ids[:, w, FEW:] = -1
            if trace.mode == "semantic":  # semantic memory reads no moment
                ids[:, w] = -1
        for n, taken in enumerate(trace.chosen[:, w].tolist()):
            if taken < 0 or ids[n, w, 0] < 0:
                continue
            if taken not in ids[n, w]:
                last = min(int((ids[n, w] >= 0).sum()), (FEW if slot == "instant" else ids.shape[2]) - 1)
                ids[n, w, last], p[n, w, last] = taken, trace.chosen_probability[n, w]
            chosen[n, w] = items.number(BLOCK_OF[slot], taken)
    numbers = np.stack([items.numbers(BLOCK_OF[slot], ids[:, w]) for w, slot in enumerate(trace.slots)], axis=1)
    used = max(1, int((numbers >= 0).sum(axis=2).max(initial=1)))
    log_p = np.log(np.maximum(p, 1e-30)).astype(np.float32)
    return {"candidates": numbers[:, :, :used].astype(np.int32), "log_p": log_p[:, :, :used], "chosen": chosen}


def _terms(brain: Brain, items: Items, candidates: np.ndarray) -> tuple[Parts, float, float]:
    """What the score of an item is made of: rows a_k as 16-bit shares of the largest entry, a_0k, and which have them.

    In a large brain only the items that are among the few best of some window bring their row.
    """
    rows, offsets, centre = _score_terms(brain)
    where = items.places(brain)
    shown = np.zeros(len(where), bool)
    few = candidates if len(brain.vocabulary.concepts) <= EXPLAINED else candidates[:, :, :FEW]
    shown[np.unique(few[few >= 0])] = True
    mine = rows[where[shown]]
    scale = float(np.abs(mine).max(initial=0)) or 1.0
    rounded = np.rint(mine / scale * 32767).astype(np.int16)
    return {"of": np.flatnonzero(shown).astype(np.int32), "a": rounded, "a0": offsets[where]}, scale, centre


@lru_cache(maxsize=4)
def _score_terms(brain: Brain) -> tuple[np.ndarray, np.ndarray, float]:
    """The rows a_k and offsets a_0k of all blocks, in the order of A, and the centre c of their scores."""
    terms = [brain.model.index.terms(block) for block in ("concept", "predicate", "instant")]
    rows, offsets = (np.concatenate([np.asarray(term[i], np.float32) for term in terms]) for i in (0, 1))
    return rows, offsets, terms[0][2]


class Chart(NamedTuple):
    """How a brain is laid out for the eye: the map of its concepts, and the order of its units."""

    plane: EmbeddingMap
    order: np.ndarray


@lru_cache(maxsize=4)
def chart_of(brain: Brain) -> Chart:
    """The chart of a brain, drawn once."""
    return Chart(embedding_map(brain), unit_order(brain))


def _log_z(trace: Trace, brain: Brain, gamma: np.ndarray) -> np.ndarray:
    """log Z of each window, from the score of its best candidate: n = T (log p + log Z); 0 where nothing is read."""
    rows, offsets, centre = _score_terms(brain)
    best, p = trace.top_ids[:, :, 0], trace.top_probability[:, :, 0]
    starts = np.array([brain.model.index.block(BLOCK_OF[slot]).start for slot in trace.slots])
    at = np.where((best >= 0) & (p > 0), starts + best, 0)
    score = np.einsum("nwd,nwd->nw", rows[at], gamma - centre) + offsets[at]
    log_z = score / trace.settings.get("temperature", 1.0) - np.log(np.maximum(p, 1e-30))
    return np.where((best >= 0) & (p > 0), log_z, 0).astype(np.float32)


def _sight(trace: Trace, picture: Picture | None) -> dict[str, Any]:
    """The regions, those of subject and object of each statement, and how to read the picture behind the arrays."""
    shown = {} if picture is None else {"media": picture.media, "size": picture.size, "title": picture.title}
    return {
        "boxes": [[round(float(edge), 4) for edge in box] for box in trace.boxes],
        "regions": trace.regions.tolist(),
        "glimpse": GLIMPSE,
        "picture": shown,
    }


def _byte(share: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(share * 255), 0, 255).astype(np.uint8)
