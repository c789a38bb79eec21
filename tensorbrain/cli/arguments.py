"""The arguments that several commands share, each explained once."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from tyro.conf import Positional, arg

from tensorbrain.errors import SettingsError

Graph = Annotated[
    Positional[str],
    arg(
        metavar="GRAPH",
        help="A knowledge graph: `neighbourhood`, `countries`, or the path of a file (.ttl .nt .nq .trig "
        ".jsonld .rdf .tsv, each also .gz) or of a folder of them, or `sparql:` and the address of an endpoint.",
    ),
]
BrainName = Annotated[
    Positional[str],
    arg(
        metavar="BRAIN",
        help="A trained brain: `neighbourhood`, `countries`, a file that `tensorbrain train` wrote, or the folder of "
        "a life.",
    ),
]
Name = Annotated[str | None, arg(metavar="NAME", help_behavior_hint="")]
Count = Annotated[int, arg(metavar="N")]
MemoryMode = Annotated[
    Literal["semantic", "episodic"] | None, arg(metavar="{semantic,episodic}", help_behavior_hint="")
]


@dataclass(frozen=True)
class Common:
    """What every command knows."""

    seed: Count = 0
    """The number that all chance is drawn from: the same seed gives the same result."""
    json: bool = False
    """Print one JSON object, for programs, in place of text for people."""

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**63:
            raise SettingsError(f"--seed {self.seed} is no seed: give a whole number from 0 to 2^63 - 1")


MOST_SEEDS = 1000


def check_seeds(count: int) -> None:
    """Refuse a number of seeds that is none, or one that no run would come to the end of; SettingsError.

    >>> check_seeds(3)
    """
    if not 1 <= count <= MOST_SEEDS:
        raise SettingsError(f"--seeds {count} cannot be run: give 1 to {MOST_SEEDS:,}")


@dataclass(frozen=True)
class Reading:
    """How a graph is read."""

    labels_language: Annotated[str, arg(metavar="TAG")] = "en"
    """The language of labels, where there is a choice."""
    literals: Literal["drop", "keep", "bin"] = "drop"
    """What becomes of texts and numbers: dropped, kept as attributes where few and repeated, or numbers put
    into ranges too."""
    blank_nodes: Literal["keep", "skip"] = "keep"
    """What becomes of statements about nameless things."""


@dataclass(frozen=True)
class Cue:
    """What is known; the brain says the rest. A NAME is a label, an IRI, or for instants a time stamp or its
    beginning."""

    subject: Name = None
    """Who or what does it."""
    predicate: Name = None
    """What holds between subject and object."""
    object: Name = None
    """To whom or what."""
    instant: Name = None
    """When: this asks episodic memory."""


def given(options: Any) -> dict[str, Any]:
    """Which options of a group were said, by name.

    >>> given(Cue(subject="Sparky"))
    {'subject': 'Sparky'}
    """
    return {name: value for name, value in vars(options).items() if value is not None}
