"""Reasoning: from a subject along predicates, by evolving alone, by symbols alone, or by both in turn (chaining)."""

from collections.abc import Sequence
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.layers import BrainState
from tensorbrain.modes.cue import Cue, read_cue
from tensorbrain.modes.interventions import said
from tensorbrain.modes.paths import BEAM, paths_from
from tensorbrain.modes.semantic import semantic_start
from tensorbrain.modes.windows import kept, pass_window, trace_of, unwritten
from tensorbrain.trace import Record, Trace
from tensorbrain.typing import Array

WAYS = ("chain", "symbolic", "embedded")
SELECTIONS = ("top", "argmax", "sample")
MOST = 1000  # hops
TAUGHT = "chains"  # in the history of a brain that was taught to go on from a statement (`learning.predictive`)


def reason(
    brain: Brain,
    *,
    subject: str,
    predicate: str | None = None,
    predicates: Sequence[str] | None = None,
    hops: int | None = None,
    how: str | None = None,
    instant: str | None = None,
    a_bar: str = "learned",
    selection: str = "top",
    seed: int = 0,
    record: Record | None = None,
) -> Trace:
    """Go from ``subject`` along the ``predicates`` (or ``hops`` times along one), a statement a hop, and record it.

    ``chain``, embedded symbolic reasoning: the object of a hop is measured and written back, q <- alpha q + beta a_o,
    and its window is at once the subject's window of the next hop; q and h go on. ``embedded``: the same without the
    write-back of any object, evolving alone; the objects are named, as an observer would, and not measured.
    ``symbolic``: an object is the told subject of a new question, the blackboard being reset in between. By default a
    brain that was taught chains (`learning.predictive.teach_chains`) chains, another one reasons by symbols.

    ``top`` takes the most probable path of all, ``argmax`` the best object of every hop, ``sample`` draws. The
    probability of a statement is that of its object given the path so far, and of the path their product; under
    ``embedded`` each stands for itself. The run starts from a-bar, or from an ``instant``. Names and errors as in
    ``read_cue``; SettingsError for a brain whose decode order has the object before the predicate, unless
    ``symbolic``. Source: TB23, TB24 (embedded and symbolic reasoning, chaining); where the windows meet is ours.

    >>> from tensorbrain.checkpoint import load_brain
    >>> trace = reason(load_brain("neighbourhood"), subject="Sparky", predicates=["is a", "is a kind of"])
    >>> [statement.object for statement in trace.statements]
    ['dog', 'mammal']
    """
    names = _named(predicate, predicates, hops)
    how = how or ("chain" if taught(brain) else "symbolic")
    for value, known, what in ((how, WAYS, "way to reason"), (selection, SELECTIONS, "selection")):
        if value not in known:
            raise SettingsError(f"{what} '{value}' is unknown: use {', '.join(known)}.")
    record = record or Record()
    cue = read_cue(brain, subject=subject, predicate=names[0], instant=instant, a_bar=a_bar)
    order = _order(brain, cue, how)
    model, words = brain.model, brain.vocabulary
    along = jnp.asarray([words.find(name, "predicate") for name in names], jnp.int32)
    q = semantic_start(model, a_bar) if cue.instant < 0 else model.index.embeddings("instant")[cue.instant]
    s = jnp.asarray(cue.given[0], jnp.int32)
    key = jax.random.key(seed) if selection == "sample" else None
    found = paths_from(model, q, s, along, how=how, order=order, beam=BEAM if selection == "top" else 1, key=key)
    run = jax.device_get(_recorded(model, q, s, along, found.objects[0], how=how, order=order, top=record.top))
    log_p = np.asarray(found.log_p[0], np.float64)
    return trace_of(
        brain,
        run,
        order=order,
        mode=cue.mode,
        how=how,
        selection=selection,
        a_bar=cue.a_bar,
        seed=seed,
        cue={
            "subject": words.label("subject", cue.given[0]),
            "predicate": ", then ".join(dict.fromkeys(words.label("predicate", int(p)) for p in along)),
            **({"instant": words.label("instant", cue.instant)} if cue.instant >= 0 else {}),
        },
        instant=[cue.instant] * len(names),
        opened=[how == "symbolic" or hop == 0 for hop in range(len(names))],
        probability=np.exp(log_p).astype(np.float32),
        record=record,
        exact=selection != "top" or bool(log_p.sum() >= float(found.log_bound)),
        notes=(*said(brain), *_notes(brain, how, log_p)),
    )


