"""Reasoning: the three ways against enumeration, the recorded path, and what feedback does in it."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.errors import SettingsError, UnknownConceptError
from tensorbrain.modes import intervene, reason, recall
from tensorbrain.modes.paths import paths_from
from tensorbrain.settings import Settings
from tensorbrain.trace import Record

SETTINGS = Settings(dim=8, context=6, orders=("spo", "sop"))
ALONG, SUBJECT = (1, 0), 3
ASKED = {"subject": "c3", "predicates": ["p1", "p0"], "record": Record(top=5)}  # the same, in words
WAYS = ("chain", "symbolic", "embedded")


@pytest.fixture(scope="module")
def brain(make_model, name_all):
    return name_all(make_model(SETTINGS, seed=5), SETTINGS)


@pytest.fixture(scope="module")
def truth(brain, brute_force):
    return brute_force(brain.model)


def enumerated(truth, q, subject: int, along: tuple[int, ...], how: str, order: str = "spo") -> dict[tuple, np.ndarray]:
    """P of every object of every path, by running each path on its own."""
    voice = truth.voice[truth.orders.index("spo")]

    def write(q, row):
        return truth.alpha * q + truth.beta * row

    found, joint = {}, truth.joint(q, order) if how == "symbolic" else None
    for path in itertools.product(range(5), repeat=len(along)):
        terms, s = [], subject
        x, h = truth.evolve(q + voice, np.zeros(6))
        x = write(x, truth.A[0][subject])
        for p, o in zip(along, path, strict=True):
            if how == "symbolic":
                terms.append(joint[s, p, o] / joint[s, p].sum())
                s = o
                continue
            x, h = truth.evolve(x, h)
            x, h = truth.evolve(write(x, truth.A[1][p]), h)
            terms.append(truth.probabilities(x, 0)[o])
            if how == "chain":
                x = write(x, truth.A[0][o])
        found[path] = np.array(terms)
    return found


@pytest.mark.parametrize(("how", "order"), [*((how, "spo") for how in WAYS), ("symbolic", "sop")])
def test_paths_are_those_of_enumeration(how, order, brain, truth):
    expected = enumerated(truth, truth.a_bar, SUBJECT, ALONG, how, order)
    cue = brain.model.a_bar, jnp.asarray(SUBJECT), jnp.asarray(ALONG)
    found = paths_from(brain.model, *cue, how=how, order=order, beam=25, n=25)
    objects = [tuple(path) for path in found.objects.tolist()]
    assert len(set(objects)) == 25
    np.testing.assert_allclose(np.exp(found.log_p), [expected[path] for path in objects], rtol=2e-4, atol=1e-7)
    assert (np.diff(found.log_p.sum(axis=1)) <= 1e-5).all()


@pytest.mark.parametrize("how", ["chain", "symbolic"])
def test_a_narrow_beam_proves_what_it_may_prove(how, make_model, brute_force):
    """What is called the best path is the best; in two of these brains the best object of every hop leads astray."""
    subject, along = jnp.asarray(SUBJECT), jnp.asarray(ALONG)
    proven = astray = 0
    for seed in (0, 1, 2, 3, 37, 64 if how == "chain" else 28):
        model = make_model(SETTINGS, seed=seed, scale=0.7)
        truth = brute_force(model)
        every = {path: p.prod() for path, p in enumerated(truth, truth.a_bar, SUBJECT, ALONG, how).items()}
        wide, greedy = (paths_from(model, model.a_bar, subject, along, how=how, beam=beam) for beam in (2, 1))
        if float(wide.log_p[0].sum()) >= float(wide.log_bound):
            proven += 1
            assert tuple(wide.objects[0].tolist()) == max(every, key=every.__getitem__)
        astray += np.exp(float(greedy.log_p.sum())) < 0.99 * max(every.values())
    assert proven >= 3 and astray >= 1


@pytest.mark.parametrize(("how", "selection"), [*((how, "top") for how in WAYS), ("chain", "argmax")])
def test_the_trace_holds_the_path_that_was_found(how, selection, brain, truth):
    trace = reason(brain, **ASKED, how=how, selection=selection, instant="t1")
    expected = enumerated(truth, truth.A[2][1], SUBJECT, ALONG, how)
    path = tuple(trace.ids[:, 2].tolist())
    np.testing.assert_allclose(trace.probability, expected[path], rtol=2e-4)
    np.testing.assert_allclose(trace.chosen_probability[:, 3], trace.probability, rtol=1e-4)
    if selection == "top":
        assert trace.exact and path == max(expected, key=lambda path: expected[path].prod())
    assert trace.ids[:, 0].tolist() == [3, path[0]] and trace.ids[:, 1].tolist() == [1, 0]
    assert (trace.how, trace.mode, trace.cue["predicate"]) == (how, "episodic", "p1, then p0")
    assert (trace.instant == 1).all() and trace.chosen[:, 0].tolist() == [1, 1 if how == "symbolic" else -1]
    assert json_of(trace) == [(f"c{s}", f"p{p}", f"c{o}") for s, p, o in trace.ids.tolist()]
    assert len(trace.to_rows()) >= 2 * (5 + 3 + 5) and len(list(trace.to_rdf().quads())) > 0


def json_of(trace) -> list[tuple[str, str, str]]:
    told = trace.to_json()
    assert told["how"] == trace.how
    return [(s["subject"], s["predicate"], s["object"]) for s in told["statements"]]


@pytest.fixture(scope="module")
def runs(brain):
    return {how: reason(brain, **ASKED, how=how) for how in WAYS}


def test_a_chain_goes_on_from_the_window_in_which_it_named_the_object(runs, brain):
    chain, rows = runs["chain"], np.asarray(brain.model.index.A)
    for name in ("q_before", "h", "entropy", "top_probability"):
        np.testing.assert_allclose(getattr(chain, name)[0, 3], getattr(chain, name)[1, 1], rtol=1e-5, atol=1e-6)
    written = 0.8 * chain.q_before[1, 1] + 1.3 * rows[chain.ids[0, 2]]
    np.testing.assert_allclose(chain.q_after[1, 1], written, atol=1e-5)
    np.testing.assert_array_equal(chain.q_after[1, 0], chain.q_after[0, 2])
    assert (chain.feedback[:, 1:3] > 0).all() and (chain.feedback[:, 3] == 0).all()


def test_embedded_reasoning_writes_no_object(runs):
    embedded = runs["embedded"]
    assert (embedded.feedback[1:, 1] == 0).all() and (embedded.feedback[:, 2] > 0).all()
    np.testing.assert_array_equal(embedded.q_after[1:, 1], embedded.q_before[1:, 1])
    assert any("measured" in note for note in embedded.notes)


def test_symbolic_reasoning_is_a_recall_a_hop(runs, brain):
    symbolic = runs["symbolic"]
    for hop, (s, p, o) in enumerate(symbolic.ids.tolist()):
        told = {"subject": f"c{s}", "predicate": f"p{p}", "object": f"c{o}"}
        alone = recall(brain, **told, order="spo", selection="argmax", record=ASKED["record"])
        for name in ("q_before", "q_after", "h", "feedback", "entropy", "top_probability", "chosen_probability"):
            np.testing.assert_allclose(getattr(symbolic, name)[hop], getattr(alone, name)[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("how", WAYS)
def test_without_feedback_the_subject_makes_no_difference(how, brain):
    """The control: with beta = 0 nothing that is told or measured reaches the blackboard."""
    silent = intervene(brain, beta=0.0)
    one, other = (reason(silent, **{**ASKED, "subject": name}, how=how) for name in ("c3", "c1"))
    assert (one.feedback == 0).all() and one.ids[:, 2].tolist() == other.ids[:, 2].tolist()
    np.testing.assert_array_equal(one.probability, other.probability)
    whole = [reason(brain, **{**ASKED, "subject": name}, how=how).probability for name in ("c3", "c1")]
    assert (whole[0] != whole[1]).any()


def test_draws_follow_the_paths(make_model, name_all, brute_force):
    undecided = name_all(make_model(SETTINGS, seed=5, scale=0.5), SETTINGS)
    truth = brute_force(undecided.model)
    expected = enumerated(truth, truth.a_bar, SUBJECT, ALONG, "chain")
    P = np.array([expected[path].prod() for path in itertools.product(range(5), repeat=2)]).reshape(5, 5)
    cue = undecided.model.a_bar, jnp.asarray(SUBJECT), jnp.asarray(ALONG)
    keys = jax.random.split(jax.random.key(0), 3000)
    drawn = jax.vmap(lambda key: paths_from(undecided.model, *cue, beam=1, key=key))(keys)
    share = np.zeros((5, 5))
    np.add.at(share, tuple(np.asarray(drawn.objects[:, 0]).T), 1 / len(keys))
    assert P.max() < 0.5 and np.abs(share - P).sum() / 2 < 0.05  # at most sqrt(25 / 3000) / 2 is expected
    one, same, *others = (
        reason(undecided, **ASKED, how="chain", selection="sample", seed=seed).ids.tolist() for seed in (1, 1, 2, 3, 4)
    )
    assert one == same and any(other != one for other in others)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "say where to go"),
        ({"predicate": "p0", "predicates": ["p0"]}, "say where to go"),
        ({"predicate": "p0", "hops": 0}, "at least 1"),
        ({"predicates": ["p0", "p1"], "hops": 3}, "leave hops out"),
        ({"predicate": "p0", "how": "guess"}, "chain, symbolic, embedded"),
        ({"predicate": "p0", "selection": "attend"}, "top, argmax, sample"),
        ({"predicate": "p0", "a_bar": "mixture"}, "learned or mean"),
    ],
)
def test_what_cannot_be_followed_is_refused(arguments, words, brain):
    with pytest.raises(SettingsError, match=words):
        reason(brain, subject="c0", **arguments)
    with pytest.raises(UnknownConceptError, match="p9"):
        reason(brain, subject="c0", predicates=["p0", "p9"])


def test_a_brain_that_names_the_object_first_reasons_by_symbols_alone(make_model, name_all):
    settings = Settings(dim=8, context=6, orders=("sop",))
    brain = name_all(make_model(settings, seed=5), settings)
    assert reason(brain, **ASKED).how == "symbolic"
    with pytest.raises(SettingsError, match="symbolic"):
        reason(brain, subject="c0", predicate="p0", how="chain")
