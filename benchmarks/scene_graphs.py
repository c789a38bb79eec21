"""The papers' memory tables on scene graphs: retrieval of the predicate beside counting and chance, time and memory.

    python benchmarks/scene_graphs.py FILE.json [--images 4000] [--seed 0] [--json]

Trains a brain with the library's defaults on the first images of a scene-graph file, such as Visual Genome's or VRD's
annotations (bring the file), and evaluates it. The bars: predicate given t, s, o @1 .90; given s, o @10 .97; 2 GB."""

import argparse
import json
import resource
import sys
import time

import tensorbrain as tb
from tensorbrain.evaluation import evaluate, table
from tensorbrain.graph.scene_graphs import read_scene_graphs

BARS = {"episodic_retrieval_hits1": 0.90, "semantic_retrieval_hits10": 0.97}
LARGEST = 2048  # MB


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("file", metavar="FILE")
    arguments.add_argument("--images", type=int, default=4000, metavar="N", help="learn the first N images")
    arguments.add_argument("--seed", type=int, default=0, metavar="N")
    arguments.add_argument("--json", action="store_true", help="print one JSON object")
    given = arguments.parse_args()
    try:
        pictures = read_scene_graphs(given.file, images=slice(given.images))
    except tb.TensorBrainError as error:
        sys.exit(str(error))
    start = time.perf_counter()
    settings = tb.Settings(orders=("sop",))
    brain = tb.train(pictures.graph, settings=settings, seed=given.seed, progress=sys.stderr.isatty())
    seconds = round(time.perf_counter() - start, 1)
    figures = evaluate(brain, pictures.graph)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    figures |= {"left_out": dict(pictures.skipped), "seconds": seconds, "peak_mb": peak}
    if given.json:
        print(json.dumps(figures))
        return
    print(table(figures))
    verdict = "met" if peak <= LARGEST else "missed"
    print(f"trained in {seconds:.0f} s; {peak} MB at most (bar {LARGEST} MB: {verdict})")
    for name, bar in BARS.items():
        print(f"  {name:<28} {figures[name]:.3f} (bar {bar:.2f}: {'met' if figures[name] >= bar else 'missed'})")


if __name__ == "__main__":
    main()
