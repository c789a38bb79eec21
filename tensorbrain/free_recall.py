"""Free recall: what was studied in a list, and what was said of it, as the table that psifr reads."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from tensorbrain.errors import SettingsError
from tensorbrain.trace import Trace

STATEMENT = "statement"


class StudiedList(NamedTuple):
    """One list: who studied it (a brain, a seed), its number, the items in the order of study, and of recall."""

    subject: int | str
    number: int
    studied: Sequence[str]
    recalled: Sequence[str]


def said(trace: Trace, slot: str = STATEMENT) -> list[str]:
    """What a trace said, in its order: whole statements, or what stands in the slot subject, predicate or object.

    Raises SettingsError for another slot.

    >>> import tensorbrain as tb
    >>> said(tb.recall(tb.load_brain("neighbourhood"), subject="Sparky", statements=2), "subject")
    ['Sparky', 'Sparky']
    """
    if slot not in (STATEMENT, "subject", "predicate", "object"):
        raise SettingsError(
            f"there is no slot {slot!r} of a statement: choose statement, subject, predicate or object."
        )
    if slot == STATEMENT:
        return [" ".join(statement[:3]) for statement in trace.statements]
    return [getattr(statement, slot) for statement in trace.statements]


def free_recall_rows(lists: Iterable[StudiedList]) -> list[dict[str, Any]]:
    """A row for each item that was studied, and each that was recalled, list by list: `pandas.DataFrame` takes them.

    Columns: ``subject``, ``list``, ``position`` (from 1, of study or of recall), ``trial_type`` (study or recall) and
    ``item``. What is recalled twice, or was not in the list, stays: psifr counts repetitions and intrusions. Raises
    SettingsError where nothing was studied, an item stands twice in a list or is empty, texts are given in place of
    lists, or a subject has two lists of one number. Source: Morton (2020), psifr.

    >>> for row in free_recall_rows([StudiedList(1, 1, ["Rex", "Tom"], ["Tom"])]):
    ...     print(*row.values())
    1 1 1 study Rex
    1 1 2 study Tom
    1 1 1 recall Tom
    """
    rows: list[dict[str, Any]] = []
    seen: set[tuple[int | str, int]] = set()
    for subject, number, studied, recalled in lists:
        where = f"list {number} of subject {subject}"
        if (subject, number) in seen:
            raise SettingsError(f"{where} is given twice: number the lists of a subject from 1 on.")
        seen.add((subject, number))
        for what, items in (("study", studied), ("recall", recalled)):
            if isinstance(items, str):
                raise SettingsError(f"{where} has the text {items!r} for its items: give a list of names.")
            for position, item in enumerate(items, 1):
                if not item:
                    raise SettingsError(f"{where} has an empty item at position {position} of {what}: leave it out.")
                rows.append(
                    {"subject": subject, "list": number, "position": position, "trial_type": what, "item": item}
                )
        if not studied:
            raise SettingsError(f"{where} has no items that were studied: leave it out.")
        item, count = Counter(studied).most_common(1)[0]
        if count > 1:
            raise SettingsError(f"{where} has {item!r} at {count} positions: each item is studied once.")
    return rows
