"""The training loop: maximum likelihood of statements with Adam, in chunks that show progress and can be stopped."""

import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from tqdm.auto import tqdm

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import SettingsError, TrainingWarning
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.learning.batches import Holdout, epoch_batches, generalise, hold_out, training_rows
from tensorbrain.learning.objectives import batch_loss, statement_loss, trainable
from tensorbrain.learning.prefixes import Batch, stacked
from tensorbrain.learning.schooling import descend, optimiser
from tensorbrain.learning.schooling import learning_rate as learning_rate_at
from tensorbrain.numerics.finite import a_number, finite
from tensorbrain.settings import Settings
from tensorbrain.stopping import stop_on_ctrl_c
from tensorbrain.typing import Array, Float

CHUNK = 32  # batches in one compiled scan: long enough to hide dispatch, short enough to stop within a moment
PLATEAU = 1e-4  # a smaller relative gain than this does not count as progress
LARGE = 16_384  # of more concepts than this, a batch weighs a random group: all of them would take hours


class Usual(NamedTuple):
    """The arguments of `train` where none are given."""

    epochs: int
    batch: int
    learning_rate: float
    candidates: int


USUAL, USUAL_LARGE = Usual(60, 128, 2e-3, LARGE), Usual(20, 1024, 5e-3, 2048)


@partial(jax.jit, static_argnames=("weight_decay",), donate_argnums=(0, 1))
def _learn_chunk(
    params: TensorBrain,
    optimiser_state: optax.OptState,
    frozen: TensorBrain,
    batches: Batch,
    learning_rate: Float[Array, ""],
    *,
    weight_decay: float,
) -> tuple[TensorBrain, optax.OptState, Float[Array, ""]]:
    """Take one optimiser step per batch of the chunk; the summed weighted loss comes back for the epoch's mean."""
    adam = optimiser(weight_decay)

    def step(carry: tuple[TensorBrain, optax.OptState], batch: Batch):
        params, state = carry
        value, gradient = jax.value_and_grad(lambda params: batch_loss(eqx.combine(params, frozen), batch))(params)
        total = batch.weight.sum()
        # A padding batch has weight 0 and must not move anything, not even by momentum.
        rate = jnp.where(total > 0, learning_rate, 0.0)
        return descend(adam, params, gradient, state, rate), value * total

    (params, optimiser_state), losses = jax.lax.scan(step, (params, optimiser_state), batches)
    return params, optimiser_state, losses.sum()


def _chunks(batches: Iterator[Batch], sizes: dict[tuple[int, str], int], chunk: int) -> Iterator[Batch]:
    """Stack batches in chunks of ``chunk``, the last one padded by repeating a batch with weight 0."""
    while part := list(islice(batches, chunk)):
        empty = part[-1]._replace(weight=np.zeros_like(part[-1].weight))
        yield stacked(part + [empty] * (chunk - len(part)), sizes)


