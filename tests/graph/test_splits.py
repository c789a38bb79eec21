"""Folders of link prediction: what is read, and what is refused in one sentence."""

import gzip

import numpy as np
import pytest

from tensorbrain.errors import GraphError
from tensorbrain.graph.splits import read_splits

TRIPLES = {
    "train.txt": "Ada\tknows\tBob\nBob\tknows\tCy\nCy\tlikes\tAda\nAda\tlikes\tCy\n",
    "valid.txt": "Bob\tlikes\tAda\n",
    "test.txt": "Cy\tknows\tAda\nCy\tknows\tDee\n",
}
TIMED = {
    "train.tsv": "Ada\tmeets\tBob\t2026-01-02\nBob\tmeets\tAda\t2026-01-01\n",
    "valid.tsv": "Ada\tmeets\tBob\t2026-01-03\n",
    "test.tsv": "Ada\tmeets\tBob\t2026-01-01\n",
}


def folder_of(path, files):
    path.mkdir(exist_ok=True)
    for name, text in files.items():
        (path / name).write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def named(splits, rows):
    words = splits.graph.vocabulary
    names = [
        (words.concepts[s].label, words.predicates[p].label, words.concepts[o].label) for s, p, o, _ in rows.tolist()
    ]
    times = [(words.times[t],) if t >= 0 else () for t in rows[:, 3].tolist()]
    return {(*name, *time) for name, time in zip(names, times, strict=True)}


def test_the_parts_keep_their_statements_in_one_vocabulary(tmp_path):
    splits = read_splits(f"kge:{folder_of(tmp_path / 'town', TRIPLES)}")
    assert splits.counts == (4, 2, 0) and not splits.temporal
    for part in ("train", "valid", "test"):
        told = {tuple(line.split("\t")) for line in TRIPLES[f"{part}.txt"].splitlines()}
        assert named(splits, getattr(splits, part)) == told
    assert len(splits.graph.facts) == 4, "what is learned are the statements of train alone"
    assert [splits.graph.vocabulary.concepts[k].label for k in splits.unseen] == ["Dee"]
    assert any("1 of 2 statements of test speak of an entity" in note for note in splits.notes)


def test_times_are_the_fourth_column_and_in_order(tmp_path):
    splits = read_splits(folder_of(tmp_path / "timed", TIMED))
    assert splits.temporal and splits.counts == (2, 1, 3)
    assert splits.graph.vocabulary.times == ("2026-01-01", "2026-01-02", "2026-01-03")
    assert named(splits, splits.test) == {("Ada", "meets", "Bob", "2026-01-01")}
    assert len(splits.graph.episodes) == 2 and len(splits.graph.facts) == 0


def test_packed_files_and_other_names_of_valid(tmp_path):
    packed = {"train.txt.gz": TRIPLES["train.txt"], "dev.txt": TRIPLES["valid.txt"], "test.txt": TRIPLES["test.txt"]}
    assert len(read_splits(folder_of(tmp_path / "town", packed)).valid) == 1


def test_a_predicate_that_is_hardly_told_is_noted(tmp_path):
    files = TRIPLES | {"train.txt": TRIPLES["train.txt"] + "Ada\thates\tBob\n", "valid.txt": "Bob\tfears\tCy\n"}
    notes = read_splits(folder_of(tmp_path / "town", files)).notes
    assert "The predicate fears has no statement to learn from." in notes
    assert "The predicate hates has one statement to learn from." in notes


@pytest.mark.parametrize(
    "files, sentence",
    [
        ({"test.txt": "Ada\tknows\tBob\n"}, r"leaks: 1 statements of train stand in test too"),
        ({"valid.txt": "Cy\tknows\tDee\n"}, r"leaks: 1 statements of valid stand in test too"),
        ({"valid.txt": "Bob\tlikes\tAda\t2026-01-01\n"}, r"mixes statements with a time \(valid\)"),
        ({"extra.txt": "Bob\tlikes\tAda\n"}, "holds extra.txt beside train, valid and test"),
        ({"valid.txt.gz": "Bob\tlikes\tAda\n"}, "holds valid twice, as valid.txt and valid.txt.gz"),
        ({"valid.txt": ""}, "holds no statements at all"),
        ({"valid.txt": "Bob\tlikes\n"}, "has 2 columns between tabs"),
    ],
)
def test_what_cannot_be_measured_is_refused(tmp_path, files, sentence):
    with pytest.raises(GraphError, match=sentence):
        read_splits(folder_of(tmp_path / "town", TRIPLES | files))


def test_a_missing_part_is_named(tmp_path):
    with pytest.raises(GraphError, match="has no file valid"):
        read_splits(folder_of(tmp_path / "town", {"train.txt": TRIPLES["train.txt"], "test.txt": TRIPLES["test.txt"]}))


def test_times_of_mixed_formats_are_refused(tmp_path):
    files = TIMED | {"valid.tsv": "Ada\tmeets\tBob\tlast summer\n"}
    with pytest.raises(GraphError, match="times in mixed formats: 'last summer' is no time stamp"):
        read_splits(folder_of(tmp_path / "timed", files))


def test_rows_are_of_one_kind_of_number(tmp_path):
    splits = read_splits(folder_of(tmp_path / "town", TRIPLES))
    assert splits.known.dtype == np.int32 and len(splits.known) == 7
