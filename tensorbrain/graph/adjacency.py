"""The sparse adjacency tensor: which statements hold, as integer coordinates with weights."""

import dataclasses
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32, Float64, Int32

from tensorbrain.errors import SettingsError
from tensorbrain.graph.vocabulary import Vocabulary

if TYPE_CHECKING:
    import networkx
    import scipy.sparse

AXES = ("subject", "predicate", "object", "instant")


@dataclasses.dataclass(frozen=True, eq=False)
class AdjacencyTensor:
    """Statements of a subjects x predicates x objects (x instants) tensor, sorted, each coordinate once.

    ``coordinates`` has shape (statements, order), ``values`` their weights; memory grows with the statements
    alone. Make one with `from_statements`, which sorts and sums duplicates.

    >>> facts = AdjacencyTensor.from_statements(np.array([[0, 0, 1], [0, 0, 1], [1, 0, 0]]), (2, 1, 2))
    >>> len(facts), facts.values
    (2, array([2., 1.], dtype=float32))
    """

    coordinates: Int32[np.ndarray, "statement order"]
    values: Float32[np.ndarray, "statement"]
    shape: tuple[int, ...]
    axes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.axes:
            object.__setattr__(self, "axes", AXES[: len(self.shape)])
        if self.coordinates.shape[1] != len(self.shape) or len(self.axes) != len(self.shape):
            raise SettingsError(f"{self.coordinates.shape[1]} columns of coordinates do not fit {len(self.shape)} axes")

    @classmethod
    def from_statements(
        cls,
        coordinates: np.ndarray,
        shape: Sequence[int],
        values: np.ndarray | None = None,
        axes: Sequence[str] = (),
    ) -> "AdjacencyTensor":
        """Sort the rows of ``coordinates`` (statements, order) and sum the ``values`` (1 each) of equal ones.

        Raises SettingsError where a coordinate lies outside ``shape``.

        >>> AdjacencyTensor.from_statements(np.array([[1, 0, 0], [0, 0, 1]]), (2, 1, 2)).coordinates
        array([[0, 0, 1],
               [1, 0, 0]], dtype=int32)
        """
        rows = np.asarray(coordinates, dtype=np.int32).reshape(-1, len(shape))
        if rows.size and ((rows < 0).any() or (rows >= np.asarray(shape)).any()):
            raise SettingsError(f"a statement lies outside the tensor's shape {tuple(shape)}: enlarge the shape")
        sizes = tuple(int(n) for n in shape)
        order, first = sorted_groups(rows, sizes)
        weights = np.ones(len(rows), np.float32) if values is None else np.asarray(values, np.float32)
        sums = np.add.reduceat(weights[order], first) if len(rows) else weights
        return cls(rows[order[first]], sums.astype(np.float32), sizes, tuple(axes))

    def __len__(self) -> int:
        return len(self.coordinates)

    @property
    def nnz(self) -> int:
        """How many coordinates are stored, that is ``len``."""
        return len(self)

    @property
    def nbytes(self) -> int:
        """Bytes that the arrays take."""
        return self.coordinates.nbytes + self.values.nbytes

    def axis(self, name: str) -> int:
        """The column of axis ``name``; raises SettingsError where this tensor has none.

        >>> AdjacencyTensor.from_statements(np.zeros((0, 3)), (2, 1, 2)).axis("object")
        2
        """
        if name not in self.axes:
            raise SettingsError(f"this tensor has no axis {name!r}: choose one of {', '.join(self.axes)}")
        return self.axes.index(name)

    def slice(
        self,
        subject: int | None = None,
        predicate: int | None = None,
        object: int | None = None,
        instant: int | None = None,
    ) -> "AdjacencyTensor":
        """The statements with the given ids, in a tensor of the same shape.

        >>> facts = AdjacencyTensor.from_statements(np.array([[0, 0, 1], [1, 0, 0]]), (2, 1, 2))
        >>> facts.slice(subject=1).coordinates
        array([[1, 0, 0]], dtype=int32)
        """
        keep = np.ones(len(self), bool)
        for name, wanted in zip(AXES, (subject, predicate, object, instant), strict=True):
            if wanted is not None:
                keep &= self.coordinates[:, self.axis(name)] == wanted
        return dataclasses.replace(self, coordinates=self.coordinates[keep], values=self.values[keep])

    def marginal(self, over: str | Sequence[str] = "instant") -> "AdjacencyTensor":
        """Sum the axes ``over`` out: sum_t X[s, p, o, t] for ``"instant"``; the other axes stay, in order.

        >>> lived = AdjacencyTensor.from_statements(np.array([[0, 0, 1, 0], [0, 0, 1, 1]]), (2, 1, 2, 2))
        >>> lived.marginal("instant").values
        array([2.], dtype=float32)
        """
        gone = {self.axis(name) for name in ([over] if isinstance(over, str) else over)}
        kept = [i for i in range(len(self.shape)) if i not in gone]
        if not kept:
            raise SettingsError("a marginal needs at least one axis left: sum over fewer of them")
        return AdjacencyTensor.from_statements(
            self.coordinates[:, kept],
            [self.shape[i] for i in kept],
            self.values,
            [self.axes[i] for i in kept],
        )

    def counts(self, axis: str) -> Float64[np.ndarray, "row"]:
        """The summed values per id of ``axis``, shape (size of the axis,).

        >>> AdjacencyTensor.from_statements(np.array([[0, 0, 1], [1, 0, 1]]), (2, 1, 2)).counts("object")
        array([0., 2.])
        """
        column = self.axis(axis)
        sums = np.bincount(self.coordinates[:, column], weights=self.values, minlength=self.shape[column])
        return sums.astype(np.float64)  # numpy gives integers where there is nothing to sum

    def to_scipy(self, predicate: int | None = None) -> "scipy.sparse.csr_array":
        """Subjects x objects as a sparse matrix, of one predicate or summed over all; other axes are summed
        out.

        >>> AdjacencyTensor.from_statements(np.array([[0, 0, 1]]), (2, 1, 2)).to_scipy().toarray()
        array([[0., 1.],
               [0., 0.]], dtype=float32)
        """
        import scipy.sparse

        chosen = self.slice(predicate=predicate)
        s, o = self.axis("subject"), self.axis("object")
        rows, columns = chosen.coordinates[:, s], chosen.coordinates[:, o]
        shape = (self.shape[s], self.shape[o])
        return scipy.sparse.csr_array(scipy.sparse.coo_array((chosen.values, (rows, columns)), shape=shape))

    def to_networkx(
        self, vocabulary: Vocabulary, around: int, hops: int = 1, limit: int = 200
    ) -> "networkx.MultiDiGraph[int]":
        """The neighbourhood of concept ``around`` as a labelled networkx graph; see `graph.views.ego_graph`.

        >>> from tensorbrain.graph.vocabulary import Concept
        >>> names = Vocabulary((Concept("urn:a", "a", "entity"), Concept("urn:b", "b", "entity")),
        ...                    (Concept("urn:p", "p", "predicate"),))
        >>> facts = AdjacencyTensor.from_statements(np.array([[0, 0, 1]]), (2, 1, 2))
        >>> facts.to_networkx(names, around=0).edges[0, 1, 0]["label"]
        'p'
        """
        from tensorbrain.graph.views import ego_graph

        return ego_graph(self, vocabulary, around, hops, limit)


