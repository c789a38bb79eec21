"""Joint learning: perception, episodic and semantic memory, and writing, on the same embeddings at once (TB23)."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from tqdm.auto import tqdm

from tensorbrain.brain import TensorBrain
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.learning.batches import generalise, training_rows
from tensorbrain.learning.objectives import statement_loss, trainable
from tensorbrain.learning.observing import Seen
from tensorbrain.learning.perception import perception_terms
from tensorbrain.learning.schooling import descend, learning_rate, optimiser
from tensorbrain.learning.train import classes_of
from tensorbrain.learning.writing import Episodes, exchanged, resting, writing_terms
from tensorbrain.modes.choices import Choices
from tensorbrain.numerics.finite import a_number
from tensorbrain.stopping import stop_on_ctrl_c
from tensorbrain.typing import Array, Float, Int, Int32, PRNGKeyArray

SCENES, ROWS, LIVED, TOLD = 16, 256, 16, 48  # a step: scenes perceived, rows remembered, episodes written
LOOKS = 3  # writing takes longer to learn than seeing: pictures are looked at in one of so many steps
EXCHANGED = 0.5  # share of the told episodes in which others of the same class play the parts
WEIGHTS = {
    "memory": 1.0,
    "instant": 0.3,
    "thing": 1.0,
    "labels": 1.0,
    "object": 1.0,
    "predicate": 1.0,
    "write": 1.0,
    "find": 0.3,
}
OPTIMISER = optimiser(0.005, maps=("V", "B", "W"))
GENERALISED = 0.02  # share of semantic rows that are told of a class instead of its member
DROPOUT = 0.2  # share of blackboard units wiped before a feedback
DROPPED = 0.2  # share of the features of a look that are missing in each step, as pictures are fewer than weights


def joint_loss(
    brain: TensorBrain,
    seen: Seen | None,
    choices: Choices,
    rows: Int[Array, "row 4"],
    episodes: Episodes | None,
    *,
    key: PRNGKeyArray,
) -> tuple[Float[Array, ""], dict[str, Float[Array, ""]]]:
    """The weighted sum of the losses of perception, memory and writing, and each of them by name, in nats."""
    terms = {} if seen is None else perception_terms(brain, seen, choices, key=key, dropout=DROPOUT)._asdict()
    terms["memory"] = statement_loss(brain, rows, jnp.ones(len(rows)))
    if episodes is not None:
        terms["write"], terms["find"] = writing_terms(brain, episodes)
    return sum((WEIGHTS[name] * value for name, value in terms.items()), jnp.zeros(())), terms


def can_change(brain: TensorBrain, *, learn_beta: bool, fixed: Callable[[TensorBrain], Any] | None) -> TensorBrain:
    """What joint learning may change: all that memory learns, encoders, gates, silence, how to write; not ``fixed``."""
    mask = trainable(brain, learn_beta=learn_beta)
    all_of = partial(jax.tree_util.tree_map, lambda _: True)
    mask = eqx.tree_at(
        lambda b: (b.sensory.encoders, b.sensory.mu, b.silence, b.kappa, b.imprint),
        mask,
        (all_of(brain.sensory.encoders), all_of(brain.sensory.mu), True, True, True),
    )
    if fixed is not None:
        mask = eqx.tree_at(fixed, mask, replace_fn=lambda _: False)
    return mask


@partial(jax.jit, donate_argnums=(0, 1))
def _learn(
    params: TensorBrain,
    state: optax.OptState,
    frozen: TensorBrain,
    seen: Seen | None,
    choices: Choices,
    rows: Int[Array, "row 4"],
    episodes: Episodes | None,
    rate: Float[Array, ""],
    key: PRNGKeyArray,
) -> tuple[TensorBrain, optax.OptState, dict[str, Float[Array, ""]]]:
    if seen is not None:
        seen = seen._replace(features=_dropped(seen.features, key), unions=_dropped(seen.unions, key))

    def loss(params: TensorBrain) -> tuple[Float[Array, ""], dict[str, Float[Array, ""]]]:
        return joint_loss(eqx.combine(params, frozen), seen, choices, rows, episodes, key=key)

    (_, terms), gradient = jax.value_and_grad(loss, has_aux=True)(params)
    return *descend(OPTIMISER, params, gradient, state, rate), terms


def _dropped(features: Float[Array, "*many feature"], key: PRNGKeyArray) -> Float[Array, "*many feature"]:
    kept = jax.random.bernoulli(key, 1 - DROPPED, features.shape)
    return jnp.where(kept, features / (1 - DROPPED), 0.0)


def learn_jointly(
    brain: TensorBrain,
    graph: KnowledgeGraph,
    seen: Seen,
    choices: Choices,
    *,
    steps: int = 2000,
    peak: float = 2e-3,
    pool: Int32[np.ndarray, "episode statement 3"] | None = None,
    learn_beta: bool = False,
    fixed: Callable[[TensorBrain], Any] | None = None,
    seed: int = 0,
    progress: bool = True,
) -> tuple[TensorBrain, list[dict[str, Any]]]:
    """Teach a brain what its taught eye has ``seen`` and what the graph says, and where there is a ``pool`` to write.

    ``pool`` has episodes (statements (s, p, o), -1 padding) that are never shown as pictures: writing is learned on
    ever new ones, and pictures are looked at in one of ``LOOKS`` steps. ``fixed`` names parameters that stay as they
    are. Ctrl-C ends the lessons early. Returns the brain and the terms of the loss over time.
    """
    random = np.random.default_rng(seed)
    rows, _ = training_rows(graph, np.zeros((0, 3), np.int32))
    class_of = classes_of(graph)
    params, frozen = eqx.partition(brain, can_change(brain, learn_beta=learn_beta, fixed=fixed))
    params = jax.tree_util.tree_map(jnp.copy, params)  # the steps reuse their memory
    state = OPTIMISER.init(params)
    keys = jax.random.split(jax.random.key(seed), steps)
    history: list[dict[str, Any]] = []
    summed: dict[str, list[float]] = {}
    started = time.perf_counter()
    with stop_on_ctrl_c() as stopped, tqdm(total=steps, unit="step", desc="brain", disable=not progress) as bar:
        for step in range(steps):
            if stopped.is_set():
                break
            looks = pool is None or step % LOOKS == 0
            batch = seen.pick(random.integers(len(seen.thing), size=SCENES)) if looks else None
            told = rows[random.integers(len(rows), size=ROWS)]
            told = generalise(told, class_of, share=GENERALISED, random=random)
            written = None if pool is None else _episodes(seen, pool, class_of, random)
            rate = jnp.asarray(learning_rate(peak, step / steps) * min(1.0, (step + 1) / 50), jnp.float32)
            params, state, terms = _learn(
                params, state, frozen, batch, choices, jnp.asarray(told), written, rate, keys[step]
            )
            for name, value in terms.items():
                summed.setdefault(name, []).append(a_number(float(value), f"step {step + 1}, {name}"))
            bar.update()
            if (step + 1) % 100 == 0:
                means = {name: round(float(np.mean(values)), 4) for name, values in summed.items()}
                history.append({"step": step + 1, "seconds": round(time.perf_counter() - started, 3), **means})
                bar.set_postfix({name: f"{value:.2f}" for name, value in means.items()})
                summed = {}
    brain = eqx.combine(params, frozen)
    if pool is not None:
        many = [_episodes(seen, pool, class_of, random) for _ in range(16)]
        episodes = jax.tree_util.tree_map(lambda *a: jnp.concatenate(a), *many)
        brain = eqx.tree_at(lambda b: b.rest, brain, jax.jit(resting)(brain, episodes))
    return brain, history


def _episodes(seen: Seen, pool: np.ndarray, class_of: np.ndarray, random: np.random.Generator) -> Episodes:
    """``LIVED`` episodes that were seen, and ``TOLD`` ones that are only told, each before a scene of another.

    So the statements must be read from what they leave behind, not guessed from the look of the scene.
    """
    lived = random.integers(len(seen.thing), size=LIVED)
    scenes = np.concatenate([lived, random.integers(len(seen.thing), size=TOLD)])
    rows = np.asarray(seen.statements)[lived, : pool.shape[1]]
    own = np.where(rows[..., 3:4] >= 0, rows[..., 2:], -1)
    told = exchanged(pool[random.integers(len(pool), size=TOLD)], class_of, share=EXCHANGED, random=random)
    statements = np.concatenate([own, told])
    return Episodes(
        jnp.asarray(statements),
        jnp.asarray(statements[..., 0] >= 0),
        jnp.asarray(np.asarray(seen.features)[scenes, 0].astype(np.float32)),
        jnp.asarray(np.asarray(seen.again)[scenes].astype(np.float32)),
    )
