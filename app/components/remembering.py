"""What the film of a recall says: the operations of the memory modes, in which nothing comes in from the senses."""

from components.words import FIRST_LETTER, Frame, Words, chance, chosen_word, complete, listed, strength

from tensorbrain.trace import Trace

START = {
    "learned": "the state learned from all statements without their moments",
    "mean": "the mean of all moments",
    "mixture": "a mixture of all moments",
}


def frames(trace: Trace) -> list[Frame]:
    """All frames of a recall: per statement one that opens it, then evolve, read and write back per window.

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


def reading(trace: Trace, n: int, window: int) -> Words:
    """The sentence about what the concept index reads in a window of statement ``n``."""
    slot = trace.slots[window]
    chosen, own = chosen_word(trace, n, window), chance(trace.chosen_probability[n, window])
    before = listed(trace, n, window)
    lead: Words = ((f"Window {FIRST_LETTER[slot]}: ", ""),)
    top = trace.top(n, window, 2)
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
    return words + complete(trace, n, window)


def _opening(trace: Trace, n: int) -> Words:
    moment = chosen_word(trace, n, 0)
    if trace.mode == "semantic" or not moment:
        start = START.get(trace.a_bar, trace.a_bar)
        return (("Semantic memory opens: the blackboard starts from ā, ", ""), (f"{start}.", ""))
    if "instant" in trace.cue:
        given: Words = (("Episodic memory opens: ", ""), (moment, "instant"))
        return (*given, (" is given and writes its embedding to the blackboard.", ""))
    found: Words = (("Episodic memory opens: the cue reminds of ", ""), (moment, "instant"))
    return (*found, (", which writes its embedding to the blackboard.", ""))


def _evolving(trace: Trace, n: int, window: int) -> Words:
    before = listed(trace, n, window, last=" and ")
    carried = ((", which carries ", ""), *before, (",", "")) if before else ()
    start: Words = (("Evolve: the blackboard passes through working memory", ""),)
    return (*start, *carried, (f" and comes back ready to read the {trace.slots[window]}.", ""))


def _writing(trace: Trace, n: int, window: int) -> Words:
    word = (chosen_word(trace, n, window), trace.slots[window])
    return (("Write back: ", ""), word, (f" adds its embedding to the blackboard, {strength(trace, n, window)}.", ""))
