"""Muon for the maps beside Adam for everything: how fast a brain learns to see, to remember and to write.

    python benchmarks/optimisers.py [STEPS]

The same new brain, the same pictures through the eye of the shipped brain, the same steps: the losses over time, in
nats, of things and predicates seen, of rows remembered and of statements that are written in one shot and recalled."""

import sys

import jax

import tensorbrain as tb
from tensorbrain.experiments.schooling import SETTINGS, lessons, observed, told_episodes, untaught
from tensorbrain.learning import joint
from tensorbrain.learning.schooling import optimiser
from tensorbrain.modes.choices import choices
from tensorbrain.pictures.scenes import label_groups

NAMES = ("thing", "predicate", "memory", "write")


def main() -> None:
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    graph, eye = tb.load_graph("neighbourhood"), tb.load_brain("neighbourhood").model.sensory.eye
    assert eye is not None
    seen = observed(graph, eye, lessons(graph, scenes=600, seed=0), SETTINGS, seed=0)
    brain = untaught(graph, SETTINGS, seed=0)
    options = choices(graph.vocabulary, label_groups(graph), brain.index.size("concept"))
    pool = told_episodes(graph, 4000, seed=5)
    print(f"{'':<6}{'step':>6}{'seconds':>9}" + "".join(f"{name:>11}" for name in NAMES))
    for name, way in (("Muon", joint.OPTIMISER), ("Adam", optimiser(0.005))):
        joint.OPTIMISER = way
        jax.clear_caches()  # the compiled step holds the optimiser that it was traced with
        _, history = joint.learn_jointly(brain, graph, seen, options, steps=steps, pool=pool, progress=False)
        for record in history[1::2]:
            cells = "".join(f"{record[key]:>11.3f}" for key in NAMES)
            print(f"{name:<6}{record['step']:>6}{record['seconds']:>9.0f}{cells}")


if __name__ == "__main__":
    main()
