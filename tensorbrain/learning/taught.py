"""A tensor model, or a brain, taught to complete the statements of a split, each by its own recipe."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
from jax.sharding import Mesh

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.factorization import MODELS, ProbableTucker, TensorModel, create_model
from tensorbrain.graph.splits import Splits
from tensorbrain.learning.completion import complete
from tensorbrain.learning.expectation import complete_by_expectation
from tensorbrain.learning.objectives import trainable
from tensorbrain.learning.recipes import Recipe, recipe_for
from tensorbrain.learning.room import check_room, free_bytes
from tensorbrain.learning.train import prior
from tensorbrain.modes.completing import READINGS, SerialDecoder
from tensorbrain.settings import Settings
from tensorbrain.tensor_memory import TensorMemory
from tensorbrain.typing import PRNGKeyArray

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
    recipe = recipe or recipe_for(name, len(splits.train), temporal=splits.temporal)
    if name != "brain" and recipe.first != Recipe.first:
        raise SettingsError(f"the model {name} hears nothing first: only a brain reads a statement in an order.")
    graph = splits.graph
    told: dict[str, Any] = {"seed": seed, "mesh": mesh, "progress": progress, "report": report}
    origin: dict[str, Any] = {"graph_hash": graph.content_hash(), "source": graph.source, "seed": seed}
    settings = Settings(dim=recipe.rank, context=recipe.rank, orders=READINGS[recipe.first])

    def make(key: PRNGKeyArray) -> TensorModel:
        if name == "brain":
            return SerialDecoder(TensorBrain.create(splits.counts, settings, key=key))
        return create_model(name, splits.counts, rank=recipe.rank, key=key)

    key, devices = jax.random.key(seed), 1 if mesh is None else mesh.size
    check_room(eqx.filter_eval_shape(make, key), recipe, free=free_bytes(), devices=devices)  # before it is made
    model = make(key)
    if isinstance(model, ProbableTucker):
        if mesh is not None:
            raise SettingsError(f"the model {name} is not shared out among devices: leave them out.")
        model, history = complete_by_expectation(model, splits.train, recipe, progress=progress, report=report)
    elif not isinstance(model, SerialDecoder):
        model, history = complete(model, splits.train, recipe, **told)
    else:
        model = eqx.tree_at(lambda decoder: decoder.brain.p_t, model, prior(graph, model.brain))
        nothing = jax.tree.map(lambda _: False, model)
        learns = trainable(model.brain, learn_beta=settings.learn_beta)
        learns = eqx.tree_at(lambda decoder: decoder.brain, nothing, learns)
        model, history = complete(model, splits.train, recipe, trainable=learns, **told)
    origin |= {"history": tuple(history)}
    if isinstance(model, SerialDecoder):
        return Brain(model.brain, graph.vocabulary, settings, **origin)
    return TensorMemory(name, model, graph.vocabulary, recipe.to_json(), **origin)
