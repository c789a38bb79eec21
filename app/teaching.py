"""Teaching a brain in the background of a visit: it can be followed and stopped, and ends when nobody follows it."""

from typing import Any, NamedTuple

import numpy as np
from background import AT_ONCE, Job

from tensorbrain.brain import Brain
from tensorbrain.errors import TensorBrainError
from tensorbrain.evaluation.questions import best_answers, questions, share_true
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.learning import train
from tensorbrain.settings import Settings

SECONDS = 300.0
LONG = 20_000  # of more statements than this, the time that there is decides how fast to learn, not the passes alone
MOST_CONCEPTS = 50_000
QUESTIONS = 256


class Course(NamedTuple):
    """How a brain is taught: units of its blackboard, passes through the graph, and the seed of all chance."""

    dim: int
    epochs: int
    seed: int = 0


class Remembered(NamedTuple):
    """Of how many questions (subject, predicate, ?) of its graph a brain was asked it knows a true answer."""

    share: float
    asked: int


def rows_of(graph: KnowledgeGraph) -> int:
    """How many statements one pass goes through: those of semantic memory, and those of the episodes."""
    return len(graph.semantic()) + len(graph.episodes)


def blind(graph: KnowledgeGraph) -> float:
    """The loss of one who takes all statements for equally probable: log(subjects x predicates x objects), in nats.

    >>> from tensorbrain.graph.knowledge_graph import example_graph
    >>> round(blind(example_graph()), 2)
    3.3
    """
    return float(np.log(graph.facts.shape[0]) + np.log(graph.facts.shape[1]) + np.log(graph.facts.shape[2]))


def usual(graph: KnowledgeGraph) -> Course:
    """A course by the size of the graph: some hundred statements are known by heart within seconds.

    >>> from tensorbrain.graph.knowledge_graph import example_graph
    >>> usual(example_graph())
    Course(dim=64, epochs=200, seed=0)
    """
    rows = rows_of(graph)
    dim = 64 if rows <= 1_000 else 128 if rows <= 4_000 else 256
    return Course(dim, int(np.clip(150_000 // max(rows, 1), 60, 200)) // 10 * 10)


class Teaching(Job):
    """A training in the background. Raises TensorBrainError where the graph is too large or the server has no place.

    ``news`` are the reports of ``learning.train``; ``brain`` and ``remembered`` come at the end.
    """

    def __init__(self, name: str, graph: KnowledgeGraph, course: Course, seconds: float = SECONDS) -> None:
        if len(graph.vocabulary.concepts) > MOST_CONCEPTS:
            raise TensorBrainError(
                f"{name} has {len(graph.vocabulary.concepts):,} concepts and the most that are taught here are "
                f"{MOST_CONCEPTS:,}: use `tensorbrain train` on a machine of your own"
            )
        self.graph, self.course, self.seconds = graph, course, seconds
        self.news: list[dict[str, Any]] = []
        self.brain: Brain | None = None
        self.remembered: Remembered | None = None
        super().__init__(
            name,
            self._teach,
            full=f"{AT_ONCE} brains are at work on this server just now: try again in a minute",
            failed="the teaching failed, and the server's log says why: try fewer units, or a part of the graph",
        )

    @property
    def learned(self) -> bool:
        """Whether the learning is over; how well it remembers may still be measured."""
        return self.brain is not None

    def follow(self) -> list[dict[str, Any]]:
        """The reports so far; who follows keeps the training alive."""
        self.followed()
        return self.news

    def _report(self, record: dict[str, Any]) -> bool:
        self.news.append(record)
        self.stopped |= record["seconds"] > self.seconds
        return self.ends()

    def _teach(self) -> None:
        rows = rows_of(self.graph)
        self.brain = train(
            self.graph,
            settings=Settings(dim=self.course.dim, context=self.course.dim),
            seed=self.course.seed,
            epochs=self.course.epochs,
            patience=max(10, self.course.epochs // 4),
            # Of very few statements, one that is told of a class instead would hide what is learned of the others.
            generalised=0.02 if rows > 200 else 0.0,
            # A rate that follows the clock makes every training another one.
            seconds=self.seconds if rows > LONG else None,
            progress=False,
            report=self._report,
        )
        self.remembered = remembered(self.brain, self.graph)


def remembered(brain: Brain, graph: KnowledgeGraph) -> Remembered:
    """What a brain knows of its own graph: (subject, predicate, ?) asked of semantic memory, a few drawn of many."""
    asked = questions(graph.semantic().coordinates, 2, limit=QUESTIONS)
    starts = brain.model.a_bar[None].repeat(len(asked), axis=0)
    return Remembered(share_true(best_answers(brain, starts, asked.told, "o"), asked), len(asked))
