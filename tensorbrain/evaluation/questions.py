"""Questions with one hidden slot: which answers are true, which one the brain and the count table give."""

from collections.abc import Iterator
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import Brain
from tensorbrain.evaluation.conditionals import slot_log_probabilities, statement_log_probabilities
from tensorbrain.modes.episodic import best_order, log_posterior
from tensorbrain.typing import Array, Float, Int32

AT_ONCE = 2048  # questions scored in one call: bounds memory at AT_ONCE x concepts
LIMIT = 6000  # more questions of one kind than this are sampled, and the figure says how many were asked


@dataclass(frozen=True)
class Questions:
    """Distinct told parts of statements, and for each the set of true answers (all that the graph states).

    ``told`` (question, columns) in the order of the statements' columns with the hidden column set to 0.
    """

    told: Int32[np.ndarray, "question column"]
    true: tuple[frozenset[int], ...]
    hidden: int

    def __len__(self) -> int:
        return len(self.told)


def questions(
    statements: Int32[np.ndarray, "statement column"], hidden: int, *, limit: int = LIMIT, seed: int = 0
) -> Questions:
    """All distinct questions that hide one column, or a random ``limit`` of them.

    >>> asked = questions(np.array([[0, 0, 1], [0, 0, 2], [1, 0, 2]], np.int32), hidden=2)
    >>> asked.true
    (frozenset({1, 2}), frozenset({2}))
    """
    told = statements.copy()
    told[:, hidden] = 0
    rows, place = np.unique(told, axis=0, return_inverse=True)
    answers: list[set[int]] = [set() for _ in rows]
    for row, k in zip(place.reshape(-1).tolist(), statements[:, hidden].tolist(), strict=True):
        answers[row].add(k)
    chosen = np.arange(len(rows))
    if len(rows) > limit:
        chosen = np.sort(np.random.default_rng(seed).permutation(len(rows))[:limit])
    return Questions(rows[chosen].astype(np.int32), tuple(frozenset(answers[i]) for i in chosen), hidden)


def best_answers(
    brain: Brain, starts: Float[Array, "question dim"], told: Int32[np.ndarray, "question 3"], hidden: str
) -> Int32[np.ndarray, " question"]:
    """The brain's most probable filling of the hidden slot (s, p or o) of every question."""
    return np.concatenate(
        [scores.argmax(axis=1) for scores in answer_scores(brain, starts, told, hidden)] or [np.zeros(0)]
    ).astype(np.int32)


def answer_scores(
    brain: Brain, starts: Float[Array, "question dim"], told: Int32[np.ndarray, "question 3"], hidden: str
) -> Iterator[Float[np.ndarray, "block concept"]]:
    """log P(hidden = k, told | start) for every k, in blocks of questions (block, concept)."""
    order = best_order(brain.model.orders, frozenset("spo") - {hidden})
    size = min(AT_ONCE, 1 << max(0, len(told) - 1).bit_length())
    for begin in range(0, len(told), size):
        part = np.arange(begin, begin + size) % len(told)  # every block has one shape
        scores = slot_log_probabilities(brain.model, starts[part], jnp.asarray(told[part]), order=order, hidden=hidden)
        yield np.asarray(scores)[: min(size, len(told) - begin)]


def best_instants(brain: Brain, told: Int32[np.ndarray, "question 4"]) -> Int32[np.ndarray, " question"]:
    """The instant t with the largest P(t) P(s, p, o | t) for every statement."""
    model = brain.model
    instants = model.index.embeddings("instant")
    log_prior = log_posterior(model, jnp.zeros(len(instants), instants.dtype))
    best = []
    for row in told:
        statements = jnp.broadcast_to(jnp.asarray(row[:3]), (len(instants), 3))
        log_p = statement_log_probabilities(model, instants, statements, order=model.orders[0])
        best.append(int(jnp.argmax(log_p + log_prior)))
    return np.asarray(best, np.int32)


def share_true(answers: Int32[np.ndarray, " question"], asked: Questions) -> float:
    """The share of questions whose answer is one of the true ones.

    >>> asked = questions(np.array([[0, 0, 1], [1, 0, 2]], np.int32), hidden=2)
    >>> share_true(np.array([1, 1], np.int32), asked)
    0.5
    """
    return float(np.mean([k in true for k, true in zip(answers.tolist(), asked.true, strict=True)]))
