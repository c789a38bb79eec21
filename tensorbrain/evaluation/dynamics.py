"""The dynamics of evolve: where the blackboard goes when nothing is sensed, measured or written, and how stably."""

from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.evaluation.fixed_points import Step, fixed_points
from tensorbrain.layers import Blackboard, BrainState, WorkingMemory
from tensorbrain.operations import evolve
from tensorbrain.typing import Array, Bool, Float

FAR = 1e8  # a state that gets longer than this has left, and is held at that length
LOW, HIGH = 0.05, 0.95  # a unit outside is saturated: the slope of the sigmoid is below a fifth of its largest


class Orbit(NamedTuple):
    """What an orbit shows: its largest exponent (nats a step), whether it stayed near, and where it ended.

    Over the second half of the orbit, ``saturation`` is the share of gamma beyond .05 or .95, and ``feedback`` the mean
    |beta a_k| of the concepts over the mean |q|, infinite on a blank blackboard; ``end`` (dim + context,) is its last
    state [q; h].
    """

    exponent: Float[Array, "*batch"]
    bounded: Bool[Array, "*batch"]
    saturation: Float[Array, "*batch"]
    feedback: Float[Array, "*batch"]
    end: Float[Array, "*batch unit"]


def with_gain(memory: WorkingMemory, gain: Float[Array, ""] | float) -> WorkingMemory:
    """V, B and W times ``gain``, and v_0 with V, whose sigmoids it centres; w_0 stays.

    >>> memory = WorkingMemory.create(dim=4, context=3, key=jax.random.key(0))
    >>> bool((with_gain(memory, 2.0).B == 2 * memory.B).all())
    True
    """
    return eqx.tree_at(lambda m: (m.V, m.B, m.W, m.v0), memory, replace_fn=lambda leaf: gain * leaf)


def as_step(board: Blackboard, memory: WorkingMemory) -> Step:
    """Evolve as a map of one vector, z = [q; h].

    >>> memory = WorkingMemory.create(dim=4, context=3, key=jax.random.key(0))
    >>> as_step(Blackboard(4), memory)(jnp.zeros(7)).shape
    (7,)
    """

    return jax.tree_util.Partial(_evolved, board, memory)


def _evolved(board: Blackboard, memory: WorkingMemory, z: Float[Array, " unit"]) -> Float[Array, " unit"]:
    state = evolve(board, memory, BrainState(z[: board.dim], z[board.dim :]))
    return jnp.concatenate([state.q, state.h])


def lyapunov(
    step: Step,
    z: Float[Array, " unit"],
    tangent: Float[Array, " unit"],
    *,
    steps: int = 500,
    burn: int = 100,
) -> tuple[Float[Array, ""], Bool[Array, ""], Float[Array, "step unit"]]:
    """The largest Lyapunov exponent, lim 1/n log |Dg^n v|, in nats a step; whether the orbit stayed near; the orbit.

    A tangent vector is pushed along the orbit by the derivative of the map and brought back to length 1 after every
    step; the logarithms of what it grew by are averaged over ``steps`` after ``burn``. An orbit that goes far away is
    held at the length ``FAR``: where units are ReLU the map is linear along every ray, and the exponent is that of its
    growth. A vector that dies altogether counts as log 1e-30 a step. Source: Benettin et al. (1980).

    >>> turn_and_stretch = jnp.array([[0.0, -1.5], [1.5, 0.0]])
    >>> one = jnp.array([1.0, 0.0])
    >>> exponent, bounded, _ = lyapunov(lambda z: turn_and_stretch @ z, one, one, steps=20, burn=5)
    >>> round(float(exponent), 3), round(float(jnp.log(1.5)), 3), bool(bounded)
    (0.405, 0.405, True)
    """

    def push(
        carry: tuple[Float[Array, " unit"], Float[Array, " unit"], Bool[Array, ""]], _: None
    ) -> tuple[
        tuple[Float[Array, " unit"], Float[Array, " unit"], Bool[Array, ""]],
        tuple[Float[Array, ""], Float[Array, " unit"]],
    ]:
        z, v, near = carry
        z, v_after = jax.jvp(step, (z,), (v,))
        grown, length = jnp.linalg.norm(v_after), jnp.linalg.norm(z)
        v = jnp.where(grown > 1e-30, v_after / jnp.maximum(grown, 1e-30), v)
        z = z * jnp.minimum(1.0, FAR / jnp.maximum(length, 1e-30))
        return (z, v, near & (length < FAR)), (jnp.log(jnp.maximum(grown, 1e-30)), z)

    begun = (z, tangent / jnp.linalg.norm(tangent), jnp.asarray(True))
    (_, _, near), (grown, orbit) = jax.lax.scan(push, begun, length=burn + steps)
    return grown[burn:].mean(), near, orbit[burn:]


