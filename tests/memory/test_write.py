"""One-shot writing: what is written, what it binds, and that nothing old changes."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tensorbrain.brain import TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.layers import BLOCKS
from tensorbrain.memory.write import copied, learned_write, told_apart, trace_left, with_reserve, with_row
from tensorbrain.modes.decoder import statement_log_probability
from tensorbrain.modes.looking import Sight, moment
from tensorbrain.settings import Settings

COUNTS = (5, 3, 4)


def make(seed: int = 0, **settings) -> TensorBrain:
    chosen = Settings(
        **{"dim": 8, "context": 6, "senses": "pictures", "feature": 5, "orders": ("sop", "ops"), **settings}
    )
    brain = TensorBrain.create(COUNTS, chosen, key=jax.random.key(seed))
    random = np.random.default_rng(seed)
    rest, p_t = random.normal(size=8).astype(np.float32), random.dirichlet(np.ones(4)).astype(np.float32)
    p_t = np.pad(p_t, (0, len(brain.p_t) - 4))
    values = (jnp.asarray(rest), jnp.asarray(p_t), jnp.asarray(0.7), jnp.asarray(0.8), jnp.asarray(1.2))
    return eqx.tree_at(lambda b: (b.rest, b.p_t, b.kappa, b.alpha, b.beta), brain, values)


@pytest.fixture(scope="module")
def brain() -> TensorBrain:
    return make()


def sig(x):
    return 1 / (1 + np.exp(-np.asarray(x, float)))


def left_by_hand(brain: TensorBrain, statement) -> np.ndarray:
    """M [h_1; h_2; h_3]: each index in turn is written on the blackboard, which then passes to the context."""
    V, B, W = (np.asarray(getattr(brain.memory, name), float) for name in "VBW")
    A = np.asarray(brain.index.A, float)
    s, p, o = statement
    q, h, contexts = np.asarray(brain.voice[0], float), np.zeros(6), []
    for row in (s, o, brain.index.block("predicate").start + p, None):
        h = np.maximum(B @ (np.maximum(V @ q, 0) + h), 0)
        q, contexts = W @ h, [*contexts, h]
        if row is not None:
            q = float(brain.alpha) * q + float(brain.beta) * A[row]
    return np.asarray(brain.imprint, float) @ np.concatenate(contexts[1:])


trace = jax.jit(trace_left)
write = jax.jit(learned_write)


def test_traces_by_hand_and_the_roles_they_bind(brain):
    for statement in ([0, 1, 2], [2, 1, 0], [4, 0, 4]):
        np.testing.assert_allclose(trace(brain, jnp.asarray(statement)), left_by_hand(brain, statement), atol=1e-4)
    one, other = (trace(brain, jnp.asarray(s)) for s in ([0, 1, 2], [2, 1, 0]))
    assert np.abs(np.asarray(one - other)).max() > 0.05


def test_the_learned_rule_by_hand(brain):
    rows = np.array([[0, 1, 2], [3, 0, 1], [-1, -1, -1]], np.int32)
    q = np.random.default_rng(1).normal(size=8).astype(np.float32)
    a_new = write(brain, jnp.asarray(rows), jnp.asarray(rows[:, 0] >= 0), jnp.asarray(q))
    rest, kappa = np.asarray(brain.rest, float), float(brain.kappa)
    expected = sum(left_by_hand(brain, row) - rest for row in rows[:2]) + kappa * (sig(q) - 0.5)
    np.testing.assert_allclose(a_new, expected, atol=2e-4)
    nothing = write(brain, jnp.asarray(rows), jnp.zeros(3, bool), jnp.asarray(q))  # only what the scene looked like
    np.testing.assert_allclose(nothing, kappa * (sig(q) - 0.5), atol=1e-5)


statements = st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 4))


@examples(max_examples=30)
@given(rows=st.lists(statements, min_size=6, max_size=6), told=st.lists(st.booleans(), min_size=6, max_size=6),
       order=st.permutations(range(6)))  # fmt: skip
def test_the_order_of_the_statements_does_not_matter(rows, told, order):
    rows, told, q = np.array(rows, np.int32), np.array(told), jnp.linspace(-1.0, 1.0, 8)
    order = list(order)
    one = write(BRAIN, jnp.asarray(rows), jnp.asarray(told), q)
    other = write(BRAIN, jnp.asarray(rows[order]), jnp.asarray(told[order]), q)
    np.testing.assert_allclose(one, other, atol=1e-4)


BRAIN = make()


def test_only_a_brain_that_was_taught_writes_by_the_learned_rule():
    brain = TensorBrain.create(COUNTS, Settings(dim=8, context=6), key=jax.random.key(0))
    with pytest.raises(SettingsError, match="rule copy"):
        learned_write(brain, jnp.zeros((1, 3), jnp.int32), jnp.ones(1, bool), jnp.zeros(8))


@pytest.mark.parametrize("block", BLOCKS)
def test_a_copy_has_the_norm_of_its_group(block):
    brain = make(reserve=(2, 0, 3))
    q = jnp.linspace(-2.0, 1.0, 8)
    a = np.asarray(copied(brain, q, block))
    rows = np.asarray(brain.index.A)[brain.index.block(block)]
    used = rows[: COUNTS[BLOCKS.index(block)]]  # the reserve does not count
    assert np.linalg.norm(a) == pytest.approx(np.linalg.norm(used, axis=1).mean(), rel=1e-5)
    np.testing.assert_allclose(a / np.linalg.norm(a), q / np.linalg.norm(q), atol=1e-6)
    assert np.isfinite(copied(brain, jnp.zeros(8), block)).all()


def old_rows(brain: TensorBrain) -> dict[str, np.ndarray]:
    return {
        name: np.asarray(brain.index.A)[brain.index.block(name)][:n] for name, n in zip(BLOCKS, COUNTS, strict=True)
    }


def recalled(brain: TensorBrain) -> np.ndarray:
    """The log-probabilities of five statements from every old instant and from a-bar, in both directions."""
    starts = jnp.concatenate([brain.a_bar[None], brain.index.A[brain.index.block("instant")][:4]])
    rows = jnp.asarray([[0, 1, 2], [2, 1, 0], [4, 2, 4], [1, 0, 3], [3, 1, 1]])
    return np.stack([
        jax.vmap(lambda q, row, order=order: statement_log_probability(brain, q, row, order))(starts, rows)
        for order in brain.orders
    ])  # fmt: skip


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("reserve", [(0, 0, 0), (2, 2, 2)])
def test_a_new_row_leaves_all_others_as_they_are(block, reserve):
    brain = make(reserve=reserve)
    bigger, k = with_row(brain, jnp.full(8, 2.0), block)
    n = BLOCKS.index(block)
    assert k == COUNTS[n]
    for name, rows in old_rows(brain).items():
        np.testing.assert_array_equal(old_rows(bigger)[name], rows)
    new = bigger.index.block(block).start + k
    np.testing.assert_array_equal(bigger.index.A[new], np.full(8, 2.0))
    for name, count in zip(BLOCKS, COUNTS, strict=True):
        used = np.asarray(bigger.index.in_use)[bigger.index.block(name)]
        assert used.tolist() == (np.arange(len(used)) < count + (name == block)).tolist()
    expected = list(brain.index.capacity)
    expected[n] += 0 if reserve[n] else 8
    assert bigger.index.capacity == tuple(expected)
    for one, other in zip(jax.tree.leaves(brain.memory), jax.tree.leaves(bigger.memory), strict=True):
        np.testing.assert_array_equal(one, other)


def test_every_recall_of_the_old_instants_stays_bit_equal():
    for brain in (make(), make(reserve=(0, 0, 3))):
        bigger = brain
        for n in range(6):
            bigger, _ = with_row(bigger, jnp.full(8, float(n)), "instant")
        np.testing.assert_array_equal(recalled(bigger), recalled(brain))


def test_a_full_block_doubles():
    brain = make()
    capacities = []
    for n in range(26):
        brain, t = with_row(brain, jnp.full(8, float(n)), "instant")
        assert t == 4 + n
        capacities.append(brain.index.capacity[2])
    assert capacities == [12] * 8 + [24] * 12 + [48] * 6
    written = np.asarray(brain.index.A)[brain.index.block("instant")]
    np.testing.assert_array_equal(written[4:30, 0], np.arange(26))
    assert int(brain.index.in_use.sum()) == 5 + 3 + 30 and brain.index.A.shape == (56, 8) and len(brain.p_t) == 48


def test_a_new_instant_has_the_mean_prior_of_the_others():
    brain = make(reserve=(0, 0, 1))
    before = np.asarray(brain.p_t)
    bigger, t = with_row(brain, jnp.ones(8), "instant")
    bigger, later = with_row(bigger, jnp.ones(8), "instant")  # beyond the reserve
    p = np.asarray(bigger.p_t)
    assert (t, later) == (4, 5) and p.sum() == pytest.approx(1) and (p[6:] == 0).all()
    np.testing.assert_allclose(p[:4], before[:4] * 4 / 6, rtol=1e-5)
    np.testing.assert_allclose(p[4:6], 1 / 6, rtol=1e-5)
    same, _ = with_row(brain, jnp.ones(8), "concept")
    np.testing.assert_array_equal(same.p_t, brain.p_t)


def test_the_first_instant_of_all():
    settings = Settings(dim=8, context=6, senses="pictures", feature=5)
    brain, t = with_row(TensorBrain.create((5, 3, 0), settings, key=jax.random.key(0)), jnp.ones(8), "instant")
    assert t == 0 and brain.p_t.tolist() == [1.0] + [0.0] * 7
    log_t = moment(brain, Sight(jnp.ones(5), jnp.array([0.0, 0.0, 1.0, 1.0])))[2]
    np.testing.assert_allclose(np.exp(np.asarray(log_t)), [1] + [0] * 7)


def test_a_reserve_in_the_middle(brain):
    bigger = with_reserve(brain, "concept", 2)
    assert bigger.index.capacity == (7, 3, 4) and bigger.index.in_use.tolist() == [True] * 5 + [False] * 2 + [True] * 7
    np.testing.assert_array_equal(np.delete(np.asarray(bigger.index.A), [5, 6], axis=0), brain.index.A)
    np.testing.assert_array_equal(recalled(bigger)[:, :, 1], recalled(brain)[:, :, 1])
    np.testing.assert_array_equal(bigger.p_t, brain.p_t)
    with pytest.raises(SettingsError, match="concept, predicate, instant"):
        with_row(brain, jnp.ones(8), "episode")


def test_a_new_individual_is_its_class_until_it_is_seen_again(brain):
    kind, q = 3, jnp.linspace(-2.0, 1.0, 8)
    away = sig(q) - 0.5
    a_new = np.asarray(told_apart(brain, jnp.asarray(kind), q, margin=2.5), float)
    a_kind = np.asarray(brain.index.A, float)[kind]
    np.testing.assert_allclose((a_new - a_kind) @ away, 2.5, rtol=1e-5)
    np.testing.assert_allclose(np.cross((a_new - a_kind)[:3], away[:3]), 0, atol=1e-4)  # along that look alone
    bigger, k = with_row(brain, jnp.asarray(a_new.astype(np.float32)), "concept")
    n = np.asarray(bigger.index.scores(brain.board.gamma(q), "concept"))
    np.testing.assert_allclose(n[k] - n[kind], 2.5, rtol=1e-4)
