"""``tensorbrain recall``: a cue goes in, statements come out."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tensorbrain.cli.arguments import BrainName, Common, Count, Cue, MemoryMode, given
from tensorbrain.cli.output import columns, one_line, print_json, probability
from tensorbrain.cli.sources import open_brain

if TYPE_CHECKING:
    from tensorbrain.graph import Vocabulary
    from tensorbrain.trace import Trace


@dataclass(frozen=True)
class Recall:
    """Let a brain remember: give it a cue, and it says statements, each with its probability.

    With an instant it recalls that episode, without one what it knows in general.

    Example: tensorbrain recall neighbourhood --subject Sparky --statements 5
    """

    brain: BrainName
    cue: Cue = field(default_factory=Cue)
    mode: MemoryMode = None
    """The memory to ask: episodic, of moments, or semantic, of what holds in general. By default it is
    episodic when an instant is given."""
    statements: Count = 8
    """How many statements to recall."""
    selection: Literal["top", "sample", "argmax", "attend"] = "top"
    """How each is found: the most probable ones of all (top), drawn at random (sample), the best choice
    window by window (argmax), or under soft attention (attend)."""
    common: Common = field(default_factory=Common)

    def run(self) -> int:
        """Print a line a statement, or with ``--json`` the whole trace as one object."""
        brain = open_brain(self.brain)
        import tensorbrain as tb

        trace = tb.recall(
            brain,
            **given(self.cue),
            mode=self.mode,
            statements=self.statements,
            selection=self.selection,
            seed=self.common.seed,
            record=tb.Record(states=False),
        )
        if self.common.json:
            print_json(trace.to_json())
            return 0
        print(heading(trace.mode, trace.cue, trace.vocabulary))
        for note in trace.notes:
            print(one_line(f"({note})"))
        print(table(trace))
        return 0


def heading(mode: str, cue: dict[str, str], words: "Vocabulary") -> str:
    """Which memory was asked, and with what; beside the name of an instant, its time.

    >>> from tensorbrain.graph import Vocabulary
    >>> heading("semantic", {"subject": "Sparky"}, Vocabulary())
    'semantic memory, given subject Sparky'
    """
    told = [f"{slot} {label}" for slot, label in cue.items()] or ["nothing"]
    times = {instant.label: time for instant, time in zip(words.instants, words.times, strict=True)}
    if (time := times.get(cue.get("instant", ""))) and time not in cue["instant"]:
        told.append(f"at {time}")
    return one_line(f"{mode} memory, given {', '.join(told)}")


def table(trace: "Trace") -> str:
    """A line a statement: probability, subject, predicate, object, and the instant unless it was told."""
    rows = [[probability(s.probability), s.subject, s.predicate, s.object] for s in trace.statements]
    if trace.mode == "episodic" and "instant" not in trace.cue:
        for row, instant in zip(rows, trace.instant, strict=True):
            row.append(trace.label("instant", int(instant)))
    return columns(rows) if rows else "nothing comes to mind"
