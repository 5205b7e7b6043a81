"""The notebooks of tutorials/ with what they print and draw, so that they can be read without being run.

``python -m tools.notebooks`` runs those of the names given, or all that this environment can run, and writes their
outputs into the files; the tests run them too, and compare which cells have outputs.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
NEED_JAX = ("09_", "10_")
SECONDS = 600
TEMPORARY = re.compile(re.escape(tempfile.gettempdir()) + r"/\w+")


def executed(notebook: nbformat.NotebookNode, folder: Path, seconds: int = SECONDS) -> nbformat.NotebookNode:
    """The notebook, run in ``folder``, with outputs that do not depend on when and how it was run."""
    NotebookClient(notebook, timeout=seconds, kernel_name="python3",
                   resources={"metadata": {"path": str(folder)}}).execute()
    for number, cell in enumerate([cell for cell in notebook.cells if cell.cell_type == "code"], 1):
        cell.metadata.pop("execution", None)
        cell.execution_count = number
        cell.outputs = merged(cell.outputs)
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                         "language_info": {"name": "python", "pygments_lexer": "ipython3"}}
    return notebook


def merged(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Outputs without what was logged, the pieces of one stream as one."""
    found: list[nbformat.NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream" and output.name == "stderr":
            continue
        if output.output_type == "stream" and found and found[-1].output_type == "stream":
            found[-1].text += output.text
            continue
        if "execution_count" in output:
            output.execution_count = None
        if output.output_type == "stream":
            output.text = TEMPORARY.sub("...", output.text)
        found.append(output)
    return found


def kinds(notebook: nbformat.NotebookNode) -> list[list[str]]:
    """What kinds of outputs each code cell has, which another run of the same code does not change."""
    return [[output.output_type for output in merged(cell.outputs)] for cell in notebook.cells
            if cell.cell_type == "code"]


def main(names: list[str]) -> None:
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    has_jax = importlib.util.find_spec("jax") is not None
    for path in sorted((ROOT / "tutorials").glob("*.ipynb")):
        if names and path.stem not in names or path.name.startswith(NEED_JAX) and not has_jax:
            continue
        print(path.name)
        with tempfile.TemporaryDirectory() as folder:
            nbformat.write(executed(nbformat.read(path, as_version=4), Path(folder)), path)


if __name__ == "__main__":
    main(sys.argv[1:])
