"""What differs between two brains is found to the last bit, and added again it makes the one of the other."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.errors import BrainFileError, SettingsError
from tensorbrain.graph import Concept, Vocabulary
from tensorbrain.journal import Record
from tensorbrain.memory.changes import difference, replayed
from tensorbrain.memory.forget import forget
from tensorbrain.memory.write import with_reserve, with_row
from tensorbrain.modes import intervene
from tensorbrain.pictures.scenes import LabelGroup
from tensorbrain.settings import Settings

SETTINGS = Settings(dim=4, context=3, senses="boxes", classes=2, reserve=(1, 0, 1))
WORDS = Vocabulary(
    tuple(Concept(f"urn:c{n}", f"c{n}", "entity") for n in range(3)),
    (Concept("urn:p", "p", "predicate"),),
    tuple(Concept(f"urn:t{n}", f"t{n}", "instant") for n in range(2)),
    ("2026-05-01", None),
)
BRAIN = Brain(TensorBrain.create((3, 1, 2), SETTINGS, key=jax.random.key(0)), WORDS, SETTINGS, history=({"loss": 0.1},))
ODD = jnp.asarray([-0.0, 1e-45, 3.0, np.nextafter(np.float32(1), np.float32(2))])


def same(one: Brain, other: Brain) -> bool:
    """Whether two brains are one, bit for bit."""
    fields = ("vocabulary", "settings", "graph_hash", "source", "seed", "history", "label_groups")
    leaves = zip(jax.tree.leaves(one.model), jax.tree.leaves(other.model), strict=True)
    return (
        jax.tree.structure(one.model) == jax.tree.structure(other.model)
        and all(np.asarray(a).tobytes() == np.asarray(b).tobytes() and a.dtype == b.dtype for a, b in leaves)
        and np.array_equal(one.held_out, other.held_out)
        and all(getattr(one, name) == getattr(other, name) for name in fields)
    )


def with_model(change):
    return lambda brain, n: dataclasses.replace(brain, model=change(brain.model, n))


def word(brain: Brain, n: int) -> Brain:
    words = brain.vocabulary
    taken = {word.iri for word in (*words.concepts, *words.predicates, *words.instants)}
    number = next(n for n in range(len(words), 1000) if f"urn:new{n}" not in taken)
    concept = Concept(f"urn:new{number}", "neu \u2028 ü", ("entity", "predicate", "instant")[n % 3])
    return dataclasses.replace(brain, vocabulary=words.with_concept(concept, "2026-06-01T09:00:00"))


def unnamed(brain: Brain, n: int) -> Brain:
    """Words that go or change while their rows stay, as nothing in the library leaves them."""
    words = brain.vocabulary
    fewer = dataclasses.replace(words, instants=words.instants[1:], times=words.times[1:])
    renamed = (dataclasses.replace(words.concepts[0], label=f"called {n}"), *words.concepts[1:])
    return dataclasses.replace(brain, vocabulary=dataclasses.replace(fewer, concepts=renamed))


CHANGES = {
    "row": with_model(lambda m, n: with_row(m, n * ODD, ("concept", "predicate", "instant")[n % 3])[0]),
    "some rows": with_model(lambda m, n: eqx.tree_at(lambda b: b.index.A, m, m.index.A.at[n % 4].set(ODD))),
    "all rows": with_model(lambda m, n: eqx.tree_at(lambda b: b.index.A, m, -m.index.A)),
    "zeros": with_model(lambda m, n: eqx.tree_at(lambda b: b.index.A, m, m.index.A.at[1].set(-jnp.zeros(4)))),
    "unused": with_model(lambda m, n: eqx.tree_at(lambda b: b.index.in_use, m, m.index.in_use.at[n].set(False))),
    "matrices": with_model(lambda m, n: eqx.tree_at(lambda b: b.memory.B, m, m.memory.B.at[n % 3].multiply(0.9))),
    "start": with_model(lambda m, n: eqx.tree_at(lambda b: (b.a_bar, b.kappa), m, (m.a_bar + n, m.kappa * 0.3))),
    "reserve": with_model(lambda m, n: with_reserve(m, ("concept", "predicate", "instant")[n % 3], 1 + n)),
    "word": word,
    "unnamed": unnamed,
    "history": lambda brain, n: dataclasses.replace(brain, history=(*brain.history, {"loss": n / 3})),
    "another history": lambda brain, n: dataclasses.replace(brain, history=({"n": n}, *brain.history[:1])),
    "groups": lambda brain, n: dataclasses.replace(brain, label_groups=(LabelGroup("colour", (n, 1)),)),
    "held out": lambda brain, n: dataclasses.replace(brain, held_out=np.array([[0, 0, n % 2]], np.int32)),
}


@examples(max_examples=40)
@given(steps=st.lists(st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, 4)), max_size=3), max_size=4))
def test_every_change_is_found_and_added_again(steps: list[list[tuple[str, int]]]):
    brain, records = BRAIN, []
    for step in steps:
        before = brain
        for name, n in step:
            brain = CHANGES[name](brain, n)
        record = Record("change", *difference(before, brain))
        records.append(Record.from_bytes(record.to_bytes()))
    assert same(replayed(BRAIN, records), brain)
    assert same(replayed(BRAIN, records), brain)  # the records are as they were


def test_only_what_changed_is_kept():
    assert difference(BRAIN, BRAIN) == ({}, {})
    wider = dataclasses.replace(BRAIN, model=with_reserve(BRAIN.model, "concept", 50))
    assert difference(BRAIN, wider) == ({"capacity": [54, 1, 3]}, {})
    changed = difference(BRAIN, CHANGES["row"](word(BRAIN, 2), 2))
    assert changed.arrays["rows index.A"].tolist() == changed.arrays["rows index.in_use"].tolist() == [7]
    assert set(changed.arrays) == {f"{r}{n}" for r in ("", "rows ") for n in ("index.A", "index.in_use")} | {"p_t"}
    assert changed.about == {"added": {"instants": [("urn:new6", "neu \u2028 ü", "instant", "2026-06-01T09:00:00")]}}
    settings = dataclasses.replace(SETTINGS, reserve=(0, 0, 0))
    full = dataclasses.replace(BRAIN, model=TensorBrain.create((3, 1, 2), settings, key=jax.random.key(0)))
    fewer = forget(full, keep=1, policy="oldest")
    less = difference(full, fewer)
    assert less.about["dropped"] == {"instants": [0]} and less.about["gone"] == ["urn:t0"]
    assert {name.removeprefix("rows ") for name in less.arrays} == {"p_t"}  # the row that moved up is not told
    assert same(replayed(full, [Record("forgetting", *less)]), fewer)


def test_what_is_no_change_of_this_brain_is_refused():
    model = BRAIN.model
    for other in (
        dataclasses.replace(BRAIN, settings=dataclasses.replace(SETTINGS, alpha=0.5)),
        dataclasses.replace(BRAIN, model=eqx.tree_at(lambda m: m.rest, model, None)),
        intervene(BRAIN, mute=["c1"]),
    ):
        with pytest.raises(SettingsError, match="layers and settings"):
            difference(BRAIN, other)
    half = eqx.tree_at(lambda m: m.a_bar, model, model.a_bar.astype(jnp.float16))
    with pytest.raises(SettingsError, match=r"a_bar .* is float16, and was float32"):
        difference(BRAIN, dataclasses.replace(BRAIN, model=half))
    broken = eqx.tree_at(lambda m: m.a_bar, model, model.a_bar.at[0].set(jnp.nan))
    with pytest.raises(BrainFileError, match=r"a_bar .* not finite"):
        difference(BRAIN, dataclasses.replace(BRAIN, model=broken))
