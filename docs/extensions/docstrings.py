"""Docstrings as Sphinx shows them: they are plain words, ``code`` and examples, and know no other markup."""

import re

from sphinx.application import Sphinx

PAPERS = re.compile(r"\b(TB20|TB23|TB24|QTB25|TM17|EKG)\b")
CODE = re.compile(r"``(.+?)``|`(.+?)`", re.DOTALL)
ALIGNED = re.compile(r"\S {3,}\S")


def plain(app: Sphinx, what: str, name: str, value: object, options: object, lines: list[str]) -> None:
    """Turn a docstring into reStructuredText, in place: the event ``autodoc-process-docstring``."""
    blocks = re.split(r"\n{2,}", "\n".join(lines).strip("\n"))
    lines[:] = "\n\n".join(shown(block) for block in blocks if block).splitlines()


def shown(block: str) -> str:
    """A block of a docstring: an example stays as it is, what is indented or aligned keeps its lines; else prose."""
    lines = block.splitlines()
    if lines[0].startswith(">>>"):
        return block
    if all(line.startswith("    ") for line in lines) or any(ALIGNED.search(line) for line in lines):
        return "\n   ".join([".. code-block:: none", "", *(line.replace("``", "") for line in lines)])
    return prose(block)


def prose(text: str) -> str:
    """Words with their ``code`` as code, the short names of papers as citations, and nothing else as markup."""
    out, end = [], 0
    for found in CODE.finditer(text):
        code = " ".join((found[1] or found[2]).split())
        out += [words(text[end : found.start()]), f"``{code}``\\ "]
        end = found.end()
    return "".join([*out, words(text[end:])])


def words(text: str) -> str:
    """Text in which no letter is markup, with a citation for each paper."""
    escaped = re.sub(r"([\\*|_`])", r"\\\1", text)
    return PAPERS.sub(r"\\ :cite:`\1`\\ ", escaped)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", plain)
    return {"parallel_read_safe": True}
