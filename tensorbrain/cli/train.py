"""``tensorbrain train``: a graph goes in, a brain file comes out."""

import dataclasses
import sys
import time
import warnings
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from tyro.conf import arg

from tensorbrain.cli.arguments import Common, Graph, Reading, given
from tensorbrain.cli.completing import Completing, is_split, train_completion
from tensorbrain.cli.interruption import INTERRUPTED, Interruption
from tensorbrain.cli.output import columns, one_line, print_json, warn
from tensorbrain.cli.sources import apart, brain_name, open_graph, recipe
from tensorbrain.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorbrain.brain import Brain
    from tensorbrain.graph import KnowledgeGraph
    from tensorbrain.settings import Settings


@dataclass(frozen=True)
class Holding:
    """What is kept from training, to be measured afterwards."""

    holdout: Annotated[float | None, arg(metavar="SHARE", help_behavior_hint="(default: 0)")] = None
    """The share of facts to hold out, such as 0.1."""
    holdout_predicate: Annotated[str | None, arg(metavar="NAME", help_behavior_hint="(default: all)")] = None
    """Hold out facts with this predicate alone."""
    holdout_one_direction: bool = False
    """Hold out a fact only where its reverse stays known, as for borders."""

    def over(self, usual: dict[str, Any] | None) -> dict[str, Any] | None:
        """The arguments of Holdout: those of a recipe, with what was said on the command line in their place.

        >>> Holding(holdout=0.2).over({"predicate": "borders", "share": 0.1})
        {'predicate': 'borders', 'share': 0.2}
        >>> Holding().over(None) is None
        True
        """
        said = {"share": self.holdout, "predicate": self.holdout_predicate}
        said = {name: value for name, value in said.items() if value is not None}
        if self.holdout == 0 or not (usual or said or self.holdout_one_direction):
            return None
        return {**(usual or {}), **said, **({"one_direction": True} if self.holdout_one_direction else {})}


