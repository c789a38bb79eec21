"""The shipped worlds are found by name and read without loss."""

import subprocess
import sys
from pathlib import Path

import pytest

from tensorbrain.datasets.worlds import WORLDS, load_graph, world_graph, world_path
from tensorbrain.errors import GraphError


@pytest.mark.parametrize("name", WORLDS)
def test_worlds_load_by_name(name: str):
    graph = load_graph(name)
    assert world_graph(name).parent == world_path(name) and world_graph(name).is_file()
    assert graph.content_hash() == load_graph(world_graph(name)).content_hash()
    assert sum(graph.report.accounts.values()) == graph.report.statements
    assert graph.report.literals_dropped == graph.report.blank_node_statements == graph.report.named_by_iri == 0
    assert len(graph.taxonomy) > 5 and graph.domains and graph.ranges


def test_the_neighbourhood_has_what_it_is_about():
    graph = load_graph("neighbourhood")
    assert len(graph.vocabulary.instants) >= 600 and graph.report.episode_order.keys() == {"prov:generatedAtTime"}
    assert list(graph.vocabulary.times) == sorted(t for t in graph.vocabulary.times if t)
    assert all(len(graph.vocabulary.group_ids(group)) for group in ("entity", "class", "attribute"))
    sparky = graph.vocabulary.find("Sparky", "subject")
    assert len(graph.facts.slice(subject=sparky)) and len(graph.tensor.slice(subject=sparky))
    per_episode = graph.episodes.counts("instant")
    assert per_episode.min() >= 3 and per_episode.max() <= 10


def test_the_countries_speak_two_languages():
    names = [load_graph("countries", labels_language=language).vocabulary for language in ("en", "de")]
    assert names[0].find("Germany", "subject") == names[1].find("Deutschland", "subject")


def test_another_name_is_refused():
    with pytest.raises(GraphError, match="neighbourhood, countries"):
        world_path("atlantis")
    with pytest.raises(GraphError, match="there is no world and no file 'atlantis'"):
        load_graph("atlantis")


def test_a_path_of_the_name_of_a_world_is_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "countries").mkdir()
    (tmp_path / "countries" / "a.ttl").write_text("<urn:a> <urn:p> <urn:b> .")
    monkeypatch.chdir(tmp_path)
    assert len(load_graph(Path("countries")).facts) == 1 and len(load_graph("countries").facts) > 1000


def test_a_graph_is_read_without_jax():
    code = "import sys; import tensorbrain.graph.knowledge_graph; print('jax' in sys.modules)"
    root = Path(__file__).parents[2]
    stub = f"import sys, types; m = types.ModuleType('tensorbrain'); m.__path__ = [{str(root / 'tensorbrain')!r}]"
    done = subprocess.run(
        [sys.executable, "-c", f"{stub}; sys.modules['tensorbrain'] = m; {code}"], capture_output=True, text=True
    )
    assert done.stdout.strip() == "False", done.stderr
