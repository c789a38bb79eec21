"""Semantic memory: recall from a-bar, the state that stands for all of time; its three definitions."""

from tensorbrain.brain import TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.typing import Array, Float

A_BARS = ("learned", "mean", "mixture")


def semantic_start(brain: TensorBrain, a_bar: str = "learned") -> Float[Array, " dim"]:
    """The start of semantic recall: ``learned`` a-bar, or the ``mean`` sum_t P(t) a_t of all instants.

    The third definition, the exact ``mixture`` sum_t P(t) P(. | t), is a mixture of recalls and has no single
    start: ``ask`` and ``recall`` compute it from all instants. The three agree in a non-negative Tucker model
    (TM17) and differ once the decoder is nonlinear. SettingsError for an unknown name, or without any instant.

    >>> import jax, jax.numpy as jnp
    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> bool(jnp.allclose(semantic_start(brain, "mean"), brain.index.A[8:].mean(axis=0), atol=1e-6))
    True
    """
    if a_bar == "learned":
        return brain.a_bar
    if a_bar not in A_BARS:
        raise SettingsError(f"a-bar '{a_bar}' is unknown: use {', '.join(A_BARS)}.")
    if brain.index.capacity[2] == 0:
        raise SettingsError(f"a-bar '{a_bar}' is made of instants and this brain has none: use learned.")
    if a_bar == "mixture":
        raise SettingsError("the mixture over instants has no single start: use learned or mean here.")
    return brain.index.mixture(brain.p_t, "instant")
