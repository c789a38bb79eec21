"""What a million concepts cost: learning, recall, ranking, attention and writing, beside what they must cost.

    python benchmarks/scale.py [--concepts 1000000] [--dim 128] [--only recall ...] [--json]

The machine's float32 product and its copying are measured in the same run, and ``model`` is the time that docs/scale.md
gives: the greater of operations / product and bytes / reading. Bars: one recall step within 1.5 times what copying the
bytes of A takes, batches of 64 and more at .6 of the product, everything within 6 GB."""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from devices import seconds_a_call

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.checkpoint import save_brain
from tensorbrain.compilation import set_up
from tensorbrain.evaluation.completion import ranks
from tensorbrain.factorization import create_model
from tensorbrain.graph.vocabulary import Concept, Vocabulary
from tensorbrain.learning.completion import complete
from tensorbrain.learning.completion_steps import completion_loss
from tensorbrain.learning.concept_rows import taken
from tensorbrain.learning.grouped import among, grouped, grouped_batches
from tensorbrain.learning.recipes import Recipe
from tensorbrain.modes.decoder import close_window, open_window
from tensorbrain.modes.mapped import open_mapped
from tensorbrain.modes.pool import SUBJECT, Recalls, pooled
from tensorbrain.numerics.running import attended
from tensorbrain.settings import Settings
from tensorbrain.tensor_memory import model_scores

PREDICATES, CANDIDATES, BATCH = 200, 4096, 512
SECONDS = 3.0  # at least, of each measurement


def machine() -> dict[str, float]:
    """Operations a second of a float32 product, and bytes a second that are copied, and that are read."""
    x = jax.random.normal(jax.random.key(0), (3000, 3000))
    long = jax.random.normal(jax.random.key(0), (64_000_000,))
    source, goal = np.asarray(long), np.empty(len(long), np.float32)
    product, summed = jax.jit(lambda x: x @ x), jax.jit(lambda x: x.sum())
    return {
        "product": 2 * 3000**3 / seconds_a_call(lambda: product(x), SECONDS),
        "copying": source.nbytes / seconds_a_call(lambda: np.copyto(goal, source), SECONDS),
        "reading": source.nbytes / seconds_a_call(lambda: summed(long), SECONDS),
    }


def brain_of(concepts: int, dim: int) -> TensorBrain:
    return TensorBrain.create((concepts, PREDICATES, 0), Settings(dim=dim, context=dim), key=jax.random.key(0))


def recall(concepts: int, dim: int, of: dict[str, float]) -> Iterator[dict[str, Any]]:
    """One window of cues side by side: evolve, score all concepts, softmax, choose the best, write back."""
    brain = brain_of(concepts, dim)

    @jax.jit
    def step(brain: TensorBrain, q: jax.Array) -> jax.Array:
        def one(q: jax.Array) -> jax.Array:
            state, log_pi = open_window(brain, brain.start(q, "spo"), "s")
            return close_window(brain, state, jnp.argmax(log_pi), "s").q

        return jax.vmap(one)(q)

    @jax.jit
    def in_chunks(brain: TensorBrain, q: jax.Array) -> jax.Array:
        keys = jax.random.split(jax.random.key(0), len(q))
        slots = jnp.full((len(q), 1), SUBJECT)
        return pooled(brain, Recalls(q, slots, slots - 1, keys), size=len(q))[1]

    for batch, how, what in (
        (1, step, ""),
        (64, step, ", all scores at once"),
        (64, in_chunks, ""),
        (256, in_chunks, ""),
    ):
        q = jax.random.normal(jax.random.key(1), (batch, dim))
        took = seconds_a_call(partial(how, brain, q), SECONDS)
        operations = 2 * batch * concepts * dim
        row = {
            "what": f"recall, a step of {batch} cues{what}",
            "seconds": took,
            "model": max(operations / of["product"], 4 * concepts * dim / of["reading"]),
            "share of product": operations / took / of["product"],
        }
        if batch == 1:
            row["times the copy"] = took / (4 * concepts * dim / of["copying"])
        yield row


