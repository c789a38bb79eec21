"""A town of rules, small enough to be enumerated, and a brain that knows its facts and remembers its days."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.graph import Concept, Vocabulary
from tensorbrain.learning.fit import SampledStatements, fit, newborn, one_of
from tensorbrain.memory.experience import WRITTEN
from tensorbrain.modes.decoder import statement_log_probability
from tensorbrain.settings import Settings
from tensorbrain.typing import Int32

CONCEPTS, PREDICATES, DAYS = 10, 4, 5
SETTINGS = Settings(dim=32, context=32)


class Town(NamedTuple):
    """Facts (s, p, o), one object for each of 30 questions (s, p); and days that say else of 5 and answer 10 more."""

    facts: Int32[np.ndarray, "fact 3"]
    days: Int32[np.ndarray, "day statement 3"]

    @property
    def kept(self) -> Int32[np.ndarray, "fact 3"]:
        """The facts that no day says otherwise."""
        told = {(s, p) for s, p, _ in self.days.reshape(-1, 3).tolist()}
        return np.array([row for row in self.facts.tolist() if tuple(row[:2]) not in told], np.int32)


def built() -> Town:
    facts = np.array([(s, p, (s * (p + 2) + p + 1) % CONCEPTS) for s in range(CONCEPTS) for p in range(3)], np.int32)
    extending = np.array([(s, 3, (3 * s + 5) % CONCEPTS) for s in range(CONCEPTS)], np.int32)
    contradicting = facts[::6] + np.array([0, 0, 4], np.int32)
    contradicting[:, 2] %= CONCEPTS
    days = np.concatenate([extending.reshape(DAYS, 2, 3), contradicting.reshape(DAYS, 1, 3)], axis=1)
    return Town(facts, days)


def taught(town: Town) -> Brain:
    """A brain whose semantic memory holds the facts, and whose episodic memory holds the days, as written since."""
    days = np.concatenate([town.days, np.broadcast_to(np.arange(DAYS)[:, None, None], (DAYS, 3, 1))], axis=2)
    facts = np.concatenate([town.facts, np.full((len(town.facts), 1), -1)], axis=1)
    rows = jnp.asarray(np.concatenate([facts, days.reshape(-1, 4)]), jnp.int32)
    born = newborn((CONCEPTS, PREDICATES, DAYS), SETTINGS, (0,))
    brains, _ = fit(born, rows[None], SampledStatements(32), (0,), steps=500)
    words = Vocabulary(
        tuple(Concept(f"urn:c{k}", f"c{k}", "entity") for k in range(CONCEPTS)),
        tuple(Concept(f"urn:p{k}", f"p{k}", "predicate") for k in range(PREDICATES)),
        tuple(Concept(f"{WRITTEN}{k + 1}", f"day {k + 1}", "instant") for k in range(DAYS)),
        tuple(f"2026-05-{k + 1:02}" for k in range(DAYS)),
    )
    return Brain(one_of(brains, 0), words, SETTINGS)


EVERY = np.argwhere(np.ones((CONCEPTS, PREDICATES, CONCEPTS))).astype(np.int32)


@jax.jit
def enumerated(model: TensorBrain, q: jax.Array) -> jax.Array:
    """log P(s, p, o | q) of all statements, one at a time: the slow clear form."""
    return jax.vmap(lambda row: statement_log_probability(model, q, row, "spo").sum())(jnp.asarray(EVERY)).reshape(
        CONCEPTS, PREDICATES, CONCEPTS
    )


def share_known(model: TensorBrain, rows: np.ndarray) -> float:
    """The share of statements whose object is the most probable one of semantic memory."""
    log_p = np.asarray(enumerated(model, model.a_bar))
    return float(np.mean([log_p[s, p].argmax() == o for s, p, o in rows.tolist()]))


@pytest.fixture(scope="session")
def town() -> Town:
    return built()


@pytest.fixture(scope="session")
def knowing(town: Town) -> Brain:
    return taught(town)


@pytest.fixture(scope="session")
def every_statement() -> Callable[[TensorBrain, jax.Array], jax.Array]:
    return enumerated


@pytest.fixture(scope="session")
def known() -> Callable[[TensorBrain, np.ndarray], float]:
    return share_known
