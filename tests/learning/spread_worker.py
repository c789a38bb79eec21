"""Learns and ranks on several devices, and writes what came out: started by test_sharding.py, alone or in pairs.

python spread_worker.py OUT DEVICES [ADDRESS NUMBER COUNT]
"""

import sys

import jax
import numpy as np
from jax.experimental import multihost_utils

from tensorbrain.brain import TensorBrain
from tensorbrain.factorization import create_model
from tensorbrain.learning.completion import complete
from tensorbrain.learning.recipes import Recipe
from tensorbrain.modes.completing import ORDERS, SerialDecoder
from tensorbrain.numerics.sharding import concept_mesh, ranked_on, row_sharded
from tensorbrain.settings import Settings
from tensorbrain.tensor_memory import model_scores

CONCEPTS, PREDICATES = 24, 4


def statements() -> np.ndarray:
    random = np.random.default_rng(1)
    s, p, o = (random.integers(0, n, 120) for n in (CONCEPTS, PREDICATES, CONCEPTS))
    return np.unique(np.stack([s, p, o, np.full(120, -1)], axis=1), axis=0).astype(np.int32)


def everything(array: jax.Array) -> np.ndarray:
    """A spread array as one, on every process."""
    return np.asarray(multihost_utils.process_allgather(array, tiled=True))


def main() -> None:
    if len(sys.argv) > 3:
        address, number, count = sys.argv[3:]
        jax.config.update("jax_cpu_collectives_implementation", "gloo")
        jax.distributed.initialize(address, int(count), int(number), local_device_ids=[0])
    out, mesh, rows = sys.argv[1], concept_mesh(int(sys.argv[2])), statements()
    found = {}
    models = {
        "complex": create_model("complex", (CONCEPTS, PREDICATES, 0), rank=8, key=jax.random.key(0)),
        "brain": SerialDecoder(
            TensorBrain.create(
                (CONCEPTS, PREDICATES, 0), Settings(dim=16, context=16, orders=ORDERS), key=jax.random.key(0)
            )
        ),
    }
    recipes = {
        "complex": Recipe(rank=8, epochs=4, batch=16, predicates=0.1),
        "sampled": Recipe(rank=8, epochs=4, batch=4, candidates=4),
        "brain": Recipe(rank=16, epochs=2, batch=16, penalty=0.0, learning_rate=1e-3, predicates=0.1),
    }
    for name, recipe in recipes.items():
        learned, history = complete(models.get(name, models["complex"]), rows, recipe, mesh=mesh)
        found[f"{name}.loss"] = np.array([epoch["loss"] for epoch in history])
        found[f"{name}.scores"] = everything(model_scores(learned, rows[:5], "o"))
        table = learned.brain.index.A if isinstance(learned, SerialDecoder) else learned.keys("o")
        assert not table.is_fully_replicated or len(mesh.devices) == 1, "the rows are to lie on several devices"
        found[f"{name}.rows"] = everything(table)
    keys = np.random.default_rng(2).normal(size=(CONCEPTS, 8)).astype(np.float32)
    best = ranked_on(mesh, keys[:3] * 2, row_sharded(keys, mesh), n=5)
    found |= {f"ranked.{name}": np.asarray(value) for name, value in best._asdict().items()}
    if jax.process_index() == 0:
        np.savez(out, **found)


if __name__ == "__main__":
    main()
