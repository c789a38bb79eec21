"""Rehearsal: each kind against its clear form, what it costs in bytes, and what is forgotten with and without."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import TensorBrain
from tensorbrain.learning.objectives import statement_loss
from tensorbrain.memory.rehearse import Activations, Data, affordable, bytes_held, rehearsal_loss, rehearsed
from tensorbrain.settings import Settings

STEPS, RATE = 300, 5e-3


@pytest.fixture(scope="module")
def new(town) -> jax.Array:
    """What the days say of predicate 3, and otherwise of the rest, told without time."""
    rows = town.days.reshape(-1, 3)
    return jnp.asarray(np.concatenate([rows, np.full((len(rows), 1), -1)], axis=1), jnp.int32)


@pytest.fixture(scope="module")
def old(town) -> np.ndarray:
    return np.concatenate([town.kept, np.full((len(town.kept), 1), -1)], axis=1).astype(np.int32)


@pytest.fixture(scope="module")
def after(knowing, new, old):
    m = knowing.model
    kinds = {
        "none": None,
        "data": Data(jnp.asarray(old, jnp.int8)),
        "activations": Activations(m, jnp.asarray([-1, -1, 0, 1, 2, 3, 4])),
    }
    return {n: rehearsed(m, new, kind, steps=STEPS, rate=RATE, key=jax.random.key(0)) for n, kind in kinds.items()}


def test_what_is_new_is_learned_and_the_old_kept_where_it_is_rehearsed(town, after, known, knowing):
    extending = town.days[:, :2].reshape(-1, 3)
    assert known(knowing.model, extending) < 0.4 and known(knowing.model, town.kept) > 0.95
    assert all(known(later, extending) > 0.9 for later in after.values())
    assert known(after["none"], town.kept) < 0.7
    assert known(after["data"], town.kept) > 0.95 and known(after["activations"], town.kept) > 0.95


def test_activations_keep_the_days_too_of_which_the_stored_facts_say_nothing(knowing, after, every_statement):
    def lost(later: TensorBrain) -> float:
        """KL(P_before(. | a_t) || P(. | a_t)), the mean over the days."""
        each = [[every_statement(m, m.index.A[14 + t]) for m in (knowing.model, later)] for t in range(5)]
        return float(np.mean([(jnp.exp(was) * (was - now)).sum() for was, now in each]))

    assert lost(after["activations"]) < 0.1 < lost(after["data"])


def test_the_loss_of_a_single_row_is_the_clear_one():
    """With one row of each kind nothing is left to chance."""
    m = TensorBrain.create((5, 3, 4), Settings(dim=8, context=6, orders=("spo", "ops")), key=jax.random.key(0))
    one, other = jnp.array([[0, 1, 2, -1]]), jnp.array([[4, 2, 0, 3]])
    clear = [float(statement_loss(m, rows, jnp.ones(1))) for rows in (one, other)]
    loss = jax.jit(lambda b, old: rehearsal_loss(b, one, old, key=jax.random.key(1)))
    assert float(loss(m, None)) == pytest.approx(clear[0], rel=1e-5)
    assert float(loss(m, Data(other.astype(jnp.int8)))) == pytest.approx(sum(clear), rel=1e-5)
    assert float(loss(m, Data(jnp.zeros((0, 4), jnp.int8)))) == pytest.approx(clear[0], rel=1e-5)
    asleep = Activations(m, jnp.array([-1, 3]))
    assert float(loss(m, asleep)) == pytest.approx(clear[0], rel=1e-5)  # it says what it said
    turned = eqx.tree_at(lambda b: b.index.A, m, m.index.A.at[11].mul(-1))  # the last instant
    assert float(loss(turned, asleep)) > clear[0] + 1e-3


def test_bytes_are_those_of_all_arrays(knowing, old):
    m = knowing.model
    by_hand = sum(np.asarray(leaf).nbytes for leaf in jax.tree.leaves(m))
    assert bytes_held(m) == by_hand and bytes_held(m, None) == by_hand
    assert bytes_held(m, Activations(m, jnp.zeros(3, jnp.int32))) == 2 * by_hand + 12
    assert bytes_held(m, Data(jnp.asarray(old))) == by_hand + 16 * len(old)


@pytest.mark.parametrize(("largest", "width"), [(90, 1), (900, 2), (90_000, 4)])
def test_data_within_a_budget(largest, width):
    rows = jnp.arange(80).reshape(20, 4).at[3, 0].set(largest)
    for budget in (0, 4 * width - 1, 4 * width, 50, 10**6):
        data = affordable(rows, budget, key=jax.random.key(0))
        assert bytes_held(data) <= budget and len(data.rows) == min(20, budget // (4 * width))
        assert {tuple(r) for r in data.rows.tolist()} <= {tuple(r) for r in rows.tolist()}


def test_many_seeds_at_once(knowing, new):
    m = knowing.model
    keys = jnp.stack([jax.random.key(n) for n in (0, 1)])
    two = jax.vmap(lambda key: rehearsed(m, new, None, steps=STEPS, rate=RATE, key=key))(keys)
    apart = jnp.abs(two.a_bar[0] - two.a_bar[1]).max()
    assert 1e-3 < float(apart) < 2.0
