"""Windows one by one: what a schedule other than a single statement is made of, and what is recorded of each."""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import BLOCK_OF, Brain, TensorBrain
from tensorbrain.layers import BrainState
from tensorbrain.modes.decoder import Window, close_window, open_window
from tensorbrain.modes.recording import best, entropy
from tensorbrain.operations import attend, log_probabilities, measure
from tensorbrain.trace import Record, Trace
from tensorbrain.typing import Array, Float32, Int, PRNGKeyArray


def pass_window(
    brain: TensorBrain,
    state: BrainState,
    slot: str,
    told: Int[Array, ""],
    *,
    selection: str = "argmax",
    key: PRNGKeyArray | None = None,
) -> tuple[BrainState, Window]:
    """One window from beginning to end: evolve, read, choose (or take what is ``told``, -1: nothing is), write back.

    ``selection`` is sample (with a key), argmax or attend. The recorded ``q_after`` is the blackboard with the outcome
    on it; a schedule that ends here goes on from the state before. Source: TB23 (Algorithm 1).

    >>> import jax
    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> state, window = pass_window(brain, brain.start(brain.a_bar, "spo"), "s", jnp.asarray(2))
    >>> int(window.chosen), bool((state.q == window.q_after).all())
    (2, True)
    """
    state, log_pi = open_window(brain, state, slot)
    gates = {"alpha": brain.alpha, "beta": brain.beta}
    if selection == "attend":
        free, k = attend(brain.index, state, log_pi, BLOCK_OF[slot], **gates), jnp.argmax(log_pi)
    else:
        drawn = "sample" if selection == "sample" else "argmax"
        free, k = measure(brain.index, state, log_pi, BLOCK_OF[slot], selection=drawn, key=key, **gates)
    forced = close_window(brain, state, jnp.maximum(told, 0), slot)
    k = jnp.where(told >= 0, told, k)
    after = BrainState(jnp.where(told >= 0, forced.q, free.q), state.h)
    return after, Window(state.q, after.q, state.h, log_pi, k)


def unwritten(window: Window) -> Window:
    """The window as it is when its outcome is named and not written back.

    >>> nothing = jnp.zeros(2)
    >>> unwritten(Window(nothing, nothing + 1, nothing, nothing, jnp.asarray(0))).q_after
    Array([0., 0.], dtype=float32)
    """
    return window._replace(q_after=window.q_before)


def kept(
    brain: TensorBrain, before: BrainState, after: BrainState, windows: Sequence[Window], *, top: int
) -> dict[str, Array]:
    """What ``Trace`` documents of one statement: its opening, from ``before`` to ``after``, then its three windows.

    >>> import jax
    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> start = brain.start(brain.a_bar, "spo")
    >>> _, window = pass_window(brain, start, "s", jnp.asarray(2))
    >>> kept(brain, start, start, [window] * 3, top=2)["top_ids"].shape
    (4, 2)
    """
    none = jnp.full(0, 0.0, before.q.dtype)
    if brain.index.capacity[2]:
        gamma = brain.board.gamma(before.q)
        none = log_probabilities(brain.index, gamma, "instant", temperature=brain.temperature)
    reads = [none, *(window.log_pi for window in windows)]
    q_before = jnp.stack([before.q, *(window.q_before for window in windows)])
    q_after = jnp.stack([after.q, *(window.q_after for window in windows)])
    written = jnp.linalg.norm(q_after[1:] - brain.alpha * q_before[1:], axis=1)
    untouched = (q_after[1:] == q_before[1:]).all(axis=1)
    ratio = jnp.where(untouched, 0.0, written / jnp.maximum(jnp.linalg.norm(q_before[1:], axis=1), 1e-9))
    tops = [best(log_pi, top) for log_pi in reads]
    return {
        "chosen": jnp.stack([window.chosen for window in windows]).astype(jnp.int32),
        "chosen_probability": jnp.stack([jnp.exp(window.log_pi[window.chosen]) for window in windows]),
        "instant_probability": jnp.exp(none),
        "entropy": jnp.stack([entropy(log_pi) for log_pi in reads]),
        "feedback": jnp.concatenate([jnp.zeros(1, ratio.dtype), ratio]),
        "top_ids": jnp.stack([ids for ids, _ in tops]),
        "top_probability": jnp.stack([p for _, p in tops]),
        "q_before": q_before,
        "q_after": q_after,
        "h": jnp.stack([before.h, *(window.h for window in windows)]),
    }


def trace_of(
    brain: Brain,
    run: dict[str, np.ndarray],
    *,
    order: str,
    instant: Sequence[int],
    opened: Sequence[bool],
    probability: Float32[np.ndarray, " statement"],
    record: Record,
    **how: Any,
) -> Trace:
    """The ``Trace`` of statements kept by ``kept``, with a leading axis of statements.

    ``instant`` is the moment that each statement is recalled from (-1: from none); where a statement did not open with
    it, ``opened`` is False. ``how`` are the other fields of a trace.
    """
    run = {name: a.astype(np.float32) if a.dtype.kind == "f" else a for name, a in run.items()}  # x64 too
    t = np.where(opened, instant, -1).astype(np.int32)
    first = np.zeros(len(t), np.float32)
    first[t >= 0] = run["instant_probability"][np.flatnonzero(t >= 0), t[t >= 0]]
    places = [order.index(slot) for slot in "spo"]
    recorded = ("entropy", "feedback", "top_ids", "top_probability")
    states = {name: run[name] if record.states else None for name in ("q_before", "q_after", "h")}
    return Trace(
        order=order,
        vocabulary=brain.vocabulary,
        settings=brain.settings.to_json(),
        ids=run["chosen"][:, places],
        probability=np.asarray(probability, np.float32),
        instant=np.asarray(instant, np.int32),
        chosen=np.concatenate([t[:, None], run["chosen"]], axis=1),
        chosen_probability=np.concatenate([first[:, None], run["chosen_probability"]], axis=1),
        **{name: run[name] for name in recorded},
        **states,
        **how,
    )