def learning(concepts: int, dim: int, of: dict[str, float]) -> Iterator[dict[str, Any]]:
    """ComplEx by sampled softmax: a step of 512 queries among 4,096 concepts drawn for it and its own."""
    random = np.random.default_rng(0)
    count = 40 * BATCH
    parts = (random.integers(0, n, count) for n in (concepts, PREDICATES, concepts))
    rows = np.stack([*parts, np.full(count, -1)], axis=1).astype(np.int32)
    model = create_model("complex", (concepts, PREDICATES, 0), rank=dim // 2, key=jax.random.key(0))
    recipe = Recipe(rank=dim // 2, epochs=3, batch=BATCH, candidates=CANDIDATES)
    _, history = complete(model, rows, recipe)
    took = history[-1]["seconds"] - history[0]["seconds"]  # the first epoch compiles
    batch = next(grouped_batches(grouped(rows, BATCH), random=random))
    weighed = 2 * len(batch.rows) + CANDIDATES
    steps = 2 * 2 * count / BATCH
    yield {
        "what": f"learning, a step of {BATCH} queries among {weighed:,} concepts",
        "seconds": took / steps,
        "model": 3 * 2 * BATCH * weighed * dim / of["product"] + 8 * 4 * weighed * dim / of["reading"],
        "statements a second": 2 * count / took,
    }


def bias(concepts: int, dim: int, of: dict[str, float]) -> Iterator[dict[str, Any]]:
    """How far below the exact loss the sampled one lies on average, by the number drawn, in nats a statement."""
    random, few = np.random.default_rng(0), min(concepts, 20_000)
    model = create_model("complex", (few, PREDICATES, 0), rank=dim // 2, key=jax.random.key(0))
    rows = np.stack([*(random.integers(0, n, 4096) for n in (few, PREDICATES, few)), np.full(4096, -1)], axis=1)
    rows = rows.astype(np.int32)
    recipe = Recipe(rank=dim // 2, epochs=3, batch=64, penalty=0.001)
    model, _ = complete(model, rows, recipe)
    batch = next(grouped_batches(grouped(rows, 64), random=random))
    loss = jax.jit(completion_loss, static_argnames="recipe")
    plain = recipe.with_(penalty=0.0)
    exact = float(loss(model, batch, plain))
    for candidates in (256, 1024, 4096):
        groups = [among(batch, few, candidates, random=random) for _ in range(30)]
        drawn = [float(loss(taken(model, jnp.asarray(b.group.ids)), b, plain)) for b in groups if b.group is not None]
        yield {
            "what": f"bias of the loss, {candidates:,} of {few:,} drawn",
            "nats": float(np.mean(drawn)) - exact,
            "standard error": float(np.std(drawn)) / len(drawn) ** 0.5,
            "exact loss": exact,
        }


def ranking(concepts: int, dim: int, of: dict[str, float]) -> Iterator[dict[str, Any]]:
    """Filtered ranks among all concepts."""
    random, asked = np.random.default_rng(0), 256
    model = create_model("complex", (concepts, PREDICATES, 0), rank=dim // 2, key=jax.random.key(0))
    rows = np.stack([*(random.integers(0, n, asked) for n in (concepts, PREDICATES, concepts)), np.full(asked, -1)], 1)
    rows = rows.astype(np.int32)
    took = seconds_a_call(
        lambda: ranks(lambda r, slot: model_scores(model, jnp.asarray(r), slot), rows, rows, "o"), SECONDS
    )
    operations = 2 * asked * concepts * dim
    yield {
        "what": f"ranking {asked} answers",
        "seconds": took,
        "model": operations / of["product"] + 6 * 4 * asked * concepts / of["reading"],
    }


def attention(concepts: int, dim: int, of: dict[str, float]) -> Iterator[dict[str, Any]]:
    """Soft attention of 64 queries over all concepts, 16,384 at a time."""
    keys = jax.random.normal(jax.random.key(0), (concepts, dim))
    q = jax.random.normal(jax.random.key(1), (64, dim))
    took = seconds_a_call(lambda: attended(q, keys, keys, chunk=16_384), SECONDS)
    operations = 2 * 2 * 64 * concepts * dim
    yield {
        "what": "attention of 64 queries over all concepts",
        "seconds": took,
        "model": operations / of["product"] + 4 * concepts * (dim + 64) / of["reading"],
    }


def writing(concepts: int, dim: int, of: dict[str, float]) -> Iterator[dict[str, Any]]:
    """A new index gets its embedding, in place: what one more moment costs, whatever is stored already."""
    write = jax.jit(lambda A, k, a: A.at[k].set(a), donate_argnums=0)
    A, a = jax.random.normal(jax.random.key(0), (concepts, dim)), jnp.ones(dim)
    times = []
    for k in range(50):
        start = time.perf_counter()
        A = jax.block_until_ready(write(A, jnp.asarray(k), a))
        times.append(time.perf_counter() - start)
    yield {"what": "writing one index in place", "seconds": float(np.median(times)), "model": 8 * dim / of["copying"]}


def mapped(concepts: int, dim: int, of: dict[str, float]) -> Iterator[dict[str, Any]]:
    """Recall of 64 cues from an index that stays on the disk (in the page cache, if memory allows)."""
    words = Vocabulary(
        tuple(Concept(f"urn:{k}", f"c{k}", "entity") for k in range(concepts)),
        tuple(Concept(f"urn:p{k}", f"p{k}", "predicate") for k in range(PREDICATES)),
        (),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "large.brain.safetensors")
        settings = Settings(dim=dim, context=dim)
        save_brain(Brain(brain_of(concepts, dim), words, settings), path)
        del words
        brain = open_mapped(path)
        cues = np.full((64, 3), -1, np.int32)
        took = seconds_a_call(lambda: brain.recall(cues)[1], SECONDS)
    yield {
        "what": "recall of 64 statements from the disk",
        "seconds": took,
        "model": 2 * (4 * concepts * dim / of["copying"] + 2 * 64 * concepts * dim / of["product"]),
    }


PARTS = {part.__name__: part for part in (recall, learning, bias, ranking, attention, writing, mapped)}


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--concepts", type=int, default=1_000_000)
    asked.add_argument("--dim", type=int, default=128)
    asked.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    asked.add_argument("--json", action="store_true")
    asked = asked.parse_args()
    set_up()
    of = machine()
    print(", ".join(f"{name} {value / 1e9:.1f} G/s" for name, value in of.items()), file=sys.stderr, flush=True)
    rows = []
    for name in asked.only:
        for row in PARTS[name](asked.concepts, asked.dim, of):
            row["peak GB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
            rows.append(row)
            if not asked.json:
                shown = [f"{key} {value:.3g}" for key, value in row.items() if key != "what"]
                print(f"{row['what']:<50} " + ", ".join(shown), flush=True)
    if asked.json:
        print(json.dumps({"machine": of, "rows": rows}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
