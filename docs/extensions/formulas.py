"""Formulas as MathML, which browsers draw by themselves: no script, and nothing to fetch."""

import html

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx


def inline(self, node: nodes.math) -> None:
    """A formula within a line."""
    self.body.append(convert(node.astext()))
    raise nodes.SkipNode


def block(self, node: nodes.math_block) -> None:
    """A formula of its own, which scrolls where it is wider than the page."""
    self.body.append(f'<div class="formula"{label(node)}>{convert(node.astext(), display="block")}</div>')
    raise nodes.SkipNode


def label(node: nodes.math_block) -> str:
    return "".join(f' id="{html.escape(name)}"' for name in node["ids"][:1])


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True}
