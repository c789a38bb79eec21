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

PARTS = (DCTERMS + "isPartOf", *(name + word for name in SCHEMA for word in ("superEvent", "isPartOf")))
WHOLES = (DCTERMS + "hasPart", *(name + word for name in SCHEMA for word in ("subEvent", "hasPart")))
"""The predicates that make an episode part of another one, said from below and from above."""

_LINKS = tuple(TIME + name for name in ("hasTime", "hasBeginning"))
_ENDS = (TIME + "hasEnd",)
_DATES = frozenset(XSD + name for name in ("dateTime", "dateTimeStamp", "date", "gYearMonth", "gYear"))

BY_NAME, BY_NUMBER, BY_DOCUMENT = "graph name", "number in the graph name", "document order"
BY_PART = "its first part"


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


def parts_of(
    rows: Int32[np.ndarray, "statement 4"], terms: Terms, graph_names: Bool[np.ndarray, "term_or_default"]
) -> tuple[dict[int, set[int]], Bool[np.ndarray, "statement"]]:
    """Every episode that has parts, with all of them over any number of levels, and the statements that say so.

    The parts are named graphs; what they are part of may be one, or only a name for several. Where episodes are said
    to be parts of each other in a circle, all of them have the same parts.

    >>> from tensorbrain.graph.quads import quads_of
    >>> nothing = quads_of([])
    >>> parts_of(nothing.rows, Terms(nothing), Terms(nothing).mask([]))
    ({}, array([], dtype=bool))
    """
    up, down = (terms.mask(terms.ids_of(iris))[rows[:, P]] for iris in (PARTS, WHOLES))
    said = (up | down) & ~terms.of_kind(LITERAL)[rows[:, O]] & (rows[:, S] != rows[:, O])
    pairs = np.where(up[:, None], rows[:, [S, O]], rows[:, [O, S]])
    episodes = graph_names.copy()
    used = np.zeros(len(rows), bool)
    while (new := said & ~used & episodes[pairs[:, 0]]).any():
        used |= new
        episodes |= terms.mask(pairs[new, 1])
    above: dict[int, set[int]] = {}
    for inner, outer in pairs[used].tolist():
        above.setdefault(inner, set()).add(outer)
    parts: dict[int, set[int]] = {}
    for inner in np.flatnonzero(graph_names).tolist():
        reached, ahead = set(), [inner]
        while ahead:
            further = above.get(ahead.pop(), set()) - reached
            reached |= further
            ahead.extend(further)
        for outer in reached - {inner}:
            parts.setdefault(outer, set()).add(inner)
    return parts, used


def with_wholes(order: Order, wholes: dict[int, set[int]], terms: Terms) -> Order:
    """The order with those episodes that are only a name for several, each before the first of its parts.

    Their stamp is a time in their name, or None. Of two that begin together, the one with more parts comes first.

    >>> with_wholes(Order((), (), {}), {}, Terms.__new__(Terms))
    Order(graphs=(), stamps=(), evidence={})
    """
    place = {graph: n for n, graph in enumerate(order.graphs)}
    new = {whole: parts for whole, parts in wholes.items() if whole not in place}
    if not new:
        return order
    keys = {graph: (n, 1, 0, "") for graph, n in place.items()}
    keys |= {w: (min(place[part] for part in parts), 0, -len(parts), terms.texts[w]) for w, parts in new.items()}
    stamps = dict(zip(order.graphs, order.stamps, strict=True))
    for whole in new:
        name = local_name(terms.texts[whole])
        stamps[whole] = tidy(name) if seconds(name) is not None else None
    graphs = tuple(sorted(keys, key=keys.__getitem__))
    return Order(graphs, tuple(stamps[graph] for graph in graphs), {**order.evidence, BY_PART: len(new)})


def _links(rows: np.ndarray, terms: Terms, frontier: np.ndarray) -> np.ndarray:
    return frontier[rows[:, S]] & terms.mask(terms.ids_of((*_LINKS, *_ENDS)))[rows[:, P]]


def _is_date(terms: Terms, index: int) -> bool:
    datatype = getattr(terms.terms[index], "datatype", None)
    return datatype is not None and datatype.value in _DATES
