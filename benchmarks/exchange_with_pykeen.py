"""Our embeddings in PyKEEN's models, and PyKEEN's in ours: the same scores of all statements, the same MRR.

    pip install torch==2.13.0 pykeen==1.11.1      (into an environment that has tensorbrain; it needs neither)
    python benchmarks/exchange_with_pykeen.py FOLDER [--models complex distmult] [--epochs 20] [--rank 32]

FOLDER has train.txt, valid.txt and test.txt, triples by tab, each also as .gz. Ours are taught, written, and put into
PyKEEN's models by their names; PyKEEN's DistMult is taught by PyKEEN, its arrays are saved, and read by us. The scores
are those of every object of every test statement, and of every subject. Bar: no score differs by more than 1e-5 of the
largest."""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from peers import part_of
from pykeen.evaluation import RankBasedEvaluator
from pykeen.models import Model, model_resolver
from pykeen.nn.init import PretrainedInitializer
from pykeen.training import LCWATrainingLoop
from pykeen.triples import TriplesFactory

from tensorbrain.evaluation.completion import completion_figures
from tensorbrain.exchange import read_embeddings, write_embeddings
from tensorbrain.graph.splits import Splits, read_splits
from tensorbrain.learning.recipes import recipe_for
from tensorbrain.learning.taught import teach_completion
from tensorbrain.tensor_memory import TensorMemory

BAR = 1e-5
Factories = tuple[TriplesFactory, TriplesFactory, TriplesFactory]


def ids(folder: Path, table: str) -> dict[str, int]:
    """A table of names, as PyKEEN reads its own."""
    found = pd.read_csv(folder / f"{table}.tsv", sep="\t", keep_default_na=False)
    return dict(zip(found["label"], found["id"], strict=True))


def factories(data: Path, words: dict[str, dict[str, int]], *, inverse: bool) -> Factories:
    """The three parts of the split in the numbers of ``words``."""
    train = TriplesFactory.from_path(part_of(data, "train"), create_inverse_triples=inverse, **words)
    valid, test = (TriplesFactory.from_path(part_of(data, part), **words) for part in ("valid", "test"))
    return train, valid, test


def their_model(name: str, folder: Path, train: TriplesFactory) -> Model:
    """PyKEEN's model with our arrays, of predicates and reciprocal ones in turn, as PyKEEN numbers them."""
    entities = np.load(folder / "concepts.npy")
    both = [np.load(folder / f"{name}.npy") for name in ("predicates", "reciprocal_predicates")]
    relations = np.stack(both, axis=1).reshape(-1, entities.shape[1])
    started: dict[str, Any] = {
        f"{what}_initializer": PretrainedInitializer(as_tensor(array))
        for what, array in (("entity", entities), ("relation", relations))
    }
    if name == "distmult":
        started["entity_constrainer"] = None  # which would give all entities the length 1 at once
    return model_resolver.make(name, triples_factory=train, embedding_dim=entities.shape[1], random_seed=0, **started)


def as_tensor(array: np.ndarray) -> torch.Tensor:
    """The tensor of an array; PyKEEN takes complex numbers as pairs of real ones."""
    tensor = torch.from_numpy(array)
    return torch.view_as_real(tensor) if tensor.is_complex() else tensor


