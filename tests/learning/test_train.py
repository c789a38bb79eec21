"""The training loop: it learns, repeats itself exactly, and stops when it is told to."""

import importlib
import signal
import threading
import time

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import TensorBrain
from tensorbrain.datasets.worlds import load_graph
from tensorbrain.errors import SettingsError, TrainingWarning, UnknownConceptError
from tensorbrain.graph.knowledge_graph import example_graph
from tensorbrain.learning import Holdout, train
from tensorbrain.learning.batches import epoch_batches, training_rows
from tensorbrain.learning.objectives import statement_loss, trainable
from tensorbrain.learning.prefixes import stacked
from tensorbrain.learning.schooling import optimiser
from tensorbrain.learning.train import _learn_chunk
from tensorbrain.modes import ask
from tensorbrain.settings import Settings


def arrays(brain) -> list[np.ndarray]:
    return [np.asarray(leaf) for leaf in jax.tree_util.tree_leaves(brain.model)]


def test_the_loss_falls(taught):
    losses = [epoch["loss"] for epoch in taught.history]
    assert [epoch["epoch"] for epoch in taught.history] == list(range(1, 13))
    assert losses[-1] < losses[0] - 1
    seconds = [epoch["seconds"] for epoch in taught.history]
    assert seconds == sorted(seconds)
    assert all(np.isfinite(leaf).all() for leaf in arrays(taught))


def test_a_seed_gives_the_same_brain_bit_for_bit(taught, teach):
    again, other = teach(seed=3), teach(seed=4, epochs=1)
    for one, two in zip(arrays(taught), arrays(again), strict=True):
        np.testing.assert_array_equal(one, two)
    assert [e["loss"] for e in again.history] == [e["loss"] for e in taught.history]
    assert (arrays(taught)[0] != arrays(other)[0]).any() and other.seed == 4


def test_what_is_frozen_stays_and_what_is_learned_moves(taught, teach):
    start = teach(seed=3, seconds=1e-9)  # stops before its first step
    assert start.history == ()
    was, now = start.model, taught.model
    for name in ("alpha", "beta", "temperature", "p_t"):
        np.testing.assert_array_equal(getattr(now, name), getattr(was, name))
    np.testing.assert_array_equal(now.index.in_use, was.index.in_use)
    np.testing.assert_array_equal(now.index.a0, was.index.a0)
    for changed in (lambda m: m.index.A, lambda m: m.a_bar, lambda m: m.voice, lambda m: m.memory.W):
        assert (np.asarray(changed(now)) != np.asarray(changed(was))).any()


def test_the_prior_counts_statements(taught, town):
    counts = town.episodes.counts("instant")
    np.testing.assert_allclose(taught.model.p_t, counts / counts.sum(), rtol=1e-6)


def test_the_brain_knows_where_it_comes_from(taught, town):
    assert taught.vocabulary == town.vocabulary and taught.graph_hash == town.content_hash()
    assert taught.source == town.source and taught.seed == 3 and taught.held_out.shape == (0, 3)


def test_padded_batches_move_nothing_not_even_by_momentum():
    model = TensorBrain.create((5, 3, 4), Settings(dim=8, context=6, orders=("spo",)), key=jax.random.key(0))
    rows = np.array([[0, 1, 2, 3], [4, 0, 1, -1], [0, 1, 3, -1]], np.int32)
    random = np.random.default_rng(0)
    batches = list(epoch_batches(rows, np.ones(3, np.float32), ("spo",), batch=3, random=random))
    params, frozen = eqx.partition(model, trainable(model, learn_beta=False))
    seen = [params]

    def learn(params, state, weight):
        batch = stacked([batches[0]._replace(weight=weight)], {})
        params = jax.tree_util.tree_map(jnp.array, params)  # the call uses up its arguments
        return _learn_chunk(params, state, frozen, batch, jnp.asarray(1e-2), weight_decay=0.1)

    state = optimiser(0.1).init(params)
    for weight in (np.ones(3, np.float32), np.zeros(3, np.float32)):
        params, state, loss = learn(params, state, weight)
        seen.append(jax.device_get(params))
    assert float(loss) == 0
    start, learned, padded = (jax.tree_util.tree_leaves(p) for p in seen)
    assert all((np.asarray(one) != np.asarray(two)).any() for one, two in zip(start[:1], learned[:1], strict=True))
    for one, two in zip(learned, padded, strict=True):
        np.testing.assert_array_equal(one, two)


def test_patience_ends_what_does_not_improve(teach):
    brain = teach(learning_rate=0.0, voice_dropout=0.0, generalised=0.0, patience=3, epochs=50)
    assert len(brain.history) == 4  # the first is the best, then three without progress


def test_validation_stops_early_and_keeps_the_best_epoch(teach, town):
    brain = teach(validation=0.1, patience=2, epochs=60, learning_rate=3e-2, seed=1)
    losses = [epoch["loss"] for epoch in brain.history]
    assert len(losses) < 60 and losses[-1] > min(losses)
    # the rows that were checked, by the documented seed
    rows, weights = training_rows(town, np.zeros((0, 3), np.int32))
    checked = np.random.default_rng(1).permutation(len(rows))[: round(0.1 * len(rows))]
    loss = jax.jit(statement_loss)(brain.model, jnp.asarray(rows[checked]), jnp.asarray(weights[checked]))
    np.testing.assert_allclose(float(loss), min(losses), atol=2e-4)


