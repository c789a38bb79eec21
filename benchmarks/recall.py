"""How long a warm step of recall takes at 1,000 concepts: one window, one statement, one whole recall.

    python benchmarks/recall.py [--concepts 1000] [--dim 256] [--repeats 200]

A window is evolve, read-out of one candidate group and write-back. The brain is untrained, as time does not depend on
what it knows. Beside it stands the arithmetic alone: the window's matrix-vector products in NumPy."""

import argparse
import time
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

import tensorbrain as tb
from tensorbrain.graph.vocabulary import Concept, Vocabulary
from tensorbrain.modes.decoder import close_window, open_window
from tensorbrain.modes.recall import record_run

BAR = 2.0  # milliseconds a window


def milliseconds(step: Callable[[], object], repeats: int) -> float:
    """The median time of a warm call, which waits for its result."""
    jax.block_until_ready(step())
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        jax.block_until_ready(step())
        times.append(time.perf_counter() - start)
    return 1e3 * float(np.median(times))


def words(group: str, count: int) -> tuple[Concept, ...]:
    return tuple(Concept(f"urn:{group}:{k}", f"{group} {k}", group) for k in range(count))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--concepts", type=int, default=1000)
    arguments.add_argument("--dim", type=int, default=256)
    arguments.add_argument("--repeats", type=int, default=200)
    given = arguments.parse_args()
    settings = tb.Settings(dim=given.dim, context=given.dim)
    counts = (given.concepts, 32, 700)
    model = tb.TensorBrain.create(counts, settings, key=jax.random.key(0))
    groups = [words(group, count) for group, count in zip(("entity", "predicate", "instant"), counts, strict=True)]
    vocabulary = Vocabulary(*groups, times=(None,) * counts[2])
    brain = tb.Brain(model, vocabulary, settings)
    state = model.start(model.a_bar, "spo")

    @jax.jit
    def window(model, state):
        state, log_pi = open_window(model, state, "s")
        return close_window(model, state, jnp.argmax(log_pi), "s"), log_pi

    free, keys = jnp.full((1, 3), -1, jnp.int32), jax.random.split(jax.random.key(0), 1)
    A, V, B, W = (np.asarray(x) for x in (model.index.A[: given.concepts], *(getattr(model.memory, m) for m in "VBW")))
    gamma = np.ones(given.dim, np.float32)
    alone = milliseconds(lambda: A @ (W @ (B @ (V @ gamma))), given.repeats)
    one = milliseconds(lambda: window(model, state), given.repeats)
    run = milliseconds(
        lambda: record_run(model, model.a_bar[None], free, keys, order="spo", selection="argmax", top=12), given.repeats
    )
    drawn = milliseconds(lambda: tb.recall(brain, statements=8, selection="sample"), max(3, given.repeats // 10))
    best = milliseconds(lambda: tb.recall(brain, subject="entity 1", statements=8), max(3, given.repeats // 20))
    print(f"{given.concepts:,} concepts, dim {given.dim}, median of {given.repeats} warm calls")
    print(f"  its matrix-vector products alone          {alone:8.3f} ms")
    print(f"  one window                                {one:8.3f} ms   {one / alone:.1f} x the products", end="   ")
    print(f"bar {BAR} ms: {'met' if one <= BAR else 'missed'}")
    print(f"  one recorded statement, three windows     {run:8.3f} ms   {run / 3:.3f} ms a window")
    print(f"  recall of 8 drawn statements              {drawn:8.3f} ms   {drawn / 24:.3f} ms a window")
    print(f"  recall of the 8 most probable, one told   {best:8.3f} ms   a search of all statements about it")


if __name__ == "__main__":
    main()
