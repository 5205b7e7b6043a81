"""Every notebook of tutorials/ runs from the first cell to the last, each within its time.

Those about the XLA engine need jax: `make test-xla` runs them.
"""

from __future__ import annotations

import importlib.util
import os
import time
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "tutorials").glob("*.ipynb"))
EXPECTED = 10
NEED_JAX = ("09_", "10_")
SECONDS = 120


def execute(notebook: nbformat.NotebookNode, folder: Path, seconds: float) -> None:
    """Runs `notebook` in a kernel of this interpreter, in `folder`; raises what a cell raises, or TimeoutError."""
    end = time.monotonic() + seconds

    def left(cell: object) -> int:
        return max(1, round(end - time.monotonic()))

    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout_func=left, kernel_name="python3", resources=resources).execute()


@pytest.fixture(autouse=True)
def kernel_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel sees this checkout, and draws without a screen."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])))
    monkeypatch.setenv("MPLBACKEND", "agg")


if NOTEBOOKS:  # an empty list would be reported as a skipped test

    @pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
    def test_notebook(path: Path, tmp_path: Path) -> None:
        if path.name.startswith(NEED_JAX) and importlib.util.find_spec("jax") is None:
            pytest.skip("this notebook is about the XLA engine, which needs jax; make test-xla runs it")
        execute(nbformat.read(path, as_version=4), tmp_path, SECONDS)


def test_no_notebook_is_missing() -> None:
    assert len(NOTEBOOKS) in (0, EXPECTED), [path.name for path in NOTEBOOKS]
    assert bool(NOTEBOOKS) == (ROOT / "tutorials").is_dir()


def sample(*cells: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])


def test_cells_share_a_kernel_that_sees_this_checkout(tmp_path: Path) -> None:
    notebook = sample("import luojia, pathlib", f"assert pathlib.Path(luojia.__file__).is_relative_to({str(ROOT)!r})")
    execute(notebook, tmp_path, SECONDS)


def test_a_failing_cell_is_reported(tmp_path: Path) -> None:
    with pytest.raises(CellExecutionError, match="the number is wrong"):
        execute(sample("assert 1 == 2, 'the number is wrong'"), tmp_path, SECONDS)


def test_a_notebook_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError):
        execute(sample("import time; time.sleep(600)"), tmp_path, 3)