def test_held_out_facts_are_kept_with_the_brain(teach):
    brain = teach(holdout=Holdout("nextTo", share=0.25), epochs=1)
    assert brain.held_out.shape == (3, 3)


def test_seconds_bound_the_training(taught, teach):
    begun = time.perf_counter()
    brain = teach(seconds=1.0, epochs=10**6)
    assert 0 < len(brain.history) < 10**5
    assert brain.history[-1]["seconds"] < 4.0
    assert time.perf_counter() - begun < 30  # on a busy machine too


def test_ctrl_c_returns_a_usable_brain(taught, teach):
    before = signal.getsignal(signal.SIGINT)

    def interrupt_the_training():
        while signal.getsignal(signal.SIGINT) is before:  # not before it has set its own handler
            time.sleep(0.01)
        time.sleep(1.0)
        signal.raise_signal(signal.SIGINT)

    threading.Thread(target=interrupt_the_training, daemon=True).start()
    brain = teach(epochs=10**6, seconds=60.0)
    assert signal.getsignal(signal.SIGINT) is before
    assert len(brain.history) < 10**5 and (not brain.history or brain.history[-1]["seconds"] < 50)
    assert len(ask(brain, subject="dog0", predicate="chases")) == 10
    assert all(np.isfinite(leaf).all() for leaf in arrays(brain))


def test_a_step_too_long_is_no_brain(teach):
    with pytest.raises(SettingsError, match=r"the loss is no number in epoch 1, batch \d+: choose a smaller"):
        teach(learning_rate=1e30)


def test_where_the_loss_becomes_no_number_the_best_brain_so_far_is_kept(teach, monkeypatch):
    module, calls = importlib.import_module("tensorbrain.learning.train"), []
    learn = module._learn_chunk

    def poisoned(params, *others, **how):  # as when a step overflows: the last one of the third epoch
        params, state, loss = learn(params, *others, **how)
        calls.append(float(loss))
        if len(calls) == 6:
            params = jax.tree.map(lambda leaf: leaf * np.float32("nan"), params)
        return params, state, loss

    monkeypatch.setattr(module, "_learn_chunk", poisoned)
    with pytest.warns(TrainingWarning, match=r"no number from epoch 4, batch \d+ on: what was best until then is kept"):
        brain = teach(epochs=9)
    assert [record["epoch"] for record in brain.history] == [1, 2, 3] and len(calls) == 7
    monkeypatch.undo()
    for kept, second in zip(
        arrays(brain), arrays(teach(epochs=9, report=lambda news: news["epoch"] >= 2)), strict=True
    ):
        np.testing.assert_array_equal(kept, second)


def test_a_report_follows_every_chunk(taught, teach):
    news = []
    brain = teach(seed=3, epochs=3, report=news.append)
    passes = [record["epoch"] for record in news]
    assert passes[1::2] == [1, 2, 3] and passes[::2] == pytest.approx([0.5, 1.5, 2.5], abs=0.1)  # two chunks an epoch
    assert [record["done"] for record in news] == pytest.approx([p / 3 for p in passes])
    seconds = [record["seconds"] for record in news]
    assert seconds == sorted(seconds)
    for number, epoch in enumerate(brain.history):
        first, second = (record["loss"] for record in news[2 * number : 2 * number + 2])
        assert min(first, second) <= epoch["loss"] <= max(first, second)  # their mean by weight


def test_a_report_that_says_so_ends_the_training(taught, teach):
    brain = teach(seed=3, epochs=10**6, report=lambda record: record["epoch"] >= 2)
    assert [record["epoch"] for record in brain.history] == [1, 2]
    start, at_once = teach(seed=3, seconds=1e-9), teach(seed=3, epochs=10**6, report=lambda record: True)
    assert at_once.history == ()  # ended within the first epoch, with what was learned by then
    assert (arrays(at_once)[0] != arrays(start)[0]).any()


def test_training_works_outside_the_main_thread(taught, teach):
    done = []
    thread = threading.Thread(target=lambda: done.append(teach(epochs=1)))
    thread.start()
    thread.join(60)
    assert len(done[0].history) == 1


def test_the_progress_bar_is_optional(taught, teach, capsys):
    teach(epochs=1)
    assert "epoch" not in capsys.readouterr().err
    teach(epochs=1, progress=True)
    assert "1/1" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        {"epochs": 0},
        {"batch": 0},
        {"validation": 1.0},
        {"validation": -0.1},
        {"validation": 0.95},  # of six rows this leaves none to learn from
        {"seconds": 0.0},
        {"seconds": -1.0},
        {"holdout": Holdout(share=0.01)},
    ],
    ids=str,
)
def test_impossible_arguments(arguments):
    with pytest.raises(SettingsError):
        train(example_graph(), settings=Settings(dim=4, context=4), progress=False, **({"epochs": 1} | arguments))


def test_nothing_left_to_learn(tmp_path):
    path = tmp_path / "one.nt"
    path.write_text("<urn:a> <urn:p> <urn:b> .\n<urn:c> <urn:p> <urn:d> .")
    graph = load_graph(path)
    with pytest.raises(SettingsError, match="nothing is left"):
        train(graph, facts_weight=0.0, progress=False)
    with pytest.raises(UnknownConceptError):
        train(graph, holdout=Holdout("q"), progress=False)
