"""Link prediction from the command line: a model taught the split of a folder, and measured on it."""

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from tyro.conf import arg

from tensorbrain.cli.interruption import INTERRUPTED, Interruption
from tensorbrain.cli.output import columns, one_line, print_json, warn
from tensorbrain.errors import SettingsError

if TYPE_CHECKING:
    from tensorbrain.graph.splits import Splits

PREFIX = "kge:"  # that of graph.splits, which needs numpy: the help does not wait for it
Model = Literal[
    "brain", "cp", "distmult", "complex", "rescal", "tucker", "nonnegative-tucker", "tcomplex", "tntcomplex", "cont"
]


@dataclass(frozen=True)
class Completing:
    """How a model is taught to complete the statements of a split: with a folder kge:FOLDER alone."""

    model: Annotated[
        Model | None, arg(metavar="{" + ",".join(get_args(Model)) + "}", help_behavior_hint="(default: brain)")
    ] = None
    """The brain's own decoder, or the tensor model that stands beside it; those with a t know the time."""
    penalty: Annotated[float | None, arg(metavar="W", help_behavior_hint="(default: by model)")] = None
    """The weight of what keeps embeddings small."""
    regulariser: Annotated[
        Literal["n3", "dura"] | None, arg(metavar="{n3,dura}", help_behavior_hint="(default: by model)")
    ] = None
    """What keeps them small: n3, or what the model has in its place, or dura, the squares of queries and keys."""
    relations: Annotated[float | None, arg(metavar="W", help_behavior_hint="(default: by model)")] = None
    """The weight of learning the predicate from subject and object, too."""
    instants: Annotated[float | None, arg(metavar="W", help_behavior_hint="(default: by model)")] = None
    """The weight of learning the instant from the rest of a statement, too."""
    dropout: Annotated[float | None, arg(metavar="SHARE", help_behavior_hint="(default: by model)")] = None
    """The share of each query's numbers that a step leaves out, by chance."""
    first: Annotated[
        Literal["predicate", "concept"] | None,
        arg(
            metavar="{predicate,concept}", help_behavior_hint="(default: predicate; concept for large graphs with time)"
        ),
    ] = None
    """What a brain hears first of the two words that it is told, to name the third."""
    candidates: Annotated[int | None, arg(metavar="N", help_behavior_hint="(default: all)")] = None
    """How many concepts a batch weighs beside its own, by chance: for graphs too large to weigh all."""
    devices: Annotated[int | None, arg(metavar="N", help_behavior_hint="(default: 1)")] = None
    """Share the rows of the concepts among so many devices."""


def is_split(name: str) -> bool:
    """Whether the name of a graph asks for the split of a folder.

    >>> is_split("kge:data/umls"), is_split("countries")
    (True, False)
    """
    return name.startswith(PREFIX)


def tell(splits: "Splits") -> None:
    """Say what a reader of figures should know of a split."""
    for note in splits.notes:
        warn(note)


def train_completion(
    graph: str, how: Completing, *, output: str | None, seed: int, json: bool, changes: dict[str, Any]
) -> int:
    """Teach, save, and say how well the statements of the part ``valid`` are completed; the exit status."""
    from tensorbrain.array_file import resolved
    from tensorbrain.checkpoint import save_brain
    from tensorbrain.cli.sources import apart
    from tensorbrain.graph.splits import read_splits
    from tensorbrain.learning.recipes import recipe_for
    from tensorbrain.learning.taught import teach_completion
    from tensorbrain.tensor_memory import TensorMemory, save_tensor_memory

    name = how.model or "brain"
    suffix = ".brain.safetensors" if name == "brain" else f".{name}.safetensors"
    folder = graph.removeprefix(PREFIX)
    output = resolved(folder).name + suffix if output is None else output
    apart(output, folder)  # said now, rather than after the training
    changes |= {"penalty": how.penalty, "predicates": how.relations, "instants": how.instants}
    changes |= {"candidates": how.candidates, "regulariser": how.regulariser}
    changes |= {"dropout": how.dropout, "first": how.first}
    recipe_for(name, 0).with_(**changes)  # the same of these: a long file is not read for nothing
    from tensorbrain.compilation import set_up
    from tensorbrain.numerics.sharding import concept_mesh

    set_up()
    mesh = concept_mesh(how.devices) if how.devices is not None else None
    splits = read_splits(graph)
    tell(splits)
    recipe = recipe_for(name, len(splits.train), temporal=splits.temporal).with_(**changes)
    started = time.perf_counter()
    with Interruption() as interruption:
        try:
            taught = teach_completion(name, splits, recipe=recipe, seed=seed, mesh=mesh, progress=sys.stderr.isatty())
        except KeyboardInterrupt:
            warn("stopped in the middle of a step: nothing was saved")
            return INTERRUPTED
        save = save_tensor_memory if isinstance(taught, TensorMemory) else save_brain
        save(taught, output)  # pyright: ignore[reportArgumentType]
    figures: dict[str, Any] = {
        "model": name,
        "file": output,
        "graph": graph,
        "seed": seed,
        "recipe": recipe.to_json(),
        "epochs": len(taught.history),
        "loss": taught.history[-1]["loss"],
        "interrupted": interruption.happened,
        "seconds": round(time.perf_counter() - started, 2),
    }
    if not interruption.happened:
        from tensorbrain.evaluation.completion import completion_figures
        from tensorbrain.evaluation.link_prediction import scorer_of

        slots = "spot" if splits.temporal else "spo"
        figures["valid"] = completion_figures(scorer_of(taught), splits.valid, splits.known, slots)
    if json:
        print_json({**figures, "history": list(taught.history)})
    else:
        print(_report(figures))
    return INTERRUPTED if interruption.happened else 0


