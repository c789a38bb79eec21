"""Embody: an index is imagined, from its embedding back to what the senses would deliver for it."""

from tensorbrain.errors import SettingsError
from tensorbrain.layers import Blackboard, ConceptIndex, SensoryBuffer
from tensorbrain.typing import Array, Float, Int


def embody(
    buffer: SensoryBuffer, board: Blackboard, index: ConceptIndex, k: Int[Array, ""], block: str = "concept"
) -> Float[Array, "side side 3"]:
    """What the senses would deliver for index k: nu_k <- g+(sig(a_k)), a picture patch with values in 0..1.

    SettingsError in a brain without eyes. Source: TB24 (embodiment).

    >>> import jax, jax.numpy as jnp
    >>> buffer = SensoryBuffer.create({}, dim=4, key=jax.random.key(0), eye=8)
    >>> index = ConceptIndex.create((2, 1, 0), dim=4, key=jax.random.key(1))
    >>> embody(buffer, Blackboard(4), index, jnp.asarray(1)).shape
    (24, 24, 3)
    """
    if buffer.imagination is None:
        raise SettingsError("this brain has no eyes and cannot imagine: train one on pictures.")
    return buffer.imagination(board.gamma(index.embedding(k, block)))
