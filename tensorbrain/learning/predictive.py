"""Predictive learning: from one event to the next, so that a brain can go on from a statement by itself."""

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.layers import BrainState
from tensorbrain.learning.batches import training_rows
from tensorbrain.learning.fit import fit
from tensorbrain.learning.objectives import statement_loss
from tensorbrain.modes.decoder import close_window, open_window
from tensorbrain.modes.reasoning import TAUGHT
from tensorbrain.typing import Array, Bool, Float, Int, PRNGKeyArray


class Events(NamedTuple):
    """A succession of events s -p_1-> o_1 -p_2-> o_2 ..: where it begins, what is done, where that leads.

    ``subject`` (), ``predicates`` and ``objects`` (hop,); ``there`` (hop,) is False behind the end of a shorter one.
    """

    subject: Int[Array, "*batch"]
    predicates: Int[Array, "*batch hop"]
    objects: Int[Array, "*batch hop"]
    there: Bool[Array, "*batch hop"]


class Ways(NamedTuple):
    """Statements (s, p, o) sorted by subject, and of each concept the first one about it and how many there are."""

    statements: Int[Array, "statement 3"]
    first: Int[Array, " concept"]
    many: Int[Array, " concept"]


def ways_of(statements: Int[np.ndarray, "statement 3"], concepts: int) -> Ways:
    """The statements as ways to walk along.

    >>> ways_of(np.array([[1, 0, 2], [0, 0, 1]], np.int32), 3).many
    Array([1, 1, 0], dtype=int32)
    """
    ordered = statements[np.argsort(statements[:, 0], kind="stable")].astype(np.int32)
    count = np.bincount(ordered[:, 0], minlength=concepts).astype(np.int32)
    return Ways(jnp.asarray(ordered), jnp.asarray((np.cumsum(count) - count).astype(np.int32)), jnp.asarray(count))


def walk(ways: Ways, chance: Float[Array, " hop"]) -> Events:
    """A random walk: a statement taken at random, then one about its object, and so on to the last hop or a dead end.

    ``chance`` are numbers from 0 to 1, one for every hop: each takes one of the ways there are, all alike.

    >>> ways = ways_of(np.array([[0, 0, 1], [1, 1, 2]], np.int32), 3)
    >>> walk(ways, jnp.array([0.2, 0.5, 0.5])).there
    Array([ True,  True, False], dtype=bool)
    """

    def step(now: tuple[Int[Array, ""], Bool[Array, ""]], chance: Float[Array, ""]):
        o, there = now
        ahead = jnp.where(o < 0, len(ways.statements), ways.many[o])
        taken = jnp.minimum((chance * ahead.astype(chance.dtype)).astype(jnp.int32), ahead - 1)
        there &= ahead > 0
        s, p, o = ways.statements[jnp.where(there, jnp.where(o < 0, 0, ways.first[o]) + taken, 0)]
        return (o, there), (s, p, o, there)

    _, (s, p, o, there) = jax.lax.scan(step, (jnp.asarray(-1, jnp.int32), jnp.asarray(True)), chance)
    return Events(s[0], p, o, there)


def log_predicted(
    brain: TensorBrain, events: Events, written: Bool[Array, ""]
) -> tuple[Float[Array, " window"], Float[Array, "hop dim"]]:
    """log P of every window of a succession, S, then P and O of each hop (0 behind its end), and gamma at every O.

    Teacher-forced along ``modes.paths``: the object is written back where ``written``, as in a chain, and else only
    evolved through, as in embedded reasoning and in planning. Source: TB24 (reasoning); as an objective it is ours.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 0), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> ways = ways_of(np.array([[0, 0, 1], [1, 1, 2]], np.int32), 5)
    >>> log_p, gamma = log_predicted(brain, walk(ways, jnp.array([0.2, 0.5])), jnp.asarray(True))
    >>> log_p.shape, gamma.shape
    ((5,), (2, 8))
    """
    state, log_pi = open_window(brain, brain.start(brain.a_bar, "spo"), "s")
    begun = close_window(brain, state, events.subject, "s")

    def hop(state: BrainState, event: tuple[Int[Array, ""], Int[Array, ""]]):
        p, o = event
        state, log_of_p = open_window(brain, state, "p")
        state, log_of_o = open_window(brain, close_window(brain, state, p, "p"), "o")
        read = brain.board.gamma(state.q)
        q = jnp.where(written, close_window(brain, state, o, "o").q, state.q)
        return BrainState(q, state.h), (jnp.stack([log_of_p[p], log_of_o[o]]), read)

    _, (log_p, gamma) = jax.lax.scan(hop, begun, (events.predicates, events.objects))
    log_p = jnp.where(events.there[:, None], log_p, 0.0)
    return jnp.concatenate([log_pi[events.subject][None], log_p.reshape(-1)]), gamma


