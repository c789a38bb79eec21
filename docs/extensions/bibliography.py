"""Citations by their keys, as these pages and the docstrings write them: [TB23]."""

from collections.abc import Iterable, Iterator

from pybtex.database import Entry
from pybtex.plugin import register_plugin
from pybtex.style.formatting.unsrt import Style as Unsorted
from pybtex.style.labels import BaseLabelStyle
from sphinx.application import Sphinx


class KeyLabels(BaseLabelStyle):
    """The label of an entry is its key."""

    def format_labels(self, entries: Iterable[Entry]) -> Iterator[str]:
        return (entry.key for entry in entries)


class Keys(Unsorted):
    """Plain entries, labelled by their keys."""

    default_label_style = KeyLabels


def setup(app: Sphinx) -> dict[str, bool]:
    register_plugin("pybtex.style.formatting", "keys", Keys)
    return {"parallel_read_safe": True}
