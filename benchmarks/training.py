"""How long the shipped worlds take to train with the command line's defaults, and what the brains then know.

    python benchmarks/training.py [neighbourhood] [countries]

Runs ``tensorbrain train`` and then ``tensorbrain evaluate`` in processes of their own; the bar is 60 s on two
cores for the training, and for the figures those that are printed beside them."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import tensorbrain as tb

SECONDS = 60.0
BARS = {
    "neighbourhood": {
        "episodic_recall_at_n": 0.98,
        "episodic_ask_hits1": 0.97,
        "semantic_ask_hits1": -0.02,  # below the count table's by at most this
        "parent_class_accuracy": 1.0,
        "role_order_accuracy": 0.95,
    },
    "countries": {"stored_hits1": 0.99, "heldout_border_mrr": 0.9},
}


def command(*words: str) -> tuple[dict[str, Any], float]:
    """What the command prints as JSON, and how long it took with everything."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "tensorbrain", *words, "--json"], stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout), time.perf_counter() - start


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("worlds", nargs="*", default=list(tb.WORLDS), metavar="WORLD")
    for world in arguments.parse_args().worlds:
        with tempfile.TemporaryDirectory() as folder:
            brain = str(Path(folder, "brain.safetensors"))
            trained, whole = command("train", world, "-o", brain)
            figures, _ = command("evaluate", brain, world)
        verdict = "met" if trained["seconds"] <= SECONDS else "missed"
        print(
            f"{world}: {trained['epochs']} epochs in {trained['seconds']:.1f} s (bar {SECONDS:.0f} s: {verdict})",
            end="; ",
        )
        print(f"{whole:.1f} s with start and saving")
        for name, bar in BARS.get(world, {}).items():
            if bar < 0:
                bar += figures["count_table_hits1"]
            reached = figures.get(name)
            if reached is None:
                print(f"  {name:<24} no material")
            else:
                print(f"  {name:<24} {reached:.4f}   bar {bar:.4f}: {'met' if reached >= bar else 'missed'}")


if __name__ == "__main__":
    main()
