"""A brain goes to school: it learns to see the neighbourhood, to remember it, and to write down what it lives."""

import dataclasses
import time
from typing import Any, NamedTuple

import equinox as eqx
import jax
import numpy as np

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.datasets.scenes import Dials, draw, episode_scripts, new_scripts
from tensorbrain.datasets.scripts import ACTIONS, SPATIAL
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.graph.names import local_name
from tensorbrain.layers.eye import Eye
from tensorbrain.learning.eye import teach_eye
from tensorbrain.learning.imagination import teach_imagination
from tensorbrain.learning.joint import learn_jointly
from tensorbrain.learning.observing import Seen, observe
from tensorbrain.learning.revision import revise
from tensorbrain.learning.train import prior
from tensorbrain.modes.choices import choices
from tensorbrain.pictures.scenes import Scenes, joined, label_groups
from tensorbrain.settings import Settings
from tensorbrain.typing import Int32

FIRST_LOOK, SECOND_LOOK = Dials(0.4, 0.3, 0.4, 0.4), Dials(0.6, 0.5, 0.6, 0.6)
SETTINGS = Settings(dim=384, context=512, senses="pictures", reserve=(16, 0, 64))
MOST_TOLD = 8  # statements of a new scene that are told
REMARKED = 0.15  # share of what the narrator tells of looks, places and facts that somebody who only looks also tells
NAMELESS = 0.5  # share of passers-by among the things of new scenes


@dataclasses.dataclass(frozen=True)
class Course:
    """How long a brain goes to school: new scenes drawn, episodes only told, and steps of each of its parts."""

    scenes: int = 6000
    told: int = 40_000
    eye: int = 4000
    brain: int = 12_000
    revision: int = 500
    imagination: int = 1500


class Lessons(NamedTuple):
    """The pictures of a course: the episodes of the graph and new scenes, and if wanted a second look at each."""

    first: Scenes
    second: Scenes | None


def lessons(graph: KnowledgeGraph, *, scenes: int, seed: int, twice: bool = True) -> Lessons:
    """Draw the episodes of a graph and so many new scenes; ``twice`` in two views, as whoever learns to write needs.

    >>> from tensorbrain.datasets.worlds import load_graph
    >>> len(lessons(load_graph("neighbourhood"), scenes=2, seed=0).first)
    696
    """
    scripts = [episode_scripts(graph, seed=seed), new_scripts(graph, scenes, seed=seed, nameless=NAMELESS)]
    views = [
        joined([draw(part, graph, seed=seed + offset, dials=dials) for part in scripts])
        for offset, dials in ((1, FIRST_LOOK), (2, SECOND_LOOK))[: 1 + twice]
    ]
    return Lessons(views[0], views[1] if twice else None)


def told_episodes(graph: KnowledgeGraph, count: int, *, seed: int) -> Int32[np.ndarray, "episode statement 3"]:
    """The statements (s, p, o) of new scenes that are never drawn, -1 padding.

    Every other one is told as the narrator of the episodes would tell it, the others as somebody who looks at it would:
    what is done, and of all who live where they are and in which pose.

    >>> from tensorbrain.datasets.worlds import load_graph
    >>> told_episodes(load_graph("neighbourhood"), 2, seed=0).shape
    (2, 8, 3)
    """
    random = np.random.default_rng(seed)
    predicate = {local_name(concept.iri): k for k, concept in enumerate(graph.vocabulary.predicates)}
    is_at, does = predicate["isAt"], predicate["does"]
    seen = {predicate[name] for name in (*SPATIAL, *ACTIONS)}
    rows = np.full((count, MOST_TOLD, 3), -1, np.int32)
    for n, script in enumerate(new_scripts(graph, count, seed=seed, nameless=0.0)):
        told = [row[2:] for row in script.statements]
        if n % 2:
            alive = [thing for thing in script.things if thing.activity >= 0]
            told = [row for row in told if row[1] in seen or random.random() < REMARKED]
            told += [(thing.concept, does, thing.activity) for thing in alive]
            told += [(thing.concept, is_at, script.place) for thing in alive if n % 8 > 1]  # one in four says no place
            told = [told[i] for i in random.permutation(len(told))]
            told = list(dict.fromkeys(told))
        told = np.asarray(told[:MOST_TOLD], np.int32).reshape(-1, 3)
        rows[n, : len(told)] = told
    return rows


