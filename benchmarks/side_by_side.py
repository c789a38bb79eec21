"""Many side by side, and one after the other: recalls in a pool, and the models of a sweep.

    python benchmarks/side_by_side.py

Bar: a pool of 1,000 recalls 20 times as fast as one after the other."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from devices import seconds_a_call
from scale import brain_of

from tensorbrain.brain import TensorBrain
from tensorbrain.compilation import set_up
from tensorbrain.datasets.worlds import load_graph
from tensorbrain.graph.splitting import split_graph
from tensorbrain.learning.recipes import Recipe
from tensorbrain.learning.sweep import Member, sweep
from tensorbrain.learning.taught import teach_completion
from tensorbrain.modes.decoder import decode_statement
from tensorbrain.modes.pool import OBJECT, OVER, PREDICATE, SUBJECT, Recalls, pooled

SECONDS = 3.0  # at least, of each measurement
decoded = jax.jit(decode_statement, static_argnames=("order", "selection"))


def pool() -> Iterator[dict[str, Any]]:
    """1,000 recalls side by side and one after the other, each compiled: statements, and chains of one to four hops."""
    random = np.random.default_rng(0)
    chains = np.full((1000, 9), OVER, np.int32)
    for row, hops in enumerate(random.integers(1, 5, 1000).tolist()):
        chains[row, : 1 + 2 * hops] = [SUBJECT, *[PREDICATE, OBJECT] * hops]
    statements = np.tile(np.array([[SUBJECT, PREDICATE, OBJECT]], np.int32), (1000, 1))
    keys = jax.random.split(jax.random.key(0), 1000)
    for count, width in ((1_000, 64), (10_000, 128)):
        brain = brain_of(count, width)
        for what, slots in (("statements", statements), ("chains", chains)):
            told = np.full_like(slots, -1)
            told[:, 0] = random.integers(0, count, 1000)
            recalls = Recalls(jnp.tile(brain.a_bar, (1000, 1)), jnp.asarray(slots), jnp.asarray(told), keys)
            together = seconds_a_call(partial(pooled, brain, recalls), SECONDS)
            apart = 10 * seconds_a_call(partial(one_by_one, brain, recalls, 100), SECONDS)
            yield {
                "what": f"a pool of 1,000 {what}, {count:,} concepts x {width}",
                "seconds": together,
                "one by one": apart,
                "times as fast": apart / together,
            }


def one_by_one(brain: TensorBrain, recalls: Recalls, count: int) -> list[Any]:
    """The first recalls, each by itself: a chain through a pool of one, a statement by the decoder."""
    found = []
    for row in range(count):
        if recalls.slots.shape[1] == 3:
            found.append(
                decoded(brain, brain.a_bar, recalls.told[row], "spo", selection="argmax", key=recalls.key[row])
            )
        else:
            found.append(pooled(brain, jax.tree.map(lambda leaf, row=row: leaf[row : row + 1], recalls), size=1))
        jax.block_until_ready(found[-1])  # the next user asks when this one has been answered
    return found


def sweeping() -> Iterator[dict[str, Any]]:
    """Eight members of a sweep on a small graph: side by side, and one after the other."""
    splits = split_graph(load_graph("countries"))
    recipe = Recipe(rank=32, epochs=12, batch=64)
    members = [Member(seed, 0.1, penalty) for seed in range(4) for penalty in (0.01, 0.03)]
    together = [epoch["seconds"] for epoch in sweep("complex", splits, recipe, members)[0].history]
    alone = [epoch["seconds"] for epoch in teach_completion("complex", splits, recipe=recipe).history]
    side, one = together[-1] - together[0], alone[-1] - alone[0]
    yield {
        "what": f"a sweep of {len(members)} on {len(splits.train):,} statements, an epoch",
        "seconds": side / (recipe.epochs - 1),
        "one by one": len(members) * one / (recipe.epochs - 1),
        "times as fast": len(members) * one / side,
    }


def main() -> None:
    set_up()
    for row in (*pool(), *sweeping()):
        shown = [f"{key} {value:.3g}" for key, value in row.items() if key != "what"]
        print(f"{row['what']:<50} " + ", ".join(shown), flush=True)


if __name__ == "__main__":
    main()
