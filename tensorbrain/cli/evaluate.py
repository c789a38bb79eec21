"""``tensorbrain evaluate``: how well a brain knows its graph."""

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from tyro.conf import Positional, arg

from tensorbrain.cli.arguments import BrainName, Common, Reading
from tensorbrain.cli.output import print_json, warn
from tensorbrain.cli.sources import open_brain, open_graph
from tensorbrain.errors import GraphError

if TYPE_CHECKING:
    from tensorbrain.brain import Brain


@dataclass(frozen=True)
class Evaluate:
    """Measure how well a brain knows its graph, beside a table of counts and chance.

    Says how much of each episode it recalls, how often its best answer is true, and how well it ranks the
    facts that were held out from its training.

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
    reading: Reading = field(default_factory=Reading)
    common: Common = field(default_factory=Common)

    def run(self) -> int:
        """Print the table of figures, or with ``--json`` the figures as one flat object."""
        brain = open_brain(self.brain)
        graph = open_graph(self.graph or learned_graph(brain, self.brain), self.reading)
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


def learned_graph(brain: "Brain", name: str) -> str:
    """The graph that a brain was trained on, where it still is; GraphError asks for it otherwise."""
    from tensorbrain.datasets.worlds import WORLDS

    if name in WORLDS:
        return name
    if brain.source in WORLDS or (brain.source and os.path.exists(brain.source)):
        return brain.source
    where = f"its graph {brain.source} is not here" if brain.source else "it does not say where its graph is"
    raise GraphError(f"what to measure the brain {name} on? {where}: `tensorbrain evaluate {name} GRAPH`")