@partial(jax.jit, static_argnames=("steps", "burn"))
def orbits(
    brain: TensorBrain,
    gains: Float[Array, " gain"],
    starts: Float[Array, "start dim"],
    tangents: Float[Array, "start unit"],
    *,
    steps: int = 500,
    burn: int = 100,
) -> Orbit:
    """The orbit of evolve from every blackboard in ``starts``, with empty context, under every gain.

    Leading axes (gain, start). Ours: the papers say nothing of stability.

    >>> from tensorbrain.settings import Settings
    >>> brain = TensorBrain.create((5, 3, 0), Settings(dim=8, context=6), key=jax.random.key(0))
    >>> orbits(brain, jnp.array([0.5, 1.0]), brain.index.A[:3], jnp.ones((3, 14)), steps=10, burn=5).exponent.shape
    (2, 3)
    """
    rows = brain.index.block("concept")
    used = brain.index.in_use[rows]
    lengths = jnp.linalg.norm(brain.index.A[rows], axis=1)
    written = jnp.abs(brain.beta) * jnp.where(used, lengths, 0.0).sum() / used.sum(dtype=lengths.dtype)
    context = jnp.zeros(brain.memory.B.shape[0], starts.dtype)

    def one(gain: Float[Array, ""], q: Float[Array, " dim"], tangent: Float[Array, " unit"]) -> Orbit:
        step = as_step(brain.board, with_gain(brain.memory, gain))
        exponent, bounded, orbit = lyapunov(step, jnp.concatenate([q, context]), tangent, steps=steps, burn=burn)
        q = orbit[steps // 2 :, : brain.board.dim]
        gamma = jax.nn.sigmoid(q)
        saturated = ((gamma < LOW) | (gamma > HIGH)).mean(dtype=q.dtype)
        length = jnp.linalg.norm(q, axis=1).mean()
        feedback = jnp.where(length > 1e-6, written / jnp.maximum(length, 1e-6), jnp.inf)
        return Orbit(exponent, bounded, saturated, feedback, orbit[-1])

    return jax.vmap(lambda gain: jax.vmap(partial(one, gain))(starts, tangents))(gains)


def dynamics(
    brain: Brain,
    *,
    gains: tuple[float, ...] = (0.5, 1.0, 1.5, 2.0),
    starts: int = 32,
    steps: int = 500,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Stability of a brain's working memory, a record for every ``gain`` on V, B and W.

    From ``starts`` concepts drawn at random, each alone on the blackboard: ``exponent`` and ``largest``, the mean and
    the largest Lyapunov exponent (below 0: what differs is forgotten; above 0: chaos, or growth without end);
    ``bounded``, the share of orbits that stay near; ``saturation`` and ``feedback`` as in ``Orbit``; ``fixed_points``,
    ``stable`` ones among them, and ``settled``, the share of starts that end in one. Ours.

    >>> from tensorbrain.checkpoint import load_brain
    >>> dynamics(load_brain("countries"), gains=(0.1,), starts=2, steps=60)[0]["settled"]
    1.0
    """
    if starts < 1 or steps < 2 or not gains:
        raise SettingsError("dynamics need at least one start, one gain and two steps.")
    model = brain.model
    k_start, k_tangent = jax.random.split(jax.random.key(seed))
    rows = jax.random.choice(k_start, len(brain.vocabulary.concepts), (starts,))
    q = model.index.A[model.index.block("concept")][rows]
    tangents = jax.random.normal(k_tangent, (starts, model.board.dim + model.memory.B.shape[0]), q.dtype)
    run = orbits(model, jnp.asarray(gains, q.dtype), q, tangents, steps=steps, burn=max(1, steps // 5))
    records = []
    for n, gain in enumerate(gains):
        exponents, bounded = np.asarray(run.exponent[n]), np.asarray(run.bounded[n])
        found = fixed_points(as_step(model.board, with_gain(model.memory, gain)), run.end[n][bounded])
        records.append(
            {
                "gain": gain,
                "exponent": float(exponents.mean()),
                "largest": float(exponents.max()),
                "bounded": float(bounded.mean()),
                "saturation": float(run.saturation[n].mean()),
                "feedback": float(run.feedback[n].mean()),
                "fixed_points": len(found.points),
                "stable": int((found.radius < 1).sum()),
                "settled": float((found.basin >= 0).sum() / starts),
            }
        )
    return records
