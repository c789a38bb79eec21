"""The diary of a life: every episode that was lived, told by IRIs, so that it is read without the brain."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from tensorbrain.errors import BrainFileError
from tensorbrain.journal.record import Record

if TYPE_CHECKING:
    import pyoxigraph as ox
    import rdflib

BEGINNING, EXPERIENCE = "beginning", "experience"  # the kinds of record that tell of episodes
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")


class Episode(NamedTuple):
    """One lived episode: its instant by IRI and label, its time, its statements by IRI, and who was new in it.

    ``individuals`` are the new concepts, each by IRI, label and group.

    >>> walk = Episode("urn:t3", "the walk", "2026-06-01T09:00:00", (("urn:Rex", "urn:at", "urn:Park"),))
    >>> Episode.from_json(walk.to_json()) == walk
    True
    """

    iri: str
    label: str
    time: str | None
    statements: tuple[tuple[str, str, str], ...]
    individuals: tuple[tuple[str, str, str], ...] = ()

    def to_json(self) -> list[Any]:
        """Plain lists and strings that ``from_json`` reads back."""
        return [self.iri, self.label, self.time, self.statements, self.individuals]

    @classmethod
    def from_json(cls, data: Sequence[Any]) -> "Episode":
        """The episode that ``to_json`` wrote; TypeError or ValueError for anything else."""
        iri, label, time, statements, individuals = data
        told = tuple((s, p, o) for s, p, o in statements)
        new = tuple((iri, label, group) for iri, label, group in individuals)
        if not all(type(text) is str for text in chain((iri, label, "" if time is None else time), *told, *new)):
            raise TypeError("an episode is told by texts")
        return cls(iri, label, time, told, new)


def diary(records: Iterable[Record], before: Mapping[str, Episode] | None = None) -> dict[str, Episode]:
    """The episodes that are remembered, by the IRI of their instant, in the order in which they were lived.

    ``before`` are those of the time before the records. A journal's first record brings them along; a record of any
    kind may name some as ``gone``. Raises BrainFileError where a record tells of something else.

    >>> lived = ["urn:t3", "the walk", None, [["urn:Rex", "urn:at", "urn:Park"]], []]
    >>> one = diary([Record("experience", {"episode": lived}, {})])
    >>> [*one], diary([Record("forgetting", {"gone": ["urn:t3"]}, {})], one)
    (['urn:t3'], {})
    """
    found = dict(before or {})
    try:
        for record in records:
            for iri in record.about.get("gone", ()):
                found.pop(iri, None)
            told = [record.about["episode"]] if "episode" in record.about else record.about.get("episodes", ())
            for episode in map(Episode.from_json, told):
                found.pop(episode.iri, None)  # so that it comes last
                found[episode.iri] = episode
    except (AttributeError, TypeError, ValueError) as error:  # as in a crafted record
        reason = " ".join(str(error).split())[:200]
        raise BrainFileError(f"the diary of this journal is damaged ({reason}): copy the life again") from error
    return found


def to_rdf(episodes: Iterable[Episode], labels: Mapping[str, str]) -> "rdflib.Dataset":
    """The episodes as RDF: each a named graph; its time and label, and ``labels`` by IRI, in the default graph.

    Of the labels those of what the statements speak of are taken. ``load_graph`` reads it all again.

    >>> walk = Episode("urn:t3", "the walk", "2026-06-01T09:00:00", (("urn:Rex", "urn:at", "urn:Park"),))
    >>> len(to_rdf([walk], {"urn:Rex": "Rex", "urn:Mia": "Mia"}))
    4
    """
    from tensorbrain.graph.rdf_out import dataset_of

    return dataset_of(_quads(episodes, labels))


def to_trig(episodes: Iterable[Episode], labels: Mapping[str, str]) -> bytes:
    """The same as text in TriG, which takes a small part of the time.

    >>> walk = Episode("urn:t3", "the walk", None, (("urn:Rex", "urn:at", "urn:Park"),))
    >>> print(to_trig([walk], {}).decode().strip())
    <urn:t3> {
        <urn:Rex> <urn:at> <urn:Park> .
    }
    <urn:t3> <http://www.w3.org/2000/01/rdf-schema#label> "the walk" .
    """
    import pyoxigraph as ox

    return ox.serialize(_quads(episodes, labels), format=ox.RdfFormat.TRIG) or b""


def _quads(episodes: Iterable[Episode], labels: Mapping[str, str]) -> "list[ox.Quad]":
    """Graph after graph, the default graph last."""
    import pyoxigraph as ox

    from tensorbrain.graph.episodes import PROV
    from tensorbrain.graph.names import RDFS, XSD

    def named(iri: str) -> ox.NamedNode:
        try:
            return ox.NamedNode(iri)
        except ValueError as error:  # as in a crafted record
            raise BrainFileError(f"the diary of the life names {iri[:80]!r}, which is no IRI: copy it anew") from error

    def node(iri: str) -> ox.NamedNode | ox.BlankNode:
        return ox.BlankNode(iri[2:]) if iri[:2] == "_:" and iri[2:].isalnum() else named(iri)

    def words(label: str) -> ox.Literal:
        return ox.Literal(label.encode("utf-8", "replace").decode())  # JSON can name what is half a letter

    def moment(time: str) -> ox.Literal:
        kind = "dateTime" if _DATE_TIME.fullmatch(time) else "date" if _DATE.fullmatch(time) else "string"
        return ox.Literal(words(time).value, datatype=ox.NamedNode(XSD + kind))

    label, generated = ox.NamedNode(RDFS + "label"), ox.NamedNode(PROV + "generatedAtTime")
    told: list[ox.Quad] = []
    about: list[ox.Quad] = []
    spoken_of: dict[str, None] = {}
    for episode in episodes:
        name = node(episode.iri)
        told += [ox.Quad(node(s), named(p), node(o), name) for s, p, o in episode.statements]
        about.append(ox.Quad(name, label, words(episode.label)))
        if episode.time is not None:
            about.append(ox.Quad(name, generated, moment(episode.time)))
        spoken_of |= dict.fromkeys(iri for statement in episode.statements for iri in statement)
    about += [ox.Quad(node(iri), label, words(labels[iri])) for iri in spoken_of if iri in labels]
    return told + about
