"""Text that strangers chose, such as a label, made fit to be printed."""

import re

# Also what turns the direction of writing round, so that a name could pass for another.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")


def one_line(text: str) -> str:
    """The text without line breaks and without characters that would act on a terminal.

    >>> one_line("a dog\\n\\x1b[31m")
    'a dog [31m'
    """
    return _CONTROL.sub(" ", text).strip()
