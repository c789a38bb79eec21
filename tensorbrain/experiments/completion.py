"""Link prediction in one table: models taught the splits of several folders, and measured on what they never saw.

    python -m tensorbrain.experiments.completion FOLDER ... [--models complex brain] [--seeds 3] [--results FOLDER]

Every run is kept as one file of the results' folder, so that the next call goes on where the last one stopped, and the
table is printed as Markdown. ``--part valid --try penalty=0.01,0.03 rank=64,128`` compares settings instead, without a
look at what is asked.
"""

import argparse
import hashlib
import itertools
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np

from tensorbrain.array_file import write_whole
from tensorbrain.compilation import set_up
from tensorbrain.errors import SettingsError, TensorBrainError
from tensorbrain.evaluation.link_prediction import link_figures, scorer_of
from tensorbrain.factorization import MODELS
from tensorbrain.graph.splits import Splits, read_splits
from tensorbrain.learning.recipes import Recipe, recipe_for
from tensorbrain.learning.taught import NAMES, teach_completion

EITHER = ("brain", "nonnegative-tucker")  # with a time or without
SLOTS = ("subject", "object", "predicate", "instant")
HEAD = ("model", "MRR", "hits@1", "hits@3", "hits@10", *SLOTS, "training", "numbers")


def measured(
    name: str, splits: Splits, *, recipe: Recipe, seed: int, part: str, results: Path, progress: bool = False
) -> dict[str, Any]:
    """The figures of one model taught with one seed: from the results' folder if they are there, else now.

    >>> import tempfile
    >>> from tensorbrain.graph.splits import example_splits
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     how = {"recipe": Recipe(rank=4, epochs=2), "seed": 0, "part": "test", "results": Path(folder)}
    ...     first, again = (measured("complex", example_splits(), **how) for _ in range(2))
    >>> first == again
    True
    """
    settings = {"model": name, "seed": seed, "part": part, "recipe": recipe.to_json()}
    settings["graph"] = splits.graph.content_hash()
    key = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:12]
    file = results / f"{Path(splits.graph.source).name}-{name}-{part}-{seed}-{key}.json"
    if file.is_file():
        return json.loads(file.read_text(encoding="utf-8"))
    taught = teach_completion(name, splits, recipe=recipe, seed=seed, progress=progress)
    figures = link_figures(scorer_of(taught), splits, part=part)
    numbers = sum(a.size for a in jax.tree.leaves(taught.model) if a.dtype.kind == "f")
    figures |= settings | {"trained": taught.history[-1]["seconds"], "numbers": numbers}
    results.mkdir(parents=True, exist_ok=True)
    write_whole(file, json.dumps(figures).encode())
    return figures


def row(label: str, runs: Sequence[dict[str, Any]]) -> str:
    """A row of the table: means over the seeds, and the spread of the MRR, where there are several.

    >>> of = {"mrr": 0.5, "hits": {"1": 0.4, "3": 0.5, "10": 0.6}, "by_slot": {"subject": {"mrr": 0.5}}}
    >>> row("guess", [of | {"trained": 2.0, "numbers": 1000}])
    '| guess | .500 | .400 | .500 | .600 | .500 | | | | 2 s | 1,000 |'
    """
    mrr = [run["mrr"] for run in runs]
    spread = f" ± {_points(np.std(mrr))}" if len(runs) > 1 else ""
    hits = [_points(np.mean([run["hits"][n] for run in runs])) for n in ("1", "3", "10")]
    slots = [[run["by_slot"][slot]["mrr"] for run in runs if slot in run["by_slot"]] for slot in SLOTS]
    by_slot = [_points(np.mean(of)) if of else "" for of in slots]
    took = (
        [f"{np.mean([run['trained'] for run in runs]):.0f} s", f"{runs[0]['numbers']:,}"]
        if "trained" in runs[0]
        else ["", ""]
    )
    cells = [label, _points(np.mean(mrr)) + spread, *hits, *by_slot, *took]
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"


def _points(share: Any) -> str:
    return f"{float(share):.3f}".removeprefix("0")


def table(runs: dict[str, dict[str, list[dict[str, Any]]]]) -> str:
    """The Markdown of all runs, by folder and label; under each folder stand the guesses that need no model."""
    lines = []
    for folder, of in runs.items():
        first = next(iter(of.values()))[0]
        asked, unseen = f"{first['asked']:,} statements of {first['part']}", first["unseen"]
        lines += [f"**{folder}**: {asked}, of which {unseen} speak of what training never met.", ""]
        lines += ["| " + " | ".join(HEAD) + " |", "|---" * len(HEAD) + "|"]
        lines += [row(label, seeds) for label, seeds in of.items()]
        lines += [row(f"*{name.replace('_', ' ')}*", [guess]) for name, guess in first["baseline"].items()]
        lines.append("")
    return "\n".join(lines).rstrip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for, and print the table; 2 where something about it is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("--models", nargs="+", default=None, metavar="NAME")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--part", choices=("valid", "test"), default="test")
    parser.add_argument("--try", nargs="+", default=[], dest="grid", metavar="NAME=VALUE,...")
    parser.add_argument("--results", type=Path, default=Path(".cache/completion"))
    asked = parser.parse_args(arguments)
    set_up()
    try:
        if asked.grid and asked.part == "test":
            raise SettingsError("settings are chosen on valid statements, never on those that are asked: --part valid.")
        grid = [dict(zip(names, values, strict=True)) for names, values in _grid(asked.grid)]
        runs: dict[str, dict[str, list[dict[str, Any]]]] = {}
        for folder in asked.folders:
            splits = read_splits(folder)
            fitting = [name for name in NAMES if name in EITHER or MODELS[name].temporal == splits.temporal]
            for name in asked.models or fitting:
                for changes in grid:
                    recipe = recipe_for(name, len(splits.train), temporal=splits.temporal).with_(**changes)
                    label = " ".join([name, *(f"{key} {value}" for key, value in changes.items())])
                    how: dict[str, Any] = {"recipe": recipe, "part": asked.part, "results": asked.results}
                    seeds = [
                        measured(name, splits, seed=seed, progress=sys.stderr.isatty(), **how)
                        for seed in range(asked.seeds)
                    ]
                    runs.setdefault(Path(folder).name, {})[label] = seeds
                    print(row(label, seeds), file=sys.stderr, flush=True)
    except TensorBrainError as error:
        print(f"completion: {error}", file=sys.stderr)
        return 2
    print(table(runs))
    return 0


def _grid(tries: Sequence[str]) -> list[tuple[tuple[str, ...], tuple[Any, ...]]]:
    """All combinations of what is to be tried, as (names, values)."""
    known = set(Recipe.__dataclass_fields__)
    names, values = [], []
    for each in tries:
        name, _, choices = each.partition("=")
        if name not in known or not choices:
            raise SettingsError(
                f"--try {each} is no choice of settings: write penalty=0.01,0.03 or one of {sorted(known)}."
            )
        names.append(name)
        values.append([json.loads(choice) if choice[0] in "-.0123456789" else choice for choice in choices.split(",")])
    return [(tuple(names), chosen) for chosen in itertools.product(*values)]


if __name__ == "__main__":
    sys.exit(main())
