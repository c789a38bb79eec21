"""``tensorbrain evaluate``: how well a brain knows its graph."""

import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal

from tyro.conf import Positional, arg

from tensorbrain.cli.arguments import BrainName, Common, Count, Reading, check_seeds, given
from tensorbrain.cli.completing import evaluate_completion, is_split
from tensorbrain.cli.interruption import INTERRUPTED, Interruption
from tensorbrain.cli.output import print_json, warn
from tensorbrain.cli.sources import open_brain, open_graph
from tensorbrain.errors import GraphError, SettingsError

if TYPE_CHECKING:
    from tensorbrain.brain import Brain


@dataclass(frozen=True)
class Streaming:
    """How the brain of a stream is taught, in mode stream."""

    split: Annotated[str | None, arg(metavar="WHERE", help_behavior_hint="(default: the last season, or 0.8)")] = None
    """Where the part begins that is asked: an instant's name or time stamp, or its beginning, or the share of events
    that is learned."""
    steps: Annotated[int | None, arg(metavar="N", help_behavior_hint="(default: 900)")] = None
    """Training steps, at most."""
    minutes: Annotated[float | None, arg(metavar="M", help_behavior_hint="(default: no limit)")] = None
    """How long to train, at most."""


@dataclass(frozen=True)
class Evaluate:
    """Measure how well a brain knows its graph, beside a table of counts and chance.

    Says how much of each episode it recalls, how often its best answer is true, and how well it ranks the
    facts that were held out from its training. With --mode perception it teaches networks to see and measures them
    on new pictures: of the neighbourhood, of `digits`, or on the boxes of a scene-graph file. With --mode experience
    the brain lives new pictures once and is asked for them. With --mode stream a new brain is taught the first part of
    a stream of events, such as the timed scenes of a film, and asked what comes next in the rest; Ctrl-C ends its
    training early. On kge:FOLDER a brain or a tensor model completes the statements of the file test.

    Example: tensorbrain evaluate neighbourhood
    """

    brain: BrainName
    graph: Annotated[
        Positional[str | None],
        arg(
            metavar="[GRAPH]",
            help="The graph to measure on.",
            help_behavior_hint="(default: the one that the brain was trained on)",
        ),
    ] = None
    mode: Literal["memory", "perception", "experience", "stream"] = "memory"
    """What is measured. Perception teaches several networks for each seed, which takes a quarter of an hour."""
    seeds: Count = 3
    """In mode perception: how many seeds, from --seed on."""
    streaming: Streaming = field(default_factory=Streaming)
    reading: Reading = field(default_factory=Reading)
    common: Common = field(default_factory=Common)

    def run(self) -> int:
        """Print the table of figures, or with ``--json`` the figures as one object."""
        check_seeds(self.seeds)
        if self.graph is not None and is_split(self.graph):
            if self.mode != "memory" or given(self.streaming):
                raise SettingsError(f"the split {self.graph} is measured in mode memory alone: leave the others out")
            return evaluate_completion(self.brain, self.graph, json=self.common.json)
        if self.mode == "stream":
            return self._streamed()
        if said := given(self.streaming):
            name = next(iter(said))
            raise SettingsError(f"--{name} says how a stream is learned: add --mode stream, or leave --{name} out")
        if self.mode != "memory":
            figures, words = self._perceived() if self.mode == "perception" else self._lived()
            print_json(figures) if self.common.json else print(words)
            return 0
        brain = open_brain(self.brain)
        graph = open_graph(self._measured_on(brain), self.reading)
        from tensorbrain.evaluation import evaluate, table

        figures = evaluate(brain, graph, seed=self.common.seed)
        if graph.content_hash() != brain.graph_hash:
            learned = f"`{brain.source}` as it was" if brain.source else "the graph"
            warn(f"{graph.source} is not {learned} when this brain was trained: the figures are of what it holds now")
        if self.common.json:
            print_json(figures)
        else:
            print(table(figures))
        return 0

    def _measured_on(self, brain: "Brain") -> str:
        return learned_graph(brain, self.brain) if self.graph is None else self.graph

    def _taught(self) -> str:
        """The graph that a new brain is taught: the second argument or, alone, the first."""
        return self.brain if self.graph is None else self.graph

    def _perceived(self) -> tuple[dict[str, Any], str]:
        from tensorbrain.compilation import set_up

        set_up()
        seeds, progress = tuple(range(self.common.seed, self.common.seed + self.seeds)), sys.stderr.isatty()
        if self.brain == "digits":
            from tensorbrain.experiments import digits

            figures = digits.digits(seeds=seeds, progress=progress)
            return figures, digits.table(figures)
        if self.brain.removesuffix(".gz").endswith(".json"):
            from tensorbrain.experiments import scene_graphs

            figures = scene_graphs.scene_graph_tables(self.brain, seeds=seeds, progress=progress)
            return figures, scene_graphs.table(figures)
        from tensorbrain.experiments import ladder

        graph = open_graph(self._taught(), self.reading)
        figures = ladder.ladder(graph, seeds=seeds, progress=progress)
        return figures, ladder.table(figures)

    def _streamed(self) -> int:
        from tensorbrain.compilation import set_up
        from tensorbrain.experiments import streams

        set_up()
        graph = open_graph(self._taught(), self.reading)
        with Interruption() as interruption:
            figures = streams.stream_tables(
                graph, seed=self.common.seed, progress=sys.stderr.isatty(), **given(self.streaming)
            )
        figures["interrupted"] = interruption.happened
        print_json(figures) if self.common.json else print(streams.table(figures))
        return INTERRUPTED if interruption.happened else 0

    def _lived(self) -> tuple[dict[str, Any], str]:
        from tensorbrain.experiments import experiences

        brain = open_brain(self.brain)
        graph = open_graph(self._measured_on(brain), self.reading)
        figures = experiences.experiences(brain, graph, seed=self.common.seed)
        return figures, experiences.table(figures)


def learned_graph(brain: "Brain", name: str) -> str:
    """The graph that a brain was trained on, where it still is; GraphError asks for it otherwise."""
    from tensorbrain.datasets.worlds import WORLDS

    if name in WORLDS:
        return name
    if brain.source in WORLDS or (brain.source and os.path.exists(brain.source)):
        return brain.source
    where = f"its graph {brain.source} is not here" if brain.source else "it does not say where its graph is"
    raise GraphError(f"what to measure the brain {name} on? {where}: `tensorbrain evaluate {name} GRAPH`")
