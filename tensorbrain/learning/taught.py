"""A tensor model, or a brain, taught to complete the statements of a split, each by its own recipe."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
from jax.sharding import Mesh

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.factorization import MODELS, ProbableTucker, create_model
from tensorbrain.graph.splits import Splits
from tensorbrain.learning.completion import complete
from tensorbrain.learning.expectation import complete_by_expectation
from tensorbrain.learning.objectives import trainable
from tensorbrain.learning.recipes import Recipe, recipe_for
from tensorbrain.learning.train import prior
from tensorbrain.modes.completing import ORDERS, SerialDecoder
from tensorbrain.settings import Settings
from tensorbrain.tensor_memory import TensorMemory

NAMES = ("brain", *MODELS)


def teach_completion(
    name: str,
    splits: Splits,
    *,
    recipe: Recipe | None = None,
    seed: int = 0,
    mesh: Mesh | None = None,
    progress: bool = False,
    report: Callable[[dict[str, Any]], bool | None] | None = None,
) -> TensorMemory | Brain:
    """Teach the model called ``name``, brain or one of `factorization.MODELS`, the training part of a split.

    Without a ``recipe`` it is the usual one of the model and the size of the graph. SettingsError for an unknown name,
    and for statements with a time where the model knows none. For the rest see `learning.completion.complete`.

    >>> from tensorbrain.graph.splits import example_splits
    >>> teach_completion("complex", example_splits(), recipe=Recipe(rank=4, epochs=3))
    TensorMemory(complex, rank 4, 4 concepts, 1 predicates, 0 instants)
    """
    if name not in NAMES:
        raise SettingsError(f"there is no model {name!r}: choose one of {', '.join(NAMES)}.")
    recipe = recipe or recipe_for(name, len(splits.train))
    graph = splits.graph
    told: dict[str, Any] = {"seed": seed, "mesh": mesh, "progress": progress, "report": report}
    origin: dict[str, Any] = {"graph_hash": graph.content_hash(), "source": graph.source, "seed": seed}
    if name != "brain":
        model = create_model(name, splits.counts, rank=recipe.rank, key=jax.random.key(seed))
        if not isinstance(model, ProbableTucker):
            model, history = complete(model, splits.train, recipe, **told)
        elif mesh is None:
            model, history = complete_by_expectation(model, splits.train, recipe, progress=progress, report=report)
        else:
            raise SettingsError(f"the model {name} is not shared out among devices: leave them out.")
        return TensorMemory(name, model, graph.vocabulary, recipe.to_json(), history=tuple(history), **origin)
    settings = Settings(dim=recipe.rank, context=recipe.rank, orders=ORDERS)
    brain = TensorBrain.create(splits.counts, settings, key=jax.random.key(seed))
    brain = eqx.tree_at(lambda b: b.p_t, brain, prior(graph, brain))
    decoder = SerialDecoder(brain)
    learns = eqx.tree_at(
        lambda decoder: decoder.brain,
        jax.tree.map(lambda _: False, decoder),
        trainable(brain, learn_beta=settings.learn_beta),
    )
    decoder, history = complete(decoder, splits.train, recipe, trainable=learns, **told)
    return Brain(decoder.brain, graph.vocabulary, settings, history=tuple(history), **origin)  # pyright: ignore
