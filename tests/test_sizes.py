"""No array grows as batch x concepts x dim or concepts x concepts x predicates: read off the shapes of the programs.

Every size is a prime of its own, so that an array betrays what it is made of however it was reshaped: its
number of elements is divisible by the forbidden product or it is not.
"""

import math
from collections.abc import Iterator

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.extend.core import ClosedJaxpr, Jaxpr

from tensorbrain.brain import TensorBrain
from tensorbrain.learning.batches import epoch_batches
from tensorbrain.learning.objectives import batch_loss, statement_loss, trainable
from tensorbrain.modes.episodic import log_evidence
from tensorbrain.modes.recall import record_run
from tensorbrain.modes.search import search_many
from tensorbrain.presets import PRESETS
from tensorbrain.settings import Settings

BATCH, CONCEPTS, PREDICATES, INSTANTS, DIM, CONTEXT, BEAM = 37, 211, 53, 101, 61, 67, 43
# Product, and the elements up to which it is allowed: one embedding for each concept is what A is.
FORBIDDEN = {
    "anything x concepts x dim": (CONCEPTS * DIM, CONCEPTS * DIM),
    "anything x concepts x context": (CONCEPTS * CONTEXT, CONCEPTS * CONTEXT),
    "concepts x concepts": (CONCEPTS * CONCEPTS, 0),  # and with it concepts x concepts x predicates
}


def programs(value) -> Iterator[Jaxpr]:
    """The programs within a parameter of an operation: bodies of scans, branches, derivatives."""
    if isinstance(value, ClosedJaxpr):
        yield value.jaxpr
    elif isinstance(value, Jaxpr):
        yield value
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from programs(inner)


def shapes(program) -> Iterator[tuple[tuple[int, ...], str]]:
    """The shape of every array that the program makes, and the operation that makes it, inner programs included."""
    for operation in program.eqns:
        for made in operation.outvars:
            yield tuple(made.aval.shape), operation.primitive.name
        for parameter in operation.params.values():
            for inner in programs(parameter):
                yield from shapes(inner)


def too_large(function, *arguments) -> list[str]:
    made = list(shapes(jax.make_jaxpr(function)(*arguments).jaxpr))
    assert len(made) > 20  # the walk has reached the operations
    return [
        f"{name}: {shape} by {operation}"
        for shape, operation in made
        for name, (product, allowed) in FORBIDDEN.items()
        if math.prod(shape) > allowed and math.prod(shape) % product == 0
    ]


def brain(settings: Settings) -> TensorBrain:
    small = {**settings.to_json(), "dim": DIM, "context": CONTEXT}
    return TensorBrain.create((CONCEPTS, PREDICATES, INSTANTS), Settings.from_json(small), key=jax.random.key(0))


def test_the_walk_finds_what_is_forbidden():
    """The control: an array that is made inside a loop inside a derivative and reshaped is found."""

    def wasteful(x):
        def step(total, row):
            return total + (row[:, None] * jnp.ones(DIM)[None]).reshape(-1).sum(), None

        return jax.lax.scan(step, 0.0, x)[0]

    many = jnp.ones((3, BATCH * CONCEPTS))
    assert too_large(lambda x: jax.grad(lambda y: wasteful(jnp.sin(y)))(x) + sum(jnp.ones(3)), many)


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_training_makes_no_such_array(preset):
    model = brain(PRESETS[preset])
    params, frozen = eqx.partition(model, trainable(model, learn_beta=True))
    random = np.random.default_rng(0)
    rows = random.integers((CONCEPTS, PREDICATES, CONCEPTS, INSTANTS), size=(BATCH, 4)).astype(np.int32)
    rows[::2, 3] = -1  # every other statement is a semantic one
    weights = np.ones(BATCH, np.float32)
    batch = next(epoch_batches(rows, weights, model.orders, batch=BATCH, voice_dropout=0.3, random=random))
    batch = jax.tree.map(jnp.asarray, batch)

    def shared(params):
        return batch_loss(eqx.combine(params, frozen), batch)

    def by_rows(params):
        return statement_loss(eqx.combine(params, frozen), batch.rows, batch.weight)

    assert too_large(jax.value_and_grad(shared), params) == []
    assert too_large(jax.value_and_grad(by_rows), params) == []


@pytest.mark.parametrize("order", PRESETS["default"].orders)
def test_searching_makes_no_such_array(order):
    model = brain(PRESETS["default"])
    starts, given = jnp.zeros((3 * BATCH, DIM)), jnp.full((3 * BATCH, 3), -1, jnp.int32)
    run = search_many.__wrapped__
    assert too_large(lambda q, g: run(model, q, g, order=order, n=20, beam=BEAM, batch=BATCH), starts, given) == []


def test_looking_for_the_moment_makes_no_such_array():
    model, starts = brain(PRESETS["default"]), jnp.zeros((INSTANTS, DIM))
    for told in ("s", "o", "so"):
        given = jnp.array([1 if slot in told else -1 for slot in "spo"], jnp.int32)

        def evidence(q, given, told=frozenset(told)):
            return log_evidence.__wrapped__(model, q, given, order="spo", told=told, beam=BEAM, batch=BATCH)

        assert too_large(evidence, starts, given) == []


@pytest.mark.parametrize("selection", ["sample", "argmax", "attend"])
def test_a_recorded_run_makes_no_such_array(selection):
    model = brain(PRESETS["default"])
    keys = jax.random.split(jax.random.key(0), BATCH)
    starts, given = jnp.zeros((BATCH, DIM)), jnp.full((BATCH, 3), -1, jnp.int32)

    def run(q, given):
        return record_run.__wrapped__(model, q, given, keys, order="spo", selection=selection, top=12)

    assert too_large(run, starts, given) == []
