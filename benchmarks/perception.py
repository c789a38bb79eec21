"""How fast the shipped brain of the neighbourhood sees: one picture, many pictures, and what is written of one.

    python benchmarks/perception.py

The bars: a picture with its boxes in 30 ms once compiled, 200 pictures a second in batches."""

import time

import jax

import tensorbrain as tb
from tensorbrain.datasets.scenes import Dials, draw, new_scripts
from tensorbrain.evaluation.perception import decode
from tensorbrain.learning.observing import observe
from tensorbrain.modes.choices import choices

PICTURES = 256


def main() -> None:
    graph, brain = tb.load_graph("neighbourhood"), tb.load_brain("neighbourhood")
    scripts = new_scripts(graph, PICTURES, seed=1)
    started = time.perf_counter()
    scenes = draw(scripts, graph, seed=1, dials=Dials(0.3, 0.3, 0.3, 0.3))
    print(f"drawing          {PICTURES / (time.perf_counter() - started):7.0f} scenes a second")
    boxes = [scenes.boxes[n, 1:][scenes.thing[n, 1:] >= 0] for n in range(PICTURES)]
    record = tb.Record(states=False)
    for _ in range(2):  # the first time every number of regions is compiled
        taken = []
        for n in range(40):
            started = time.perf_counter()
            tb.perceive(brain, scenes.pixels[n], boxes[n], record=record)
            taken.append(time.perf_counter() - started)
    print(f"perceive         {1000 * sorted(taken)[20]:7.1f} ms a picture (median of 40; bar 30)")
    options = choices(graph.vocabulary, brain.label_groups, brain.model.index.size("concept"))
    for _ in range(2):
        started = time.perf_counter()
        jax.block_until_ready(decode(brain.model, observe(brain.model, scenes), options).thing)
        seconds = time.perf_counter() - started
    print(f"in batches       {PICTURES / seconds:7.0f} pictures a second (bar 200)")
    lived, _ = tb.experience(brain, scenes.pixels[0], boxes[0])
    started = time.perf_counter()
    tb.experience(lived, scenes.pixels[1], boxes[1])
    print(f"experience       {1000 * (time.perf_counter() - started):7.1f} ms a picture")


if __name__ == "__main__":
    main()
