"""What a second reading direction, and leaving out its voice, do: borders told one way only, and episodes.

    python benchmarks/directions.py [countries] [neighbourhood]

Each line trains a brain with the arguments of the world's recipe but for what it names, seed 0.
"""

import sys

import tensorbrain as tb
from tensorbrain.evaluation.episodes import episodic_figures
from tensorbrain.evaluation.facts import semantic_figures

ONE, TWO = tb.Settings(), tb.Settings(orders=("spo", "ops"))


def countries() -> None:
    """The filtered MRR of the held-out borders."""
    graph, held = tb.load_graph("countries"), tb.Holdout("borders", share=0.1, one_direction=True)
    for words, settings, dropout in (("one", ONE, 0.0), ("two", TWO, 0.0), ("two, voice dropout .5", TWO, 0.5)):
        brain = tb.train(
            graph, settings=settings, voice_dropout=dropout, weight_decay=0.2, holdout=held, progress=False
        )
        print(
            f"countries, directions: {words:<22} {semantic_figures(brain, graph)['heldout_border_mrr']:.3f}", flush=True
        )


def neighbourhood() -> None:
    """The share of an instant's statements among the n most probable."""
    graph = tb.load_graph("neighbourhood")
    for words, settings in (("one", ONE), ("two", TWO)):
        brain = tb.train(graph, settings=settings, epochs=50, progress=False)
        share = episodic_figures(brain, graph, samples=2, seed=0)["episodic_recall_at_n"]
        seconds = brain.history[-1]["seconds"]
        print(f"neighbourhood, directions: {words:<18} {share:.3f} after {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    for world in sys.argv[1:] or tb.WORLDS:
        {"countries": countries, "neighbourhood": neighbourhood}[world]()
