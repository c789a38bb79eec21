"""What the film of a perception says: the same operations with the sensory buffer open, so that the eye takes part."""

from components.words import FIRST_LETTER, Frame, Words, chance, chosen_word, complete, listed, strength

from tensorbrain.trace import Trace

WHOLE = 0  # the region that is the whole picture
REMINDED = 0.1  # a moment that is less probable than this is called none in particular


def frames(trace: Trace) -> list[Frame]:
    """All frames of a perception: the scene is sensed, read and written back once; every other window evolves first.

    The scene is looked at once, so that statements after the first open where it left the blackboard. The last window
    has no write back: nothing would read it.
    """
    film = []
    last = len(trace.slots) - 1
    for n in range(len(trace)):
        if n == 0:
            film.append(Frame(n, 0, "sense", _sensing(trace, n, 0)))
            film.append(Frame(n, 0, "read", reading(trace, n, 0)))
            film.append(Frame(n, 0, "write", _writing(trace, n, 0)))
        else:
            film.append(Frame(n, 0, "open", _opening(trace, n)))
        for window in range(1, last + 1):
            film.append(Frame(n, window, "evolve", _evolving(trace, n, window)))
            film.append(Frame(n, window, "sense", _sensing(trace, n, window)))
            film.append(Frame(n, window, "read", reading(trace, n, window)))
            if window < last:
                film.append(Frame(n, window, "write", _writing(trace, n, window)))
    return film if trace.vocabulary.instants else [f for f in film if f.window or f.phase in ("sense", "open")]


def gaze(trace: Trace, n: int, window: int) -> str:
    """What the eye does in a window of statement ``n``, such as "looks at region 2"."""
    i, j = (int(region) for region in trace.regions[n])
    slot = trace.slots[window]
    if slot == "instant":
        return "takes in the whole picture"
    if slot == "subject":
        return f"looks at region {i}"
    if slot == "object":
        return "takes in the whole picture" if j == WHOLE else f"{'stays on' if i == j else 'looks at'} region {j}"
    if i == j:
        return f"takes region {i} by itself"
    return f"takes region {i} within the whole picture" if j == WHOLE else f"takes regions {i} and {j} together"


def reading(trace: Trace, n: int, window: int) -> Words:
    """The sentence about what the concept index reads in a window of statement ``n``."""
    slot = trace.slots[window]
    chosen, own = chosen_word(trace, n, window), float(trace.chosen_probability[n, window])
    others = [(label, prob) for label, prob in trace.top(n, window, 2) if label != chosen]
    lead = f"Window {FIRST_LETTER[slot]}: "
    if slot == "instant":
        if own < REMINDED:
            words: Words = ((f"{lead}the scene reminds of no moment in particular; first comes ", ""),)
        else:
            words = ((f"{lead}the scene reminds of ", ""),)
        words += ((chosen, slot), (f" ({chance(own)})", ""))
    else:
        given = listed(trace, n, window) or (("the scene", ""),)
        words = ((f"{lead}the eye {gaze(trace, n, window)}; given ", ""), *given, (", the index reads ", ""))
        if others and others[0][1] > own:
            words += ((others[0][0], slot), (f" first ({chance(others[0][1])}); ", ""))
            words += ((f"statement {n + 1} takes ", ""), (chosen, slot), (f" ({chance(own)})", ""))
            others = []
        else:
            words += ((chosen, slot), (f" ({chance(own)})", ""))
    if others:
        words += (("; next ", ""), (others[0][0], slot), (f" ({chance(others[0][1])})", ""))
    return (*words, (".", ""), *complete(trace, n, window))


def _opening(trace: Trace, n: int) -> Words:
    moment = chosen_word(trace, n, 0)
    start: Words = ((f"Statement {n + 1} opens: the blackboard stands again where the scene left it", ""),)
    return (*start, (", with ", ""), (moment, "instant"), (" in mind.", "")) if moment else (*start, (".", ""))


def _sensing(trace: Trace, n: int, window: int) -> Words:
    look = f"Sense: the eye {gaze(trace, n, window)}; "
    if window == 0:
        return ((f"{look}what it sees is all that stands on the blackboard.", ""),)
    i, j = (int(region) for region in trace.regions[n])
    lie = " and how they lie to each other" if trace.slots[window] == "predicate" and i != j and j != WHOLE else ""
    joins = "join" if lie else "joins"
    return ((f"{look}what it sees{lie} {joins} on the blackboard what working memory hands back.", ""),)


def _evolving(trace: Trace, n: int, window: int) -> Words:
    before = listed(trace, n, window, last=" and ") or (("the scene", ""),)
    return (("Evolve: working memory takes over the blackboard, which carries ", ""), *before, (".", ""))


def _writing(trace: Trace, n: int, window: int) -> Words:
    word = (chosen_word(trace, n, window), trace.slots[window])
    if trace.selection != "attend":
        return (("Write back: ", ""), word, (f" adds its embedding, {strength(trace, n, window)}.", ""))
    share = " most of all: each candidate adds its embedding as far as it is probable, in all "
    return (("Write back: ", ""), word, (f"{share}{strength(trace, n, window)}.", ""))
