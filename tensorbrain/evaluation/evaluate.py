"""Evaluate a brain on a graph: the figures of episodic and semantic memory, beside counts and chance."""

from typing import Any

from tensorbrain.brain import Brain
from tensorbrain.errors import SettingsError
from tensorbrain.evaluation.episodes import episodic_figures
from tensorbrain.evaluation.facts import semantic_figures
from tensorbrain.evaluation.scene_graphs import retrieval_figures
from tensorbrain.graph.knowledge_graph import KnowledgeGraph


def evaluate(brain: Brain, graph: KnowledgeGraph, *, a_bar_samples: int = 100, seed: int = 0) -> dict[str, Any]:
    """All figures that the graph allows, as a flat dictionary; each is defined where it is computed.

    Of scene graphs decoded in the papers' order s-o-p these are the papers' figures, retrieval of the predicate.
    A figure without material (no episodes, no classes, nothing held out) is absent. SettingsError when the brain knows
    fewer concepts than the graph: it was trained on another one.

    >>> from tensorbrain.graph.knowledge_graph import example_graph
    >>> from tensorbrain.learning import train
    >>> from tensorbrain.settings import Settings
    >>> small = Settings(dim=8, context=8)
    >>> brain = train(example_graph(), settings=small, epochs=3, progress=False)
    >>> evaluate(brain, example_graph(), a_bar_samples=2)["instants"]
    2
    """
    if [c.iri for c in brain.vocabulary.concepts[: len(graph.vocabulary.concepts)]] != [
        c.iri for c in graph.vocabulary.concepts
    ] or len(brain.vocabulary.instants) < len(graph.vocabulary.instants):
        raise SettingsError(
            f"this brain was trained on {brain.source or 'another graph'} and knows other concepts than "
            f"{graph.source}: train one on that graph."
        )
    figures: dict[str, Any] = {
        "source": graph.source,
        "seed": brain.seed,
        "concepts": len(graph.vocabulary.concepts),
        "predicates": len(graph.vocabulary.predicates),
        "instants": len(graph.vocabulary.instants),
        "facts": len(graph.facts),
        "episode_statements": len(graph.episodes),
        "held_out": len(brain.held_out),
    }
    if graph.report.scenes and "sop" in brain.model.orders:
        return figures | retrieval_figures(brain, graph)  # the other questions would try every object in turn
    figures |= episodic_figures(brain, graph, samples=a_bar_samples, seed=seed)
    figures |= semantic_figures(brain, graph)
    return figures
