"""The training loop: maximum likelihood of statements with Adam, in chunks that show progress and can be stopped."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from tqdm.auto import tqdm

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.learning.batches import Holdout, epoch_chunks, hold_out, training_rows
from tensorbrain.learning.objectives import generalise, statement_loss, trainable
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray

CHUNK = 32  # batches in one compiled scan: long enough to hide dispatch, short enough to stop within a moment
PLATEAU = 1e-4  # a smaller relative gain than this does not count as progress


def _optimiser(weight_decay: float) -> optax.GradientTransformation:
    return optax.chain(
        optax.clip_by_global_norm(1.0), optax.scale_by_adam(), optax.add_decayed_weights(weight_decay)
    )


@partial(jax.jit, static_argnames=("frozen_static", "weight_decay", "voice_dropout", "share"), donate_argnums=(0, 1))
def _learn_chunk(
    params: TensorBrain,
    optimiser_state: optax.OptState,
    frozen: TensorBrain,
    rows: Int[Array, "row 4"],
    weights: Float[Array, " row"],
    class_of: Int[Array, " concept"],
    numbers: Int[Array, "step batch"],
    real: Float[Array, "step batch"],
    learning_rate: Float[Array, ""],
    key: PRNGKeyArray,
    *,
    frozen_static: Any = None,
    weight_decay: float,
    voice_dropout: float,
    share: float,
) -> tuple[TensorBrain, optax.OptState, Float[Array, ""]]:
    """Take one optimiser step per batch of the chunk; the summed weighted loss comes back for the epoch's mean."""
    optimiser = _optimiser(weight_decay)

    def step(carry, batch):
        params, state = carry
        numbers, real, key = batch
        k_voice, k_class = jax.random.split(key)
        picked = generalise(rows[numbers], class_of, share=share, key=k_class)
        weight = weights[numbers] * real

        def loss(params):
            brain = eqx.combine(params, frozen)
            return statement_loss(brain, picked, weight, key=k_voice, voice_dropout=voice_dropout)

        value, gradient = jax.value_and_grad(loss)(params)
        update, state = optimiser.update(gradient, state, params)
        # A padded batch has weight 0 and must not move anything, not even by momentum.
        rate = jnp.where(weight.sum() > 0, learning_rate, 0.0)
        params = jax.tree_util.tree_map(lambda p, u: p - rate * u, params, update)
        return (params, state), value * weight.sum()

    keys = jax.random.split(key, len(numbers))
    (params, optimiser_state), losses = jax.lax.scan(step, (params, optimiser_state), (numbers, real, keys))
    return params, optimiser_state, losses.sum()


@contextmanager
def _stop_on_ctrl_c() -> Iterator[threading.Event]:
    """Turn the first Ctrl-C into a flag, so that no step is torn; a second one interrupts as usual."""
    stopped = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopped
        return
    previous = signal.getsignal(signal.SIGINT)

    def ask_to_stop(number, frame):
        stopped.set()
        signal.signal(signal.SIGINT, previous)

    signal.signal(signal.SIGINT, ask_to_stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, previous)


def _learning_rate(peak: float, done: float) -> float:
    """A cosine from the peak to a twentieth of it, over the share of the training that is done."""
    return peak * (0.05 + 0.95 * 0.5 * (1 + float(np.cos(np.pi * min(done, 1.0)))))


def _classes(graph: KnowledgeGraph) -> np.ndarray:
    """The first class of each concept, or -1 (shape: concepts)."""
    class_of = np.full(max(1, len(graph.vocabulary.concepts)), -1, np.int32)
    for member, its_class in reversed(graph.membership.tolist()):
        class_of[member] = its_class
    return class_of


