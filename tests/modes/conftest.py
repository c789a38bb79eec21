"""The decoder once more, by brute force: NumPy, float64, one statement at a time, from the papers' equations."""

import itertools
from collections.abc import Callable, Iterator
from functools import cache

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.graph import Concept, Vocabulary
from tensorbrain.settings import Settings

COUNTS = (5, 3, 4)
GROUP = {"s": 0, "p": 1, "o": 0}


def sig(x: np.ndarray) -> np.ndarray:
    return (1 + np.tanh(x / 2)) / 2


class BruteForce:
    """P(s, p, o | start) of every statement, from the rows in use alone."""

    def __init__(self, model: TensorBrain) -> None:
        def real(leaf):
            return np.asarray(leaf, np.float64)

        self.scoring, self.evolution = model.index.scoring, model.memory.evolution
        self.activation, self.orders = model.board.activation, model.orders
        ends = np.cumsum(model.index.capacity)[:-1]
        used = np.split(np.asarray(model.index.in_use), ends)
        self.A = [rows[u] for rows, u in zip(np.split(real(model.index.A), ends), used, strict=True)]
        self.a0 = [rows[u] for rows, u in zip(np.split(real(model.index.a0), ends), used, strict=True)]
        self.p_t = real(model.p_t)[used[2]]
        memory = model.memory
        self.V, self.B, self.W = real(memory.V), real(memory.B), real(memory.W)
        self.v0, self.w0 = real(memory.v0), real(memory.w0)
        self.alpha, self.beta, self.temperature = (float(x) for x in (model.alpha, model.beta, model.temperature))
        self.a_bar, self.voice = real(model.a_bar), real(model.voice)
        self.sizes = tuple(len(self.A[GROUP[slot]]) for slot in "spo")

    def gamma(self, q: np.ndarray) -> np.ndarray:
        return np.where(q > 0, q, 0.02 * q) if self.activation == "leaky_relu" else sig(q)

    def probabilities(self, q: np.ndarray, group: int) -> np.ndarray:
        """softmax(n / temperature), n_k = a_0k + a_k . (gamma - c)."""
        n = []
        for a, a0 in zip(self.A[group], self.a0[group], strict=True):
            gamma = self.gamma(q)
            n.append(
                {
                    "direct": a @ gamma,
                    "centered": a @ (gamma - 0.5),
                    "softplus": a @ gamma - np.log1p(np.exp(a)).sum(),
                    "learned": a0 + a @ gamma,
                }[self.scoring]
            )
        e = np.exp(np.array(n) / self.temperature)
        return e / e.sum()

    def evolve(self, q: np.ndarray, h: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if self.evolution == "recurrent":
            h = self.B @ sig(sig(h) + self.V @ sig(q))
            return self.W @ sig(h), h
        if self.evolution == "feedforward":
            h = sig(self.v0 + self.V @ self.gamma(q))
            return self.W @ h, h
        h = np.maximum(self.B @ (np.maximum(self.V @ q, 0) + h), 0)
        return self.W @ h + self.w0, h

    def statement(self, q: np.ndarray, row: dict[str, int], order: str) -> float:
        """The product of the three windows' probabilities, the symbols fed back between them."""
        h, product = np.zeros(len(self.B)), 1.0
        if len(self.orders) > 1:
            q = q + self.voice[self.orders.index(order)]
        for slot in order:
            q, h = self.evolve(q, h)
            product *= self.probabilities(q, GROUP[slot])[row[slot]]
            q = self.alpha * q + self.beta * self.A[GROUP[slot]][row[slot]]
        return product

    def joint(self, q: np.ndarray, order: str) -> np.ndarray:
        """P(s, p, o | q), an array (concepts, predicates, concepts)."""
        P = np.zeros(self.sizes)
        for s, p, o in itertools.product(*(range(n) for n in self.sizes)):
            P[s, p, o] = self.statement(q, {"s": s, "p": p, "o": o}, order)
        return P

    def by_instant(self, order: str) -> np.ndarray:
        """P(s, p, o | t), an array (instants, concepts, predicates, concepts)."""
        return np.stack([self.joint(a, order) for a in self.A[2]])

    def semantic(self, a_bar: str, order: str) -> np.ndarray:
        """P(s, p, o) by one of the three definitions of a-bar."""
        if a_bar == "mixture":
            return np.tensordot(self.p_t, self.by_instant(order), axes=1)
        return self.joint(self.a_bar if a_bar == "learned" else self.p_t @ self.A[2], order)


@cache
def untrained(settings: Settings, counts: tuple[int, int, int], wide: bool) -> TensorBrain:
    return TensorBrain.create(counts, settings, key=jax.random.key(0))


def random_model(
    settings: Settings, seed: int = 0, *, counts: tuple[int, int, int] = COUNTS, scale: float = 1.0, gates: bool = True
) -> TensorBrain:
    """A brain with random parameters everywhere, the biases, gates and P(t) too; reserve rows hold rubbish."""
    random = np.random.default_rng(seed)
    model = untrained(settings, counts, bool(jax.config.read("jax_enable_x64")))
    maps = [model.memory.V, model.memory.B, model.memory.W]
    p_t = np.zeros(len(model.p_t))
    p_t[: counts[2]] = random.dirichlet(np.ones(counts[2])) if counts[2] else 0.0
    alpha, beta, temperature = (0.8, 1.3, 0.7) if gates else (settings.alpha, settings.beta, settings.temperature)

    def normal(leaf, size):
        return size * random.normal(size=leaf.shape)

    values = (
        normal(model.index.A, scale),
        normal(model.index.a0, 1.0),
        *(normal(m, 2.0 / m.shape[1] ** 0.5) for m in maps),
        *(normal(v, 0.3) for v in (model.memory.v0, model.memory.w0)),
        *(normal(v, 0.5) for v in (model.a_bar, model.voice)),
        *(p_t, np.asarray(alpha), np.asarray(beta), np.asarray(temperature)),
    )
    return eqx.tree_at(
        lambda b: (
            *(b.index.A, b.index.a0, b.memory.V, b.memory.B, b.memory.W, b.memory.v0, b.memory.w0),
            *(b.a_bar, b.voice, b.p_t, b.alpha, b.beta, b.temperature),
        ),
        model,
        tuple(jnp.asarray(value, model.index.A.dtype) for value in values),
    )


def with_words(model: TensorBrain, settings: Settings, counts: tuple[int, int, int] = COUNTS) -> Brain:
    """The brain with labels c0.. (concepts), p0.. (predicates), t0.. (instants, on the first days of May)."""

    def words(letter: str, group: str, count: int) -> tuple[Concept, ...]:
        return tuple(Concept(f"urn:{letter}{k}", f"{letter}{k}", group) for k in range(count))

    days = tuple(f"2026-05-{k + 1:02}" for k in range(counts[2]))
    concepts, predicates, instants = counts
    vocabulary = Vocabulary(
        words("c", "entity", concepts), words("p", "predicate", predicates), words("t", "instant", instants), days
    )
    return Brain(model, vocabulary, settings)


@pytest.fixture(scope="session")
def brute_force() -> type[BruteForce]:
    return BruteForce


@pytest.fixture(scope="session")
def make_model() -> Callable[..., TensorBrain]:
    return random_model


@pytest.fixture(scope="session")
def name_all() -> Callable[..., Brain]:
    return with_words


@pytest.fixture(scope="module")
def float64() -> Iterator[None]:
    with jax.enable_x64(True):
        yield
