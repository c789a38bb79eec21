"""A trace as a film: one frame an operation, each with the sentence that says what happens, packed for the browser."""

import hashlib
import json
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from components import perceiving, remembering
from components.words import Frame, Words, chance

from tensorbrain.errors import SettingsError
from tensorbrain.trace import Trace

__all__ = ["GLIMPSE", "Frame", "Picture", "chance", "frames", "packet", "reading"]

GLIMPSE = 32
"""Pixels a side in which a brain's eye takes every region (``tensorbrain.layers.eye``)."""


class Picture(NamedTuple):
    """The picture of a perception as it travels: an image file, its media type and size, and its title."""

    content: bytes
    media: str
    size: tuple[int, int]
    title: str


def frames(trace: Trace) -> list[Frame]:
    """All frames of a run, one an operation."""
    return perceiving.frames(trace) if trace.sight is not None else remembering.frames(trace)


def reading(trace: Trace, n: int, window: int) -> Words:
    """The sentence about what the concept index reads in a window of statement ``n``."""
    told = perceiving if trace.sight is not None else remembering
    return told.reading(trace, n, window)


def packet(trace: Trace, picture: Picture | None = None, imagined: Mapping[int, np.ndarray] | None = None) -> bytes:
    """The film as one run of bytes: the length of a JSON head, the head, then every state as one byte a unit.

    The states are gamma, as the trace reads it from q, before the write back, gamma after it, and |h|, each
    (statement, window, unit), scaled to 0-255 over the range that the head gives. Behind them travel, once, the
    ``picture`` of a perception, or the patches that a brain ``imagined`` of concepts: by id, bytes of RGB (side, side,
    3). Raises SettingsError for a run recorded without states.
    """
    if trace.q_before is None or trace.q_after is None or trace.h is None:
        raise SettingsError("a film needs the states of a run: record it with Record(states=True).")
    gamma = np.stack([trace.gamma(q) for q in (trace.q_before, trace.q_after)])
    unit_interval = trace.settings.get("activation", "sigmoid") == "sigmoid"
    reach = 1.0 if unit_interval else float(np.abs(gamma).max()) or 1.0
    low = 0.0 if unit_interval else -reach
    strength = np.abs(trace.h)
    peak = float(np.quantile(strength, 0.995)) or 1.0  # a single loud unit must not darken all the others
    body = _bytes((gamma - low) / (reach - low)) + _bytes(strength / peak)
    labels: dict[str, int] = {}
    head = {
        "mode": trace.mode,
        "slots": trace.slots,
        "given": list(trace.cue),
        "sizes": {slot: len(trace.vocabulary.slot(slot)) for slot in trace.slots},
        "temperature": trace.settings.get("temperature", 1.0),
        "dim": gamma.shape[-1],
        "context": trace.h.shape[-1],
        "gamma_range": [low, reach],
        "moments": [trace.label("instant", int(t)) for t in trace.instant],
        "frames": [frame._replace(words=_by_number(frame.words, labels)) for frame in frames(trace)],
        "windows": [[_window(trace, n, w, labels) for w in range(len(trace.slots))] for n in range(len(trace))],
        "probability": [round(float(p), 4) for p in trace.probability],
    }
    if trace.sight is not None:
        head["sight"] = _sight(trace, picture)
        body += picture.content if picture else b""
    elif imagined:
        words = [_number(trace.label("subject", k), labels) for k in imagined]
        head["imagined"] = {"side": len(next(iter(imagined.values()))), "of": words}
        body += b"".join(np.ascontiguousarray(patch, np.uint8).tobytes() for patch in imagined.values())
    head["labels"] = list(labels)
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    name = hashlib.sha256(text.encode() + body).hexdigest()[:16]
    named = (f'{{"name":"{name}",' + text[1:]).encode()
    return len(named).to_bytes(4, "little") + named + body


def _sight(trace: Trace, picture: Picture | None) -> dict:
    """The regions, those of subject and object of each statement, and how to read the picture behind the states."""
    shown = {} if picture is None else {"media": picture.media, "size": picture.size, "title": picture.title}
    return {
        "boxes": [[round(float(edge), 4) for edge in box] for box in trace.boxes],
        "regions": trace.regions.tolist(),
        "glimpse": GLIMPSE,
        "picture": shown,
    }


def _window(trace: Trace, n: int, window: int, labels: dict[str, int]) -> dict:
    """The bars of one window: rows (label, probability, group); ``chosen`` is the row of the word taken, or -1."""
    slot = trace.slots[window]
    if trace.chosen[n, window] < 0:  # semantic memory reads no moment
        return {"rows": [], "chosen": -1}
    rows = list(zip(trace.top_ids[n, window].tolist(), trace.top_probability[n, window].tolist(), strict=True))
    rows = [(k, p) for k, p in rows if k >= 0]
    taken = int(trace.chosen[n, window])
    if taken not in [k for k, _ in rows]:
        rows = [*rows[:-1], (taken, float(trace.chosen_probability[n, window]))]
    concepts = trace.vocabulary.slot(slot)
    return {
        "rows": [[_number(concepts[k].label, labels), round(p, 4), concepts[k].group] for k, p in rows],
        "chosen": [k for k, _ in rows].index(taken),
    }


def _number(label: str, labels: dict[str, int]) -> int:
    return labels.setdefault(label, len(labels))


def _by_number(words: Words, labels: dict[str, int]) -> tuple:
    """Plain text as it is, a concept as [number of its label, slot]: each label travels once."""
    return tuple([_number(text, labels), slot] if slot else text for text, slot in words)


def _bytes(share: np.ndarray) -> bytes:
    return np.clip(np.rint(share * 255), 0, 255).astype(np.uint8).tobytes()
