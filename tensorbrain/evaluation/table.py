"""The figures as a table for people: the brain beside a count table and chance."""

from typing import Any

# key, what it says, and the keys of its count-table and chance twins
ROWS = (
    ("episodic_recall_at_n", "episodic recall: share of an instant's n statements among the n most probable"),
    ("episodic_ask_hits1", "episodic ask, one slot hidden: top answer true (mean of four slots)"),
    ("episodic_ask_subject_hits1", "  ... subject hidden"),
    ("episodic_ask_predicate_hits1", "  ... predicate hidden"),
    ("episodic_ask_object_hits1", "  ... object hidden"),
    ("episodic_ask_instant_hits1", "  ... instant hidden"),
    ("semantic_ask_hits1", "semantic ask (s, p, ?): statements whose object is the top answer"),
    ("stored_hits1", "stored facts: (s, p, ?) with one true answer, top answer true"),
    ("heldout_mrr", "facts kept from training: filtered MRR"),
    ("heldout_hits10", "facts kept from training: filtered hits@10"),
    ("parent_class_accuracy", "the parent is the top answer to (class, is a kind of, ?)"),
    ("role_order_accuracy", "a statement beats its role-swapped twin"),
    ("role_order_accuracy_reversible", "  ... where both are known in both roles"),
    ("episodic_retrieval_hits1", "episodic retrieval: predicate given instant, subject, object, filtered @1"),
    ("episodic_retrieval_hits10", "  ... @10"),
    ("semantic_retrieval_hits1", "semantic retrieval: predicate given subject and object, filtered @1"),
    ("semantic_retrieval_hits10", "  ... @10"),
)
COUNTED = {"semantic_ask_hits1": "count_table_hits1"}


def table(figures: dict[str, Any]) -> str:
    """The figures in aligned columns; what the graph has no material for is left out.

    >>> print(table({"source": "town", "stored_hits1": 0.5, "chance_stored_hits1": 0.25}).splitlines()[-1])
    stored facts: (s, p, ?) with one true answer, top answer true                0.5000        -   0.2500
    """

    def cell(key: str) -> str:
        value = figures.get(key)
        return "-" if value is None else f"{value:.4f}"

    lines = [f"{figures.get('source', '')}", f"{'':<76} {'brain':>6} {'counts':>8} {'chance':>8}"]
    for key, words in ROWS:
        if figures.get(key) is not None:
            counted = COUNTED.get(key, f"count_table_{key}")
            lines.append(f"{words:<76} {cell(key):>6} {cell(counted):>8} {cell(f'chance_{key}'):>8}")
    if figures.get("episodic_recall_certified") is not None:
        share = figures["episodic_recall_certified"]
        lines.insert(2, f"(the search proved its list of most probable statements for {share:.1%} of the instants)")
    if figures.get("kl_mixture_learned") is not None:
        lines.append(
            f"a-bar, KL from the exact mixture over instants: learned {figures['kl_mixture_learned']:.2f} nats, "
            f"mean of instants {figures['kl_mixture_mean']:.2f} nats"
        )
    return "\n".join(lines)
