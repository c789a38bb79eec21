"""The objective of perception against its windows one by one, and what must not change it."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import TensorBrain
from tensorbrain.graph import Concept, Vocabulary
from tensorbrain.learning.observing import Seen
from tensorbrain.learning.perception import perception_terms
from tensorbrain.modes.choices import choices
from tensorbrain.modes.looking import Sight, feed_back, look, moment, pair_senses, read_labels, region_senses, relate
from tensorbrain.pictures.scenes import LabelGroup
from tensorbrain.settings import Settings

NAMES = {"entity": "Rex Mia Park", "class": "Dog Person", "attribute": "Red Blue Small Large Huge"}
CONCEPTS = tuple(Concept(f"urn:{name}", name, group) for group, names in NAMES.items() for name in names.split())
GROUPS = (LabelGroup("basic", (3, 4)), LabelGroup("colour", (5, 6)), LabelGroup("size", (7, 8, 9)))
CHOICES = choices(Vocabulary(CONCEPTS), GROUPS, 11)
KEY = jax.random.key(0)


@pytest.fixture(scope="module")
def brain() -> TensorBrain:
    settings = Settings(dim=8, context=6, senses="pictures", feature=5, reserve=(1, 0, 1))
    brain = TensorBrain.create((10, 3, 3), settings, key=jax.random.key(1))
    random = np.random.default_rng(0)
    values = (random.normal(size=9), np.array(0.8), np.array(1.3), np.array(0.7))
    values = tuple(jnp.asarray(value.astype(np.float32)) for value in values)
    return eqx.tree_at(lambda b: (b.silence, b.alpha, b.beta, b.temperature), brain, values)


def make(seed: int = 0) -> Seen:
    """Three scenes: two things, one thing and nothing said, and a new moment; the weights are as silence has them."""
    random = np.random.default_rng(seed)

    def real(*shape):
        return random.random(shape).astype(np.float32)

    low = 0.5 * real(3, 3, 2)
    thing = np.array([[2, 0, 4], [2, 1, -1], [2, 3, 1]], np.int32)
    labels = np.array([
        [[-1, -1, -1], [3, 5, 8], [4, 6, 7]], [[-1, -1, -1], [4, -1, 9], [-1] * 3], [[-1] * 3, [3, 6, -1], [4, 5, 7]],
    ], np.int32)  # fmt: skip
    rows = np.full((3, 4, 5), -1, np.int32)
    rows[0, :3] = [[1, 2, 0, 1, 4], [1, 1, 0, 2, 5], [2, 1, 4, -2, 0]]
    rows[1, 0] = [1, 1, 1, -2, 9]
    rows[2, :4] = [[2, 1, 1, 0, 3], [2, 0, 1, 1, 2], [1, 2, 3, -2, 1], [1, 1, 3, -2, 6]]
    weight = np.array([[1, 1, 2.5, 0], [3, 0, 0, 0], [1, 1, 1.5, 1.5]], np.float32)
    return Seen(
        real(3, 3, 5), np.concatenate([low, low + 0.3], axis=-1), thing, labels, np.array([1, 0, -1], np.int32), rows,
        weight, real(3, 4, 5), real(3, 5),
    )  # fmt: skip


def by_hand(brain: TensorBrain, seen: Seen) -> list[float]:
    """Every window on its own: the mean of -log P over the instants, things, labels, objects and predicates."""
    terms: list[list[tuple[float, float]]] = [[], [], [], [], []]

    def say(term: int, log_p, weight: float = 1.0) -> None:
        terms[term].append((-weight * float(log_p), weight))

    for n in range(len(seen.thing)):
        sights = [Sight(*map(jnp.asarray, pair)) for pair in zip(seen.features[n], seen.boxes[n], strict=True)]
        t = int(seen.instant[n])
        start = moment(brain, sights[0], known=jnp.arange(4) != t)[1]
        if t >= 0:
            say(0, moment(brain, sights[0], attention=False)[2][t])
        states = []
        for i, sight in enumerate(sights):
            state, log_pi = look(brain, start, region_senses(brain, sight), CHOICES.candidates[0])
            state = feed_back(brain, state, log_pi, "attend")[0]
            states.append(state)
            if seen.thing[n, i] >= 0:
                say(1, log_pi[seen.thing[n, i]])
            log_labels = read_labels(brain, state, CHOICES.members)
            for g, label in enumerate(seen.labels[n, i].tolist()):
                if label >= 0:
                    say(2, log_labels[g, GROUPS[g].members.index(label)])
        for row, weight, union in zip(seen.statements[n].tolist(), seen.weight[n], seen.unions[n], strict=True):
            i, j, _, p, o = row
            if i < 0:
                continue
            candidates = CHOICES.candidates[next((g + 1 for g in (1, 2) if o in GROUPS[g].members), 0)]
            state, log_o = look(brain, states[i], region_senses(brain, sights[j]), candidates)
            state = feed_back(brain, state, log_o, "attend")[0]
            _, log_p = relate(brain, state, pair_senses(brain, jnp.asarray(union), sights[i].box, sights[j].box))
            if p >= 0:
                say(3, log_o[o])
            say(4, log_p[3 if p == -2 else p], float(weight))
    return [sum(loss for loss, _ in term) / sum(weight for _, weight in term) for term in terms]


def as_arrays(seen: Seen) -> Seen:
    return Seen(*(jnp.asarray(field) for field in seen))


terms_of = jax.jit(perception_terms, static_argnames="dropout")


def test_the_terms_are_the_means_over_all_windows(brain):
    seen = make()
    expected = by_hand(brain, seen)
    np.testing.assert_allclose(terms_of(brain, as_arrays(seen), CHOICES, key=KEY), expected, rtol=1e-4)
    one = Seen(*(field[:1] for field in seen))
    assert not np.allclose(terms_of(brain, as_arrays(one), CHOICES, key=KEY), expected, rtol=1e-2)


def test_padding_changes_nothing(brain):
    seen = make()
    garbage = np.random.default_rng(7)
    wide = Seen(
        np.concatenate([seen.features, garbage.random((3, 2, 5)).astype(np.float32)], axis=1),
        np.pad(seen.boxes, ((0, 0), (0, 2), (0, 0))),
        np.pad(seen.thing, ((0, 0), (0, 2)), constant_values=-1),
        np.pad(seen.labels, ((0, 0), (0, 2), (0, 0)), constant_values=-1),
        seen.instant,
        np.pad(seen.statements, ((0, 0), (0, 3), (0, 0)), constant_values=-1),
        np.pad(seen.weight, ((0, 0), (0, 3))),
        np.concatenate([seen.unions, garbage.random((3, 3, 5)).astype(np.float32)], axis=1),
        seen.again,
    )
    one, other = (terms_of(brain, as_arrays(s), CHOICES, key=KEY) for s in (seen, wide))
    np.testing.assert_allclose(one, other, rtol=1e-5)


def test_the_own_moment_is_no_memory_yet(brain):
    seen = as_arrays(make())

    def changed(t: int) -> np.ndarray:
        """What of the losses changes when the embedding of an instant does, of the first scene, which is instant 1."""
        row = brain.index.block("instant").start + t
        other = eqx.tree_at(lambda b: b.index.A, brain, brain.index.A.at[row].add(jnp.linspace(-2.0, 3.0, 8)))
        first = Seen(*(field[:1] for field in seen))
        pair = [np.asarray(terms_of(b, first, CHOICES, key=KEY)) for b in (brain, other)]
        return np.abs(pair[1] - pair[0]) > 1e-4

    assert changed(1).tolist() == [True, False, False, False, False]  # it must be found, and helps with nothing else
    assert changed(2).all()


def test_dropout_is_drawn_by_the_key_and_none_is_none(brain):
    seen = as_arrays(make())
    keys = jax.random.split(jax.random.key(3), 2)
    none = [np.asarray(terms_of(brain, seen, CHOICES, key=key)) for key in keys]
    np.testing.assert_array_equal(none[0], none[1])
    some = [np.asarray(terms_of(brain, seen, CHOICES, key=key, dropout=0.5)) for key in (*keys, keys[0])]
    np.testing.assert_array_equal(some[0], some[2])
    assert (some[0][2:] != some[1][2:]).all()  # labels, objects and predicates rest on what is kept
    np.testing.assert_allclose(some[0][:2], none[0][:2], rtol=1e-6)  # instant and thing are read before


def test_gradients_are_finite_where_regions_are_not_there(brain):
    seen = as_arrays(make())._replace(boxes=jnp.zeros((3, 3, 4)))
    params, static = eqx.partition(brain, eqx.is_inexact_array)

    def loss(params):
        return sum(perception_terms(eqx.combine(params, static), seen, CHOICES, key=KEY, dropout=0.3))

    gradients = jax.jit(jax.grad(loss))(params)
    assert all(np.isfinite(g).all() for g in jax.tree.leaves(gradients))
    for part in (gradients.silence, gradients.index.A, gradients.memory.W, gradients.sensory.encoders["union"].G):
        assert np.abs(np.asarray(part)).max() > 0
