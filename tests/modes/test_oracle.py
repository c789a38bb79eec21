"""The decoder against brute force on 5 concepts, 3 predicates and 4 instants, in float64."""

import itertools
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.evaluation.conditionals import slot_log_probabilities, statement_log_probabilities
from tensorbrain.modes import ask
from tensorbrain.modes.cue import instant_posterior, read_cue
from tensorbrain.modes.decoder import statement_log_probability
from tensorbrain.modes.search import search, search_many
from tensorbrain.presets import PRESETS
from tensorbrain.settings import ORDERS, Settings

pytestmark = pytest.mark.usefixtures("float64")

SMALL = {"dim": 8, "context": 6}
EVERY = np.array(list(itertools.product(range(5), range(3), range(5))), np.int32)
A_BARS = ("learned", "mean", "mixture")
# every preset with its own orders, and each of the six orders alone
PRESETS_AND_ORDERS = [
    ("default", ("spo", "ops")),
    *((name, settings.orders) for name, settings in PRESETS.items()),
    *((name, (order,)) for name in PRESETS for order in ORDERS if (order,) != PRESETS[name].orders),
]


def _from_every_start(model, starts):
    """P of every statement from every start, in each of the brain's orders: (start, 5, 3, 5) per order.

    Not compiled: the same few operations then serve every preset and order.
    """
    q = jnp.repeat(starts, len(EVERY), axis=0)
    rows = jnp.tile(jnp.asarray(EVERY), (len(starts), 1))
    for order in model.orders:
        log_p = jax.vmap(lambda q, row, order=order: statement_log_probability(model, q, row, order))(q, rows)
        assert log_p.dtype == jnp.float64
        yield np.exp(np.asarray(log_p).sum(axis=1)).reshape(-1, 5, 3, 5)


def _equal(actual, expected) -> None:
    np.testing.assert_allclose(np.asarray(actual), expected, rtol=0, atol=1e-6)


def _as_array(answers, slots=("subject", "predicate", "object")) -> np.ndarray:
    """Answers over some of s, p, o as an array of probabilities."""
    sizes = {"subject": 5, "predicate": 3, "object": 5, "instant": 4}
    P = np.zeros([sizes[slot] for slot in slots])
    for answer in answers:
        P[answer.ids] = answer.probability
    return P


@pytest.mark.parametrize(
    ("preset", "orders"), PRESETS_AND_ORDERS, ids=lambda x: x if isinstance(x, str) else "+".join(x)
)
def test_statements_equal_brute_force(preset, orders, brute_force, make_model):
    as_printed = orders == PRESETS[preset].orders  # gates and temperature of the preset, elsewhere any
    model = make_model(replace(PRESETS[preset], **SMALL, orders=orders), seed=1, gates=not as_printed)
    instants = model.index.A[model.index.block("instant")]
    starts = jnp.concatenate([model.a_bar[None], (model.p_t @ instants)[None], instants])
    truth = brute_force(model)
    for order, P in zip(orders, _from_every_start(model, starts), strict=True):
        _equal(P.sum(axis=(1, 2, 3)), 1)
        _equal(P[0], truth.semantic("learned", order))
        _equal(P[1], truth.semantic("mean", order))
        _equal(P[2:], truth.by_instant(order))
        _equal(np.tensordot(np.asarray(model.p_t), P[2:], axes=1), truth.semantic("mixture", order))


def test_the_learned_score_offset_equals_brute_force(brute_force, make_model):
    model = make_model(Settings(**SMALL, scoring="learned", orders=("sop",)), seed=1)
    (P,) = _from_every_start(model, jnp.repeat(model.a_bar[None], 6, axis=0))
    _equal(P[0], brute_force(model).semantic("learned", "sop"))


@pytest.mark.parametrize("preset", PRESETS)
def test_ask_for_everything_equals_brute_force(preset, brute_force, make_model, name_all):
    """The search behind ask enumerates: every preset from the mixture of instants."""
    settings = replace(PRESETS[preset], **SMALL)
    _ask_and_compare(make_model(settings, seed=2), settings, settings.orders, ("mixture",), brute_force, name_all)


@pytest.mark.parametrize("order", ORDERS)
def test_ask_in_every_order_equals_brute_force(order, brute_force, make_model, name_all):
    settings = Settings(**SMALL, orders=(order,))
    _ask_and_compare(make_model(settings, seed=2), settings, (order,), ("learned", "mean"), brute_force, name_all)


def _ask_and_compare(model, settings, orders, a_bars, brute_force, name_all) -> None:
    truth, brain = brute_force(model), name_all(model, settings)
    for order, a_bar in itertools.product(orders, a_bars):
        answers = ask(brain, a_bar=a_bar, order=order, top=75)
        assert answers.exact and answers.mode == "semantic" and len(answers) == 75
        P = _as_array(answers)
        _equal(P.sum(), 1)
        _equal(P, truth.semantic(a_bar, order))
        assert all(a.probability >= b.probability for a, b in itertools.pairwise(answers))


