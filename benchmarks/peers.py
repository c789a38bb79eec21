"""Our time, memory and MRR beside PyKEEN's: the same data, rank, batch and objective, in one run.

    pip install torch==2.13.0 pykeen==1.11.1      (into an environment that has tensorbrain; it needs neither)
    python benchmarks/peers.py FOLDER ... [--epochs 100] [--large 2] [--rank 64] [--batch 512] [--models complex ...]

FOLDER has train.txt, valid.txt and test.txt, triples by tab, each also as .gz. All queries (s, p), both ways round,
against all entities (PyKEEN's LCWA with cross entropy); graphs of more than 50,000 triples get ``--large`` epochs. Each
contender runs in a process of its own, one after the other: ``PyKEEN``, ``PyKEEN, no collecting`` (its collection of
garbage after every epoch, a fixed cost, switched off), and ours. An epoch's time is the median but the first; PyKEEN
steps by Adam, we by Adagrad, neither with a regulariser. The brain is ours at the same dimension."""

import argparse
import gzip
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

LARGE = 50_000
CONTENDERS = ("PyKEEN", "PyKEEN, no collecting", "tensorbrain")
BARS = {"small": (40.0, 10.0), "large": (5.0, 5.0)}  # how many times as fast as each PyKEEN, an epoch of ComplEx


def ours(folder: Path, name: str, epochs: int, rank: int, batch: int) -> dict[str, Any]:
    import jax
    import jax.numpy as jnp

    from tensorbrain.evaluation.completion import completion_figures
    from tensorbrain.evaluation.link_prediction import scorer_of
    from tensorbrain.graph.splits import read_splits
    from tensorbrain.learning.recipes import Recipe
    from tensorbrain.learning.taught import teach_completion

    x = jnp.ones((3000, 3000))
    product = jax.jit(lambda x: x @ x)
    product(x).block_until_ready()
    peak = max(2 * 3000**3 / _timed(lambda: product(x).block_until_ready()) for _ in range(10))
    splits = read_splits(folder)
    recipe = Recipe(rank=rank, epochs=epochs + 1, batch=batch, penalty=0.0, learning_rate=0.1)
    if name == "brain":
        recipe = recipe.with_(learning_rate=0.01)
    taught = teach_completion(name, splits, recipe=recipe)
    ends = np.array([0.0, *(epoch["seconds"] for epoch in taught.history)])
    took = np.diff(ends)
    score = scorer_of(taught)
    completion_figures(score, splits.test, splits.known, "so")  # compiles
    start = time.perf_counter()
    figures = completion_figures(score, splits.test, splits.known, "so")
    evaluation = time.perf_counter() - start
    queries = len(np.unique(splits.train[:, [0, 1]], axis=0)) + len(np.unique(splits.train[:, [1, 2]], axis=0))
    width = 2 * rank if name == "complex" else rank
    operations = 6 * queries * splits.counts[0] * width
    epoch = float(np.median(took[1:]))
    return {
        "epoch": epoch,
        "compiling": float(took[0]) - epoch,
        "evaluation": evaluation,
        "mrr": figures["mrr"],
        "share of product": operations / epoch / peak,
    }