def classes_of(graph: KnowledgeGraph) -> np.ndarray:
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
    epochs: int | None = None,
    batch: int | None = None,
    learning_rate: float | None = None,
    weight_decay: float = 0.02,
    voice_dropout: float = 0.2,
    generalised: float = 0.02,
    candidates: int | None = None,
    facts_weight: float = 1.0,
    episodes_weight: float = 1.0,
    holdout: Holdout | None = None,
    validation: float = 0.0,
    patience: int = 10,
    seconds: float | None = None,
    progress: bool = True,
    report: Callable[[dict[str, Any]], bool | None] | None = None,
) -> Brain:
    """Teach a new brain a knowledge graph: minimise -log P(s, p, o | a_t) and -log P(s, p, o | a-bar) jointly (TB23).

    Adam with a cosine learning rate over ``epochs`` (or ``seconds``, whichever ends first). Training stops
    early when the loss (on a ``validation`` share of the rows if given, else on the training rows) has not
    improved for ``patience`` epochs; the best epoch is returned. Ctrl-C ends it after the current chunk and
    returns the best brain so far. ``generalised`` is the share of semantic rows told of a class instead of its
    member; ``voice_dropout`` stands at ``epoch_batches``. Where there are more than ``candidates`` besides its own, a
    batch weighs its own concepts and so many others, drawn at random (`learning.candidates`). What is None becomes 60
    epochs in batches of 128 at a rate of 0.002 with up to 16,384 candidates; of more concepts than that it becomes 20
    epochs, 1,024, 0.005 and 2,048. SettingsError for impossible arguments.
    ``brain.history`` holds loss and seconds of every epoch. ``report`` is called after every chunk of up to 32
    batches, in the thread that trains, with ``epoch`` (passes so far, 2.5 in the middle of the third), ``loss`` (nats
    a statement of this chunk), ``seconds`` and ``done`` (the share of the training that is over); where it returns
    True, the training ends as with Ctrl-C.

    >>> from tensorbrain.graph.knowledge_graph import example_graph
    >>> brain = train(example_graph(), settings=Settings(dim=8, context=8), epochs=3, progress=False)
    >>> [record["epoch"] for record in brain.history]
    [1, 2, 3]
    """
    usual = USUAL if len(graph.vocabulary.concepts) <= LARGE else USUAL_LARGE
    epochs = usual.epochs if epochs is None else epochs
    batch = usual.batch if batch is None else batch
    learning_rate = usual.learning_rate if learning_rate is None else learning_rate
    candidates = usual.candidates if candidates is None else candidates
    if candidates < 1:
        raise SettingsError(f"a batch cannot weigh {candidates} random concepts: give candidates of 1 or more.")
    if epochs < 1 or batch < 1 or not 0 <= validation < 1:
        raise SettingsError("epochs and batch must be at least 1, and validation a share between 0 and 1.")
    if min(facts_weight, episodes_weight) < 0:
        raise SettingsError("facts_weight and episodes_weight must be 0 or more.")
    if seconds is not None and not seconds > 0:
        raise SettingsError(f"a training of {seconds} seconds learns nothing: give more than 0, or leave seconds out.")
    settings = settings or Settings()
    words = graph.vocabulary
    held = hold_out(graph, holdout, seed=seed) if holdout else np.zeros((0, 3), np.int32)
    rows, weights = training_rows(graph, held, facts_weight=facts_weight, episodes_weight=episodes_weight)
    if len(rows) == 0:
        raise SettingsError("nothing is left to learn: every statement is held out or has weight 0.")
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(rows))
    checked, learned = np.split(shuffled, [round(validation * len(rows))])
    if len(learned) == 0:
        raise SettingsError(
            f"validation on {validation} of {len(rows)} rows leaves none to learn: choose a smaller share."
        )
    counts = (len(words.concepts), len(words.predicates), len(words.instants))
    brain = TensorBrain.create(counts, settings, key=jax.random.key(seed))
    brain = eqx.tree_at(lambda b: b.p_t, brain, prior(graph, brain))
    params, frozen = eqx.partition(brain, trainable(brain, learn_beta=settings.learn_beta))
    optimiser_state = optimiser(weight_decay).init(params)
    class_of = classes_of(graph)
    sizes: dict[tuple[int, str], int] = {}
    batch = min(batch, len(learned))
    steps = -(-len(learned) // batch)
    chunk = -(-steps // -(-steps // CHUNK))  # the epoch in equal chunks, so that hardly a batch is padding
    total = float(weights[learned].sum())
    history: list[dict[str, Any]] = []
    best, best_loss, since = jax.device_get(params), np.inf, 0
    started = time.perf_counter()
    with stop_on_ctrl_c() as stopped, tqdm(total=epochs, unit="epoch", disable=not progress) as bar:
        for epoch in range(epochs):
            summed = 0.0
            told = generalise(rows[learned], class_of, share=generalised, random=random)
            batches = epoch_batches(
                told,
                weights[learned],
                settings.orders,
                batch=batch,
                voice_dropout=voice_dropout,
                concepts=len(words.concepts),
                candidates=candidates,
                random=random,
            )
            for number, chunk_of_batches in enumerate(_chunks(batches, sizes, chunk), 1):
                elapsed = time.perf_counter() - started
                done = max(epoch / epochs, elapsed / seconds if seconds is not None else 0.0)
                if stopped.is_set() or done >= 1:
                    break
                params, optimiser_state, part = _learn_chunk(
                    params,
                    optimiser_state,
                    frozen,
                    chunk_of_batches,
                    jnp.asarray(learning_rate_at(learning_rate, done), jnp.float32),
                    weight_decay=weight_decay,
                )
                if not np.isfinite(part) and best_loss < np.inf:
                    warnings.warn(
                        f"the loss is no number from epoch {epoch + 1}, batch {number * chunk} on: what was best until "
                        "then is kept; choose a smaller learning rate.",
                        TrainingWarning,
                        stacklevel=2,
                    )
                    break
                summed += a_number(float(part), f"epoch {epoch + 1}, batch {number * chunk}")
                if report is not None:
                    passes = epoch + min(number * chunk / steps, 1.0)
                    elapsed = time.perf_counter() - started
                    done = max(passes / epochs, elapsed / seconds if seconds is not None else 0.0)
                    mean = float(part) / float(chunk_of_batches.weight.sum())
                    news = {"epoch": passes, "loss": mean, "seconds": elapsed, "done": min(done, 1.0)}
                    if report(news):
                        stopped.set()
            else:
                loss = summed / total
                if len(checked):
                    loss = _mean_loss(eqx.combine(params, frozen), rows[checked], weights[checked], batch)
                seconds_taken = round(time.perf_counter() - started, 3)
                history.append({"epoch": epoch + 1, "loss": round(loss, 5), "seconds": seconds_taken})
                bar.update()
                bar.set_postfix(loss=f"{loss:.3f}")
                since = 0 if loss < best_loss * (1 - PLATEAU) else since + 1
                if loss < best_loss and finite(now := jax.device_get(params)):
                    best, best_loss = now, loss
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


def prior(graph: KnowledgeGraph, brain: TensorBrain) -> Float[Array, " instant"]:
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
