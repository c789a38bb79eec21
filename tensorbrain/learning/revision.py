"""Revision: at the end of a course the moments are gone through once more, with all that is general left as it is."""

import time
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from tensorbrain.brain import TensorBrain
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.learning.objectives import statement_loss
from tensorbrain.learning.observing import Seen
from tensorbrain.learning.schooling import descend, learning_rate, optimiser
from tensorbrain.modes.looking import Sight, moment
from tensorbrain.typing import Array, Float, Int

ROWS, SCENES = 1024, 64  # in one step: statements remembered, pictures recognised


@partial(jax.jit, donate_argnums=(0, 1))
def _revise(
    a: Float[Array, "instant dim"],
    state: optax.OptState,
    brain: TensorBrain,
    rows: Int[Array, "row 4"],
    features: Float[Array, "scene feature"],
    instant: Int[Array, " scene"],
    rate: Float[Array, ""],
):
    def loss(a: Float[Array, "instant dim"]) -> Float[Array, ""]:
        now = with_instants(brain, a)

        def log_p(features: Float[Array, " feature"], t: Int[Array, ""]) -> Float[Array, ""]:
            whole = Sight(features, jnp.array([0.0, 0.0, 1.0, 1.0]))
            return moment(now, whole, attention=False)[2][t]

        recognised = -jax.vmap(log_p)(features, instant).mean()
        return statement_loss(now, rows, jnp.ones(len(rows))) + 0.3 * recognised

    value, gradient = jax.value_and_grad(loss)(a)
    return *descend(optimiser(0.0), a, gradient, state, rate), value


def with_instants(brain: TensorBrain, a: Float[Array, "instant dim"]) -> TensorBrain:
    """The brain with other embeddings of its instants."""
    A = brain.index.A.at[brain.index.block("instant")].set(a)
    return eqx.tree_at(lambda b: b.index.A, brain, A)


def revise(
    brain: TensorBrain, graph: KnowledgeGraph, seen: Seen, *, steps: int = 400, peak: float = 1e-2, seed: int = 0
) -> tuple[TensorBrain, dict[str, Any]]:
    """Go once more through the episodes: only the rows a_t of the instants change.

    Each a_t is made to recall its statements and to be recognised by its pictures (both views). Nothing that another
    instant, a concept or a new experience rests on is touched. Returns the brain and the last loss, in nats.
    """
    random = np.random.default_rng(seed)
    episodes = graph.episodes.coordinates
    pictured = np.flatnonzero(np.asarray(seen.instant) >= 0)
    looks = (np.asarray(seen.features)[:, 0], np.asarray(seen.again))
    a = jnp.array(brain.index.A[brain.index.block("instant")])
    state = optimiser(0.0).init(a)
    started, values = time.perf_counter(), []
    for step in range(steps):
        rows = episodes[random.integers(len(episodes), size=ROWS)]
        which = pictured[random.integers(len(pictured), size=SCENES)]
        features = looks[step % 2][which].astype(np.float32)
        rate = jnp.asarray(learning_rate(peak, step / steps), jnp.float32)
        a, state, value = _revise(
            a, state, brain, jnp.asarray(rows), jnp.asarray(features), jnp.asarray(seen.instant[which]), rate
        )
        values.append(float(value))
    last = {"step": steps, "loss": round(float(np.mean(values[-20:])), 4)}
    return with_instants(brain, a), {**last, "seconds": round(time.perf_counter() - started, 1)}
