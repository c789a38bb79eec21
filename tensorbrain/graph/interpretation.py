"""From what was read to what is remembered: which statements are kept, and what their terms are called."""

import dataclasses
from collections import Counter
from collections.abc import Mapping

import numpy as np
from jaxtyping import Int8, Int32

from tensorbrain.graph import report as fate
from tensorbrain.graph.adjacency import row_keys, sorted_groups
from tensorbrain.graph.declarations import declaration_rows, expression_nodes
from tensorbrain.graph.episodes import Order, in_time_order, parts_of, stamps_of, with_wholes
from tensorbrain.graph.groups import grouped
from tensorbrain.graph.labels import chosen_labels, label_rows
from tensorbrain.graph.literals import Literals, interpret_literals
from tensorbrain.graph.names import OWL, local_name, short_label
from tensorbrain.graph.quads import Quads
from tensorbrain.graph.terms import BLANK, LITERAL, QUOTED, G, O, P, S, Terms, distinct


@dataclasses.dataclass(frozen=True)
class Settings:
    """How a graph is to be read; the fields are the keyword arguments of `read_graph`.

    >>> Settings().literals
    'drop'
    """

    labels_language: str = "en"
    literals: str = "drop"
    blank_nodes: str = "keep"
    groups: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, eq=False)
class Interpretation:
    """The statements that are kept, and all that is needed to name and number their terms.

    ``kept`` has rows (subject, predicate, object, graph) of term ids, its objects being those of
    ``literals``; ``all_rows`` has every statement once; ``groups`` gives each term's position in
    CONCEPT_GROUPS; ``parts`` the named graphs that an episode is made of, where it has any."""

    terms: Terms
    all_rows: Int32[np.ndarray, "read 4"]
    kept: Int32[np.ndarray, "kept 4"]
    labels: dict[int, str]
    groups: Int8[np.ndarray, "term"]
    order: Order
    parts: dict[int, set[int]]
    literals: Literals
    report: fate.ReadReport


def interpret(quads: Quads, settings: Settings) -> Interpretation:
    """Sort every statement of ``quads`` into one of the fates of `report`, then name and group what is kept.

    >>> from tensorbrain.graph.quads import quads_of
    >>> interpret(quads_of([]), Settings()).report.statements
    0
    """
    terms = Terms(quads)
    rows = _distinct(quads.rows, len(terms))
    graph_names = terms.mask(rows[rows[:, G] >= 0, G])
    parts, parting = parts_of(rows, terms, graph_names)
    episodes = graph_names | terms.mask(parts)
    fates = np.zeros(len(rows), np.int8)

    def decide(which: np.ndarray, what: int) -> None:
        fates[which & (fates == fate.KEPT)] = what

    quoted = terms.of_kind(QUOTED)
    decide(quoted[rows[:, S]] | quoted[rows[:, O]], fate.QUOTED_TRIPLE)
    naming = label_rows(rows, terms)
    decide(naming, fate.LABEL)
    stamps, stamping = stamps_of(rows, terms, episodes)
    decide(stamping, fate.TIME_STAMP)
    expressions, blank = expression_nodes(rows, terms), terms.of_kind(BLANK)
    decide(expressions[rows[:, S]] | expressions[rows[:, O]], fate.EXPRESSION)
    decide(parting | declaration_rows(rows, terms, episodes), fate.DECLARATION)
    if settings.blank_nodes == "skip":
        decide(blank[rows[:, S]] | blank[rows[:, O]], fate.BLANK_NODE)

    labels, languages = chosen_labels(rows[naming], terms, settings.labels_language)
    is_literal = terms.of_kind(LITERAL)[rows[:, O]] & (fates == fate.KEPT)
    literals = interpret_literals(
        rows, is_literal, terms, settings.literals, lambda i: labels.get(i) or local_name(terms.texts[i])
    )
    decide(literals.dropped, fate.DROPPED_LITERAL)

    here = fates == fate.KEPT
    plain = rows[here]
    kept = np.stack([plain[:, S], plain[:, P], literals.objects[here], plain[:, G]], axis=1)
    groups = grouped(rows, plain, terms, settings.groups)
    nodes = distinct(kept[:, S], kept[kept[:, O] < len(terms), O])
    _label_blanks(nodes[blank[nodes]], plain, terms, labels)

    appearing = dict.fromkeys(quads.rows[quads.rows[:, G] >= 0, G].tolist())
    inhabited = terms.mask(kept[:, G])
    parts = {whole: lived for whole, inner in parts.items() if (lived := {g for g in inner if inhabited[g]})}
    names = [g for g in appearing if inhabited[g]]
    names += [whole for whole in parts if whole in stamps and not inhabited[whole]]
    order = with_wholes(in_time_order(names, stamps, terms), parts, terms)

    counts = np.bincount(fates, minlength=len(fate.FATES)).tolist()
    touched = distinct(rows[:, S], rows[:, O])
    report = fate.ReadReport(
        statements=len(quads),
        duplicates=len(quads) - len(rows),
        labels=counts[fate.LABEL],
        time_stamps=counts[fate.TIME_STAMP],
        declarations=counts[fate.DECLARATION],
        expressions=counts[fate.EXPRESSION],
        blank_node_statements=counts[fate.BLANK_NODE],
        literals_dropped=counts[fate.DROPPED_LITERAL],
        quoted_triples=counts[fate.QUOTED_TRIPLE],
        literals_kept=int((is_literal & here & ~literals.binned).sum()),
        literals_binned=int(literals.binned.sum()),
        literal_predicates=literals.by_predicate,
        blank_nodes_kept=int(blank[nodes].sum()),
        blank_nodes_skipped=int(blank[touched].sum() - blank[nodes].sum()),
        episodes=len(order.graphs),
        episodes_without_statements=len(appearing) - int(inhabited[list(appearing)].sum()),
        episodes_with_parts=len(parts),
        episode_order=order.evidence,
        languages=languages,
        imports=tuple(terms.texts[i] for i in np.unique(rows[rows[:, P] == terms.id_of(OWL + "imports"), O])),
    )
    return Interpretation(terms, rows, kept, labels, groups, order, parts, literals, report)


def _distinct(rows: np.ndarray, terms: int) -> np.ndarray:
    """The rows without repetition, in the order of their first appearance."""
    shifted, shape = rows + np.asarray([0, 0, 0, 1], np.int32), (terms, terms, terms, terms + 1)
    keys = row_keys(shifted, shape)
    if keys is not None and (np.diff(np.sort(keys)) != 0).all():
        return rows  # the usual case, at the cost of a plain sort
    order, first = sorted_groups(shifted, shape)
    return rows[np.sort(order[first])]


def _label_blanks(blanks: np.ndarray, kept: np.ndarray, terms: Terms, labels: dict[int, str]) -> None:
    """Give blank nodes without a label one from their type, numbered in document order: ``[Address 3]``."""
    typed = kept[kept[:, P] == terms.type]
    kind_of = dict(zip(typed[::-1, S].tolist(), typed[::-1, O].tolist(), strict=True))
    numbers: Counter[str] = Counter()
    for node in blanks.tolist():
        kind = kind_of.get(node)
        word = (
            "blank" if kind is None or terms.kinds[kind] == BLANK else labels.get(kind, local_name(terms.texts[kind]))
        )
        numbers[word] += 1
        labels.setdefault(node, short_label(f"[{word} {numbers[word]}]"))
