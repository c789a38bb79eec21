"""The tables on scene graphs: counted by hand on small pictures, and as large as the bars ask on real ones."""

import json
from collections.abc import Iterator
from math import comb
from pathlib import Path

import jax
import numpy as np
import pytest

from tensorbrain.errors import GraphError, SettingsError
from tensorbrain.experiments.scene_graphs import chance, hits, scene_graph_tables, table
from tensorbrain.settings import Settings

SMALL = Settings(dim=24, context=24, orders=("sop",))


@pytest.fixture(autouse=True)
def compiled_quickly_but_for_data(request: pytest.FixtureRequest) -> Iterator[None]:
    """Small programs that run for a moment: here compiling well costs more than it gives, real data aside."""
    jax.config.update("jax_disable_most_optimizations", "data_folder" not in request.fixturenames)
    yield
    jax.config.update("jax_disable_most_optimizations", False)


def picture(number: int) -> list:
    """A cup above or under a table, by turns: classes alone cannot tell; a cup is always near a lamp."""
    y = 0 if number % 2 else 60
    objects = [
        {"cls": "cup", "bbox": [10 + number % 7, y, 30, y + 20]},
        {"cls": "table", "bbox": [0, 30, 90, 50]},
        {"cls": "lamp", "bbox": [60, 0, 80, 20]},
    ]
    relations = [
        {"sub": 0, "obj": 1, "pred": ["above" if y == 0 else "under", "near"][: 1 + (number == 9)]},
        {"sub": 0, "obj": 2, "pred": ["near"]},
    ]
    return [f"{number}.jpg", {"objs": objects, "rels": relations, "width": 100, "height": 100}]


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    path = Path(tmp_path_factory.mktemp("pictures"), "pictures.json")
    path.write_text(json.dumps([None, *(picture(k) for k in range(30))]))
    return path


@pytest.mark.thorough
def test_boxes_tell_what_classes_cannot(file):
    figures = scene_graph_tables(
        file, images=22, seeds=(0, 1), memory=False, settings=SMALL, epochs=150, progress=False
    )
    assert figures["learned"] == {"images": 21, "pairs": 42, "statements": 43}
    assert figures["tested"] == {"images": 9, "pairs": 18, "statements": 18}
    assert figures["predicate_at_1"] == figures["predicate_filtered_at_10"] == {"mean": 1.0, "low": 1.0, "high": 1.0}
    assert figures["count_table"]["predicate_at_1"]["mean"] == 13 / 18  # right for all lamps, and where "under" is
    assert figures["chance"]["predicate_at_1"]["mean"] == pytest.approx(1 / 3)
    assert figures["left_out"]["learned"] == {"images that are null": 1}
    assert "episodic_at_1" not in figures
    text = table(figures)
    assert "21 images learned, 9 others tested" in text and "from memory" not in text
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.thorough
def test_memory_stands_in_the_same_table(file):
    figures = scene_graph_tables(file, images=6, seeds=(3,), settings=SMALL, epochs=1, progress=False)
    for name in ("episodic_at_1", "semantic_at_10"):
        for those in (figures, figures["count_table"], figures["chance"]):
            assert 0 <= those[name]["low"] == those[name]["mean"] <= 1
    assert "from memory, given subject and object" in table(figures)
    json.dumps(figures)


def test_two_ways_of_counting():
    true = np.array([[True, True, False, False], [False, False, True, False]])
    scores = np.array([[1.0, 4.0, 3.0, 2.0], [1.0, 4.0, 3.0, 3.0]])
    figures = hits(scores, true)
    assert figures["predicate_at_1"] == 0.5  # the first pair, by its second predicate; the second pair's rank is 2.5
    assert figures["predicate_filtered_at_1"] == pytest.approx(1 / 3)
    assert figures["predicate_at_10"] == figures["predicate_filtered_at_10"] == 1.0


def test_chance_is_what_random_orders_give():
    random = np.random.default_rng(0)
    true = random.random((40, 30)) < 0.08
    true[:, 0] |= ~true.any(axis=1)
    drawn = [hits(random.random(true.shape), true) for _ in range(400)]
    expected = chance(true)
    for name, value in expected.items():
        assert np.mean([figures[name] for figures in drawn]) == pytest.approx(value, abs=0.01)
    one = chance(np.eye(12, dtype=bool))
    assert one["predicate_at_10"] == pytest.approx(1 - comb(11, 10) / comb(12, 10))


def test_something_must_be_left_to_test(file):
    with pytest.raises(SettingsError, match="nothing that could be tested"):
        scene_graph_tables(file, images=31, progress=False)
    with pytest.raises(SettingsError, match="0 images"):
        scene_graph_tables(file, images=0, progress=False)
    with pytest.raises(GraphError):
        scene_graph_tables(file.with_name("none.json"), progress=False)


def test_boxes_beat_counting_on_visual_genome(data_folder):
    path = data_folder / "scene_graphs" / "visual_genome_5000" / "annotations.json.gz"
    figures = scene_graph_tables(path, memory=False, progress=False)
    gain = {
        n: figures[f"predicate_at_{n}"]["mean"] - figures["count_table"][f"predicate_at_{n}"]["mean"] for n in (1, 10)
    }
    assert gain[1] >= 0.02 and gain[10] >= 0.015