def sorted_groups(rows: np.ndarray, shape: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """The stable order that sorts ``rows`` (statements, order), and where in it each run of equal rows
    begins.

    >>> sorted_groups(np.array([[1, 0], [0, 1], [1, 0]]), (2, 2))
    (array([1, 0, 2]), array([0, 1]))
    """
    keys = row_keys(rows, shape)
    if keys is None:
        order = np.lexsort(rows.T[::-1])
        changed = (np.diff(rows[order], axis=0) != 0).any(axis=1)
    else:
        order = np.argsort(keys, kind="stable")
        changed = np.diff(keys[order]) != 0
    starts = np.concatenate(([True], changed)) if len(rows) else np.zeros(0, bool)
    return order, np.flatnonzero(starts)


def row_numbers(rows: np.ndarray) -> np.ndarray:
    """A number for each row, equal for equal rows; columns may hold -1.

    >>> row_numbers(np.array([[0, -1], [3, 2], [0, -1]])).tolist()
    [4, 19, 4]
    """
    if not len(rows):
        return np.zeros(0, np.int64)
    shifted = rows.astype(np.int64) + 1
    keys = row_keys(shifted, (shifted.max(axis=0) + 1).tolist())
    if keys is None:
        return np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)
    return keys


def row_keys(rows: np.ndarray, shape: Sequence[int]) -> np.ndarray | None:
    """One integer a row, in the order of the rows, which sorts several times faster; None where 64 bits are
    too few.

    >>> row_keys(np.array([[1, 0], [0, 1]]), (2, 2))
    array([2, 1])
    """
    sizes = [max(int(n), 1) for n in shape]
    if math.prod(sizes) >= 2**62:
        return None
    keys = np.zeros(len(rows), np.int64)
    for column, size in enumerate(sizes):
        keys *= size
        keys += rows[:, column]
    return keys
