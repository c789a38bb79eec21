"""One-shot writing: what a new index is given as its embedding at the end of an experience, without a gradient step."""

import equinox as eqx
import jax
import jax.numpy as jnp

from tensorbrain.brain import TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.layers.concept_index import BLOCKS
from tensorbrain.modes.decoder import close_window
from tensorbrain.operations import evolve
from tensorbrain.typing import Array, Bool, Float, Int

RULES = ("learned", "copy")
MARGIN = 4.0  # nats by which a new individual beats its class at the look that it was first seen in


def taught_rule(
    brain: TensorBrain,
) -> tuple[Float[Array, "dim three_contexts"], Float[Array, ""], Float[Array, " dim"]]:
    """M, kappa and rest of the learned rule; SettingsError for a brain that was never taught to write.

    >>> from tensorbrain.settings import Settings
    >>> taught_rule(TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0)))
    Traceback (most recent call last):
    tensorbrain.errors.SettingsError: this brain was not taught the learned rule of writing: use rule copy.
    """
    if brain.imprint is None or brain.kappa is None or brain.rest is None:
        raise SettingsError("this brain was not taught the learned rule of writing: use rule copy.")
    return brain.imprint, brain.kappa, brain.rest


def trace_left(brain: TensorBrain, statement: Int[Array, "3"]) -> Float[Array, " dim"]:
    """What a statement leaves behind: M [h_1; h_2; h_3], from the working memory's context after each of its windows.

    The statement (s, p, o) is rehearsed without input from a blank blackboard, in the brain's first decode order, each
    index writing back. As h depends on the order of the windows, what is left binds the roles: (s, p, o) and
    (o, p, s) leave different traces. SettingsError for a brain that was never taught to write.

    >>> from tensorbrain.settings import Settings
    >>> settings = Settings(dim=8, context=8, senses="boxes", classes=2)
    >>> brain = TensorBrain.create((5, 3, 4), settings, key=jax.random.key(0))
    >>> one, other = (trace_left(brain, jnp.array(s)) for s in ([0, 1, 2], [2, 1, 0]))
    >>> bool(jnp.allclose(one, other))
    False
    """
    imprint, _, _ = taught_rule(brain)
    order, contexts = brain.orders[0], []
    state = evolve(brain.board, brain.memory, brain.start(brain.board.blank(), order))
    for slot in order:
        state = close_window(brain, state, statement["spo".index(slot)], slot)
        state = evolve(brain.board, brain.memory, state)
        contexts.append(state.h)
    return imprint @ jnp.concatenate(contexts)


def learned_write(
    brain: TensorBrain,
    statements: Int[Array, "statement 3"],
    told: Bool[Array, " statement"],
    q_scene: Float[Array, " dim"],
) -> Float[Array, " dim"]:
    """The learned rule: a_new = sum_j (M [h_j1; h_j2; h_j3] - rest) + kappa (gamma_T - 1/2).

    The first part is what the statements leave behind, each measured from what an average statement leaves
    (``brain.rest``: without it, what all have in common drowns in the sum what tells them apart). The second part is
    a copy of what the scene looked like in window T, by which the moment is found again. Write and recall are
    trained through together (``learning.writing``), on ever new episodes. Ours: the papers only assert a copy.
    SettingsError for a brain that was never taught to write.
    """
    _, kappa, rest = taught_rule(brain)
    left = jax.vmap(lambda row: trace_left(brain, row))(jnp.maximum(statements, 0)) - rest[None]
    return jnp.where(told[:, None], left, 0.0).sum(axis=0) + kappa * (brain.board.gamma(q_scene) - 0.5)


def told_apart(
    brain: TensorBrain, kind: Int[Array, ""], q: Float[Array, " dim"], margin: float = MARGIN
) -> Float[Array, " dim"]:
    """The learned rule for an individual: a_new = a_kind + m (gamma - 1/2) / |gamma - 1/2|^2.

    It starts as its class, so that it takes part in nothing that its class does not, and at the look q that it was
    first seen in it scores ``margin`` nats more (with centred scores). Ours: a copy of q scores high at every look.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> q, kind = jnp.arange(8.0), jnp.asarray(2)
    >>> gain = (told_apart(brain, kind, q) - brain.index.A[2]) @ (brain.board.gamma(q) - 0.5)
    >>> round(float(gain), 3) == MARGIN
    True
    """
    away = brain.board.gamma(q) - 0.5
    return brain.index.embedding(kind, "concept") + margin * away / jnp.maximum(away @ away, 1e-9)


def copied(brain: TensorBrain, q: Float[Array, " dim"], block: str) -> Float[Array, " dim"]:
    """The rule that the papers assert: a_new := q at the end of the experience, with the mean norm of its group.

    Source: TB23 and TM17 (a_t := h_t), where the norm is not said.
    """
    rows = brain.index.block(block)
    used = brain.index.in_use[rows]
    norms = jnp.linalg.norm(brain.index.A[rows], axis=1)
    norm = jnp.where(used, norms, 0.0).sum() / jnp.maximum(used.sum(dtype=norms.dtype), 1.0)
    return q * (norm / jnp.maximum(jnp.linalg.norm(q), 1e-9))


def with_row(brain: TensorBrain, a_new: Float[Array, " dim"], block: str) -> tuple[TensorBrain, int]:
    """The brain with ``a_new`` in the first free row of a block, and the id of that row; the old rows stay.

    An instant also gets the mean prior P(t) of the others. Where the reserve is used up the block doubles, once, so
    that shapes seldom change. SettingsError for an unknown block.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> bigger, t = with_row(brain, jnp.ones(8), "instant")
    >>> t, bigger.index.capacity, int(bigger.index.in_use.sum())
    (4, (5, 3, 12), 13)
    """
    if block not in BLOCKS:
        raise SettingsError(f"there is no block '{block}': use {', '.join(BLOCKS)}.")
    count = int(brain.index.in_use[brain.index.block(block)].sum())
    if count == brain.index.size(block):
        brain = with_reserve(brain, block, max(8, count))
    row = brain.index.block(block).start + count
    A = brain.index.A.at[row].set(a_new)
    in_use = brain.index.in_use.at[row].set(True)
    brain = eqx.tree_at(lambda b: (b.index.A, b.index.in_use), brain, (A, in_use))
    if block == "instant":
        p_t = brain.p_t.at[count].set(1.0 / max(1, count))
        brain = eqx.tree_at(lambda b: b.p_t, brain, p_t / p_t.sum())
    return brain, count


def with_reserve(brain: TensorBrain, block: str, more: int) -> TensorBrain:
    """The same brain with ``more`` free rows at the end of a block.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> with_reserve(brain, "concept", 2).index.capacity
    (7, 3, 4)
    """
    index, end = brain.index, brain.index.block(block).stop

    def widened(rows: Array) -> Array:
        free = jnp.zeros((more, *rows.shape[1:]), rows.dtype)
        return jnp.concatenate([rows[:end], free, rows[end:]])

    sizes = tuple(size + more * (name == block) for name, size in zip(BLOCKS, index.capacity, strict=True))
    grown = type(index)(widened(index.A), widened(index.a0), widened(index.in_use), sizes, index.scoring)  # type: ignore[arg-type]
    brain = eqx.tree_at(lambda b: b.index, brain, grown)
    if block == "instant":
        brain = eqx.tree_at(lambda b: b.p_t, brain, jnp.concatenate([brain.p_t, jnp.zeros(more, brain.p_t.dtype)]))
    return brain
