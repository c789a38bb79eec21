"""A softmax over candidates that come a chunk at a time: two running numbers a query, and the best so far.

Of K candidates only a chunk is ever scored at once, so that memory does not grow with K: candidates may lie in a file
that is larger than memory, or on another device. Source: Milakov and Gimelshein (2018), online normaliser; Rabe and
Staats (2021), attention in constant memory.
"""

from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from tensorbrain.errors import SettingsError
from tensorbrain.typing import Array, Float, Int


class Running(NamedTuple):
    """What is known of the candidates so far: peak m and total sum_k exp(s_k - m), which give log Z = m + log total;
    the ``best`` scores with their ``ids``; and sum_k exp(s_k - m) v_k of the candidates' values, of no width without.
    """

    peak: Float[Array, " query"]
    total: Float[Array, " query"]
    best: Float[Array, "query n"]
    ids: Int[Array, "query n"]
    mixed: Float[Array, "query value"]

    @property
    def log_z(self) -> Float[Array, " query"]:
        """log sum_k exp(s_k) over all candidates so far.

        >>> float(begin(1, n=1).log_z[0])
        -inf
        """
        return self.peak + jnp.log(self.total)


def begin(queries: int, *, n: int, width: int = 0) -> Running:
    """No candidate yet, the ``n`` best of which are to be kept, and values of ``width`` numbers mixed.

    >>> begin(2, n=3).ids.tolist()
    [[-1, -1, -1], [-1, -1, -1]]
    """
    return Running(
        jnp.full(queries, -jnp.inf),
        jnp.zeros(queries),
        jnp.full((queries, n), -jnp.inf),
        jnp.full((queries, n), -1, jnp.int32),
        jnp.zeros((queries, width)),
    )


@partial(jax.jit, donate_argnums=0)
def met(
    running: Running,
    queries: Float[Array, "query width"],
    keys: Float[Array, "candidate width"],
    first: Int[Array, ""],
    values: Float[Array, "candidate value"] | None = None,
    offsets: Float[Array, " candidate"] | None = None,
) -> Running:
    """The same once a chunk of candidates was met, whose first one has the number ``first``.

    s_k = query . key_k + offset_k; m' = max(m, s), total' = total exp(m - m') + sum_k exp(s_k - m'), and the values
    likewise. The best of the chunk and of those before are ranked together (a two-level top-k). A score of -inf is
    that of no candidate.

    >>> chunk = jnp.array([[1.0], [3.0]])
    >>> one = met(begin(1, n=1), jnp.ones((1, 1)), chunk, jnp.asarray(10))
    >>> one.ids.tolist(), round(float(one.log_z[0]), 4)
    ([[11]], 3.1269)
    """
    scores = queries @ keys.T
    if offsets is not None:
        scores = scores + offsets[None]
    peak = jnp.maximum(running.peak, scores.max(axis=1))
    calm = jnp.where(jnp.isfinite(peak), peak, 0.0)  # -inf - -inf is no number
    weight = jnp.exp(scores - calm[:, None])
    shrink = jnp.exp(running.peak - calm)
    total = running.total * shrink + weight.sum(axis=1)
    mixed = running.mixed * shrink[:, None]
    if values is not None:
        mixed = mixed + weight @ values
    n = running.best.shape[1]
    of_chunk, at = _highest(scores) if n == 1 else jax.lax.top_k(scores, min(n, scores.shape[1]))
    best, places = jax.lax.top_k(jnp.concatenate([running.best, of_chunk], axis=1), n)
    ids = jnp.concatenate([running.ids, first.astype(jnp.int32) + at.astype(jnp.int32)], axis=1)
    return Running(peak, total, best, jnp.take_along_axis(ids, places, axis=1), mixed)


def _highest(scores: Float[Array, "query candidate"]) -> tuple[Float[Array, "query 1"], Int[Array, "query 1"]]:
    """The highest score and its first place, by two plain passes: on a processor argmax and top_k are slow ones."""
    top = scores.max(axis=1, keepdims=True)
    places = jnp.arange(scores.shape[1], dtype=jnp.int32)[None]
    return top, jnp.where(scores == top, places, scores.shape[1]).min(axis=1, keepdims=True)


class Ranked(NamedTuple):
    """The best candidates of each query, best first: ``ids``, log-probabilities ``log_p``, and log Z of all."""

    ids: Int[Array, "query n"]
    log_p: Float[Array, "query n"]
    log_z: Float[Array, " query"]


