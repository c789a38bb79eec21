"""Published graphs, where a folder of them is given with --data or TENSORBRAIN_DATA."""

from pathlib import Path

import pytest

from tensorbrain.errors import GraphError
from tensorbrain.graph import KnowledgeGraph, describe, read_graph

GOOD = {
    "pizza": (885, 796, "disjointWith"),
    "wine": (426, 161, "type"),
    "star_wars_dataset": (1508, 389, "film"),
    "family/family-benchmark_rich_background.owl": (1605, 850, "type"),
    "family/forte_family.owl": (337, 120, "parent"),
    "family/trains2.owl": (266, 109, "type"),
}
TABLES = {"umls": (6529, 135, 46), "kinship": (10_686, 104, 25), "fb15k237": (310_116, 14_541, 237)}


def checked(graph: KnowledgeGraph) -> KnowledgeGraph:
    assert sum(graph.report.accounts.values()) == graph.report.statements
    assert max(map(len, describe(graph).splitlines())) <= 100
    return graph


@pytest.mark.parametrize("name", GOOD)
def test_ontologies_and_data(data_folder: Path, name: str):
    facts, uses, predicate = GOOD[name]
    graph = checked(read_graph(data_folder / "rdf" / name))
    assert len(graph.facts) == facts
    counts = graph.facts.counts("predicate")
    assert counts[graph.vocabulary.find(predicate, "predicate")] == uses == counts.max()
    if name == "wine":
        assert len(graph.report.imports) == 1
    for literals in ("keep", "bin"):
        for blank_nodes in ("keep", "skip"):
            checked(read_graph(data_folder / "rdf" / name, literals=literals, blank_nodes=blank_nodes))


@pytest.mark.parametrize("name", TABLES)
def test_link_prediction_tables(data_folder: Path, name: str):
    graph = checked(read_graph(data_folder / "kge" / name))
    assert (len(graph.facts), len(graph.vocabulary.concepts), len(graph.vocabulary.predicates)) == TABLES[name]


def test_a_year_of_news(data_folder: Path):
    graph = checked(read_graph(data_folder / "kge" / "icews14"))
    assert graph.episodes.shape == (7128, 230, 7128, 365)
    assert (graph.vocabulary.times[0], graph.vocabulary.times[-1]) == ("2014-01-01", "2014-12-31")
    assert list(graph.vocabulary.times) == sorted(t for t in graph.vocabulary.times if t)


def test_the_tests_of_the_w3c(data_folder: Path):
    """Bad files are refused; good ones load, unless they hold nothing that could be remembered."""
    paths = [p for p in sorted((data_folder / "rdf" / "w3c_rdf11").glob("*/*")) if p.suffix in (".nt", ".ttl")]
    assert len(paths) > 400
    loaded = 0
    for path in paths:
        try:
            checked(read_graph(path))
        except GraphError as refusal:
            assert "\n" not in str(refusal) and path.name in str(refusal)
            bad = "-bad-" in path.name or path.stem == "test-38"
            assert bad or "holds no statements" in str(refusal), str(refusal)
        else:
            assert "-bad-" not in path.name
            loaded += 1
    assert loaded > 190
