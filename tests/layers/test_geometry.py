"""Geometry: the features in plain Python, and what mirrors, shifts and swaps do to them."""

import math

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tensorbrain.layers.geometry import BETWEEN, WHERE, between, union, where

boxes = st.tuples(*[st.integers(0, 50)] * 2, *[st.integers(3, 40)] * 2).map(
    lambda box: np.array([box[0], box[1], box[0] + box[2], box[1] + box[3]], np.float32) / 100
)
place = jax.jit(where)
relation = jax.jit(between)

OFFSETS, GAPS, RATIOS, OVERLAPS, PLACES, AREAS = (
    slice(0, 4), slice(4, 8), slice(8, 11), slice(11, 14), slice(14, 18), slice(18, 20)
)  # fmt: skip


def mirrored(box: np.ndarray) -> np.ndarray:
    return np.array([1 - box[2], box[1], 1 - box[0], box[3]], np.float32)


def expected_relation(one: np.ndarray, other: np.ndarray) -> list[float]:
    (a, b, c, d), (A, B, C, D) = one.tolist(), other.tolist()
    w, h, W, H = c - a, d - b, C - A, D - B
    dx, dy = (a + c - A - C) / 2, (b + d - B - D) / 2
    shared = max(0.0, min(c, C) - max(a, A)) * max(0.0, min(d, D) - max(b, B))
    offsets = [dx / W, dy / H, dx / w, dy / h]
    gaps = [(d - B) / H, (b - D) / H, (d - D) / H, (b - B) / H]  # bottoms and tops
    return [
        *(math.asinh(x) for x in offsets + gaps),
        *(math.log(x) / 2 for x in (w / W, h / H, w * h / (W * H))),
        *(shared / (w * h), shared / (W * H), shared / (w * h + W * H - shared)),
        *(a + c - 1, b + d - 1, A + C - 1, B + D - 1),
        *(math.log(w * h) / 4, math.log(W * H) / 4),
    ]


@given(one=boxes, other=boxes)
def test_how_two_boxes_lie(one, other):
    found = relation(one, other)
    assert found.shape == (BETWEEN,)
    np.testing.assert_allclose(found, expected_relation(one, other), rtol=1e-4, atol=1e-4)


@given(box=boxes)
def test_where_a_box_lies_and_in_a_mirror(box):
    a, b, c, d = box.tolist()
    w, h = c - a, d - b
    found = np.asarray(place(box))
    assert found.shape == (WHERE,)
    np.testing.assert_allclose(
        found, [a + c - 1, b + d - 1, w, h, math.log(w * h) / 4, math.log(w / h) / 2], rtol=1e-4, atol=1e-5
    )
    np.testing.assert_allclose(place(mirrored(box)), found * [-1, 1, 1, 1, 1, 1], atol=1e-5)


@given(one=boxes, other=boxes)
def test_a_mirror_turns_left_and_right_alone(one, other):
    sign = np.ones(BETWEEN)
    sign[[0, 2, 14, 16]] = -1  # the offsets along x, and the places along x
    np.testing.assert_allclose(
        relation(mirrored(one), mirrored(other)), np.asarray(relation(one, other)) * sign, rtol=1e-4, atol=1e-4
    )


@given(one=boxes, other=boxes, shift=st.integers(0, 10))
def test_a_shift_of_both_changes_their_places_alone(one, other, shift):
    before = np.asarray(relation(one, other))
    after = np.asarray(relation(one + np.float32(shift / 100), other + np.float32(shift / 100)))
    for same in (OFFSETS, GAPS, RATIOS, OVERLAPS, AREAS):
        np.testing.assert_allclose(after[same], before[same], rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(after[PLACES], before[PLACES] + 2 * shift / 100, atol=1e-5)


@given(one=boxes, other=boxes)
def test_the_other_way_round(one, other):
    here, there = np.asarray(relation(one, other)), np.asarray(relation(other, one))
    np.testing.assert_allclose(there[RATIOS], -here[RATIOS], atol=1e-5)
    np.testing.assert_allclose(there[OVERLAPS], here[[12, 11, 13]], atol=1e-5)
    np.testing.assert_allclose(there[OFFSETS], -here[[2, 3, 0, 1]], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(there[AREAS], here[[19, 18]], atol=1e-6)


@given(one=boxes, other=boxes)
def test_the_union_is_the_smallest_box_that_holds_both(one, other):
    found = np.asarray(union(jnp.asarray(one), jnp.asarray(other)))
    corners = np.concatenate([one, other]).reshape(-1, 2)
    np.testing.assert_array_equal(found, [*corners.min(axis=0), *corners.max(axis=0)])
    np.testing.assert_array_equal(found, union(jnp.asarray(other), jnp.asarray(one)))


def test_an_empty_box_has_finite_features():
    empty, whole = jnp.zeros(4), jnp.array([0.0, 0.0, 1.0, 1.0])
    gradient = jax.jit(jax.grad(lambda box, other: between(box, other).sum(), argnums=(0, 1)))
    for one, other in ((empty, whole), (whole, empty), (empty, empty)):
        assert np.isfinite(relation(one, other)).all() and np.isfinite(place(one)).all()
        assert np.isfinite(np.stack(gradient(one, other))).all()
