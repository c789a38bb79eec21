"""The papers' memory tables on scene graphs, on pictures small enough to be counted by hand."""

import json
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.cli import main
from tensorbrain.errors import SettingsError
from tensorbrain.evaluation import evaluate, table
from tensorbrain.evaluation.conditionals import slot_log_probabilities
from tensorbrain.evaluation.scene_graphs import (
    PredicateTable,
    class_numbers,
    hit_figures,
    other_predicates,
    predicate_log_probabilities,
    retrieval_figures,
)
from tensorbrain.graph.scene_graphs import SceneGraphs, read_scene_graphs
from tensorbrain.learning import train
from tensorbrain.settings import Settings


def picture(number: int) -> list:
    """A cup on a table; a second cup in every other picture, near it."""
    kinds = ["cup", "table", "cup"]
    objects = [{"cls": kind, "bbox": [10 * i, 0, 10 * i + 9, 9]} for i, kind in enumerate(kinds)]
    relations = [{"sub": 0, "obj": 1, "pred": ["on", "near"] if number == 0 else ["on"]}]
    if number % 2:
        relations.append({"sub": 2, "obj": 0, "pred": ["near"]})
    return [f"{number}.jpg", {"objs": objects, "rels": relations}]


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    path = Path(tmp_path_factory.mktemp("pictures"), "pictures.json")
    path.write_text(json.dumps([*(picture(k) for k in range(4)), None]))
    return path


@pytest.fixture(scope="module")
def pictures(file) -> SceneGraphs:
    return read_scene_graphs(file)


@pytest.fixture(scope="module")
def remembering(pictures):
    settings = Settings(dim=24, context=24, orders=("sop",))
    return train(
        pictures.graph, settings=settings, epochs=120, patience=120, batch=8, learning_rate=1e-2, progress=False
    )


def test_all_is_retrieved_beside_counting_and_chance(pictures, remembering):
    figures = retrieval_figures(remembering, pictures.graph)
    assert figures["episodic_retrieval_statements"] == figures["semantic_retrieval_statements"] == 7
    for mode in ("episodic", "semantic"):
        assert figures[f"{mode}_retrieval_hits1"] == figures[f"{mode}_retrieval_hits10"] == 1.0
        # Knowing classes alone: a cup is on a table (and once near it, but that is filtered), a cup is near a cup.
        assert figures[f"count_table_{mode}_retrieval_hits1"] == 1.0
        assert figures[f"chance_{mode}_retrieval_hits1"] == pytest.approx((5 / 3 + 2 / 2) / 7)
        assert figures[f"chance_{mode}_retrieval_hits10"] == 1.0
    assert figures.items() <= evaluate(remembering, pictures.graph, a_bar_samples=2).items()
    assert "episodic retrieval" in table(figures)


def test_told_windows_need_not_be_read(pictures, remembering):
    """The short way to P(p | s, o, t) is the decoder's own."""
    s, p, o, t = pictures.graph.episodes.coordinates.T
    model = remembering.model
    start = model.index.A[model.index.block("instant")][t]
    short = predicate_log_probabilities(model, start, jnp.asarray(s), jnp.asarray(o))
    told = jnp.asarray(np.stack([s, p, o], axis=1))
    long = slot_log_probabilities(model, start, told, order="sop", hidden="p")
    long = long - jnp.log(jnp.exp(long).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(short, long, atol=2e-4)


def test_the_count_table_backs_off():
    rows = np.array([[0, 2, 1], [0, 2, 1], [0, 0, 1], [0, 1, 2], [0, 1, 2], [3, 3, 3], [3, 3, 3], [3, 3, 3]], np.int32)
    counts = PredicateTable(rows, 4, 5)

    def ranked(s: int, o: int) -> list[int]:
        return np.argsort(-counts.scores(np.array([s]), np.array([o]))[0], kind="stable").tolist()

    assert ranked(0, 1)[:2] == [2, 0]  # the pair, by its counts
    assert ranked(0, 1)[2] == 1  # then what one of the two was seen with
    assert ranked(1, 2)[0] == 1  # a pair never seen: the object's
    assert ranked(1, 0)[0] == 3  # neither role seen so: overall
    assert ranked(0, 1)[-1] == 4
    assert ranked(-1, -1)[0] == 3  # without a class


def test_other_predicates_of_a_pair_are_left_out():
    pairs, predicates = np.array([[0, 1], [0, 1], [5, 6]], np.int32), np.array([2, 3, 3], np.int32)
    others = other_predicates(pairs, predicates)
    assert others == [[3], [2], []]
    scores = np.array([[0.0, 1.0, 2.0, 9.0], [0.0, 1.0, 9.0, 2.0], [0.0, 1.0, 9.0, 2.0]])
    assert hit_figures("x", scores, predicates, others) == {"x_hits1": pytest.approx(2 / 3), "x_hits10": 1.0}


def test_classes_are_numbered(pictures):
    numbers, words = class_numbers(pictures.graph), pictures.graph.vocabulary
    assert {numbers[i] for i, c in enumerate(words.concepts) if c.label.startswith("cup ")} == {0}
    assert {numbers[i] for i, c in enumerate(words.concepts) if c.group == "class"} == {-1}


def test_another_brain_is_refused(pictures, file):
    other = train(pictures.graph, settings=Settings(dim=4, context=4), epochs=1, progress=False)
    with pytest.raises(SettingsError, match="s-o-p"):
        retrieval_figures(other, pictures.graph)
    first = read_scene_graphs(file, images=slice(1)).graph
    small = train(first, settings=Settings(dim=4, context=4, orders=("sop",)), epochs=1, progress=False)
    with pytest.raises(SettingsError, match="fewer concepts"):
        retrieval_figures(small, pictures.graph)


def test_the_commands(file, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["train", str(file), "--dim", "8", "--epochs", "2"]) == 0
    assert main(["evaluate", "pictures.brain.safetensors", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert 0 <= figures["episodic_retrieval_hits1"] <= figures["episodic_retrieval_hits10"] <= 1
