"""Sphinx over the whole checkout, so that docs/ and tutorials/ are one site, at docs/_build/docs/index.html."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import reference  # noqa: E402 - docs/reference.py, which writes docs/reference/*.md

reference.write()

project = "luojia"
author = "the luojia developers"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
root_doc = "docs/index"
include_patterns = ["docs/*.md", "docs/reference/*.md", "tutorials/*.ipynb", "CONTRIBUTING.md", "CHANGELOG.md"]
exclude_patterns = ["docs/_build"]
html_theme = "alabaster"
html_title = "luojia"
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
suppress_warnings = ["myst-nb.lexer"]  # a notebook written by hand need not name its lexer
nb_execution_mode = "off"  # the tests execute the notebooks
autodoc_member_order = "bysource"
autodoc_typehints = "description"
