"""The cue: what a question tells, from names to indices, and where its recall starts."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import BLOCK_OF, Brain, TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.layers.concept_index import NEVER
from tensorbrain.modes.episodic import best_order, log_evidence, log_posterior
from tensorbrain.modes.search import Found, search_many
from tensorbrain.modes.semantic import A_BARS, semantic_start
from tensorbrain.settings import ORDERS
from tensorbrain.typing import Array, Float, Int

SLOTS = ("subject", "predicate", "object")
LIMIT = 4096  # the widest beam: beyond it a search is reported as not exact


@dataclass(frozen=True)
class Cue:
    """A question in indices: ``given`` ids of subject, predicate, object and ``instant`` (-1: not told)."""

    given: tuple[int, int, int]
    instant: int
    mode: str
    order: str
    a_bar: str

    @property
    def told(self) -> frozenset[str]:
        """The letters of the told slots among s, p, o."""
        return frozenset(slot for slot, k in zip("spo", self.given, strict=True) if k >= 0)

    @property
    def free(self) -> tuple[str, ...]:
        """The names of the slots of a statement that are not told."""
        return tuple(name for name, k in zip(SLOTS, self.given, strict=True) if k < 0)

    @property
    def given_array(self) -> Int[Array, "3"]:
        """``given`` as the array that the search takes."""
        return jnp.asarray(self.given, jnp.int32)


def read_cue(
    brain: Brain,
    *,
    subject: str | None = None,
    predicate: str | None = None,
    object: str | None = None,
    instant: str | None = None,
    mode: str | None = None,
    order: str | None = None,
    a_bar: str = "learned",
) -> Cue:
    """Turn names (labels, IRIs, time stamps) into a Cue and choose mode and decode order where they are left open.

    UnknownConceptError offers the nearest labels, AmbiguousConceptError shows the IRIs, SettingsError explains
    a mode, order or a-bar that this brain has not.

    >>> from tensorbrain.checkpoint import load_brain
    >>> brain = load_brain("neighbourhood")
    >>> cue = read_cue(brain, subject="Sparky", predicate="owned by")
    >>> cue.mode, cue.order, cue.free
    ('semantic', 'spo', ('object',))
    """
    words, model = brain.vocabulary, brain.model
    names = {"subject": subject, "predicate": predicate, "object": object}
    given = tuple(-1 if name is None else words.find(name, slot) for slot, name in names.items())
    t = -1 if instant is None else words.find(instant, "instant")
    mode = mode or ("semantic" if instant is None else "episodic")
    if mode not in ("semantic", "episodic"):
        raise SettingsError(f"mode '{mode}' is unknown: use semantic or episodic.")
    if mode == "semantic" and t >= 0:
        raise SettingsError("semantic memory knows no instant: leave the instant out, or use mode episodic.")
    if mode == "episodic" and not words.instants:
        raise SettingsError("this brain has no episodes to recall: train it on a graph with named graphs.")
    if a_bar not in A_BARS:
        raise SettingsError(f"a-bar '{a_bar}' is unknown: use {', '.join(A_BARS)}.")
    if a_bar != "learned" and not words.instants:
        raise SettingsError(f"a-bar '{a_bar}' is made of instants and this brain has none: use learned.")
    told = frozenset(slot for slot, k in zip("spo", given, strict=True) if k >= 0)
    if order is None:
        order = best_order(model.orders, told)
    elif order not in model.orders:
        known = f"this brain reads {', '.join(model.orders)}"
        raise SettingsError(
            f"decode order '{order}' is not one of {', '.join(ORDERS)}."
            if order not in ORDERS
            else f"{known}, not '{order}': train one with that order."
        )
    return Cue(given, t, mode, order, a_bar)  # type: ignore[arg-type]


def beam_for(model: TensorBrain, cue: Cue) -> tuple[int, bool]:
    """The beam that enumerates what the cue leaves open before the last window, and whether that is everything.

    >>> from tensorbrain.checkpoint import load_brain
    >>> brain = load_brain("neighbourhood")
    >>> beam_for(brain.model, read_cue(brain, subject="Sparky"))
    (32, True)
    """
    first, second = (1 if slot in cue.told else model.index.size(BLOCK_OF[slot]) for slot in cue.order[:2])
    needed = max(first, first * second)
    return min(LIMIT, 1 << max(0, needed - 1).bit_length()), needed <= LIMIT


def starts(brain: Brain, cue: Cue, *, recency: float = 0.0) -> tuple[Float[Array, "start dim"], np.ndarray]:
    """Where the recall starts: states q (start, dim) and the log weight of each (they sum to 1).

    One start for a told instant, ``learned`` and ``mean``; all instants, weighted by P(t), for the ``mixture``; all
    instants, weighted by P(t | cue), for an episodic cue without instant.

    >>> from tensorbrain.checkpoint import load_brain
    >>> brain = load_brain("neighbourhood")
    >>> starts(brain, read_cue(brain, subject="Sparky"))[0].shape
    (1, 384)
    """
    model = brain.model
    if cue.mode == "semantic" and cue.a_bar != "mixture":
        return semantic_start(model, cue.a_bar)[None], np.zeros(1)
    if cue.mode == "episodic" and cue.instant >= 0:
        return model.index.embedding(jnp.asarray(cue.instant), "instant")[None], np.zeros(1)
    instants = model.index.embeddings("instant")
    if cue.mode == "episodic":
        return instants, np.asarray(instant_posterior(brain, cue, recency=recency))
    p_t = np.asarray(model.p_t)
    return instants, np.where(p_t > 0, np.log(np.maximum(p_t, 1e-30)), NEVER)


def instant_posterior(brain: Brain, cue: Cue, *, recency: float = 0.0) -> Float[Array, " instant"]:
    """log P(t | told slots): which moment the cue reminds of.

    >>> from tensorbrain.checkpoint import load_brain
    >>> brain = load_brain("neighbourhood")
    >>> log_p = instant_posterior(brain, read_cue(brain, subject="Sparky", mode="episodic"))
    >>> len(log_p) == brain.model.index.size("instant")
    True
    """
    model = brain.model
    instants = model.index.embeddings("instant")
    if not cue.told:
        return log_posterior(model, jnp.zeros(len(instants)), recency=recency)
    evidence = log_evidence(
        model, instants, cue.given_array, order=cue.order, told=cue.told, beam=beam_for(model, cue)[0]
    )
    return log_posterior(model, evidence, recency=recency)


def find_statements(brain: Brain, cue: Cue, q: Float[Array, "start dim"], *, n: int) -> tuple[Found, bool]:
    """Search from every start; the flag says whether every list is proven to be the n best, with its probabilities.

    Where the beam is too narrow to enumerate everything, the bound of the search must prove the list, and what was
    missed must be less than a thousandth of what was found, as P(statement | cue) is divided by that.

    >>> from tensorbrain.checkpoint import load_brain
    >>> brain = load_brain("neighbourhood")
    >>> cue = read_cue(brain, subject="Sparky")
    >>> found, proven = find_statements(brain, cue, starts(brain, cue)[0], n=8)
    >>> found.statements.shape, proven
    ((1, 8, 3), True)
    """
    model = brain.model
    beam, complete = beam_for(model, cue)
    given = jnp.broadcast_to(cue.given_array, (len(q), 3))
    found = jax.device_get(search_many(model, q, given, order=cue.order, n=n, beam=beam))
    listed = np.all(found.log_p[:, -1] >= found.log_bound)
    weighed = np.all(found.log_missed <= found.log_given + np.log(1e-3))
    proven = complete or bool(listed and weighed)
    return found, proven