def train(
    graph: KnowledgeGraph,
    *,
    settings: Settings | None = None,
    seed: int = 0,
    epochs: int = 60,
    batch: int = 256,
    learning_rate: float = 2e-3,
    weight_decay: float = 0.1,
    voice_dropout: float = 0.3,
    generalised: float = 0.02,
    facts_weight: float = 1.0,
    episodes_weight: float = 1.0,
    holdout: Holdout | None = None,
    validation: float = 0.0,
    patience: int = 10,
    seconds: float | None = None,
    progress: bool = True,
) -> Brain:
    """Teach a new brain a knowledge graph: minimise -log P(s, p, o | a_t) and -log P(s, p, o | a-bar) jointly (TB23).

    Adam with a cosine learning rate over ``epochs`` (or ``seconds``, whichever ends first). Training stops early when the loss
    (on a ``validation`` share of the rows if given, else on the training rows) has not improved for ``patience`` epochs;
    the best epoch is returned. Ctrl-C ends it after the current chunk and returns the best brain so far. ``generalised`` is the
    share of semantic rows told of a class instead of its member; ``voice_dropout`` stands at ``statement_loss``.
    SettingsError for impossible arguments. ``brain.history`` holds loss and seconds of every epoch.
    """
    if epochs < 1 or batch < 1 or not 0 <= validation < 1:
        raise SettingsError("epochs and batch must be at least 1, and validation a share between 0 and 1.")
    settings = settings or Settings()
    words = graph.vocabulary
    held = hold_out(graph, holdout, seed=seed) if holdout else np.zeros((0, 3), np.int32)
    rows, weights = training_rows(graph, held, facts_weight=facts_weight, episodes_weight=episodes_weight)
    if len(rows) == 0:
        raise SettingsError("nothing is left to learn: every statement is held out or has weight 0.")
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(rows))
    checked, learned = np.split(shuffled, [round(validation * len(rows))])
    counts = (len(words.concepts), len(words.predicates), len(words.instants))
    k_create, k_learn = jax.random.split(jax.random.key(seed))
    brain = TensorBrain.create(counts, settings, key=k_create)
    brain = eqx.tree_at(lambda b: b.p_t, brain, _prior(graph, brain))
    params, frozen = eqx.partition(brain, trainable(brain, learn_beta=settings.learn_beta))
    optimiser_state = _optimiser(weight_decay).init(params)
    device = (jnp.asarray(rows[learned]), jnp.asarray(weights[learned]), jnp.asarray(_classes(graph)))
    batch = min(batch, len(learned))
    chunk = min(CHUNK, -(-len(learned) // batch))
    total = float(weights[learned].sum())
    history: list[dict[str, Any]] = []
    best, best_loss, since = jax.device_get(params), np.inf, 0
    started = time.perf_counter()
    with _stop_on_ctrl_c() as stopped, tqdm(total=epochs, unit="epoch", disable=not progress) as bar:
        for epoch in range(epochs):
            summed = 0.0
            for numbers, real in epoch_chunks(len(learned), batch=batch, chunk=chunk, random=random):
                elapsed = time.perf_counter() - started
                done = max(epoch / epochs, elapsed / seconds if seconds else 0.0)
                if stopped.is_set() or done >= 1:
                    break
                k_learn, k_chunk = jax.random.split(k_learn)
                params, optimiser_state, part = _learn_chunk(
                    params,
                    optimiser_state,
                    frozen,
                    *device,
                    jnp.asarray(numbers),
                    jnp.asarray(real),
                    jnp.asarray(_learning_rate(learning_rate, done), jnp.float32),
                    k_chunk,
                    weight_decay=weight_decay,
                    voice_dropout=voice_dropout,
                    share=generalised,
                )
                summed += float(part)
            else:
                loss = summed / total
                if len(checked):
                    loss = _mean_loss(eqx.combine(params, frozen), rows[checked], weights[checked], batch)
                seconds_taken = round(time.perf_counter() - started, 3)
                history.append({"epoch": epoch + 1, "loss": round(loss, 5), "seconds": seconds_taken})
                bar.update()
                bar.set_postfix(loss=f"{loss:.3f}")
                since = 0 if loss < best_loss * (1 - PLATEAU) else since + 1
                if loss < best_loss:
                    best, best_loss = jax.device_get(params), loss
                if since >= patience:
                    break
                continue
            if not history:  # stopped within the first epoch: what was learned so far is the best there is
                best = jax.device_get(params)
            break
    model = eqx.combine(jax.tree_util.tree_map(jnp.asarray, best), frozen)
    return Brain(
        model=model,
        vocabulary=words,
        settings=settings,
        graph_hash=graph.content_hash(),
        source=graph.source,
        seed=seed,
        held_out=held,
        history=tuple(history),
    )


def _prior(graph: KnowledgeGraph, brain: TensorBrain) -> Float[Array, " instant"]:
    """P(t) = N_t / N, the share of the episodes' statements that fall into instant t; 0 for reserve rows."""
    share = np.zeros(brain.p_t.shape[0], np.float32)
    t = graph.episodes.coordinates[:, 3]
    if len(t):
        share += np.bincount(t, minlength=len(share)).astype(np.float32) / len(t)
    return jnp.asarray(share)


def _mean_loss(brain: TensorBrain, rows: np.ndarray, weights: np.ndarray, batch: int) -> float:
    """The weighted mean loss over all rows, ``batch`` rows at a time and every batch of one shape."""
    summed = 0.0
    for start in range(0, len(rows), batch):
        part = np.arange(start, start + batch)
        weight = np.where(part < len(rows), weights[part % len(rows)], 0.0).astype(np.float32)
        value = _loss(brain, jnp.asarray(rows[part % len(rows)]), jnp.asarray(weight))
        summed += float(value) * float(weight.sum())
    return summed / float(weights.sum())


_loss = jax.jit(statement_loss)
