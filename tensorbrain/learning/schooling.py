"""What all training loops share: the optimiser and its learning rate."""

from typing import Any

import jax
import numpy as np
import optax
from optax.contrib import MuonDimensionNumbers, scale_by_muon

from tensorbrain.typing import Array, Float

MUON = 4.0  # how far a step of Muon goes beside one of Adam at the same rate
NEWTON_SCHULZ = 3  # iterations: in trials 2 learned less in a step, and the usual 5 no more


def optimiser(weight_decay: float, maps: tuple[str, ...] = ()) -> optax.GradientTransformation:
    """Clipped Adam with decoupled weight decay, and Muon for the matrices whose names are in ``maps``.

    Muon makes all singular values of a step alike, so that what is rare is learned as fast as what is frequent.
    The learning rate is applied by the loop. Source: Jordan et al. (2024), Muon.

    >>> import jax.numpy as jnp
    >>> params = {"W": jnp.ones((2, 3)), "w": jnp.ones(3)}
    >>> steps = optimiser(0.0, maps=("W",))
    >>> gradient = {"W": jnp.array([[1.0, 0.0, 0.0], [0.0, 0.1, 0.0]]), "w": jnp.ones(3)}
    >>> moved, _ = descend(steps, params, gradient, steps.init(params), jnp.asarray(0.1))
    >>> bool(jnp.linalg.svd(params["W"] - moved["W"])[1].min() > 0.1 * MUON / 2)
    True
    """
    adam = optax.chain(optax.scale_by_adam(), optax.add_decayed_weights(weight_decay))
    if not maps:
        return optax.chain(optax.clip_by_global_norm(1.0), adam)

    def shapes(params: Any) -> Any:
        return jax.tree_util.tree_map(lambda _: MuonDimensionNumbers(), params)

    def kinds(params: Any) -> Any:
        return jax.tree_util.tree_map_with_path(lambda path, _: "muon" if _name(path) in maps else "adam", params)

    muon = optax.chain(
        scale_by_muon(ns_steps=NEWTON_SCHULZ, weight_dimension_numbers=shapes),
        optax.scale(MUON),
        optax.add_decayed_weights(weight_decay),
    )
    return optax.chain(optax.clip_by_global_norm(1.0), optax.multi_transform({"adam": adam, "muon": muon}, kinds))


def descend(
    steps: optax.GradientTransformation, params: Any, gradient: Any, state: optax.OptState, rate: Float[Array, ""]
) -> tuple[Any, optax.OptState]:
    """One step downhill: the new parameters and the new state of the optimiser.

    >>> import jax.numpy as jnp
    >>> steps, params = optimiser(0.0), jnp.ones(2)
    >>> round(float(descend(steps, params, jnp.ones(2), steps.init(params), jnp.asarray(0.5))[0][0]), 3)
    0.5
    """
    with jax.numpy_dtype_promotion("standard"):  # optax counts steps in int32 beside float32 moments
        step, state = steps.update(gradient, state, params)
    return jax.tree_util.tree_map(lambda p, u: p - rate * u, params, step), state


def _name(path: tuple[Any, ...]) -> str:
    """The name of the field that a leaf stands in, also where it is one of several."""
    named = [key for key in path if not isinstance(key, jax.tree_util.SequenceKey)]
    return str(getattr(named[-1], "name", None) or named[-1].key)


def learning_rate(peak: float, done: float) -> float:
    """A cosine from the peak to a twentieth of it, over the share of the training that is done.

    >>> round(learning_rate(1.0, 0.0), 3), round(learning_rate(1.0, 1.0), 3)
    (1.0, 0.05)
    """
    return peak * (0.05 + 0.95 * 0.5 * (1 + float(np.cos(np.pi * min(done, 1.0)))))
