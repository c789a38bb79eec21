"""Sense: the senses add their drive to the blackboard."""

from collections.abc import Mapping

import equinox as eqx

from tensorbrain.layers import BrainState, SensoryBuffer
from tensorbrain.typing import Array, Float


def sense(
    buffer: SensoryBuffer,
    state: BrainState,
    nu: Mapping[str, Float[Array, " _"]],
    *,
    mu: float | Float[Array, ""] = 1.0,
) -> BrainState:
    """Add what the senses deliver: q <- q + mu sum_m g_m(nu_m).

    ``mu`` is 1 in perception and 0 in the memory modes (QTB25; TB23 Algorithm 1).

    >>> import jax, jax.numpy as jnp
    >>> buffer = SensoryBuffer.create({"sight": 2}, dim=3, key=jax.random.key(0))
    >>> state = BrainState(jnp.zeros(3), jnp.zeros(1))
    >>> bool((sense(buffer, state, {"sight": jnp.ones(2)}).q == buffer.encoders["sight"].G.sum(axis=1)).all())
    True
    """
    return eqx.tree_at(lambda s: s.q, state, state.q + mu * buffer.encode(nu))
