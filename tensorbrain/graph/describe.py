"""A graph in one table: what it holds, what was skipped, and why."""

from collections import Counter
from typing import Any

from tensorbrain.graph.knowledge_graph import KnowledgeGraph
from tensorbrain.graph.vocabulary import CONCEPT_GROUPS
from tensorbrain.printing import one_line

WIDTH = 100
_NAMED = 8


def describe_json(graph: KnowledgeGraph) -> dict[str, Any]:
    """Counts by group and predicate, time span, and the whole reading report, as plain JSON types.

    >>> from tensorbrain.graph.knowledge_graph import example_graph
    >>> describe_json(example_graph())["groups"]
    {'entity': 2, 'class': 1, 'attribute': 0, 'predicate': 3, 'instant': 2}
    """
    vocabulary = graph.vocabulary
    by_group = Counter(concept.group for concept in vocabulary.concepts)
    uses = graph.facts.counts("predicate") + graph.episodes.counts("predicate")
    ranked = sorted(range(len(uses)), key=lambda i: (-uses[i], vocabulary.predicates[i].label))
    times = [time for time in vocabulary.times if time]
    return {
        "source": graph.source,
        "groups": {
            **{group: by_group[group] for group in CONCEPT_GROUPS},
            "predicate": len(vocabulary.predicates),
            "instant": len(vocabulary.instants),
        },
        "predicates": [
            {
                "label": vocabulary.predicates[i].label,
                "iri": vocabulary.predicates[i].iri,
                "statements": int(uses[i]),
            }
            for i in ranked
        ],
        "facts": len(graph.facts),
        "episodes": len(vocabulary.instants),
        "episode_statements": len(graph.episodes),
        "first_instant": times[0] if times else None,
        "last_instant": times[-1] if times else None,
        "semantic_statements": len(graph.semantic()),
        "semantic_weights": {"facts": 1.0, "episodes": 1.0},
        "class_pairs": len(graph.taxonomy),
        "memberships": len(graph.membership),
        "tensor_bytes": graph.facts.nbytes + graph.episodes.nbytes,
        "accounts": graph.report.accounts,
        "report": graph.report.to_json(),
        "content_hash": graph.content_hash(),
    }


def describe(graph: KnowledgeGraph) -> str:
    """The table that ``tensorbrain info`` prints: plain text, aligned, at most 100 columns wide.

    >>> from tensorbrain.graph.knowledge_graph import example_graph
    >>> print(describe(example_graph()).splitlines()[0])
    example
    """
    data, report = describe_json(graph), graph.report
    lines = [_cut(one_line(str(data["source"])))]
    if len(report.files) > 1:
        lines += _wrapped("files", ", ".join(report.files))
    if report.files_passed_over:
        lines += _wrapped("files passed over", ", ".join(report.files_passed_over))

    groups = dict(data["groups"])
    sums = {
        "facts": data["facts"],
        "episodes": data["episodes"],
        "statements in episodes": data["episode_statements"],
    }
    lines += _table("holds", {**{_plural(group): n for group, n in groups.items() if group != "instant"}, **sums})
    lines += _wrapped(
        "semantic memory",
        f"{data['semantic_statements']:,} distinct statements: each fact with weight 1, each statement of an "
        "episode with weight 1, time summed out",
    )
    if data["first_instant"]:
        lines += _wrapped("from - to", f"{data['first_instant']} - {data['last_instant']}")
    if report.episode_order:
        order = ", ".join(f"{how} ({n})" for how, n in report.episode_order.items())
        lines += _wrapped("ordered by", order)

    most = data["predicates"][:_NAMED]
    rest = len(data["predicates"]) - len(most)
    uses = {row["label"]: row["statements"] for row in most}
    if len(uses) == len(most):
        lines += _table("predicates" + (f" (and {rest} more)" if rest else ""), uses)
    else:
        lines += _table("predicates", {f"{row['label']} <{row['iri']}>": row["statements"] for row in most})

    lines += _table(f"{report.statements} statements read", {what: n for what, n in report.accounts.items() if n})
    lines += _notes(graph)
    return "\n".join(lines)


def _notes(graph: KnowledgeGraph) -> list[str]:
    report = graph.report
    lines: list[str] = []
    if report.literals_dropped and not report.literal_predicates:
        lines += _wrapped("literals", 'skipped because literals="drop"; "keep" or "bin" makes attributes of them')
    for predicate, why in sorted(report.literal_predicates.items()):
        lines += _wrapped("literals", f"{predicate}: {why}")
    if report.blank_nodes_kept or report.blank_nodes_skipped:
        lines += _wrapped("blank nodes", f"{report.blank_nodes_kept} kept, {report.blank_nodes_skipped} skipped")
    if report.scenes:
        lines += _wrapped("pictures", f"{report.scenes:,} read, {report.episodes:,} of them with relations")
    if report.left_out:
        lines += _wrapped("left out", ", ".join(f"{n} {what}" for what, n in report.left_out.items()))
    if report.imports:
        lines += _wrapped("not fetched", "owl:imports " + ", ".join(report.imports))
    if report.episodes_with_parts:
        lines += _wrapped("nested episodes", f"{report.episodes_with_parts} are made of others")
    if report.episodes_without_statements:
        lines += _wrapped("empty episodes", f"{report.episodes_without_statements} left out")
    tags = ", ".join(f"{tag or 'no language'} {n}" for tag, n in report.languages.items())
    named = f"{report.labelled} concepts and predicates by label, {report.named_by_iri} by their IRI's last part"
    return [*lines, *_wrapped("names", named + (f"; labels read: {tags}" if tags else ""))]


def _table(title: str, counts: dict[str, int]) -> list[str]:
    wide = min(max((len(one_line(what)) for what in counts), default=0), WIDTH - 16)
    rows = [f"    {_cut(one_line(what), wide):<{wide}}  {n:>10,}" for what, n in counts.items()]
    return ["", f"  {title}", *rows]


def _wrapped(title: str, text: str) -> list[str]:
    """A note beside its title, broken between words."""
    import textwrap

    head = f"  {title:<18}"
    return textwrap.wrap(
        one_line(text),
        WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        max_lines=4,
        placeholder=" …",
    )


def _plural(group: str) -> str:
    return {"entity": "entities", "class": "classes"}.get(group, group + "s")


def _cut(text: str, wide: int = WIDTH) -> str:
    return text if len(text) <= wide else text[: wide - 1] + "…"