def open_memory(name: str) -> Any:
    """The tensor model or the brain of a file."""
    from tensorbrain.cli.sources import open_brain
    from tensorbrain.tensor_memory import is_tensor_memory, load_tensor_memory

    if not is_tensor_memory(name):
        return open_brain(name)
    from tensorbrain.compilation import set_up

    set_up()
    return load_tensor_memory(name)


def evaluate_completion(name: str, graph: str, *, json: bool) -> int:
    """Measure a tensor model or a brain on the part ``test`` of a split; the exit status."""
    from tensorbrain.evaluation.link_prediction import link_figures, scorer_of
    from tensorbrain.graph.splits import read_splits

    taught, splits = open_memory(name), read_splits(graph)
    ours, theirs = taught.vocabulary, splits.graph.vocabulary
    if (ours.concepts, ours.predicates, ours.instants) != (theirs.concepts, theirs.predicates, theirs.instants):
        raise SettingsError(f"{name} learned {taught.source or 'another graph'}, not {graph}: train one on that split")
    tell(splits)
    figures = {"model": name, "graph": graph, "seed": taught.seed}
    figures |= link_figures(scorer_of(taught), splits, detailed=True)
    if json:
        print_json(figures)
    else:
        print(_table(figures))
    return 0


def _row(label: str, figures: dict[str, Any]) -> list[str]:
    hits = (f"{figures['hits'][n]:.3f}" for n in ("1", "3", "10"))
    return [label, f"{figures['mrr']:.3f}", *hits, f"{figures['calibration_error']:.3f}"]


def _table(figures: dict[str, Any]) -> str:
    head = ["", "MRR", "hits@1", "hits@3", "hits@10", "calibration error"]
    rows = [head, _row("subject and object", figures)]
    rows += [_row(slot, of) for slot, of in figures["by_slot"].items()]
    for name, guess in figures["baseline"].items():
        rows.append(_row(f"{name.replace('_', ' ')}: subject and object", guess))
        rows += [_row(f"{name.replace('_', ' ')}: {slot}", of) for slot, of in guess["by_slot"].items()]
    kinds = ", ".join(f"{kind} {of['mrr']:.3f} ({of['asked']})" for kind, of in figures["by_category"].items())
    low, high = figures["mrr_bounds"]
    return "\n".join(
        [
            columns(rows),
            f"{figures['asked']} statements of {figures['part']}, filtered by all; {figures['unseen']} speak of what "
            f"training never met, and count; ranked in {figures['seconds']:.1f} s.",
            f"Level with another in {figures['ties']:.1%} of the questions: MRR {low:.3f} to {high:.3f} by how ties "
            "are broken, realistic above.",
            f"MRR by kind of predicate: {kinds}.",
        ]
    )


def _report(figures: dict[str, Any]) -> str:
    rows = [["model", f"{figures['model']}, rank {figures['recipe']['rank']}"]]
    rows.append(["epochs", f"{figures['epochs']} in {figures['seconds']:.1f} s"])
    of = "a whole statement" if figures["model"] == "nonnegative-tucker" else "an answer, with the penalty"
    rows.append(["loss", f"{figures['loss']:.3f} nats {of}"])
    if valid := figures.get("valid"):
        rows.append(["valid", f"MRR {valid['mrr']:.3f}, hits@10 {valid['hits']['10']:.3f}"])
        slots = (f"{slot} {of['mrr']:.3f}" for slot, of in valid["by_slot"].items())
        rows.append(["by slot", ", ".join(slots)])
    how = "stopped; what was learned so far is saved in" if figures["interrupted"] else "saved in"
    return columns(rows) + f"\n{how} {one_line(figures['file'])}"
