"""Recall: a cue goes in, the four layers move window by window, statements come out; the run is recorded."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from scipy.special import logsumexp

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.modes.cue import SLOTS, Cue, find_statements, instant_posterior, read_cue, starts
from tensorbrain.modes.decoder import decode_statement
from tensorbrain.modes.episodic import told_first
from tensorbrain.modes.interventions import said
from tensorbrain.modes.recording import best, entropy
from tensorbrain.modes.search import Found
from tensorbrain.operations import log_probabilities
from tensorbrain.trace import Record, Trace
from tensorbrain.typing import Array, Float, Int, Key, PRNGKeyArray

SELECTIONS = ("top", "sample", "argmax", "attend")


def recall(
    brain: Brain,
    *,
    subject: str | None = None,
    predicate: str | None = None,
    object: str | None = None,
    instant: str | None = None,
    mode: str | None = None,
    statements: int = 8,
    selection: str = "top",
    order: str | None = None,
    a_bar: str = "learned",
    recency: float = 0.0,
    seed: int = 0,
    record: Record | None = None,
) -> Trace:
    """Recall statements from semantic memory, or from an episode, and record the run (TB23, Algorithm 1, memory modes).

    ``selection="top"`` recalls the ``statements`` most probable ones given the cue, best first; ``sample``
    draws them, window by window; ``argmax`` takes the best index of every window; ``attend`` writes expected
    embeddings back (both give one statement). Without ``instant``, mode ``episodic`` first finds the moment the
    cue reminds of, ``recency`` weighing recent (> 0) against remote ones. With ``a_bar="mixture"`` each
    statement is recalled through an instant drawn from, or best under, P(t | cue). Names are labels, IRIs or time
    stamps; errors as in ``read_cue``.

    >>> from tensorbrain.checkpoint import load_brain
    >>> brain = load_brain("neighbourhood")
    >>> trace = recall(brain, instant="2026-05-03T08:10", subject="Mary", statements=2)
    >>> sorted(" ".join(statement[:3]) for statement in trace.statements)
    ['Mary feeds Sparky', 'Mary left of Sparky']
    """
    if selection not in SELECTIONS:
        raise SettingsError(f"selection '{selection}' is unknown: use {', '.join(SELECTIONS)}.")
    if statements < 1:
        raise SettingsError(f"{statements} statements are none: recall at least 1.")
    record = record or Record()
    names = {"subject": subject, "predicate": predicate, "object": object, "instant": instant}
    cue = read_cue(brain, **names, mode=mode, order=order, a_bar=a_bar)
    q, log_weight = starts(brain, cue, recency=recency)
    told = np.asarray(cue.given, np.int32)
    notes = said(brain)
    if cue.mode == "episodic" and cue.instant < 0:
        best = int(np.argmax(log_weight))
        share = float(np.exp(log_weight[best]))
        notes.append(f"the cue reminds of {brain.vocabulary.label('instant', best)} (probability {share:.2f})")
        q, log_weight, chosen_t = q[best][None], np.zeros(1), np.array([best])
    else:
        of_mixture = cue.mode == "semantic" and cue.a_bar == "mixture"
        chosen_t = np.arange(len(q)) if of_mixture else np.array([cue.instant])
    if selection == "top":
        found, exact = find_statements(brain, cue, q, n=_at_most(brain, statements))
        picked, probability, which = _most_probable(found, log_weight, statements)
        exact = exact and len(q) == 1
        forced, how = picked, "argmax"
    else:
        if len(q) > 1 and cue.told:  # the mixture: what was told speaks for some instants more than for others
            log_weight = np.asarray(instant_posterior(brain, cue), np.float64)
        count = statements if selection == "sample" else 1
        random = np.random.default_rng(seed)
        which = random.choice(len(q), size=count, p=np.exp(log_weight) / np.exp(log_weight).sum())
        if selection != "sample":
            which[:] = int(np.argmax(log_weight))
        probability = None  # of the windows, once they have been run
        forced, how, exact = np.broadcast_to(told, (count, 3)), selection, True
        if not told_first(cue.order, cue.told):
            notes.append("what was told is clamped at its window; the windows before it do not know it")
    keys = jax.random.split(jax.random.key(seed), len(forced))
    run = jax.device_get(
        record_run(
            brain.model, np.asarray(q)[which], jnp.asarray(forced), keys, order=cue.order, selection=how, top=record.top
        )
    )
    run = {name: a.astype(np.float32) if a.dtype.kind == "f" else a for name, a in run.items()}  # x64 too
    if probability is None:
        probability = _free_probability(run["chosen_probability"], cue)
    return Trace(
        mode=cue.mode,
        order=cue.order,
        selection=selection,
        a_bar=cue.a_bar,
        seed=seed,
        cue=_labels(brain, cue),
        vocabulary=brain.vocabulary,
        settings=brain.settings.to_json(),
        ids=run["ids"],
        probability=probability.astype(np.float32),
        instant=chosen_t[which].astype(np.int32),
        chosen=np.concatenate([chosen_t[which].astype(np.int32)[:, None], run["chosen"]], axis=1),
        chosen_probability=_with_instant(run, chosen_t[which]),
        entropy=run["entropy"],
        feedback=run["feedback"],
        top_ids=run["top_ids"],
        top_probability=run["top_probability"],
        q_before=run["q_before"] if record.states else None,
        q_after=run["q_after"] if record.states else None,
        h=run["h"] if record.states else None,
        exact=exact,
        notes=tuple(notes),
    )


def _at_most(brain: Brain, statements: int) -> int:
    concepts, predicates, _ = brain.model.index.capacity
    return int(min(statements, concepts * predicates * concepts))


def _most_probable(found: Found, log_weight: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Merge the lists of all starts: statements, P(statement | cue), and the start each is most probable from."""
    log_total = np.asarray(logsumexp(found.log_given + log_weight))
    log_p = (found.log_p + log_weight[:, None] - log_total).reshape(-1)
    start = np.repeat(np.arange(len(log_weight)), found.log_p.shape[1])
    rows, first, place = np.unique(found.statements.reshape(-1, 3), axis=0, return_index=True, return_inverse=True)
    probability = np.bincount(place.reshape(-1), weights=np.exp(log_p), minlength=len(rows))
    from_start = np.zeros(len(rows), np.int64)
    rising = np.argsort(log_p, kind="stable")
    from_start[place.reshape(-1)[rising]] = start[rising]  # the last write, the most probable start, stays
    best = np.lexsort((first, -probability))[:count]
    best = best[probability[best] > 0]
    return rows[best], probability[best], from_start[best]


