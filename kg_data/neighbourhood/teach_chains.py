"""Teach the brain that reasons in chains: the graph by heart, then paths of facts through it. It has no eyes."""

from pathlib import Path

import tensorbrain as tb
from tensorbrain.learning.predictive import teach_chains

graph = tb.load_graph("neighbourhood")
brain = tb.train(graph, settings=tb.Settings(dim=128, context=128), seed=0)
brain = teach_chains(brain, graph, hops=4, steps=1500, seed=0)
brain.save(Path(__file__).parent / "chains.brain.safetensors")
print(brain.history[-1])
