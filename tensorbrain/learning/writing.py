"""The objective of writing: an index written in one shot must recall its episode and be found by a second look."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import BLOCK_OF, TensorBrain
from tensorbrain.layers import BrainState
from tensorbrain.memory.write import taught_rule
from tensorbrain.modes.decoder import close_window, open_window
from tensorbrain.modes.looking import Sight, moment
from tensorbrain.operations import evolve
from tensorbrain.typing import Array, Bool, Float, Int, Int32


class Episodes(NamedTuple):
    """New episodes to be written: statements (s, p, o), which of them are told, and two looks at each scene.

    Shapes: statements (episode, statement, 3), told (episode, statement), first and second (episode, feature).
    """

    statements: Int[Array, "episode statement 3"]
    told: Bool[Array, "episode statement"]
    first: Float[Array, "episode feature"]
    second: Float[Array, "episode feature"]


def exchanged(
    statements: Int32[np.ndarray, "episode statement 3"],
    class_of: Int32[np.ndarray, " concept"],
    *,
    share: float,
    random: np.random.Generator,
) -> Int32[np.ndarray, "episode statement 3"]:
    """In a ``share`` of the episodes everybody is played by somebody else of the same class, so that all are new.

    >>> told = np.array([[[0, 0, 2], [2, 1, 0], [-1, -1, -1]]], np.int32)
    >>> class_of = np.array([4, 4, 5, 5, -1, -1], np.int32)
    >>> new = exchanged(told, class_of, share=1.0, random=np.random.default_rng(0))
    >>> bool(new[0, 0, 0] == new[0, 1, 2]), class_of[new[0, 0, 2]].item(), new[0, 2].tolist()
    (True, 5, [-1, -1, -1])
    """
    ordered = np.argsort(class_of, kind="stable")
    shuffled = np.lexsort((random.random((len(statements), len(class_of))), np.tile(class_of, (len(statements), 1))))
    roles = np.empty_like(shuffled)
    np.put_along_axis(roles, np.tile(ordered, (len(statements), 1)), shuffled, axis=1)
    same = (random.random(len(statements)) >= share)[:, None] | (class_of < 0)
    roles = np.where(same, np.arange(len(class_of)), roles)
    new = statements.copy()
    for place in (0, 2):
        concept = statements[..., place]
        new[..., place] = np.where(concept >= 0, np.take_along_axis(roles, np.maximum(concept, 0), axis=1), -1)
    return new


def contexts(brain: TensorBrain, rows: Int[Array, "row 3"]) -> Float[Array, "row three_contexts"]:
    """[h_1; h_2; h_3] of many statements as ``memory.write.trace_left`` rehearses them, before the map M.

    All begin alike, so there are only as many first windows as there are outcomes of it, each computed once.
    """
    order = brain.orders[0]
    first, second, third = (rows[:, "spo".index(slot)] for slot in order)
    blank = evolve(brain.board, brain.memory, brain.start(brain.board.blank(), order))

    def after(state: BrainState, k: Int[Array, ""], slot: str) -> BrainState:
        return evolve(brain.board, brain.memory, close_window(brain, state, k, slot))

    every = jnp.arange(brain.index.size(BLOCK_OF[order[0]]))
    begun = jax.vmap(lambda k: after(blank, k, order[0]))(every)
    one = jax.tree_util.tree_map(lambda leaf: leaf[first], begun)
    two = jax.vmap(lambda state, k: after(state, k, order[1]))(one, second)
    three = jax.vmap(lambda state, k: after(state, k, order[2]))(two, third)
    return jnp.concatenate([one.h, two.h, three.h], axis=1)


def resting(brain: TensorBrain, episodes: Episodes) -> Float[Array, " dim"]:
    """What the working memory leaves after an average statement of the episodes: ``rest`` of the learned rule."""
    imprint, _, _ = taught_rule(brain)
    return imprint @ _of_told(brain, episodes)[1]


def written(
    brain: TensorBrain, episodes: Episodes, q_scene: Float[Array, "episode dim"]
) -> Float[Array, "episode dim"]:
    """The index of every episode as ``memory.write.learned_write`` makes it, with the ``rest`` of these episodes.

    M is linear and is applied once an episode. SettingsError for a brain that was never taught to write.
    """
    imprint, kappa, _ = taught_rule(brain)
    h, mean = _of_told(brain, episodes)
    count = episodes.told.sum(axis=1, keepdims=True, dtype=h.dtype)
    left = (h.sum(axis=1) - count * mean[None]) @ imprint.T
    return left + kappa * (jax.vmap(brain.board.gamma)(q_scene) - 0.5)


def _of_told(
    brain: TensorBrain, episodes: Episodes
) -> tuple[Float[Array, "episode statement three_contexts"], Float[Array, " three_contexts"]]:
    """The contexts of every statement, 0 where none is told, and their mean over those that are."""
    told = episodes.told[..., None]
    h = contexts(brain, jnp.maximum(episodes.statements.reshape(-1, 3), 0)).reshape(*told.shape[:2], -1)
    h = jnp.where(told, h, 0.0)
    return h, h.sum(axis=(0, 1)) / jnp.maximum(told.sum(dtype=h.dtype), 1.0)


def writing_terms(brain: TensorBrain, episodes: Episodes) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """Write every episode, then recall: mean -log P(statement | a_new), and -log P(new instant | second look).

    The statements of an episode share the first window of their recall. In the second term each new instant competes
    with the others of the batch and with all that the brain remembers.
    """
    whole = jnp.array([0.0, 0.0, 1.0, 1.0])
    look_at = jax.vmap(lambda features: moment(brain, Sight(features, whole), attention=False)[0].q)
    a_new = written(brain, episodes, look_at(episodes.first))
    log_p = jax.vmap(lambda a, rows: _recalled(brain, a, rows))(a_new, jnp.maximum(episodes.statements, 0))
    log_p = jnp.where(episodes.told, log_p, 0.0).sum()
    gamma = jax.vmap(brain.board.gamma)(look_at(episodes.second))
    old = jax.vmap(lambda g: brain.index.scores(g, "instant"))(gamma)
    scores = jnp.concatenate([(gamma - 0.5) @ a_new.T, old], axis=1) / brain.temperature
    log_t = jnp.diagonal(jax.nn.log_softmax(scores))
    return -log_p / jnp.maximum(episodes.told.sum(dtype=log_p.dtype), 1.0), -log_t.mean()


def _recalled(brain: TensorBrain, a: Float[Array, " dim"], rows: Int[Array, "row 3"]) -> Float[Array, " row"]:
    """log P(statement | a) of several statements, teacher-forced."""
    order = brain.orders[0]
    state, log_first = open_window(brain, brain.start(a, order), order[0])

    def follow(row: Int[Array, "3"]) -> Float[Array, ""]:
        k_1, k_2, k_3 = (row["spo".index(slot)] for slot in order)
        then, log_second = open_window(brain, close_window(brain, state, k_1, order[0]), order[1])
        _, log_third = open_window(brain, close_window(brain, then, k_2, order[1]), order[2])
        return log_first[k_1] + log_second[k_2] + log_third[k_3]

    return jax.vmap(follow)(rows)