def _free_probability(window_probability: np.ndarray, cue: Cue) -> np.ndarray:
    """The product over the windows that were free: the probability of what was selected, given what was told."""
    free = np.array([slot not in cue.told for slot in cue.order])
    return np.where(free[None], window_probability, 1.0).prod(axis=1)


def _with_instant(run: dict[str, np.ndarray], t: np.ndarray) -> np.ndarray:
    """Put P(t | q) of the chosen instant before the three windows' probabilities (0 where there is none)."""
    read = run["instant_probability"]
    first = read[np.arange(len(read)), np.maximum(t, 0)] if read.shape[1] else np.zeros(len(read), np.float32)
    first = np.where(t >= 0, first, 0.0).astype(np.float32)
    return np.concatenate([first[:, None], run["chosen_probability"]], axis=1)


def _labels(brain: Brain, cue: Cue) -> dict[str, str]:
    ids = {**dict(zip(SLOTS, cue.given, strict=True)), "instant": cue.instant}
    return {slot: brain.vocabulary.label(slot, k) for slot, k in ids.items() if k >= 0}


@partial(jax.jit, static_argnames=("order", "selection", "top"))
def record_run(
    brain: TensorBrain,
    q: Float[Array, "statement dim"],
    given: Int[Array, "statement 3"],
    keys: Key[Array, " statement"],
    *,
    order: str,
    selection: str,
    top: int,
) -> dict[str, Array]:
    """Decode one statement from every start and keep what ``Trace`` documents, the instant's window first."""

    def one(q: Float[Array, " dim"], given: Int[Array, "3"], key: PRNGKeyArray) -> dict[str, Array]:
        statement, windows = decode_statement(brain, q, given, order, selection=selection, key=key)
        start = brain.start(q, order)
        if brain.index.capacity[2]:
            log_t = log_probabilities(brain.index, brain.board.gamma(q), "instant", temperature=brain.temperature)
            first, first_entropy = best(log_t, top), entropy(log_t)
        else:
            log_t = jnp.zeros(0, q.dtype)
            first, first_entropy = best(log_t, top), jnp.zeros((), q.dtype)
        tops = [first, *(best(w.log_pi, top) for w in windows)]
        written = [w.q_after - brain.alpha * w.q_before for w in windows[:2]]
        ratios = [
            jnp.linalg.norm(change) / jnp.maximum(jnp.linalg.norm(w.q_before), 1e-9)
            for change, w in zip(written, windows[:2], strict=True)
        ]
        nothing = jnp.zeros((), q.dtype)  # the instant is the start itself, and the last window writes nothing back
        return {
            "ids": statement.astype(jnp.int32),
            "chosen": jnp.stack([w.chosen for w in windows]).astype(jnp.int32),
            "chosen_probability": jnp.stack([jnp.exp(w.log_pi[w.chosen]) for w in windows]),
            "instant_probability": jnp.exp(log_t),
            "entropy": jnp.stack([first_entropy, *(entropy(w.log_pi) for w in windows)]),
            "feedback": jnp.stack([nothing, *ratios, nothing]),
            "top_ids": jnp.stack([ids for ids, _ in tops]),
            "top_probability": jnp.stack([p for _, p in tops]),
            "q_before": jnp.stack([q, *(w.q_before for w in windows)]),
            "q_after": jnp.stack([start.q, *(w.q_after for w in windows)]),
            "h": jnp.stack([start.h, *(w.h for w in windows)]),
        }

    return jax.vmap(one)(q, given, keys)
