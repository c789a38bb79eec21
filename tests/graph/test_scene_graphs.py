"""Scene-graph files: three formats become one graph with boxes; what cannot be used is counted, not fatal."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from tensorbrain.datasets.worlds import load_graph
from tensorbrain.errors import GraphError
from tensorbrain.graph import describe, scene_files
from tensorbrain.graph.scene_files import read_scenes
from tensorbrain.graph.scene_graphs import SceneGraphs, read_scene_graphs

DOG, MAT, CAT = ({"cls": c, "bbox": box} for c, box in ((0, [5, 0, 9, 9]), (1, [0, 5, 20, 12]), (2, [3, 1, 7, 8])))
ON, NEAR = {"sub": 0, "obj": 1, "pred": [0, 1]}, {"sub": 2, "obj": 0, "pred": 1}
LIST = [
    ["x/a.jpg", {"objs": [DOG, MAT, DOG], "rels": [ON, NEAR]}],
    [None, None],
    ["x/b.jpg", {"objs": [CAT, MAT], "rels": [{"sub": 0, "obj": 1, "pred": [0]}], "width": 640, "height": 480}],
]


def vrd_object(told: dict) -> dict:
    x0, y0, x1, y1 = told["bbox"]
    return {"category": told["cls"], "bbox": [y0, y1, x0, x1]}


VRD = {
    "a.jpg": [
        {"predicate": 0, "subject": vrd_object(DOG), "object": vrd_object(MAT)},
        {"predicate": 1, "subject": vrd_object(DOG), "object": vrd_object(MAT)},
    ],
    "none.jpg": [],
    "b.jpg": [{"predicate": 0, "subject": vrd_object(CAT), "object": vrd_object(MAT)}],
}
GENOME = [
    {
        "image_id": 7,
        "relationships": [
            {
                "predicate": "LIES on",
                "subject": {"object_id": 11, "name": "Dog", "x": 5, "y": 0, "w": 4, "h": 9},
                "object": {"object_id": 12, "names": ["mat", "rug"], "x": 0, "y": 5, "w": 20, "h": 7},
            }
        ],
    }
]


def written(folder: Path, data, name: str = "annotations.json") -> Path:
    (folder / "objects.json").write_text(json.dumps(["dog", "mat", "cat"]))
    (folder / "predicates.json").write_text(json.dumps(["lies on", "near"]))
    path = folder / name
    text = (data if isinstance(data, str) else json.dumps(data)).encode()
    path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    return path


def said(pictures: SceneGraphs) -> set[tuple[str, str, str, str]]:
    words = pictures.graph.vocabulary
    return {
        (words.label("subject", s), words.label("predicate", p), words.label("object", o), words.label("instant", t))
        for s, p, o, t in pictures.graph.episodes.coordinates.tolist()
    }


def box_of(pictures: SceneGraphs, name: str) -> list[float]:
    return pictures.boxes[pictures.graph.vocabulary.find(name, "concept")].tolist()


@pytest.mark.parametrize("name", ["annotations.json", "annotations.json.gz", "A.JSON"])
def test_a_plain_list(tmp_path, name):
    pictures = read_scene_graphs(written(tmp_path, LIST, name))
    assert said(pictures) == {
        ("dog 1 in a.jpg", "lies on", "mat 1 in a.jpg", "a.jpg"),
        ("dog 1 in a.jpg", "near", "mat 1 in a.jpg", "a.jpg"),
        ("dog 2 in a.jpg", "near", "dog 1 in a.jpg", "a.jpg"),
        ("cat 1 in b.jpg", "lies on", "mat 1 in b.jpg", "b.jpg"),
    }
    words = pictures.graph.vocabulary
    members = {tuple(words.label("concept", k) for k in row) for row in pictures.graph.membership.tolist()}
    assert ("dog 2 in a.jpg", "dog") in members and len(members) == 5
    assert [c.label for c in words.concepts if c.group == "class"] == ["cat", "dog", "mat"]
    assert box_of(pictures, "mat 1 in b.jpg") == [0, 5, 20, 12]
    assert np.isnan(box_of(pictures, "mat")).all()
    assert pictures.sizes.tolist() == [[20, 12], [640, 480]]  # told, or the smallest that holds the boxes
    assert pictures.skipped == {"images that are null": 1}


def test_vrd(tmp_path):
    pictures = read_scene_graphs(written(tmp_path, VRD))
    assert said(pictures) == {
        ("dog 1 in a.jpg", "lies on", "mat 1 in a.jpg", "a.jpg"),
        ("dog 1 in a.jpg", "near", "mat 1 in a.jpg", "a.jpg"),
        ("cat 1 in b.jpg", "lies on", "mat 1 in b.jpg", "b.jpg"),
    }
    assert box_of(pictures, "dog 1 in a.jpg") == [5, 0, 9, 9]
    assert (pictures.skipped, len(pictures.scenes)) == ({}, 3)


def test_visual_genome(tmp_path):
    pictures = read_scene_graphs(written(tmp_path, GENOME))
    assert said(pictures) == {("dog 1 in 7.jpg", "lies on", "mat 1 in 7.jpg", "7.jpg")}
    assert box_of(pictures, "mat 1 in 7.jpg") == [0, 5, 20, 12]


def test_entries_are_chosen_by_position_null_ones_counted(tmp_path):
    path = written(tmp_path, LIST)
    first, rest = (read_scene_graphs(path, images=part) for part in (slice(2), slice(2, None)))
    assert [len(part.graph.vocabulary.instants) for part in (first, rest)] == [1, 1]
    assert [part.skipped for part in (first, rest)] == [{"images that are null": 1}, {}]


def test_equal_file_names_in_two_folders_stay_apart(tmp_path):
    entry = LIST[0][1]
    pictures = read_scene_graphs(written(tmp_path, [["x/a.jpg", entry], ["y/a.jpg", entry], ["y/a.jpg", entry]]))
    assert [c.label for c in pictures.graph.vocabulary.instants] == ["x/a.jpg", "y/a.jpg", "y/a.jpg (2)"]
    assert (pictures.graph.report.duplicates, int(np.isfinite(pictures.boxes[:, 0]).sum())) == (0, 9)


def test_every_command_reads_them(tmp_path):
    graph = load_graph(written(tmp_path, LIST))
    assert len(graph.episodes) == 4
    assert sum(graph.report.accounts.values()) == graph.report.statements
    assert "1 images that are null" in describe(graph)


def test_json_ld_keeps_its_place(tmp_path):
    text = {"@id": "urn:x:a", "urn:x:knows": {"@id": "urn:x:b"}}
    for name, data in (("a.json", text), ("b.json", [text]), ("c.jsonld", text)):
        assert len(load_graph(written(tmp_path, data, name)).facts) == 1


BAD_BOXES = [None, [1, 2, 3], [5, 5, 5, 9], [9, 0, 5, 9], ["a", 0, 9, 9], [0, 0, True, 9], {}, [0, 0, 10**400, 9], 3]


@pytest.mark.parametrize("box", BAD_BOXES, ids=str)
def test_an_object_without_a_box_is_left_out_with_its_relations(tmp_path, box):
    broken = {"cls": 2, "bbox": box}
    told = {"objs": [DOG, MAT, broken], "rels": [{"sub": 0, "obj": 1, "pred": [0]}, {"sub": 2, "obj": 1, "pred": [1]}]}
    pictures = read_scene_graphs(written(tmp_path, [["a.jpg", told]]))
    assert len(said(pictures)) == 1
    assert pictures.skipped == {"objects without a usable box": 1, "relations of objects left out": 1}


def test_not_a_number_is_no_side_of_a_box(tmp_path):
    text = json.dumps(LIST).replace("[3, 1, 7, 8]", "[NaN, 1, Infinity, 8]")
    assert read_scene_graphs(written(tmp_path, text)).skipped["objects without a usable box"] == 1


@pytest.mark.parametrize("class_id", [None, -1, 3, 1.5, True, "", "  ", [0]], ids=str)
def test_an_unknown_class(tmp_path, class_id):
    told = {"objs": [DOG, MAT, {"cls": class_id, "bbox": [0, 0, 9, 9]}], "rels": [{"sub": 0, "obj": 1, "pred": [0]}]}
    assert read_scene_graphs(written(tmp_path, [["a.jpg", told]])).skipped == {"objects without a known class": 1}


@pytest.mark.parametrize(
    ("relation", "why"),
    [
        (None, "relations with missing parts"),
        ({"sub": 0, "obj": 1}, "relations with missing parts"),
        ({"sub": 0, "pred": [0]}, "relations with missing parts"),
        ({"sub": None, "obj": 1, "pred": [0]}, "relations with missing parts"),
        ({"sub": 0, "obj": 1, "pred": [99]}, "relations without a known predicate"),
        ({"sub": 0, "obj": 1, "pred": None}, "relations without a known predicate"),
        ({"sub": 0, "obj": 5, "pred": [0]}, "relations of objects left out"),
        ({"sub": -1, "obj": 1, "pred": [0]}, "relations of objects left out"),
    ],
    ids=str,
)
def test_a_broken_relation_is_counted(tmp_path, relation, why):
    told = {"objs": [DOG, MAT], "rels": [relation, {"sub": 0, "obj": 1, "pred": ["beside"]}]}
    pictures = read_scene_graphs(written(tmp_path, [["a.jpg", told]]))
    assert pictures.skipped == {why: 1}
    assert {row[1] for row in said(pictures)} == {"beside"}  # a predicate told in place needs no list


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (None, "images that are null"),
        ([None, None], "images that are null"),
        (["b.jpg", None], "images that are null"),
        (["b.jpg", {"objs": []}], "images without a name, objs or rels"),
        (["b.jpg", {"objs": None, "rels": []}], "images without a name, objs or rels"),
        ([None, LIST[0][1]], "images without a name, objs or rels"),
        (["b.jpg", 3], "images without a name, objs or rels"),
    ],
    ids=str,
)
def test_a_broken_image_is_counted(tmp_path, entry, why):
    assert read_scene_graphs(written(tmp_path, [LIST[0], entry])).skipped == {why: 1}


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ({"b.jpg": None}, "images that are null"),
        ({"b.jpg": [None]}, "relations with missing parts"),
        ({"b.jpg": [{"predicate": 0, "subject": None, "object": {}}]}, "relations with missing parts"),
        ({"b.jpg": [{"predicate": 9, **{k: VRD["a.jpg"][0][k] for k in ("subject", "object")}}]}, "known predicate"),
        ({"b.jpg": [{"predicate": 0, "subject": {"bbox": [0, 9, 0, 9]}, "object": {"category": 1}}]}, "known class"),
    ],
    ids=str,
)
def test_broken_vrd(tmp_path, broken, why):
    pictures = read_scene_graphs(written(tmp_path, VRD | broken))
    assert any(why in reason for reason in pictures.skipped)
    assert {row[3] for row in said(pictures)} == {"a.jpg"}


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (None, "images that are null"),
        ({"image_id": 8}, "images without image_id or relationships"),
        ({"image_id": 8, "relationships": [{}]}, "relations with missing parts"),
        ({"image_id": 8, "relationships": [{"predicate": None, "subject": {}, "object": {}}]}, "known predicate"),
        ({"image_id": 8, "relationships": [{"predicate": "on", "subject": {"name": 3}, "object": {}}]}, "known class"),
    ],
    ids=str,
)
def test_broken_visual_genome(tmp_path, broken, why):
    pictures = read_scene_graphs(written(tmp_path, [*GENOME, broken]))
    assert any(why in reason for reason in pictures.skipped)
    assert len(said(pictures)) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ('[["a.jpg", {"objs": [', "line 1, is not valid JSON"),
        ("[" * 100_000, "too deep"),
        ("9" * 10_000, "not usable JSON"),
        ('{"a": 1}', "holds no scene graphs"),
        ("[]", "holds no scene graphs"),
        ("3", "holds no scene graphs"),
        ([["a.jpg", {"objs": [DOG], "rels": []}], None], "relates no two objects in a way that can be used (1 images"),
    ],
    ids=range(7),
)
def test_unusable_files_are_refused_in_one_sentence(tmp_path, data, words):
    with pytest.raises(GraphError) as refused:
        read_scene_graphs(written(tmp_path, data))
    assert words in str(refused.value) and "\n" not in str(refused.value)


def test_bytes_that_are_no_text(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b'["\xff\xff"]')
    with pytest.raises(GraphError, match="UTF-8"):
        read_scene_graphs(path)
    path = tmp_path / "a.json.gz"
    path.write_bytes(b"no gzip")
    with pytest.raises(GraphError, match="damaged gzip"):
        load_graph(path)
    with pytest.raises(GraphError, match="does not exist"):
        load_graph(tmp_path / "missing.json")


def test_too_much_json(tmp_path, monkeypatch):
    monkeypatch.setattr(scene_files, "LARGEST", 100)
    with pytest.raises(GraphError, match="split it"):
        read_scene_graphs(written(tmp_path, LIST))


@pytest.mark.parametrize("names", ["missing", '{"0": "dog"}', "[null, 3]"])
def test_numbers_need_names(tmp_path, names):
    path = written(tmp_path, LIST)
    (tmp_path / "objects.json").unlink() if names == "missing" else (tmp_path / "objects.json").write_text(names)
    with pytest.raises(GraphError, match=r"not beside it|no list of names|without a known class"):
        read_scene_graphs(path)


def test_names_that_no_utf_8_can_hold(tmp_path):
    objects = [{"cls": "\ud800", "bbox": [0, 0, 9, 9]}, MAT]
    told = {"objs": objects, "rels": [{"sub": 0, "obj": 1, "pred": ["\n on\t top "]}]}
    pictures = read_scene_graphs(written(tmp_path, [["\udfff.jpg", told]]))
    assert {row[1] for row in said(pictures)} == {"on top"}
    assert len(pictures.graph.content_hash()) == 64


def test_the_papers_size(data_folder):
    """Visual Genome's 5,000 images: every object, relation and null is accounted for."""
    path = data_folder / "scene_graphs" / "visual_genome_5000" / "annotations.json.gz"
    scenes, skipped = read_scenes(path) or ((), {})
    assert (len(scenes), skipped) == (4885, {"images that are null": 115})
    assert sum(len(scene.relations) for scene in scenes) == 41_324
    pictures = read_scene_graphs(path, images=slice(4000))
    counted = len(pictures.graph.vocabulary.concepts), len(pictures.graph.vocabulary.instants)
    assert counted == (int(np.isfinite(pictures.boxes[:, 0]).sum()) + 150, len(pictures.sizes))
