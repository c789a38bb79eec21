"""What the film of a chain of reasoning says: each statement is a hop, and its subject the object of the one before."""

from components import remembering
from components.words import Frame, Words, chance, chosen_word, strength

from tensorbrain.trace import Trace


def frames(trace: Trace) -> list[Frame]:
    """All frames of a path, hop by hop.

    By symbols alone every hop is a recall of its own. In a chain, and where the blackboard only evolves, the window of
    an object is at once that of the next subject: it is read in the one hop, and in the next one written back or not.
    """
    every = remembering.frames(trace)
    if trace.how == "symbolic":
        return [_anew(trace, frame) if frame.phase == "open" and frame.statement else frame for frame in every]
    film = []
    for frame in every:
        n, window, phase = frame.statement, frame.window, frame.phase
        if n and phase == "open":
            film.append(frame._replace(words=_going_on(trace, n)))
        elif n and window == 1:  # it was evolved into and read as the object of the hop before
            if phase == "write" and trace.how == "chain":
                film.append(frame._replace(words=_fed_back(trace, n)))
        else:
            film.append(frame)
    return film


def _anew(trace: Trace, frame: Frame) -> Frame:
    subject = (chosen_word(trace, frame.statement, 1), "subject")
    words: Words = (("Only the word goes on: the blackboard is wiped, and ", ""), subject)
    return frame._replace(words=(*words, (" is asked about as if nothing had been thought before.", "")))


def _going_on(trace: Trace, n: int) -> Words:
    subject = (chosen_word(trace, n, 1), "subject")
    sure = chance(trace.probability[:n].prod())
    if trace.how == "embedded":
        return (
            ("The thought goes on without a word: what could be read as ", ""), subject,
            (" is not measured, and nothing of it is written back.", ""),
        )  # fmt: skip
    return (
        ("The chain goes on: ", ""), subject,
        (f", just read as the object, is now the subject. So far the path has probability {sure}.", ""),
    )  # fmt: skip


def _fed_back(trace: Trace, n: int) -> Words:
    subject = (chosen_word(trace, n, 1), "subject")
    return (
        ("Write back: ", ""), subject,
        (f" adds its embedding to the blackboard, {strength(trace, n, 1)}, and is part of the thought.", ""),
    )  # fmt: skip
