"""Several devices that share the rows of one matrix: each scores its own, and the few numbers that matter are sent.

The mesh has one axis, `concept`. Devices are those that JAX sees: the cards of one machine, or after
`jax.distributed.initialize` those of all processes. On a machine without, XLA makes virtual ones:
XLA_FLAGS=--xla_force_host_platform_device_count=4.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec

from tensorbrain.errors import SettingsError
from tensorbrain.numerics.running import Ranked
from tensorbrain.typing import Array, Float

AXIS = "concept"


def concept_mesh(devices: int | None = None) -> Mesh:
    """A mesh of the first ``devices`` (default: all) along the axis `concept`; SettingsError where there are fewer.

    >>> concept_mesh(1).shape["concept"]
    1
    """
    here = jax.devices()
    count = len(here) if devices is None else devices
    if not 1 <= count <= len(here):
        raise SettingsError(
            f"{count} devices cannot share the rows, where JAX sees {len(here)}: ask for no more and at least for "
            "one, or let XLA make virtual ones of the processor, with "
            f"XLA_FLAGS=--xla_force_host_platform_device_count={max(count, 2)}."
        )
    # Auto: JAX itself splits what is computed from spread arrays, and no function has to know of the mesh.
    return Mesh(np.asarray(here[:count]), (AXIS,), axis_types=(AxisType.Auto,))


def divided(rows: int, devices: int, what: str = "rows") -> int:
    """How many of the ``rows`` each of the devices holds; SettingsError where they do not divide evenly.

    >>> divided(6, 3)
    2
    """
    if rows % devices:
        fits = [n for n in range(1, devices) if rows % n == 0]
        raise SettingsError(
            f"{rows:,} {what} cannot be shared evenly among {devices} devices: choose {' or '.join(map(str, fits))}, "
            f"or give room for {-rows % devices} more."
        )
    return rows // devices


def row_sharded(array: Array | np.ndarray, mesh: Mesh) -> Array:
    """An array whose rows are shared out among the devices of a mesh; SettingsError where they do not divide.

    >>> row_sharded(np.zeros((4, 2), np.float32), concept_mesh(1)).sharding.spec
    P('concept',)
    """
    divided(len(array), mesh.size)
    return jax.device_put(array, NamedSharding(mesh, PartitionSpec(AXIS)))


@partial(jax.jit, static_argnames=("n", "mesh"))
def ranked_on(
    mesh: Mesh,
    queries: Float[Array, "query width"],
    keys: Float[Array, "candidate width"],
    offsets: Float[Array, " candidate"] | None = None,
    *,
    n: int,
) -> Ranked:
    """The ``n`` most probable of all candidates, whose ``keys`` are shared out by rows (`row_sharded`).

    Each device scores its rows and keeps its n best. What is sent is, for each query, the peak m and sum exp(s - m) of
    each device, and its n best with their numbers (a two-level top-k): 2 + 2 n numbers, however many rows there are.
    Exact: as `numerics.running.ranked` but for rounding.

    >>> mesh = concept_mesh(1)
    >>> keys = row_sharded(np.arange(6, dtype=np.float32)[:, None], mesh)
    >>> ranked_on(mesh, jnp.ones((1, 1)), keys, n=2).ids
    Array([[5, 4]], dtype=int32)
    """
    offsets = jnp.zeros(len(keys), keys.dtype) if offsets is None else offsets
    own = divided(len(keys), mesh.size)

    def on_each(
        queries: Float[Array, "query dim"], keys: Float[Array, "row dim"], offsets: Float[Array, " row"]
    ) -> Ranked:
        scores = queries @ keys.T + offsets[None]
        peak = jax.lax.pmax(scores.max(axis=1), AXIS)
        total = jax.lax.psum(jnp.exp(scores - peak[:, None]).sum(axis=1), AXIS)
        best, at = jax.lax.top_k(scores, min(n, own))
        ids = at + jax.lax.axis_index(AXIS) * own
        best, ids = (jax.lax.all_gather(x, AXIS, axis=1, tiled=True) for x in (best, ids))
        best, places = jax.lax.top_k(best, min(n, best.shape[1]))
        log_z = peak + jnp.log(total)
        return Ranked(jnp.take_along_axis(ids, places, axis=1), best - log_z[:, None], log_z)

    rows, whole = PartitionSpec(AXIS), PartitionSpec()
    # check_vma: the checker cannot see that the best of what all devices have gathered are the same on each.
    return jax.shard_map(on_each, mesh=mesh, in_specs=(whole, rows, rows), out_specs=whole, check_vma=False)(
        queries, keys, offsets
    )
