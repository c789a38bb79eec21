"""Capacity of one-shot writing: the loss in its clear form, and every figure of a run of a few steps."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tensorbrain.brain import TensorBrain
from tensorbrain.experiments import capacity as module
from tensorbrain.experiments.capacity import CONCEPTS, MOST, PREDICATES, STATEMENTS, capacity, table, writing_loss
from tensorbrain.memory.write import RULES, learned_write, trace_left
from tensorbrain.modes.decoder import statement_log_probability
from tensorbrain.settings import Settings


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    jax.config.update("jax_disable_most_optimizations", True)
    monkeypatch.setattr(module, "TESTED", 4)
    monkeypatch.setattr(module, "TAUGHT", 4)
    yield
    jax.config.update("jax_disable_most_optimizations", False)


def test_the_learned_rule_is_written_and_recalled_as_the_library_does():
    settings = Settings(dim=8, context=6, senses="boxes", classes=1)
    brain = TensorBrain.create((CONCEPTS, PREDICATES, 4), settings, key=jax.random.key(0))
    key = jax.random.key(1)
    rows = module._random_statements(key, 4)
    assert all(len({tuple(row) for row in episode.tolist()}) == MOST for episode in rows)
    told = [episode[:n] for episode, n in zip(rows, STATEMENTS, strict=True)]
    rest = jax.vmap(lambda row: trace_left(brain, row))(jnp.concatenate(told)).mean(axis=0)
    brain = eqx.tree_at(lambda b: b.rest, brain, rest)

    @jax.jit
    def recalled(episode):
        a_new = learned_write(brain, episode, jnp.ones(len(episode), bool), brain.board.blank())
        return jax.vmap(lambda row: statement_log_probability(brain, a_new, row, "spo").sum())(episode).mean()

    clear = [-float(recalled(episode)) for episode in told]
    assert float(jax.jit(writing_loss, static_argnums=2)(brain, key, "learned")) == pytest.approx(
        np.mean(clear), rel=1e-4
    )


@pytest.mark.thorough
def test_a_few_steps_give_every_figure():
    figures = capacity(dims=(4,), seeds=(0, 1), steps=2)
    for rule in RULES:
        shares = figures[rule]["4"]
        assert shares.keys() == {*(str(n) for n in STATEMENTS), "loss"}
        assert all(0 <= shares[str(n)]["low"] <= shares[str(n)]["high"] <= 1 for n in STATEMENTS)
        assert np.isfinite(shares["loss"]["mean"])
    lines = table(figures).splitlines()
    assert [line.split()[:2] for line in lines[2:]] == [[rule, "4"] for rule in RULES]
