"""How long the neighbourhood takes to be seen: drawing, the eye, joint learning, and what the network then perceives.

    python benchmarks/teaching.py

One seed of the whole network of the ladder (`tensorbrain evaluate neighbourhood --mode perception` has three, beside
the same without feedback and without working memory). The bar is five minutes on two cores."""

import tensorbrain as tb
from tensorbrain.experiments.ladder import ladder

SECONDS = 300.0
BARS = {"individual_known": 0.90, "class_novel": 0.93}


def main() -> None:
    figures = ladder(tb.load_graph("neighbourhood"), seeds=(0,), rungs=("whole",), progress=False)
    seconds = figures["teaching_seconds"]["mean"]
    print(f"taught in {seconds:.0f} s (bar {SECONDS:.0f} s: {'met' if seconds <= SECONDS else 'missed'})")
    for name in ("individual_known", "class_novel", "attributes", "predicate_at_1", "statement_at_1"):
        reached, bar = figures[name]["mean"], BARS.get(name)
        verdict = "" if bar is None else f"   bar {bar:.2f}: {'met' if reached >= bar else 'missed'}"
        print(f"  {name:<18} {reached:.3f}{verdict}")


if __name__ == "__main__":
    main()