Chunk = tuple[Float[Array | np.ndarray, "_ width"], Float[Array | np.ndarray, " _"] | None]
"""Keys and offsets of some candidates; not all chunks are of one size."""


def ranked(queries: Float[Array, "query width"], chunks: Iterable[Chunk], *, n: int) -> Ranked:
    """The ``n`` most probable of all candidates in ``chunks`` of (keys, offsets), which are read once, in order.

    Exact: as a softmax and a top-k over all at once, but for rounding. SettingsError without a candidate.

    >>> keys = np.arange(6, dtype=np.float32)[:, None]
    >>> ranked(jnp.ones((1, 1)), [(keys[:4], None), (keys[4:], None)], n=2).ids
    Array([[5, 4]], dtype=int32)
    """
    running, first = begin(len(queries), n=n), 0
    for keys, offsets in chunks:
        more = None if offsets is None else jnp.asarray(offsets)
        running = met(running, queries, jnp.asarray(keys), jnp.asarray(first), None, more)
        first += len(keys)
    if not first:
        raise SettingsError("there is no candidate to rank: give one chunk or more.")
    return Ranked(running.ids, running.best - running.log_z[:, None], running.log_z)


def attended(
    queries: Float[Array, "query width"],
    keys: Float[Array, "candidate width"],
    values: Float[Array, "candidate value"],
    *,
    chunk: int,
) -> Float[Array, "query value"]:
    """sum_k softmax_k(query . key_k) v_k, ``chunk`` candidates at a time: soft attention over any number of them.

    >>> v = jnp.eye(3)
    >>> attended(jnp.zeros((1, 2)), jnp.ones((3, 2)), v, chunk=2)
    Array([[0.33333334, 0.33333334, 0.33333334]], dtype=float32)
    """
    running = begin(len(queries), n=1, width=values.shape[1])
    for start in range(0, len(keys), chunk):
        part = slice(start, start + chunk)
        running = met(running, queries, keys[part], jnp.asarray(start), values[part])
    return running.mixed / running.total[:, None]


CHUNK = 4096  # scores of this many candidates stay in a processor's cache, for some hundred queries


@partial(jax.jit, static_argnames=("chunk",))
def best_of(
    queries: Float[Array, "query width"],
    keys: Float[Array, "candidate width"],
    offsets: Float[Array, " candidate"],
    *,
    chunk: int = CHUNK,
) -> Ranked:
    """The most probable of all candidates for each query, and log Z: as `ranked` with n = 1, in one program.

    The scores of a chunk are made, used and forgotten while they are in the cache, which is faster than all scores at
    once where there are many (benchmarks/scale.py). Of candidates that are level it is the first.

    >>> keys = jnp.arange(6.0)[:, None]
    >>> best_of(jnp.ones((1, 1)), keys, jnp.zeros(6), chunk=4).ids
    Array([[5]], dtype=int32)
    """

    def meet(
        running: tuple[Array, Array, Array], first: Array, keys: Array, offsets: Array
    ) -> tuple[Array, Array, Array]:
        peak, total, best = running
        scores = queries @ keys.T + offsets[None]
        top, at = (found[:, 0] for found in _highest(scores))
        above = jnp.maximum(peak, top)
        total = total * jnp.exp(peak - above) + jnp.exp(scores - above[:, None]).sum(axis=1)
        return above, total, jnp.where(top > peak, first + at, best)

    def one(k: Array, running: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        first = k * chunk
        part = (jax.lax.dynamic_slice_in_dim(a, first, chunk) for a in (keys, offsets))
        return meet(running, first, *part)

    count = len(queries)
    lowest = jnp.full(count, jnp.finfo(queries.dtype).min, queries.dtype)
    running = lowest, jnp.zeros(count, queries.dtype), jnp.zeros(count, jnp.int32)
    whole = len(keys) // chunk
    if whole:
        running = jax.lax.fori_loop(jnp.int32(0), jnp.int32(whole), one, running)
    if len(keys) % chunk:
        running = meet(running, jnp.int32(whole * chunk), keys[whole * chunk :], offsets[whole * chunk :])
    peak, total, best = running
    log_z = peak + jnp.log(total)
    return Ranked(best[:, None], (peak - log_z)[:, None], log_z)
