"""The windows of perception against Algorithm 1 by hand: NumPy, float64, one window after the other."""

import itertools
from dataclasses import replace

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import TensorBrain
from tensorbrain.errors import SettingsError
from tensorbrain.graph import Concept, Vocabulary
from tensorbrain.layers.geometry import between, union, where
from tensorbrain.modes.choices import choices
from tensorbrain.modes.looking import (
    Sight,
    feed_back,
    look,
    moment,
    pair_senses,
    read_labels,
    region_senses,
    relate,
    see,
    see_union,
    without_feedback,
    without_working_memory,
)
from tensorbrain.modes.perception import look_around, questions
from tensorbrain.operations import evolve
from tensorbrain.pictures.scenes import LabelGroup
from tensorbrain.settings import Settings

# 3 individuals, 3 classes, 2 colours and 3 sizes
NAMES = {"entity": "Rex Mia Park", "class": "Dog Person Animal", "attribute": "Red Blue Small Large Huge"}
CONCEPTS = tuple(Concept(f"urn:{name}", name, group) for group, names in NAMES.items() for name in names.split())
WORDS = Vocabulary(CONCEPTS, tuple(Concept(f"urn:{name}", name, "predicate") for name in ("near", "sees", "is")))
GROUPS = (LabelGroup("basic", (3, 4)), LabelGroup("colour", (6, 7)), LabelGroup("size", (8, 9, 10)))
COUNTS = (11, 3, 4)
PICTURES = Settings(dim=8, context=6, senses="pictures", feature=5, reserve=(2, 0, 1))
BOXES = np.array([[0, 0, 1, 1], [0.1, 0.2, 0.5, 0.6], [0.4, 0.5, 0.9, 1]], np.float32)
FEATURES = np.random.default_rng(5).random((3, 5)).astype(np.float32)
SELECTIONS = ("attend", "argmax", "teacher")


def close(actual, expected, atol=2e-5) -> None:
    np.testing.assert_allclose(np.asarray(actual), expected, rtol=1e-4, atol=atol)


class ByHand:
    """Algorithm 1 (TB23), from a brain's parameters alone."""

    def __init__(self, brain: TensorBrain, truth) -> None:
        self.truth = truth
        self.encoders = {
            name: (
                float(brain.sensory.mu[name]),
                {k: np.asarray(v, float) for k, v in vars(e).items() if v is not None},
            )
            for name, e in brain.sensory.encoders.items()
        }
        self.silence = np.asarray(brain.silence, float)
        self.gates, self.temperature = (truth.alpha, truth.beta), truth.temperature

    def drive(self, nu: dict) -> np.ndarray:
        total = np.zeros(8)
        for name, features in nu.items():
            mu, e = self.encoders[name]
            features = np.asarray(features, float)
            if "H" in e:
                features = np.maximum(e["H"] @ features + e["h0"], 0)
            total += mu * (e["G"] @ features + e["g0"])
        return total

    def probabilities(self, q, candidates, group=0) -> np.ndarray:
        p = self.truth.probabilities(q, group) * np.isin(np.arange(len(self.truth.A[group])), candidates)
        return p / p.sum()

    def written(self, q, p, selection, k=None, group=0) -> np.ndarray:
        alpha, beta = self.gates
        p = p if selection == "attend" else np.eye(len(p))[k]
        return alpha * q + beta * p @ self.truth.A[group]

    def moment(self, features, attention=True, known=(0, 1, 2, 3)):
        q = self.drive({"scene": features})
        p = self.probabilities(q, known, group=2)
        return q, (self.written(q, p, "attend", group=2) if attention else q), p

    def look(self, q, h, nu, candidates):
        q, h = self.truth.evolve(q, h)
        q = q + self.drive(nu)
        return q, h, self.probabilities(q, candidates)

    def labels(self, q) -> list[np.ndarray]:
        return [self.probabilities(q, group.members)[list(group.members)] for group in GROUPS]

    def relate(self, q, h, nu):
        """P of every predicate, and last of silence."""
        q, h = self.truth.evolve(q, h)
        q = q + self.drive(nu)
        gamma = self.truth.gamma(q)
        n = [a @ (gamma - 0.5) for a in (*self.truth.A[1], self.silence[:-1])]
        n[-1] += self.silence[-1]
        e = np.exp(np.array(n) / self.temperature)
        return q, h, e / e.sum()


