"""The objective of writing: an index written in one shot must recall its episode and be found by a second look."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import TensorBrain
from tensorbrain.memory.write import learned_write, trace_left
from tensorbrain.modes.decoder import statement_log_probability
from tensorbrain.modes.looking import Sight, moment
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


def resting(brain: TensorBrain, episodes: Episodes) -> Float[Array, " dim"]:
    """What the working memory leaves after an average statement of the episodes: ``rest`` of the learned rule."""
    rows = jnp.maximum(episodes.statements.reshape(-1, 3), 0)
    left = jax.vmap(lambda row: trace_left(brain, row))(rows)
    told = episodes.told.reshape(-1, 1)
    return jnp.where(told, left, 0.0).sum(axis=0) / jnp.maximum(told.sum(dtype=left.dtype), 1.0)


def writing_terms(brain: TensorBrain, episodes: Episodes) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """Write every episode, then recall: mean -log P(statement | a_new), and -log P(new instant | second look).

    ``brain.rest`` must be that of the batch (``resting``), so that it is trained through. In the second term each
    new instant competes with the others of the batch and with all that the brain remembers.
    """

    def look_at(features):
        return moment(brain, Sight(features, jnp.array([0.0, 0.0, 1.0, 1.0])), attention=False)[0].q

    def write(rows, told, features):
        return learned_write(brain, rows, told, look_at(features))

    a_new = jax.vmap(write)(episodes.statements, episodes.told, episodes.first)
    order = brain.orders[0]

    def recall(a, rows, told):
        log_p = jax.vmap(lambda row: statement_log_probability(brain, a, row, order).sum())(jnp.maximum(rows, 0))
        return jnp.where(told, log_p, 0.0).sum()

    log_p = jax.vmap(recall)(a_new, episodes.statements, episodes.told)
    gamma = jax.vmap(lambda features: brain.board.gamma(look_at(features)))(episodes.second)
    old = jax.vmap(lambda g: brain.index.scores(g, "instant"))(gamma)
    scores = jnp.concatenate([(gamma - 0.5) @ a_new.T, old], axis=1) / brain.temperature
    log_t = jnp.diagonal(jax.nn.log_softmax(scores))
    return -log_p.sum() / jnp.maximum(episodes.told.sum(dtype=log_p.dtype), 1.0), -log_t.mean()
