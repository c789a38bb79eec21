"""What became of everything that was read, counted."""

import dataclasses
from typing import Any

FATES = (
    "kept",
    "label",
    "time stamp",
    "declaration",
    "ontology expression",
    "blank node",
    "literal",
    "quoted triple",
)
"""What can become of a statement; its position is the number that interpretation works with."""

KEPT, LABEL, TIME_STAMP, DECLARATION, EXPRESSION, BLANK_NODE, DROPPED_LITERAL, QUOTED_TRIPLE = range(len(FATES))


@dataclasses.dataclass(frozen=True)
class ReadReport:
    """Counts by kind and reason. Every statement read is in exactly one of the counts of `accounts`.

    >>> ReadReport(statements=3, facts=2, duplicates=1).accounts["kept as facts"]
    2
    """

    files: tuple[str, ...] = ()
    files_passed_over: tuple[str, ...] = ()
    statements: int = 0
    facts: int = 0
    episode_statements: int = 0
    duplicates: int = 0
    labels: int = 0
    time_stamps: int = 0
    declarations: int = 0
    expressions: int = 0
    blank_node_statements: int = 0
    literals_dropped: int = 0
    quoted_triples: int = 0
    literals_kept: int = 0
    literals_binned: int = 0
    literal_predicates: dict[str, str] = dataclasses.field(default_factory=dict)
    blank_nodes_kept: int = 0
    blank_nodes_skipped: int = 0
    episodes: int = 0
    episodes_without_statements: int = 0
    episodes_with_parts: int = 0
    episode_order: dict[str, int] = dataclasses.field(default_factory=dict)
    languages: dict[str, int] = dataclasses.field(default_factory=dict)
    labelled: int = 0
    named_by_iri: int = 0
    imports: tuple[str, ...] = ()
    scenes: int = 0  # pictures of a scene-graph file, and what of it was left out before it came to statements
    left_out: dict[str, int] = dataclasses.field(default_factory=dict)

    @property
    def accounts(self) -> dict[str, int]:
        """From what became of a statement to how many did; the counts sum to ``statements``."""
        return {
            "kept as facts": self.facts,
            "kept in episodes": self.episode_statements,
            "used as labels": self.labels,
            "used as time stamps": self.time_stamps,
            "used as declarations": self.declarations,
            "skipped: ontology expressions": self.expressions,
            "skipped: blank nodes": self.blank_node_statements,
            "skipped: literals": self.literals_dropped,
            "skipped: quoted triples": self.quoted_triples,
            "said more than once": self.duplicates,
        }

    def to_json(self) -> dict[str, Any]:
        """The counts as plain JSON types.

        >>> ReadReport(statements=3).to_json()["statements"]
        3
        """
        return dataclasses.asdict(self)
