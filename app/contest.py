"""Models compared on a graph: each is taught most of its statements in the background, and asked those held out."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import numpy as np
from background import AT_ONCE, Job
from teaching import MOST_CONCEPTS

from tensorbrain.errors import TensorBrainError
from tensorbrain.evaluation.answers import Guess, best_guesses, reciprocal
from tensorbrain.evaluation.completion import ranks
from tensorbrain.evaluation.link_prediction import link_figures, scorer_of
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.graph.splits import Splits
from tensorbrain.graph.splitting import split_graph
from tensorbrain.learning.recipes import LARGE, Recipe, recipe_for
from tensorbrain.learning.taught import teach_completion

# What each model makes of a statement, by the name that the library takes; those without and with a time.
TIMELESS = {
    "brain": "reads a statement word by word, each heard by what follows",
    "complex": "multiplies complex numbers of the three words, so that direction matters",
    "distmult": "multiplies three numbers of the three words: it cannot tell who does what to whom",
    "cp": "the same with other numbers for subjects than for objects",
    "rescal": "has a matrix of numbers for each predicate between two vectors",
    "tucker": "lets all numbers of the three words meet in one core tensor",
    "nonnegative-tucker": "has probabilities for numbers; it learns in whole steps, and wants ten times the passes",
}
TIMED = {
    "brain": "starts from the moment, then reads word by word",
    "tcomplex": "multiplies complex numbers of the words and of the moment",
    "tntcomplex": "the same, beside a part of each predicate that knows no time",
    "cont": "has a core tensor of its own for every moment",
    "nonnegative-tucker": "has probabilities for numbers; it learns in whole steps, and wants ten times the passes",
}
FIRST = {False: ("brain", "complex", "distmult"), True: ("brain", "tcomplex", "tntcomplex")}
# Smaller and faster than the usual ones, whose lessons would be longer than a lecturer can wait.
SMALLER = {"brain": {"rank": 128, "batch": 64, "learning_rate": 6e-3}, "complex": {"rank": 64}}
MOST_ASKED = 2_000
QUESTIONS = 24  # that are kept with what each model answers
ROWS_LEARNED = 40_000  # in all passes together


class Plan(NamedTuple):
    """What is compared: the models, whether statements have a time, the share held out, passes and seed."""

    models: tuple[str, ...]
    timed: bool = False
    held: float = 0.1
    passes: int = 20
    seed: int = 0


class Result(NamedTuple):
    """How well a model knows what it was not taught.

    ``figures`` of `link_figures`, ``seconds`` of learning, ``numbers`` it has; ``reciprocal`` of the rank of each
    question for a subject or an object; ``guesses`` for the objects of the contest's ``questions``.
    """

    figures: dict[str, Any]
    seconds: float
    numbers: int
    reciprocal: np.ndarray
    guesses: list[list[Guess]]


def statements(graph: KnowledgeGraph, timed: bool) -> int:
    """How many statements there are to be split.

    >>> from tensorbrain.graph.knowledge_graph import example_graph
    >>> statements(example_graph(), timed=False), statements(example_graph(), timed=True)
    (3, 2)
    """
    return len(graph.episodes) if timed else len(graph.semantic())


def usual_passes(rows: int) -> int:
    """Passes through so many statements that fit into a lecture.

    >>> usual_passes(15), usual_passes(2476), usual_passes(300_000)
    (100, 16, 3)
    """
    return int(np.clip(ROWS_LEARNED // max(rows, 1), 3, 100))


def recipe_of(name: str, rows: int, plan: Plan) -> Recipe:
    """The recipe of one model: the usual one with the plan's passes, and on a small graph some models made smaller.

    >>> recipe_of("brain", 2000, Plan(())).rank, recipe_of("complex", 2000, Plan(())).epochs
    (128, 20)
    """
    smaller = SMALLER.get(name, {}) if rows < LARGE else {}
    return recipe_for(name, rows, temporal=plan.timed).with_(epochs=plan.passes, **smaller)


def split(graph: KnowledgeGraph, plan: Plan) -> Splits:
    """The statements that are learned and those that are asked, of which there are at most ``MOST_ASKED``."""
    share = min(plan.held, MOST_ASKED / max(statements(graph, plan.timed), 1))
    return split_graph(graph, valid=0.0, test=share, time=plan.timed, seed=plan.seed)


def seconds(news: Sequence[dict[str, Any]]) -> float:
    """How long a model has learned since its first report: before it, its program was compiled.

    >>> seconds([{"seconds": 4.0}, {"seconds": 4.5}]), seconds([])
    (0.5, 0.0)
    """
    return news[-1]["seconds"] - news[0]["seconds"] if news else 0.0


class Contest(Job):
    """The models of a plan, one after the other. Raises TensorBrainError for none, and for too large a graph.

    ``news`` are the reports of each model's training, ``results`` of those that are measured, ``at`` which is taught.
    """

    def __init__(self, world: str, graph: KnowledgeGraph, plan: Plan) -> None:
        if not plan.models:
            raise TensorBrainError("no model is chosen: choose one at least")
        if len(graph.vocabulary.concepts) > MOST_CONCEPTS:
            raise TensorBrainError(
                f"{world} has {len(graph.vocabulary.concepts):,} concepts and the most that are compared here are "
                f"{MOST_CONCEPTS:,}: use `tensorbrain train --model` on a machine of your own"
            )
        self.graph, self.plan, self.at = graph, plan, plan.models[0]
        self.splits: Splits | None = None
        self.questions = np.zeros((0, 4), np.int32)
        self.news: dict[str, list[dict[str, Any]]] = {}
        self.results: dict[str, Result] = {}
        super().__init__(
            world,
            self._compare,
            full=f"{AT_ONCE} long jobs are running on this server just now: try again in a minute",
            failed="the comparison failed, and the server's log says why: try fewer passes, or another model",
        )

    def state(self, name: str) -> str:
        """How far a model is: it waits, is taught, is done, or was left out."""
        if name in self.results:
            return "done"
        if not self.running:
            return "left out"
        return "taught" if name == self.at else "waits"

    def _compare(self) -> None:
        splits = split(self.graph, self.plan)
        asked = splits.test
        self.questions = asked[np.unique(np.linspace(0, len(asked) - 1, QUESTIONS).round().astype(int))]
        self.splits = splits
        for name in self.plan.models:
            self.at, news = name, self.news.setdefault(name, [])

            def report(record: dict[str, Any], news: list[dict[str, Any]] = news) -> bool:
                news.append(record)
                return self.ends()

            recipe = recipe_of(name, len(splits.train), self.plan)
            taught = teach_completion(name, splits, recipe=recipe, seed=self.plan.seed, report=report)
            if self.ends():  # what was not taught to its end is no fair figure
                return
            score = scorer_of(taught)
            self.results[name] = Result(
                link_figures(score, splits),
                seconds(news),
                sum(a.size for a in jax.tree.leaves(taught.model) if a.dtype.kind == "f"),
                reciprocal([ranks(score, asked, splits.known, slot) for slot in "so"]),
                best_guesses(score, self.questions, splits.known, "o"),
            )
