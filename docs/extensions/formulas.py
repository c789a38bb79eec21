"""Formulas as MathML, which browsers draw by themselves: no script, and nothing to fetch.

How well depends on the font: STIX Two Math, which is free and comes with ziamath, lies beside the pages.
"""

import html
import re
import shutil
from importlib.resources import as_file, files
from pathlib import Path

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

FONT = "STIXTwoMath-Regular.ttf"
NAME = re.compile(r"(?:\\quad\s*)?\\tag\{([^}]*)\}")
BAR = re.compile(r"<mo[^>]*>(?:\||&#x0007C;)</mo>")  # of a modulus: it stands close, unlike the bar of "given"


def inline(page: HTML5Translator, node: nodes.math) -> None:
    """A formula within a line."""
    page.body.append(drawn(node.astext(), "inline"))
    raise nodes.SkipNode


def block(page: HTML5Translator, node: nodes.math_block) -> None:
    """A formula of its own, with its name at the right margin; it scrolls where it is wider than the page."""
    found = NAME.search(node.astext())
    name = f'<span class="name">({html.escape(found[1])})</span>' if found else ""
    page.body.append(f'<div class="formula">{drawn(NAME.sub("", node.astext()), "block")}{name}</div>')
    raise nodes.SkipNode


def drawn(formula: str, display: str) -> str:
    return BAR.sub('<mo stretchy="false" lspace="0" rspace="0">|</mo>', convert(formula, display=display))


def add_font(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        with as_file(files("ziamath.fonts") / FONT) as font:
            shutil.copy(font, Path(app.outdir, "_static", FONT))


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    app.connect("build-finished", add_font)
    return {"parallel_read_safe": True}
