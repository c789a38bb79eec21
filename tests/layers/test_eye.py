"""The eye: glimpses as Pillow resamples them, and the network as the convolutions that it stands for."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from PIL import Image

from tensorbrain.layers.eye import GLIMPSE, WIDTHS, Eye, _neighbours, glimpse

PICTURE = np.random.default_rng(0).random((40, 56, 3)).astype(np.float32)
look = jax.jit(glimpse, static_argnums=2)


def pillow(picture: np.ndarray, box: np.ndarray, size: int) -> np.ndarray:
    """Bilinear resampling of a box, channel by channel in floats."""
    height, width = picture.shape[:2]
    pixels = tuple(float(side * scale) for side, scale in zip(box, (width, height, width, height), strict=True))
    channels = [
        Image.fromarray(np.ascontiguousarray(picture[..., c])).resize((size, size), Image.Resampling.BILINEAR, pixels)
        for c in range(3)
    ]
    return np.stack([np.asarray(channel) for channel in channels], axis=-1)


sides = st.tuples(st.integers(0, 900), st.integers(50, 1000))


@examples(max_examples=40)
@given(x=sides, y=sides, size=st.sampled_from([4, 32]))
def test_a_glimpse_is_what_pillow_makes_of_the_box(x, y, size):
    box = np.array([x[0], y[0], min(1000, sum(x)), min(1000, sum(y))], np.float32) / 1000
    seen = look(jnp.asarray(PICTURE), jnp.asarray(box), size)
    np.testing.assert_allclose(seen, pillow(PICTURE, box, size), atol=2e-4)


def test_rows_are_rows_and_columns_are_columns():
    picture = np.zeros((64, 32, 3), np.float32)
    picture[:16, :, 0], picture[:, 24:, 1] = 1, 1  # the top is red, the right is green
    seen = np.asarray(glimpse(jnp.asarray(picture), jnp.array([0.0, 0.0, 1.0, 1.0]), 32))
    assert (seen[:7, :, 0] > 0.99).all() and (seen[9:, :, 0] < 0.01).all()
    assert (seen[:, 25:, 1] > 0.99).all() and (seen[:, :23, 1] < 0.01).all()


def test_outside_the_picture_its_border_goes_on():
    seen = look(jnp.asarray(PICTURE), jnp.array([-0.5, 0.0, -0.1, 0.4]), 32)
    np.testing.assert_allclose(seen, np.broadcast_to(np.asarray(seen)[:, :1], (32, 32, 3)), atol=1e-6)
    np.testing.assert_allclose(seen[:, 0], pillow(PICTURE, np.array([0, 0, 0.001, 0.4]), 32)[:, 0], atol=1e-4)
    empty = look(jnp.asarray(PICTURE), jnp.zeros(4), 32)  # the boxes of regions that are not there
    np.testing.assert_allclose(empty, np.broadcast_to(PICTURE[0, 0], (32, 32, 3)), atol=1e-6)


def test_neighbours_and_one_matmul_are_a_convolution():
    random = np.random.default_rng(1)
    x, kernel = (jnp.asarray(random.normal(size=size).astype(np.float32)) for size in ((6, 6, 5), (3, 3, 5, 4)))
    expected = jax.lax.conv_general_dilated(x[None], kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
    np.testing.assert_allclose(_neighbours(x) @ kernel.reshape(45, 4), expected[0], atol=1e-4)


@pytest.fixture(scope="module")
def eye() -> Eye:
    eye = Eye.create(7, key=jax.random.key(3))
    random = np.random.default_rng(2)
    offsets = tuple(jnp.asarray(random.normal(size=width).astype(np.float32)) for width in WIDTHS)
    return Eye(eye.kernels, offsets, eye.out, jnp.asarray(random.normal(size=7).astype(np.float32)))


def test_the_eye_is_three_convolutions_and_a_normalised_map(eye):
    seen = np.random.default_rng(4).random((GLIMPSE, GLIMPSE, 3)).astype(np.float32)
    # a patch lists its pixels by halves: (half row, half column, row, column, channel)
    patch = np.asarray(eye.kernels[0]).reshape(2, 2, 2, 2, 3, -1).transpose(0, 2, 1, 3, 4, 5).reshape(4, 4, 3, -1)
    kernels = [patch, eye.kernels[1].reshape(3, 3, WIDTHS[0], -1), eye.kernels[2].reshape(2, 2, WIDTHS[1], -1)]
    x = jnp.asarray(seen - 0.5)[None]
    for kernel, offset, step, padding in zip(kernels, eye.offsets, (4, 1, 2), ("VALID", "SAME", "VALID"), strict=True):
        names = ("NHWC", "HWIO", "NHWC")
        x = jax.lax.conv_general_dilated(x, jnp.asarray(kernel), (step, step), padding, dimension_numbers=names)
        x = jnp.maximum(x + offset[None, None, None], 0)
    y = np.asarray(x, float).reshape(-1) @ np.asarray(eye.out, float)
    y = (y - y.mean()) / np.sqrt(y.var() + 1e-5) + np.asarray(eye.bias)
    np.testing.assert_allclose(eye(jnp.asarray(seen)), np.maximum(y, 0), atol=2e-4)
    assert (y > 0).any() and (y < 0).any()


def test_every_pixel_counts(eye):
    gradient = jax.jit(jax.grad(lambda seen: (eye(seen) * jnp.arange(7.0)).sum()))(jnp.full((GLIMPSE, GLIMPSE, 3), 0.4))
    assert np.isfinite(gradient).all() and (np.asarray(gradient) != 0).mean() > 0.9
