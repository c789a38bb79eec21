"""Consolidation: what episodic memory says is replayed, and semantic memory learns to say it too (TB20, TB23)."""

import dataclasses
import time
from collections.abc import Callable, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from tqdm.auto import tqdm

from tensorbrain.brain import Brain
from tensorbrain.errors import SettingsError
from tensorbrain.memory.experience import WRITTEN, refuse_interventions
from tensorbrain.memory.interleave import planned, replay_steps
from tensorbrain.memory.replay import moving, optimiser, rates
from tensorbrain.numerics.finite import a_number
from tensorbrain.stopping import stop_on_ctrl_c
from tensorbrain.typing import Int

CHUNK = 10  # steps in one compiled scan: one can stop between two of them
CONSOLIDATION, FORGETTING = "consolidation", "forgetting"  # parts of a history that tell of them


def consolidate(
    brain: Brain,
    *,
    instants: Sequence[str] | None = None,
    share: float = 0.1,
    moves: str = "all",
    interleaved: bool = True,
    steps: int = 600,
    learning_rate: float = 5e-4,
    seed: int = 0,
    progress: bool = True,
    report: Callable[[dict[str, Any]], bool | None] | None = None,
) -> Brain:
    """Teach semantic memory what episodic memory says of some instants, by replay of activations and not of data.

    The brain reactivates a_t, says what it reminds it of, and learns to say so from a-bar. It is taught

        P(s, p, o | a-bar) = share sum_t P(t) P_before(s, p, o | a_t) + (1 - share) P_before(s, p, o | a-bar)

    with P(t) among those instants; where T of them are as likely, this is the posterior of `memory.blend` with
    kappa = T (1 - share) / share. Interleaved with the episodes it replays what it said from a-bar, from other
    instants, and from episodes that it imagines and writes, so that all these say what they said;
    ``interleaved=False`` leaves that out, and shows what is forgotten then.
    ``instants`` are names (as in ``Vocabulary.find``); by default all that were written in one shot and not yet
    consolidated. ``moves``: a_bar, embeddings or all, see `memory.replay.moving`.

    ``report`` is called every few steps with ``step``, ``loss`` (nats a statement), ``seconds`` and ``done``; where it
    returns True, or with Ctrl-C, the replay ends and the brain so far is returned; its instants stay unconsolidated
    then. SettingsError for impossible arguments, without anything to consolidate, and for a brain with interventions.
    Source: TB20 and TB23 (consolidation by replay); the objective is ours.

    >>> from tensorbrain.graph.knowledge_graph import example_graph
    >>> from tensorbrain.learning import train
    >>> from tensorbrain.settings import Settings
    >>> small = Settings(dim=8, context=8)
    >>> brain = train(example_graph(), settings=small, epochs=3, episodes_weight=0.0, progress=False)
    >>> later = consolidate(brain, instants=["2026-05-03"], steps=20, progress=False)
    >>> later.history[-1]["steps"], bool((later.model.a_bar != brain.model.a_bar).any())
    (20, True)
    """
    refuse_interventions(brain, "consolidate")
    if not 0 < share <= 1:
        raise SettingsError(
            f"the episodes cannot have the share {share} of semantic memory: give one of above 0, up to 1."
        )
    if steps < 1 or not learning_rate > 0:
        raise SettingsError("a consolidation takes at least 1 step and a learning rate above 0.")
    t = _asked(brain, instants)
    before, plan = brain.model, planned(brain.model, t, share)
    params, frozen = eqx.partition(before, moving(before, moves))
    state = optimiser().init(params)
    chunk = -(-steps // -(-steps // CHUNK))  # equal chunks, so that hardly a step is padding
    padded = -(-steps // chunk) * chunk
    keys = jax.random.split(jax.random.key(seed), padded)
    rate = jnp.concatenate([rates(learning_rate, steps), jnp.zeros(padded - steps)])
    step, loss, started = 0, 0.0, time.perf_counter()
    with stop_on_ctrl_c() as stopped, tqdm(total=steps, unit="step", disable=not progress) as bar:
        while step < steps and not stopped.is_set():  # what the last whole chunk made is the brain so far
            part = slice(step, step + chunk)
            params, state, losses = replay_steps(
                params, state, frozen, before, plan, keys[part], rate[part], moves=moves, interleaved=interleaved
            )
            loss = a_number(float(losses[: steps - step].mean()), f"step {min(step + chunk, steps)} of the replay")
            bar.update(min(chunk, steps - step))
            bar.set_postfix(loss=f"{loss:.3f}")
            step = min(step + chunk, steps)
            seconds = round(time.perf_counter() - started, 3)
            news = {"step": step, "loss": loss, "seconds": seconds, "done": step / steps}
            if report is not None and report(news):
                break
    record: dict[str, Any] = {"part": CONSOLIDATION, "steps": step, "loss": round(loss, 5)}
    record["seconds"] = round(time.perf_counter() - started, 3)
    record["instants"] = [brain.vocabulary.instants[k].iri for k in t.tolist()] if step == steps else []
    return dataclasses.replace(brain, model=eqx.combine(params, frozen), history=(*brain.history, record))


def unconsolidated(brain: Brain) -> list[int]:
    """The instants that were written in one shot and that no replay has brought to semantic memory yet.

    What a brain was trained on counts as consolidated: it was learned without its time as well.

    >>> from tensorbrain.checkpoint import load_brain
    >>> unconsolidated(load_brain("neighbourhood"))
    []
    """
    done: set[str] = set()
    for record in brain.history:
        if record.get("part") == CONSOLIDATION:
            done |= set(record["instants"])
        elif record.get("part") == FORGETTING:  # its name may be given to another one since
            done -= set(record["instants"])
    return [k for k, c in enumerate(brain.vocabulary.instants) if c.iri.startswith(WRITTEN) and c.iri not in done]


def _asked(brain: Brain, instants: Sequence[str] | None) -> Int[np.ndarray, " replayed"]:
    words = brain.vocabulary
    if isinstance(instants, str):
        instants = [instants]
    t = unconsolidated(brain) if instants is None else [words.find(name, "instant") for name in instants]
    if not t:
        raise SettingsError("there is nothing to consolidate, as nothing was written since: name instants to replay.")
    return np.unique(np.asarray(t, np.int32))
