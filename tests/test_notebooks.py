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

from tools.notebooks import NEED_JAX, executed, kinds, merged

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "tutorials").glob("*.ipynb"))
EXPECTED = 16
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
    """The kernel sees this checkout, and draws into the notebook."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])))
    monkeypatch.delenv("MPLBACKEND", raising=False)


if NOTEBOOKS:  # an empty list would be reported as a skipped test

    @pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
    def test_notebook(path: Path, tmp_path: Path) -> None:
        if path.name.startswith(NEED_JAX) and importlib.util.find_spec("jax") is None:
            pytest.skip("this notebook is about the XLA engine, which needs jax; make test-xla runs it")
        notebook = nbformat.read(path, as_version=4)
        stored = kinds(notebook)
        execute(notebook, tmp_path, SECONDS)
        assert kinds(notebook) == stored, f"its cells give other outputs now: python -m tools.notebooks {path.stem}"


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


def test_outputs_are_stored_without_what_changes_from_run_to_run(tmp_path: Path) -> None:
    prints = "import sys; print('a', flush=True); print('b'); print('log', file=sys.stderr)"
    notebook = executed(sample(prints, "1 + 1"), tmp_path)
    first, second = notebook.cells
    assert [output.text for output in first.outputs] == ["a\nb\n"]
    assert kinds(notebook) == [["stream"], ["execute_result"]]
    assert second.outputs[0].data == {"text/plain": "2"} and second.outputs[0].execution_count is None
    assert (first.execution_count, second.execution_count) == (1, 2) and "execution" not in first.metadata
    assert merged([]) == []
    (printed,) = executed(sample("import tempfile; print(tempfile.mkdtemp() + '/a')"), tmp_path).cells[0].outputs
    assert printed.text == ".../a\n"


def test_every_notebook_shows_what_it_gives() -> None:
    assert [path.stem for path in NOTEBOOKS if not any(kinds(nbformat.read(path, as_version=4)))] == []
