"""Words that strangers chose, such as a label, in a text that is read as Markdown: they stay words."""

import re

_SIGNS = re.compile(r"[\\`*_\[\]<>#~$|!]|:(?=\S)")  # a colon within a word may begin the name of an icon


def plain(label: str) -> str:
    """A label without what Markdown would take for a sign of its own.

    >>> plain("a*b [c](d)")
    'a\\\\*b \\\\[c\\\\](d)'
    """
    return _SIGNS.sub(r"\\\g<0>", _printable(label))


def sentence(text: str) -> str:
    """A sentence of the library, which may repeat labels: what stands in backticks is code, all else is plain.

    >>> sentence("there is no brain a_b: train one with `tensorbrain train`")
    'there is no brain a\\\\_b: train one with `tensorbrain train`'
    """
    parts = text.split("`")
    if len(parts) % 2 == 0 or "``" in text:  # a label has backticks of its own
        return plain(text)
    return "".join(f"`{_printable(part)}`" if k % 2 else plain(part) for k, part in enumerate(parts))


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())