def pykeen(folder: Path, name: str, epochs: int, rank: int, batch: int, *, collecting: bool) -> dict[str, Any]:
    import torch
    from pykeen.evaluation import RankBasedEvaluator
    from pykeen.models import model_resolver
    from pykeen.training import LCWATrainingLoop
    from pykeen.training.callbacks import TrainingCallback
    from pykeen.triples import TriplesFactory

    if not collecting:
        import pykeen.training.training_loop as loop

        loop.gc.collect = lambda *_: 0
    train = TriplesFactory.from_path(part_of(folder, "train"), create_inverse_triples=True)
    words = {"entity_to_id": train.entity_to_id, "relation_to_id": train.relation_to_id}
    valid, test = (TriplesFactory.from_path(part_of(folder, part), **words) for part in ("valid", "test"))
    ends = [time.perf_counter()]

    class Clock(TrainingCallback):
        def post_epoch(self, epoch: int, epoch_loss: float, **_: Any) -> None:
            ends.append(time.perf_counter())

    model = model_resolver.make(name, triples_factory=train, embedding_dim=rank, loss="crossentropy", random_seed=0)
    rate = 0.05 if len(train.mapped_triples) < LARGE else 0.01
    steps = torch.optim.Adam(model.parameters(), lr=rate)
    training = LCWATrainingLoop(model=model, triples_factory=train, optimizer=steps)
    ends[0] = time.perf_counter()
    training.train(train, num_epochs=epochs + 1, batch_size=batch, use_tqdm=False, callbacks=Clock)
    took = np.diff(ends)
    start = time.perf_counter()
    metrics = RankBasedEvaluator(filtered=True).evaluate(
        model, test.mapped_triples, batch_size=batch, use_tqdm=False,
        additional_filter_triples=[train.mapped_triples, valid.mapped_triples],
    )  # fmt: skip
    evaluation = time.perf_counter() - start
    mrr = float(metrics.get_metric("both.realistic.inverse_harmonic_mean_rank"))
    epoch = float(np.median(took[1:]))
    return {"epoch": epoch, "compiling": float(took[0]) - epoch, "evaluation": evaluation, "mrr": mrr}


def part_of(folder: Path, part: str) -> Path:
    """The file of a part of the split."""
    return next(folder.glob(f"{part}.txt*"))


def statements(path: Path) -> int:
    """How many lines a file has, packed or not."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
        return sum(1 for _ in lines)


def _timed(call: Any) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def one(contender: str, *about: Any) -> dict[str, Any]:
    """One contender, in this process, with the memory it needed."""
    if contender == "tensorbrain":
        found = ours(*about)
    else:
        found = pykeen(*about, collecting=contender == "PyKEEN")
    return found | {"peak GB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    asked.add_argument("--models", nargs="+", default=["complex"], metavar="NAME")
    asked.add_argument("--epochs", type=int, default=100)
    asked.add_argument("--large", type=int, default=2, metavar="EPOCHS")
    asked.add_argument("--rank", type=int, default=64)
    asked.add_argument("--batch", type=int, default=512)
    asked.add_argument("--one", choices=CONTENDERS, help=argparse.SUPPRESS)
    asked = asked.parse_args()
    if asked.one:
        told = (asked.folders[0], asked.models[0], asked.epochs, asked.rank, asked.batch)
        print(json.dumps(one(asked.one, *told)))
        return 0
    print("| data | model | | s an epoch | as fast | first epoch's rest, s | test evaluated, s | MRR | peak GB |")
    print("|---|---|---|---|---|---|---|---|---|")
    for folder in asked.folders:
        lines = statements(part_of(folder, "train"))
        epochs = asked.large if lines > LARGE else asked.epochs
        for name in asked.models:
            runs = {}
            for contender in CONTENDERS if name != "brain" else CONTENDERS[2:]:
                command = [sys.executable, __file__, str(folder), "--one", contender, "--models", name]
                command += ["--epochs", str(epochs), "--rank", str(asked.rank), "--batch", str(asked.batch)]
                done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
                runs[contender] = run = json.loads(done.stdout.splitlines()[-1])
                more = f", {run['share of product']:.2f} of the product" if "share of product" in run else ""
                print(
                    f"| {folder.name}, {epochs} epochs | {name} | {contender}{more} | {run['epoch']:.3g} "
                    f"| {run['epoch'] / runs.get('tensorbrain', run)['epoch']:.3g} | {run['compiling']:.2g} "
                    f"| {run['evaluation']:.3g} | {run['mrr']:.3f} | {run['peak GB']:.2g} |",
                    flush=True,
                )
            if "PyKEEN" in runs:
                bars = BARS["large" if lines > LARGE else "small"]
                for contender, bar in zip(CONTENDERS, bars, strict=False):
                    ratio = runs[contender]["epoch"] / runs["tensorbrain"]["epoch"]
                    print(f"{folder.name}: {ratio:.1f} times as fast as {contender} (bar {bar:.0f})", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
