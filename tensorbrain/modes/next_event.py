"""The next event: a moment is recalled, evolve goes on from there, and where and with whom somebody is next is said."""

from bisect import bisect_left
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import TensorBrain
from tensorbrain.graph.streams import Stream
from tensorbrain.layers import BrainState
from tensorbrain.layers.concept_index import NEVER
from tensorbrain.operations import evolve, log_probabilities
from tensorbrain.typing import Array, Bool, Float, Int, Int32

OWN, RECENT = 8, 8  # instants that are recalled for a question: the last ones of the person, and the last of all
LEAST = 1e-12  # a probability that has a logarithm
DURATIONS = 10  # indices that say how long ago: 1, 2 to 3, 4 to 7, ..., 512 events or more


class Told(NamedTuple):
    """A stream as a brain is told it: the ``place`` and the ``cast`` of every event, -1 where there is none.

    The same once more as rows: which concept takes part in which event, and with what weight it is written, 1 for a
    place and 1 / sqrt n for each of n people. ``places`` and ``people`` are the concepts that can be named as such.
    """

    event: Int[Array, " part"]
    concept: Int[Array, " part"]
    weight: Float[Array, " part"]
    place: Int[Array, " event"]
    cast: Int[Array, "event most"]
    places: Bool[Array, " concept"]
    people: Bool[Array, " concept"]


class Asked(NamedTuple):
    """Where and with whom ``who`` is in event ``now``, all before it being known.

    ``own`` are their last events, the latest first; ``since`` the last events of those who were with them in the
    latest one and were seen after it; -1 where there are no more.
    """

    who: Int[Array, "*batch"]
    now: Int[Array, "*batch"]
    own: Int[Array, "*batch own"]
    since: Int[Array, "*batch most"]


class Foreseen(NamedTuple):
    """log P of every concept as next place and as next company, and log P(t | q) of what was recalled for the place.

    ``instants`` are those that could be recalled (-1: none); the last entry of ``log_recalled`` is semantic memory's.
    """

    log_place: Float[Array, "*batch concept"]
    log_company: Float[Array, "*batch concept"]
    instants: Int[Array, "*batch instant"]
    log_recalled: Float[Array, "*batch instant_or_semantic"]


def told(stream: Stream) -> Told:
    """The events of a stream as arrays.

    >>> from tensorbrain.graph.streams import example_stream
    >>> told(example_stream()).event.tolist()
    [0, 0, 0, 1, 1]
    """
    at, n = np.arange(len(stream), dtype=np.int32), (stream.cast >= 0).sum(axis=1)
    event = np.concatenate([at, np.repeat(at, stream.cast.shape[1])])
    concept = np.concatenate([stream.place, stream.cast.reshape(-1)])
    weight = np.where(np.arange(len(event)) < len(at), 1.0, np.maximum(n, 1)[event] ** -0.5).astype(np.float32)
    order = np.argsort(event, kind="stable")
    rows = (column[order[concept[order] >= 0]] for column in (event, concept, weight))
    return Told(*(jnp.asarray(each) for each in (*rows, stream.place, stream.cast, stream.places, stream.people)))


def asked(stream: Stream, who: Int32[np.ndarray, " question"], now: Int32[np.ndarray, " question"]) -> Asked:
    """Questions about people at events, with the instants that they begin with.

    >>> from tensorbrain.graph.streams import example_stream
    >>> events = example_stream()
    >>> bob = events.vocabulary.find("Bob", "concept")
    >>> asked(events, np.array([bob], np.int32), np.array([1], np.int32)).own[0, :2]
    Array([ 0, -1], dtype=int32)
    """
    lived: dict[int, list[int]] = {}
    for event, cast in enumerate(stream.cast.tolist()):
        for k in cast:
            lived.setdefault(k, []).append(event)
    own = np.full((len(who), OWN), -1, np.int32)
    since = np.full((len(who), stream.cast.shape[1]), -1, np.int32)
    for row, (k, when) in enumerate(zip(who.tolist(), now.tolist(), strict=True)):
        upto = bisect_left(lived.get(k, []), when)
        if not upto:
            continue
        mine = lived[k][max(0, upto - OWN) : upto][::-1]
        own[row, : len(mine)] = mine
        company = [other for other in stream.cast[mine[0]].tolist() if other >= 0 and other != k]
        seen = [lived[other][bisect_left(lived[other], when) - 1] for other in company]
        seen = [event for event in seen if event > mine[0]]
        since[row, : len(seen)] = seen
    return Asked(*(jnp.asarray(each) for each in (who, now, own, since)))


