"""How fast the brain learns and recalls on the device that JAX finds, beside that device's own matrix product.

    python benchmarks/devices.py [--seconds 2] [--json]

Learning: steps of ``tensorbrain.learning`` on random statements, as many concepts as in a small world, in FB15k-237 and
in a graph of 200,000 concepts, of which a batch then weighs 2,048 at random. Recall: many cues together, one window
after another. A step's arithmetic is what XLA counts in the compiled program; its share is of the float32 product."""

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import tensorbrain as tb
from tensorbrain.learning.batches import epoch_batches
from tensorbrain.learning.objectives import batch_loss, trainable
from tensorbrain.learning.prefixes import stacked
from tensorbrain.learning.schooling import descend, optimiser
from tensorbrain.modes.decoder import close_window, open_window

CHUNK = 8  # steps in one call
SIZES = (  # concepts, predicates, dim, batch, random candidates of a batch
    (1_000, 32, 256, 128, 16_384),
    (14_541, 237, 256, 1024, 16_384),
    (200_000, 400, 256, 1024, 2_048),
)
CUES = (1, 64, 1024, 16_384)


def seconds_a_call(call: Callable[[], Any], least: float) -> float:
    """The median time of a warm call that waits for its result, of as many as fit into ``least`` seconds."""
    jax.block_until_ready(call())
    times: list[float] = []
    while not times or sum(times) < least:
        start = time.perf_counter()
        jax.block_until_ready(call())
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def product(n: int, kind: Any, precision: str | None, least: float) -> float:
    """Operations a second of an n x n matrix product."""
    x = jax.random.normal(jax.random.key(0), (n, n), kind)
    multiply = jax.jit(lambda x: jnp.matmul(x, x, precision=precision))
    return 2 * n**3 / seconds_a_call(lambda: multiply(x), least)


def learning(concepts: int, predicates: int, dim: int, batch: int, candidates: int, least: float) -> dict[str, Any]:
    """Statements learned a second, and the operations of one."""
    random = np.random.default_rng(0)
    count = batch * CHUNK
    parts = (random.integers(0, n, count) for n in (concepts, predicates, concepts))
    rows = np.stack([*parts, np.full(count, -1)], axis=1).astype(np.int32)
    settings = tb.Settings(dim=dim, context=dim)
    brain = tb.TensorBrain.create((concepts, predicates, 0), settings, key=jax.random.key(0))
    params, frozen = eqx.partition(brain, trainable(brain, learn_beta=False))
    adam = optimiser(0.02)
    batches = epoch_batches(
        rows, np.ones(count, np.float32), settings.orders, batch=batch, concepts=concepts, candidates=candidates,
        random=random,
    )  # fmt: skip
    told = jax.device_put(stacked(list(batches), {}))

    def one(params, state, batch):
        gradient = jax.grad(lambda params: batch_loss(eqx.combine(params, frozen), batch))(params)
        return descend(adam, params, gradient, state, jnp.float32(1e-3))

    @partial(jax.jit, donate_argnums=(0, 1))
    def learned(params, state, told):
        return jax.lax.scan(lambda carry, batch: (one(*carry, batch), None), (params, state), told)[0]

    counted = jax.jit(one).lower(params, adam.init(params), jax.tree.map(lambda leaf: leaf[0], told)).compile()
    start = time.perf_counter()
    step = learned.lower(params, adam.init(params), told).compile()
    compiling = time.perf_counter() - start
    state = [params, adam.init(params)]

    def call():
        state[:] = step(*state, told)
        return state

    seconds = seconds_a_call(call, least)
    analysis = counted.cost_analysis()
    return {
        "concepts": concepts, "dim": dim, "batch": batch, "weighed": min(concepts, candidates),
        "statements_a_second": count / seconds, "milliseconds_a_step": 1e3 * seconds / CHUNK,
        "operations_a_second": CHUNK * float((analysis or {}).get("flops", np.nan)) / seconds, "compiling": compiling,
    }  # fmt: skip


def recalling(cues: int, least: float, concepts: int = 10_000, dim: int = 256) -> dict[str, Any]:
    """Windows a second when so many cues are decoded together, three windows each."""
    settings = tb.Settings(dim=dim, context=dim)
    brain = tb.TensorBrain.create((concepts, 32, 0), settings, key=jax.random.key(0))

    @jax.jit
    def decode(brain, cues):
        def one(q):
            state = brain.start(q, "spo")
            for slot in "spo":
                state, log_pi = open_window(brain, state, slot)
                state = close_window(brain, state, jnp.argmax(log_pi), slot)
            return state.q

        return jax.vmap(one)(cues)

    q = brain.a_bar[None] + 0.1 * jax.random.normal(jax.random.key(1), (cues, dim))
    seconds = seconds_a_call(lambda: decode(brain, q), least)
    return {"cues": cues, "concepts": concepts, "dim": dim, "windows_a_second": 3 * cues / seconds}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=2.0, help="at least so long is measured for each figure")
    arguments.add_argument("--json", action="store_true")
    given = arguments.parse_args()
    device = jax.devices()[0]
    n = 2048 if device.platform == "cpu" else 8192
    peaks = {
        "float32": product(n, jnp.float32, "highest", given.seconds),
        "float32, as JAX multiplies by default": product(n, jnp.float32, None, given.seconds),
        "bfloat16": product(n, jnp.bfloat16, None, given.seconds),
    }
    learned = [learning(*size, given.seconds) for size in SIZES]
    recalled = [recalling(cues, given.seconds) for cues in CUES]
    if given.json:
        device_words = {"device": device.device_kind, "platform": device.platform, "jax": jax.__version__}
        print(json.dumps(device_words | {"products": peaks, "learning": learned, "recall": recalled}))
        return
    print(f"{device.device_kind} ({device.platform}), JAX {jax.__version__}")
    for name, peak in peaks.items():
        print(f"  product of {n} x {n} in {name:38s} {peak / 1e12:10.3f} Tflop/s")
    for row in learned:
        share = row["operations_a_second"] / peaks["float32"]
        print(
            f"  learning: {row['concepts']:>9,} concepts, {row['weighed']:>6,} weighed, batch {row['batch']:>5,} "
            f"{row['statements_a_second']:12,.0f} statements/s, {row['milliseconds_a_step']:8.2f} ms a step, "
            f"{share:6.1%} of the float32 product, compiled in {row['compiling']:.1f} s"
        )
    for row in recalled:
        print(
            f"  recall of {row['cues']:>6,} cues together, 10,000 concepts {row['windows_a_second']:14,.0f} windows/s"
        )


if __name__ == "__main__":
    main()
