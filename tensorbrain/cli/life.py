"""``tensorbrain life``: what a life on disk holds; its diary as RDF, and its journal folded into its brain."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from tyro.conf import Positional, arg

from tensorbrain.cli.arguments import Common
from tensorbrain.cli.output import columns, one_line, print_json


@dataclass(frozen=True)
class Life:
    """Say what is in a life: its experiences, the last of them, and how large it is.

    A life is a folder that `tensorbrain perceive BRAIN IMAGE --life FOLDER` begins and goes on with. It can stand
    wherever a BRAIN is asked for.

    Example: tensorbrain life my-life --export my-life.trig
    """

    folder: Annotated[Positional[str], arg(metavar="FOLDER", help="The folder of a life.")]
    compact: bool = False
    """Fold the journal into the brain, so that the life is opened faster; what was forgotten leaves the disk."""
    export: Annotated[str | None, arg(metavar="FILE", help_behavior_hint="")] = None
    """Write what was lived to this file as TriG, every experience a named graph with its time; what was there is
    replaced."""
    common: Common = field(default_factory=Common)

    def run(self) -> int:
        """Print the table, or with ``--json`` the same as one object."""
        notes = torn(self.folder)  # before a compaction, which leaves nothing torn
        if self.compact or self.export is not None:
            from tensorbrain.memory import open_life

            with open_life(self.folder, write=self.compact) as life:
                if self.export is not None:
                    life.export(self.export)
                if self.compact:
                    life.compact()
        found = contents(self.folder)
        if self.common.json:
            done = {"compacted": self.compact, **({"exported": self.export} if self.export else {})}
            print_json({"life": self.folder, **found, "notes": notes, **done})
            return 0
        print(columns(table(found)))
        for note in notes:
            print(one_line(f"({note})"))
        if self.compact:
            print("the journal is folded into the brain")
        if self.export is not None:
            print(one_line(f"exported to {self.export}"))
        return 0


def torn(folder: str) -> list[str]:
    """What there is to say of a record that was not written to its end."""
    from tensorbrain.journal import read_journal, torn_note

    journal = read_journal(folder)
    return [torn_note(journal)] if journal.torn else []


def contents(folder: str) -> dict[str, Any]:
    """What a life holds, in numbers, read from its journal alone."""
    from tensorbrain.journal import diary, files, read_journal

    journal = read_journal(folder)
    episodes = list(diary(journal.records).values())
    brain, records = files(Path(folder), journal.generation)
    return {
        "experiences": len(episodes),
        "last": {"instant": episodes[-1].label, "time": episodes[-1].time} if episodes else None,
        "journal": dict(Counter(record.kind for record in journal.records[1:])),
        "bytes": {"brain": brain.stat().st_size, "journal": records.stat().st_size},
    }


def table(found: dict[str, Any]) -> list[list[str]]:
    """The same in words.

    >>> found = {"experiences": 1, "last": {"instant": "the walk", "time": None}, "journal": {"experience": 1}}
    >>> for row in table({**found, "bytes": {"brain": 2_000_000, "journal": 5_300}}):
    ...     print(*row)
    experiences 1, the last of them the walk
    journal 1 record (1 experience), 5.3 kB
    brain 2.0 MB
    """
    rows = [["experiences", str(found["experiences"])]]
    if last := found["last"]:
        rows[0][1] += f", the last of them {last['instant']}" + (f" at {last['time']}" if last["time"] else "")
    kinds = [f"{n} {kind}" for kind, n in found["journal"].items()]
    count = sum(found["journal"].values())
    told = f"{count} record{'s' * (count != 1)}" + (f" ({', '.join(kinds)})" if kinds else "")
    return [*rows, ["journal", f"{told}, {size(found['bytes']['journal'])}"], ["brain", size(found["bytes"]["brain"])]]


def size(count: int) -> str:
    """Bytes as people write them.

    >>> size(310), size(5_300), size(2_000_000)
    ('0.3 kB', '5.3 kB', '2.0 MB')
    """
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"
