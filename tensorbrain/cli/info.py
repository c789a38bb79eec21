"""``tensorbrain info``: what a graph holds, what was skipped, and why."""

from dataclasses import dataclass, field

from tensorbrain.cli.arguments import Common, Graph, Reading
from tensorbrain.cli.output import print_json
from tensorbrain.cli.sources import open_graph


@dataclass(frozen=True)
class Info:
    """Say what a knowledge graph holds.

    Counts its concepts by group, its predicates, facts and episodes, and says what was skipped and why.

    Example: tensorbrain info neighbourhood
    """

    graph: Graph
    reading: Reading = field(default_factory=Reading)
    common: Common = field(default_factory=Common)

    def run(self) -> int:
        """Print the table, or with ``--json`` the same counts as one object."""
        graph = open_graph(self.graph, self.reading)
        from tensorbrain.graph import describe, describe_json

        if self.common.json:
            print_json(describe_json(graph))
        else:
            print(describe(graph))
        return 0
