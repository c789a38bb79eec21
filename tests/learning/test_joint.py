"""Joint learning: the sum of its terms, what may change, and what a few steps do."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import TensorBrain
from tensorbrain.learning import joint
from tensorbrain.learning.joint import WEIGHTS, can_change, joint_loss, learn_jointly
from tensorbrain.learning.objectives import statement_loss
from tensorbrain.learning.observing import Seen
from tensorbrain.learning.perception import perception_terms
from tensorbrain.learning.writing import resting
from tensorbrain.modes.choices import choices
from tensorbrain.pictures.scenes import LabelGroup
from tensorbrain.settings import Settings

SETTINGS = Settings(dim=12, context=10, senses="pictures", feature=5, reserve=(1, 0, 2))
POOL = np.array([[[0, 1, 2], [3, 0, 1]], [[1, 1, 4], [-1, -1, -1]]], np.int32)
NOBODY = np.full(60, -1, np.int32)  # of no class: nobody can play the part of another


@pytest.fixture(scope="module", autouse=True)
def small_steps():
    with pytest.MonkeyPatch.context() as patch:
        for name, size in (("SCENES", 4), ("ROWS", 16), ("LIVED", 3), ("TOLD", 2)):
            patch.setattr(joint, name, size)
        yield


@pytest.fixture(scope="module")
def options(town):
    classes = town.vocabulary.group_ids("class")
    return choices(town.vocabulary, (LabelGroup("basic", tuple(classes.tolist())),), len(town.vocabulary.concepts) + 1)


@pytest.fixture
def brain(town) -> TensorBrain:
    words = town.vocabulary
    counts = (len(words.concepts), len(words.predicates), len(words.instants))
    return TensorBrain.create(counts, SETTINGS, key=jax.random.key(0))


@pytest.fixture(scope="module")
def seen(town) -> Seen:
    """Six looks at things of the town, the features tell which."""
    random = np.random.default_rng(0)
    entities = town.vocabulary.group_ids("entity")
    thing = entities[random.integers(0, 3, (6, 3))].astype(np.int32)
    features = (np.eye(5)[thing % 5] + 0.1 * random.random((6, 3, 5))).astype(np.float16)
    boxes = np.tile(np.array([[0, 0, 1, 1], [0.1, 0.1, 0.5, 0.6], [0.4, 0.3, 0.9, 0.9]], np.float32), (6, 1, 1))
    classes = town.vocabulary.group_ids("class")
    labels = np.full((6, 3, 1), classes[0], np.int32)
    rows = np.full((6, 3, 5), -1, np.int32)
    for n in range(6):
        rows[n, :2] = [[1, 2, thing[n, 1], 1, thing[n, 2]], [2, 1, thing[n, 2], -2, thing[n, 1]]]
    weight = np.tile(np.array([1, 1.5, 0], np.float32), (6, 1))
    instant = np.array([0, 1, 2, -1, -1, 3], np.int32)
    unions = random.random((6, 3, 5)).astype(np.float16)
    return Seen(features, boxes, thing, labels, instant, rows, weight, unions, features[:, 0])


def leaves(tree) -> dict[str, np.ndarray]:
    pairs = jax.tree_util.tree_flatten_with_path(tree)[0]
    return {jax.tree_util.keystr(way, simple=True, separator="."): np.array(leaf) for way, leaf in pairs}


def test_the_loss_is_the_weighted_sum_of_its_terms(brain, seen, options):
    batch, key = seen.pick(np.arange(4)), jax.random.key(2)
    rows = jnp.asarray([[0, 0, 1, -1], [2, 1, 0, 3]])
    episodes = joint._episodes(seen, POOL, NOBODY, np.random.default_rng(0))
    total, terms = jax.jit(joint_loss)(brain, batch, options, rows, episodes, key=key)
    assert terms.keys() == WEIGHTS.keys()
    assert float(total) == pytest.approx(sum(WEIGHTS[name] * float(value) for name, value in terms.items()), rel=1e-5)
    np.testing.assert_allclose(terms["memory"], jax.jit(statement_loss)(brain, rows, jnp.ones(2)), rtol=1e-4)
    perceive = jax.jit(perception_terms, static_argnames="dropout")
    perceived = perceive(brain, batch, options, key=key, dropout=joint.DROPOUT)._asdict()
    for name, value in perceived.items():
        np.testing.assert_allclose(terms[name], value, rtol=1e-3)
    without = jax.jit(joint_loss)(brain, batch, options, rows, None, key=key)[1]
    assert without.keys() == WEIGHTS.keys() - {"write", "find"}
    blind = jax.jit(joint_loss)(brain, None, options, rows, episodes, key=key)[1]
    assert blind.keys() == {"memory", "write", "find"}
    for name, value in blind.items():
        np.testing.assert_allclose(value, terms[name], rtol=1e-4)


def test_episodes_that_were_seen_and_that_are_only_told(seen):
    episodes = joint._episodes(seen, POOL, NOBODY, np.random.default_rng(0))
    assert episodes.statements.shape == (5, 2, 3) and episodes.first.dtype == jnp.float32
    own = [[rows[0, 2:].tolist(), [-1] * 3] for rows in seen.statements]  # what was not said is no part of it
    for n, (rows, told, look) in enumerate(zip(*map(np.asarray, episodes[:3]), strict=True)):
        assert rows.tolist() in (own if n < 3 else POOL.tolist())
        assert told.tolist() == (rows[:, 0] >= 0).tolist()
        scene = int(np.argmin(np.abs(seen.features[:, 0] - look).max(axis=1)))
        np.testing.assert_allclose(episodes.second[n], seen.again[scene], atol=1e-3)
        if n < 3:
            assert rows.tolist() == own[scene]


def test_what_may_change(brain):
    mask = leaves(can_change(brain, learn_beta=False, fixed=lambda b: (b.memory.W, b.memory.w0)))
    changing = {name for name, value in mask.items() if value.all()}
    assert {"index.A", "memory.V", "memory.B", "silence", "kappa", "imprint", "a_bar", "sensory.mu.scene"} <= changing
    assert {name for name in mask if name.startswith("sensory.encoders")} <= changing
    fixed = mask.keys() - changing
    assert {"memory.W", "memory.w0", "beta", "alpha", "temperature", "p_t", "index.in_use", "rest"} <= fixed
    assert all(name in fixed for name in mask if name.startswith(("sensory.eye", "sensory.imagination")))
    assert leaves(can_change(brain, learn_beta=True, fixed=None))["beta"].all()


def test_a_few_steps(brain, town, seen, options):
    before = leaves(brain)
    fixed = {"fixed": lambda b: (b.memory.W, b.memory.w0)}
    taught, history = learn_jointly(brain, town, seen, options, steps=100, pool=POOL, progress=False, **fixed)
    after, untouched = leaves(taught), leaves(brain)
    for name, value in before.items():
        np.testing.assert_array_equal(untouched[name], value)  # the brain that was given is as it was
    same = {name for name in before if np.array_equal(before[name], after[name])}
    assert {"memory.W", "memory.w0", "beta", "p_t"} <= same
    assert all(name in same for name in before if name.startswith(("sensory.eye", "sensory.imagination")))
    assert not same & {"index.A", "memory.V", "silence", "kappa", "imprint", "rest", "sensory.encoders.region.G"}
    (record,) = history
    assert record["step"] == 100 and record.keys() == {"step", "seconds", *WEIGHTS}
    batch, rows = (
        seen.pick(np.arange(6)),
        jnp.asarray(np.pad(town.facts.coordinates, ((0, 0), (0, 1)), constant_values=-1)),
    )
    loss = jax.jit(lambda b: joint_loss(b, batch, options, rows, None, key=jax.random.key(0))[1])
    first, last = loss(brain), loss(taught)
    assert all(float(last[name]) < float(first[name]) for name in ("memory", "thing", "labels", "object", "predicate"))


def test_the_seed_decides_and_without_a_pool_nothing_is_written(brain, town, seen, options):
    def after(seed: int) -> dict[str, np.ndarray]:
        return leaves(learn_jointly(brain, town, seen, options, steps=2, seed=seed, progress=False)[0])

    one, same, other = after(1), after(1), after(2)
    for name, value in one.items():
        np.testing.assert_array_equal(value, same[name])
    assert not np.array_equal(one["index.A"], other["index.A"])
    assert not one["rest"].any()


@pytest.mark.thorough
def test_rest_is_measured_at_the_end(brain, town, seen, options):
    taught, _ = learn_jointly(brain, town, seen, options, steps=2, pool=POOL, seed=3, progress=False)
    many = [joint._episodes(seen, POOL, NOBODY, np.random.default_rng(seed)) for seed in range(16)]
    near = np.asarray(resting(taught, jax.tree.map(lambda *a: jnp.concatenate(a), *many)))
    np.testing.assert_allclose(taught.rest, near, atol=0.3 * np.abs(near).max())
