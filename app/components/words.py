"""The words of a film: frames, sentences in pieces, and what all sentences share."""

from typing import NamedTuple

from tensorbrain.trace import Trace

Words = tuple[tuple[str, str], ...]
"""A sentence in pieces (text, slot); the slot of plain text is empty, that of a concept says which word it is."""

FIRST_LETTER = {"instant": "T", "subject": "S", "predicate": "P", "object": "O"}


class Frame(NamedTuple):
    """One operation: in which window of which statement, what it does, and the sentence about it.

    ``phase`` is open, sense, evolve, read or write.
    """

    statement: int
    window: int
    phase: str
    words: Words

    @property
    def sentence(self) -> str:
        """The sentence as plain text."""
        return "".join(text for text, _ in self.words)


def chance(probability: float) -> str:
    """A probability in two digits that never claims more certainty than there is.

    >>> chance(0.973), chance(0.9999), chance(0.0001)
    ('0.97', '>0.99', '<0.01')
    """
    if probability > 0.995:
        return ">0.99"
    return "<0.01" if probability < 0.005 else f"{probability:.2f}"


def chosen_word(trace: Trace, n: int, window: int) -> str:
    """The word that statement ``n`` takes in a window, or "" for none."""
    return trace.label(trace.slots[window], int(trace.chosen[n, window]))


def listed(trace: Trace, n: int, window: int, last: str = ", ") -> Words:
    """The words of statement ``n`` that were written before ``window``, two at most, with ``last`` between them."""
    words: Words = ()
    for earlier in range(1, window):
        words += (*(((last, ""),) if words else ()), (chosen_word(trace, n, earlier), trace.slots[earlier]))
    return words


def complete(trace: Trace, n: int, window: int) -> Words:
    """What is said at the end of the last window, nothing before it."""
    if window < len(trace.slots) - 1:
        return ()
    return ((f" The statement is complete, probability {chance(trace.probability[n])}.", ""),)


def strength(trace: Trace, n: int, window: int) -> str:
    """How strongly a window writes back, in words."""
    return f"{trace.feedback[n, window]:.2f} times the blackboard's own length"
