"""The four layers assembled (TensorBrain), and a brain with its words (Brain)."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.errors import SettingsError
from tensorbrain.graph.vocabulary import Vocabulary
from tensorbrain.layers import BLOCKS, Blackboard, BrainState, ConceptIndex, SensoryBuffer, WorkingMemory
from tensorbrain.layers.geometry import BETWEEN, WHERE
from tensorbrain.pictures.scenes import LabelGroup
from tensorbrain.settings import Settings
from tensorbrain.typing import Array, Float, PRNGKeyArray

BLOCK_OF = {"s": "concept", "p": "predicate", "o": "concept", "t": "instant"}


class TensorBrain(eqx.Module):
    """The parameters of a brain: four layers, gates, and where a recall starts.

    Attributes: the layers ``sensory``, ``board``, ``index``, ``memory``; the gates ``alpha``, ``beta`` and the read-out
    ``temperature`` (scalars); ``a_bar`` (dim,), the learned start of semantic recall; ``voice`` (orders, dim),
    what is added to the start so that the brain knows in which direction it is to read a statement; ``p_t``
    (instants,), the prior P(t); ``silence`` (dim + 1,), in a brain that sees: the index that says nothing of a
    pair, its embedding and its offset; ``imprint`` (dim, 3 context), ``kappa`` and ``rest`` (dim,), there too, are
    of the learned rule of writing (``memory.write``). Source: TB20 (four layers), TB23 and QTB25 (the equations).

    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> brain.index.A.shape
    (12, 8)
    """

    sensory: SensoryBuffer
    board: Blackboard
    index: ConceptIndex
    memory: WorkingMemory
    alpha: Float[Array, ""]
    beta: Float[Array, ""]
    temperature: Float[Array, ""]
    a_bar: Float[Array, " dim"]
    voice: Float[Array, "order dim"]
    p_t: Float[Array, " instant"]
    silence: Float[Array, " dim_and_offset"] | None
    kappa: Float[Array, ""] | None
    rest: Float[Array, " dim"] | None
    imprint: Float[Array, "dim three_contexts"] | None
    orders: tuple[str, ...] = eqx.field(static=True)

    @classmethod
    def create(cls, counts: tuple[int, int, int], settings: Settings, *, key: PRNGKeyArray) -> "TensorBrain":
        """An untrained brain for ``counts`` concepts, predicates and instants; P(t) is uniform.

        >>> TensorBrain.create((5, 3, 2), Settings(dim=8, context=8), key=jax.random.key(0)).p_t
        Array([0.5, 0.5], dtype=float32)
        """
        ki, km, ka, kv, ks = jax.random.split(key, 5)
        dim = settings.dim
        index = ConceptIndex.create(counts, dim=dim, key=ki, reserve=settings.reserve, scoring=settings.scoring)
        instants = index.in_use[index.block("instant")].astype(float)
        return cls(
            sensory=_senses(settings, key=ks),
            board=Blackboard(dim, settings.activation),
            index=index,
            memory=WorkingMemory.create(dim=dim, context=settings.context, key=km, evolution=settings.evolution),
            alpha=jnp.asarray(settings.alpha, float),
            beta=jnp.asarray(settings.beta, float),
            temperature=jnp.asarray(settings.temperature, float),
            a_bar=0.5 * jax.random.normal(ka, (dim,)),
            voice=0.5 * jax.random.normal(kv, (len(settings.orders), dim)),
            p_t=instants / jnp.maximum(instants.sum(), 1.0),
            silence=None if settings.senses == "none" else jnp.zeros(dim + 1),
            kappa=None if settings.senses == "none" else jnp.ones(()),
            rest=None if settings.senses == "none" else jnp.zeros(dim),
            imprint=None if settings.senses == "none" else _imprint(dim, settings.context, key=km),
            orders=settings.orders,
        )

    def start(self, q: Float[Array, " dim"], order: str) -> BrainState:
        """The state in which a statement's decoding opens: q plus the voice of the order, with empty context.

        >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=6), key=jax.random.key(0))
        >>> brain.start(brain.a_bar, "spo").h.shape
        (6,)
        """
        if order not in self.orders:
            raise SettingsError(
                f"this brain decodes in the orders {', '.join(self.orders)}, not '{order}': "
                f"train one with orders=('{order}',)."
            )
        if len(self.orders) > 1:  # a brain with one order needs no word for it
            q = q + self.voice[self.orders.index(order)]
        return BrainState(q, jnp.zeros(self.memory.B.shape[0]))


def _imprint(dim: int, context: int, *, key: PRNGKeyArray) -> Float[Array, "dim three_contexts"]:
    """A random map from the contexts of a statement's three windows to what is written of it."""
    return 1.4 * jax.random.normal(jax.random.fold_in(key, 1), (dim, 3 * context)) / (3 * context) ** 0.5


