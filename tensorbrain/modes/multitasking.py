"""Multitasking by multiplexing: several streams of thought take turns on one blackboard, window by window."""

from collections.abc import Mapping, Sequence
from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.layers import BrainState, ConceptIndex
from tensorbrain.modes.cue import SLOTS, read_cue
from tensorbrain.modes.decoder import Window
from tensorbrain.modes.interventions import said
from tensorbrain.modes.semantic import semantic_start
from tensorbrain.modes.windows import kept, pass_window, trace_of, unwritten
from tensorbrain.operations import write_back
from tensorbrain.trace import Record, Trace
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray

SELECTIONS = ("argmax", "sample", "attend")


def multitask(
    brain: Brain,
    cues: Sequence[Mapping[str, str]],
    *,
    saved: bool = True,
    selection: str = "argmax",
    a_bar: str = "learned",
    seed: int = 0,
    record: Record | None = None,
) -> tuple[Trace, ...]:
    """Recall one statement for each of several cues at once, their windows taking turns: a trace for each (TB24).

    Every cue holds a subject, predicate, object or instant by name, as in ``recall``. When a stream's turn ends, what
    is on the blackboard becomes an index, a_new := q, and at its next turn that index is written back to a wiped
    blackboard, q <- a_new: so an index carries q across the interruption, and the working memory's context h is lost.
    With ``saved=False``, the control, nothing is kept, and each stream goes on from what another one left. What a
    switch costs is the difference to ``recall`` of each cue alone; a single cue is never interrupted. Names and
    errors as in ``read_cue``; SettingsError for no cue, and for one that holds something else.

    >>> from tensorbrain.checkpoint import load_brain
    >>> two = [{"subject": "Sparky", "predicate": "is a"}, {"subject": "Bridge House", "predicate": "is a"}]
    >>> [trace.statements[0].object for trace in multitask(load_brain("neighbourhood"), two)]
    ['dog', 'house']
    """
    if selection not in SELECTIONS:
        raise SettingsError(f"selection '{selection}' is unknown: use {', '.join(SELECTIONS)}.")
    if not cues:
        raise SettingsError("there is nothing to do at once: give at least one cue, such as {'subject': 'Sparky'}.")
    if unknown := sorted({slot for cue in cues for slot in cue} - {*SLOTS, "instant"}):
        raise SettingsError(f"a cue cannot hold '{unknown[0]}': use {', '.join(SLOTS)} or instant.")
    record = record or Record()
    model, words = brain.model, brain.vocabulary
    told = [read_cue(brain, a_bar=a_bar, **cue) for cue in cues]
    instants = model.index.embeddings("instant")
    q = jnp.stack([instants[c.instant] if c.instant >= 0 else semantic_start(model, a_bar) for c in told])
    run = jax.device_get(
        _recorded(
            model,
            q,
            jnp.asarray([c.given for c in told], jnp.int32),
            jax.random.key(seed),
            orders=tuple(c.order for c in told),
            saved=saved,
            selection=selection,
            top=record.top,
        )
    )
    how = "kept as an index in between" if saved else "not kept in between"
    others = f"{len(cues) - 1} other stream{'s' if len(cues) > 2 else ''}"
    notes = [] if len(cues) == 1 else [f"in turns with {others}, {how}"]
    traces = []
    for n, cue in enumerate(told):
        mine = {name: a[n][None] for name, a in run.items()}
        free = [slot not in cue.told for slot in cue.order]
        probability = np.where([free], mine["chosen_probability"], 1.0).prod(axis=1)
        ids = {**dict(zip(SLOTS, cue.given, strict=True)), "instant": cue.instant}
        labels = {slot: words.label(slot, k) for slot, k in ids.items() if k >= 0}
        traces.append(
            trace_of(
                brain,
                mine,
                order=cue.order,
                mode=cue.mode,
                selection=selection,
                a_bar=cue.a_bar,
                seed=seed,
                cue=labels,
                instant=[cue.instant],
                opened=[True],
                probability=probability,
                record=record,
                notes=(*said(brain), *notes),
            )
        )
    return tuple(traces)


def interleaved(
    brain: TensorBrain,
    q: Float[Array, "stream dim"],
    given: Int[Array, "stream 3"],
    *,
    orders: tuple[str, ...],
    saved: bool = True,
    selection: str = "argmax",
    key: PRNGKeyArray | None = None,
) -> list[list[Window]]:
    """The three windows of every stream, decoded in turns: the first window of each, then the second, then the third.

    ``q`` are the starts, ``given`` what is told (-1: nothing), ``orders`` the decode order of each stream.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> starts, given = jnp.stack([brain.a_bar] * 2), jnp.array([[0, 1, -1], [2, 0, -1]])
    >>> [len(windows) for windows in interleaved(brain, starts, given, orders=("spo", "spo"))]
    [3, 3]
    """
    streams = len(orders)
    memo = ConceptIndex(jnp.zeros_like(q), jnp.zeros_like(q[:, 0]), jnp.ones(streams, bool), (0, 0, streams))
    windows: list[list[Window]] = [[] for _ in orders]
    board = brain.start(q[0], orders[0])
    for position in range(3):
        for stream, order in enumerate(orders):
            slot = order[position]
            if position == 0:
                board = brain.start(q[stream], order)
            elif saved and streams > 1:
                wiped = BrainState(board.q, jnp.zeros_like(board.h))
                board = write_back(memo, wiped, jnp.asarray(stream), "instant", alpha=0.0, beta=1.0)
            drawn = None if key is None else jax.random.fold_in(key, 3 * stream + position)
            told = given[stream]["spo".index(slot)]
            board, window = pass_window(brain, board, slot, told, selection=selection, key=drawn)
            windows[stream].append(window if position < 2 else unwritten(window))
            memo = eqx.tree_at(lambda index: index.A, memo, memo.A.at[stream].set(board.q))
    return windows


@partial(jax.jit, static_argnames=("orders", "saved", "selection", "top"))
def _recorded(
    brain: TensorBrain,
    q: Array,
    given: Array,
    key: Array,
    *,
    orders: tuple[str, ...],
    saved: bool,
    selection: str,
    top: int,
) -> dict[str, Array]:
    streams = interleaved(brain, q, given, orders=orders, saved=saved, selection=selection, key=key)
    blank = jnp.zeros(brain.memory.B.shape[0], q.dtype)
    each = [
        kept(brain, BrainState(start, blank), brain.start(start, order), windows, top=top)
        for start, order, windows in zip(q, orders, streams, strict=True)
    ]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *each)