def random_senses(brain: TensorBrain, seed: int = 0) -> TensorBrain:
    """Offsets, gates and silence are not random of themselves."""
    random = np.random.default_rng(seed)

    def filled(tree):
        return jax.tree_util.tree_map(lambda a: jnp.asarray(random.normal(size=a.shape).astype(np.float32)), tree)

    parts = (brain.sensory.encoders, brain.sensory.mu, brain.silence)
    return eqx.tree_at(lambda b: (b.sensory.encoders, b.sensory.mu, b.silence), brain, filled(parts))


@pytest.fixture(scope="module")
def make(make_model, brute_force):
    def build(settings=PICTURES, change=lambda brain: brain):
        brain = change(random_senses(make_model(settings, seed=3, counts=COUNTS)))
        return brain, ByHand(brain, brute_force(brain))

    return build


@pytest.fixture(scope="module")
def options():
    return choices(WORDS, GROUPS, 13)


def test_what_may_be_read(options):
    rows = [np.flatnonzero(row).tolist() for row in np.asarray(options.candidates)]
    assert rows == [[0, 1, 2, 3, 4], [3, 4], [6, 7], [8, 9, 10]]
    assert options.members.tolist() == [[3, 4, -1], [6, 7, -1], [8, 9, 10]]
    assert options.group_of.tolist() == [0] * 6 + [2, 2, 3, 3, 3, 0, 0]
    assert np.flatnonzero(options.individuals).tolist() == [0, 1, 2]


THINGS, COLOURS = [0, 1, 2, 3, 4], [6, 7]


@pytest.mark.parametrize("evolution", ["feedforward", "recurrent", "relu"])
@pytest.mark.parametrize("selection", SELECTIONS)
def test_algorithm_1(selection, evolution, make, options):
    check_algorithm_1(*make(replace(PICTURES, evolution=evolution)), selection, options)


@pytest.mark.parametrize("change", [without_feedback, without_working_memory])
@pytest.mark.parametrize("selection", SELECTIONS)
def test_algorithm_1_with_a_part_taken_away(selection, change, make, options):
    check_algorithm_1(*make(PICTURES, change), selection, options)


def check_algorithm_1(brain, hand, selection, options) -> None:
    """T, then S with feedback and labels, then O among the colours with feedback, then P with silence."""
    h = np.zeros(6)
    before, q, p_t = hand.moment(FEATURES[0])
    seen, state, log_t = moment(brain, Sight(jnp.asarray(FEATURES[0]), jnp.asarray(BOXES[0])))
    close(seen.q, before)
    close(state.q, q)
    close(np.exp(log_t), [*p_t, 0])
    told = {"teacher": jnp.asarray(1)} if selection == "teacher" else {}
    for i, candidates, row in ((1, THINGS, 0), (2, COLOURS, 2)):
        nu = {"region": FEATURES[i], "where": where(jnp.asarray(BOXES[i]))}
        q, h, p = hand.look(q, h, nu, candidates)
        senses = region_senses(brain, Sight(jnp.asarray(FEATURES[i]), jnp.asarray(BOXES[i])))
        state, log_pi = look(brain, state, senses, options.candidates[row])
        close(np.exp(log_pi), [*p, 0, 0])
        assert float(np.exp(log_pi).sum()) == pytest.approx(1, abs=1e-5)
        k = 1 if selection == "teacher" else int(np.argmax(p))
        q = hand.written(q, p, selection, k)
        state, named = feed_back(brain, state, log_pi, selection, **told)
        assert int(named) == k
        close(state.q, q)
        close(state.h, h)
        labels = np.exp(read_labels(brain, state, options.members))
        for row_of, expected in zip(labels, hand.labels(q), strict=True):
            close(row_of, np.pad(expected, (0, 3 - len(expected))))
    nu = {"union": FEATURES[0], "where": where(union(*jnp.asarray(BOXES[1:])))}
    q, h, p = hand.relate(q, h, nu)
    state, log_p = relate(brain, state, pair_senses(brain, jnp.asarray(FEATURES[0]), *jnp.asarray(BOXES[1:])))
    close(np.exp(log_p), p)
    close(state.q, q)
    assert len(p) == 4 and p.sum() == pytest.approx(1)


