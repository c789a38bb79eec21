"""What is known of a brain's moments: how probable each is, and what the graph tells of it."""

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import streamlit as st
from components.timeline import Heights
from questions import Question
from session import Mind, graph_of, names

from tensorbrain import intervene
from tensorbrain.brain import Brain
from tensorbrain.graph.vocabulary import Vocabulary
from tensorbrain.modes.reminding import evidence, likeness, moments
from tensorbrain.trace import Trace

Ids = tuple[int, int, int]

MOST_KEPT = 8  # cues of a visit's own brains whose evidence is kept for it


def by_time(mind: Mind, asked: Question) -> Heights:
    """The prior P(t)."""
    brain = intervene(mind.brain, **asked.changes())
    return Heights(moments(brain), "P(t)", "the share of all that happened that each moment holds")


def by_cue(mind: Mind, asked: Question, *, recency: float) -> Heights:
    """How much what is told in ``asked`` reminds of every moment."""
    told = [name for name in (asked.subject, asked.predicate, asked.object) if name]
    brain = intervene(mind.brain, **asked.changes())
    probability = moments(brain, evidence_of(mind, brain, asked), recency=recency)
    words = " ".join(_label(mind.brain, slot, asked) or "…" for slot in ("subject", "predicate", "object"))
    words = words.replace("… …", "…")
    name = f"P(t | {words})" if told else "P(t)"
    means = "how much the cue reminds of each moment" if told else "as nothing is told yet"
    return Heights(probability, name, means, "Comes to mind most" if told else "", recency)


def by_likeness(mind: Mind, asked: Question) -> Heights:
    """How much the state of the moment in ``asked`` reminds the index of every other."""
    assert asked.instant is not None, "likeness is that of a moment"
    brain = intervene(mind.brain, **asked.changes())
    means = "how much the state of the chosen moment t reminds the index of every other"
    return Heights(likeness(brain, asked.instant), "P(t′ | γ(aₜ))", means, "Most like it")


def evidence_of(mind: Mind, brain: Brain, asked: Question) -> np.ndarray:
    """log P(cue | t), computed once for all visits, or for this one alone if the brain is its own.

    It takes up to a second, and how recent moments are to be has no part in it: that dial answers at once.
    """
    cue = replace(asked, instant=None, statements=1)
    if mind.shared is not None:
        return _shared(brain, mind.shared, cue)
    kept: list[tuple[Brain, Question, np.ndarray]] = st.session_state.setdefault("evidence", [])
    found = next((row for row in kept if row[0] is mind.brain and row[1] == cue), None)
    if found is None:
        found = (mind.brain, cue, _evidence(brain, cue))
        kept.append(found)
        del kept[:-MOST_KEPT]
    return found[2]


@st.cache_resource(max_entries=256, show_spinner=False)
def _shared(_brain: Brain, file: tuple[str, int], cue: Question) -> np.ndarray:
    return _evidence(_brain, cue)


def _evidence(brain: Brain, cue: Question) -> np.ndarray:
    return evidence(brain, subject=cue.subject, predicate=cue.predicate, object=cue.object)


def _label(brain: Brain, slot: str, asked: Question) -> str:
    name = getattr(asked, slot)
    return "" if name is None else brain.vocabulary.label(slot, brain.vocabulary.find(name, slot))


def shown_names(mind: Mind) -> list[str]:
    """The moments as they are shown, in the order of their rows."""
    return list(names(mind.brain.vocabulary, "instant"))


def told_of(mind: Mind, row: int) -> list[Ids] | None:
    """What the graph says of a moment, or None where nobody knows it."""
    graph = graph_of(mind.world)
    known = {} if graph is None else _rows(graph.vocabulary)
    name = mind.brain.vocabulary.instants[row].iri  # not its row: that is another one once moments were forgotten
    if graph is None or name not in known:
        return None
    t = known[name]
    told = graph.episodes.slice(instant=t).coordinates.tolist()
    if t in graph.parts[:, 1]:  # of an episode that others are part of, what they tell is told as well
        told += graph.wholes.slice(instant=t).coordinates.tolist()
    return list(dict.fromkeys((s, p, o) for s, p, o, _ in told))


@lru_cache(maxsize=8)
def _rows(words: Vocabulary) -> dict[str, int]:
    return {instant.iri: row for row, instant in enumerate(words.instants)}


class Comparison(NamedTuple):
    """What was told of a moment beside what comes back of it.

    ``rows`` are the statements that were told, then those recalled among as many that were not; each with ``back``
    (yes, no, or not ``learned``) and its probability in recall, None where it is not among those that were recalled;
    ``learned`` says how the brain came to know of the moment, told or seen.
    """

    rows: list[dict[str, object]]
    told: int
    back: int
    strange: int
    learned: str = "told"


def compare(trace: Trace, told: list[Ids], learned: str = "told") -> Comparison:
    """Which of the told statements are among as many most probable ones."""
    recalled = {(int(s), int(p), int(o)): n for n, (s, p, o) in enumerate(trace.ids)}
    first = {ids for ids, n in recalled.items() if n < len(told)}
    kinds = [(ids, "yes" if ids in first else "no") for ids in told]
    kinds += [(ids, f"not {learned}") for ids in recalled if ids in first and ids not in told]
    rows = []
    for ids, back in kinds:
        words = zip(("subject", "predicate", "object"), ids, strict=True)
        probability = float(trace.probability[recalled[ids]]) if ids in recalled else None
        rows.append({**{slot: trace.label(slot, k) for slot, k in words}, "back": back, "probability": probability})
    backs = [back for _, back in kinds]
    return Comparison(rows, len(told), backs.count("yes"), len(backs) - len(told), learned)


def in_words(found: Comparison) -> str:
    """How much comes back, in a sentence or two.

    >>> in_words(Comparison([], 6, 5, 1))
    'Of 6 statements 5 come back when as many are asked for; one more is recalled that was not told.'
    >>> in_words(Comparison([], 1, 1, 0))
    'The one statement comes back when one is asked for.'
    """
    if found.told == 1:
        text = f"The one statement {'comes' if found.back else 'does not come'} back when one is asked for"
    elif found.back == found.told:
        text = f"All {found.told} statements come back when as many are asked for"
    else:
        number = {0: "none comes", 1: "one comes"}.get(found.back, f"{found.back} come")
        text = f"Of {found.told} statements {number} back when as many are asked for"
    if found.strange:
        number, were = ("one more is", "was") if found.strange == 1 else (f"{found.strange} more are", "were")
        text += f"; {number} recalled that {were} not {found.learned}"
    return text + "."
