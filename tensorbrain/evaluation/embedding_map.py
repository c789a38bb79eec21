"""The embedding map: the concepts on a sheet of paper, and on it the way that a brain state takes."""

from typing import NamedTuple

import numpy as np
from scipy.linalg import eigh

from tensorbrain.brain import Brain
from tensorbrain.layers.concept_index import BLOCKS
from tensorbrain.typing import Float32, Int32


class EmbeddingMap(NamedTuple):
    """Where every row of the concept index lies on the plane on which the concepts differ most.

    ``places`` (row, 2) in the rows of A; ``axes`` (2, dim) orthonormal; ``middle`` (dim,) the mean direction of the
    concepts; ``explained`` the share of the concepts' variance that lies in the plane.
    """

    places: Float32[np.ndarray, "row 2"]
    axes: Float32[np.ndarray, "2 dim"]
    middle: Float32[np.ndarray, " dim"]
    explained: float

    def place(self, q: Float32[np.ndarray, "*batch dim"]) -> Float32[np.ndarray, "*batch 2"]:
        """Where blackboards q lie: by their direction q / |q|, as concepts do by that of their embedding.

        >>> plane = EmbeddingMap(np.zeros((0, 2)), np.eye(2, 3, dtype=np.float32), np.zeros(3, np.float32), 1.0)
        >>> plane.place(np.array([0.0, 2.0, 0.0], np.float32)).tolist()
        [0.0, 1.0]
        """
        return ((_directions(q) - self.middle) @ self.axes.T).astype(np.float32)


def embedding_map(brain: Brain) -> EmbeddingMap:
    """The two principal components of the concepts' directions a_k / |a_k|; predicates and moments are laid into it.

    A write-back adds an embedding to the blackboard, q <- q + a_k, so that states and concepts share one space; what
    the index reads depends on directions first, so lengths are left out. Distances on the map are those of a
    shadow: ``explained`` says how much of the differences is seen. Signs are fixed, so that a brain has one map.

    >>> from tensorbrain.checkpoint import load_brain
    >>> embedding_map(load_brain("countries")).axes.shape
    (2, 256)
    """
    index = brain.model.index
    A = np.asarray(index.A, np.float32)
    directions = _directions(A)
    concepts = directions[index.block(BLOCKS[0])][: len(brain.vocabulary.concepts)]
    middle = concepts.mean(axis=0)
    spread = concepts - middle
    last = len(middle) - 1
    values, vectors = eigh(spread.T @ spread, subset_by_index=[max(0, last - 1), last])
    axes = vectors[:, ::-1].T
    axes = axes * np.where(axes.sum(axis=1, keepdims=True) < 0, -1, 1)
    explained = float(values.sum() / max(float((spread**2).sum()), 1e-12))
    return EmbeddingMap(((directions - middle) @ axes.T).astype(np.float32), axes.astype(np.float32), middle, explained)


def unit_order(brain: Brain) -> Int32[np.ndarray, " dim"]:
    """The units of the blackboard in an order in which neighbours do similar work.

    Units are alike where their columns of A correlate over the concepts: a tree of average linkage over 1 - |r|, its
    leaves from left to right. The order only serves the eye: no computation depends on it.

    >>> from tensorbrain.checkpoint import load_brain
    >>> order = unit_order(load_brain("countries"))
    >>> bool((np.sort(order) == np.arange(256)).all())
    True
    """
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    index = brain.model.index
    A = np.asarray(index.A, np.float64)[index.block(BLOCKS[0])][: len(brain.vocabulary.concepts)]
    spread = A - A.mean(axis=0)
    columns = spread / np.maximum(np.linalg.norm(spread, axis=0), 1e-12)
    distance = np.clip(1 - np.abs(columns.T @ columns), 0, 1)
    np.fill_diagonal(distance, 0)
    if len(distance) < 2:
        return np.arange(len(distance), dtype=np.int32)
    return leaves_list(linkage(squareform(distance, checks=False), "average")).astype(np.int32)


def _directions(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