def taught(brain: Brain) -> bool:
    """Whether a brain was taught to go on from a statement, rather than to say one at a time.

    >>> from tensorbrain.checkpoint import load_brain
    >>> taught(load_brain("countries"))
    False
    """
    return any(TAUGHT in record for record in brain.history)


@partial(jax.jit, static_argnames=("how", "order", "top"))
def _recorded(
    brain: TensorBrain, q: Array, subject: Array, predicates: Array, objects: Array, *, how: str, order: str, top: int
) -> dict[str, Array]:
    """The path once more, all told, each hop kept as a statement.

    In a chain the window of a hop's object and of the next one's subject are the same: it is kept twice, with what is
    written back in the second place, whose opening is the state that it evolves from.
    """
    start = BrainState(q, jnp.zeros(brain.memory.B.shape[0])), brain.start(q, order)

    def hop(opening: tuple[BrainState, BrainState], step: tuple[Array, Array, Array, Array]):
        before, after = opening
        s, p, o, is_first = step
        state, last, windows = after, after, []
        for slot in order:
            last = state
            state, window = pass_window(brain, state, slot, {"s": s, "p": p, "o": o}[slot])
            if how == "embedded" and slot == "s":
                q = jnp.where(is_first, window.q_after, window.q_before)
                state, window = BrainState(q, window.h), window._replace(q_after=q)
            windows.append(window)
        windows[-1] = unwritten(windows[-1])
        return start if how == "symbolic" else (last, last), kept(brain, before, after, windows, top=top)

    subjects = jnp.concatenate([subject[None], objects[:-1]])
    firsts = jnp.arange(len(objects)) == 0
    return jax.lax.scan(hop, start, (subjects, predicates, objects, firsts))[1]


def _named(predicate: str | None, predicates: Sequence[str] | None, hops: int | None) -> list[str]:
    """The predicate of every hop."""
    if (predicate is None) == (predicates is None):
        raise SettingsError("say where to go: give one predicate, or a list of predicates, one a hop.")
    if hops is not None and hops > MOST:
        raise SettingsError(f"{hops} hops are more than reasoning goes: ask for {MOST:,} at most.")
    if predicate is not None:
        names = [predicate] * (1 if hops is None else hops)
    else:
        names = [predicates] if isinstance(predicates, str) else list(predicates or ())
        if hops not in (None, len(names)):
            raise SettingsError(f"{len(names)} predicates are {len(names)} hops, not {hops}: leave hops out.")
    if not names:
        raise SettingsError("reasoning of 0 hops leads nowhere: go at least 1.")
    return names


def _order(brain: Brain, cue: Cue, how: str) -> str:
    if how == "symbolic":
        return cue.order
    if "spo" not in brain.model.orders:
        raise SettingsError(
            f"this brain decodes in the orders {', '.join(brain.model.orders)}, and a path goes from subject by "
            "predicate to object: reason with how='symbolic', or train a brain with orders=('spo',)."
        )
    return "spo"


def _notes(brain: Brain, how: str, log_p: np.ndarray) -> list[str]:
    notes = []
    if how == "embedded":
        notes.append("no object is measured or written back: what is named is what could be read")
    elif len(log_p) > 1:
        notes.append(f"the path as a whole has probability {np.exp(log_p.sum()):.2g}")
    if how != "symbolic" and len(log_p) > 1 and not taught(brain):
        notes.append("this brain was taught single statements: where it goes on after one, it guesses")
    return notes
