"""Write `neighbourhood.trig`, the same bytes each time: `python kg_data/neighbourhood/build.py [OUTPUT]`."""

import sys
from pathlib import Path

import schema
import town
from schema import local_name
from state import CHANGES, State
from story import episodes

HEADER = f"""\
# The neighbourhood: a small town, six weeks, in RDF. Written by build.py; do not edit by hand.
# Licence: CC0 1.0 (public domain). The default graph says what is true now (after the last day); each named
# graph is one episode, dated by prov:generatedAtTime.

@prefix :     <{schema.NAMESPACE}> .
@prefix ep:   <{schema.NAMESPACE}episode/> .
@prefix owl:  <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdf:  <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd:  <http://www.w3.org/2001/XMLSchema#> .
"""


def main(output: Path) -> None:
    """Write the world to a file."""
    output.write_text(text(), encoding="utf-8", newline="\n")


def text() -> str:
    """Return the whole world as TriG."""
    return "\n".join([HEADER, *_schema(), *_individuals(), *_episodes()])


def _schema():
    yield "# Classes\n"
    for label, german, parent in schema.CLASSES:
        yield _block(label, german, ["a owl:Class", f"rdfs:subClassOf {_name(parent)}" if parent else None])
    yield "# Predicates\n"
    yield 'rdf:type rdfs:label "is a"@en, "ist ein"@de .\n'
    yield 'rdfs:subClassOf rdfs:label "is a kind of"@en, "ist eine Art von"@de .\n'
    for name, english, german, domain, range_ in schema.PREDICATES:
        parts = ["a owl:ObjectProperty", f"rdfs:domain {_name(domain)}", f"rdfs:range {_name(range_)}"]
        yield _block(english, german, parts, name)


def _individuals():
    facts, kinds = _facts_now(), _kinds()
    for title, wanted in (
        ("Attribute values", schema.ATTRIBUTES),
        ("Places", town.PLACES),
        ("Everyone and everything", None),
    ):
        yield f"# {title}\n"
        names = [row[0] for row in wanted] if wanted else list(kinds)
        for name in names:
            if name in kinds:
                german, kind = kinds.pop(name)
                parts = [
                    f"a {_name(kind)}",
                    *(f":{p} " + ", ".join(map(_name, objects)) for p, objects in facts.get(name, {}).items()),
                ]
                yield _block(name, german, parts)


def _kinds() -> dict[str, tuple[str, str]]:
    """Return name -> (German label, class) of every individual and attribute value."""
    tables = (schema.ATTRIBUTES, town.PLACES, town.OBJECTS, town.TREES)
    kinds = {row[0]: (row[0], row[1]) for table in (town.PEOPLE, town.ANIMALS) for row in table}
    return kinds | {row[0]: (row[1], row[2]) for table in tables for row in table}


def _facts_now() -> dict[str, dict[str, list[str]]]:
    """Return subject -> predicate -> objects, as they are after the last change."""
    facts: dict[str, dict[str, list[str]]] = {}
    for (subject, predicate), object_ in State(CHANGES[-1].stamp).facts.items():
        facts.setdefault(subject, {})[predicate] = [object_]
    for parents, children in town.PARENTS.items():
        for parent in parents:
            facts[parent]["parentOf"] = list(children)
    for pair in town.SIBLINGS:
        for one, other in (pair, pair[::-1]):
            facts[one]["siblingOf"] = [other]
    return facts


def _episodes():
    yield "# Episodes\n"
    for episode in episodes():
        graph = "ep:" + episode.stamp.replace(":", "-")
        yield f'{graph} rdfs:label "{episode.label}"@en ;'
        yield f'    prov:generatedAtTime "{episode.stamp}:00"^^xsd:dateTime .'
        lines = "".join(f"    {_name(s)} :{p} {_name(o)} .\n" for s, p, o in episode.statements)
        yield f"{graph} {{\n{lines}}}\n"


def _block(label, german, parts, name=None) -> str:
    labels = f'rdfs:label "{label}"@en, "{german}"@de'
    return " ;\n    ".join([f":{name or local_name(label)} {parts[0]}", labels, *filter(None, parts[1:])]) + " .\n"


def _name(label: str) -> str:
    return ":" + local_name(label)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "neighbourhood.trig")