def instants_of(brain: TensorBrain, told: Told) -> Float[Array, "event dim"]:
    """The index of every event: a_t = beta sum_k w_k a_k, the blackboard at the end of the experience.

    Written in one shot on a blank blackboard (TB23: a_t := q); w are the weights in ``Told``.

    >>> from tensorbrain.graph.streams import example_stream
    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((6 + DURATIONS, 0, 0), Settings(dim=8, context=16), key=jax.random.key(0))
    >>> instants_of(brain, told(example_stream())).shape
    (2, 8)
    """
    parts = told.weight[:, None] * brain.index.embeddings("concept")[told.concept]
    summed = jax.ops.segment_sum(parts, told.event, num_segments=len(told.place), indices_are_sorted=True)
    return brain.beta * summed


def foresee(
    brain: TensorBrain,
    told: Told,
    a: Float[Array, "event dim"],
    asked: Asked,
    *,
    kept: Float[Array, " dim"] | None = None,
) -> Foreseen:
    """Where and with whom somebody is next, of one question:

        P(k | who, now) = sum_t P(t | q) P(k | t) + P(a-bar | q) P(k | q),     P(t | q) = softmax(n_t)

    q: from a blank blackboard the name a_who and their last instant, evolve; the mean of the instants in which their
    company was seen since, evolve; the instant before now, evolve. Instants are then recalled by their similarity to
    q, n_t = a_t . (gamma - c), where each also says how long ago it was by an index of its own (what lambda recency(t)
    does in QTB25, learned); of semantic memory n is that of a-bar, and P(k | q) is the index read at once. An instant
    that is recalled says what was told of it: P(k | t) is 1 for its place. The expected place is written back
    (attend), evolve, and the company is read in the same way; P(k | t) is 1 / n for each of n others. ``kept`` is
    multiplied with gamma - c (dropout, in learning). For centred scores. Source: TB23 (episodic attention), QTB25
    (n_t + lambda recency, evolve); the mixture over t is TM17's; the schedule is ours.

    >>> from tensorbrain.graph.streams import example_stream
    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((6 + DURATIONS, 0, 0), Settings(dim=8, context=16), key=jax.random.key(0))
    >>> events = told(example_stream())
    >>> bob = example_stream().vocabulary.find("Bob", "concept")
    >>> nothing = jnp.full(3, -1, jnp.int32)
    >>> asked = Asked(jnp.asarray(bob), jnp.asarray(1), nothing.at[0].set(0), nothing)
    >>> found = jax.jit(foresee)(brain, events, instants_of(brain, events), asked)
    >>> round(float(jnp.exp(found.log_place).sum()), 3), round(float(jnp.exp(found.log_company).sum()), 3)
    (1.0, 1.0)
    """
    kept = jnp.ones(brain.board.dim) if kept is None else kept
    instants = jnp.concatenate([asked.own, asked.since, asked.now - 1 - jnp.arange(RECENT, dtype=asked.own.dtype)])
    once = jnp.argmax(instants[:, None] == instants[None], axis=1) == jnp.arange(len(instants))
    known = (instants >= 0) & once

    state = _open(brain, told, a, asked)
    remembered = _remembered(brain, told, a, asked, instants)
    place = told.place[instants][:, None]
    log_place, log_recalled = _read(brain, state, remembered, jnp.where(known[:, None], place, -1), told.places, kept)
    expected = brain.index.mixture(_padded(brain, jnp.exp(log_place)), "concept")
    state = evolve(brain.board, brain.memory, BrainState(brain.alpha * state.q + brain.beta * expected, state.h))
    others = told.people & (jnp.arange(len(told.people)) != asked.who)
    cast = told.cast[instants]
    cast = jnp.where(known[:, None] & (cast != asked.who), cast, -1)
    log_company, _ = _read(brain, state, remembered, cast, others, kept)
    return Foreseen(log_place, log_company, jnp.where(known, instants, -1), log_recalled)


