"""A small town in TriG: enough statements for full chunks of training, few enough to learn in seconds."""

from pathlib import Path

import pytest

from tensorbrain.datasets.worlds import load_graph
from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.learning import train
from tensorbrain.settings import Settings

HEAD = """@prefix : <urn:town:> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix prov: <http://www.w3.org/ns/prov#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:Dog rdfs:subClassOf :Mammal . :Person rdfs:subClassOf :Mammal .
"""
SETTINGS = Settings(dim=16, context=12, orders=("spo", "ops"))


def town_text() -> str:
    people = [f":person{k}" for k in range(6)]
    dogs = [f":dog{k}" for k in range(4)]
    lines = [HEAD]
    lines += [f"{name} a :Person ." for name in people] + [f"{name} a :Dog ." for name in dogs]
    for k, name in enumerate(people):  # a ring of neighbours, told in both directions
        lines += [f"{name} :nextTo {people[k - 1]} . {people[k - 1]} :nextTo {name} ."]
    lines += [f"{dog} :ownedBy {people[k]} ." for k, dog in enumerate(dogs)]
    for day in range(16):
        who, whom, dog = people[day % 6], people[(day * 5 + 1) % 6], dogs[day % 4]
        acts = [f"{who} :meets {whom}", f"{dog} :chases {dogs[(day + 1 + day // 4 % 3) % 4]}", f"{who} :feeds {dog}"]
        acts.append(f"{whom} :likes {dogs[(day + 2) % 4]}")
        lines.append(f':day{day} prov:generatedAtTime "2026-05-{day + 1:02}T08:00:00"^^xsd:dateTime .')
        lines.append(f":day{day} {{ {' . '.join(acts)} . }}")
    return "\n".join(lines)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    path = Path(tmp_path_factory.mktemp("town"), "town.trig")
    path.write_text(town_text())
    return load_graph(path)


@pytest.fixture(scope="module")
def teach(town):
    """``train`` with everything small; every call has the same shapes, so one program serves all."""

    def run(graph=town, **arguments):
        defaults = {"settings": SETTINGS, "epochs": 12, "batch": 4, "learning_rate": 1e-2, "progress": False}
        return train(graph, **(defaults | arguments))

    return run


@pytest.fixture(scope="module")
def taught(teach):
    return teach(seed=3)
