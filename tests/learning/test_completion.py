"""The training of tensor models: its loss against one written out row by row, and what it does with its arguments."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorbrain.brain import TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.factorization import ComplEx, TComplEx, create_model, scores
from tensorbrain.factorization.protocol import turned
from tensorbrain.graph.splits import example_splits
from tensorbrain.learning.completion import complete, fitting
from tensorbrain.learning.completion_steps import completion_loss
from tensorbrain.learning.grouped import both_ways, grouped, grouped_batches
from tensorbrain.learning.recipes import USUAL, Recipe, recipe_for
from tensorbrain.learning.taught import NAMES, teach_completion
from tensorbrain.modes.completing import ORDERS, READINGS, SerialDecoder
from tensorbrain.settings import Settings

COUNTS, ROW = (5, 2, 3), np.array([[0, 1, 2, -1]], np.int32)
rows_of = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 1), st.integers(0, 4), st.integers(0, 2)), min_size=1, max_size=30,
    unique=True,
)  # fmt: skip


@given(rows_of, st.integers(1, 9), st.integers(0, 99))
def test_every_answer_is_in_one_batch_beside_its_query(rows, batch, seed):
    rows = np.array(rows, np.int32)
    told = grouped(rows, batch)
    batches = list(grouped_batches(told, random=np.random.default_rng(seed)))
    found = []
    for b in batches:
        assert b.queries.shape == (told.queries, 4) and b.rows.shape == (told.answers, 4)
        real = b.weight > 0
        assert (b.queries[b.at[real]][:, [0, 1, 3]] == b.rows[real][:, [0, 1, 3]]).all()
        found += b.rows[real].tolist()
    assert sorted(found) == sorted(rows.tolist())


def test_both_ways_is_what_the_models_turn():
    rows = np.array([[0, 1, 2, -1], [3, 0, 4, 2]], np.int32)
    assert (both_ways(rows, 2)[2:] == np.asarray(turned(jnp.asarray(rows), 2))).all()


@pytest.mark.parametrize(
    ("name", "regulariser"),
    [("complex", "n3"), ("rescal", "n3"), ("tntcomplex", "n3"), ("complex", "dura"), ("tntcomplex", "dura")],
)
def test_the_loss_is_the_mean_over_answers_row_by_row(name, regulariser):
    model = create_model(name, COUNTS, rank=3, key=jax.random.key(1))
    t = 1 if model.temporal else -1
    rows = np.array([[0, 1, 2, t], [0, 1, 3, t], [4, 0, 2, t]], np.int32)
    recipe = Recipe(rank=3, penalty=0.1, regulariser=regulariser, predicates=0.5, instants=0.25 * model.temporal)
    batch = jax.tree.map(jnp.asarray, next(grouped_batches(grouped(rows, 8), random=np.random.default_rng(0))))
    by_hand = 0.0
    for row in rows:
        asked = jnp.asarray(row[None])
        by_hand -= float(jax.nn.log_softmax(scores(model, asked, "o"))[0, row[2]])
        of_all = model.query(asked, "p") @ model.keys("p").T  # the reciprocal predicates are candidates too
        by_hand -= 0.5 * float(jax.nn.log_softmax(of_all)[0, row[1]])
        if model.temporal:
            by_hand -= 0.25 * float(jax.nn.log_softmax(scores(model, asked, "t"))[0, row[3]])
        by_hand += 0.1 * float((model.penalty if regulariser == "n3" else model.duality)(asked)[0])
    assert float(completion_loss(model, batch, recipe)) == pytest.approx(by_hand / 3, abs=1e-5)


def test_duality_is_the_length_of_both_pairs_of_factors_of_a_score():
    model = create_model("complex", COUNTS, rank=3, key=jax.random.key(1))
    halves = (np.split(np.asarray(a), 2) for a in (model.concepts[0], model.predicates[1], model.concepts[2]))
    s, p, o = (re + 1j * im for re, im in halves)
    assert float(scores(model, jnp.array([[0, 1, -1, -1]]), "o")[0, 2]) == pytest.approx((s * p * o.conj()).sum().real)
    lengths = [float((abs(a) ** 2).sum()) for a in (s, o, s * p, p.conj() * o)]
    by_hand = 0.5 * (lengths[0] + lengths[1]) + 1.5 * (lengths[2] + lengths[3])
    assert float(model.duality(jnp.array([[0, 1, 2, -1]]))[0]) == pytest.approx(by_hand)
    with pytest.raises(SettingsError, match="held small in one way alone"):
        fitting(create_model("cp", COUNTS, rank=3, key=jax.random.key(1)), ROW, Recipe(rank=3, regulariser="dura"))


@pytest.mark.parametrize(
    ("name", "wrong", "choices"), [("regulariser", "l2", "n3 or dura"), ("first", "spo", "predicate or concept")]
)
def test_a_choice_that_is_not_there_is_refused_with_those_that_are(name, wrong, choices):
    recipe = Recipe(rank=3)
    object.__setattr__(recipe, name, wrong)  # the types that the tests check would not let it in
    with pytest.raises(SettingsError, match=f"there is no {name} '{wrong}': choose {choices}"):
        recipe.__post_init__()


def test_what_is_heard_first_is_of_brains_alone():
    recipe = Recipe(rank=4, epochs=1, first="concept")
    taught = teach_completion("brain", example_splits(), recipe=recipe)
    assert taught.settings.orders == READINGS["concept"] and SerialDecoder(taught.model).orders == READINGS["concept"]
    with pytest.raises(SettingsError, match="the model complex hears nothing first: only a brain"):
        teach_completion("complex", example_splits(), recipe=recipe)


def test_duality_of_what_changes_and_what_lasts_is_that_of_both():
    model = create_model("tntcomplex", COUNTS, rank=3, key=jax.random.key(1))
    row, zero = jnp.array([[0, 1, 2, 1]]), jnp.zeros_like(model.lasting)
    turning = eqx.tree_at(lambda m: m.lasting, model, zero)
    lasting = eqx.tree_at(lambda m: m.predicates, model, zero)
    alone = TComplEx(model.concepts, model.predicates, model.instants)
    plain = ComplEx(model.concepts, model.lasting)
    assert turning.duality(row) == pytest.approx(alone.duality(row))
    assert lasting.duality(row) == pytest.approx(plain.duality(row))
    ends = eqx.tree_at(lambda m: (m.predicates, m.lasting), model, (zero, zero)).duality(row)
    assert model.duality(row) == pytest.approx(turning.duality(row) + lasting.duality(row) - ends)


def test_dropout_is_off_without_a_key_and_draws_anew_with_each():
    model = create_model("complex", COUNTS, rank=3, key=jax.random.key(1))
    rows = np.array([[0, 1, 2, -1], [4, 0, 2, -1]], np.int32)
    batch = jax.tree.map(jnp.asarray, next(grouped_batches(grouped(rows, 8), random=np.random.default_rng(0))))
    plain, dropped = Recipe(rank=3, penalty=0.0), Recipe(rank=3, penalty=0.0, dropout=0.5)
    assert completion_loss(model, batch, plain) == completion_loss(model, batch, dropped)
    several = [float(completion_loss(model, batch, dropped, key=jax.random.key(k))) for k in range(3)]
    assert len(set(several)) == 3


@pytest.mark.parametrize("name", ["complex", "tcomplex"])
def test_it_learns_by_heart_and_the_seed_decides(name):
    model = create_model(name, COUNTS, rank=8, key=jax.random.key(1))
    t = 2 if model.temporal else -1
    rows = np.array([[s, s % 2, (2 * s) % 5, t] for s in range(5)], np.int32)
    recipe = Recipe(rank=8, epochs=60, batch=4, penalty=0.0)
    learned, history = complete(model, rows, recipe)
    assert (scores(learned, jnp.asarray(rows), "o").argmax(axis=1) == rows[:, 2]).all()
    assert (scores(learned, jnp.asarray(rows), "s").argmax(axis=1) == rows[:, 0]).all()
    assert len(history) == 60 and history[-1]["loss"] < 0.1 * history[0]["loss"]
    again, _ = complete(model, rows, recipe)
    assert all((a == b).all() for a, b in zip(jax.tree.leaves(learned), jax.tree.leaves(again), strict=True))


def test_a_report_follows_and_stops():
    model = create_model("complex", COUNTS, rank=4, key=jax.random.key(1))
    rows = np.array([[0, 1, 2, -1], [3, 0, 4, -1]], np.int32)
    news = []
    _, history = complete(model, rows, Recipe(rank=4, epochs=50), report=lambda n: news.append(n) or n["epoch"] >= 3)
    assert len(history) == 3 and [n["epoch"] for n in news] == [1, 2, 3]
    assert news[-1]["done"] == pytest.approx(3 / 50) and set(news[0]) == {"epoch", "loss", "seconds", "done"}


@pytest.mark.parametrize("name", ("tcomplex", "brain"))
def test_the_smooth_term_draws_neighbouring_instants_together(name):
    key = jax.random.key(1)
    if name == "brain":
        model = SerialDecoder(TensorBrain.create(COUNTS, Settings(dim=4, context=4, orders=ORDERS), key=key))
    else:
        model = create_model(name, COUNTS, rank=4, key=key)
    rows = np.array([[s, 0, (s + t) % 5, t] for s in range(5) for t in range(3)], np.int32)

    def steps(smooth):
        learned, _ = complete(model, rows, Recipe(rank=4, epochs=40, penalty=0.0, smooth=smooth))
        return float(jnp.abs(jnp.diff(learned.instants, axis=0)).mean())

    assert steps(10.0) < 0.7 * steps(0.0)


def test_what_cannot_be_learned_is_refused():
    model = create_model("complex", COUNTS, rank=4, key=jax.random.key(1))
    with pytest.raises(SettingsError, match="these statements have a time, and this model knows none"):
        complete(model, np.array([[0, 0, 1, 2]], np.int32), Recipe(rank=4))
    timed = create_model("tcomplex", COUNTS, rank=4, key=jax.random.key(1))
    with pytest.raises(SettingsError, match="these statements have no time, and this model needs one"):
        complete(timed, np.array([[0, 0, 1, -1]], np.int32), Recipe(rank=4))
    with pytest.raises(SettingsError, match="nothing is left to learn"):
        complete(model, np.zeros((0, 4), np.int32), Recipe(rank=4))
    with pytest.raises(SettingsError, match="the loss is no number in epoch 1"):
        wild = jax.tree.map(lambda a: a * jnp.inf, model)
        complete(wild, np.array([[0, 0, 1, -1]], np.int32), Recipe(rank=4))


def test_recipes_are_there_for_every_model_and_refuse_nonsense():
    assert set(USUAL) == set(NAMES)
    assert recipe_for("complex", 100) != recipe_for("complex", 1_000_000)
    assert recipe_for("brain", 100) == recipe_for("brain", 100, temporal=True)
    assert recipe_for("brain", 1_000_000).first == "predicate"
    assert recipe_for("brain", 1_000_000, temporal=True).first == "concept"
    assert recipe_for("brain", 1_000_000).smooth == 0 < recipe_for("brain", 1_000_000, temporal=True).smooth
    for wrong in ({"rank": 0}, {"penalty": -1.0}, {"learning_rate": 0.0}, {"dropout": 1.0}, {"penalty": float("nan")}):
        with pytest.raises(SettingsError):
            Recipe(**({"rank": 4} | wrong))
