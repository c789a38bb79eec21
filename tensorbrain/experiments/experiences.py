"""New pictures are lived once: is each recalled by its instant, found by a second look, and nothing old forgotten?"""

import dataclasses
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.datasets.scenes import draw, new_scripts
from tensorbrain.evaluation.episodes import recall_figures
from tensorbrain.experiments.schooling import FIRST_LOOK, SECOND_LOOK
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.memory.experience import MOST, Lived, live
from tensorbrain.memory.write import RULES
from tensorbrain.modes.decoder import statement_log_probability
from tensorbrain.modes.looking import Sight, moment, see
from tensorbrain.modes.search import search_many
from tensorbrain.pictures.scenes import Scenes
from tensorbrain.typing import Array, Bool, Float, Int

BEAM = 128
GRADIENT_STEPS = 200  # of Adam, for the index that the one-shot rules stand beside


def experiences(brain: Brain, graph: KnowledgeGraph, *, count: int = 50, seed: int = 0) -> dict[str, Any]:
    """Live ``count`` new pictures under each rule of writing and measure what became of them, and of the old.

    Under each rule: ``statements_at_n``, of the n statements remembered of a picture the share among the n most
    probable of all statements recalled from its instant; ``truth_at_n``, the share of those that are told of the scene;
    ``second_look_at_1``, the share of pictures whose distorted second view reminds most of the right instant, of all
    old and new ones; ``old_recall_drop``, by how much the recall of the old episodes fell. ``gradient`` has the
    same for instants whose index is trained by gradient on the same statements, all else fixed.
    """
    scripts = new_scripts(graph, count, seed=seed + 20_000, nameless=0.0)
    first = draw(scripts, graph, seed=seed + 1, dials=FIRST_LOOK)
    second = draw(scripts, graph, seed=seed + 2, dials=SECOND_LOOK)
    before = recall_figures(brain, graph)["episodic_recall_at_n"]
    figures: dict[str, Any] = {"pictures": count, "old_recall_before": before}
    lived: list[Lived] = []
    for rule in RULES:
        after, lived = brain, []
        for n in range(count):
            after, one = live(after, first.pixels[n], boxes_of(first, n), rule=rule, label=f"picture {n}")
            lived.append(one)
        figures[rule] = measured(after, graph, lived, first, second, before)
        if rule == "learned":
            figures["gradient"] = measured(_by_gradient(after, lived), graph, lived, first, second, before)
    figures["statements_a_picture"] = float(np.mean([len(one.statements) for one in lived]))
    return figures


def boxes_of(scenes: Scenes, n: int) -> np.ndarray:
    """The boxes of the things in picture n."""
    return scenes.boxes[n, 1:][scenes.thing[n, 1:] >= 0]


def measured(
    brain: Brain, graph: KnowledgeGraph, lived: list[Lived], first: Scenes, second: Scenes, before: float
) -> dict[str, float]:
    """The figures of one rule; see ``experiences``."""
    t = np.asarray([brain.vocabulary.find(one.instant, "instant") for one in lived])
    a_new = brain.model.index.A[brain.model.index.block("instant")][t]
    free = jnp.full((len(t), 3), -1, jnp.int32)
    found = jax.device_get(search_many(brain.model, a_new, free, order=brain.model.orders[0], n=MOST, beam=BEAM))
    recalled, true = [], []
    for n, one in enumerate(lived):
        best = {tuple(row) for row in found.statements[n, : len(one.statements)].tolist()}
        stored = {tuple(row) for row in one.statements.tolist()}
        told = {tuple(row) for row in first.statements[n, :, 2:].tolist() if row[1] >= 0}
        recalled.append(len(best & stored) / len(stored))
        true.append(len(best & told) / min(len(told), len(stored)))
    reminded = reminds_of(brain.model, second)
    after = recall_figures(brain, graph)["episodic_recall_at_n"]
    return {
        "statements_at_n": float(np.mean(recalled)),
        "truth_at_n": float(np.mean(true)),
        "second_look_at_1": float((reminded == t).mean()),
        "old_recall_drop": before - after,
    }


def reminds_of(brain: TensorBrain, scenes: Scenes) -> Int[np.ndarray, " scene"]:
    """The instant that each picture reminds of most."""

    @jax.jit
    def one(brain: TensorBrain, pixels: Array) -> Array:
        whole = jnp.array([[0.0, 0.0, 1.0, 1.0]])
        features = see(brain, pixels.astype(jnp.float32) / 255, whole)
        return jnp.argmax(moment(brain, Sight(features[0], whole[0]), attention=False)[2])

    return np.asarray([int(one(brain, jnp.asarray(pixels))) for pixels in scenes.pixels])


def _by_gradient(brain: Brain, lived: list[Lived]) -> Brain:
    """The brain with the embeddings of the lived instants trained on their statements, starting from a random row."""
    rows = np.full((len(lived), MOST, 3), -1, np.int32)
    for n, one in enumerate(lived):
        rows[n, : len(one.statements)] = one.statements
    t = np.asarray([brain.vocabulary.find(one.instant, "instant") for one in lived])
    a = _train_rows(brain.model, jnp.asarray(rows), jnp.asarray(rows[..., 0] >= 0))
    index = brain.model.index
    A = index.A.at[index.block("instant").start + t].set(a)
    return dataclasses.replace(brain, model=eqx.tree_at(lambda b: b.index.A, brain.model, A))


@jax.jit
def _train_rows(
    brain: TensorBrain, rows: Int[Array, "episode statement 3"], told: Bool[Array, "episode statement"]
) -> Float[Array, "episode dim"]:
    order, adam = brain.orders[0], optax.adam(0.05)

    def loss(a: Float[Array, "episode dim"]) -> Float[Array, ""]:
        def one(
            a: Float[Array, " dim"], rows: Int[Array, "statement 3"], told: Bool[Array, " statement"]
        ) -> Float[Array, ""]:
            log_p = jax.vmap(lambda row: statement_log_probability(brain, a, row, order).sum())(jnp.maximum(rows, 0))
            return -jnp.where(told, log_p, 0.0).sum()

        return jax.vmap(one)(a, rows, told).sum()

    def step(carry: tuple[Float[Array, "episode dim"], optax.OptState], _: None):
        a, state = carry
        with jax.numpy_dtype_promotion("standard"):  # optax counts steps in int32 beside float32 moments
            update, state = adam.update(jax.grad(loss)(a), state)
        return (jax.tree.map(jnp.add, a, update), state), None

    start = 0.5 * jax.random.normal(jax.random.key(0), (len(rows), brain.board.dim))
    (a, _), _ = jax.lax.scan(step, (start, adam.init(start)), None, length=GRADIENT_STEPS)
    return a


WORDS = {
    "statements_at_n": "what was remembered, among the n most probable of all statements",
    "truth_at_n": "what is told of the scene, likewise",
    "second_look_at_1": "a distorted second look reminds of the right moment",
    "old_recall_drop": "recall of the old episodes fell by",
}


def table(figures: dict[str, Any]) -> str:
    """The rules of writing side by side, beside an index trained by gradient."""
    columns = [*RULES, "gradient"]
    lines = [
        f"{figures['pictures']} new pictures, each lived once, {figures['statements_a_picture']:.1f} statements each"
    ]
    lines.append(f"{'':<66}" + "".join(f"{name:>10}" for name in columns))
    for key, words in WORDS.items():
        lines.append(f"{words:<66}" + "".join(f"{figures[name][key]:>10.3f}" for name in columns))
    return "\n".join(lines)