def test_without_feedback_nothing_is_written_and_without_working_memory_nothing_is_kept(make, options):
    brain, _ = make()
    senses = region_senses(brain, Sight(jnp.asarray(FEATURES[1]), jnp.asarray(BOXES[1])))
    starts = [moment(brain, Sight(jnp.asarray(f), jnp.asarray(BOXES[0])))[1] for f in FEATURES[:2]]
    for change, same in ((lambda brain: brain, False), (without_working_memory, True)):
        one, other = (look(change(brain), start, senses, options.candidates[0])[1] for start in starts)
        assert np.allclose(one, other, atol=1e-6) == same
    cut = without_working_memory(brain)
    assert not np.asarray(evolve(cut.board, cut.memory, starts[0]).q).any()
    shut = without_feedback(brain)
    state, log_pi = look(shut, starts[0], senses, options.candidates[0])
    for selection in ("attend", "argmax"):
        close(feed_back(shut, state, log_pi, selection)[0].q, float(brain.alpha) * np.asarray(state.q))


def test_window_t(make):
    brain, hand = make()
    scene = Sight(jnp.asarray(FEATURES[0]), jnp.asarray(BOXES[0]))
    q, after, p = hand.moment(FEATURES[0], known=(0, 2, 3))
    _, state, log_t = moment(brain, scene, known=jnp.arange(5) != 1)
    close(np.exp(log_t), [*p, 0])
    close(state.q, after)
    before, state, log_t = moment(brain, scene, attention=False)
    close(np.exp(log_t), [*hand.moment(FEATURES[0])[2], 0])  # read, and not written
    np.testing.assert_array_equal(state.q, before.q)
    close(state.q, q)
    blank, state, log_t = moment(brain, None)
    np.testing.assert_array_equal(blank.q, np.zeros(8))
    np.testing.assert_array_equal(state.h, np.zeros(6))
    close(state.q, hand.written(np.zeros(8), np.exp(np.asarray(log_t, float))[:4], "attend", group=2))


def test_a_brain_of_boxes_senses_evidence_and_geometry(make_model, brute_force, options):
    settings = replace(PICTURES, senses="boxes", classes=5, reserve=(2, 0, 0))
    brain = random_senses(make_model(settings, seed=3, counts=(11, 3, 0)))
    hand = ByHand(brain, brute_force(brain))
    before, state, log_t = moment(brain, None)
    assert log_t.shape == (0,) and not np.asarray(state.q).any() and not np.asarray(before.q).any()
    one, other = jnp.asarray(BOXES[1:])
    sensed = region_senses(brain, Sight(jnp.asarray(FEATURES[1]), one))
    q, h, p = hand.look(np.zeros(8), np.zeros(6), {"kind": FEATURES[1], "where": where(one)}, THINGS)
    state, log_pi = look(brain, state, sensed, options.candidates[0])
    close(np.exp(log_pi), [*p, 0, 0])
    p = hand.relate(q, h, {"between": between(one, other)})[2]
    pair = pair_senses(brain, jnp.zeros(5), one, other)
    close(np.exp(relate(brain, state, pair)[1]), p)
    assert not np.allclose(p, hand.relate(q, h, {"between": between(other, one)})[2], atol=1e-3)


