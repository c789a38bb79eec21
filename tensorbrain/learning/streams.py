"""Learning what comes next: every event of a stream is to be foreseen from all that came before it."""

import time
from dataclasses import dataclass
from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from tqdm.auto import tqdm

from tensorbrain.brain import TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.evaluation.streams import Questions
from tensorbrain.graph.streams import Stream
from tensorbrain.layers import ConceptIndex
from tensorbrain.learning.fit import newborn
from tensorbrain.learning.objectives import trainable
from tensorbrain.learning.schooling import descend, learning_rate, optimiser
from tensorbrain.modes.next_event import DURATIONS, Asked, Told, asked, foresee, instants_of, told
from tensorbrain.numerics.finite import a_number
from tensorbrain.settings import Settings
from tensorbrain.stopping import stop_on_ctrl_c
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray

SETTINGS = Settings(dim=128, context=256, temperature=8.0)
STEPS, BATCH, RATE, WEIGHT_DECAY = 900, 128, 3e-4, 0.02
NOISE = 0.03  # of a random working memory that is added to one that carries: enough to tell its units apart
SCALE = 0.5  # of embeddings, as newborn brains have them

Lessons = tuple[Told, Asked, Int[Array, " question"]]


def lessons_of(stream: Stream, asked_of: Questions) -> Lessons:
    """A stream as told, each question asked twice, right before the next event and right after the last, and its event.

    Who is asked right before an event knows what others did since; what is foreseen right after one can be written.

    >>> from tensorbrain.evaluation.streams import questions
    >>> from tensorbrain.graph.streams import example_stream
    >>> every = questions(example_stream())
    >>> _, both, then = lessons_of(example_stream(), every.some(every.last >= 0))
    >>> both.now.tolist(), then.tolist()
    ([1, 1], [1, 1])
    """
    who, then = (np.append(column, column) for column in (asked_of.who, asked_of.next))
    now = np.append(asked_of.next, asked_of.last + 1).astype(np.int32)
    return told(stream), asked(stream, who, now), jnp.asarray(then)


def stream_brains(concepts: int, settings: Settings = SETTINGS, seeds: tuple[int, ...] = (0,)) -> TensorBrain:
    """Untrained brains for streams of so many concepts, one a seed, as `newborn` gives them: their evolve carries on.

    W g(q) is q and what was there before it, by V = [1; -1], B = 1, W = [1, -1], and a little noise: so a brain begins
    with the last event and learns what is different of the next. Behind the concepts come the indices that say how
    long ago an instant is. SettingsError for a context of less than twice the blackboard, or another evolve than relu.

    >>> stream_brains(5, Settings(dim=4, context=8)).index.A.shape
    (1, 15, 4)
    """
    if settings.context < 2 * settings.dim or settings.evolution != "relu":
        raise SettingsError("a brain of streams needs evolution relu and a context of twice its dim or more.")
    dim, spare = settings.dim, settings.context - 2 * settings.dim
    one = np.eye(dim, dtype=np.float32)
    V = jnp.asarray(np.concatenate([one, -one, np.zeros((spare, dim), np.float32)]))
    B = jnp.diag(jnp.asarray(np.repeat([1.0, 0.0], [2 * dim, spare]), jnp.float32))

    def carrying(brain: TensorBrain) -> TensorBrain:
        memory = brain.memory
        maps = (V + NOISE * memory.V, B + NOISE * memory.B, V.T + NOISE * memory.W)
        return eqx.tree_at(lambda b: (b.memory.V, b.memory.B, b.memory.W), brain, maps)

    return jax.vmap(carrying)(newborn((concepts + DURATIONS, 0, 0), settings, seeds))


@dataclass(frozen=True)
class NextEvent:
    """The loss of foreseeing: the mean of -log P(place) and -log P(company) of ``batch`` questions drawn at random.

    In a share ``strangers`` of the steps half of the names are new, with random embeddings: so it is learned how to
    follow anybody, and not by heart who was where. ``dropout`` of gamma before it is read. A value for
    ``learning.fit``, whose lessons are those of `lessons_of`.

    >>> from tensorbrain.graph.streams import example_stream
    >>> from tensorbrain.learning.fit import one_of
    >>> from tensorbrain.evaluation.streams import questions
    >>> events = example_stream()
    >>> lessons = lessons_of(events, questions(events))
    >>> brain = one_of(stream_brains(len(events.vocabulary.concepts), Settings(dim=8, context=16)), 0)
    >>> NextEvent(batch=4)(brain, lessons, jax.random.key(0)).shape
    ()
    """

    batch: int = BATCH
    strangers: float = 0.8
    dropout: float = 0.1

    def __call__(self, brain: TensorBrain, lessons: Lessons, key: PRNGKeyArray) -> Float[Array, ""]:
        told, asked, then = lessons
        k_draw, k_names, k_drop = jax.random.split(key, 3)
        drawn = jax.random.randint(k_draw, (self.batch,), 0, len(asked.who))
        few, then = jax.tree.map(lambda column: column[drawn], (asked, then))
        brain = eqx.tree_at(lambda b: b.index, brain, _renamed(brain.index, len(told.places), self.strangers, k_names))
        a = instants_of(brain, told)
        kept = jax.random.bernoulli(k_drop, 1 - self.dropout, (self.batch, brain.board.dim)).astype(told.weight.dtype)
        found = jax.vmap(lambda asked, kept: foresee(brain, told, a, asked, kept=kept))(few, kept / (1 - self.dropout))
        place, cast = told.place[then][:, None], told.cast[then]
        cast = jnp.where(cast == few.who[:, None], -1, cast)
        return _missed(found.log_place, place) + _missed(found.log_company, cast)


