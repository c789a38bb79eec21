"""Forgetting: who goes under which policy, that the others stay what they were, and that freed rows are used again."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.checkpoint import load_brain
from tensorbrain.errors import SettingsError, UnknownConceptError
from tensorbrain.graph import Concept, Vocabulary
from tensorbrain.memory.blend import remarkableness
from tensorbrain.memory.experience import WRITTEN, write_instant
from tensorbrain.memory.forget import POLICIES, compacted, forget
from tensorbrain.modes import intervene, recall
from tensorbrain.modes.episodic import recency_of
from tensorbrain.settings import Settings

SETTINGS = Settings(dim=8, context=6, reserve=(0, 0, 2))
P_T = (0.3, 0.1, 0.2, 0.15, 0.25)


@pytest.fixture(scope="module")
def brain() -> Brain:
    """Days 0 to 4, of which 3 and 4 were written since; two rows are free."""
    model = TensorBrain.create((4, 2, 5), SETTINGS, key=jax.random.key(4))
    model = eqx.tree_at(lambda b: (b.p_t, b.index.A), model, (jnp.array([*P_T, 0, 0]), 2 * model.index.A))
    iris = [*(f"urn:day{k}" for k in range(3)), *(f"{WRITTEN}{k + 1}" for k in (3, 4))]
    words = Vocabulary(
        tuple(Concept(f"urn:c{k}", f"c{k}", "entity") for k in range(4)),
        tuple(Concept(f"urn:p{k}", f"p{k}", "predicate") for k in range(2)),
        tuple(Concept(iri, f"day {k}", "instant") for k, iri in enumerate(iris)),
        tuple(f"2026-05-{k + 1:02}" for k in range(5)),
    )
    return Brain(model, words, SETTINGS)


def days(brain: Brain) -> str:
    return "".join(c.label[-1] for c in brain.vocabulary.instants)


@pytest.mark.parametrize(
    ("policy", "arguments", "kept"),
    [
        ("oldest", {}, "234"),
        ("unconsolidated", {}, "012"),
        ("rarest", {}, "024"),
        ("unrecalled", {"recalled": ["day 0", "2026-05-02", "day 0"]}, "014"),
        ("unrecalled", {}, "234"),
    ],
)
def test_who_is_forgotten(policy, arguments, kept, brain):
    later = forget(brain, keep=3, policy=policy, **arguments)
    assert days(later) == kept and days(brain) == "01234"
    rows = [int(k) for k in kept]
    block = later.model.index.block("instant")
    was = np.asarray(brain.model.index.A)[block][rows]
    np.testing.assert_array_equal(np.asarray(later.model.index.A)[block], [*was, *np.zeros((4, 8))])
    assert later.model.index.in_use[block].tolist() == [True] * 3 + [False] * 4
    np.testing.assert_allclose(later.model.p_t[:3], np.array(P_T)[rows] / np.array(P_T)[rows].sum(), rtol=1e-6)
    assert later.vocabulary.times == tuple(brain.vocabulary.times[k] for k in rows)
    assert len(later.history[-1]["instants"]) == 2 and later.history[-1]["policy"] == policy


def test_the_least_remarkable_goes_first_and_chance_depends_on_the_seed(brain):
    later = forget(brain, keep=2, policy="unremarkable")
    worth = np.asarray(jax.jit(remarkableness)(brain.model, brain.model.a_bar))[:5]
    assert days(later) == "".join(str(k) for k in sorted(np.argsort(worth)[-2:]))
    chosen = {days(forget(brain, keep=2, policy="random", seed=seed)) for seed in range(8)}
    assert len(chosen) > 3 and days(forget(brain, keep=2, policy="random", seed=1)) in chosen


def test_what_was_consolidated_outlives_what_was_not(brain):
    record = {"part": "consolidation", "instants": [f"{WRITTEN}5"]}
    assert days(forget(dataclasses.replace(brain, history=(record,)), keep=4)) == "0124"


@examples(max_examples=25)
@given(stays=st.lists(st.booleans(), min_size=7, max_size=7))
def test_the_others_stay_in_their_order_to_the_last_bit(stays):
    model = TensorBrain.create((4, 2, 5), SETTINGS, key=jax.random.key(4))
    later = COMPACTED(model, jnp.asarray(stays))
    kept = [k for k in range(5) if stays[k]]
    block = model.index.block("instant")
    np.testing.assert_array_equal(later.index.A[: block.start], model.index.A[: block.start])
    np.testing.assert_array_equal(np.asarray(later.index.A)[block][: len(kept)], np.asarray(model.index.A)[block][kept])
    assert not np.asarray(later.index.A)[block][len(kept) :].any()
    assert later.index.in_use.tolist() == [True] * (6 + len(kept)) + [False] * (7 - len(kept))
    assert float(later.p_t.sum()) == pytest.approx(float(len(kept) > 0)) and not later.p_t[len(kept) :].any()
    again = COMPACTED(later, jnp.arange(7) < len(kept))  # nothing more to forget
    np.testing.assert_allclose(again.p_t, later.p_t, rtol=1e-6)  # which is made to sum to one again
    same = eqx.tree_at(lambda brain: brain.p_t, again, later.p_t)
    assert all(np.array_equal(a, b) for a, b in zip(jax.tree.leaves(same), jax.tree.leaves(later), strict=True))


COMPACTED = jax.jit(compacted)


def test_one_of_several_brains_forgets_other_instants_than_the_next(brain):
    two = jax.tree.map(lambda leaf: jnp.stack([leaf, leaf]), brain.model)
    both = jax.vmap(compacted)(two, jnp.array([[True] * 4 + [False] * 3, [False] * 3 + [True] * 4]))
    assert both.index.in_use.sum(axis=1).tolist() == [10, 8]


def test_who_is_kept_is_recalled_as_before_and_freed_rows_are_written_again(brain, tmp_path):
    later = forget(brain, keep=2, policy="oldest")
    for day in ("day 3", "day 4"):
        was, now = (recall(b, instant=day, statements=5) for b in (brain, later))
        assert was.statements == now.statements
    assert recency_of(later.model)[:2].tolist() == [0.0, 1.0]
    q = np.ones(8, np.float32)
    grown = later
    for n in range(5):
        grown = write_instant(grown, np.zeros((0, 3), np.int32), q + n, q + n, rule="copy", label=f"new {n}")
    assert grown.model.index.A.shape == brain.model.index.A.shape and days(grown) == "3401234"
    assert len({c.iri for c in grown.vocabulary.instants}) == 7
    for n, t in enumerate(range(2, 7)):
        assert grown.vocabulary.find(f"new {n}", "instant") == t
        assert (grown.model.index.A[6 + t] != 0).all()
    for whole in (later, grown, forget(brain, keep=0)):
        whole.save(tmp_path / "later.brain")
        assert load_brain(tmp_path / "later.brain").vocabulary == whole.vocabulary


def test_under_a_budget_a_life_never_grows(brain):
    lived = brain
    for n in range(12):
        lived = forget(lived, keep=4)
        q = np.full(8, 1 + n, np.float32)
        lived = write_instant(lived, np.zeros((0, 3), np.int32), q, q, rule="copy", label=f"later {n}")
        assert lived.model.index.A.shape == brain.model.index.A.shape and len(lived.vocabulary.instants) == 5
    labels = [c.label for c in lived.vocabulary.instants]
    assert labels == ["day 0", "day 1", "day 2", "later 10", "later 11"]


def test_what_is_refused(brain):
    assert forget(brain, keep=5) is brain
    with pytest.raises(SettingsError, match=f"forget by {', '.join(POLICIES)}"):
        forget(brain, keep=1, policy="newest")
    with pytest.raises(SettingsError, match="cannot keep -1"):
        forget(brain, keep=-1)
    with pytest.raises(SettingsError, match="use unrecalled"):
        forget(brain, keep=1, policy="oldest", recalled=["day 1"])
    with pytest.raises(UnknownConceptError, match="did you mean"):
        forget(brain, keep=1, policy="unrecalled", recalled=["day 9"])
    with pytest.raises(SettingsError, match="day 1 is lesioned or muted"):
        forget(intervene(brain, mute=["day 1"]), keep=1)
