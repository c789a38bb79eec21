"""Embeddings go out and come back: bit by bit, by name, and whatever misfits is told in one sentence."""

import csv
import gzip
import pickle

import jax
import numpy as np
import pytest

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import BrainFileError, SettingsError, TensorBrainError
from tensorbrain.exchange import BACKWARDS, EXCHANGED, read_embeddings, write_embeddings
from tensorbrain.factorization import MODELS, create_model
from tensorbrain.graph import read_graph
from tensorbrain.settings import Settings
from tensorbrain.tensor_memory import TensorMemory, load_tensor_memory, save_tensor_memory

FACTS = 'Rex\tchases\tTom\nTom\tfears\tRex\nAda\tfeeds\tTom\nAda\tfeeds\t"Rex" the 2nd\n'
RANK = 4


@pytest.fixture
def graph(tmp_path):
    (tmp_path / "farm.tsv").write_text(FACTS, encoding="utf-8")
    return read_graph(tmp_path / "farm.tsv")


def memory(name, graph):
    words = graph.vocabulary
    counts = (len(words.concepts), len(words.predicates), 1)
    return TensorMemory(name, create_model(name, counts, rank=RANK, key=jax.random.key(3)), words, {"rank": RANK})


def rows(graph):
    words = graph.vocabulary
    every = np.indices((len(words.concepts), len(words.predicates), len(words.concepts))).reshape(3, -1).T
    return np.c_[every, np.full(len(every), -1)].astype(np.int32)


def shuffled(folder, table, *arrays):
    """Give the rows of some arrays, and the lines of their table, another order."""
    with (folder / table).open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file, delimiter="\t")
    order = np.random.default_rng(0).permutation(len(lines))
    assert (order != np.arange(len(lines))).any()
    with (folder / table).open("w", encoding="utf-8", newline="") as file:
        new = [[new, lines[old][1]] for new, old in enumerate(order.tolist())]
        csv.writer(file, delimiter="\t").writerows([header, *reversed(new)])
    for array in arrays:
        np.save(folder / array, np.load(folder / array)[order], allow_pickle=False)


@pytest.mark.parametrize("name", EXCHANGED)
def test_scores_are_the_same_bit_by_bit(name, graph, tmp_path):
    told = memory(name, graph)
    write_embeddings(told, tmp_path / "out")
    back = read_embeddings(name, tmp_path / "out", graph)
    for slot in "spo":
        assert np.array_equal(told.scores(rows(graph), slot), back.scores(rows(graph), slot))
    save_tensor_memory(back, tmp_path / "back.safetensors")
    assert repr(load_tensor_memory(tmp_path / "back.safetensors")) == repr(told)


@pytest.mark.parametrize("name", EXCHANGED)
def test_rows_are_found_by_name_in_any_order(name, graph, tmp_path):
    told, out = memory(name, graph), tmp_path / "out"
    write_embeddings(told, out)
    of_concepts = [file.name for file in out.glob("*s.npy") if "predicates" not in file.name]
    shuffled(out, "entity_to_id.tsv", *of_concepts)
    shuffled(out, "relation_to_id.tsv", "predicates.npy", "reciprocal_predicates.npy")
    back = read_embeddings(name, out, graph)
    assert all(map(np.array_equal, jax.tree.leaves(told.model), jax.tree.leaves(back.model)))


def test_the_files_are_plain(graph, tmp_path):
    files = write_embeddings(memory("complex", graph), tmp_path / "out")
    assert files == sorted(path.name for path in (tmp_path / "out").iterdir())
    a = np.load(tmp_path / "out" / "concepts.npy", allow_pickle=False)
    b = np.load(tmp_path / "out" / "predicates.npy", allow_pickle=False)
    assert a.dtype == b.dtype == np.complex64 and a.shape == (4, RANK) and b.shape == (3, RANK)
    s, p, o, _ = rows(graph).T
    theta = (a[s].astype(complex) * b[p] * a[o].conj()).sum(axis=1).real
    ours = np.asarray(memory("complex", graph).scores(rows(graph), "o"))[np.arange(len(o)), o]
    np.testing.assert_allclose(theta, ours, rtol=1e-5, atol=1e-8)
    table = (tmp_path / "out" / "entity_to_id.tsv").read_text(encoding="utf-8")
    assert table == 'id\tlabel\n0\t"""Rex"" the 2nd"\n1\tAda\n2\tRex\n3\tTom\n'


def test_pandas_reads_the_table_as_pykeen_does(graph, tmp_path):
    pd = pytest.importorskip("pandas")
    write_embeddings(memory("cp", graph), tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "entity_to_id.tsv", sep="\t")
    assert dict(zip(table["label"], table["id"], strict=True)) == {'"Rex" the 2nd': 0, "Ada": 1, "Rex": 2, "Tom": 3}


