"""Teaching a brain in the background of a visit: it can be followed and stopped, and ends when nobody follows it."""

import logging
import threading
import time
from typing import Any, NamedTuple

import numpy as np

from tensorbrain.brain import Brain
from tensorbrain.errors import TensorBrainError
from tensorbrain.evaluation.questions import best_answers, questions, share_true
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.learning import train
from tensorbrain.settings import Settings

AT_ONCE = 2
SECONDS = 300.0
LONG = 20_000  # of more statements than this, the time that there is decides how fast to learn, not the passes alone
UNFOLLOWED = 15.0  # after so many seconds in which nobody asked how it goes, a training ends
MOST_CONCEPTS = 50_000
QUESTIONS = 256
_places = threading.BoundedSemaphore(AT_ONCE)


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


class Teaching:
    """A training in a thread of its own. Raises TensorBrainError where the server has no place for it.

    ``news`` are the reports of ``learning.train``; ``stopped`` says whether it ends, or has ended, before its time;
    ``brain`` and ``remembered`` come at the end, ``error`` where it went wrong.
    """

    def __init__(self, name: str, graph: KnowledgeGraph, course: Course, seconds: float = SECONDS) -> None:
        if len(graph.vocabulary.concepts) > MOST_CONCEPTS:
            raise TensorBrainError(
                f"{name} has {len(graph.vocabulary.concepts):,} concepts and the most that are taught here are "
                f"{MOST_CONCEPTS:,}: use `tensorbrain train` on a machine of your own"
            )
        if not _places.acquire(blocking=False):
            raise TensorBrainError(f"{AT_ONCE} brains are being taught on this server just now: try again in a minute")
        self.name, self.graph, self.course, self.seconds = name, graph, course, seconds
        self.news: list[dict[str, Any]] = []
        self.brain: Brain | None = None
        self.remembered: Remembered | None = None
        self.error = ""
        self.stopped = False
        self._followed = time.monotonic()
        self._thread = threading.Thread(target=self._teach, name=f"teaching {name}", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the thread is still at work."""
        return self._thread.is_alive()

    @property
    def learned(self) -> bool:
        """Whether the learning is over; how well it remembers may still be measured."""
        return self.brain is not None

    def follow(self) -> list[dict[str, Any]]:
        """The reports so far; who follows keeps the training alive."""
        self._followed = time.monotonic()
        return self.news

    def stop(self) -> None:
        """End the training after its current chunk; the best brain so far is kept."""
        self.stopped = True

    def wait(self, seconds: float) -> None:
        """Wait for the end, at most so long."""
        self._thread.join(seconds)

    def _report(self, record: dict[str, Any]) -> bool:
        self.news.append(record)
        self.stopped |= time.monotonic() - self._followed > UNFOLLOWED or record["seconds"] > self.seconds
        return self.stopped

    def _teach(self) -> None:
        try:
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
        except TensorBrainError as error:
            self.error = str(error)
        except Exception:
            logging.getLogger(__name__).exception("the teaching of %s failed", self.name)
            self.error = "the teaching failed, and the server's log says why: try fewer units, or a part of the graph"
        finally:
            _places.release()


def remembered(brain: Brain, graph: KnowledgeGraph) -> Remembered:
    """What a brain knows of its own graph: (subject, predicate, ?) asked of semantic memory, a few drawn of many."""
    asked = questions(graph.semantic().coordinates, 2, limit=QUESTIONS)
    starts = brain.model.a_bar[None].repeat(len(asked), axis=0)
    return Remembered(share_true(best_answers(brain, starts, asked.told, "o"), asked), len(asked))