@dataclass(frozen=True)
class Train:
    """Teach a new brain a knowledge graph, and save it.

    Ctrl-C ends the training early and saves the best brain so far. For the shipped worlds, the defaults are
    those that their shipped brains were trained with. Of kge:FOLDER, a folder with the files train, valid and test, the
    first is learned, and the second says how well it is completed; --dim is then the rank of the model.

    Example: tensorbrain train my-graph.ttl -o my.brain.safetensors --epochs 40
    """

    graph: Graph
    output: Annotated[
        str | None,
        arg(aliases=["-o"], metavar="FILE", help_behavior_hint="(default: GRAPH.brain.safetensors, here)"),
    ] = None
    """Where the brain is saved; what was there is replaced."""
    pictures: bool = False
    """Teach it to see as well, on drawn pictures of the episodes and of new scenes (neighbourhood alone). This takes
    about half an hour."""
    preset: Annotated[str | None, arg(metavar="NAME", help_behavior_hint="(default: default)")] = None
    """Whose choices to follow: default (the library's), tb2023, btn2023 or qtb2025 (the papers')."""
    dim: Annotated[int | None, arg(metavar="N", help_behavior_hint="(default: 256; with --pictures 384 and 512)")] = (
        None
    )
    """Units of the blackboard and of the working memory."""
    epochs: Annotated[int | None, arg(metavar="N", help_behavior_hint="(default: 60, of large graphs 20)")] = None
    """How often to go through the graph, at most."""
    seconds: Annotated[float | None, arg(metavar="S", help_behavior_hint="(default: no limit)")] = None
    """How long to train, at most."""
    batch: Annotated[int | None, arg(metavar="N", help_behavior_hint="(default: 128, of large graphs 1024)")] = None
    """Statements in one step."""
    learning_rate: Annotated[
        float | None, arg(metavar="R", help_behavior_hint="(default: 0.002, of large graphs 0.005)")
    ] = None
    """The size of the first steps."""
    facts_weight: Annotated[float | None, arg(metavar="W", help_behavior_hint="(default: 1)")] = None
    """How much a fact counts in semantic memory."""
    episodes_weight: Annotated[float | None, arg(metavar="W", help_behavior_hint="(default: 1)")] = None
    """How much each statement of an episode counts in semantic memory."""
    validation: Annotated[float | None, arg(metavar="SHARE", help_behavior_hint="(default: 0)")] = None
    """The share of statements to stop early by; at 0 it is the loss on all of them."""
    patience: Annotated[int | None, arg(metavar="N", help_behavior_hint="(default: 10)")] = None
    """Stop after so many epochs without progress."""
    held_out: Holding = field(default_factory=Holding)
    completing: Completing = field(default_factory=Completing)
    reading: Reading = field(default_factory=Reading)
    common: Common = field(default_factory=Common)

    def run(self) -> int:
        """Read, train, save; then say how it went."""
        if is_split(self.graph):
            return self._completed()
        if said := given(self.completing):
            name = next(iter(said))
            raise SettingsError(
                f"--{name} goes with the split of a folder: give kge:FOLDER with the files train, valid and test, or "
                f"leave --{name} out"
            )
        from tensorbrain.checkpoint import save_brain

        output = brain_name(self.graph) if self.output is None else self.output
        apart(output, self.graph)  # said now, rather than after the training
        graph = open_graph(self.graph, self.reading)
        from tensorbrain.compilation import set_up

        set_up()
        teach = self._schooling() if self.pictures else self._training(recipe(self.graph, graph))
        started = time.perf_counter()
        with Interruption() as interruption:
            try:
                with warnings.catch_warnings():
                    warnings.showwarning = lambda words, *_, **__: warn(str(words))  # one line, as everything else
                    brain = teach(graph, seed=self.common.seed, progress=sys.stderr.isatty())
            except KeyboardInterrupt:
                warn("stopped in the middle of a step: no brain was saved")
                return INTERRUPTED
            save_brain(brain, output)
        figures = {
            "brain": output,
            "graph": self.graph,
            "seed": self.common.seed,
            "interrupted": interruption.happened,
            "seconds": round(time.perf_counter() - started, 2),
            **learned(brain),
        }
        if figures["held_out"] and not interruption.happened:
            figures |= held_out_figures(brain, graph)
        if self.common.json:
            print_json({**figures, "history": brain.history})
        else:
            print(report(figures))
        return INTERRUPTED if interruption.happened else 0

    def _completed(self) -> int:
        """Teach a model the split of a folder."""
        others = ("preset", "seconds", "validation", "patience", "facts_weight", "episodes_weight")
        others = [name for name in others if getattr(self, name) is not None]
        if others or self.pictures or self.held_out != Holding():
            name = (others or (["pictures"] if self.pictures else ["holdout"]))[0].replace("_", "-")
            raise SettingsError(f"--{name} does not go with the split of a folder: leave it out")
        changes = {"rank": self.dim, "epochs": self.epochs, "batch": self.batch, "learning_rate": self.learning_rate}
        return train_completion(
            self.graph,
            self.completing,
            output=self.output,
            seed=self.common.seed,
            json=self.common.json,
            changes=changes,
        )

    def _schooling(self) -> "Callable[..., Brain]":
        """``experiments.schooling.school`` with the settings that the command line asks for."""
        from tensorbrain.experiments.schooling import SETTINGS, school

        others = ("preset", "epochs", "seconds", "batch", "learning_rate", "validation", "patience")
        others = [name for name in (*others, "facts_weight", "episodes_weight") if getattr(self, name) is not None]
        if others or self.held_out != Holding():
            name = (others[0] if others else "holdout").replace("_", "-")
            raise SettingsError(f"--{name} does not go with --pictures, whose course is fixed: leave one of them out")
        size = {} if self.dim is None else {"dim": self.dim, "context": self.dim}
        return partial(school, settings=dataclasses.replace(SETTINGS, **size))

    def _training(self, usual: dict[str, Any]) -> "Callable[..., Brain]":
        """``learning.train`` with the recipe's arguments, unless the command line says otherwise."""
        from tensorbrain.learning import train

        return partial(train, **self._arguments(usual))

    def _arguments(self, usual: dict[str, Any]) -> dict[str, Any]:
        """The keywords of ``learning.train``: the recipe's, unless the command line says otherwise."""
        from tensorbrain.learning import Holdout

        names = (
            "epochs",
            "seconds",
            "batch",
            "learning_rate",
            "facts_weight",
            "episodes_weight",
            "validation",
        )
        said = {name: getattr(self, name) for name in (*names, "patience")}
        said = {name: value for name, value in said.items() if value is not None}
        for name, value in said.items():
            if not 0 <= value < float("inf"):  # not a number is neither
                raise SettingsError(f"--{name.replace('_', '-')} {value} must be a number of 0 or more")
        arguments = {**usual, **said}
        held = self.held_out.over(arguments.pop("holdout", None))
        arguments["settings"] = self._settings(arguments.pop("preset", "default"), arguments.pop("settings", {}))
        return {**arguments, "holdout": Holdout(**held) if held else None}

    def _settings(self, preset_name: str, changes: dict[str, Any]) -> "Settings":
        from tensorbrain.presets import preset
        from tensorbrain.settings import Settings

        if self.preset is not None:  # another preset does away with the recipe's own settings
            preset_name, changes = self.preset, {}
        size = {} if self.dim is None else {"dim": self.dim, "context": self.dim}
        return Settings.from_json({**preset(preset_name).to_json(), **changes, **size})


def learned(brain: "Brain") -> dict[str, Any]:
    """What the training came to, in numbers."""
    losses = [epoch["loss"] for epoch in brain.history if "epoch" in epoch]
    words = brain.vocabulary
    return {
        "concepts": len(words.concepts),
        "predicates": len(words.predicates),
        "instants": len(words.instants),
        "epochs": len(losses),
        "loss": min(losses) if losses else None,
        "held_out": len(brain.held_out),
    }


def held_out_figures(brain: "Brain", graph: "KnowledgeGraph") -> dict[str, Any]:
    """How well the brain ranks what was kept from its training, as ``tensorbrain evaluate`` says."""
    from tensorbrain.evaluation.facts import semantic_figures

    return {name: value for name, value in semantic_figures(brain, graph).items() if "heldout" in name}


def report(figures: dict[str, Any]) -> str:
    """The figures in words."""
    rows = [["learned", f"{figures['concepts']} concepts, {figures['predicates']} predicates"]]
    if figures["instants"]:
        rows[0][1] += f", {figures['instants']} instants"
    rows.append(["epochs", f"{figures['epochs']} in {figures['seconds']:.1f} s"])
    if figures["loss"] is not None:
        rows.append(["loss", f"{figures['loss']:.3f} nats a statement"])
    if figures["held_out"]:
        rows.append(["held out", f"{figures['held_out']} facts"])
        for name, words in (("heldout_mrr", "MRR"), ("heldout_hits10", "hits@10")):
            rows[-1][1] += f", {words} {figures[name]:.3f}" if name in figures else ""
    how = "stopped; the best brain so far is saved in" if figures["interrupted"] else "saved in"
    return columns(rows) + f"\n{how} {one_line(figures['brain'])}"
