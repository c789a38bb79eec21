"""Measure: one candidate is chosen, becomes a symbol, and writes its embedding back."""

from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp

from tensorbrain.errors import SettingsError
from tensorbrain.layers import BrainState, ConceptIndex
from tensorbrain.typing import Array, Float, Int, PRNGKeyArray

Selection = Literal["sample", "argmax", "teacher"]
"""How ``measure`` chooses: by chance from pi, the most probable one, or the one that it is told."""
SELECTIONS = ("sample", "argmax", "teacher")
"""The values of ``Selection``."""


def write_back(
    index: ConceptIndex,
    state: BrainState,
    k: Int[Array, ""],
    block: str,
    *,
    alpha: Float[Array, ""] | float = 1.0,
    beta: Float[Array, ""] | float = 1.0,
) -> BrainState:
    """Index k writes its embedding to the blackboard: q <- alpha q + beta a_k.

    (alpha, beta) = (1, 1) adds, (0, 1) overwrites, (1, 0) is no feedback (QTB25).

    >>> index = ConceptIndex.create((2, 1, 0), dim=4, key=jax.random.key(0))
    >>> state = BrainState(jnp.ones(4), jnp.zeros(1))
    >>> bool((write_back(index, state, jnp.asarray(1), "concept", alpha=0.0).q == index.A[1]).all())
    True
    """
    return eqx.tree_at(lambda s: s.q, state, alpha * state.q + beta * index.embedding(k, block))


def measure(
    index: ConceptIndex,
    state: BrainState,
    log_pi: Float[Array, " concept"],
    block: str,
    *,
    selection: Selection = "sample",
    key: PRNGKeyArray | None = None,
    teacher: Int[Array, ""] | None = None,
    alpha: Float[Array, ""] | float = 1.0,
    beta: Float[Array, ""] | float = 1.0,
) -> tuple[BrainState, Int[Array, ""]]:
    """Choose k from pi and write it back: k ~ pi, or argmax, or the teacher's; q <- alpha q + beta a_k.

    ``sample`` needs ``key``, ``teacher`` needs ``teacher``: a SettingsError says so otherwise. Returns the new
    state and k, an id within the block. Source: TB23 (Algorithm 1), QTB25 (measurement).

    >>> index = ConceptIndex.create((2, 1, 0), dim=4, key=jax.random.key(0))
    >>> state = BrainState(jnp.zeros(4), jnp.zeros(1))
    >>> measure(index, state, jnp.log(jnp.array([0.1, 0.9])), "concept", selection="argmax")[1].item()
    1
    """
    if selection == "sample":
        if key is None:
            raise SettingsError("selection 'sample' draws at random: give it a key, e.g. jax.random.key(0).")
        k = jax.random.categorical(key, log_pi)
    elif selection == "teacher":
        if teacher is None:
            raise SettingsError("selection 'teacher' needs the index to write: give teacher=k.")
        k = teacher
    elif selection == "argmax":
        k = jnp.argmax(log_pi)
    else:
        raise SettingsError(f"selection '{selection}' is unknown: use {', '.join(SELECTIONS)}.")
    return write_back(index, state, k, block, alpha=alpha, beta=beta), k
