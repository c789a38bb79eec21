"""``tensorbrain ask``: a question with gaps goes in, ranked answers come out."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from tyro.conf import arg

from tensorbrain.cli.arguments import BrainName, Common, Count, Cue, MemoryMode, given
from tensorbrain.cli.output import columns, print_json, probability, warn
from tensorbrain.cli.recall import heading
from tensorbrain.cli.sources import open_brain


@dataclass(frozen=True)
class Ask:
    """Ask a brain to fill the gaps of a statement: it ranks the answers by their probability.

    What is not given is asked: below, the object. With subject, predicate and object given, it says when.

    Example: tensorbrain ask neighbourhood --subject Sparky --predicate "owned by"
    """

    brain: BrainName
    cue: Cue = field(default_factory=Cue)
    answer: Annotated[tuple[Literal["instant", "subject", "predicate", "object"], ...], arg(help_behavior_hint="")] = ()
    """The gaps to fill, by default all of the statement's."""
    mode: MemoryMode = None
    """The memory to ask: episodic, of moments, or semantic, of what holds in general. By default it is
    episodic when an instant is given or asked for."""
    top: Count = 10
    """How many answers."""
    common: Common = field(default_factory=Common)

    def run(self) -> int:
        """Print a line an answer, or with ``--json`` the same as one object."""
        brain = open_brain(self.brain)
        import tensorbrain as tb

        told = given(self.cue)
        answers = tb.ask(brain, **told, answer=self.answer or None, mode=self.mode, top=self.top)
        words = brain.vocabulary
        cue = {slot: words.label(slot, words.find(name, slot)) for slot, name in told.items()}
        if self.common.json:
            print_json({**answers.to_json(), "cue": cue, "seed": self.common.seed})
            return 0
        print(f"{heading(answers.mode, cue, words)}: {', '.join(answers.slots)}?")
        print(columns([probability(each.probability), *each.labels] for each in answers) or "no answer")
        if not answers.exact:
            warn("the candidates were too many to try them all, so a better answer may be missing")
        return 0
