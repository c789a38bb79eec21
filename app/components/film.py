"""A trace as a film: one frame an operation, each with the sentence that says what happens, packed for the browser."""

import hashlib
import json
from typing import NamedTuple

import numpy as np

from tensorbrain.errors import SettingsError
from tensorbrain.trace import Trace

Words = tuple[tuple[str, str], ...]
"""A sentence in pieces (text, slot); the slot of plain text is empty, that of a concept says which word it is."""

FIRST_LETTER = {"instant": "T", "subject": "S", "predicate": "P", "object": "O"}
START = {
    "learned": "the state learned from all statements without their moments",
    "mean": "the mean of all moments",
    "mixture": "a mixture of all moments",
}


class Frame(NamedTuple):
    """One operation: in which window of which statement, what it does, and the sentence about it.

    ``phase`` is open, evolve, read or write.
    """

    statement: int
    window: int
    phase: str
    words: Words

    @property
    def sentence(self) -> str:
        """The sentence as plain text."""
        return "".join(text for text, _ in self.words)


def frames(trace: Trace) -> list[Frame]:
    """All frames of a run: per statement one that opens it, then evolve, read and write back per window.

    The last window has no write back: nothing would read it.
    """
    film = []
    for n in range(len(trace)):
        film.append(Frame(n, 0, "open", _opening(trace, n)))
        for window in range(1, len(trace.slots)):
            film.append(Frame(n, window, "evolve", _evolving(trace, n, window)))
            film.append(Frame(n, window, "read", reading(trace, n, window)))
            if window < len(trace.slots) - 1:
                film.append(Frame(n, window, "write", _writing(trace, n, window)))
    return film


def chance(probability: float) -> str:
    """A probability in two digits that never claims more certainty than there is.

    >>> chance(0.973), chance(0.9999), chance(0.0001)
    ('0.97', '>0.99', '<0.01')
    """
    if probability > 0.995:
        return ">0.99"
    return "<0.01" if probability < 0.005 else f"{probability:.2f}"


def reading(trace: Trace, n: int, window: int) -> Words:
    """The sentence about what the concept index reads in a window of statement ``n``."""
    slot = trace.slots[window]
    chosen, own = _chosen(trace, n, window), chance(trace.chosen_probability[n, window])
    before = _listed(trace, n, window)
    lead: Words = ((f"Window {FIRST_LETTER[slot]}: ", ""),)
    top = trace.top(n, window)
    others = [(label, prob) for label, prob in top if label != chosen]
    first = not others or trace.chosen_probability[n, window] >= others[0][1]
    if slot in trace.cue:
        words = (*lead, (f"the {slot} ", ""), (chosen, slot), (" is given", ""))
        if first:
            words += ((f"; the index on its own also reads it first ({own}).", ""),)
        else:
            label, prob = others[0]
            words += (("; the index on its own would read ", ""), (label, slot), (f" ({chance(prob)}).", ""))
    elif first:
        given = (("given ", ""), *before, (", ", "")) if before else (("with nothing given yet, ", ""),)
        words = (*lead, *given, ("the index reads ", ""), (chosen, slot), (f" ({own})", ""))
        if others:
            words += (("; next ", ""), (others[0][0], slot), (f" ({chance(others[0][1])})", ""))
        words += ((".", ""),)
    else:
        label, prob = others[0]
        words = (*lead, ("the index reads ", ""), (label, slot), (f" first ({chance(prob)}); ", ""))
        words += ((f"statement {n + 1} takes ", ""), (chosen, slot), (f" ({own}).", ""))
    if window == len(trace.slots) - 1:
        words += ((f" The statement is complete, probability {chance(trace.probability[n])}.", ""),)
    return words


def _opening(trace: Trace, n: int) -> Words:
    moment = _chosen(trace, n, 0)
    if trace.mode == "semantic" or not moment:
        start = START.get(trace.a_bar, trace.a_bar)
        return (("Semantic memory opens: the blackboard starts from ā, ", ""), (f"{start}.", ""))
    if "instant" in trace.cue:
        given: Words = (("Episodic memory opens: ", ""), (moment, "instant"))
        return (*given, (" is given and writes its embedding to the blackboard.", ""))
    found: Words = (("Episodic memory opens: the cue reminds of ", ""), (moment, "instant"))
    return (*found, (", which writes its embedding to the blackboard.", ""))


def _evolving(trace: Trace, n: int, window: int) -> Words:
    before = _listed(trace, n, window, last=" and ")
    carried = ((", which carries ", ""), *before, (",", "")) if before else ()
    start: Words = (("Evolve: the blackboard passes through working memory", ""),)
    return (*start, *carried, (f" and comes back ready to read the {trace.slots[window]}.", ""))


def _writing(trace: Trace, n: int, window: int) -> Words:
    word = (_chosen(trace, n, window), trace.slots[window])
    length = f"{trace.feedback[n, window]:.2f} times the blackboard's own length"
    return (("Write back: ", ""), word, (f" adds its embedding to the blackboard, {length}.", ""))


def _chosen(trace: Trace, n: int, window: int) -> str:
    return trace.label(trace.slots[window], int(trace.chosen[n, window]))


def _listed(trace: Trace, n: int, window: int, last: str = ", ") -> Words:
    """The words of statement ``n`` that were written before ``window``, two at most, with ``last`` between them."""
    words: Words = ()
    for earlier in range(1, window):
        words += (*(((last, ""),) if words else ()), (_chosen(trace, n, earlier), trace.slots[earlier]))
    return words


def packet(trace: Trace) -> bytes:
    """The film as one run of bytes: the length of a JSON head, the head, then every state as one byte a unit.

    The states are gamma, as the trace reads it from q, before the write back, gamma after it, and |h|, each
    (statement, window, unit), scaled to 0-255 over the range that the head gives. Raises SettingsError for a run
    recorded without states.
    """
    if trace.q_before is None or trace.q_after is None or trace.h is None:
        raise SettingsError("a film needs the states of a run: record it with Record(states=True).")
    gamma = np.stack([trace.gamma(q) for q in (trace.q_before, trace.q_after)])
    unit_interval = trace.settings.get("activation", "sigmoid") == "sigmoid"
    reach = 1.0 if unit_interval else float(np.abs(gamma).max()) or 1.0
    low = 0.0 if unit_interval else -reach
    strength = np.abs(trace.h)
    peak = float(np.quantile(strength, 0.995)) or 1.0  # a single loud unit must not darken all the others
    states = _bytes((gamma - low) / (reach - low)) + _bytes(strength / peak)
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
    head["labels"] = list(labels)
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    name = hashlib.sha256(text.encode() + states).hexdigest()[:16]
    body = (f'{{"name":"{name}",' + text[1:]).encode()
    return len(body).to_bytes(4, "little") + body + states


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
