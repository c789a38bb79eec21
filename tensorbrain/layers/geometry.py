"""Box geometry as features: where a region lies, and how two regions lie to each other."""

import jax.numpy as jnp

from tensorbrain.typing import Array, Float

WHERE, BETWEEN = 6, 20  # numbers of features


def where(box: Float[Array, "4"]) -> Float[Array, "6"]:
    """Centre, size, area and shape of a box (left, top, right, bottom as shares), each about -1..1.

    >>> where(jnp.array([0.0, 0.0, 1.0, 1.0])).shape
    (6,)
    """
    x, y, w, h = _centre_and_size(box)
    return jnp.stack([2 * x - 1, 2 * y - 1, w, h, 0.25 * jnp.log(w * h), 0.5 * jnp.log(w / h)])


def between(one: Float[Array, "4"], other: Float[Array, "4"]) -> Float[Array, "20"]:
    """How box ``one`` lies to box ``other``: offsets, size ratios, overlaps, gaps and the places of both.

    >>> between(jnp.array([0.0, 0.0, 0.5, 1.0]), jnp.array([0.5, 0.0, 1.0, 1.0])).shape
    (20,)
    """
    x, y, w, h = _centre_and_size(one)
    X, Y, W, H = _centre_and_size(other)
    wide = jnp.maximum(0.0, jnp.minimum(one[2], other[2]) - jnp.maximum(one[0], other[0]))
    high = jnp.maximum(0.0, jnp.minimum(one[3], other[3]) - jnp.maximum(one[1], other[1]))
    shared, areas = wide * high, (w * h, W * H)
    own = [(x - X) / W, (y - Y) / H, (x - X) / w, (y - Y) / h]
    gaps = [(one[3] - other[1]) / H, (one[1] - other[3]) / H, (one[3] - other[3]) / H, (one[1] - other[1]) / H]
    numbers = [
        *(jnp.arcsinh(v) for v in own),
        *(jnp.arcsinh(v) for v in gaps),
        *(0.5 * jnp.log(v) for v in (w / W, h / H, areas[0] / areas[1])),
        *(shared / areas[0], shared / areas[1], shared / (areas[0] + areas[1] - shared)),
        *(2 * x - 1, 2 * y - 1, 2 * X - 1, 2 * Y - 1),
        *(0.25 * jnp.log(areas[0]), 0.25 * jnp.log(areas[1])),
    ]
    return jnp.stack(numbers)


def union(one: Float[Array, "4"], other: Float[Array, "4"]) -> Float[Array, "4"]:
    """The smallest box that holds both.

    >>> union(jnp.array([0.0, 0.0, 0.5, 0.5]), jnp.array([0.25, 0.25, 1.0, 0.75]))
    Array([0.  , 0.  , 1.  , 0.75], dtype=float32)
    """
    return jnp.concatenate([jnp.minimum(one[:2], other[:2]), jnp.maximum(one[2:], other[2:])])


def _centre_and_size(box: Float[Array, "4"]) -> tuple[Array, Array, Array, Array]:
    size = jnp.maximum(box[2:] - box[:2], 1e-3)
    centre = (box[:2] + box[2:]) / 2
    return centre[0], centre[1], size[0], size[1]