def compared(memory: TensorMemory, splits: Splits, model: Model, parts: Factories) -> tuple[float, float, float]:
    """The largest difference of scores, as a share of the largest score; our MRR; PyKEEN's."""
    train, valid, test = parts
    model.eval()
    words = splits.graph.vocabulary
    rows = splits.test
    triples = torch.tensor(
        [[train.entity_to_id[words.label("subject", s)], train.relation_to_id[words.label("predicate", p)],
          train.entity_to_id[words.label("object", o)]] for s, p, o in rows[:, :3].tolist()]
    )  # fmt: skip
    order = [train.entity_to_id[concept.label] for concept in words.concepts]
    with torch.inference_mode():
        theirs = {"o": model.predict_t(triples[:, :2]), "s": model.predict_h(triples[:, 1:])}
    worst = 0.0
    for slot, scores in theirs.items():
        ours = np.asarray(memory.scores(rows, slot), np.float64)
        worst = max(worst, float(np.abs(ours - scores.numpy()[:, order]).max() / np.abs(ours).max()))
    metrics = RankBasedEvaluator(filtered=True).evaluate(
        model, test.mapped_triples, batch_size=256, use_tqdm=False,
        additional_filter_triples=[train.mapped_triples, valid.mapped_triples],
    )  # fmt: skip
    mrr = completion_figures(memory.scores, rows, splits.known, "so")["mrr"]
    return worst, mrr, float(metrics.get_metric("both.realistic.inverse_harmonic_mean_rank"))


def ours_there(name: str, data: Path, splits: Splits, epochs: int, rank: int) -> tuple[float, float, float]:
    """Taught here, measured here and there."""
    recipe = recipe_for(name, len(splits.train)).with_(rank=rank, epochs=epochs)
    memory = teach_completion(name, splits, recipe=recipe)
    assert isinstance(memory, TensorMemory)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "embeddings")
        write_embeddings(memory, folder)
        words = {table: ids(folder, table) for table in ("entity_to_id", "relation_to_id")}
        parts = factories(data, words, inverse=True)
        return compared(memory, splits, their_model(name, folder, parts[0]), parts)


def theirs_here(data: Path, splits: Splits, epochs: int, rank: int) -> tuple[float, float, float]:
    """DistMult, taught there without inverse triples, measured here and there."""
    parts = factories(data, {}, inverse=False)
    train = parts[0]
    parts = factories(data, {"entity_to_id": train.entity_to_id, "relation_to_id": train.relation_to_id}, inverse=False)
    model = model_resolver.make("distmult", triples_factory=train, embedding_dim=rank, random_seed=0)
    steps = torch.optim.Adam(model.parameters(), lr=0.05)
    LCWATrainingLoop(model=model, triples_factory=train, optimizer=steps).train(
        train, num_epochs=epochs, batch_size=256, use_tqdm=False
    )
    with tempfile.TemporaryDirectory() as place:
        folder = train.to_path_binary(Path(place, "triples"))  # with entity_to_id.tsv.gz and relation_to_id.tsv.gz
        held = {"concepts": model.entity_representations[0], "predicates": model.relation_representations[0]}
        for name, representation in held.items():
            np.save(folder / f"{name}.npy", representation(indices=None).detach().numpy(), allow_pickle=False)
        return compared(read_embeddings("distmult", folder, splits.graph), splits, model, parts)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path, metavar="FOLDER")
    asked.add_argument("--models", nargs="+", default=["complex", "distmult"], metavar="NAME")
    asked.add_argument("--epochs", type=int, default=20)
    asked.add_argument("--rank", type=int, default=32)
    asked = asked.parse_args()
    splits = read_splits(asked.folder)
    print("| data | model | taught by | largest difference of scores | our MRR | PyKEEN's MRR |")
    print("|---|---|---|---|---|---|")
    worst = 0.0
    for name, teacher in [*((name, "us") for name in asked.models), ("distmult", "PyKEEN")]:
        if teacher == "us":
            found = ours_there(name, asked.folder, splits, asked.epochs, asked.rank)
        else:
            found = theirs_here(asked.folder, splits, asked.epochs, asked.rank)
        print(
            f"| {asked.folder.name} | {name} | {teacher} | {found[0]:.1e} | {found[1]:.4f} | {found[2]:.4f} |",
            flush=True,
        )
        worst = max(worst, found[0])
    print(f"largest difference {worst:.1e} (bar {BAR:.0e})", file=sys.stderr)
    return int(worst > BAR)


if __name__ == "__main__":
    sys.exit(main())
