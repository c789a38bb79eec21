"""Named graphs as episodes: when each took place, on what evidence, and in which order they come."""

import dataclasses
from collections import Counter

import numpy as np
from jaxtyping import Bool, Int32

from tensorbrain.graph.names import SCHEMA, XSD, local_name
from tensorbrain.graph.terms import LITERAL, O, P, S, Terms
from tensorbrain.graph.times import seconds, tidy

TIME = "http://www.w3.org/2006/time#"
PROV = "http://www.w3.org/ns/prov#"
DCTERMS = "http://purl.org/dc/terms/"

STAMPS = {
    TIME + "inXSDDateTimeStamp": "time:inXSDDateTimeStamp",
    TIME + "inXSDDateTime": "time:inXSDDateTime",
    TIME + "inXSDDate": "time:inXSDDate",
    PROV + "startedAtTime": "prov:startedAtTime",
    **{name + "startDate": "schema:startDate" for name in SCHEMA},
    PROV + "generatedAtTime": "prov:generatedAtTime",
    PROV + "atTime": "prov:atTime",
    DCTERMS + "date": "dcterms:date",
    DCTERMS + "created": "dcterms:created",
    DCTERMS + "issued": "dcterms:issued",
    "http://purl.org/dc/elements/1.1/date": "dc:date",
    **{name + "dateCreated": "schema:dateCreated" for name in SCHEMA},
}
"""The predicates that date an episode, the strongest first: when it happened before when it was written
down.
"""

_LINKS = tuple(TIME + name for name in ("hasTime", "hasBeginning"))
_ENDS = (TIME + "hasEnd",)
_DATES = frozenset(XSD + name for name in ("dateTime", "dateTimeStamp", "date", "gYearMonth", "gYear"))

BY_NAME, BY_NUMBER, BY_DOCUMENT = "graph name", "number in the graph name", "document order"


@dataclasses.dataclass(frozen=True)
class Order:
    """The graph names in time order, the stamp of each (or None), and how many were placed by which evidence.

    >>> Order((), (), {}).evidence
    {}
    """

    graphs: tuple[int, ...]
    stamps: tuple[str | None, ...]
    evidence: dict[str, int]


@dataclasses.dataclass(frozen=True)
class Stamp:
    """One time stamp of an episode: how strong it is, when, as written, by which predicate."""

    rank: int
    when: float
    text: str
    evidence: str


def stamps_of(
    rows: Int32[np.ndarray, "statement 4"], terms: Terms, graph_names: Bool[np.ndarray, "term_or_default"]
) -> tuple[dict[int, Stamp], Bool[np.ndarray, "statement"]]:
    """The best time stamp of each graph name that has one, and the statements that stamps are made of.

    A stamp stands on the graph name itself, or on what its time:hasTime and time:hasBeginning lead to. A
    date under another predicate counts where there is nothing better.

    >>> from tensorbrain.graph.quads import quads_of
    >>> nothing = quads_of([])
    >>> stamps_of(nothing.rows, Terms(nothing), Terms(nothing).mask([]))
    ({}, array([], dtype=bool))
    """
    if not graph_names.any():
        return {}, np.zeros(len(rows), bool)
    literal = terms.of_kind(LITERAL)[rows[:, O]]
    rank = {terms.id_of(iri): i for i, iri in enumerate(STAMPS)}
    dating = terms.mask([i for i in rank if i >= 0])[rows[:, P]]
    dated = terms.mask([i for i in np.unique(rows[literal, O]).tolist() if _is_date(terms, i)])[rows[:, O]]

    owners: dict[int, set[tuple[int, int]]] = {g: {(g, 0)} for g in np.flatnonzero(graph_names).tolist()}
    used = np.zeros(len(rows), bool)
    frontier = graph_names
    for _ in range(3):
        links = _links(rows, terms, frontier)
        used |= links
        for s, p, o in rows[links, :3].tolist():
            late = len(STAMPS) * (terms.texts[p] in _ENDS)
            owners.setdefault(o, set()).update((graph, weak + late) for graph, weak in owners[s])
        frontier = terms.mask(np.unique(rows[links, O])) & ~terms.of_kind(LITERAL)
    owned = terms.mask(owners)[rows[:, S]]
    reached = owned & ~graph_names[rows[:, S]]
    used |= reached & (rows[:, P] == terms.type)

    best: dict[int, Stamp] = {}
    stamping = owned & literal & (dating | dated)
    for index in np.flatnonzero(stamping).tolist():
        s, p, o = rows[index, :3].tolist()
        when = seconds(terms.texts[o])
        if when is None:
            stamping[index] = False
            continue
        evidence = STAMPS.get(terms.texts[p], local_name(terms.texts[p]))
        for graph, weak in owners[s]:
            stamp = Stamp(rank.get(p, len(STAMPS)) + weak, when, tidy(terms.texts[o]), evidence)
            held = best.get(graph)
            if held is None or (stamp.rank, stamp.when, stamp.text) < (held.rank, held.when, held.text):
                best[graph] = stamp
    return best, used | stamping


def in_time_order(names: list[int], stamps: dict[int, Stamp], terms: Terms) -> Order:
    """Sort the graph ``names``, given in document order: by stamp, else by a time or number in the name,
    else as read.

    Those without any time come last.

    >>> in_time_order([], {}, Terms.__new__(Terms))
    Order(graphs=(), stamps=(), evidence={})
    """
    when: dict[int, tuple[float, str | None]] = {}
    evidence: Counter[str] = Counter()
    unstamped: list[int] = []
    for graph in names:
        if graph in stamps:
            when[graph] = (stamps[graph].when, stamps[graph].text)
            evidence[stamps[graph].evidence] += 1
        else:
            unstamped.append(graph)
    short = {graph: local_name(terms.texts[graph]) for graph in unstamped}
    # Numbers are years only where all of them look like years: 998, 999, 1000 are counts.
    numbers = bool(short) and not when and all(name.isascii() and name.isdigit() for name in short.values())
    years = numbers and all(len(name) == 4 for name in short.values())
    for graph, name in short.items():
        if numbers and not years:
            when[graph] = (float(name[:300]), None)
            evidence[BY_NUMBER] += 1
        elif (since := seconds(name)) is not None:
            when[graph] = (since, tidy(name))
            evidence[BY_NAME] += 1
        else:
            evidence[BY_DOCUMENT] += 1
    timed = sorted((g for g in names if g in when), key=lambda g: (when[g][0], terms.texts[g]))
    ordered = (*timed, *(g for g in names if g not in when))
    return Order(ordered, tuple(when[g][1] if g in when else None for g in ordered), dict(evidence.most_common()))


def _links(rows: np.ndarray, terms: Terms, frontier: np.ndarray) -> np.ndarray:
    return frontier[rows[:, S]] & terms.mask(terms.ids_of((*_LINKS, *_ENDS)))[rows[:, P]]


def _is_date(terms: Terms, index: int) -> bool:
    datatype = getattr(terms.terms[index], "datatype", None)
    return datatype is not None and datatype.value in _DATES
