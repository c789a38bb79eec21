"""The papers' tables on scene graphs: predicates from boxes and from memory, beside counting and chance; time, memory.

    python benchmarks/scene_graphs.py FILE.json [--images 4000] [--seeds 0 1 2] [--json]

Teaches brains the first images of a scene-graph file, such as Visual Genome's or VRD's annotations (bring the file),
and measures them. The bars: predicate given t, s, o @1 .90; given s, o @10 .97; from boxes and true classes 2.5 points
above counting @1 and 1.5 points @10; 2 GB."""

import argparse
import json
import resource
import sys
import time

import tensorbrain as tb
from tensorbrain.experiments.scene_graphs import scene_graph_tables, table

BARS = {"episodic_at_1": 0.90, "semantic_at_10": 0.97}
GAINS = {"predicate_at_1": 0.025, "predicate_at_10": 0.015}  # above the count table
LARGEST = 2048  # MB


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("file", metavar="FILE")
    arguments.add_argument("--images", type=int, default=4000, metavar="N", help="learn the first N images")
    arguments.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2], metavar="N")
    arguments.add_argument("--json", action="store_true", help="print one JSON object")
    given = arguments.parse_args()
    start = time.perf_counter()
    try:
        figures = scene_graph_tables(
            given.file, images=given.images, seeds=tuple(given.seeds), progress=sys.stderr.isatty()
        )
    except tb.TensorBrainError as error:
        sys.exit(str(error))
    seconds = round(time.perf_counter() - start, 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if given.json:
        print(json.dumps(figures | {"seconds": seconds, "peak_mb": peak}))
        return
    print(table(figures))
    verdict = "met" if peak <= LARGEST else "missed"
    print(f"in {seconds:.0f} s; {peak} MB at most (bar {LARGEST} MB: {verdict})")
    bars = BARS | {name: figures["count_table"][name]["mean"] + gain for name, gain in GAINS.items()}
    for name, bar in bars.items():
        mean = figures[name]["mean"]
        print(f"  {name:<16} {mean:.4f} (bar {bar:.4f}: {'met' if mean >= bar else 'missed'})")


if __name__ == "__main__":
    main()
