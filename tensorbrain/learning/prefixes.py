"""Shared prefixes: statements that begin alike share their first windows, each computed once a batch."""

from typing import NamedTuple

import numpy as np

from tensorbrain.typing import Array, Bool, Float, Int

Numbers = Array | np.ndarray  # NumPy while a batch is put together, JAX once it is on the device
ROUND, ROOM = 16, 1.2  # prefix counts are padded to multiples of ROUND with some room, so that few shapes are compiled


class Windows(NamedTuple):
    """The distinct windows of a batch in one decode order, as a tree of depth three.

    A first window opens from instant ``start`` (-1: semantic) and may be ``silent`` (not told its direction). A second
    one follows outcome ``k_1`` of first window ``parent_2``, a third one outcome ``k_2`` of second window
    ``parent_3``. ``at`` (row, 3) names the windows each row of the batch passes through.
    """

    start: Int[Numbers, "*step first"]
    silent: Bool[Numbers, "*step first"]
    parent_2: Int[Numbers, "*step second"]
    k_1: Int[Numbers, "*step second"]
    parent_3: Int[Numbers, "*step third"]
    k_2: Int[Numbers, "*step third"]
    at: Int[Numbers, "*step row 3"]


class Group(NamedTuple):
    """The concepts that a batch weighs: ``ids``, and what is added to the score of each.

    ``log_weight`` is 0 for the concepts of the batch and log(others / drawn) for those drawn at random from the others,
    so that the sum over the group estimates the sum over all without bias. ``at`` (row, 2) names the places of each
    row's subject and object in the group.
    """

    ids: Int[Numbers, "*step candidate"]
    log_weight: Float[Numbers, "*step candidate"]
    at: Int[Numbers, "*step row 2"]


class Batch(NamedTuple):
    """Rows (s, p, o, t), their weights, their windows in every decode order, and the concepts weighed (None: all)."""

    rows: Int[Numbers, "*step row 4"]
    weight: Float[Numbers, "*step row"]
    windows: tuple[Windows, ...]
    group: Group | None = None


def shared_windows(rows: Int[np.ndarray, "row 4"], silent: Bool[np.ndarray, " row"], order: str) -> Windows:
    """The distinct prefixes of the rows in ``order``: (start, silent), then with the first, then the second outcome.

    >>> rows = np.array([[0, 0, 1, -1], [0, 0, 2, -1], [0, 1, 2, -1]], np.int32)
    >>> windows = shared_windows(rows, np.zeros(3, bool), "spo")
    >>> [len(x) for x in (windows.start, windows.k_1, windows.k_2)]
    [1, 1, 2]
    """
    first, second = (rows[:, "spo".index(slot)] for slot in order[:2])
    starts, at_1 = np.unique(rows[:, 3].astype(np.int64) * 2 + silent, return_inverse=True)
    width_1, width_2 = int(first.max()) + 1, int(second.max()) + 1
    pairs, at_2 = np.unique(at_1 * width_1 + first, return_inverse=True)
    triples, at_3 = np.unique(at_2 * width_2 + second, return_inverse=True)
    return Windows(
        start=(starts >> 1).astype(np.int32),
        silent=(starts & 1).astype(bool),
        parent_2=(pairs // width_1).astype(np.int32),
        k_1=(pairs % width_1).astype(np.int32),
        parent_3=(triples // width_2).astype(np.int32),
        k_2=(triples % width_2).astype(np.int32),
        at=np.stack([at_1, at_2, at_3], axis=1).astype(np.int32),
    )


def stacked(batches: list[Batch], at_least: dict[tuple[int, str], int]) -> Batch:
    """Stack batches along a leading step axis, padding their windows to common sizes.

    ``at_least`` remembers the sizes used so far (by order and field) and grows in place, so that later chunks keep
    their shape. Padding windows are read by no row.
    """
    windows = []
    for number in range(len(batches[0].windows)):
        parts = [batch.windows[number] for batch in batches]
        fields = {}
        for name in Windows._fields:
            arrays = [getattr(part, name) for part in parts]
            if name != "at":
                largest = max(len(a) for a in arrays)
                size = at_least.get((number, name), 0)
                if largest > size:
                    size = min(-(-int(largest * ROOM) // ROUND) * ROUND, max(largest, len(batches[0].rows)))
                    at_least[number, name] = size
                arrays = [np.concatenate([a, np.zeros(size - len(a), a.dtype)]) for a in arrays]
            fields[name] = np.stack(arrays)
        windows.append(Windows(**fields))
    groups = [b.group for b in batches if b.group is not None]
    return Batch(
        np.stack([b.rows for b in batches]),
        np.stack([b.weight for b in batches]),
        tuple(windows),
        Group(*(np.stack(part) for part in zip(*groups, strict=True))) if groups else None,
    )