def _open(brain: TensorBrain, told: Told, a: Float[Array, "event dim"], asked: Asked) -> BrainState:
    """The state after the three instants that a question begins with."""
    since = (asked.since >= 0).astype(a.dtype)
    share = since / jnp.maximum(since.sum(), 1.0)
    name = brain.index.embedding(asked.who, "concept")
    state = BrainState(brain.board.blank(), jnp.zeros(brain.memory.B.shape[0]))
    for written in (
        name + jnp.where(asked.own[0] >= 0, _remembered(brain, told, a, asked, asked.own[:1])[0], 0.0),
        share @ _remembered(brain, told, a, asked, asked.since),
        jnp.where(asked.now > 0, a[asked.now - 1], 0.0),
    ):
        q = brain.alpha * state.q + brain.beta * written
        state = evolve(brain.board, brain.memory, BrainState(q, state.h))
    return state


def _remembered(
    brain: TensorBrain, told: Told, a: Float[Array, "event dim"], asked: Asked, t: Int[Array, " instant"]
) -> Float[Array, "instant dim"]:
    """The instants t with the indices of how long ago they were, which follow those of the concepts."""
    ago = jnp.maximum(asked.now - t, 1)
    doublings = jnp.minimum(31 - jax.lax.clz(ago.astype(jnp.int32)), DURATIONS - 1)
    return a[t] + brain.index.embeddings("concept")[len(told.places) + doublings]


def _read(
    brain: TensorBrain,
    state: BrainState,
    remembered: Float[Array, "instant dim"],
    parts: Int[Array, "instant part"],
    candidates: Bool[Array, " concept"],
    kept: Float[Array, " dim"],
) -> tuple[Float[Array, " concept"], Float[Array, " instant_or_semantic"]]:
    """log P of the candidates, by the instants that hold ``parts`` and by semantic memory, and log P(t | q)."""
    c = brain.index.terms("concept")[2]
    read = kept * (brain.board.gamma(state.q) - c)
    count = (parts >= 0).sum(axis=1, dtype=read.dtype)
    n = jnp.where(count > 0, remembered @ read, NEVER)  # what tells nothing of what is asked is not recalled
    log_recalled = jax.nn.log_softmax(jnp.concatenate([n, (brain.a_bar @ read)[None]]) / brain.temperature)
    usual = log_probabilities(
        brain.index, read + c, "concept", temperature=brain.temperature, candidates=_padded(brain, candidates)
    )[: len(candidates)]
    share = jnp.where(parts >= 0, (jnp.exp(log_recalled[:-1]) / jnp.maximum(count, 1.0))[:, None], 0.0)
    p = jnp.exp(log_recalled[-1] + usual).at[jnp.maximum(parts, 0)].add(share)
    return jnp.where(candidates, jnp.log(p + LEAST), NEVER), log_recalled


def _padded(brain: TensorBrain, x: Array) -> Array:
    """With 0 for the rows of the index behind the concepts: those of the durations, and the reserve."""
    return jnp.concatenate([x, jnp.zeros(brain.index.size("concept") - len(x), x.dtype)])


def foreseen_instants(brain: TensorBrain, foreseen: Foreseen) -> Float[Array, "question dim"]:
    """What is written of events that have not been yet: a_new = sum_k P(place k) a_k + sum_k P(company k) a_k.

    The index of a future instant is made as that of a past one, from what is expected to be there. Source: TB23 and
    QTB25 (future episodic memory, in words); the form is ours.
    """
    A = brain.index.embeddings("concept")[: foreseen.log_place.shape[-1]]
    return brain.beta * (jnp.exp(foreseen.log_place) @ A + jnp.exp(foreseen.log_company) @ A)
