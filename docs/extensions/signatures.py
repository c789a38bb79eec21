"""Signatures as the source has them: types by the names that the package gives them, whatever they are made of."""

import re

from sphinx.application import Sphinx

NAMES = (
    (r"~?\bjaxlib\._jax\.Array\b", "Array"),
    (r"~?\bjaxtyping\.(?=[A-Z]\w+\[)", ""),
    (r"Key\[Array, ''\] \| UInt32\[Array, '2'\] \| UInt32\[Array, '4'\]", "PRNGKeyArray"),
    (r"<factory>", "..."),  # a default that is made anew
)


def as_written(
    app: Sphinx, what: str, name: str, value: object, options: object, given: str, back: str
) -> tuple[str | None, str | None]:
    """Arguments and result in the package's own words: the event ``autodoc-process-signature``."""
    return shorter(given), shorter(back)


def shorter(text: str | None) -> str | None:
    for pattern, name in NAMES if text else ():
        text = re.sub(pattern, name, text)
    return text


def without_fields(app: Sphinx, what: str, name: str, value: object, skip: bool, options: object) -> bool | None:
    """The fields of a named tuple stand in its signature: what Python says of each is left out."""
    return True if (getattr(value, "__doc__", "") or "").startswith("Alias for field number") else None


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-signature", as_written)
    app.connect("autodoc-skip-member", without_fields)
    return {"parallel_read_safe": True}
