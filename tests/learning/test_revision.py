"""Revision: only the rows of the instants change, and for the better."""

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.brain import TensorBrain
from tensorbrain.learning import revision
from tensorbrain.learning.objectives import statement_loss
from tensorbrain.learning.observing import Seen
from tensorbrain.learning.revision import revise, with_instants
from tensorbrain.modes.looking import Sight, moment
from tensorbrain.settings import Settings


def test_the_moments_are_gone_through_once_more(town, monkeypatch):
    for name in ("ROWS", "SCENES"):
        monkeypatch.setattr(revision, name, 8)
    words = town.vocabulary
    counts = (len(words.concepts), len(words.predicates), len(words.instants))
    settings = Settings(dim=12, context=10, senses="pictures", feature=5, reserve=(1, 0, 2))
    brain = TensorBrain.create(counts, settings, key=jax.random.key(0))
    random = np.random.default_rng(0)
    looks = random.random((2, 5, 5)).astype(np.float16)
    instant, rows = np.array([3, -1, 0, 7, -1], np.int32), np.full((5, 1, 5), -1, np.int32)
    boxes, weight = np.tile(np.array([0, 0, 1, 1], np.float32), (5, 1, 1)), np.zeros((5, 1), np.float32)
    place, nothing = np.zeros((5, 1), np.int32), np.zeros((5, 1, 5), np.float16)
    seen = Seen(looks[0][:, None], boxes, place, place[..., None], instant, rows, weight, nothing, looks[1])
    before = [np.array(leaf) for leaf in jax.tree.leaves(brain)]
    revised, last = revise(brain, town, seen, steps=60, peak=5e-2)
    for leaf, old in zip(jax.tree.leaves(brain), before, strict=True):
        np.testing.assert_array_equal(leaf, old)
    block = brain.index.block("instant")
    back = with_instants(revised, brain.index.A[block])
    for one, other in zip(jax.tree.leaves(back), jax.tree.leaves(brain), strict=True):
        np.testing.assert_array_equal(one, other)
    assert not np.array_equal(revised.index.A[block], brain.index.A[block])
    rows = jnp.asarray(town.episodes.coordinates)
    loss = jax.jit(lambda b: statement_loss(b, rows, jnp.ones(len(rows))))
    assert float(loss(revised)) < float(loss(brain)) and last["step"] == 60 and np.isfinite(last["loss"])
    whole = jnp.array([0.0, 0.0, 1.0, 1.0])
    for look in looks[:, 0].astype(np.float32):  # both views of instant 3
        log_t = [moment(b, Sight(jnp.asarray(look), whole), attention=False)[2][3] for b in (brain, revised)]
        assert log_t[1] > log_t[0] + 0.2
