"""``tensorbrain reason``: from a subject along predicates, hop by hop."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from tyro.conf import arg

from tensorbrain.cli.arguments import BrainName, Common, Name
from tensorbrain.cli.output import columns, one_line, print_json, probability
from tensorbrain.cli.recall import heading
from tensorbrain.cli.sources import open_brain


@dataclass(frozen=True)
class Reason:
    """Let a brain reason: it goes from a subject along predicates, and the object of each hop is the next subject.

    Example: tensorbrain reason neighbourhood --subject Sparky --predicate "is a" "is a kind of"
    """

    brain: BrainName
    subject: Annotated[str, arg(metavar="NAME")]
    """Where it begins."""
    predicate: Annotated[tuple[str, ...], arg(metavar="NAME [NAME ...]")]
    """Along what it goes: a name a hop, or one for all of them."""
    hops: Annotated[int | None, arg(metavar="N", help_behavior_hint="")] = None
    """How many times to go along a single predicate."""
    how: Annotated[
        Literal["chain", "symbolic", "embedded"] | None,
        arg(metavar="{chain,symbolic,embedded}", help_behavior_hint=""),
    ] = None
    """Each object is measured and fed back (chain), told anew to a blank blackboard (symbolic), or only evolved
    through (embedded). By default a brain that was taught chains chains, another one reasons by symbols."""
    instant: Name = None
    """Reason within this episode."""
    selection: Literal["top", "argmax", "sample"] = "top"
    """Which path: the most probable one of all (top), the best object hop by hop (argmax), or one drawn at random
    (sample)."""
    common: Common = field(default_factory=Common)

    def run(self) -> int:
        """Print a line a hop, or with ``--json`` the whole trace as one object."""
        brain = open_brain(self.brain)
        import tensorbrain as tb

        one = len(self.predicate) == 1
        trace = tb.reason(
            brain,
            subject=self.subject,
            predicate=self.predicate[0] if one else None,
            predicates=None if one else self.predicate,
            hops=self.hops,
            how=self.how,
            instant=self.instant,
            selection=self.selection,
            seed=self.common.seed,
            record=tb.Record(states=False),
        )
        if self.common.json:
            print_json(trace.to_json())
            return 0
        print(f"{heading(trace.mode, trace.cue, trace.vocabulary)}: {trace.how}")
        for note in trace.notes:
            print(one_line(f"({note})"))
        print(columns([probability(s.probability), s.subject, s.predicate, s.object] for s in trace.statements))
        return 0
