"""Recall from an index on the disk is recall from one in memory, statement for statement, whatever the chunk."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.checkpoint import load_brain
from tensorbrain.errors import BrainFileError, SettingsError
from tensorbrain.factorization import create_model
from tensorbrain.graph.vocabulary import Concept, Vocabulary
from tensorbrain.modes.decoder import decode_statement, open_window
from tensorbrain.modes.mapped import open_mapped
from tensorbrain.presets import PRESETS, preset
from tensorbrain.tensor_memory import TensorMemory, save_tensor_memory

COUNTS = (11, 3, 4)
WORDS = Vocabulary(
    tuple(Concept(f"urn:{k}", f"thing {k}", "entity") for k in range(COUNTS[0])),
    tuple(Concept(f"urn:p{k}", f"link {k}", "predicate") for k in range(COUNTS[1])),
    tuple(Concept(f"urn:t{k}", f"day {k}", "instant") for k in range(COUNTS[2])),
    (None,) * COUNTS[2],
)
CUES = np.array([[-1, -1, -1], [3, -1, -1], [3, 1, -1], [-1, 2, 5], [0, 0, 0]])


def saved(name, path):
    settings = type(preset(name)).from_json(
        preset(name).to_json() | {"dim": 8, "context": 8, "reserve": [2, 1, 1], "temperature": 0.7}
    )
    brain = Brain(TensorBrain.create(COUNTS, settings, key=jax.random.key(5)), WORDS, settings)
    brain.save(path)
    return brain.model


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("chunk", [3, 1000])
def test_recall_from_the_disk_is_recall_from_memory(name, chunk, tmp_path):
    model = saved(name, tmp_path / "a.brain.safetensors")
    mapped = open_mapped(tmp_path / "a.brain.safetensors", chunk=chunk)
    for instants in (None, np.array([0, 1, 2, 3, 0])):
        statements, log_p = mapped.recall(CUES, instants=instants)
        for row, cue in enumerate(CUES):
            q = model.a_bar if instants is None else model.index.embeddings("instant")[int(instants[row])]
            told, windows = decode_statement(
                model, q, jnp.asarray(cue), model.orders[0], selection="argmax", key=jax.random.key(0)
            )
            assert statements[row].tolist() == told.tolist()
            for slot, window in zip(model.orders[0], windows, strict=True):
                assert log_p[row, "spo".index(slot)] == pytest.approx(float(window.log_pi[window.chosen]), abs=1e-5)


def test_the_best_of_a_window_with_their_probabilities(tmp_path):
    model = saved("default", tmp_path / "a.brain.safetensors")
    mapped = open_mapped(tmp_path / "a.brain.safetensors", chunk=4)
    state, log_pi = open_window(model, model.start(model.a_bar, "spo"), "s")
    best = mapped.read(state.q[None], "s", n=COUNTS[0])
    assert best.ids[0].tolist() == jnp.argsort(-log_pi[: COUNTS[0]]).tolist(), "rows of the reserve are no candidates"
    assert jnp.allclose(best.log_p[0], jnp.sort(log_pi[: COUNTS[0]])[::-1], atol=1e-5)


def test_a_brain_that_sees_is_opened_too():
    whole = load_brain("neighbourhood").model
    mapped = open_mapped("neighbourhood")
    subject = np.array([[7, -1, -1]])
    told, _ = decode_statement(
        whole, whole.a_bar, jnp.asarray(subject[0]), whole.orders[0], selection="argmax", key=jax.random.key(0)
    )
    assert mapped.recall(subject)[0][0].tolist() == told.tolist()


def test_what_cannot_be_opened_is_refused(tmp_path):
    path = tmp_path / "a.brain.safetensors"
    saved("default", path)
    with pytest.raises(SettingsError, match="a chunk of 0 rows"):
        open_mapped(path, chunk=0)
    mapped = open_mapped(path)
    path.unlink()
    with pytest.raises(BrainFileError, match="can no longer be read"):
        mapped.recall(CUES)
    model = create_model("complex", COUNTS, rank=2, key=jax.random.key(0))
    save_tensor_memory(TensorMemory("complex", model, WORDS, {"rank": 2}), path)
    with pytest.raises(BrainFileError, match="holds the tensor model complex, not a brain"):
        open_mapped(path)
    path.write_bytes(b"nothing")
    with pytest.raises(BrainFileError, match="is a damaged brain file"):
        open_mapped(path)
