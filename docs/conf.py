"""Sphinx over the whole checkout, so that docs/ and tutorials/ are one site, at docs/_build/docs/index.html."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import reference  # noqa: E402 - docs/reference.py, which writes docs/reference/*.md

reference.write()

project = "luojia"
author = "the luojia developers"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
root_doc = "docs/index"
include_patterns = ["docs/*.md", "docs/reference/*.md", "tutorials/*.ipynb", "CONTRIBUTING.md", "CHANGELOG.md",
                    "benchmarks/README.md"]
exclude_patterns = ["docs/_build"]
html_theme = "alabaster"
html_title = "luojia"
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
suppress_warnings = ["myst-nb.lexer"]  # a notebook written by hand need not name its lexer
nb_execution_mode = "off"  # the tests execute the notebooks
autodoc_member_order = "bysource"
autodoc_typehints = "description"


def escape_stars(app, what, name, obj, options, lines):
    """The docstrings' formulas multiply with a star, and have bars and primes, which are reStructuredText's own."""
    for i, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "...")):
            parts = re.split(r"(``.*?``|`.*?`)", line)
            lines[i] = "".join(p if p.startswith("`") else re.sub(r"[*|]|_(?!\w)", r"\\\g<0>", p) for p in parts)


def leave_out_missing_tutorials(app, docname, source):
    """A checkout without tutorials builds too, where an empty list would be a warning."""
    if docname == root_doc and not any(Path(app.srcdir, "tutorials").glob("*.ipynb")):
        source[0] = re.sub(r"```\{toctree\}\n:caption: Tutorials.*?```\n", "", source[0], flags=re.S)


def setup(app):
    app.connect("source-read", leave_out_missing_tutorials)
    app.connect("autodoc-process-docstring", escape_stars, priority=400)  # before napoleon
