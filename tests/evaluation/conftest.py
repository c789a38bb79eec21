"""A village small enough to be learned by heart, and brains that know all of it or nothing."""

from pathlib import Path

import jax
import pytest

from tensorbrain.brain import Brain, TensorBrain
from tensorbrain.datasets.worlds import load_graph
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.learning import train
from tensorbrain.settings import Settings

VILLAGE = """@prefix : <urn:village:> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:Dog rdfs:subClassOf :Animal . :Cat rdfs:subClassOf :Animal . :Animal rdfs:subClassOf :Being .
:rex a :Dog ; :ownedBy :mary . :tom a :Cat ; :ownedBy :jack . :mary :nextTo :jack . :jack :nextTo :mary .
:day0 { :rex :chases :tom . :mary :calls :rex . }
:day1 { :tom :sees :mary . }
:day2 { :rex :chases :tom . :jack :feeds :tom . :tom :sees :rex . }
"""
SETTINGS = Settings(dim=24, context=24, orders=("spo",))


@pytest.fixture(scope="session")
def village(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    path = Path(tmp_path_factory.mktemp("village"), "village.trig")
    path.write_text(VILLAGE)
    return load_graph(path)


@pytest.fixture(scope="module")
def knowing(village) -> Brain:
    """A brain that has learned the village by heart (classes are told of themselves alone)."""
    return train(
        village,
        settings=SETTINGS,
        epochs=150,
        batch=8,
        learning_rate=1e-2,
        weight_decay=0.0,
        voice_dropout=0.0,
        generalised=0.0,
        patience=150,
        progress=False,
    )


@pytest.fixture(scope="module")
def ignorant(village) -> Brain:
    """A brain of the same size that has learned nothing."""
    words = village.vocabulary
    counts = (len(words.concepts), len(words.predicates), len(words.instants))
    return Brain(TensorBrain.create(counts, SETTINGS, key=jax.random.key(1)), words, SETTINGS)
