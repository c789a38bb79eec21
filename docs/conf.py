"""How the documentation is built: ``make docs``. Nothing is fetched, and what is not right ends the build."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "extensions"))

import surface  # noqa: E402
from sphinx.application import Sphinx  # noqa: E402
from sphinx.errors import ExtensionError  # noqa: E402

# The notebooks compile the same programs as the tests, and keep them where the tests do.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(HERE.parent / ".cache" / "jax"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.1")
os.environ["PYTHONWARNINGS"] = "ignore:IProgress not found"  # tqdm misses widgets, which a page cannot show

project = "tensorbrain"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.viewcode", "sphinx_copybutton", "sphinxcontrib.bibtex"]
extensions += ["bibliography", "docstrings", "figures", "formulas", "links", "signatures"]  # of docs/extensions
exclude_patterns = ["_build"]
nitpicky = True
# What others document is not linked, as that would be fetched; what begins with _ is not documented.
nitpick_ignore_regex = [("py:.*", r"(?!tensorbrain\.).*"), ("py:.*", r".*\._\w+")]

html_theme = "furo"
html_title = "tensorbrain"
html_show_copyright = False
html_favicon = "../app/icon.svg"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_math_renderer = "mathml"
smartquotes_action = "q"  # quotes are set well, but "--seed" keeps both its hyphens
copybutton_exclude = ".linenos, .gp, .go"  # prompts and what a program printed are not copied

myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 4

nb_execution_mode = "cache"
nb_execution_cache_path = str(HERE / "_build" / ".jupyter_cache")
nb_execution_in_temp = True
nb_merge_streams = True
nb_execution_timeout = 120
nb_execution_raise_on_error = True

bibtex_bibfiles = ["references.bib"]
bibtex_default_style = "keys"

autodoc_default_options = {"members": True, "member-order": "bysource"}
python_maximum_signature_line_length = 88


def check_reference(app: Sphinx) -> None:
    """What is public and not in the reference, or has no docstring, ends the build."""
    if lacking := surface.problems():
        raise ExtensionError("the reference is not whole:\n  " + "\n  ".join(lacking))


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", check_reference)
