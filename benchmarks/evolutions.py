"""How far each form of the working memory gets in the same number of epochs, on a world without regularities.

    python benchmarks/evolutions.py [--epochs 60]

A random world of about 4,150 statements in 650 episodes is to be learned by heart. Given its instant, a statement
cannot cost less than the mean of log N_t nats, N_t being the number of statements of its episode: that is the
bound. The default evolution was chosen by this figure (docs/decisions.md)."""

import argparse
import tempfile
from pathlib import Path

import numpy as np

import tensorbrain as tb

CONCEPTS, PREDICATES, INSTANTS = 150, 30, 650


def random_world(seed: int = 0) -> np.ndarray:
    """Distinct rows (s, p, o, t): 3 to 10 statements an episode, about up to three subjects."""
    random = np.random.default_rng(seed)
    rows = []
    for t in range(INSTANTS):
        count, subjects = random.integers(3, 11), random.integers(0, 50, 3)
        for _ in range(count):
            rows.append((random.choice(subjects), random.zipf(1.5) % PREDICATES, random.integers(0, CONCEPTS), t))
    return np.unique(np.array(rows), axis=0)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--epochs", type=int, default=60)
    epochs = arguments.parse_args().epochs
    rows = random_world()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "world.tsv")
        path.write_text("".join(f"c{s}\tp{p}\tc{o}\t{t:04}\n" for s, p, o, t in rows), encoding="utf-8")
        graph = tb.load_graph(path)
    sizes = np.bincount(rows[:, 3])
    print(f"{len(graph.episodes):,} episodic statements, {epochs} epochs", end="; ")
    print(f"bound {np.log(sizes[rows[:, 3]]).mean():.2f} nats a statement")
    for evolution in ("relu", "feedforward", "recurrent"):
        brain = tb.train(
            graph,
            settings=tb.Settings(evolution=evolution, orders=("spo",)),
            epochs=epochs,
            patience=epochs,
            learning_rate=3e-3,
            weight_decay=0.0,  # what cannot be generalised is to be stored
            episodes_weight=0.0,
            progress=False,
        )
        last = brain.history[-1]
        print(f"  {evolution:<12} {last['loss']:6.2f} nats   {last['seconds']:5.1f} s", flush=True)


if __name__ == "__main__":
    main()