def test_a_label_that_two_share_goes_by_iri(tmp_path):
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    file = tmp_path / "two.nt"
    file.write_text(f'<urn:x:a> <urn:x:p> <urn:x:b> .\n<urn:x:a> {label} "Tom" .\n<urn:x:b> {label} "Tom" .\n', "utf-8")
    graph = read_graph(file)
    told = memory("rescal", graph)
    write_embeddings(told, tmp_path / "out")
    assert "urn:x:a" in (tmp_path / "out" / "entity_to_id.tsv").read_text()
    back = read_embeddings("rescal", tmp_path / "out", graph)
    assert np.array_equal(told.scores(rows(graph), "o"), back.scores(rows(graph), "o"))


def test_a_packed_table_and_more_names_than_the_graph_has(graph, tmp_path):
    out, told = tmp_path / "out", memory("distmult", graph)
    write_embeddings(told, out)
    table = (out / "entity_to_id.tsv").read_text(encoding="utf-8") + "4\tBella\n"
    (out / "entity_to_id.tsv.gz").write_bytes(gzip.compress(table.encode()))
    (out / "entity_to_id.tsv").unlink()
    a = np.load(out / "concepts.npy")
    np.save(out / "concepts.npy", np.concatenate([a, a[:1]]).astype(np.float64))
    back = read_embeddings("distmult", out, graph)
    assert np.array_equal(told.model.concepts, back.model.concepts)


@pytest.mark.parametrize("name", EXCHANGED)
def test_without_reciprocal_predicates_they_are_read_backwards_or_refused(name, graph, tmp_path):
    out = tmp_path / "out"
    write_embeddings(memory(name, graph), out)
    (out / "reciprocal_predicates.npy").unlink()
    if name not in BACKWARDS:
        with pytest.raises(BrainFileError, match=f"has no reciprocal_predicates.npy, without which {name} knows no"):
            read_embeddings(name, out, graph)
        return
    back = read_embeddings(name, out, graph)
    s, _, o, _ = rows(graph).T
    each = np.arange(len(s))
    of_objects, of_subjects = (np.asarray(back.scores(rows(graph), slot)) for slot in "os")
    np.testing.assert_allclose(of_objects[each, o], of_subjects[each, s], rtol=1e-4, atol=1e-7)


def test_a_brain_writes_the_rows_of_its_index(graph, tmp_path):
    words, settings = graph.vocabulary, Settings(dim=6, context=6, reserve=(2, 1, 3))
    counts = (len(words.concepts), len(words.predicates), len(words.instants))
    brain = Brain(TensorBrain.create(counts, settings, key=jax.random.key(0)), words, settings)
    files = write_embeddings(brain, tmp_path / "out")
    assert "instant_to_id.tsv" in files and "reciprocal_predicates.npy" not in files
    index = brain.model.index
    for block in ("concept", "predicate", "instant"):
        held = np.load(tmp_path / "out" / f"{block}s.npy")
        assert np.array_equal(held, index.A[index.block(block)][: len(words.slot(block))])
    assert np.load(tmp_path / "out" / "concepts.npy").shape == (4, 6)


def damage_text(table, old, new):
    def damage(out):
        text = (out / table).read_text(encoding="utf-8")
        assert old in text
        (out / table).write_text(text.replace(old, new), encoding="utf-8")

    return damage


def damage_array(file, change):
    return lambda out: np.save(out / file, change(np.load(out / file)))


def with_nan(a):
    a[2, 1] = np.nan
    return a


BAD = [
    (lambda out: (out / "concepts.npy").unlink(), "has no concepts.npy: write it there"),
    (lambda out: (out / "entity_to_id.tsv").unlink(), "has no entity_to_id.tsv: put a table"),
    (lambda out: (out / "concepts.npy").write_bytes(pickle.dumps([1])), "nothing pickled is read"),
    (lambda out: np.save(out / "concepts.npy", np.array([None]), allow_pickle=True), "nothing pickled is read"),
    (lambda out: (out / "concepts.npy").write_bytes(b""), "is not an array of numbers"),
    (lambda out: (out / "concepts.npy").write_bytes((out / "concepts.npy").read_bytes()[:-9]), "is not an array"),
    (damage_array("concepts.npy", lambda a: a.astype(int)), "2 axes of int64, and 2 axes of real numbers are asked"),
    (damage_array("concepts.npy", lambda a: a.astype(complex)), "of complex128, and 2 axes of real numbers are asked"),
    (damage_array("concepts.npy", lambda a: a[0]), "1 axes of float32, and 2 axes"),
    (damage_array("concepts.npy", lambda a: a[:3]), "concepts.npy has 3 rows, and entity_to_id.tsv names 4"),
    (damage_array("concepts.npy", with_nan), "concepts.npy is not finite in row 2"),
    (damage_array("concepts.npy", lambda a: a.astype(np.float64) * 1e300), "is not finite in row 0"),
    (damage_array("predicates.npy", lambda a: a[:, :2]), "has other shapes than predicates.npy"),
    (damage_array("concepts.npy", lambda a: a[:, :2]), "holds no distmult of rank 2"),
    (damage_text("entity_to_id.tsv", "Ada", "Eva"), "entity_to_id.tsv does not name 'Ada': give arrays"),
    (damage_text("entity_to_id.tsv", "Ada", "Rex"), "names 'Rex' twice"),
    (damage_text("entity_to_id.tsv", "1\tAda", "7\tAda"), "does not number rows from 0 on"),
    (damage_text("entity_to_id.tsv", "id\tlabel", "label\tid"), "does not number rows from 0 on"),
    (damage_text("entity_to_id.tsv", "1\tAda", "one\tAda"), "is no table of numbers and names"),
    (damage_text("entity_to_id.tsv", "1\tAda", "1,Ada"), "is no table of numbers and names"),
    (damage_text("relation_to_id.tsv", "feeds", "fed"), "relation_to_id.tsv does not name 'feeds'"),
    (lambda out: (out / "entity_to_id.tsv").write_bytes(b"\xff\xfe"), "is no table of numbers and names"),
    (lambda out: (out / "entity_to_id.tsv").write_bytes(b""), "is no table of numbers and names"),
]