def untaught(graph: KnowledgeGraph, settings: Settings, *, seed: int) -> TensorBrain:
    """A new brain for a graph, with the prior of its instants."""
    words = graph.vocabulary
    counts = (len(words.concepts), len(words.predicates), len(words.instants))
    brain = TensorBrain.create(counts, settings, key=jax.random.key(seed))
    return eqx.tree_at(lambda b: b.p_t, brain, prior(graph, brain))


def with_eye(brain: TensorBrain, eye: Eye) -> TensorBrain:
    """The brain with another eye."""
    return eqx.tree_at(lambda b: b.sensory.eye, brain, eye)


def taught_eye(
    graph: KnowledgeGraph, pictures: Lessons, course: Course, settings: Settings, *, seed: int, progress: bool
):
    """An eye taught on all that was drawn for the lessons, and how it went."""
    return teach_eye(
        joined([view for view in pictures if view is not None]),
        label_groups(graph),
        feature=settings.feature,
        predicates=len(graph.vocabulary.predicates),
        steps=course.eye,
        seed=seed,
        progress=progress,
    )


def observed(graph: KnowledgeGraph, eye: Eye, pictures: Lessons, settings: Settings, *, seed: int) -> Seen:
    """The lessons through a taught eye."""
    return observe(with_eye(untaught(graph, settings, seed=seed), eye), pictures.first, pictures.second, seed=seed)


def school(
    graph: KnowledgeGraph,
    *,
    settings: Settings = SETTINGS,
    course: Course = Course(),
    seed: int = 0,
    progress: bool = True,
) -> Brain:
    """Teach a new brain to see, remember, write and imagine the neighbourhood.

    The eye is taught first, by naming; then memory, perception and writing jointly on the same embeddings; last the
    imagination. ``brain.history`` has the seconds and losses of each part. Ctrl-C goes on to the next part.
    """
    started = time.perf_counter()
    pictures = lessons(graph, scenes=course.scenes, seed=seed)
    drawn = {"part": "drawing", "scenes": 2 * len(pictures.first), "seconds": round(time.perf_counter() - started, 1)}
    eye, eye_history = taught_eye(graph, pictures, course, settings, seed=seed, progress=progress)
    brain = with_eye(untaught(graph, settings, seed=seed), eye)
    seen = observe(brain, pictures.first, pictures.second, seed=seed)
    groups = label_groups(graph)
    options = choices(graph.vocabulary, groups, brain.index.size("concept"))
    brain, history = learn_jointly(
        brain,
        graph,
        seen,
        options,
        steps=course.brain,
        pool=told_episodes(graph, course.told, seed=seed + 5),
        learn_beta=settings.learn_beta,
        seed=seed,
        progress=progress,
    )
    brain, revised = revise(brain, graph, seen, steps=course.revision, seed=seed)
    brain, last = teach_imagination(brain, pictures.first, steps=course.imagination, seed=seed)
    records: list[dict[str, Any]] = [drawn]
    records += [{"part": "eye", **record} for record in eye_history]
    records += [
        {"part": "brain", "epoch": n + 1, "loss": record["memory"], **record} for n, record in enumerate(history)
    ]
    records += [
        {"part": "revision", **revised},
        {"part": "imagination", **last},
        {"part": "all", "seconds": round(time.perf_counter() - started, 1)},
    ]
    return Brain(
        model=brain,
        vocabulary=graph.vocabulary,
        settings=settings,
        graph_hash=graph.content_hash(),
        source=graph.source,
        seed=seed,
        held_out=np.zeros((0, 3), np.int32),
        history=tuple(records),
        label_groups=groups,
    )
