"""A moment is consolidated in the background of a visit, and what changes by it: what is said of it in general."""

from typing import Any, NamedTuple

from background import AT_ONCE, Job
from teaching import Remembered, remembered

from tensorbrain.brain import Brain
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.memory.blend import Remark, remarkable
from tensorbrain.memory.consolidate import consolidate

STEPS = 200  # of replay: with three times as many hardly more is said in general


class Change(NamedTuple):
    """What a consolidation changed: ``rows`` of what the moment says, and their probabilities together in general.

    ``known`` is of how many questions about its graph the brain knows the answer, before and now; None where nobody
    has the graph.
    """

    rows: list[dict[str, object]]
    before: float
    now: float
    known: tuple[Remembered, Remembered] | None


def change(before: list[Remark], now: list[Remark], known: tuple[Remembered, Remembered] | None = None) -> Change:
    """What a moment says, with its probability in the moment, and in general before and now.

    >>> before = Remark("Sparky", "eats", "Apple", nats=3.9, episodic=0.5, semantic=0.01)
    >>> change([before], [before._replace(semantic=0.2)]).rows[0]["now"]
    0.2
    """
    later = {remark[:3]: remark for remark in now}
    both = [(r, later[r[:3]]) for r in before if r[:3] in later]
    rows: list[dict[str, object]] = [
        {
            "subject": r.subject,
            "predicate": r.predicate,
            "object": r.object,
            "then": r.episodic,
            "before": r.semantic,
            "now": new.semantic,
        }
        for r, new in both
    ]
    return Change(rows, sum(r.semantic for r, _ in both), sum(new.semantic for _, new in both), known)


def in_words(change: Change) -> str:
    """The change in two sentences.

    >>> in_words(Change([{}, {}], 0.01, 0.1, (Remembered(0.6, 256), Remembered(0.6, 256))))
    'In general the 2 statements together were said with probability 1.0 %, and are now with **10.0 %**. Of 256 \
questions about its graph the brain knew 60 % before, and knows 60 % now.'
    """
    these = "the statement was" if len(change.rows) == 1 else f"the {len(change.rows)} statements together were"
    are = "is" if len(change.rows) == 1 else "are"
    before, now = 100 * change.before, 100 * change.now
    text = f"In general {these} said with probability {before:.1f} %, and {are} now with **{now:.1f} %**."
    if change.known:
        old, new = change.known
        text += f" Of {new.asked} questions about its graph the brain knew {100 * old.share:.0f} % before, and knows "
        text += f"{100 * new.share:.0f} % now."
    return text


class Consolidation(Job):
    """A moment, by its IRI, being consolidated. Raises TensorBrainError where the server has no place.

    ``news`` are the reports of ``memory.consolidate``; ``brain`` and ``change`` come at the end, and stay None where
    it was stopped: then nothing has happened.
    """

    def __init__(self, moment: str, label: str, brain: Brain, graph: KnowledgeGraph | None) -> None:
        self.moment, self.label, self.before, self.graph = moment, label, brain, graph
        self.news: dict[str, Any] = {}
        self.brain: Brain | None = None
        self.change: Change | None = None
        super().__init__(
            label,
            self._replay,
            full=f"{AT_ONCE} long jobs are running on this server just now: try again in a minute",
            failed="the consolidation failed, and the server's log says why: nothing has changed",
        )

    def _report(self, record: dict[str, Any]) -> bool:
        self.news = record
        return self.ends()

    def _replay(self) -> None:
        said = remarkable(self.before, instant=self.moment)
        if self.ends():
            return
        brain = consolidate(self.before, instants=[self.moment], steps=STEPS, progress=False, report=self._report)
        if self.ends():
            return
        known = (remembered(self.before, self.graph), remembered(brain, self.graph)) if self.graph else None
        self.change = change(said, remarkable(brain, instant=self.moment), known)
        self.brain = brain
