"""The eye: from a region of a picture to the features nu that the sensory buffer encodes."""

import equinox as eqx
import jax
import jax.numpy as jnp

from tensorbrain.typing import Array, Float, PRNGKeyArray

GLIMPSE = 32  # pixels a side: every region is looked at in this size, whatever its own
WIDTHS = (48, 64, 96)  # channels after the three mixings


def glimpse(picture: Float[Array, "height width 3"], box: Float[Array, "4"], size: int = GLIMPSE) -> Array:
    """A region of a picture in a fixed size: rows and columns are resampled with a triangle as wide as the step.

    Two matrix products, so that boxes are arrays and may be anywhere; what lies outside repeats the border, and a box
    whose left is greater than its right is seen in a mirror. Shapes: picture with values in 0..1, box (left, top,
    right, bottom) as shares -> (size, size, 3).

    >>> glimpse(jnp.ones((10, 20, 3)), jnp.array([0.0, 0.0, 0.5, 1.0]), size=4).shape
    (4, 4, 3)
    """
    height, width = picture.shape[:2]
    rows = _resampling(box[1], box[3], height, size)
    columns = _resampling(box[0], box[2], width, size)
    return jnp.einsum("yh,hwc,xw->yxc", rows, picture, columns)


def _resampling(low: Array, high: Array, length: int, size: int) -> Float[Array, "size length"]:
    step = jnp.maximum(jnp.abs(high - low) * length / size, 1.0)  # wider than a pixel: average, do not skip
    at = low * length + (jnp.arange(size, dtype=float) + 0.5) / size * (high - low) * length - 0.5
    at = jnp.clip(at, 0.0, length - 1.0)
    weight = jnp.maximum(0.0, 1.0 - jnp.abs(jnp.arange(length, dtype=float)[None] - at[:, None]) / step)
    return weight / weight.sum(axis=1, keepdims=True)


class Eye(eqx.Module):
    """A small convolutional network, nu = phi(glimpse), shared by scene, regions and union boxes.

    Patches of 4 x 4 pixels are mixed, each patch is mixed with its eight neighbours, 2 x 2 of those are mixed into
    one, with a ReLU each time; then one linear map, normalised, ReLU. 2.6 million multiplications a glimpse. Shapes:
    (GLIMPSE, GLIMPSE, 3) -> (feature,). Source: the papers take features of VGG-19 (TB23); this one is small enough to
    be trained here.

    >>> Eye.create(16, key=jax.random.key(0))(jnp.zeros((GLIMPSE, GLIMPSE, 3))).shape
    (16,)
    """

    kernels: tuple[Float[Array, "_patch _channel"], ...]
    offsets: tuple[Float[Array, " _channel"], ...]
    out: Float[Array, "flat feature"]
    bias: Float[Array, " feature"]

    @classmethod
    def create(cls, feature: int, *, key: PRNGKeyArray) -> "Eye":
        """Random weights with He-scaled normal entries.

        >>> len(Eye.create(8, key=jax.random.key(0)).kernels)
        3
        """
        keys = jax.random.split(key, 4)
        patches = (4 * 4 * 3, 9 * WIDTHS[0], 4 * WIDTHS[1])
        kernels = tuple(
            jax.random.normal(k, (patch, width)) * (2 / patch) ** 0.5
            for k, patch, width in zip(keys[:3], patches, WIDTHS, strict=True)
        )
        flat = (GLIMPSE // 8) ** 2 * WIDTHS[2]
        out = jax.random.normal(keys[3], (flat, feature)) * (2 / flat) ** 0.5
        return cls(kernels, tuple(jnp.zeros(width) for width in WIDTHS), out, jnp.zeros(feature))

    def __call__(self, seen: Float[Array, "side side 3"]) -> Float[Array, " feature"]:
        x = _fold(_fold(seen - 0.5))
        for gather, kernel, offset in zip((None, _neighbours, _fold), self.kernels, self.offsets, strict=True):
            x = jax.nn.relu((gather(x) if gather else x) @ kernel + offset[None, None])
        y = x.reshape(-1) @ self.out
        y = (y - y.mean()) * jax.lax.rsqrt(y.var() + 1e-5) + self.bias
        return jax.nn.relu(y)


def _fold(x: Float[Array, "side side channel"]) -> Float[Array, "half half wide"]:
    """Four neighbouring pixels become one with four times the channels: half the resolution, nothing lost."""
    side, _, channels = x.shape
    half = side // 2
    return x.reshape(half, 2, half, 2, channels).transpose(0, 2, 1, 3, 4).reshape(half, half, 4 * channels)


def _neighbours(x: Float[Array, "side side channel"]) -> Float[Array, "side side patch"]:
    """Every pixel beside its eight neighbours: a convolution is then one matmul, twice as fast here as lax.conv."""
    side = x.shape[0]
    padded = jnp.pad(x, ((1, 1), (1, 1), (0, 0)))
    return jnp.concatenate([padded[i : i + side, j : j + side] for i in range(3) for j in range(3)], axis=-1)