def _senses(settings: Settings, *, key: PRNGKeyArray) -> SensoryBuffer:
    """The modalities of a brain: a whole scene, a region and its place, the union of two regions and their geometry."""
    if settings.senses == "none":
        return SensoryBuffer.create({}, dim=settings.dim, key=key)
    hidden = {"where": 64, "between": 96}
    if settings.senses == "pictures":
        modalities = {"where": WHERE, **dict.fromkeys(("scene", "region", "union"), settings.feature)}
        return SensoryBuffer.create(modalities, dim=settings.dim, key=key, hidden=hidden, eye=settings.feature)
    modalities = {"where": WHERE, "between": BETWEEN, "kind": settings.classes}
    return SensoryBuffer.create(modalities, dim=settings.dim, key=key, hidden=hidden)


@dataclass(frozen=True, eq=False)
class Brain:
    """A brain with its words: parameters, vocabulary, and where it comes from.

    ``held_out`` (statement, 3) are the facts kept from training, ``history`` has one record per epoch;
    ``label_groups`` are what a brain that sees can say of a region. Immutable: what changes a brain returns a new one.

    >>> from tensorbrain.graph.vocabulary import Concept
    >>> words = Vocabulary((Concept("urn:a", "a", "entity"),), (Concept("urn:p", "p", "predicate"),), ())
    >>> small = Settings(dim=4, context=4)
    >>> Brain(TensorBrain.create((1, 1, 0), small, key=jax.random.key(0)), words, small)
    Brain(1 concepts, 1 predicates, 0 instants, dim 4)
    """

    model: TensorBrain
    vocabulary: Vocabulary
    settings: Settings
    graph_hash: str = ""
    source: str = ""
    seed: int = 0
    held_out: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.int32))
    history: tuple[dict[str, Any], ...] = ()
    label_groups: tuple[LabelGroup, ...] = ()

    def __repr__(self) -> str:
        words = self.vocabulary
        return (
            f"Brain({len(words.concepts)} concepts, {len(words.predicates)} predicates, "
            f"{len(words.instants)} instants, dim {self.settings.dim})"
        )

    @property
    def lesioned(self) -> tuple[str, ...]:
        """The labels whose index can no longer be read (see ``tensorbrain.intervene``)."""
        return self._marked(~np.asarray(self.model.index.in_use))

    @property
    def muted(self) -> tuple[str, ...]:
        """The labels whose index writes nothing back (see ``tensorbrain.intervene``)."""
        muted = self.model.index.muted
        return () if muted is None else self._marked(np.asarray(muted))

    def _marked(self, rows: np.ndarray) -> tuple[str, ...]:
        index, words = self.model.index, self.vocabulary
        columns = zip(BLOCKS, (words.concepts, words.predicates, words.instants), strict=True)
        marked = ((column, np.flatnonzero(rows[index.block(block)][: len(column)])) for block, column in columns)
        return tuple(column[k].label for column, ks in marked for k in ks)

    def save(self, path: str | Path) -> None:
        """Write the brain to one file, atomically; see ``tensorbrain.checkpoint.save_brain``."""
        from tensorbrain.checkpoint import save_brain  # checkpoint stands above brain in the import order

        save_brain(self, path)