def test_reading_with_some_units_wiped(make):
    brain, hand = make()
    _, state, _ = moment(brain, Sight(jnp.asarray(FEATURES[0]), jnp.asarray(BOXES[0])))
    nu = pair_senses(brain, jnp.asarray(FEATURES[0]), *jnp.asarray(BOXES[1:]))
    kept = np.array([0, 2, 0, 1, 1, 2, 0, 1], np.float32)
    _, log_p = relate(brain, state, nu, kept=jnp.asarray(kept))
    q, _ = hand.truth.evolve(np.asarray(state.q, float), np.asarray(state.h, float))
    gamma = kept * (hand.truth.gamma(q + hand.drive(nu)) - 0.5)
    n = [*(hand.truth.A[1] @ gamma), hand.silence[:-1] @ gamma + hand.silence[-1]]
    e = np.exp(np.array(n) / hand.temperature)
    close(np.exp(log_p), e / e.sum())


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return np.random.default_rng(6).integers(0, 255, (128, 128, 3)).astype(np.uint8)


def test_regions_and_unions_are_seen(make, picture):
    brain, _ = make()
    pixels = jnp.asarray(picture / np.float32(255))
    features = see(brain, pixels, jnp.asarray(BOXES))
    assert features.shape == (3, 5)
    pairs = jnp.array([[1, 2], [2, 1], [1, 1]])
    unions = see_union(brain, pixels, jnp.asarray(BOXES), pairs)
    hull = np.array([[0.1, 0.2, 0.9, 1]] * 2 + [[0.1, 0.2, 0.5, 0.6]], np.float32)
    close(unions, see(brain, pixels, jnp.asarray(hull)))
    close(unions[2], features[1])
    assert not np.allclose(features[1], features[2], atol=1e-3)
    blind = TensorBrain.create((2, 1, 0), Settings(dim=4, context=4), key=jax.random.key(0))
    with pytest.raises(SettingsError, match="no eyes"):
        see(blind, pixels, jnp.asarray(BOXES))


