"""Figures of plotly in the tutorials, drawn by the copy of plotly.js that comes with plotly: nothing is fetched."""

import os
import re
from pathlib import Path

from docutils import nodes
from plotly.offline import get_plotlyjs
from sphinx.application import Sphinx

# The notebooks draw with this renderer: markup, and scripts from afar that are replaced below.
os.environ["PLOTLY_RENDERER"] = "sphinx_gallery"
FROM_AFAR = re.compile(r'<script[^>]*\bsrc="https://[^>]*></script>')
CONFIGURES_MATHJAX = re.compile(r'<script type="text/javascript">if \(window\.MathJax.*?</script>', re.DOTALL)
NAME = "_static/plotly.min.js"


def at_home(app: Sphinx, page: str, template: str, context: dict, tree: nodes.document | None) -> None:
    """On a page with figures, scripts of others give way to the one that lies beside the page."""
    body = context.get("body", "")
    if "plotly-graph-div" in body:
        body = FROM_AFAR.sub("", CONFIGURES_MATHJAX.sub("", body))
        context["body"] = f'<script src="{context["pathto"](NAME, resource=True)}"></script>{body}'


def write(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        Path(app.outdir, NAME).write_text(get_plotlyjs(), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", at_home)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True}
