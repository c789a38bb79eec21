"""Replay of activations: a brain reactivates a state and says what it evokes, and another learns to say the same.

No statement is stored for it: what is learned from are the distributions of the brain that replays.
"""

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import optax

from tensorbrain.brain import TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.layers import BrainState
from tensorbrain.modes.decoder import close_window, open_window
from tensorbrain.typing import Array, Float, Int

# What learning by replay may move. The senses, the gates and the voices stay in every case.
MOVES: dict[str, Callable[[TensorBrain], tuple[Array, ...]]] = {
    "a_bar": lambda b: (b.a_bar,),
    "embeddings": lambda b: (b.a_bar, b.index.A, b.index.a0),
    "all": lambda b: (
        *(b.a_bar, b.index.A, b.index.a0),
        *(b.memory.V, b.memory.B, b.memory.W, b.memory.v0, b.memory.w0),
    ),
}


class Dreams(NamedTuple):
    """Statements that a brain said from one state, and with which probabilities it said them.

    ``chosen`` (statement, 3) in the decode order; ``log_first`` (concept,) of the window that all share, ``log_second``
    and ``log_third`` (statement, concept) of the windows that follow.
    """

    chosen: Int[Array, "*many statement 3"]
    log_first: Float[Array, "*many first"]
    log_second: Float[Array, "*many statement second"]
    log_third: Float[Array, "*many statement third"]


def dream(brain: TensorBrain, q: Float[Array, " dim"], order: str, u: Float[Array, "statement 3"]) -> Dreams:
    """Reactivate the state q and say statements of it, s, p, o ~ P(s, p, o | q), window by window.

    One for each row of ``u``, random numbers in [0, 1). The distributions of all windows are kept beside what was drawn
    from them. Source: TB23 (sampling).

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> dreams = dream(brain, brain.a_bar, "spo", jax.random.uniform(jax.random.key(1), (6, 3)))
    >>> dreams.chosen.shape, dreams.log_second.shape
    ((6, 3), (6, 3))
    """
    state, log_first = open_window(brain, brain.start(q, order), order[0])

    def follow(u: Float[Array, "3"]):
        k_1 = drawn(log_first, u[0])
        then, log_second = open_window(brain, close_window(brain, state, k_1, order[0]), order[1])
        k_2 = drawn(log_second, u[1])
        log_third = _last(brain, then, k_2, order)
        return jnp.stack([k_1, k_2, drawn(log_third, u[2])]), log_second, log_third

    chosen, log_second, log_third = jax.vmap(follow)(u)
    return Dreams(chosen, log_first, log_second, log_third)


def divergence(brain: TensorBrain, q: Float[Array, " dim"], order: str, dreams: Dreams) -> Float[Array, ""]:
    """KL(P || P_brain(. | q)) in nats, P being what the dreams were drawn from: window by window, along the dreams.

    Unbiased in the statements that were drawn, and exact in every window's outcomes: for a brain that says
    the same it is 0 whatever was drawn, and so is its gradient.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> dreams = dream(brain, brain.a_bar, "spo", jax.random.uniform(jax.random.key(1), (6, 3)))
    >>> abs(float(divergence(brain, brain.a_bar, "spo", dreams))) < 1e-6
    True
    """
    state, log_first = open_window(brain, brain.start(q, order), order[0])

    def follow(chosen: Int[Array, "3"]):
        then, log_second = open_window(brain, close_window(brain, state, chosen[0], order[0]), order[1])
        return log_second, _last(brain, then, chosen[1], order)

    log_second, log_third = jax.vmap(follow)(dreams.chosen)
    first = _kl(dreams.log_first, log_first)
    return first + (_kl(dreams.log_second, log_second) + _kl(dreams.log_third, log_third)).mean()


def _last(brain: TensorBrain, state: BrainState, k: Int[Array, ""], order: str) -> Float[Array, " concept"]:
    return open_window(brain, close_window(brain, state, k, order[1]), order[2])[1]


def drawn(log_p: Float[Array, " concept"], u: Float[Array, ""]) -> Int[Array, ""]:
    """The outcome k ~ P at which the distribution function passes u in [0, 1): one random number is enough.

    >>> [int(drawn(jnp.log(jnp.array([0.5, 0.0, 0.5])), jnp.asarray(u))) for u in (0.0, 0.49, 0.5, 0.99)]
    [0, 0, 2, 2]
    """
    up_to = jnp.cumsum(jnp.exp(log_p))
    return (up_to <= u * up_to[-1]).sum(dtype=jnp.int32)


def _kl(log_p: Float[Array, "*many concept"], log_q: Float[Array, "*many concept"]) -> Float[Array, "*many"]:
    return (jnp.exp(log_p) * (log_p - log_q)).sum(axis=-1)


def moving(brain: TensorBrain, moves: str) -> TensorBrain:
    """A tree of booleans, True at what learning by replay may change; SettingsError for an unknown choice.

    ``a_bar``: that alone. ``embeddings``: a-bar and the rows of A. ``all``: these and the working memory.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 4), Settings(dim=8, context=8), key=jax.random.key(0))
    >>> mask = moving(brain, "embeddings")
    >>> mask.a_bar, mask.index.A, mask.memory.V
    (True, True, False)
    """
    if moves not in MOVES:
        raise SettingsError(f"'{moves}' is nothing that a replay moves: use {', '.join(MOVES)}.")
    where = MOVES[moves]
    return eqx.tree_at(where, jax.tree_util.tree_map(lambda _: False, brain), (True,) * len(where(brain)))


def optimiser() -> optax.GradientTransformation:
    """Clipped Adam without weight decay, which would forget; the rate is applied by ``descend``.

    A brain that replays itself has a gradient of rounding errors alone, which the usual eps of 1e-8 would blow up.
    """
    return optax.chain(optax.clip_by_global_norm(1.0), optax.scale_by_adam(eps=1e-6))


def descend(
    params: TensorBrain, gradient: TensorBrain, state: optax.OptState, rate: Float[Array, ""]
) -> tuple[TensorBrain, optax.OptState]:
    """One step downhill: the new parameters and the new state of the optimiser."""
    with jax.numpy_dtype_promotion("standard"):  # optax counts steps in int32 beside float32 moments
        step, state = optimiser().update(gradient, state, params)  # pyright: ignore
    return jax.tree_util.tree_map(lambda p, u: p - rate * u, params, step), state


def rates(peak: float, steps: int) -> Float[Array, " step"]:
    """A cosine from ``peak`` down to a twentieth of it, over the steps.

    >>> [round(float(rate), 3) for rate in rates(1.0, 3)]
    [1.0, 0.525, 0.05]
    """
    return peak * (0.05 + 0.475 * (1 + jnp.cos(jnp.linspace(0.0, jnp.pi, steps))))