@pytest.mark.parametrize(("selection", "attention"), [("attend", True), ("argmax", False)])
def test_all_windows_of_a_picture_by_hand(selection, attention, make, options, picture):
    brain, hand = make()
    asked, rows = questions(2, GROUPS, WORDS)
    assert asked.tolist() == [[1, 0], [1, 2], [2, 0], [2, 1], [1, 1], [1, 1], [2, 2], [2, 2]]
    assert rows.tolist() == [0, 0, 0, 0, 2, 3, 2, 3]
    keys = jax.random.split(jax.random.key(0), 9)
    run = look_around(
        brain, jnp.asarray(picture), jnp.asarray(BOXES), options, jnp.asarray(asked), jnp.asarray(rows), keys,
        selection=selection, attention=attention, top=4,
    )  # fmt: skip
    run = {name: np.asarray(value) for name, value in run.items()}
    pixels = jnp.asarray(picture / np.float32(255))
    features = np.asarray(see(brain, pixels, jnp.asarray(BOXES)))
    unions = np.asarray(see_union(brain, pixels, jnp.asarray(BOXES), jnp.asarray(asked)))
    before, start, p_t = hand.moment(features[0], attention)
    candidates = [THINGS, [3, 4], COLOURS, [8, 9, 10]]
    for n, ((i, j), row) in enumerate(zip(asked.tolist(), rows.tolist(), strict=True)):
        nu = {"region": features[i], "where": where(jnp.asarray(BOXES[i]))}
        q, h, p_s = hand.look(start, np.zeros(6), nu, THINGS)
        s = int(np.argmax(p_s))
        fed = hand.written(q, p_s, selection, s)
        nu = {"region": features[j], "where": where(jnp.asarray(BOXES[j]))}
        q_o, h_o, p_o = hand.look(fed, h, nu, candidates[row])
        o = int(np.argmax(p_o))
        fed_o = hand.written(q_o, p_o, selection, o)
        nu = {"union": unions[n], "where": where(union(*jnp.asarray(BOXES[[i, j]])))}
        q_p, h_p, p_p = hand.relate(fed_o, h_o, nu)
        p = int(np.argmax(p_p[:-1]))
        t = int(np.argmax(p_t))
        assert run["ids"][n].tolist() == [s, p, o] and run["chosen"][n].tolist() == [t, s, o, p]
        close(run["chosen_probability"][n], [p_t[t], p_s[s], p_o[o], p_p[p]], 1e-4)
        close(run["probability"][n], p_s[s] * p_o[o] * p_p[p], 1e-4)
        close(run["q_before"][n], [before, q, q_o, q_p], 1e-3)
        close(run["q_after"][n], [start, fed, fed_o, q_p], 1e-3)
        close(run["h"][n], [np.zeros(6), h, h_o, h_p], 1e-3)
        entropies = [-(p[p > 0] * np.log(p[p > 0])).sum() for p in (p_t, p_s, p_o)]
        entropies.append(-(p_p[:-1] * np.log(p_p[:-1])).sum())
        close(run["entropy"][n], entropies, 1e-3)
        alpha = hand.gates[0]
        writes = [(before, start), (q, fed), (q_o, fed_o)]
        strengths = [np.linalg.norm(b - alpha * a) / np.linalg.norm(a) for a, b in writes]
        close(run["feedback"][n], [strengths[0] if attention else 0, *strengths[1:], 0], 1e-3)
        for w, full in enumerate((p_t, p_s, p_o, p_p[:-1])):
            top = [k for k in np.argsort(-full)[:4] if full[k] > 0]
            assert run["top_ids"][n, w].tolist() == top + [-1] * (4 - len(top))
            close(run["top_probability"][n, w], np.pad(full[top], (0, 4 - len(top))), 1e-4)
        assert run["things"][i] == s and run["region_q"][i] == pytest.approx(fed, abs=1e-3)
        close(run["thing_probability"][i], p_s[s], 1e-4)
        close(run["familiarity"][i], p_s[:3].sum(), 1e-4)
        for g, p in enumerate(hand.labels(fed)):
            assert run["labels"][i, g] == GROUPS[g].members[int(np.argmax(p))]
            close(run["label_probability"][i, g], p.max(), 1e-4)
    close(run["scene_q"], before, 1e-3)


def test_sampled_outcomes_follow_their_probabilities(make, options, picture):
    """P(s) of a region over many keys, and P(o) given it."""
    brain, _ = make()
    asked, rows = (jnp.asarray(a[:1]) for a in questions(2, GROUPS, WORDS))
    keys = jax.random.split(jax.random.key(1), 2 * 400).reshape(400, 2)

    def run(keys, selection="sample"):
        return look_around(
            brain, jnp.asarray(picture), jnp.asarray(BOXES), options, asked, rows, keys,
            selection=selection, attention=True, top=5,
        )  # fmt: skip

    drawn = jax.jit(jax.vmap(run))(keys)
    exact = run(keys[0], "argmax")
    p = np.zeros(5)
    p[np.asarray(exact["top_ids"])[0, 1]] = np.asarray(exact["top_probability"])[0, 1]
    share = np.bincount(np.asarray(drawn["ids"])[:, 0, 0], minlength=5) / 400
    assert np.abs(share - p).max() < 0.1 and 0.05 < p.max() < 0.97
    chances = np.asarray(drawn["chosen_probability"])[:, 0]
    close(np.asarray(drawn["probability"])[:, 0], chances[:, 1:].prod(axis=1), 1e-5)
    assert len({tuple(row) for row in np.asarray(drawn["ids"])[:, 0].tolist()}) > 5


def test_what_is_asked():
    for regions in (1, 2, 5):
        asked, rows = questions(regions, GROUPS, WORDS)
        pairs = {tuple(pair) for pair, row in zip(asked.tolist(), rows.tolist(), strict=True) if row == 0}
        every = itertools.product(range(1, regions + 1), range(regions + 1))
        assert pairs == {(i, j) for i, j in every if i != j}
        assert len(asked) == len(pairs) + 2 * regions  # and two attribute groups of each region