@dataclass(frozen=True)
class Succession:
    """The loss of going on: the mean -log P of a window, in nats for three, over random walks of up to ``hops`` hops.

    In a share ``evolved`` of the ``batch`` walks of a step no object is written back, so that evolving alone learns to
    predict. Beside them as many single statements are rehearsed, rows (s, p, o, t), that nothing else is
    forgotten. A value for ``learning.fit``, whose lessons are (ways, rows).

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 0), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> facts = np.array([[0, 0, 1], [1, 1, 2]], np.int32)
    >>> lessons = ways_of(facts, 5), jnp.array([[0, 0, 1, -1]])
    >>> Succession(batch=4, hops=2)(brain, lessons, jax.random.key(0)).shape
    ()
    """

    batch: int = 64
    hops: int = 3
    evolved: float = 0.3

    def __call__(
        self, brain: TensorBrain, lessons: tuple[Ways, Int[Array, "row 4"]], key: PRNGKeyArray
    ) -> Float[Array, ""]:
        ways, rows = lessons
        chance = jax.random.uniform(key, (self.batch, self.hops + 2))
        events = jax.vmap(lambda chance: walk(ways, chance))(chance[:, 2:])
        written = chance[:, 0] >= self.evolved
        log_p, _ = jax.vmap(partial(log_predicted, brain))(events, written)
        windows = 1.0 + 2.0 * events.there.sum(axis=1, dtype=log_p.dtype)
        few = rows[(chance[:, 1] * len(rows)).astype(jnp.int32)]
        return -3.0 * (log_p.sum(axis=1) / windows).mean() + statement_loss(brain, few, jnp.ones(self.batch))


@dataclass(frozen=True)
class Foresight:
    """The loss of foreseeing: -log P(o_i) at every O of lived events, and the cross-entropy of the value index there.

    ``live(lessons, key, hops)`` gives the events and, from 0 to 1, what each is worth; ``value`` is the row of the
    value index, whose score is read alone, v = sig(n). In a share ``evolved`` of the ``batch`` nothing is written
    back, as in ``modes.planning``. A value for ``learning.fit``, whose lessons are those of ``live``.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 0), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> def live(ways, key, hops):
    ...     return walk(ways, jax.random.uniform(key, (hops,))), jnp.ones(hops)
    >>> lessons = ways_of(np.array([[0, 0, 1], [1, 1, 2]], np.int32), 5)
    >>> Foresight(live, value=4, batch=2, hops=2)(brain, lessons, jax.random.key(0)).shape
    ()
    """

    live: Callable[[Any, PRNGKeyArray, int], tuple[Events, Float[Array, " hop"]]]
    value: int
    batch: int = 32
    hops: int = 6
    evolved: float = 0.7

    def __call__(self, brain: TensorBrain, lessons: Any, key: PRNGKeyArray) -> Float[Array, ""]:
        k_live, k_write = jax.random.split(key)
        events, worth = jax.vmap(lambda key: self.live(lessons, key, self.hops))(jax.random.split(k_live, self.batch))
        written = jax.random.uniform(k_write, (self.batch,)) >= self.evolved
        log_p, gamma = jax.vmap(partial(log_predicted, brain))(events, written)
        n = jax.vmap(jax.vmap(lambda gamma: brain.index.scores(gamma, "concept")[self.value]))(gamma)
        missed = -worth * jax.nn.log_sigmoid(n) - (1 - worth) * jax.nn.log_sigmoid(-n)
        there = events.there.sum(dtype=n.dtype)
        return (-log_p[:, 2::2].sum() + jnp.where(events.there, missed, 0.0).sum()) / there


def teach_chains(
    brain: Brain, graph: KnowledgeGraph, *, hops: int = 3, steps: int = 800, rate: float = 1e-3, seed: int = 0
) -> Brain:
    """A trained brain, taught to go on from a statement along the facts of its graph: `reason` then chains.

    The facts are walked along at random, up to ``hops`` at a time, and all statements are rehearsed beside them, held
    out facts excepted. SettingsError where the graph's words are not the brain's, where there is no fact to walk
    along, and for a brain that decodes the object before the predicate. Ours.

    >>> from tensorbrain.checkpoint import load_brain
    >>> from tensorbrain.graph.knowledge_graph import example_graph
    >>> teach_chains(load_brain("countries"), example_graph())
    Traceback (most recent call last):
    tensorbrain.errors.SettingsError: this graph has other words than the brain: ...
    """
    if graph.vocabulary != brain.vocabulary:
        raise SettingsError("this graph has other words than the brain: give the graph that it was trained on.")
    if "spo" not in brain.model.orders:
        raise SettingsError("a chain goes from subject by predicate to object: train a brain with orders=('spo',).")
    if hops < 1 or steps < 1:
        raise SettingsError("hops and steps must be at least 1.")
    rows, _ = training_rows(graph, brain.held_out)
    told, _ = training_rows(graph, brain.held_out, episodes_weight=0.0)
    facts = told[told[:, 3] < 0, :3]
    if not len(facts):
        raise SettingsError("there are no facts to walk along: a chain needs statements outside the named graphs.")
    started = time.perf_counter()
    ways = ways_of(facts, brain.model.index.size("concept"))
    lessons = jax.tree.map(lambda leaf: jnp.asarray(leaf)[None], (ways, rows))
    brains = jax.tree.map(lambda leaf: leaf[None], brain.model)
    models, losses = fit(brains, lessons, Succession(hops=hops), (seed,), steps=steps, rate=rate, weight_decay=0.02)
    record = {"loss": round(float(losses[0, -50:].mean()), 5), "seconds": round(time.perf_counter() - started, 3)}
    model = jax.tree.map(lambda leaf: leaf[0], models)
    return dataclasses.replace(brain, model=model, history=(*brain.history, {TAUGHT: hops, **record}))
