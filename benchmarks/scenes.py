"""How fast scenes are made up and drawn, on one core.

    python benchmarks/scenes.py [--scenes 1000] [--size 128]

The first pass over a town also cuts, tints and poses its sprites; the second finds most of them ready."""

import argparse
import time

from tensorbrain.datasets.digits import digit_graph, digit_scenes
from tensorbrain.datasets.scenes import Dials, draw, episode_scripts, new_scripts
from tensorbrain.datasets.worlds import load_graph


def main() -> None:
    """Print scripts and pictures a second."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scenes", type=int, default=1000)
    options.add_argument("--size", type=int, default=128)
    given = options.parse_args()
    graph, lines = load_graph("neighbourhood"), digit_graph()
    digit_scenes(lines, 1, seed=0)  # reads the handwriting
    episodes, new = episode_scripts(graph, seed=0), new_scripts(graph, given.scenes, seed=0)
    hard = Dials(clutter=0.5, occlusion=0.5, lighting=0.5, noise=0.5)
    turns = {
        "scripts of episodes": (len(episodes), lambda: episode_scripts(graph, seed=1)),
        "scripts of new scenes": (given.scenes, lambda: new_scripts(graph, given.scenes, seed=1)),
        "episodes drawn, first pass": (len(episodes), lambda: draw(episodes, graph, seed=0, size=given.size)),
        "episodes drawn, second pass": (len(episodes), lambda: draw(episodes, graph, seed=1, size=given.size)),
        "new scenes drawn": (len(new), lambda: draw(new, graph, seed=0, size=given.size)),
        "new scenes drawn, all dials at .5": (len(new), lambda: draw(new, graph, seed=1, dials=hard, size=given.size)),
        "scenes of digits": (given.scenes, lambda: digit_scenes(lines, given.scenes, seed=1)),
    }
    for name, (count, make) in turns.items():
        start = time.perf_counter()
        make()
        print(f"{name:36} {count / (time.perf_counter() - start):8.0f} a second")


if __name__ == "__main__":
    main()