@pytest.mark.parametrize(("damage", "words"), BAD, ids=[words for _, words in BAD])
def test_what_misfits_is_told_in_one_sentence(damage, words, graph, tmp_path):
    out = tmp_path / "out"
    write_embeddings(memory("distmult", graph), out)
    damage(out)
    with pytest.raises(TensorBrainError) as error:
        read_embeddings("distmult", out, graph)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_real_numbers_are_no_complex_model_and_a_model_is_of_its_own_shapes(graph, tmp_path):
    write_embeddings(memory("distmult", graph), tmp_path / "real")
    with pytest.raises(BrainFileError, match="2 axes of complex numbers are asked"):
        read_embeddings("complex", tmp_path / "real", graph)
    write_embeddings(memory("tucker", graph), tmp_path / "core")
    damage_array("core.npy", lambda core: core[:, :1])(tmp_path / "core")
    with pytest.raises(BrainFileError, match="holds no tucker of rank 4"):
        read_embeddings("tucker", tmp_path / "core", graph)


@pytest.mark.parametrize("name", [*sorted({*MODELS} - {*EXCHANGED}), "brain", "transe"])
def test_models_without_a_counterpart_are_refused(name, graph, tmp_path):
    with pytest.raises(SettingsError, match="no counterpart elsewhere"):
        read_embeddings(name, tmp_path, graph)
    if name in MODELS:
        with pytest.raises(SettingsError, match="no counterpart elsewhere"):
            write_embeddings(memory(name, graph), tmp_path / "out")


def test_nothing_is_written_over_without_being_told(graph, tmp_path):
    out, told = tmp_path / "out", memory("distmult", graph)
    write_embeddings(told, out)
    with pytest.raises(BrainFileError, match=r"out exists and is not written over: .* replace=True"):
        write_embeddings(told, out)
    write_embeddings(memory("cp", graph), out, replace=True)
    assert {path.name for path in out.glob("*.npy")} >= {"subjects.npy"} and not (out / "concepts.npy").exists()
    (out / "notes.txt").write_text("mine")
    with pytest.raises(BrainFileError, match=r"not replaced, as notes\.txt is none of its arrays"):
        write_embeddings(told, out, replace=True)
    assert (out / "notes.txt").read_text() == "mine" and (out / "subjects.npy").exists()
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BrainFileError, match="not replaced, as file is none"):
        write_embeddings(told, tmp_path / "file", replace=True)


@pytest.mark.parametrize("there", [False, True])
def test_a_full_disk_leaves_what_was_there(there, graph, tmp_path, monkeypatch):
    out, told = tmp_path / "out", memory("distmult", graph)
    if there:
        write_embeddings(told, out)
    before = {path.name: path.read_bytes() for path in out.glob("*")}

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(BrainFileError, match=r"could not be written \(No space left on device\): nothing was changed"):
        write_embeddings(told, out, replace=True)
    assert {path.name: path.read_bytes() for path in out.glob("*")} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == (["farm.tsv", "out"] if there else ["farm.tsv"])


def test_what_is_not_finite_is_not_written(graph, tmp_path):
    told = memory("distmult", graph)
    broken = jax.tree.map(lambda leaf: leaf.at[0, 0].set(np.nan), told.model)
    with pytest.raises(BrainFileError, match=r"concepts for .* is not finite"):
        write_embeddings(TensorMemory("distmult", broken, graph.vocabulary, {"rank": RANK}), tmp_path / "out")
    assert not (tmp_path / "out").exists()
