"""The sparse tensor against a dense array that is summed by hand."""

from itertools import combinations

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorbrain.errors import SettingsError
from tensorbrain.graph import AdjacencyTensor, Concept, Vocabulary
from tensorbrain.graph.adjacency import AXES, row_numbers, sorted_groups
from tensorbrain.graph.views import connection, ego_graph, layout

SHAPE = (5, 3, 5, 4)
rows_of_order = {
    order: st.lists(st.tuples(*(st.integers(0, n - 1) for n in SHAPE[:order])), max_size=40) for order in (3, 4)
}
statements = st.one_of(rows_of_order[3].map(lambda rows: (3, rows)), rows_of_order[4].map(lambda rows: (4, rows)))


def dense(order: int, rows: list[tuple[int, ...]]) -> np.ndarray:
    array = np.zeros(SHAPE[:order])
    for row in rows:
        array[row] += 1
    return array


def as_dense(tensor: AdjacencyTensor) -> np.ndarray:
    array = np.zeros(tensor.shape)
    array[tuple(tensor.coordinates.T)] = tensor.values
    return array


def tensor_of(order: int, rows: list[tuple[int, ...]]) -> AdjacencyTensor:
    return AdjacencyTensor.from_statements(np.asarray(rows, np.int32).reshape(-1, order), SHAPE[:order])


@given(statements)
def test_equals_the_dense_tensor(given_rows):
    order, rows = given_rows
    tensor, array = tensor_of(order, rows), dense(order, rows)
    np.testing.assert_array_equal(as_dense(tensor), array)
    assert len(tensor) == tensor.nnz == len(set(rows))
    assert [tuple(row) for row in tensor.coordinates.tolist()] == sorted(set(rows))


@given(statements)
def test_marginals_and_counts_equal_sums(given_rows):
    order, rows = given_rows
    tensor, array = tensor_of(order, rows), dense(order, rows)
    for i, axis in enumerate(AXES[:order]):
        rest = tuple(j for j in range(order) if j != i)
        np.testing.assert_array_equal(as_dense(tensor.marginal(axis)), array.sum(axis=i))
        np.testing.assert_array_equal(tensor.counts(axis), array.sum(axis=rest))
    np.testing.assert_array_equal(as_dense(tensor.marginal(("predicate", "subject"))), array.sum(axis=(0, 1)))


@given(statements, st.integers(0, 4), st.integers(0, 2))
def test_slices_equal_masks(given_rows, subject: int, predicate: int):
    order, rows = given_rows
    tensor, array = tensor_of(order, rows), dense(order, rows)
    sliced = as_dense(tensor.slice(subject=subject, predicate=predicate))
    mask = np.zeros_like(array)
    mask[subject, predicate] = 1
    np.testing.assert_array_equal(sliced, array * mask)


@given(statements)
def test_scipy_matrices(given_rows):
    order, rows = given_rows
    tensor, array = tensor_of(order, rows), dense(order, rows)
    array = array.sum(axis=3) if order == 4 else array
    np.testing.assert_array_equal(tensor.to_scipy().toarray(), array.sum(axis=1))
    np.testing.assert_array_equal(tensor.to_scipy(predicate=1).toarray(), array[:, 1])


def test_shapes_beyond_64_bits_sort_as_small_ones_do():
    rows = np.random.default_rng(0).integers(5, size=(50, 3), dtype=np.int32)
    huge = (2**31 - 1,) * 3
    for small, large in zip(sorted_groups(rows, (5, 5, 5)), sorted_groups(rows, huge), strict=True):
        np.testing.assert_array_equal(small, large)


def test_wrong_coordinates_and_axes_are_refused():
    with pytest.raises(SettingsError, match="outside"):
        AdjacencyTensor.from_statements(np.array([[9, 0, 0]]), (2, 1, 2))
    with pytest.raises(SettingsError, match="outside"):
        AdjacencyTensor.from_statements(np.array([[-1, 0, 0]]), (2, 1, 2))
    facts = AdjacencyTensor.from_statements(np.array([[1, 0, 0]]), (2, 1, 2))
    with pytest.raises(SettingsError, match="no axis"):
        facts.slice(instant=0)
    with pytest.raises(SettingsError, match="axis left"):
        facts.marginal(("subject", "predicate", "object"))


def test_a_million_statements_take_20_megabytes():
    draw = np.random.default_rng(0)
    shape = (50_000, 500, 50_000, 2_000)
    rows = np.stack([draw.integers(n, size=1_000_000, dtype=np.int32) for n in shape], axis=1)
    assert AdjacencyTensor.from_statements(rows, shape).nbytes <= 20_000_000


@pytest.fixture
def chain() -> tuple[AdjacencyTensor, Vocabulary]:
    """0 - 1 - 2 - 3 in a row, and 4 alone."""
    rows = np.array([[0, 0, 1], [2, 0, 1], [2, 1, 3], [4, 0, 4]])
    concepts = tuple(Concept(f"urn:x:{i}", f"thing {i}", "entity") for i in range(5))
    predicates = tuple(Concept(f"urn:p:{i}", f"link {i}", "predicate") for i in range(2))
    return AdjacencyTensor.from_statements(rows, (5, 2, 5)), Vocabulary(concepts, predicates)


def test_a_neighbourhood_grows_by_hops_in_both_directions(chain):
    tensor, vocabulary = chain
    assert sorted(tensor.to_networkx(vocabulary, around=1).nodes) == [0, 1, 2]
    two = ego_graph(tensor, vocabulary, around=0, hops=2)
    assert sorted(two.nodes) == [0, 1, 2]
    assert two.edges[2, 1, 0]["label"] == "link 0" and two.nodes[2] == {
        "label": "thing 2",
        "group": "entity",
        "iri": "urn:x:2",
        "hop": 2,
    }
    assert len(ego_graph(tensor, vocabulary, around=1, hops=3, limit=2)) == 2
    with pytest.raises(SettingsError):
        ego_graph(tensor, vocabulary, around=7)


def test_ways_and_places(chain):
    tensor, vocabulary = chain
    assert connection(tensor, 0, 3) == [0, 1, 2, 3]
    assert connection(tensor, 0, 4) == [] and connection(tensor, 2, 2) == [2]
    view = ego_graph(tensor, vocabulary, around=1, hops=3)
    assert layout(view, seed=1) == layout(view, seed=1)
    assert all(abs(x) <= 1 and abs(y) <= 1 for x, y in layout(view).values())
    star = layout(networkx.star_graph(6))  # its leaves are alike, and yet each has a place of its own
    assert min(np.hypot(x - u, y - v) for (x, y), (u, v) in combinations(star.values(), 2)) > 0.1


@given(st.lists(st.tuples(*[st.integers(-1, 3)] * 4), min_size=1, max_size=30), st.sampled_from([1, 2**30]))
def test_rows_have_a_number_each_also_where_64_bits_are_too_few(rows, scale):
    rows = np.where(np.array(rows) > 0, np.array(rows) * scale, np.array(rows)).astype(np.int64)
    numbers = row_numbers(rows)
    for a, b in combinations(range(len(rows)), 2):
        assert (numbers[a] == numbers[b]) == (rows[a] == rows[b]).all()