def test_the_three_a_bars_differ(brute_force, make_model):
    truth = brute_force(make_model(Settings(**SMALL, orders=("spo", "ops")), seed=2))
    semantic = [truth.semantic(a_bar, "spo") for a_bar in A_BARS]
    for one, other in itertools.combinations(semantic, 2):
        assert np.abs(one - other).max() > 1e-3


@pytest.mark.parametrize(("order", "hidden"), [("spo", "s"), ("spo", "p"), ("spo", "o")])
def test_slot_log_probabilities_equal_brute_force(order, hidden, brute_force, make_model):
    model = make_model(Settings(**SMALL, orders=(order,)), seed=3)
    P = brute_force(model).by_instant(order)[1]
    q = jnp.broadcast_to(model.index.A[model.index.block("instant")][1], (len(EVERY), 8))
    log_p = slot_log_probabilities(model, q, jnp.asarray(EVERY), order=order, hidden=hidden)
    place = "spo".index(hidden)
    for row, statement in zip(np.exp(np.asarray(log_p)), EVERY, strict=True):
        index = [int(k) for k in statement]
        index[place] = slice(None)
        _equal(row, P[tuple(index)])


@pytest.fixture(scope="module")
def default_model(make_model, float64):
    return make_model(Settings(**SMALL, orders=("spo", "ops")), seed=4)


def test_batched_is_single_and_vmap_is_loop(default_model):
    model = default_model
    starts = model.index.A[model.index.block("instant")]
    picked = jnp.asarray(EVERY[[3, 40, 17, 74]])
    batched = statement_log_probabilities(model, starts, picked, order="ops", batch=2)
    one = jax.jit(lambda q, row: statement_log_probability(model, q, row, "ops"))
    singles = [one(q, row).sum() for q, row in zip(starts, picked, strict=True)]
    np.testing.assert_allclose(np.asarray(batched), np.asarray(singles), atol=1e-12)
    vmapped = jax.vmap(one)(starts, picked).sum(axis=1)
    np.testing.assert_allclose(np.asarray(vmapped), np.asarray(singles), atol=1e-12)


def test_search_batched_is_single(default_model):
    starts = default_model.index.A[default_model.index.block("instant")]
    free = jnp.full((4, 3), -1, jnp.int32)
    many = search_many(default_model, starts, free, order="spo", n=75, beam=16)
    single = jax.jit(lambda q: search(default_model, q, free[0], order="spo", n=75, beam=15))
    for row, q in enumerate(starts):
        found = single(q)
        np.testing.assert_array_equal(many.statements[row], found.statements)
        np.testing.assert_allclose(many.log_p[row], found.log_p, atol=1e-12)
        np.testing.assert_allclose(float(found.log_given), 0, atol=1e-9)
        assert found.log_missed < -1e29  # nothing lies outside a full beam


def test_jitted_is_eager(default_model):
    row = jnp.asarray(EVERY[33])

    def read(model, q):
        return statement_log_probability(model, q, row, "spo")

    eager = read(default_model, default_model.a_bar)
    jax.config.update("jax_disable_most_optimizations", False)  # against the compiler at its most inventive
    jitted = jax.jit(read)(default_model, default_model.a_bar)
    jax.config.update("jax_disable_most_optimizations", True)
    np.testing.assert_allclose(np.asarray(jitted), np.asarray(eager), atol=1e-12)


WITH_RESERVE = Settings(**SMALL, reserve=(2, 1, 2))


@pytest.fixture(scope="module")
def roomy(make_model, float64):
    """A brain with rows kept for concepts not met yet: they have probability exactly 0, and nothing else changes."""
    return make_model(WITH_RESERVE, seed=5)


def test_statements_with_a_reserve_row_are_impossible(roomy, brute_force):
    every = np.array(list(itertools.product(range(7), range(4), range(7))), np.int32)
    q = jnp.broadcast_to(roomy.a_bar, (len(every), 8))
    P = np.exp(np.asarray(statement_log_probabilities(roomy, q, jnp.asarray(every), order="spo"))).reshape(7, 4, 7)
    assert (P[5:] == 0).all() and (P[:, 3:] == 0).all() and (P[:, :, 5:] == 0).all()
    _equal(P[:5, :3, :5], brute_force(roomy).semantic("learned", "spo"))


def test_ask_never_answers_with_a_reserve_row(roomy, brute_force, name_all):
    answers = ask(name_all(roomy, WITH_RESERVE), a_bar="mixture", order="spo", top=1000)
    assert len(answers) == 75
    _equal(_as_array(answers), brute_force(roomy).semantic("mixture", "spo"))


def test_instants_in_reserve_are_never_remembered(roomy, brute_force, name_all):
    brain = name_all(roomy, WITH_RESERVE)
    truth = brute_force(roomy).by_instant("spo")[:, 1, 2, 3] * np.asarray(roomy.p_t)[:4]
    cue = {"subject": "c1", "predicate": "p2", "object": "c3"}
    answers = ask(brain, **cue, order="spo", top=1000)
    assert len(answers) == 4
    _equal(_as_array(answers, ("instant",)), truth / truth.sum())
    log_p = instant_posterior(brain, read_cue(brain, **cue, mode="episodic", order="spo"))
    assert (np.exp(np.asarray(log_p))[4:] == 0).all()