def _renamed(index: ConceptIndex, concepts: int, share: float, key: PRNGKeyArray) -> ConceptIndex:
    """The index as it is, or with a chance of ``share`` with a new embedding for every other concept."""
    k_when, k_which, k_new = jax.random.split(key, 3)
    which = jax.random.bernoulli(k_which, 0.5, (len(index.A),)) & (jnp.arange(len(index.A)) < concepts)
    new = which & jax.random.bernoulli(k_when, share)
    A = jnp.where(new[:, None], SCALE * jax.random.normal(k_new, index.A.shape), index.A)
    return eqx.tree_at(lambda index: index.A, index, A)


def _missed(log_p: Float[Array, "question concept"], true: Int[Array, "question part"]) -> Float[Array, ""]:
    """The mean of -log P over what is true of each question (-1: nothing), and over those of which something is."""
    count = (true >= 0).sum(axis=1, dtype=log_p.dtype)
    each = jnp.where(true >= 0, jnp.take_along_axis(log_p, jnp.maximum(true, 0), axis=1), 0.0).sum(axis=1)
    return -(each / jnp.maximum(count, 1.0)).sum() / jnp.maximum((count > 0).sum(dtype=log_p.dtype), 1.0)


@partial(jax.jit, static_argnames=("loss",), donate_argnums=(0, 1))
def _learn(
    params: TensorBrain,
    state: optax.OptState,
    frozen: TensorBrain,
    lessons: Lessons,
    rate: Float[Array, ""],
    key: PRNGKeyArray,
    *,
    loss: NextEvent,
) -> tuple[TensorBrain, optax.OptState, Float[Array, ""]]:
    """One step: the parameters, the optimiser's state, the loss."""
    value, gradient = jax.value_and_grad(lambda params: loss(eqx.combine(params, frozen), lessons, key))(params)
    return *descend(optimiser(WEIGHT_DECAY), params, gradient, state, rate), value


def learn_stream(
    brain: TensorBrain,
    lessons: Lessons,
    *,
    steps: int = STEPS,
    minutes: float | None = None,
    loss: NextEvent | None = None,
    rate: float = RATE,
    seed: int = 0,
    progress: bool = True,
) -> tuple[TensorBrain, list[float]]:
    """Teach a brain to foresee the questions of ``lessons``, for ``steps`` steps or ``minutes``, whichever ends first.

    Ctrl-C ends the lessons after the current step. Returns the brain and the loss of every step, in nats.
    SettingsError for impossible arguments and where nothing is asked.
    """
    if steps < 1 or (minutes is not None and not minutes > 0):
        raise SettingsError("steps must be at least 1 and minutes more than 0.")
    if not len(lessons[1].who):
        raise SettingsError("nothing can be learned of a stream in which nobody is met twice: give a longer one.")
    params, frozen = eqx.partition(brain, trainable(brain, learn_beta=False))
    params = jax.tree.map(jnp.copy, params)  # the steps reuse their memory
    state = optimiser(WEIGHT_DECAY).init(params)
    started, losses = time.perf_counter(), []
    with stop_on_ctrl_c() as stopped, tqdm(total=steps, unit="step", desc="stream", disable=not progress) as bar:
        for step in range(steps):
            done = step / steps
            if minutes is not None:
                done = max(done, (time.perf_counter() - started) / (60 * minutes))
            if stopped.is_set() or done >= 1:
                break
            params, state, value = _learn(
                params, state, frozen, lessons,
                jnp.asarray(learning_rate(rate, done), jnp.float32),
                jax.random.fold_in(jax.random.key(seed), step),
                loss=loss or NextEvent(),
            )  # fmt: skip
            losses.append(value)
            bar.update()
            if step % 25 == 0:
                bar.set_postfix(loss=f"{a_number(float(value), f'step {step + 1}'):.2f}")
    return eqx.combine(params, frozen), [float(value) for value in jax.device_get(losses)]
