"""How much memory a training will take, said before it is taken."""

from pathlib import Path

import equinox as eqx
import jax

from tensorbrain.errors import SettingsError
from tensorbrain.factorization.protocol import TensorModel
from tensorbrain.learning.recipes import Recipe

GB = 1e9
MEMINFO = Path("/proc/meminfo")  # of Linux; elsewhere nothing is foreseen


def bytes_needed(model: TensorModel, recipe: Recipe) -> int:
    """What a training holds at once: about N (2 + m + g) + 3 b K numbers.

    N are the parameters, which stand there as given and as learned, m = 1 or 2 their moments (Adagrad, Adam), g = 1
    their gradient, or its share where a batch weighs few candidates; b queries have K candidates' scores, probabilities
    and the gradient of both. The shapes of a model that is not made yet will do (`equinox.filter_eval_shape`).

    >>> from tensorbrain.factorization import create_model
    >>> model = create_model("complex", (1000, 3, 0), rank=50, key=jax.random.key(0))
    >>> bytes_needed(model, Recipe(rank=50, batch=100)) / 1e6
    2.8096
    """
    arrays = [leaf for leaf in jax.tree.leaves(model) if hasattr(leaf, "dtype") and leaf.dtype.kind == "f"]
    numbers, size = sum(leaf.size for leaf in arrays), arrays[0].dtype.itemsize
    concepts = len(eqx.filter_eval_shape(lambda model: model.keys("o"), model))
    weighed = min(recipe.candidates + 4 * recipe.batch, concepts) if recipe.candidates else concepts
    moments = 1 if recipe.optimiser == "adagrad" else 2
    gradient = numbers if weighed == concepts else numbers * weighed // concepts
    return size * (numbers * (2 + moments) + gradient + 3 * recipe.batch * weighed)


def free_bytes() -> int | None:
    """What the first device, or for the processor this machine, has left; None where it does not say.

    >>> free_bytes() is None or free_bytes() > 0
    True
    """
    device = jax.devices()[0]
    stats = device.memory_stats() if device.platform != "cpu" else None
    if stats and "bytes_limit" in stats:
        return int(stats["bytes_limit"]) - int(stats.get("bytes_in_use", 0))
    if device.platform != "cpu" or not MEMINFO.exists():
        return None
    for line in MEMINFO.read_text(encoding="ascii").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def check_room(model: TensorModel, recipe: Recipe, *, free: int | None, devices: int = 1, copies: int = 1) -> None:
    """SettingsError, with the estimate, where a training would need more than is ``free``.

    The model is shared among so many ``devices``; so many ``copies`` of it are taught side by side.

    >>> from tensorbrain.factorization import create_model
    >>> model = create_model("complex", (1000, 3, 0), rank=50, key=jax.random.key(0))
    >>> check_room(model, Recipe(rank=50), free=1000)
    Traceback (most recent call last):
    tensorbrain.errors.SettingsError: this training needs about 0.0031 GB of memory, and ...
    """
    needed = copies * bytes_needed(model, recipe) / devices
    if free is not None and needed > free:
        raise SettingsError(
            f"this training needs about {needed / GB:.2g} GB of memory, and {free / GB:.2g} GB are free: choose a "
            "smaller rank or batch, let a batch weigh few candidates, or share the concepts among devices."
        )
